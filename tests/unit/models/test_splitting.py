"""Why two sentences are close: the parts are exactly the cosine, whatever stands behind the pooling."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.evaluation.sts import unit_rows
from simcse_ml.languages.clusters import clusters
from simcse_ml.models.backbone import BackboneEncoder, Shape
from simcse_ml.models.loading import load_backbone
from simcse_ml.models.opened import embed_texts
from simcse_ml.models.pooling import Pooling
from simcse_ml.models.projection import Dense, Normalise
from simcse_ml.models.splitting import IDENTITY, split_cosine
from simcse_ml.models.token_groups import NO_GROUP, group_tokens
from simcse_ml.settings.schema import BackboneSettings, PoolingSettings

LEFT, RIGHT = "東京の cat は眠る", "dog が京都で鳴く"


@pytest.fixture(scope="module")
def loaded(tiny_bert):
    return load_backbone(tiny_bert, name="tiny", backbone=BackboneSettings(), pooling=PoolingSettings()).encoder


def encoder_of(loaded, reduce="mean", after=(), prefix=""):
    shape = Shape(max_tokens=60, prefix=prefix, pooling=Pooling(reduce))
    return BackboneEncoder(loaded.model, loaded.tokenizer, shape, name="tiny", after=after).eval()


def linear(width, dim, activation=IDENTITY):
    torch.manual_seed(3)
    return Dense(width, dim, bias=True, activation=activation)


@pytest.mark.parametrize("common", [False, True])
@pytest.mark.parametrize("reduce", ["mean", "mean_sqrt_len", "weighted_mean"])
@pytest.mark.parametrize("behind", ["nothing", "normalise", "dense"])
def test_pairs_and_rest_are_the_cosine(loaded, reduce, behind, common):
    width = loaded.width
    after = {"nothing": (), "normalise": (Normalise(),), "dense": (linear(width, 5), Normalise())}[behind]
    encoder = encoder_of(loaded, reduce, after, prefix="query: ")
    mean = np.random.default_rng(0).normal(size=encoder.dim) * 0.1 if common else None
    found = split_cosine(encoder, LEFT, RIGHT, common=mean)
    units = unit_rows(embed_texts(encoder, [LEFT, RIGHT]))
    assert found.exact
    assert found.cosine == pytest.approx(float(units[0] @ units[1]), abs=1e-5)
    assert found.pairs.sum() + found.common + found.rest == pytest.approx(found.cosine, abs=1e-9)
    assert found.pairs.shape == (len(found.left.spans), len(found.right.spans))
    assert "".join(found.left.shown).replace(" ", "") == LEFT.replace(" ", "")


def test_without_bias_and_special_tokens_nothing_is_left_over(loaded):
    """The rest is what prompt and special tokens give: recomputed from the states by hand."""
    encoder = encoder_of(loaded)
    found = split_cosine(encoder, LEFT, RIGHT)
    sums = []
    with torch.inference_mode():
        for text in (LEFT, RIGHT):
            tokens = encoder(encoder.tokenize([text]))
            states = tokens.states[0].double().numpy()
            sums.append(states[1:-1].sum(0) / np.linalg.norm(states.sum(0)))
    assert found.pairs.sum() == pytest.approx(float(sums[0] @ sums[1]), abs=1e-6)


@pytest.mark.parametrize("reduce", ["cls", "max", "last"])
def test_other_poolings_are_said_to_be_approximate(loaded, reduce):
    found = split_cosine(encoder_of(loaded, reduce), LEFT, RIGHT)
    assert not found.exact
    assert found.note


def test_a_layer_that_bends_the_vector_is_said_to_be_approximate(loaded):
    bent = linear(loaded.width, 5, "torch.nn.modules.activation.Tanh")
    assert not split_cosine(encoder_of(loaded, after=(bent,)), LEFT, RIGHT).exact


def test_a_text_without_letters_has_no_parts(loaded):
    found = split_cosine(encoder_of(loaded), "", RIGHT)
    assert found.left.spans == ()
    assert found.pairs.sum() + found.common + found.rest == pytest.approx(found.cosine)


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(-1, 32), st.integers(-1, 32)), max_size=12))
def test_groups_are_whole_clusters_and_never_overlap(text, offsets):
    groups = group_tokens(text, offsets)
    edges = {0}
    for cluster in clusters(text):
        edges.add(max(edges) + len(cluster))
    end = 0
    for start, stop in groups.spans:
        assert start in edges and stop in edges
        assert end <= start < stop
        end = stop
    for (start, stop), group in zip(offsets, groups.of_token, strict=True):
        if group != NO_GROUP:
            first, last = groups.spans[group]
            assert first <= start and min(stop, len(text)) <= last


def test_tokens_that_share_a_letter_are_one_group():
    text = "นี่ก็"  # two clusters of three characters
    groups = group_tokens(text, [(0, 1), (1, 3), (3, 4), (4, 5), (0, 0)])
    assert groups.shown == tuple(clusters(text))
    assert groups.of_token == (0, 0, 1, 1, NO_GROUP)
    assert groups.without(0) == "ก็"
