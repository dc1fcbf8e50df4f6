"""`search`, `similar`, `embed` and `eval` as jobs, on counting and on a stand-in for a model."""

import json
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Warned, silent
from simcse_ml.jobs import embed as embed_job
from simcse_ml.jobs import evaluate as evaluate_job
from simcse_ml.jobs import pair_by_pair
from simcse_ml.jobs import search as search_job
from simcse_ml.jobs import similar as similar_job
from simcse_ml.jobs.embed import EmbedRequest
from simcse_ml.jobs.evaluate import EvaluateRequest, check_gate
from simcse_ml.jobs.filtered import filtered_search
from simcse_ml.jobs.pair_by_pair import JudgeRequest, judge_pairs
from simcse_ml.jobs.search import SearchRequest
from simcse_ml.jobs.similar import SimilarRequest
from simcse_ml.jobs.using import Use, open_text
from simcse_ml.models.counting import NAME as COUNTING
from simcse_ml.ragged import from_lists

ANIMALS, PLACES = ("cat", "dog", "horse", "sparrow", "whale", "goat"), ("garden", "kitchen", "forest", "harbour")
LINES = [f"The {animal} waits quietly in the {place} today." for animal in ANIMALS for place in PLACES]


class FirstWords:
    """An encoder that reads eight words, as much of it as is asked for its length."""

    max_tokens = 8

    def tokenize(self, texts):
        return from_lists([list(range(min(len(text.split()), 8))) for text in texts], 0, 0)


@dataclass(frozen=True)
class Letters:
    """A model that counts letters: enough to be deterministic and to tell texts apart."""

    name: str = "letters"
    fingerprint: str = "letters-1"
    precision: str = "fp32"
    dim: int = 26
    encoder: FirstWords = field(default_factory=FirstWords)

    def embed(self, texts, *, progress=None):
        return np.array([[text.lower().count(chr(97 + i)) + 0.1 for i in range(26)] for text in texts], np.float32)


@pytest.fixture
def use(tmp_path, monkeypatch):
    for job in (search_job, similar_job, embed_job, evaluate_job, pair_by_pair):
        monkeypatch.setattr(job, "open_used", lambda used: Letters())
    return Use("letters", tmp_path / "runs", tmp_path / "cache", language="en")


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(LINES) + "\n", "utf-8")
    return str(path)


@pytest.fixture
def run_use(use, text):
    """A run whose text is in the cache."""
    corpus = open_text(text, use, silent)
    run = use.runs_dir / "en-run"
    run.mkdir(parents=True)
    (run / "run.json").write_text(json.dumps({"format": 1, "fingerprints": {"corpus_folder": str(corpus.folder)}}))
    return replace(use, model="en-run")


@pytest.mark.parametrize(
    ("model", "hybrid", "by"), [(COUNTING, False, "counting"), ("m", False, "meaning"), ("m", True, "both")]
)
def test_a_sentence_of_the_text_is_its_own_best_hit(use, text, model, hybrid, by):
    request = SearchRequest(replace(use, model=model), (text, LINES[5], LINES[9]), count=3, hybrid=hybrid)
    found = search_job.search(request, silent)
    assert found.by == by
    assert found.sentences == len(LINES)
    assert [answer.hits[0].text for answer in found.answers] == [LINES[5], LINES[9]]
    assert all(len(answer.hits) == 3 for answer in found.answers)
    json.dumps(found.as_json())


def test_an_index_finds_what_reading_every_row_finds(use, text):
    pytest.importorskip("usearch", reason="the extra `large` is not installed")
    exact = search_job.search(SearchRequest(use, (text, LINES[5], "a kitchen"), count=4), silent)
    quick = search_job.search(SearchRequest(use, (text, LINES[5], "a kitchen"), count=4, index=True), silent)
    assert exact.recall is None and quick.recall == 1.0 and quick.as_json()["recall"] == 1.0
    for there, here in zip(exact.answers, quick.answers, strict=True):
        assert [hit.score for hit in here.hits] == pytest.approx([hit.score for hit in there.hits], abs=1e-6)


@pytest.mark.parametrize(("model", "hybrid"), [(COUNTING, False), ("m", True)])
def test_counting_has_no_index(use, text, model, hybrid):
    with pytest.raises(UserError, match="counting has none") as error:
        search_job.search(SearchRequest(replace(use, model=model), (text, "cat"), hybrid=hybrid, index=True), silent)
    assert error.value.exit_code == ExitCode.USAGE


def test_an_index_and_filters_do_not_go_together(use, text):
    with pytest.raises(UserError, match="filters look at every row") as error:
        filtered_search(SearchRequest(use, (text, "cat"), index=True), "lex:<.5", silent)
    assert error.value.exit_code == ExitCode.USAGE


def test_short_and_nearly_repeated_sentences_can_be_found(use, tmp_path):
    path = tmp_path / "short.txt"
    path.write_text("\n".join([*LINES, "Yes.", "No!"]), "utf-8")
    found = search_job.search(SearchRequest(replace(use, model=COUNTING), (str(path), "no"), count=1), silent)
    assert found.answers[0].hits[0].text == "No!"


def test_vectors_are_made_once(use, text, monkeypatch):
    request = SearchRequest(use, (text, "a cat"))
    first = search_job.search(request, silent)
    seen = []

    class Counted(Letters):
        def embed(self, texts, *, progress=None):
            seen.extend(texts)
            return super().embed(texts)

    monkeypatch.setattr(search_job, "open_used", lambda used: Counted())
    assert search_job.search(request, silent) == first
    assert seen == ["a cat"]


def test_a_run_is_searched_in_its_own_text_when_none_is_named(run_use, text):
    alone = search_job.search(SearchRequest(run_use, (LINES[2],), count=1), silent)
    named = search_job.search(SearchRequest(run_use, (text, LINES[2]), count=1), silent)
    two = search_job.search(SearchRequest(run_use, (LINES[2], LINES[3]), count=1), silent)
    assert alone.answers[0].hits[0].text == named.answers[0].hits[0].text == LINES[2]
    assert [answer.query for answer in two.answers] == [LINES[2], LINES[3]]


def test_a_mistyped_file_is_an_error_and_not_a_query(run_use):
    with pytest.raises(UserError) as refused:
        search_job.search(SearchRequest(run_use, ("corpsu.txt", "a cat")), silent)
    assert "corpsu.txt" in str(refused.value)
    assert refused.value.exit_code == ExitCode.INPUT


@pytest.mark.parametrize("arguments", [(), ("only a query",), ("  ",)])
def test_without_a_text_or_a_query_it_is_said_what_to_type(use, arguments):
    with pytest.raises(UserError) as refused:
        search_job.search(SearchRequest(use, arguments), silent)
    assert refused.value.exit_code == ExitCode.USAGE


def test_a_blank_query_is_refused(use, text):
    with pytest.raises(UserError, match="nothing to look for"):
        search_job.search(SearchRequest(use, (text, " \t")), silent)


def test_a_run_whose_text_is_gone_asks_for_it(run_use):
    (run_use.runs_dir / "en-run" / "run.json").write_text(json.dumps({"format": 1}))
    with pytest.raises(UserError, match="name a text"):
        search_job.search(SearchRequest(run_use, ("a cat",)), silent)


@pytest.mark.parametrize("model", ["letters", COUNTING])
def test_every_pair_is_compared_and_the_most_alike_comes_first(use, text, model):
    texts = (LINES[0], "qqq xxx zzz", LINES[0])
    told = similar_job.similar(SimilarRequest(replace(use, model=model), texts, text), silent)
    assert (told.pairs[0].left, told.pairs[0].right) == (0, 2)
    assert told.pairs[0].cosine == pytest.approx(1.0, abs=1e-5)
    assert told.pairs[0].above > 0.9 > told.pairs[-1].above
    assert len(told.pairs) == 3 and -1 < told.random_mean < 1
    json.dumps(told.as_json())


def test_without_a_text_there_is_no_yardstick(use):
    told = similar_job.similar(SimilarRequest(use, ("a", "b")), silent)
    assert told.random_mean is None and told.pairs[0].above is None


def test_one_sentence_has_nothing_to_be_compared_with(use):
    with pytest.raises(UserError, match="nothing to compare"):
        similar_job.similar(SimilarRequest(use, ("alone",)), silent)


def test_embed_writes_a_vector_for_every_line_in_order(use, tmp_path, monkeypatch):
    monkeypatch.setattr(embed_job, "BLOCK", 7)
    lines = [*LINES, "", LINES[0], "x"]
    path, out = tmp_path / "lines.txt", tmp_path / "v.npy"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    told = embed_job.embed(EmbedRequest(use, str(path), out), silent)
    assert (told.rows, told.dim) == (len(lines), 26)
    assert np.array_equal(np.load(out), Letters().embed(lines))
    streamed = [text for texts, _ in embed_job.stream(EmbedRequest(use, str(path)), silent) for text in texts]
    assert streamed == lines


def test_embed_of_a_file_without_lines_leaves_nothing_behind(use, tmp_path):
    (tmp_path / "empty.txt").write_text("")
    with pytest.raises(UserError) as refused:
        embed_job.embed(EmbedRequest(use, str(tmp_path / "empty.txt"), tmp_path / "v.npy"), silent)
    assert refused.value.exit_code == ExitCode.INPUT
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["empty.txt"]


def test_embed_of_a_run_takes_its_prepared_text(run_use, tmp_path):
    assert embed_job.embed(EmbedRequest(run_use, "en-run", tmp_path / "v.npy"), silent).rows == len(LINES)


@pytest.fixture
def sts(tmp_path):
    path = tmp_path / "pairs.tsv"
    rows = [f"{LINES[i]}\t{LINES[(i * 7 + 3) % 24]}\t{i % 5}" for i in range(24)]
    path.write_text("sentence1\tsentence2\tscore\n" + "\n".join(rows) + "\n", "utf-8")
    return path


def test_a_model_is_scored_beside_every_kind_of_counting(use, text, sts):
    told = evaluate_job.evaluate(EvaluateRequest(use, (sts,), text, samples=50), silent)
    labels = [row.label for row in told.tables[0].rows]
    assert sum(label.startswith("counting") for label in labels) == 5
    assert {"this model", "this model, centred", "this model + counting"} <= set(labels)
    assert told.tables[0].note == ""
    assert told.geometry.dim == 26
    assert "seed" not in told.sentences[0]
    assert told.tables[0].trained.label == "this model"
    json.dumps(told.as_json(), allow_nan=False)


@pytest.fixture
def questions(tmp_path):
    """A retrieval set of the lines: each is answered by itself and by one more."""
    folder = tmp_path / "questions" / "test"
    folder.mkdir(parents=True)
    for name in ("corpus", "queries"):
        told = "".join(f"{n}\t{line}\n" for n, line in enumerate(LINES))
        (folder / f"{name}.tsv").write_text(f"id\ttext\n{told}", "utf-8")
    told = "".join(f"{n} 0 {n} 2\n{n} 0 {(n + 1) % len(LINES)} 1\n" for n in range(len(LINES)))
    (folder / "qrels.tsv").write_text(told, "utf-8")
    return folder


def test_a_model_is_scored_on_questions_and_translations_beside_the_same_baselines(use, text, questions, tmp_path):
    pairs = tmp_path / "en-xx.tsv"
    pairs.write_text("".join(f"{line}\t{line.upper()}!\n" for line in LINES), "utf-8")
    request = EvaluateRequest(use, corpus=text, samples=50, retrieval=(questions,), translations=(pairs,))
    said = []
    found, told = evaluate_job.evaluate(request, said.append).tables
    assert "questions-test: 100.0 % of its documents are longer than 8 tokens" in " ".join(map(str, said))
    assert (found.name, found.measure, found.counted, found.pairs) == ("questions-test", "nDCG@10 x 100", "queries", 24)
    labels = [row.label for row in found.rows]
    assert sum(label.startswith("counting (BM25") for label in labels) == 3
    assert {"this model", "this model, centred", "this model + counting"} <= set(labels)
    assert found.trained.score > 50  # the query is the document that answers it best
    assert (told.name, told.measure, told.pairs) == ("en-xx", "translations found, %", 24)
    assert not any("BM25" in row.label for row in told.rows)
    assert max(row.score for row in told.rows if row.kind == "counting") == 100.0  # case and signs do not count


def test_sets_of_several_kinds_stand_beside_each_other_with_counting_alone(use, sts, questions):
    request = EvaluateRequest(replace(use, model=COUNTING), (sts,), samples=50, retrieval=(questions,))
    told = evaluate_job.evaluate(request, silent)
    assert [table.measure for table in told.tables] == ["Spearman x 100", "nDCG@10 x 100"]
    assert [one["measure"] for one in told.as_json()["sets"]] == ["spearman x 100", "ndcg@10 x 100"]


def test_without_a_text_the_idf_comes_from_the_test_and_that_is_said(use, sts):
    told = evaluate_job.evaluate(EvaluateRequest(replace(use, model=COUNTING), (sts,), samples=50), silent)
    assert "flatters counting" in told.tables[0].lines()[-1]
    assert told.geometry is None


def test_without_a_set_the_label_free_numbers_come_with_their_worth(use, text):
    told = evaluate_job.evaluate(EvaluateRequest(use, corpus=text), silent)
    assert told.tables == ()
    assert "not whether they are good" in told.note
    assert told.geometry.rows == len(LINES)


def test_with_neither_set_nor_text_it_is_said_what_to_give(use):
    with pytest.raises(UserError) as refused:
        evaluate_job.evaluate(EvaluateRequest(use), silent)
    assert refused.value.exit_code == ExitCode.USAGE


@pytest.mark.parametrize("model", ["", COUNTING])
def test_pairs_are_judged_as_they_are_scored(use, text, sts, model):
    asked = replace(use, model=model or use.model)
    found = judge_pairs(JudgeRequest(asked, (sts,), text, count=5, side="over"), silent)[0]
    assert found.pairs == 24 and sum(map(sum, found.grid)) == 24
    assert 0 < len(found.worst) <= 5 and all(one.model_pct > one.gold_pct for one in found.worst)
    json.dumps(found.as_json(), allow_nan=False)


def test_pairs_by_counting_without_a_text_say_where_the_weights_come_from(use, sts):
    told = []
    judge_pairs(JudgeRequest(replace(use, model=COUNTING), (sts,)), told.append)
    assert any(isinstance(one, Warned) and "flatters counting" in one.text for one in told)


def test_without_a_set_there_are_no_pairs_to_judge(use):
    with pytest.raises(UserError, match="no labelled pairs"):
        judge_pairs(JudgeRequest(use), silent)


@pytest.mark.parametrize(("limit", "closed"), [(None, False), (-101.0, False), (101.0, True)])
def test_the_gate_closes_only_under_its_limit(use, sts, limit, closed):
    request = EvaluateRequest(replace(use, model=COUNTING), (sts,), samples=50, fail_under=limit)
    told = evaluate_job.evaluate(request, silent)
    if not closed:
        assert check_gate(request, told) is None
        return
    with pytest.raises(UserError) as refused:
        check_gate(request, told)
    assert refused.value.exit_code == ExitCode.GATE


def test_a_gate_without_a_set_is_closed(use, text):
    request = EvaluateRequest(use, corpus=text, fail_under=1.0)
    with pytest.raises(UserError, match="no set was scored"):
        check_gate(request, evaluate_job.evaluate(request, silent))
