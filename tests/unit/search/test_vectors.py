"""Vectors on disk: whole, of the right model and corpus, and resumed where a kill left them."""

import json

import numpy as np
import pytest

from simcse_ml.events import Progress, silent
from simcse_ml.search import vectors as module
from simcse_ml.search.vectors import build_vectors, open_vectors

DIM = 4
TEXTS = [f"text {number}" for number in range(25)]
MADE_FROM = {"model": "m", "corpus": "c"}


class Killed(BaseException):
    """Stands for kill -9: nothing of ours catches it."""


class Embedder:
    """Vectors that depend on the text only; dies at the `dies`-th call."""

    def __init__(self, dies=None):
        self.calls, self.dies, self.texts = 0, dies, []

    def __call__(self, texts):
        self.calls += 1
        if self.calls == self.dies:
            raise Killed
        self.texts += texts
        return np.array([[int(text.split()[1]) + 1, 1, -1, 0.5] for text in texts], np.float32)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(module, "SAVE_ROWS", 4)
    monkeypatch.setattr(module, "READ_ROWS", 7)


def blocks(texts=TEXTS, size=3):
    return (texts[start : start + size] for start in range(0, len(texts), size))


def build(folder, embed, texts=TEXTS, sink=silent, **changes):
    return build_vectors(folder, blocks(texts), embed, DIM, len(texts), {**MADE_FROM, **changes}, sink)


def test_what_was_built_is_opened_with_norms_and_mean(tmp_path):
    store = build(tmp_path / "v", Embedder())
    expected = Embedder()(TEXTS)
    assert np.array_equal(store.vectors, expected)
    units = expected / np.linalg.norm(expected, axis=1, keepdims=True)
    assert store.norms == pytest.approx(np.linalg.norm(expected, axis=1))
    assert store.mean == pytest.approx(units.mean(axis=0), abs=1e-6)
    assert store.towards == pytest.approx(units @ units.mean(axis=0), abs=1e-6)
    again = open_vectors(tmp_path / "v")
    assert again.manifest == store.manifest and len(again) == 25


def test_a_second_build_of_the_same_embeds_nothing(tmp_path):
    build(tmp_path / "v", Embedder())
    second = Embedder()
    build(tmp_path / "v", second)
    assert second.calls == 0


@pytest.mark.parametrize("change", ["model", "corpus"])
def test_vectors_of_another_model_or_corpus_are_built_anew(tmp_path, change):
    build(tmp_path / "v", Embedder())
    second = Embedder()
    build(tmp_path / "v", second, **{change: "other"})
    assert second.texts == TEXTS


@pytest.mark.parametrize("dies", range(1, 8))
def test_a_killed_build_goes_on_where_it_stopped_and_ends_the_same(tmp_path, dies):
    with pytest.raises(Killed):
        build(tmp_path / "v", Embedder(dies))
    assert open_vectors(tmp_path / "v") is None
    second = Embedder()
    store = build(tmp_path / "v", second)
    assert second.texts == TEXTS[4 * (dies - 1) :]
    assert np.array_equal(store.vectors, Embedder()(TEXTS))
    assert not (tmp_path / "v" / "progress.json").exists()


def test_half_a_block_after_the_last_saved_one_is_overwritten(tmp_path):
    with pytest.raises(Killed):
        build(tmp_path / "v", Embedder(4))
    with (tmp_path / "v" / "vectors.npy").open("ab") as file:
        file.write(b"\x01" * 13)
    store = build(tmp_path / "v", Embedder())
    assert np.array_equal(store.vectors, Embedder()(TEXTS))
    assert len(store) == 25


@pytest.mark.parametrize("damage", ["progress.json", "vectors.npy"])
def test_a_damaged_half_build_is_begun_anew(tmp_path, damage):
    with pytest.raises(Killed):
        build(tmp_path / "v", Embedder(4))
    (tmp_path / "v" / damage).write_bytes(b"{")
    second = Embedder()
    assert np.array_equal(build(tmp_path / "v", second).vectors, Embedder()(TEXTS))
    assert second.texts == TEXTS


def test_a_half_build_of_another_model_is_not_gone_on_with(tmp_path):
    with pytest.raises(Killed):
        build(tmp_path / "v", Embedder(4), model="other")
    second = Embedder()
    build(tmp_path / "v", second)
    assert second.texts == TEXTS


def test_a_store_of_a_later_format_or_a_cut_file_is_not_opened(tmp_path):
    store = build(tmp_path / "v", Embedder())
    manifest = store.folder / "manifest.json"
    said = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**said, "format": 99}))
    assert open_vectors(store.folder) is None
    manifest.write_text(json.dumps(said))
    (store.folder / "vectors.npy").write_bytes((store.folder / "vectors.npy").read_bytes()[:200])
    assert open_vectors(store.folder) is None


def test_progress_counts_up_to_all(tmp_path):
    seen = []
    build(tmp_path / "v", Embedder(), sink=seen.append)
    assert [event.done for event in seen if isinstance(event, Progress)] == [4, 8, 12, 16, 20, 24, 25]


@pytest.mark.parametrize("promised", [24, 26])
def test_more_or_fewer_texts_than_promised_are_a_fault(tmp_path, promised):
    with pytest.raises(ValueError, match=r"promised|do not fit"):
        build_vectors(tmp_path / "v", blocks(), Embedder(), DIM, promised, MADE_FROM, silent)
    assert open_vectors(tmp_path / "v") is None


def test_no_texts_are_an_empty_store(tmp_path):
    assert len(build(tmp_path / "v", Embedder(), texts=[])) == 0
