"""docs/screens/*.svg and session.cast: the window in a real terminal, on a real training of examples/.

    python docs/screens/make.py                     # trains twice: a minute or two on an idle machine
    python docs/screens/make.py --runs FOLDER       # trains nothing: the newest of these runs is shown

Nothing is sent anywhere: Publish is shown up to its dry run. Names of folders, user and machine are refused in what is
written. The session plays in any asciinema player; pauses in it are no longer than a second and a half.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests" / "tui")]

from svg import svg_of  # noqa: E402
from terminal import Shown, Terminal  # noqa: E402

SIZE = (112, 32)
QUERY = "猫が箱の中で寝ている"
PINS = ("犬が庭を走り回っている", "電車が遅れて約束に間に合わない")
IDLE = 1.5
"""seconds that a pause of the recorded session lasts at most"""


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--runs", type=Path, help="runs to show in place of new ones")
    arguments.add_argument("--sentences", default="700", help="how many the new run is trained on")
    asked = arguments.parse_args()
    here = Path(tempfile.gettempdir()) / "simcse-ml-screens"  # Doctor shows where the cache is
    here.mkdir()
    try:
        (here / "examples").symlink_to(ROOT / "examples")
        told = {"SIMCSE_ML_CACHE_DIR": str(here / "cache"), "SIMCSE_ML_CONFIG": str(here / "config.toml")}
        told |= {"HF_HUB_OFFLINE": "1", "COLORTERM": "truecolor"}
        if asked.runs is not None:
            shutil.copytree(asked.runs, here / "runs")
        else:
            _train(here, told)
        pictures: dict[str, str] = {}
        terminal = Terminal("tui", "--runs", "runs", size=SIZE, cwd=here, **told)
        try:
            tour(Shown(terminal, SIZE), pictures, asked.sentences, trains=asked.runs is None)
            code = terminal.close()
        finally:
            terminal.kill()
        if code:
            raise SystemExit(f"the window ended with {code}")
        pictures["session.cast"] = cast_of(terminal)
        _refuse(pictures)
    finally:
        shutil.rmtree(here)
    for name, text in pictures.items():
        (HERE / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name:20} {len(text.encode()):9,} bytes\n")


def _train(here: Path, told: dict[str, str]) -> None:
    """The run that stands there before: fewer sentences."""
    first = Terminal(
        "train", "--lang", "ja", "--backbone", "builtin:static", "--max-sentences", "200", "--sts",
        "examples/ja-pairs.tsv", "--out", "runs/ja-first", "examples/ja", size=SIZE, cwd=here, **told,
    )  # fmt: skip
    first.until(b"Kept:", 900)
    first.close()


def tour(shown: Shown, pictures: dict[str, str], sentences: str, *, trains: bool) -> None:
    """Every screen once, as a person would come to it."""

    def picture(name: str, title: str) -> None:
        shown.rest()
        pictures[f"{name}.svg"] = svg_of(shown.screen, title)

    shown.until("sort newest", "done")
    _ask_for_a_run(shown, sentences)
    picture("new", "New run: everything once more, and the command that it is")
    if trains:
        shown.press("\r", "goes on when this window closes")
        _watch(shown)
    else:
        shown.press("1", "sort newest")
        shown.press("\r", "PINS  step")
    picture("live", "Live: curves of a training, and the neighbours of pinned sentences")
    shown.until("  done", seconds=3600)
    shown.press("1", "sort newest", " [")
    picture("home", "Home: two runs with score and interval")
    shown.press("6", "Without labels", without="Reading")
    picture("report", "Report: every score beside what costs nothing")
    shown.press("1", "sort newest")
    shown.press("x", "Type / and what to look for")
    shown.answer("/", "/ ", QUERY)
    shown.until(f"/ {QUERY}", "pct", ">    1 ")
    picture("explore", "Explore: a sentence as typed, its nearest with their yardsticks, the lines around the first")
    shown.press("jx", "token pairs", "->")
    picture("why", "Explore: why the second hit is near")
    shown.press("m", "2-D keeps", "trust")
    picture("map", "Explore: where the hits lie on the map")
    shown.press("\tu", "Type / and what to look for", "B builtin:counting")
    shown.answer("/", "/ ", QUERY)
    shown.until(f"/ {QUERY}", "pctA")
    shown.press("M", "MOVERS of", "overlap@10")
    picture("compare", "Compare: one list by two models, and the sentences whose neighbours differ most")
    _look_through(shown)
    picture("publish", "Publish: what would be sent, and what was found in it")
    shown.press("1", "sort newest")
    shown.press("?", "Keys")
    picture("help", "Help: the keys of Home")
    shown.press("\x1b", "sort newest")
    shown.press("7", "This machine", "This terminal", without="Trying everything")
    picture("doctor", "Doctor: what this machine can do")
    shown.terminal.type("q")


def _ask_for_a_run(shown: Shown, sentences: str) -> None:
    """The six questions."""
    shown.answer("n", "text:", "examples/ja")
    shown.until("utf-8", without="Reading it")
    shown.press("\r", "As the text looks")
    shown.press("\r", "word vectors from nothing", without="Looking up")
    shown.press("j", "> builtin:static")
    shown.press("\r", "at most so many sentences")
    shown.terminal.type("j")
    shown.answer("e", "scored pairs to report on (STS):", "examples/ja-pairs.tsv")
    shown.until("examples/ja-pairs.tsv", without="take it")
    shown.terminal.type("G")
    shown.answer("e", "at most so many sentences:", sentences)
    shown.press("\r", "the processor")
    shown.press("\r", "$ simcse-ml train")


def _watch(shown: Shown) -> None:
    """Two pins, until they have been looked at twice."""
    shown.until("/ pins a sentence", seconds=1800)
    for text in PINS:
        shown.answer("/", "pin:", text)
        shown.until("Pinned.", text)
    shown.until("PINS  step", " up ", seconds=1800, without="comes with the next evaluation")


def _look_through(shown: Shown) -> None:
    """A dry run of Publish."""
    shown.press("1", "sort newest")
    shown.press("P", "nothing is sent by that")
    shown.answer("D", "repository on the Hub", "you/simcse-ja")
    shown.until("you/simcse-ja", without="take it")
    shown.answer("D", "licence as the Hub", "cc0-1.0")
    shown.until("cc0-1.0", without="take it")
    shown.press("D", "DRY RUN", "GATE")


def cast_of(terminal: Terminal) -> str:
    """The session as asciinema writes it (version 2), up to Doctor, which tells of the machine."""
    head = {"version": 2, "width": SIZE[0], "height": SIZE[1], "idle_time_limit": IDLE, "title": "simcse-ml tui"}
    lines = [json.dumps(head)]
    before = now = 0.0
    held = b""
    for at, data in terminal.log:
        now += min(at - before, IDLE) if before else 0.0
        before = at
        held += data
        text = held.decode("utf-8", "ignore")
        whole = text.encode()
        if not held.startswith(whole):
            continue
        held = held[len(whole) :]
        lines.append(json.dumps([round(now, 3), "o", text], ensure_ascii=False))
    return "\n".join(lines) + "\n"


def _refuse(pictures: dict[str, str]) -> None:
    """Raises: SystemExit where a name of this machine or of its person is in what would be written."""
    names = {str(ROOT), str(Path.home()), platform.node(), os.environ.get("HOSTNAME", "")}
    user = getpass.getuser()
    names |= {user} if user != "root" else {"/root"}
    for name, text in pictures.items():
        found = [word for word in names if len(word) > 3 and word in text]
        if found:
            raise SystemExit(f"{name} would tell {found}")


if __name__ == "__main__":
    main()
