"""The outermost frame: what the shell and a person see of every way to end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from simcse_ml.cli.app import COMMANDS, load

HEAVY = ("numpy", "torch", "pyarrow", "pydantic", "textual", "datasets", "sklearn", "transformers", "rich", "yaml")


def loaded_by(code: str) -> set[str]:
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True).stderr
    return {name.split(".")[0] for name in json.loads(told.splitlines()[-1])}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments):
    code = f"""
import json, sys
from simcse_ml.cli.main import main
try:
    main({arguments!r})
except SystemExit:
    print(json.dumps(list(sys.modules)), file=sys.stderr)
"""
    assert not loaded_by(code) & set(HEAVY)


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
def test_every_listed_command_exists_and_shows_two_examples_without_torch(row):
    code = f"""
import json, sys
from simcse_ml.cli.main import main
try:
    main([{row.name!r}, "--help"])
except SystemExit as end:
    assert end.code == 0
    print(json.dumps(list(sys.modules)), file=sys.stderr)
"""
    assert not loaded_by(code) & {"torch", "transformers", "textual", "datasets", "sklearn", "pyarrow"}
    text = load(row).help
    assert text.count(f"simcse-ml {row.name}") >= 2, "two worked examples"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["trian"], "error: No such command 'trian'. Did you mean 'train'?; see `simcse-ml --help`"),
        (["fly"], "error: No such command 'fly'; see `simcse-ml --help`"),
        (["--fly"], "error: No such option: --fly; see `simcse-ml --help`"),
        (["runs", "fly"], "error: No such command 'fly'; see `simcse-ml runs --help`"),
    ],
)
def test_what_is_no_command_or_flag_is_one_line_with_the_near_one(run, arguments, line):
    done = run(*arguments)
    assert (done.returncode, done.stdout, done.stderr.splitlines()) == (2, "", [line])


@pytest.mark.parametrize("arguments", [[], ["runs"], ["recipes"]])
def test_a_group_without_its_command_is_answered_with_its_help(run, arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert (done.stdout + done.stderr).startswith(f"Usage: {' '.join(['simcse-ml', *arguments])} [OPTIONS] COMMAND")
    assert "error" not in done.stderr


def test_wrong_usage_is_one_line_that_says_where_help_is(run):
    done = run("train", "--lang", "ja")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "simcse-ml train --help" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_persons_error_leaves_standard_output_empty(run):
    done = run("recipes", "check", "unsup", "--set", "training.epoch=3", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean epochs?" in done.stderr


def test_our_fault_is_one_line_with_the_path_of_a_log_that_holds_the_traceback(tmp_path):
    code = """
import sys
from simcse_ml.cli import config, main
def broken(json: bool = False) -> None:
    secret_of_the_corpus = "x" * 3
    raise RuntimeError("broken")
config.config = broken
main.main(["config"])
"""
    environment = os.environ | {"SIMCSE_ML_CACHE_DIR": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    (log,) = (tmp_path / "cache" / "logs").iterdir()
    assert str(log) in done.stderr
    assert "RuntimeError: broken" in log.read_text()


@pytest.mark.skipif(os.name != "posix", reason="signals are of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_with_130_and_the_command_that_resumes(number):
    code = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job of a shell is started with it ignored
from simcse_ml.cli import config, main
from simcse_ml.errors import Interrupted
def slow(json: bool = False) -> None:
    print("ready", flush=True)
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        raise Interrupted("simcse-ml runs resume x") from None
config.config = slow
main.main(["config"])
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.1)
        process.send_signal(number)
        _, told = process.communicate()
    assert process.returncode == 130
    assert "simcse-ml runs resume x" in told


@pytest.mark.skipif(os.name != "posix", reason="pipes of a POSIX shell")
def test_a_reader_that_has_enough_is_no_error():
    code = """
from simcse_ml.cli import config, main
from simcse_ml.cli.render import print_line
def long(json: bool = False) -> None:
    for _ in range(100_000):
        print_line("a line")
config.config = long
main.main(["config"])
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
    assert (process.returncode, told) == (0, b"")


def test_text_that_cannot_be_used_is_said_before_torch_is_loaded(tmp_path):
    code = f"""
import json, sys
from simcse_ml.cli.main import main
try:
    main(["train", "--lang", "ja", {str(tmp_path / "nothere.txt")!r}, "--backbone", "builtin:static", "--offline"])
except SystemExit as end:
    assert end.code == 3, end.code
    print(json.dumps(list(sys.modules)), file=sys.stderr)
"""
    assert not loaded_by(code) & {"torch", "transformers", "sklearn"}
