"""`embed --out`: killed at any block and asked for again, the file comes out the same, and never half a one."""

import io
from dataclasses import dataclass, field

import numpy as np
import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.events import Progress, Said, Warned, silent
from simcse_ml.jobs import embed as job
from simcse_ml.jobs.embed import EmbedRequest, embed
from simcse_ml.jobs.packed import facts_path
from simcse_ml.jobs.using import Use
from simcse_ml.jobs.vector_file import progress_path, unfinished_path

LINES = [f"line {number} {'x' * (number % 7)}" for number in range(25)]
BLOCKS = 7


class Killed(BaseException):
    """Stands for kill -9: nothing of ours catches it."""


@dataclass
class Model:
    """Vectors that depend on the text and on the block it came in, as with a real model; dies at the `dies`-th call."""

    fingerprint: str = "m"
    precision: str = "fp32"
    dim: int = 3
    dies: int | None = None
    times: float = 1.0
    calls: int = 0
    seen: list[str] = field(default_factory=list)

    def embed(self, texts):
        self.calls += 1
        if self.calls == self.dies:
            raise Killed
        self.seen += texts
        rows = [[len(text) + 0.1, float(text.split()[1]), len(texts)] for text in texts]
        return np.array(rows, np.float32) * self.times


@pytest.fixture
def told(tmp_path, monkeypatch):
    """told(model, ...) embeds lines.txt with it into v.npy."""
    monkeypatch.setattr(job, "BLOCK", 4)
    path = tmp_path / "lines.txt"
    path.write_text("\n".join(LINES) + "\n", "utf-8")

    def run(model, *, kind="float32", sink=silent, name=str(path)):
        monkeypatch.setattr(job, "open_used", lambda use: model)
        use = Use("m", tmp_path / "runs", tmp_path / "cache")
        return embed(EmbedRequest(use, name, tmp_path / "v.npy", kind), sink)

    run.path, run.out = path, tmp_path / "v.npy"
    return run


def killed(told, model=None, **how):
    with pytest.raises(Killed):
        told(model or Model(dies=4), **how)


@pytest.mark.parametrize("kind", ["float32", "float16"])
@pytest.mark.parametrize("dies", range(1, BLOCKS + 1))
def test_a_killed_run_goes_on_where_it_was_to_the_same_bytes(told, dies, kind):
    told(Model(), kind=kind)
    whole = told.out.read_bytes()
    told.out.unlink()
    killed(told, Model(dies=dies), kind=kind)
    assert not told.out.exists()
    second = Model()
    assert told(second, kind=kind).rows == len(LINES)
    assert told.out.read_bytes() == whole
    assert second.seen == LINES[4 * (dies - 1) :]
    assert sorted(path.name for path in told.out.parent.iterdir()) == ["lines.txt", "v.npy"]


def test_a_kill_between_the_last_block_and_the_name_costs_nothing(told, monkeypatch):
    def die(self):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(job.VectorFile, "finish", die)
        killed(told, Model())
    second = Model()
    assert told(second).rows == len(LINES)
    assert second.seen == []
    assert len(np.load(told.out)) == len(LINES)


def test_it_is_said_from_where_it_goes_on(told):
    killed(told)
    events = []
    told(Model(), sink=events.append)
    assert [event.text for event in events if isinstance(event, Said)] == [
        "12 lines were done before; going on behind them"
    ]
    assert [event.done for event in events if isinstance(event, Progress)] == [16, 20, 24, 25]


@pytest.mark.parametrize("change", [{"fingerprint": "other"}, {"precision": "bf16"}])
def test_with_another_model_or_precision_it_begins_anew(told, change):
    killed(told)
    second = Model(**change)
    told(second)
    assert second.seen == LINES


def test_with_another_dtype_or_block_it_begins_anew(told, monkeypatch):
    killed(told)
    second = Model()
    told(second, kind="float16")
    assert second.seen == LINES
    assert np.load(told.out).dtype == np.float16
    killed(told)
    monkeypatch.setattr(job, "BLOCK", 6)
    third = Model()
    told(third)
    assert third.seen == LINES


@pytest.mark.parametrize("changed", [["line 999", *LINES[1:]], LINES[:9], [*LINES[:3], "line 3 a", *LINES[4:]]])
def test_with_another_text_it_begins_anew_and_says_so(told, changed):
    killed(told)
    told.path.write_text("\n".join(changed) + "\n", "utf-8")
    second, events = Model(), []
    assert told(second, sink=events.append).rows == len(changed)
    assert second.seen == changed
    assert any(isinstance(event, Warned) for event in events)
    assert len(np.load(told.out)) == len(changed)


def test_lines_that_were_added_behind_are_gone_on_to(told):
    killed(told)
    longer = [*LINES, "line 77"]
    told.path.write_text("\n".join(longer) + "\n", "utf-8")
    second = Model()
    assert told(second).rows == len(longer)
    assert second.seen == longer[12:]


def test_half_a_block_behind_the_last_saved_one_is_overwritten(told):
    killed(told)
    with unfinished_path(told.out).open("ab") as file:
        file.write(b"\x01" * 500)
    told(Model())
    assert np.load(told.out)[:, 1].tolist() == list(range(25))


@pytest.mark.parametrize("damage", ["{", '{"rows": 12}', '{"rows": -3, "texts": ""}'])
def test_a_damaged_note_or_a_cut_file_means_to_begin_anew(told, damage):
    killed(told)
    progress_path(told.out).write_text(damage)
    second = Model()
    told(second)
    assert second.seen == LINES
    killed(told)
    unfinished_path(told.out).write_bytes(unfinished_path(told.out).read_bytes()[:150])
    third = Model()
    told(third)
    assert third.seen == LINES


def test_a_pipe_that_brings_the_same_text_goes_on_and_another_is_refused(told, monkeypatch):
    class Pipe:
        def __init__(self, lines):
            self.buffer = io.BytesIO(("\n".join(lines) + "\n").encode())

    monkeypatch.setattr("sys.stdin", Pipe(LINES))
    killed(told, name="-")
    monkeypatch.setattr("sys.stdin", Pipe(LINES[1:]))
    with pytest.raises(UserError) as refused:
        told(Model(), name="-")
    assert refused.value.exit_code == ExitCode.INPUT
    monkeypatch.setattr("sys.stdin", Pipe(LINES))
    second = Model()
    told(second, name="-")
    assert second.seen == LINES[12:]


def test_float16_is_the_rounded_float32_and_refuses_what_it_cannot_hold(told):
    told(Model())
    wide = np.load(told.out)
    told(Model(), kind="float16")
    assert np.array_equal(np.load(told.out), wide.astype(np.float16))
    with pytest.raises(UserError, match="too large for float16"):
        told(Model(times=1e5), kind="float16")


def test_a_text_that_is_not_there_leaves_nothing_behind(told):
    with pytest.raises(UserError):
        told(Model(), name=str(told.path.with_name("none.txt")))
    assert sorted(path.name for path in told.out.parent.iterdir()) == ["lines.txt"]


@pytest.mark.parametrize("kind", ["int8", "binary"])
@pytest.mark.parametrize("dies", [1, 4, BLOCKS])
def test_packed_vectors_of_a_killed_run_are_those_of_a_whole_one(told, dies, kind):
    told(Model(), kind=kind)
    whole, facts = told.out.read_bytes(), facts_path(told.out).read_bytes()
    told.out.unlink()
    killed(told, Model(dies=dies), kind=kind)
    assert not told.out.exists()
    result = told(Model(), kind=kind)
    assert (told.out.read_bytes(), facts_path(told.out).read_bytes()) == (whole, facts)
    assert result.packed is not None and result.packed.among == len(LINES)
    assert not progress_path(told.out).exists() and not unfinished_path(told.out).exists()


def test_killed_while_it_packs_nothing_is_embedded_again(told, monkeypatch):
    def dying(*_):
        raise Killed

    with monkeypatch.context() as context:
        context.setattr(job, "pack", dying)
        killed(told, Model(), kind="int8")
    again = Model()
    told(again, kind="int8")
    assert again.calls == 0 and np.load(told.out).shape == (len(LINES), 3)
