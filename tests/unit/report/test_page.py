"""The page of a run says what the run says, holds no script, fetches nothing, and no sentence of the text unasked."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from simcse_ml.errors import UserError
from simcse_ml.events import Evaluated, Pins, StepDone, Warned
from simcse_ml.jobs.report import write_report
from simcse_ml.languages.table import lang_info
from simcse_ml.runs.events_file import EventsFile
from simcse_ml.runs.folder import RunFolder, create_run
from simcse_ml.runs.state import new_state, write_state
from simcse_ml.settings.schema import Recipe, TextSettings
from simcse_ml.text.mojibake import EXAMPLE
from simcse_ml.text.prepare import prepare_corpus

HOSTILE = '<script>alert("1")</script>'
SENTENCES = [
    "カナリアの青い封筒には橋の設計図が入っている。",
    "港の倉庫で古い時計を直す職人が働いている。",
    f"雨が続いたので川の水が{HOSTILE}畑まで上がってきた。",
    "駅前の本屋は昔から同じ\u202e家族が営んでいる。",
]
VOID = {"meta", "br", "link", "img"}


class Reader(HTMLParser):
    """Tags in order, what is open at the end, and every attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture
def run(tmp_path) -> RunFolder:
    """A run that is done, with scores, a warning and a pin."""
    home = tmp_path / "極秘"
    home.mkdir()
    text = home / "手紙.txt"
    more = [f"北の村で{number}番目の橋が新しくなった。" for number in range(20)]
    text.write_text("\n".join([*SENTENCES, "短い", *more, more[0]]), "utf-8")
    settings = TextSettings(near_duplicates=False, other_languages="keep", code="keep")
    corpus = prepare_corpus([str(text)], lang_info("ja"), settings, cache=home / "cache", sink=lambda _: None)
    folder = create_run(home, language="ja", inputs=[str(text)], out=home / "ja-run")
    state = new_state(
        state="done",
        language="ja",
        inputs=(str(text),),
        recipe_name="unsup",
        asked={"recipe": Recipe().model_dump(mode="json")},
        machine={"choice": {"name": str(home / "backbone"), "folder": str(home / "backbone"), "revision": ""}},
        fingerprints={"corpus_folder": str(corpus.folder)},
        steps=4,
        selected_by="last checkpoint",
        summary={"verdict": "No gain over counting. Use `search --hybrid`."},
    )
    write_state(folder, state)
    folder.eval.write_text(json.dumps(evaluation()), "utf-8")
    with EventsFile(folder.events, interval=0.0) as tell:
        for step in range(1, 5):
            tell(StepDone("unsup", step, 4, 4.0 / step, 1e-5, 10.0, 0.0))
        tell(Evaluated("unsup", 4, {"mean_cosine": 0.25}))
        tell(Warned("memory is short"))
        tell(Warned(f"a.txt: at least 2 % are entities{EXAMPLE}カナリアの青い"))
        near = [{"row": 1, "score": 0.9, "percentile": 99.1, "text": SENTENCES[2]}]
        tell(Pins("unsup", 4, 4, [{"text": SENTENCES[0], "near": near}]))
    return folder


def evaluation() -> dict[str, object]:
    rows = [("counting (words)", "counting", 60.0), ("untouched mean", "untouched", 55.0), ("trained", "trained", 58.0)]
    gains = [("counting (words)", "counting", -2.0), ("untouched mean", "untouched", 3.0)]
    told = {
        "set": f"pairs {HOSTILE}",
        "pairs": 500,
        "groups": 400,
        "rows": [
            {"label": label, "kind": kind, "score": score, "low": score - 2, "high": score + 2, "best": True}
            for label, kind, score in rows
        ],
        "gains": [
            {"of": "trained", "over": over, "over_kind": kind, "value": value, "low": value - 1, "high": value + 1}
            | {"verdict": "better" if value > 1 else "worse"}
            for over, kind, value in gains
        ],
        "note": "",
    }
    geometry = {"mean_cosine": 0.23, "uniformity": -2.9, "alignment": None, "effective_rank": 216.4, "rows": 300}
    return {"format": 1, "sets": [told], "geometry": geometry | {"dim": 384}, "verdict": ""}


def page(run: RunFolder, *, shows_text: bool = False) -> str:
    return write_report(run, shows_text=shows_text).report.read_text("utf-8")


def text_of(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


@pytest.mark.parametrize("shows_text", [False, True])
def test_it_is_well_formed_and_holds_no_script_and_no_address(run, shows_text):
    reader = Reader()
    html = page(run, shows_text=shows_text)
    reader.feed(html)
    assert reader.open == []
    assert "script" not in reader.tags
    assert not {name for name, _ in reader.attributes} & {"src", "href", "srcset", "action", "onload", "style"}
    assert "default-src 'none'" in html
    assert "http" not in html.replace("http-equiv", "")


def test_scores_stand_beside_what_costs_nothing(run):
    told = text_of(page(run))
    for row in ("counting (words)60.058.0 – 62.0", "untouched mean55.053.0 – 57.0", "trained58.056.0 – 60.0"):
        assert row in told
    assert "trained against counting (words): -2.0 (-3.0 to -1.0), worse" in told
    assert "No gain over counting. Use search --hybrid." in told


def test_without_asking_no_sentence_and_no_place_is_on_it(run):
    html = page(run)
    assert "カナリア" not in html
    assert "川の水" not in html
    assert "短い" not in html
    assert "極秘" not in html
    assert "No sentence of the text is on this page" in html
    assert "手紙.txt" in html


def test_asked_for_sentences_stand_there_harmless_and_the_first_line_says_so(run):
    html = page(run, shows_text=True)
    body = text_of(html.partition("<body>")[2]).strip()
    assert body.startswith("This page shows sentences of the text.")
    assert SENTENCES[0] in html
    assert "&lt;script&gt;" in html
    assert HOSTILE not in html
    assert "\u202e" not in html
    assert "No sentence of the text" not in html


def test_reasons_of_what_was_left_out_stand_with_their_counts(run):
    told = text_of(page(run))
    assert "too short1" in told
    assert "repeated1" in told


def test_warnings_and_curves_are_on_it(run):
    html = page(run)
    assert "memory is short" in html
    assert "a.txt: at least 2 % are entities<" in html
    assert "entities, for example: カナリアの青い" in page(run, shows_text=True)
    assert "loss, from step 1 to step 4" in html
    assert "random pairs, mean cosine" in html


def test_a_run_that_was_stopped_has_a_page_that_says_so(run):
    run.eval.unlink()
    state = json.loads(run.state.read_text("utf-8"))
    run.state.write_text(json.dumps(state | {"state": "stopped", "summary": {}}), "utf-8")
    told = text_of(page(run))
    assert "This run is not done: stopped" in told
    assert "no labelled set was given, or the run has not come so far" in told


@pytest.mark.parametrize("left", [{}, {"format": 1, "language": "ja"}])
def test_a_run_that_has_only_begun_has_a_page(tmp_path, left):
    folder = create_run(tmp_path, language="ja", inputs=["a.txt"], out=tmp_path / "begun")
    folder.state.write_text(json.dumps(left), "utf-8")
    assert "not done" in text_of(page(folder))


def test_why_a_run_failed_may_quote_the_text_and_is_told_only_with_it(run):
    state = json.loads(run.state.read_text("utf-8"))
    run.state.write_text(json.dumps(state | {"state": "failed", "problem": "the label 'カナリア' is none"}), "utf-8")
    assert "This run is not done: failed. What" in text_of(page(run))
    assert "failed: the label &#39;カナリア&#39; is none" in text_of(page(run, shows_text=True))


@pytest.mark.parametrize("broken", ["{", "[]", None])
def test_a_run_that_is_done_has_no_page_without_its_scores(run, broken):
    if broken is None:
        run.eval.unlink()
    else:
        run.eval.write_text(broken, "utf-8")
    with pytest.raises(UserError, match=r"eval\.json cannot be read"):
        write_report(run)
    assert not run.report.exists()


def test_scores_of_another_version_are_said_not_made_up(run):
    run.eval.write_text('{"sets": [{"set": "x"}], "geometry": {"rows": 2}}', "utf-8")
    told = text_of(page(run))
    assert "eval.json was written by another version, or changed" in told
    assert "There are none" not in told


def test_it_is_written_into_the_run_or_where_it_was_asked_for(run, tmp_path):
    assert write_report(run).report == run.report
    out = tmp_path / "mine.html"
    assert write_report(run, out=out).report == out
    assert out.read_text("utf-8") == run.report.read_text("utf-8")


def test_a_place_that_cannot_be_written_is_an_error_with_its_name(run, tmp_path):
    (tmp_path / "file").write_text("mine", "utf-8")
    with pytest.raises(UserError, match="file"):
        write_report(run, out=tmp_path / "file" / "page.html")
    assert (tmp_path / "file").read_text("utf-8") == "mine"
