"""Tokens joined to groups that a reader can see: whole grapheme clusters, never half a letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simcse_ml.languages.clusters import clusters

Span = tuple[int, int]
NO_GROUP = -1


@dataclass(frozen=True)
class Groups:
    """spans: characters of the text, rising, that the groups cover.  of_token: the group of each token, NO_GROUP for
    one that stands for no letter (special tokens, a prompt).
    """

    text: str
    spans: tuple[Span, ...]
    of_token: tuple[int, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The text of each group."""
        return tuple(self.text[start:end] for start, end in self.spans)

    def without(self, group: int) -> str:
        """The text without one group."""
        start, end = self.spans[group]
        return self.text[:start] + self.text[end:]


def group_tokens(text: str, offsets: Sequence[Span]) -> Groups:
    """offsets: (start, end) of each token in `text`; start = end, or a start below 0, for one without letters.

    Tokens that share a cluster are one group; blanks at the ends of a group are not shown.
    """
    edges = [0]
    for cluster in clusters(text):
        edges.append(edges[-1] + len(cluster))
    wide = [_widened(span, edges) for span in offsets]
    joined: list[list[int]] = []
    for start, end in sorted({span for span in wide if span is not None}):
        if joined and start < joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    spans = [(start, end) for start, end in joined]
    places = [NO_GROUP if span is None else _place(span, spans) for span in wide]
    return Groups(text, tuple(spans), tuple(places))


def _widened(span: Span, edges: Sequence[int]) -> Span | None:
    """To whole clusters."""
    start, end = span
    if start < 0 or end <= start or start >= edges[-1]:
        return None
    return max(edge for edge in edges if edge <= start), min((e for e in edges if e >= end), default=edges[-1])


def _place(span: Span, spans: Sequence[Span]) -> int:
    return next(place for place, (start, end) in enumerate(spans) if start <= span[0] and span[1] <= end)
