"""How a window is opened: quickly, with the same flags as the command says, and never where there is no terminal."""

from __future__ import annotations

import subprocess
import sys

import pytest

from simcse_ml.cli.app import COMMANDS, load
from simcse_ml.cli.environment import Config
from simcse_ml.cli.opening import look_of
from simcse_ml.cli.windows import WINDOWS, parsed
from simcse_ml.errors import UserError


def _config(tmp_path, **tui: object) -> Config:
    return Config(tmp_path, tmp_path, tmp_path, "auto", tmp_path / "config.toml", tui=tui)


@pytest.mark.parametrize("name", WINDOWS)
def test_the_quick_way_knows_the_flags_of_the_command(name: str) -> None:
    command = load(next(row for row in COMMANDS if row.name == name))
    flags = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    names = {parameter.name for parameter in command.params}
    window = WINDOWS[name]
    assert set(window.flags) <= flags - {"--help"}, "what it does not know goes the way of all commands"
    assert {argument for argument, _ in window.flags.values()} | set(window.places) <= names


def test_a_window_that_wants_a_model_is_not_opened_without_one() -> None:
    assert parsed(WINDOWS["explore"], []) is None
    assert parsed(WINDOWS["explore"], ["builtin:counting", "a.txt"]) == {"model": "builtin:counting", "text": "a.txt"}
    assert parsed(WINDOWS["compare"], ["a", "b", "--query", "x"]) is None


def test_what_is_not_plain_goes_the_way_of_all_commands() -> None:
    window = WINDOWS["tui"]
    assert parsed(window, ["--theme", "light", "--ascii"]) == {"theme": "light", "ascii": True}
    for wrong in (["--help"], ["--theme"], ["--them", "x"], ["extra"], ["--ascii", "--ascii"]):
        assert parsed(window, wrong) is None


def test_opening_loads_neither_torch_nor_typer_nor_pydantic() -> None:
    code = (
        "import sys; from simcse_ml.cli.windows import quickly; import simcse_ml.cli.main, simcse_ml.cli.opening; "
        "import simcse_tui.app, simcse_tui.screens.home; "
        "print([name for name in ('torch', 'transformers', 'typer', 'pydantic', 'numpy', 'pyarrow') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_no_colour_is_a_theme_and_a_flag_comes_before_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert look_of(_config(tmp_path, theme="light")).theme == "none"
    assert look_of(_config(tmp_path), theme="light").theme == "light"


def test_settings_of_the_window_that_are_wrong_are_named(tmp_path) -> None:
    with pytest.raises(UserError, match="theme"):
        look_of(_config(tmp_path, theme="pink"))
    with pytest.raises(UserError, match="colour"):
        look_of(_config(tmp_path, colour="x"))


def test_own_keys_come_from_keys_toml_beside_the_settings(tmp_path) -> None:
    (tmp_path / "keys.toml").write_text('quit = "Q"\n', encoding="utf-8")
    assert look_of(_config(tmp_path)).keys == {"quit": "Q"}
    (tmp_path / "keys.toml").write_text('quit = "j"\n', encoding="utf-8")
    with pytest.raises(UserError, match="keys"):
        look_of(_config(tmp_path))
