"""Are models that training_speed.py times equally good? The same sentences and settings on each side, three seeds.

    python benchmarks/training_quality.py TEXT LABELLED.tsv --backbone FOLDER [--batch 64] [--max-tokens 32]
        [--steps 16] [--train-table]

Prints the Spearman correlation x 100 on LABELLED of the untouched backbone and after one epoch on each side.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import mean, stdev

from training_sides import score
from training_speed import child

SEEDS = (1, 2, 3)
SIDES = ("ours", "default", "default sorted")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", type=Path)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--backbone", type=Path, required=True)
    parser.add_argument("--train-table", action="store_true")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--max-tokens", type=int, default=32)
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    print(f"untouched: {_untouched(arguments):.2f}", flush=True)
    scores: dict[str, list[float]] = {side: [] for side in SIDES}
    for seed in SEEDS:
        for side, found in scores.items():
            more = ["--seed", str(seed), "--score", str(arguments.labelled)]
            found.append(child(side, arguments, more)["spearman"])
            print(f"seed {seed}, {side}: {found[-1]:.2f}", flush=True)
    for side, found in scores.items():
        print(f"{side:15} {mean(found):.2f} +- {stdev(found):.2f}")


def _untouched(arguments: argparse.Namespace) -> float:
    from simcse_ml.models.loading import load_saved
    from simcse_ml.models.opened import embed_texts

    encoder = load_saved(arguments.backbone, name="untouched", max_tokens=arguments.max_tokens)
    return score(lambda texts: embed_texts(encoder, texts), arguments.labelled)


if __name__ == "__main__":
    main()
