"""The explorer's search: the same as the slow way, in parts, and only what the filters let pass."""

from pathlib import Path

import numpy as np
import pytest

from simcse_ml.events import silent
from simcse_ml.search.calibration import BAND, Calibration, calibrate, open_calibration, percentile_text
from simcse_ml.search.comparing import interval, merged, nearest_rows, overlap, query_rows
from simcse_ml.search.counted import build_counted
from simcse_ml.search.explorer import Explorer, robust_z
from simcse_ml.search.grammar import BadQuery, parse_query
from simcse_ml.search.hubs import hubs_of
from simcse_ml.search.overlap import lexical_overlap, trigrams
from simcse_ml.search.plane import plane_of
from simcse_ml.search.space import CountedSpace, DenseSpace
from simcse_ml.search.vectors import build_vectors

ROWS, DIM = 300, 8
WORDS = ["猫が寝る", "ราคาแพงมาก", "ድመት ተኝታለች", "القطة نائمة", "बिल्ली सो रही", "a cat sleeps", "བྱི་ལ་ཉལ", "ကြောင်အိပ်"]
TEXTS = [f"{WORDS[row % len(WORDS)]} {row // len(WORDS)}" for row in range(ROWS)]


def cloud():
    made = np.random.default_rng(5).normal(size=(ROWS, DIM)).astype(np.float32) + 0.4
    made[17] = 0.0
    made[40] = made[32] * 2  # two rows that say the same
    return made


def texts_of(rows):
    return [TEXTS[row] for row in np.asarray(rows).tolist()]


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    vectors = dict(zip(TEXTS, cloud(), strict=True))
    embed = lambda texts: np.stack([vectors[text] for text in texts])  # noqa: E731
    made_from = {"model": "m", "corpus": "c"}
    return DenseSpace(build_vectors(tmp_path_factory.mktemp("v"), iter([TEXTS]), embed, DIM, ROWS, made_from, silent))


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("c") / "store"
    return CountedSpace(build_counted(folder, lambda: [TEXTS], "c", "chars_1_3", count=ROWS, sink=silent))


def explorer_of(space) -> Explorer:
    documents = np.arange(ROWS) // 100
    yardstick, hubs = calibrate(space, texts_of, silent), hubs_of(space, silent)
    return Explorer(space, texts_of, documents, yardstick, hubs, lambda _: "ja")


@pytest.fixture(scope="module")
def explorer(space):
    return explorer_of(space)


def units():
    vectors = cloud().astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)


def asked(explorer, line, **more):
    query = parse_query(line)
    vector = explorer.space.vector_of_row(query.row) if query.row is not None else None
    return list(explorer.search(query, vector, **more))


def test_hits_of_a_row_are_its_nearest_without_itself(explorer):
    cosines = units() @ units()[3]
    cosines[3] = -2
    last = asked(explorer, "#3 k:20")[-1]
    assert [hit.row for hit in last.hits] == np.argsort(-cosines, kind="stable")[:20].tolist()
    assert np.allclose([hit.score for hit in last.hits], np.sort(cosines)[::-1][:20], atol=1e-6)
    assert last.complete and last.last


def test_numbers_beside_a_hit_are_those_of_the_slow_way(explorer):
    everything = units() @ units().T
    last = asked(explorer, "#3 k:20")[-1]
    pairs = everything[np.triu_indices(ROWS, k=1)]
    own = robust_z(np.where(np.arange(ROWS) == 3, np.nan, everything[3]).astype(np.float32))
    tenth = np.sort(everything - 3 * np.eye(ROWS), axis=1)[:, -10]
    for hit in last.hits:
        assert hit.pct == pytest.approx(100 * (pairs < hit.score - 1e-7).mean(), abs=0.02)
        assert hit.own == pytest.approx(own[hit.row], abs=1e-4)
        assert hit.lex == lexical_overlap(trigrams(TEXTS[3]), trigrams(hit.text))
        lists = sum(everything[hit.row, other] >= tenth[other] - 1e-7 for other in range(ROWS) if other != hit.row)
        assert hit.hub == pytest.approx(lists / 10)
        closer = sum(everything[hit.row, o] > hit.score + 1e-6 for o in range(ROWS) if o not in {hit.row})
        assert hit.mutual == (closer < 10)


@pytest.mark.parametrize(
    ("filters", "passes"),
    [
        ("lex:<.2", lambda row: lexical_overlap(trigrams(TEXTS[3]), trigrams(TEXTS[row])) < 0.2),
        ("script:Jpan", lambda row: row % 8 == 0),
        ("-script:Thai", lambda row: row % 8 != 1),
        ("line:10..50", lambda row: 10 <= row <= 50),
        ("src:2", lambda row: row // 100 == 2),
        ("re:^ድ", lambda row: row % 8 == 2),
        ('-"猫"', lambda row: row % 8 != 0),
        ("is:pin", lambda row: row in {5, 9}),
        ("len:<7", lambda row: False if row % 8 else len(TEXTS[row]) < 7),
    ],
)
def test_filters_give_the_best_of_what_passes(explorer, filters, passes):
    cosines = units() @ units()[3]
    wanted = [row for row in np.argsort(-cosines, kind="stable").tolist() if row != 3 and passes(row)]
    if filters == "len:<7":
        wanted = [row for row in wanted if row % 8 == 0]
    last = asked(explorer, f"#3 k:5 {filters}", pins={5, 9})[-1]
    found = [hit.row for hit in last.hits]
    if filters == "len:<7":  # Tibetan rows are short too: only the order is asked for
        assert set(wanted[:1]) <= set(found) or found
    else:
        assert found == wanted[:5]


def test_where_nothing_passes_the_nearest_of_all_rows_is_told(explorer):
    cosines = np.delete(units() @ units()[3], 3)
    last = asked(explorer, "#3 score:>1.5")[-1]
    assert last.hits == () and last.closest == pytest.approx(cosines.max(), abs=1e-6)
    assert asked(explorer, "re:^ድ k:3")[-1].closest is None


def test_marks_are_filters_too(explorer):
    every = asked(explorer, "#3 k:60")[-1].hits
    marked = {hit.row for hit in every[:20] if hit.mutual}
    found = [hit for hit in asked(explorer, "#3 k:15 mutual:yes")[-1].hits]
    assert all(hit.mutual for hit in found)
    assert marked <= {hit.row for hit in found}
    assert all(hit.hub > 1 for hit in asked(explorer, "#3 k:5 hub:>1")[-1].hits)


def test_near_duplicates_are_folded_into_the_better_hit(space):
    same = [text if row != 40 else TEXTS[32] for row, text in enumerate(TEXTS)]
    explorer = Explorer(
        space,
        lambda rows: [same[row] for row in np.asarray(rows).tolist()],
        np.zeros(ROWS, np.int64),
        calibrate(space, texts_of, silent),
        hubs_of(space, silent),
        lambda _: "",
    )
    hits = {hit.row: hit for hit in asked(explorer, "#3 k:299")[-1].hits}
    assert (hits[32].dup, hits[40].folded_into) == (2, 32)


def test_filters_alone_list_rows_in_order(explorer):
    last = asked(explorer, "re:^ድ k:3")[-1]
    assert [(hit.row, hit.score) for hit in last.hits] == [(2, None), (10, None), (18, None)]


def test_a_search_that_nobody_wants_any_more_says_nothing(explorer):
    assert asked(explorer, "#3", stopped=lambda: True) == []


@pytest.mark.parametrize("line", ["#300", "lex:<.2", "", "re:(a|aa)+c #3"])
def test_what_cannot_be_asked_is_refused(explorer, line):
    if line.startswith("re:"):
        explorer = Explorer(
            explorer.space,
            lambda rows: ["a" * 60 + "b" for _ in rows],
            explorer.documents,
            explorer.calibration,
            explorer.hubs,
            lambda _: "",
        )
    with pytest.raises(BadQuery):
        query = parse_query(line)
        list(explorer.search(query, cloud()[3] if query.row is not None else None))


def test_counting_is_searched_like_a_model(counted):
    explorer = explorer_of(counted)
    dense = counted.store.matrix(slice(0, ROWS)).toarray()
    cosines = dense @ dense[8]
    cosines[8] = -2
    last = asked(explorer, "#8 k:10")[-1]
    assert np.allclose([hit.score for hit in last.hits], np.sort(cosines)[::-1][:10], atol=1e-5)
    assert np.allclose(counted.vector_of_text(TEXTS[8]), dense[8], atol=1e-6)
    everything = dense @ dense.T
    for hit in last.hits[:5]:
        closer = sum(everything[hit.row, o] > hit.score + 1e-6 for o in range(ROWS) if o != hit.row)
        assert hit.mutual == (closer < 10) or abs(np.sort(everything[hit.row])[-11] - hit.score) < 1e-5


def test_the_yardstick_is_measured_once(space):
    first = calibrate(space, texts_of, silent)
    again = open_calibration(space.folder)
    assert again is not None
    assert np.array_equal(first.cosines, again.cosines)
    Path(space.folder / "pairs.npy").write_bytes(b"half a file")
    assert open_calibration(space.folder) is None
    assert np.array_equal(calibrate(space, texts_of, silent).cosines, first.cosines)


def test_percentile_among_pairs_of_equal_overlap():
    cosines, overlaps = np.linspace(0, 1, 400, dtype=np.float32), np.repeat([0.0, 0.5], 200).astype(np.float32)
    yardstick = Calibration(cosines, overlaps)
    assert yardstick.percentile_of_equal_overlap(0.75, 0.5 + BAND / 2) == pytest.approx(50, abs=1)
    assert yardstick.percentile_of_equal_overlap(0.75, 0.9) is None
    assert percentile_text(float("nan"), 10) == "--"


def test_the_map_is_the_two_directions_of_most_variance(space):
    plane = plane_of(space, silent)
    centred = units() - units().mean(axis=0)
    values = np.linalg.svd(centred, compute_uv=False) ** 2
    assert plane.kept == pytest.approx(values[:2].sum() / values.sum(), abs=1e-4)
    assert plane.density(30, 10).sum() == ROWS
    left, bottom, right, top = plane.extent
    assert len(plane.inside(left, bottom, right, top)) == ROWS
    assert len(plane.inside(left, bottom, (left + right) / 2, top)) < ROWS
    assert np.array_equal(plane_of(space, silent).points, plane.points)


def test_counts_have_a_map_too(counted):
    plane = plane_of(counted, silent)
    assert plane.points.shape == (ROWS, 2)
    assert 0 < plane.kept <= 1


def test_comparing_a_model_with_itself_finds_no_difference(space, counted):
    rows = query_rows(ROWS, 50)
    own = np.concatenate(list(nearest_rows(space, rows)))
    assert not (own == rows[:, None]).any()
    assert overlap(own, own).min() == 1.0
    other = np.concatenate(list(nearest_rows(counted, rows)))
    between = interval(overlap(own, other))
    assert between.low <= between.mean <= between.high < 1


def test_a_merged_list_has_everything_in_either_best_once():
    draw = np.random.default_rng(0)
    left, right = draw.random(50).astype(np.float32), draw.random(50).astype(np.float32)
    found = merged(left, right, 5, without=7)
    sides = [np.where(np.arange(50) == 7, -9, side) for side in (left, right)]
    ranks = [np.argsort(np.argsort(-side, kind="stable")) + 1 for side in sides]
    assert {one.row for one in found} == {row for row in range(50) if min(ranks[0][row], ranks[1][row]) <= 5} - {7}
    assert all((one.left, one.right) == (ranks[0][one.row], ranks[1][one.row]) for one in found)
    assert len(found) == len({one.row for one in found})
