"""The model card: metadata that the Hub reads, and a page for a stranger. No sentence of the person's text is in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcse_ml import __version__
from simcse_ml.evaluation.worth import OURS, UNSCORED, gains_of, legend, shown_rows, worth_of
from simcse_ml.resources import resource
from simcse_ml.sharing.described import Chosen, Described, describe
from simcse_ml.sharing.snippets import HERE, snippets

if TYPE_CHECKING:
    from simcse_ml.text.report import PrepareReport

TEMPLATE = "sharing/card.md.jinja"
LIBRARY = "sentence-transformers"
UNNAMED = "sentence-model"
"""what the metadata call a model that has no repository: scores need a name there"""
FINISHES = {
    "centre": "their mean taken out",
    "whiten": "whitened (every direction with the same variance)",
    "zipf": "whitened by how often tokens occur",
}
NO_CODE = frozenset({"und", "mul", "zxx"})


def render_card(described: Described, *, private: bool = True) -> str:
    """README.md, front matter and all."""
    return f"---\n{_metadata(described)}\n---\n\n{_body(described, private=private)}"


def own_card(state: Mapping[str, Any], evaluation: Mapping[str, Any], text: PrepareReport | None, model: Path) -> str:
    """README.md of a model that lies where it was trained: no repository, no licence yet, programs for its folder.

    Arguments as of `describe`.
    """
    return render_card(describe(Chosen(repo="", licence=""), state, evaluation, text, model), private=False)


def template_words() -> str:
    """The template as it lies on disk: words in it are ours, whoever's name they are too."""
    return resource(TEMPLATE).read_text(encoding="utf-8")


def _body(described: Described, *, private: bool) -> str:
    from jinja2 import BaseLoader, Environment, StrictUndefined

    environment = Environment(  # markdown, not HTML: what comes from outside is code-like and was gated
        loader=BaseLoader(), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    text = environment.from_string(template_words()).render(
        **{name: getattr(described, name) for name in described.__dataclass_fields__},
        described=described,
        repo=described.chosen.repo,
        here=HERE,
        licence=described.chosen.licence,
        private=private,
        version=__version__,
        snippets=snippets(described),
        worths=_worths(described),
        legend=legend(described.scores, untouched=described.untouched, static=described.base.builtin),
        rows_of=shown_rows,
        gains_of=gains_of,
        manner=_manner(described),
        finish=_finish(described),
        steps=_steps(described),
        hardware=_hardware(described),
        duration=duration(described.seconds),
        libraries=", ".join(f"{name} {value}" for name, value in described.versions.items() if name not in MACHINE),
    )
    lines = [line.rstrip() for line in text.splitlines()]
    kept = [line for at, line in enumerate(lines) if line or (at and lines[at - 1])]
    return "\n".join(kept).strip() + "\n"


MACHINE = ("processor", "computes on")


def model_row(record: Mapping[str, Any], described: Described) -> Mapping[str, Any] | None:
    """The row of what lies in the repository: the trained model, or its start where that was kept."""
    if described.untouched:
        return next((row for row in record["rows"] if row["kind"] == "untouched"), None)  # its own pooling
    return next((row for row in record["rows"] if row["label"] in OURS), None)


def _worths(described: Described) -> list[str]:
    """One paragraph a set that anything trained was scored on."""
    told = [
        worth_of(record, untouched=described.untouched, static=described.base.builtin) for record in described.scores
    ]
    return [text for text in told if text] or [UNSCORED]


def _finish(described: Described) -> str:
    """What the trained vectors went through behind training, "" for nothing."""
    finish = described.recipe.finish
    told = [FINISHES[finish.kind]] if finish.kind != "none" else []
    if finish.remove:
        told.append(f"the {finish.remove} main directions taken out")
    if finish.dim:
        told.append(f"cut to the first {finish.dim:,} numbers")
    return ", ".join(told)


def _manner(described: Described) -> str:
    """What was learnt from, by the stages that ran."""
    kinds = {stage.data for stage in described.recipe.stages}
    static = described.base.builtin
    if kinds == {"text"}:
        return "from raw text alone, without labels" if static else "without labels on raw text"
    if "text" in kinds:
        return (
            "from raw text, then from labelled pairs (NLI)" if static else "on raw text, then on labelled pairs (NLI),"
        )
    return "from labelled pairs (NLI)" if static else "on labelled pairs (NLI)"


def _steps(described: Described) -> str:
    return f"{described.machine['steps']:,}" if described.machine.get("steps") else "an unknown number of"


def _hardware(described: Described) -> str:
    machine, versions = described.machine, described.versions
    device = str(machine.get("device", "unknown"))
    threads = machine.get("threads")
    return ", ".join(
        part
        for part in (
            device,
            " ".join(versions[name] for name in MACHINE if name in versions),
            f"{threads} thread{'s' if threads != 1 else ''}" if threads and device == "cpu" else "",
            f"precision {machine['precision']}" if machine.get("precision") else "",
        )
        if part
    )


def duration(seconds: int | None) -> str:
    """As people read it, "" where it is not known."""
    if seconds is None:
        return ""
    hours, rest = divmod(seconds, 3600)
    minutes, over = divmod(rest, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {over} s" if minutes else f"{over} s"


def _metadata(described: Described) -> str:
    """YAML of the front matter, made and checked by huggingface_hub's own classes."""
    from huggingface_hub import EvalResult, ModelCardData

    base, code = described.base, described.language.code
    results = [
        EvalResult(
            task_type="semantic-similarity",
            task_name="Semantic Similarity",
            dataset_type="sts",
            dataset_name=str(record["set"]),
            metric_type="spearman_cosine",
            metric_name="Spearman of the cosines, x 100",
            metric_value=round(float(row["score"]), 2),
        )
        for record in described.scores
        for row in (model_row(record, described),)
        if row is not None
    ]
    return ModelCardData(
        language=None if code in NO_CODE else code.partition("-")[0],
        license=described.chosen.licence or None,
        library_name=LIBRARY,
        pipeline_tag="sentence-similarity",
        base_model=base.id or None,
        tags=[LIBRARY, "sentence-similarity", "feature-extraction", "simcse", "simcse-ml", *_kind(described)],
        model_name=described.chosen.repo.split("/")[-1] or UNNAMED,
        eval_results=results or None,
    ).to_yaml()


def _kind(described: Described) -> list[str]:
    return ["static-embeddings"] if described.shape.static else []
