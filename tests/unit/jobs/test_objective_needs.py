"""What a stage needs beside sentences is there before training, or refused in one line."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Said
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

    tokenizer = SimpleNamespace(mask_token="[MASK]")

    def __init__(self, max_tokens: int = 64) -> None:
        self.max_tokens = max_tokens

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


def wordings(recipe: str, code: str, work: Path, *changes: str, said: list[object] | None = None, longest: int = 64):
    sink = (said if said is not None else []).append
    return wordings_of(load_recipe(recipe, changes), lang_info(code), Letters(longest), Corpus(), work, sink)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ["ja", "th", "ar", "hi", "am", "bo", "my"])
def test_frames_come_from_the_language_and_keep_room_for_a_sentence(tmp_path: Path, code: str) -> None:
    (frame,) = wordings("template", code, tmp_path, longest=128).values()
    text = lang_info(code).prompt
    assert text is not None
    before = "".join(map(chr, frame.frames[0].before))
    assert text.split("{sentence}")[0].strip() == before or "{mask}" in text.split("{sentence}")[0]


def test_a_language_without_a_prompt_has_the_bare_sentence_and_a_frame_without_words(tmp_path: Path) -> None:
    assert lang_info("gsw").prompt is None
    said: list[object] = []
    (frame,) = wordings("frames", "gsw", tmp_path, said=said).values()
    (bare, quoted) = frame.frames
    assert (len(bare.before), len(bare.after)) == (0, 0)
    assert "".join(map(chr, quoted.before)) == "“"
    assert said == [Said("frames", "50 % of the batches: a sentence is seen as  … | “…”: [MASK]")]


def test_a_prompt_that_takes_half_of_a_row_gives_way_to_a_frame_without_words(tmp_path: Path) -> None:
    said: list[object] = []
    wordings("frames", "sw", tmp_path, said=said, longest=64)  # tokens are letters here
    wordings("frames", "sw", tmp_path, said=said, longest=128)
    long, short = (one.text for one in said if isinstance(one, Said))
    assert long.endswith("as  … | “…”: [MASK]")
    assert short.endswith("inamaanisha [MASK]. | “…”: [MASK]")


def test_frames_that_are_said_are_those_of_the_language(tmp_path: Path) -> None:
    said: list[object] = []
    wordings("template", "sw", tmp_path, said=said, longest=128)
    wordings("template", "sw", tmp_path, "stages.0.views.0.templates=['{sentence}', '{mask}: {sentence}']", said=said)
    first, second = (one.text for one in said if isinstance(one, Said))
    assert first == "a sentence is seen as  Sentensi “…” inamaanisha [MASK]. | “…”: [MASK]"
    assert second == "a sentence is seen as  … | [MASK]: …"


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
