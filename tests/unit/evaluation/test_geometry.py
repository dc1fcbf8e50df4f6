"""The label-free numbers against what is known of simple clouds."""

import numpy as np
import pytest

from simcse_ml.evaluation.geometry import effective_rank, measure, uniformity


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def gaussian(rows, dim, seed=0):
    return np.random.default_rng(seed).normal(size=(rows, dim))


def test_a_round_cloud_uses_all_its_dimensions():
    assert effective_rank(unit(gaussian(4000, 16))) == pytest.approx(16, rel=0.01)


def test_vectors_on_one_line_have_rank_one():
    line = np.outer(np.random.default_rng(1).normal(size=50), np.ones(8))
    assert measure(line).effective_rank == pytest.approx(1.0)


def test_one_repeated_point_has_uniformity_zero_and_is_told():
    numbers = measure(np.ones((40, 16)))
    assert numbers.uniformity == pytest.approx(0.0, abs=1e-9)
    assert numbers.mean_cosine == pytest.approx(1.0)
    assert numbers.effective_rank == pytest.approx(1.0, abs=1e-6)
    assert any("look alike" in line for line in numbers.lines())
    assert any("most dimensions are unused" in line for line in numbers.lines())


def test_a_round_cloud_is_not_called_collapsed():
    numbers = measure(gaussian(500, 32))
    assert abs(numbers.mean_cosine) < 0.01
    assert len(numbers.lines()) == 3  # the numbers and nothing to worry about


def test_numbers_are_those_of_the_slow_definition_over_distinct_pairs():
    units = unit(gaussian(1100, 3, seed=2))  # more than one block
    cosines = (units @ units.T)[np.triu_indices(len(units), 1)]
    numbers = measure(units * 7.0)
    assert numbers.mean_cosine == pytest.approx(cosines.mean(), abs=1e-9)
    assert numbers.uniformity == pytest.approx(np.log(np.exp(-2 * (2 - 2 * cosines)).mean()))
    assert uniformity(units) < 0


def test_alignment_is_the_squared_distance_of_twins():
    vectors = np.eye(4)
    assert measure(vectors, vectors * 3).alignment == pytest.approx(0.0)
    assert measure(vectors, -vectors).alignment == pytest.approx(4.0)
    assert measure(vectors).alignment is None


@pytest.mark.parametrize("rows", [0, 1])
def test_too_few_rows_give_numbers_and_no_fault(rows):
    assert np.isfinite(list(v for v in measure(np.ones((rows, 3))).as_json().values() if v is not None)).all()
