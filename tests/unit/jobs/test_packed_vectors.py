"""Vectors in 8 bits or 1 bit: they can be used by what lies beside them, and what that costs is measured."""

import json

import numpy as np
import pytest

from simcse_ml.jobs.packed import BLOCK, pack, packed_rows


@pytest.fixture
def vectors():
    """(rows, 20) whose columns differ a thousandfold, one of them empty, in more than one block."""
    rows = np.random.default_rng(3).normal(size=(BLOCK + 50, 20)).astype(np.float32)
    rows[:, 1] = 0
    return rows * np.logspace(-2, 1, 20, dtype=np.float32)


def test_int8_times_its_scales_is_the_vector_to_half_a_step(vectors, tmp_path):
    packed = pack(vectors, tmp_path / "v.npy", "int8", "m")
    told = json.loads(packed.facts.read_text("utf-8"))
    found, scales = np.load(tmp_path / "v.npy"), np.array(told["scales"], np.float32)
    assert found.dtype == np.int8 and found.shape == vectors.shape
    assert (np.abs(found * scales - vectors) <= scales * 0.501).all()
    assert (np.abs(found).max(0) == np.where(vectors.any(0), 127, 0)).all()
    assert (told["kind"], told["rows"], told["dim"], told["model"]) == ("int8", len(vectors), 20, "m")


def test_binary_is_the_signs(vectors, tmp_path):
    pack(vectors, tmp_path / "v.npy", "binary", "m")
    found = np.load(tmp_path / "v.npy")
    assert found.shape == (len(vectors), 3)  # 20 bits
    assert (np.unpackbits(found, axis=1, count=20).astype(bool) == (vectors > 0)).all()


def test_the_share_of_neighbours_is_that_of_a_slow_count(tmp_path):
    vectors = np.random.default_rng(5).normal(size=(150, 16)).astype(np.float32)
    packed = pack(vectors, tmp_path / "v.npy", "binary", "m")
    bits = np.unpackbits(packed_rows(vectors, None), axis=1)
    same = 0
    for row in range(150):
        others = [other for other in range(150) if other != row]
        cosine = {o: vectors[row] @ vectors[o] / np.linalg.norm(vectors[o]) for o in others}
        unequal = {o: int((bits[row] != bits[o]).sum()) for o in others}
        same += len(
            set(sorted(others, key=lambda o: -cosine[o])[:10]) & set(sorted(others, key=lambda o: unequal[o])[:10])
        )
    assert packed.among == 150 and packed.kept == pytest.approx(same / 1500, abs=1e-4)
    assert 0.1 < packed.kept < pack(vectors, tmp_path / "w.npy", "int8", "m").kept <= 1


def test_of_ten_rows_nothing_is_said(vectors, tmp_path):
    assert pack(vectors[:10], tmp_path / "v.npy", "int8", "m").kept is None
