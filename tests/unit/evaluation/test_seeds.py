"""Over several seeds a gain is called one only if each of them has it."""

from __future__ import annotations

import pytest

from simcse_ml.evaluation.seeds import over_seeds


def record(trained: float, verdict: str, *, counting: float = 60.0, groups: int = 400, name: str = "pairs") -> dict:
    rows = [("counting (words)", 40.0, False), ("counting (characters 1)", counting, True), ("trained", trained, True)]
    gains = [("counting (words)", trained - 40.0, "better"), ("counting (characters 1)", trained - counting, verdict)]
    return {
        "set": name,
        "pairs": 500,
        "groups": groups,
        "rows": [
            {"label": label, "kind": label.split()[0], "score": score, "best": best} for label, score, best in rows
        ],
        "gains": [{"of": "trained", "over": over, "value": value, "verdict": word} for over, value, word in gains],
    }


def sentence(*verdicts: str, groups: int = 400) -> str:
    records = {seed: [record(61.0 + seed, word, groups=groups)] for seed, word in enumerate(verdicts, start=1)}
    (table,) = over_seeds(records)
    return table.sentence()


def test_rows_have_mean_and_deviation_of_a_sample():
    (table,) = over_seeds({7: [record(61.0, "better")], 8: [record(63.0, "better")]})
    trained = table.rows[-1]
    assert (trained.scores, trained.mean) == ((61.0, 63.0), 62.0)
    assert trained.deviation == pytest.approx(2**0.5)
    assert table.seeds == (7, 8)


def test_of_what_costs_nothing_only_the_best_of_a_kind_is_shown():
    (table,) = over_seeds({1: [record(61.0, "better")], 2: [record(62.0, "better")]})
    assert [row.label for row in table.rows] == ["counting (characters 1)", "trained"]


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        (("better",) * 3, "Better than counting with each of 3 seeds (+ 3.0, deviation 1.0)."),
        (("worse",) * 3, "Worse than counting with each of 3 seeds (+ 3.0, deviation 1.0)."),
        (("no gain",) * 3, "No gain over counting with any of 3 seeds (+ 3.0, deviation 1.0)."),
        (
            ("better", "no gain", "better"),
            "No gain over counting that holds: better with 2 of 3 (+ 3.0, deviation 1.0).",
        ),
        (("better", "worse", "better"), "better with 2, worse with 1 of 3"),
    ],
)
def test_a_gain_is_called_one_only_if_each_seed_has_it(verdicts, told):
    assert told in sentence(*verdicts)


def test_too_few_pairs_say_nothing_over_any_number_of_seeds():
    assert sentence("better", "better", groups=4).startswith("pairs: 4 independent groups of pairs are too few")


def test_each_set_has_its_own_table():
    records = {seed: [record(61.0, "better"), record(50.0, "worse", name="other")] for seed in (1, 2)}
    first, second = over_seeds(records)
    assert ("Better" in first.sentence(), "Worse" in second.sentence()) == (True, True)
    assert [table.as_json()["set"] for table in (first, second)] == ["pairs", "other"]


def test_no_set_no_table():
    assert over_seeds({1: [], 2: []}) == ()
