"""A kill or a full disk leaves the old file or the new one, and is told in one line."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
import torch

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.files import atomic_file, atomic_folder, sweep_partial, write_json
from simcse_ml.models.tensors import write_tensors


def test_a_block_that_raises_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    write_json(path, {"step": 1})
    with pytest.raises(KeyboardInterrupt), atomic_file(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_text() == '{\n  "step": 1\n}\n'
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.json"]


def test_a_folder_appears_whole_and_replaces_whole(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    for text in ("one", "two"):
        with atomic_folder(folder) as building:
            (building / "a.txt").write_text(text)
            if text == "two":
                assert (folder / "a.txt").read_text() == "one"
    assert (folder / "a.txt").read_text() == "two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["model"]


def test_a_full_disk_is_an_error_of_the_machine(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no space left") as caught, atomic_file(tmp_path / "x") as file:
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.exit_code is ExitCode.MACHINE
    assert not list(tmp_path.iterdir())


def test_a_tensor_file_that_cannot_be_written_is_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        write_tensors({"a": torch.zeros(2)}, tmp_path / "nowhere" / "a.safetensors")


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / ".partial-abc").mkdir()
    (tmp_path / ".partial-abc" / "x").write_text("half")
    (tmp_path / ".partial-def").write_text("half")
    (tmp_path / "kept").write_text("whole")
    sweep_partial(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept"]
