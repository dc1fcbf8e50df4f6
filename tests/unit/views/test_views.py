"""Views are pure, keep what belongs to the model, and never lose a row."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.ragged import Ragged, from_lists
from simcse_ml.views.contract import Alphabet, Frame, ViewRequest, Wording
from simcse_ml.views.copies import IGNORED, masked, replaced
from simcse_ml.views.draws import uniform
from simcse_ml.views.synonym import matches
from simcse_ml.views.table import VIEWS
from simcse_ml.views.template import framed

ROWS = st.lists(st.lists(st.integers(10, 99), min_size=0, max_size=12), min_size=1, max_size=8)


ORDINARY = np.arange(10, 100, dtype=np.int32)
ALPHABET = Alphabet(9, ORDINARY, lambda rows, where, draws: ORDINARY[(draws * len(ORDINARY)).astype(np.int64)])


def wording_of(bodies: list[list[int]]) -> Wording:
    """Texts of one character a token; every third letter has two synonyms."""
    texts = {row: "".join(map(chr, body)) for row, body in enumerate(bodies)}
    known = {chr(code): ("é", "犬犬") for code in range(10, 100, 3)}
    frames = (Frame(ORDINARY[:2], ORDINARY[2:4]), Frame(ORDINARY[:0], ORDINARY[4:5]))
    return Wording(
        lambda ids: [texts.get(i, "") for i in ids.tolist()],
        lambda found: from_lists([[1, 2, *map(ord, text), 3] for text in found], head=2, tail=1),
        known,
        frames,
    )


def request_of(
    bodies: list[list[int]], *, rate: float = 0.0, epoch: int = 0, ids: list[int] | None = None
) -> ViewRequest:
    rows = from_lists([[1, 2, *body, 3] for body in bodies], head=2, tail=1)
    row_ids = np.array(ids if ids is not None else range(len(bodies)), np.int64)
    following = np.append(np.arange(1, len(bodies)), -1).astype(np.int64)
    return ViewRequest(
        rows, row_ids, rows.take, following, rate, seed=5, epoch=epoch, alphabet=ALPHABET, wording=wording_of(bodies)
    )


def bodies_of(rows: Ragged) -> list[list[int]]:
    return [rows.row(i)[rows.head : len(rows.row(i)) - rows.tail].tolist() for i in range(len(rows))]


@pytest.mark.parametrize("kind", VIEWS)
@given(bodies=ROWS, rate=st.sampled_from([0.0, 0.3, 0.9]))
def test_a_view_is_pure_and_keeps_prompt_and_special_tokens(kind: str, bodies: list[list[int]], rate: float) -> None:
    first, again = (VIEWS[kind](request_of(bodies, rate=rate)) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one.ids, other.ids)
        assert np.array_equal(one.offsets, other.offsets)
        assert len(one) == len(bodies)
        for i in range(len(one)):
            row = one.row(i).tolist()
            assert row[:2] == [1, 2]
            assert row[-1] == 3


@given(bodies=ROWS)
def test_halves_share_nothing_and_lose_nothing(bodies: list[list[int]]) -> None:
    first, second = VIEWS["halves"](request_of(bodies))
    for body, one, other in zip(bodies, bodies_of(first), bodies_of(second), strict=True):
        if len(body) < 2:
            assert one == other == body
        else:
            assert body in (one + other, other + one)
            assert one
            assert other


@given(bodies=ROWS)
def test_token_dropout_keeps_order_and_at_least_one_token(bodies: list[list[int]]) -> None:
    for view in VIEWS["token_dropout"](request_of(bodies, rate=0.95)):
        for body, kept in zip(bodies, bodies_of(view), strict=True):
            rest = iter(body)
            assert all(token in rest for token in kept)
            assert bool(kept) == bool(body)


def test_a_row_is_altered_alike_whatever_batch_it_stands_in() -> None:
    bodies = [list(range(10, 30)), list(range(40, 60)), list(range(60, 80))]
    together = bodies_of(VIEWS["token_dropout"](request_of(bodies, rate=0.5, ids=[7, 8, 9]))[0])
    alone = bodies_of(VIEWS["token_dropout"](request_of([bodies[1]], rate=0.5, ids=[8]))[0])
    assert alone[0] == together[1]


def test_another_epoch_alters_otherwise() -> None:
    bodies = [list(range(10, 50))]
    first = VIEWS["token_dropout"](request_of(bodies, rate=0.5, epoch=0))[0]
    second = VIEWS["token_dropout"](request_of(bodies, rate=0.5, epoch=1))[0]
    assert bodies_of(first) != bodies_of(second)


def test_the_neighbour_of_the_last_sentence_is_itself() -> None:
    one, other = VIEWS["neighbour"](request_of([[10, 11], [20, 21], [30, 31]]))
    assert bodies_of(one) == [[10, 11], [20, 21], [30, 31]]
    assert bodies_of(other) == [[20, 21], [30, 31], [30, 31]]


def test_draws_are_even_and_differ_by_stream() -> None:
    keys = np.arange(20_000)
    draws = uniform(keys, seed=1, epoch=0, stream=1)
    counts = np.histogram(draws, bins=10, range=(0, 1))[0]
    assert counts.min() > 1_800
    assert counts.max() < 2_200
    other = uniform(keys, seed=1, epoch=0, stream=2)
    assert abs(np.corrcoef(draws, other)[0, 1]) < 0.03


@given(
    sizes=st.lists(st.integers(0, 30), min_size=1, max_size=8),
    rate=st.sampled_from([0.0, 0.32, 0.9]),
    most=st.sampled_from([0, 8]),
)
def test_repetition_doubles_some_tokens_and_no_row_grows_beyond_the_longest_allowed(
    sizes: list[int], rate: float, most: int
) -> None:
    bodies = [list(range(10, 10 + size)) for size in sizes]
    first, second = VIEWS["repetition"](dataclasses.replace(request_of(bodies, rate=rate), max_tokens=most))
    assert bodies_of(first) == bodies
    for body, longer in zip(bodies, bodies_of(second), strict=True):
        assert sorted(set(longer)) == body
        assert longer == sorted(longer)
        assert all(longer.count(token) <= 2 for token in body)
        assert len(longer) - len(body) <= max(2, int(rate * len(body)))
        assert not most or len(longer) + 3 <= max(most, len(body) + 3)


@given(bodies=ROWS, rate=st.sampled_from([0.0, 0.1, 0.5, 0.95]))
def test_a_crop_is_a_span_and_a_deletion_keeps_the_order(bodies: list[list[int]], rate: float) -> None:
    first, span = VIEWS["crop"](request_of(bodies, rate=rate))
    _, thinned = VIEWS["deletion"](request_of(bodies, rate=rate))
    assert bodies_of(first) == bodies
    for body, part, kept in zip(bodies, bodies_of(span), bodies_of(thinned), strict=True):
        assert any(body[at : at + len(part)] == part for at in range(len(body) + 1))
        assert len(part) == min(len(body), max(1, round(len(body) * (1 - rate))))
        rest = iter(body)
        assert all(token in rest for token in kept)


def copy_settings(bodies: list[list[int]], rate: float) -> dict[str, object]:
    request = request_of(bodies)
    return {
        "rows": request.rows,
        "row_ids": request.row_ids,
        "alphabet": ALPHABET,
        "rate": rate,
        "seed": 3,
        "epoch": 0,
        "stream": 0,
    }


def test_masked_copies_are_80_10_10_and_know_their_old_tokens() -> None:
    settings = copy_settings([list(range(10, 90))] * 200, 0.5)
    rows = settings["rows"]
    copy, labels = masked(**settings)  # type: ignore[arg-type]
    assert isinstance(rows, Ragged)
    chosen = labels.ids != IGNORED
    assert np.array_equal(labels.ids[chosen], rows.ids[chosen])
    assert np.array_equal(copy.ids[~chosen], rows.ids[~chosen])
    assert not chosen[~rows.body_mask()].any()
    shares = [np.mean(copy.ids[chosen] == 9), np.mean(copy.ids[chosen] == rows.ids[chosen])]
    assert chosen[rows.body_mask()].mean() == pytest.approx(0.5, abs=0.02)
    assert shares == pytest.approx([0.8, 0.1 + 0.1 / 90], abs=0.02)


@given(bodies=ROWS, rate=st.sampled_from([0.0, 0.3, 0.9]))
def test_a_token_is_replaced_only_where_it_was_masked_and_is_another(bodies: list[list[int]], rate: float) -> None:
    settings = copy_settings(bodies, rate)
    rows = settings["rows"]
    assert isinstance(rows, Ragged)
    copy, labels = replaced(**settings)  # type: ignore[arg-type]
    body = rows.body_mask()
    assert (labels.ids[~body] == IGNORED).all()
    assert np.array_equal(labels.ids[body], (copy.ids != rows.ids)[body])
    assert 9 not in copy.ids
    kept = [replaced(**{**settings, "alphabet": Alphabet(9, ORDINARY, lambda r, w, d, old=rows: old.ids[w])})]
    assert not (kept[0][1].ids == 1).any()  # guessed as it was: not replaced


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("a cat and a catalogue", ["cat"], ["cat"]),
        ("New York, new york!", ["new york", "new"], ["New York", "new york"]),
        ("黒い猫が犬を追う。", ["猫", "黒い猫", "犬"], ["黒い猫", "犬"]),
        ("แมวดำนอนหลับ", ["แมว", "นอนหลับ", "นอน"], ["แมว", "นอนหลับ"]),
        ("กากี", ["ก"], []),  # a consonant is no word before its vowel
        ("हिन्दी भाषा", ["हिन", "भाषा"], ["भाषा"]),  # not between a consonant and its virama
        ("بيتهم بيت كبير", ["بيت"], ["بيت"]),
        ("ቤቱ ቤት ነው።", ["ቤት"], ["ቤት"]),
        ("བོད་ཡིག་ཆེན་པོ", ["ཡིག", "ཆེན་པོ"], ["ཡིག", "ཆེན་པོ"]),
        ("မြန်မာစာ", ["မြန်မာ", "မြန"], ["မြန်မာ"]),
    ],
)
def test_words_are_found_whole_and_the_longest_first(text: str, words: list[str], found: list[str]) -> None:
    synonyms = {word.casefold(): ("x",) for word in words}
    assert [text[start:end] for start, end in matches(text, synonyms)] == found


def test_synonyms_stand_in_the_second_view_only_and_rows_without_any_stay() -> None:
    bodies = [[34, 35], [35, 36]]  # a quotation mark has synonyms here, # and $ have none
    first, second = VIEWS["synonym"](request_of(bodies, rate=0.999))
    assert bodies_of(first) == bodies
    assert bodies_of(second)[1] == bodies[1]
    assert bodies_of(second)[0] in ([ord("é"), 35], [ord("犬"), ord("犬"), 35])
    assert bodies_of(VIEWS["synonym"](request_of(bodies, rate=0.0))[1]) == bodies


def test_a_frame_stays_whole_and_the_sentence_is_cut() -> None:
    rows = from_lists([[1, 2, *range(20, 30), 3], [1, 2, 20, 3]], head=2, tail=1)
    found = framed(rows, Frame(np.array([7, 8], np.int32), np.array([9], np.int32)), max_tokens=10)
    assert [found.row(i).tolist() for i in (0, 1)] == [[1, 2, 7, 8, 20, 21, 22, 23, 9, 3], [1, 2, 7, 8, 20, 9, 3]]
