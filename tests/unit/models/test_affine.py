"""Maps that mend a cloud of vectors: what is true of the cloud afterwards."""

from __future__ import annotations

import numpy as np
import pytest

from simcse_ml.models.affine import Affine, Moments, Sums, centring, cut, unchanged, whitening, without_directions
from simcse_ml.models.finishing import fitted
from simcse_ml.settings.schema import FinishSettings

RNG = np.random.default_rng(5)
CLOUD = RNG.normal(size=(400, 6)) * [5, 3, 2, 1, 0.8, 0.5] @ np.linalg.qr(RNG.normal(size=(6, 6)))[0] + 3.0


def moments_of(vectors: np.ndarray) -> Moments:
    sums = Sums(vectors.shape[1])
    for block in np.array_split(vectors, 7):
        sums.add(block)
    return sums.moments()


def test_moments_come_in_blocks_and_with_weights() -> None:
    weights = RNG.integers(1, 5, size=len(CLOUD))
    sums = Sums(6)
    sums.add(CLOUD, weights)
    repeated = np.repeat(CLOUD, weights, axis=0)
    assert np.allclose(sums.moments().mean, repeated.mean(0))
    assert np.allclose(sums.moments().covariance, np.cov(repeated.T, bias=True))


def test_whitening_leaves_the_identity_as_covariance_and_the_largest_variance_first() -> None:
    moments = moments_of(CLOUD)
    whitened = whitening(moments).of(CLOUD)
    assert np.allclose(whitened.mean(0), 0, atol=1e-9)
    assert np.allclose(np.cov(whitened.T, bias=True), np.eye(6), atol=1e-4)
    first = np.corrcoef(whitened[:, 0], CLOUD @ np.linalg.eigh(moments.covariance)[1][:, -1])[0, 1]
    assert abs(first) == pytest.approx(1, abs=1e-6)


def test_fewer_vectors_than_dimensions_still_give_numbers() -> None:
    flat = CLOUD[:3]
    assert np.isfinite(whitening(moments_of(flat)).of(flat)).all()


def test_whitening_makes_nothing_of_a_direction_that_holds_rounding_alone() -> None:
    rounding = RNG.normal(size=len(CLOUD)) * 1e-7
    whitened = whitening(moments_of(np.column_stack([CLOUD, rounding]))).of(np.column_stack([CLOUD, rounding * 2]))
    assert np.abs(whitened[:, -1]).max() == 0
    assert np.allclose(np.cov(whitened[:, :6].T, bias=True), np.eye(6), atol=1e-4)


def test_a_direction_that_was_taken_out_is_nowhere_any_more() -> None:
    direction = np.linalg.svd(CLOUD, full_matrices=False)[2][0]
    left = without_directions(moments_of(CLOUD).second, 1).of(CLOUD)
    assert np.abs(left @ direction).max() < 1e-8


def test_maps_one_behind_the_other_are_one_map() -> None:
    one, two = whitening(moments_of(CLOUD)), Affine(RNG.normal(size=(6, 4)), RNG.normal(size=4))
    assert np.allclose(one.then(two).of(CLOUD), two.of(one.of(CLOUD)))
    told = one.then(two).moments(moments_of(CLOUD))
    assert np.allclose(told.mean, two.of(one.of(CLOUD)).mean(0))
    assert np.allclose(told.covariance, np.cov(two.of(one.of(CLOUD)).T, bias=True))


def test_settings_go_in_their_order_kind_then_directions_then_length() -> None:
    moments = moments_of(CLOUD)
    assert np.allclose(fitted(moments, FinishSettings()).of(CLOUD), CLOUD)
    assert np.allclose(fitted(moments, FinishSettings(kind="centre")).of(CLOUD), CLOUD - CLOUD.mean(0))
    assert np.allclose(fitted(moments, FinishSettings(dim=2)).of(CLOUD), CLOUD[:, :2])
    top = centring(moments).then(without_directions(moments.covariance, 2)).then(cut(6, 3))
    assert np.allclose(fitted(moments, FinishSettings(kind="centre", remove=2, dim=3)).of(CLOUD), top.of(CLOUD))
    sif = unchanged(6).then(without_directions(moments.second, 1))
    assert np.allclose(fitted(moments, FinishSettings(remove=1)).of(CLOUD), sif.of(CLOUD))
