"""A drawing shows every number at its place, and no peak is lost where many lie together."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcse_ml.report.charts import BAR, HEIGHT, WIDTH, curve, interval, is_logarithmic, scale_of, thinned

FINITE = st.floats(-1e6, 1e6)


def path_of(svg: str) -> list[tuple[float, float]]:
    found = re.search(r'<polyline points="([^"]*)"', svg)
    return [tuple(map(float, pair.split(","))) for pair in found[1].split()] if found else []


def test_a_curve_falls_where_its_numbers_fall():
    path = path_of(curve([(1, 4.0), (2, 3.0), (3, 2.0)], title="loss"))
    assert path == [(0.0, 0.0), (WIDTH / 2, HEIGHT / 2), (WIDTH, HEIGHT)]


def test_a_curve_over_many_sizes_is_drawn_by_their_logarithms_and_told_in_their_own():
    svg = curve([(1, 1.0), (2, 0.1), (3, 0.01)], title="loss")
    assert path_of(svg)[1] == (WIDTH / 2, HEIGHT / 2)
    assert "0.01</text>" in svg
    assert is_logarithmic([1.0, 0.01])
    assert not is_logarithmic([1.0, 0.5])
    assert not is_logarithmic([1.0, 0.0])


def test_one_point_is_a_dot_and_equal_ones_a_level_line():
    assert "<circle" in curve([(5, 0.3)], title="dev")
    assert {y for _, y in path_of(curve([(1, 0.0), (9, 0.0)], title="alignment"))} == {HEIGHT / 2}


@given(st.lists(FINITE, min_size=1, max_size=3000))
def test_thinning_keeps_ends_peaks_and_order(values):
    points = list(enumerate(values))
    kept = thinned(points, 20)
    assert len(kept) <= max(40, min(len(points), 40))
    assert set(kept) <= set(points)
    assert kept == sorted(kept)
    assert min(value for _, value in kept) == min(values)
    assert max(value for _, value in kept) == max(values)


@given(st.lists(st.tuples(FINITE, FINITE).map(sorted).map(tuple), min_size=1, max_size=20))
def test_every_interval_lies_on_the_scale_that_was_made_of_them(rows):
    scale = scale_of(rows)
    assert all(0 <= scale(low) <= scale(high) <= BAR for low, high in rows)


@pytest.mark.parametrize("title", ["a < b & c", '"><script>alert(1)</script>'])
def test_a_drawing_is_well_formed_whatever_it_is_called(title):
    root = ElementTree.fromstring(curve([(1, 2.0), (2, 1.0)], title=title, marked=2))
    assert root.find("title").text == title
    scale = scale_of([(70.0, 75.0)])
    ElementTree.fromstring(interval("trained", 72.0, 70.0, 75.0, scale, mark=71.0))
