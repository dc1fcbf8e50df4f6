"""The three labels of natural language inference, in the words of several languages; numbers only in an order given."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal

Label = Literal["entailment", "neutral", "contradiction"]
LABELS: tuple[Label, ...] = ("entailment", "neutral", "contradiction")

_WORDS: Mapping[Label, str] = {
    "entailment": "entailment entails entailed e paraphrase supports supported"
    " 含意 蕴含 蕴涵 蘊含 蘊涵 함의 implication implicación implicação implicazione implikation folgerung entailmen"
    " gerektirme içerim wynikanie следование слідування"
    " استلزام دلالت",
    "neutral": "neutral n neutrality nei not_enough_info neutre neutro"
    " neutrale 中立 中性 중립 нейтральный нейтрально нейтральність netral nötr neutralne محايد خنثی तटस्थ",
    "contradiction": "contradiction contradicts refutes refuted contradictory"
    " contradictoire c 矛盾 모순 contradicción contradição contraddizione widerspruch"
    " kontradiksi çelişki sprzeczność противоречие суперечність تناقض تضاد विरोधाभास",
}
_LABEL_OF: Mapping[str, Label] = {word: label for label, words in _WORDS.items() for word in words.split()}
NUMBERS = frozenset({-1, 0, 1, 2})
"""what stands for labels where they are numbers"""
_NOT_ENTAILED = frozenset("non-entailment non_entailment not_entailment not-entailment nonentailment 非含意".split())
_DOT_ABOVE = "\u0307"
"""what lower case leaves of a Turkish İ beside the i"""
_NO_GOLD = frozenset({"-", "", "none", "null", "nan"})


def label_of(value: object, order: Sequence[Label]) -> Label | None:
    """The label that a cell holds, None where the annotators did not agree. order: what 0, 1, 2 stand for.

    Where there are two labels only, the one that is not entailment is neither of the others: it counts as neutral.
    Raises: ValueError for what is no label, as a number is without an order.
    """
    text = plain(value if value is not None else "")
    if text in _NO_GOLD:
        return None
    if text in _NOT_ENTAILED:
        return "neutral"
    if text in _LABEL_OF:
        return _LABEL_OF[text]
    number = as_number(text)
    if number == -1 and order:  # how some publishers write that there is none
        return None
    if number is None or not 0 <= number < len(order):
        raise ValueError(text)
    return order[number]


def plain(value: object) -> str:
    """A word of a publisher without its case, in one spelling of its accents, its parts joined by underscores."""
    text = unicodedata.normalize("NFC", str(value).strip().casefold()).replace(_DOT_ABOVE, "")
    return "_".join(text.split())


def as_number(value: object) -> int | None:
    """The whole number that a cell holds, as in "2" and "2.0"."""
    try:
        number = float(str(value).strip())
    except ValueError:
        return None
    return int(number) if number.is_integer() else None


def is_label(value: object) -> bool:
    """Whether a cell is a label in words."""
    text = plain(value)
    return text in _LABEL_OF or text in _NOT_ENTAILED
