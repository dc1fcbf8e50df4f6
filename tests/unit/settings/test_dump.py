"""A recipe that was written down is the same recipe when it is read."""

from __future__ import annotations

import string

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from simcse_ml.settings.dump import recipe_yaml
from simcse_ml.settings.load import load_recipe
from simcse_ml.settings.schema import (
    OF_JUDGED,
    OF_TRIPLES,
    BackboneSettings,
    EvaluationSettings,
    ObjectiveSettings,
    Recipe,
    StageSettings,
    TextSettings,
    TrainingSettings,
    ViewSettings,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
small = st.floats(1e-12, 0.9, allow_nan=False)
values = st.one_of(st.integers(-5, 10**6), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), texts)
of_text = texts.filter(lambda kind: kind not in OF_TRIPLES | OF_JUDGED)
"""a stage is on text by default; Hypothesis draws words of the code under test, `sup` among them"""
stages = st.builds(
    StageSettings,
    name=texts,
    objective=st.builds(
        ObjectiveSettings, kind=of_text, settings=st.dictionaries(st.text(string.ascii_lowercase, min_size=1), values)
    ),
    views=st.lists(
        st.builds(ViewSettings, kind=st.sampled_from(["same", "halves"]), rate=small, weight=small),
        min_size=1,
        max_size=3,
    ).map(tuple),
)
recipes = st.builds(
    Recipe,
    about=texts,
    stages=st.lists(stages, min_size=1, max_size=3).map(tuple),
    backbone=st.builds(BackboneSettings, name=texts, prefix=texts, dropout=st.none() | small),
    text=st.builds(TextSettings, max_sentences=st.none() | st.integers(1, 10**9)),
    training=st.builds(TrainingSettings, learning_rate=small, epochs=small, seed=st.integers(0, 2**31 - 1)),
    evaluation=st.builds(EvaluationSettings, sts=st.lists(texts, max_size=3).map(tuple), dev=st.none() | texts),
)


@given(recipes)
@settings(
    max_examples=60,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_dump_then_load_gives_the_same_recipe(tmp_path_factory, recipe):
    path = tmp_path_factory.getbasetemp() / "round.yaml"
    path.write_text(recipe_yaml(recipe), encoding="utf-8", newline="")
    assert load_recipe(str(path)) == recipe


def test_the_dump_names_every_key_so_that_later_defaults_change_nothing():
    text = recipe_yaml(Recipe())
    for section, model in Recipe.model_fields.items():
        assert f"{section}:" in text
        for key in getattr(model.default, "model_dump", dict)():
            assert f"  {key}:" in text
