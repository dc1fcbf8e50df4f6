"""What a stage needs beside sentences is there before training, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.jobs.judged import judged_rows
from simcse_ml.jobs.wording import wordings_of
from simcse_ml.languages.table import lang_info
from simcse_ml.ragged import from_lists
from simcse_ml.settings.language import trains_head_first, wants_language
from simcse_ml.settings.load import load_recipe, recipe_names
from simcse_ml.text.labelled.nli import LabelledPair
from simcse_ml.text.labelled.triples import triples_of

RAIN = LabelledPair("雨が降る。", "濡れる。", "entailment")
DRY = LabelledPair("雨が降る。", "乾く。", "contradiction")


class Letters:
    """Tokenizes by characters."""

    max_tokens = 64

    def tokenize(self, texts: list[str]):
        return from_lists([[1, *map(ord, text), 2] for text in texts], 1, 1)


def test_pairs_keep_their_labels_and_equal_ones_count_once(tmp_path: Path) -> None:
    triples = triples_of([RAIN, DRY, RAIN], seed=1)
    recipe = load_recipe("softmax")
    told: list[object] = []
    rows = judged_rows(triples, Letters(), recipe, identity="x", cache=tmp_path, sink=told.append)  # type: ignore[arg-type]
    assert rows is not None
    assert rows.labels.tolist() == [0, 2]
    assert rows.lengths.tolist() == [7, 7]
    assert "2 different pairs" in str(told[0])
    assert judged_rows(triples, Letters(), load_recipe("sup"), identity="x", cache=tmp_path, sink=told.append) is None  # type: ignore[arg-type]


def test_pairs_of_one_label_are_refused_for_softmax(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="one label") as refused:
        judged_rows(
            triples_of([RAIN], seed=1),
            Letters(),  # type: ignore[arg-type]
            load_recipe("softmax", ["nli.paths=[a.tsv]"]),
            identity="x",
            cache=tmp_path,
            sink=lambda _: None,
        )
    assert refused.value.exit_code == ExitCode.INPUT


def test_recipes_say_which_stages_want_a_language_head() -> None:
    wanting = {name for name in recipe_names() if any(wants_language(s) for s in load_recipe(name).stages)}
    assert wanting == {"diffcse", "diffcse-warm", "unsup-mlm", "mlm-view"}
    assert {name for name in wanting if trains_head_first(load_recipe(name))} == {"diffcse-warm"}


class Corpus:
    def texts(self, ids: np.ndarray) -> list[str]:
        return ["x"] * len(ids)


def wordings(recipe: str, code: str, work: Path, *changes: str):
    return wordings_of(load_recipe(recipe, changes), lang_info(code), Letters(), Corpus(), work)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["ja", "th", "ar", "hi", "am", "bo", "my"])
def test_frames_come_from_the_language_and_keep_room_for_a_sentence(tmp_path: Path, code: str) -> None:
    (frame,) = wordings("template", code, tmp_path, "backbone.max_tokens=64").values()
    text = lang_info(code).prompt
    assert text is not None
    before = "".join(map(chr, frame.frames[0].before))
    assert text.split("{sentence}")[0].strip() == before or "{mask}" in text.split("{sentence}")[0]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("['{sentence}']", "two templates"),
        ("['{sentence}', 'no place']", "two templates"),
        (f"['{'long ' * 20}{{sentence}}', '{{sentence}}']", "leaves 0 of 64"),
    ],
)
def test_frames_that_cannot_be_used_are_refused(tmp_path: Path, change: str, problem: str) -> None:
    with pytest.raises(UserError, match=problem):
        wordings("template", "en", tmp_path, f"stages.0.views.0.templates={change}")


def test_a_list_of_synonyms_is_kept_with_the_run(tmp_path: Path) -> None:
    path, work = tmp_path / "list.tsv", tmp_path / "work"
    path.write_text("雨\t降雨\n", "utf-8")
    change = f"stages.0.views.0.synonyms={path}"
    (first,) = wordings("synonym", "ja", work, change).values()
    path.write_text("雪\t降雪\n", "utf-8")
    (again,) = wordings("synonym", "ja", work, change).values()
    assert dict(first.synonyms) == dict(again.synonyms) == {"雨": ("降雨",)}
    with pytest.raises(UserError, match="no list of synonyms"):
        wordings("synonym", "ja", tmp_path / "other")
