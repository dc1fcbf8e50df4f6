"""Pairs beside what people said of them: ranks, the widest gaps first, and every pair in the grid."""

from pathlib import Path

import numpy as np
import pytest

from simcse_ml.evaluation.judged import GRID, judge, percents
from simcse_ml.text.labelled.pairs import PairSet

LEFT = ("猫が寝ている", "ድመት ተኝታለች", "แมวนอนหลับ", "القطة نائمة", "the cat sleeps")
RIGHT = ("猫が寝ていない", "ውሻ ይሮጣል", "แมวกำลังหลับ", "الكلب يجري", "a dog barks")
GOLD = np.array([0.5, 1.0, 4.5, 1.5, 0.0])


def pairs() -> PairSet:
    return PairSet("mine", Path("mine.tsv"), LEFT, RIGHT, GOLD)


def test_the_widest_gap_comes_first_and_says_its_side():
    found = judge(pairs(), np.array([0.99, 0.2, 0.3, 0.1, 0.0]), count=2)
    first = found.worst[0]
    assert (first.left, first.gold, first.gold_pct, first.model_pct) == (LEFT[0], 0.5, 30.0, 90.0)
    assert first.gap == pytest.approx(60.0) and first.lex > 0.5
    assert [one.gap for one in found.worst] == sorted((one.gap for one in found.worst), key=abs, reverse=True)


@pytest.mark.parametrize(("side", "sign"), [("over", 1), ("under", -1)])
def test_one_side_alone_has_only_that_side(side, sign):
    found = judge(pairs(), np.array([0.99, 0.2, 0.3, 0.1, 0.0]), count=5, side=side)
    assert found.worst and all(one.gap * sign > 0 for one in found.worst)


def test_a_model_that_orders_as_people_do_has_no_such_pair_and_a_full_diagonal():
    found = judge(pairs(), GOLD / 5, count=5)
    assert found.worst == ()
    assert [found.grid[GRID - 1 - place][place] for place in range(GRID)] == [1] * GRID


def test_every_pair_is_in_the_grid_once_and_ties_share_their_percent():
    draw = np.random.default_rng(3)
    many = PairSet("many", Path("m"), ("a",) * 997, ("b",) * 997, draw.integers(0, 5, 997).astype(float))
    found = judge(many, draw.normal(size=997), count=3)
    assert sum(map(sum, found.grid)) == 997
    assert len(np.unique(percents(many.gold))) == 5 and percents(many.gold).mean() == pytest.approx(50.0)
