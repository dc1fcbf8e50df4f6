"""Training the rows of a word table that occur is training the table."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from simcse_ml.models.loading import load_backbone, load_saved
from simcse_ml.models.narrow_table import NarrowTable, narrow, widen
from simcse_ml.models.opened import embed_texts
from simcse_ml.settings.schema import BackboneSettings, PoolingSettings

TEXTS = ["the cat sleeps", "a dog", "ねこがねている。"]
UNSEEN = ["QXZ うえ ก", "the dog sleeps"]
PLAIN_TABLES = ["bert", "xlm-roberta", "roberta", "distilbert", "electra", "modernbert", "t5", "llama", "deberta-v2"]


def load(folder):
    settings = BackboneSettings(max_tokens=40)
    return load_backbone(folder, name="tiny", backbone=settings, pooling=PoolingSettings()).encoder


def trained(encoder, steps: int = 3):
    optimizer = torch.optim.AdamW([p for p in encoder.parameters() if p.requires_grad], lr=0.01, weight_decay=0.0)
    rows = encoder.train().tokenize(TEXTS)
    for step in range(steps):
        torch.manual_seed(step)
        optimizer.zero_grad()
        encoder.embed(rows).square().sum().backward()
        torch.nn.utils.clip_grad_norm_(encoder.parameters(), 1.0)
        optimizer.step()
    return encoder.eval()


@pytest.mark.parametrize("family", PLAIN_TABLES)
def test_three_steps_leave_the_table_that_training_all_of_it_leaves(family, make_backbone, tmp_path) -> None:
    folder = make_backbone(family)
    whole, part = load(folder).double(), load(folder).double()
    before = whole.word_table().detach().clone()
    used = narrow(part.model, [part.tokenize(TEXTS).ids])
    assert used is not None and used < len(before) / 2
    trained(whole)
    trained(part)
    unseen = embed_texts(whole, UNSEEN)
    assert np.abs(embed_texts(part, UNSEEN) - unseen).max() < 1e-6
    widen(part.model)
    assert not any(isinstance(module, NarrowTable) for module in part.modules())
    torch.testing.assert_close(part.word_table(), whole.word_table(), rtol=0, atol=1e-9)
    assert int((part.word_table() != before).any(1).sum()) == used
    part.float().save(tmp_path)
    assert np.abs(embed_texts(load_saved(tmp_path, name="saved"), UNSEEN) - unseen).max() < 1e-4


def test_gradient_and_moments_are_of_the_rows_that_occur(make_backbone) -> None:
    encoder = load(make_backbone("bert"))
    used = narrow(encoder.model, [encoder.tokenize(TEXTS).ids])
    encoder.embed(encoder.tokenize(TEXTS))[:, 0].sum().backward()
    table = encoder.model.get_input_embeddings()
    assert table.rows.shape == (used, 32)
    assert table.weight.grad is None
    assert (table.rows.grad != 0).any(1).all()


@pytest.mark.parametrize("family", ["canine", "gemma3_text"])
def test_other_kinds_of_tables_stay_as_they_are(family, make_backbone) -> None:
    encoder = load(make_backbone(family))
    assert narrow(encoder.model, [encoder.tokenize(TEXTS).ids]) is None
    widen(encoder.model)
    assert not any(isinstance(module, NarrowTable) for module in encoder.modules())


def test_a_table_that_is_held_stays_as_it_is(make_backbone) -> None:
    encoder = load(make_backbone("bert"))
    encoder.word_table().requires_grad_(False)
    assert narrow(encoder.model, [encoder.tokenize(TEXTS).ids]) is None
