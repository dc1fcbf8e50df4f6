"""`doctor --terminal`: widths are what the terminal says, and no terminal is said to be none."""

import pytest

from simcse_ml.cli.terminal import PROBES, check_terminal, measure


class Terminal:
    """Takes two cells for everything but Latin."""

    def __init__(self) -> None:
        self.column = 1

    def write(self, text):
        if text.startswith("\r"):
            self.column = 1
        else:
            self.column += 1 if text.isascii() or text.startswith("e") else 2

    def ask(self):
        return self.column


def test_widths_are_what_the_terminal_moved_by():
    terminal = Terminal()
    found = measure(terminal.ask, terminal.write)
    assert set(found) == set(PROBES)
    assert (found["Latin, marks apart"], found["Burmese"], found["Thai"]) == (1, 2, 2)


def test_a_terminal_that_does_not_answer_is_not_waited_for():
    def ask():
        raise TimeoutError

    with pytest.raises(TimeoutError):
        measure(ask, lambda text: None)


def test_without_a_terminal_it_says_why_it_was_skipped(tmp_path):
    (check,) = check_terminal(tmp_path)
    assert check.verdict == "warn"
    assert "no terminal" in check.text
    assert not list(tmp_path.iterdir())
