"""The approximate index: what it proposes is near, its recall is measured right, and a kill costs little."""

from dataclasses import replace

import numpy as np
import pytest

import simcse_ml.search.index as indexing
from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import silent
from simcse_ml.search.explorer import Explorer
from simcse_ml.search.grammar import parse_query
from simcse_ml.search.index import (
    ABOUT,
    GRAPH,
    PART_ABOUT,
    PART_GRAPH,
    ApproximateIndex,
    build_index,
    cosines,
    open_index,
    recall_of,
)
from simcse_ml.search.neighbours import nearest
from simcse_ml.search.space import CountedSpace, DenseSpace
from simcse_ml.search.vectors import build_vectors

pytest.importorskip("usearch", reason="the extra `large` is not installed")
ROWS, DIM = 3000, 24


def stored(folder, *, seed=3, rows=ROWS, model="m"):
    draw = np.random.default_rng(seed)
    centres = draw.normal(size=(60, DIM))
    made = (centres[draw.integers(60, size=rows)] + 0.3 * draw.normal(size=(rows, DIM))).astype(np.float32)
    made[11] = 0.0
    made[5:9] = made[4]
    texts = [str(row) for row in range(rows)]
    embed = lambda some: np.stack([made[int(text)] for text in some])  # noqa: E731
    return build_vectors(folder, iter([texts]), embed, DIM, rows, {"model": model, "corpus": "c"}, silent)


@pytest.fixture
def store(tmp_path):
    return stored(tmp_path / "v")


def test_what_it_finds_is_near_and_its_cosines_are_exact(store) -> None:
    index = build_index(store, silent)
    assert index.recall > 0.95
    for row in (0, 4, 77, 2999):
        query = np.array(store.vectors[row])
        hits = index.nearest(query, 10)
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        exact = {hit.row: hit.score for hit in nearest(store, query, len(store))}
        assert len(hits) == 10 and all(abs(exact[hit.row] - hit.score) < 1e-6 for hit in hits)
        assert hits[0].score == pytest.approx(1.0, abs=1e-6)
        assert 11 not in [hit.row for hit in hits], "a sentence without a vector is near to nothing"


def test_the_recall_is_what_a_slow_count_gives(store) -> None:
    class Forgetful:
        """Knows only the even rows, exactly."""

        expansion_search = 0

        def search(self, query, k):
            order = [hit.row for hit in nearest(store, query, len(store)) if hit.row % 2 == 0][:k]
            return type("Found", (), {"keys": np.array(order)})

        def __len__(self):
            return ROWS

    index = ApproximateIndex(store, Forgetful(), 0.0)
    drawn = np.sort(np.random.default_rng(1).choice(np.flatnonzero(store.norms > 0), 50, replace=False))
    found = wanted = 0
    for row in drawn:
        hits = [hit for hit in nearest(store, np.array(store.vectors[row]), 40) if hit.row != row]
        tenth = hits[9].score
        near = [hit for hit in hits if hit.row % 2 == 0][: 11 - (row % 2 == 0)]
        found += min(10, sum(hit.score >= tenth - 1e-5 for hit in near))
        wanted += 10
    assert recall_of(index, asked=50) == pytest.approx(found / wanted)
    assert 0.3 < found / wanted < 0.7


def test_it_is_opened_again_and_only_for_these_vectors(store, tmp_path) -> None:
    built = build_index(store, silent)
    again = open_index(store)
    assert again is not None and again.recall == built.recall
    query = np.array(store.vectors[100])
    assert again.nearest(query, 10) == built.nearest(query, 10)
    assert open_index(replace(store, manifest=replace(store.manifest, model="another"))) is None
    (store.folder / GRAPH).write_bytes((store.folder / GRAPH).read_bytes()[:1000])
    assert open_index(store) is None, "a graph that is cut off is as none"
    assert build_index(store, silent).recall == pytest.approx(built.recall, abs=0.05)
    assert open_index(stored(tmp_path / "w")) is None


def test_a_killed_build_goes_on(store, monkeypatch) -> None:
    monkeypatch.setattr(indexing, "ROWS", 500)
    monkeypatch.setattr(indexing, "SAVE_SECONDS", 0.0)

    class Killed(Exception):
        pass

    def dies(event) -> None:
        if getattr(event, "done", 0) >= 2000:
            raise Killed

    with pytest.raises(Killed):
        build_index(store, dies)
    assert (store.folder / PART_ABOUT).exists() and open_index(store) is None
    told = []
    index = build_index(store, told.append)
    assert min(event.done for event in told if hasattr(event, "done")) == 2000, "1,500 rows were safe"
    assert len(index.graph) == ROWS - 1 and index.recall > 0.95
    assert not (store.folder / PART_ABOUT).exists() and not (store.folder / PART_GRAPH).exists()
    assert {one.name for one in store.folder.iterdir()} >= {GRAPH, ABOUT}


def test_a_text_of_one_sentence_and_one_of_nothing_near(tmp_path) -> None:
    one = stored(tmp_path / "one", rows=12)
    index = build_index(one, silent)
    assert len(index.nearest(np.array(one.vectors[0]), 50)) == 11
    assert index.nearest(np.zeros(DIM, np.float32), 5) == []
    assert cosines(one, np.array([11, 0]), np.array(one.vectors[0])).tolist() == pytest.approx([0.0, 1.0])


def test_without_usearch_it_is_said_how_to_get_it(store, monkeypatch) -> None:
    build_index(store, silent)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert open_index(store) is None
    with pytest.raises(UserError, match="usearch") as error:
        build_index(store, silent)
    assert error.value.exit_code == ExitCode.MACHINE and "simcse-ml[large]" in str(error.value)


def test_the_explorer_shows_what_it_proposes_and_ends_with_the_exact_list(store) -> None:
    from simcse_ml.search.calibration import calibrate
    from simcse_ml.search.hubs import hubs_of

    plain, with_index = DenseSpace(store), DenseSpace(store, build_index(store, silent))
    texts = lambda rows: [f"文 {row}" for row in np.asarray(rows).tolist()]  # noqa: E731
    explorer = Explorer(
        with_index,
        texts,
        np.zeros(ROWS, np.int64),
        calibrate(plain, texts, silent),
        hubs_of(plain, silent),
        lambda _: "ja",
    )
    query = parse_query("#70 k:10")
    parts = list(explorer.search(query, with_index.vector_of_row(70)))
    exact = list(replace(explorer, space=plain).search(query, plain.vector_of_row(70)))
    first = parts[0]
    assert first.recall == with_index.index.recall and first.scanned == 0.0 and not first.complete
    assert len(first.hits) == 10 and all(hit.own is None and hit.pct is not None for hit in first.hits)
    assert 70 not in [hit.row for hit in first.hits]
    assert parts[-1] == exact[-1] and parts[-1].recall is None and exact[0].recall is None
    own = list(explorer.search(parse_query("#70 own:>1"), with_index.vector_of_row(70)))
    assert own[0].recall is None, "what is usual is known only once all rows were read"


def test_counting_has_none() -> None:
    assert CountedSpace(None).guess(np.zeros(3, np.float32), 5) is None
