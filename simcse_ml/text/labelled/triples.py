"""From labelled pairs to what supervised SimCSE eats: a sentence, one it entails, one that contradicts it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from simcse_ml.text.hashing import mixed, text_hash
from simcse_ml.text.labelled.nli import LabelledPair
from simcse_ml.text.steps.overlap import key


@dataclass(frozen=True)
class Triples:
    """sentences, positives, negatives: (n,) a row each; a negative is "" where its sentence has none.
    premises: different ones in the set.  entailing, whole: those with an entailed sentence, and with a contradicting
    one as well.  overlap: pairs left out because the evaluation set has a sentence of theirs.
    judged: every other pair with its label, equal ones once.
    """

    sentences: tuple[str, ...]
    positives: tuple[str, ...]
    negatives: tuple[str, ...]
    premises: int
    entailing: int
    whole: int
    overlap: int
    judged: tuple[LabelledPair, ...] = ()

    def __len__(self) -> int:
        return len(self.sentences)

    def line(self) -> str:
        """What a person is told."""
        with_negative = sum(bool(text) for text in self.negatives)
        told = (
            f"{len(self):,} triples of {self.premises:,} premises: {self.entailing:,} entail something,"
            f" {self.whole:,} are contradicted too; {with_negative:,} rows have a hard negative"
        )
        return told + (f"; {self.overlap:,} pairs share a sentence with the evaluation set" if self.overlap else "")


def triples_of(pairs: Iterable[LabelledPair], *, seed: int, exclude: frozenset[str] = frozenset()) -> Triples:
    """A row for each entailed pair, in their order, with one of the premise's contradictions, drawn by `seed`.

    exclude: keys (steps/overlap.py) of evaluation sentences.  Equal pairs count once (arXiv 2104.08821, section 4.1:
    one contradiction is drawn; more did not help).
    """
    entailed: dict[tuple[str, str], None] = {}
    contradicted: dict[str, dict[str, None]] = {}
    premises: set[str] = set()
    judged: dict[LabelledPair, None] = {}
    overlap = 0
    for pair in pairs:
        premise, hypothesis, label = pair
        if exclude and (key(premise) in exclude or key(hypothesis) in exclude):
            overlap += 1
            continue
        premises.add(premise)
        judged[pair] = None
        if label == "entailment" and premise != hypothesis:
            entailed[premise, hypothesis] = None
        elif label == "contradiction":
            contradicted.setdefault(premise, {})[hypothesis] = None
    negatives = [_drawn(contradicted.get(premise, {}), premise, positive, seed) for premise, positive in entailed]
    entailing = {premise for premise, _ in entailed}
    return Triples(
        tuple(premise for premise, _ in entailed),
        tuple(positive for _, positive in entailed),
        tuple(negatives),
        len(premises),
        len(entailing),
        len(entailing & contradicted.keys()),
        overlap,
        tuple(judged),
    )


def _drawn(candidates: dict[str, None], premise: str, positive: str, seed: int) -> str:
    if not candidates:
        return ""
    draw = mixed(np.array([text_hash(f"{premise}\n{positive}")], np.uint64), seed)[0]
    return list(candidates)[int(draw % np.uint64(len(candidates)))]
