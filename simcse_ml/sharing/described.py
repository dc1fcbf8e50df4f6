"""What a card may say of a model: facts of the run, free of paths, names of files and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcse_ml.languages.table import Language, lang_info, script_name
from simcse_ml.settings.dump import recipe_yaml
from simcse_ml.settings.schema import Recipe, ViewSettings
from simcse_ml.sharing.licences import UNKNOWN, backbone_licence, conflict
from simcse_ml.text.report import PrepareReport

if TYPE_CHECKING:
    from simcse_ml.models.reading import FolderLayout

STATIC = "builtin:static"
LOCAL = "a model in a folder of the one who trained it"
MACHINE = ("device", "precision", "threads")


@dataclass(frozen=True)
class Chosen:
    """What the person says of the model that is shared.

    base_model: Hub id of the backbone, where the run knows only a folder.  name_sets: call labelled sets as their files
    are called, which else are numbered.
    """

    repo: str
    licence: str
    base_model: str = ""
    name_sets: bool = False


@dataclass(frozen=True)
class Base:
    """id: on the Hub, "" for a builtin or a folder of nobody knows where.  conflict: of the licences, "" if none."""

    id: str
    shown: str
    revision: str
    licence: str
    conflict: str

    @property
    def builtin(self) -> bool:
        return self.shown == STATIC


@dataclass(frozen=True)
class Text:
    """The corpus by numbers.  kinds: of its files (plain text, Wikipedia dump ...)."""

    sentences: int
    megabytes: float
    files: int
    documents: int
    in_language: float
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Behind:
    """A module behind the pooling.  folder: of a dense layer and its activation; "" where vectors are normalised."""

    folder: str = ""
    activation: str = ""


@dataclass(frozen=True)
class Shape:
    """What a reader must know to run it without our libraries."""

    static: bool
    dim: int
    max_tokens: int | None
    pooling: str
    prefix: str
    behind: tuple[Behind, ...]
    spare_padding: bool


@dataclass(frozen=True)
class Described:
    """All that the template may use."""

    chosen: Chosen
    language: Language
    script: str
    base: Base
    text: Text | None
    shape: Shape
    recipe: Recipe
    recipe_name: str
    scores: Sequence[Mapping[str, Any]]
    geometry: Mapping[str, float]
    verdict: str
    selected_by: str
    machine: Mapping[str, Any]
    seconds: int | None
    versions: Mapping[str, str]

    @property
    def untouched(self) -> bool:
        """Whether the start was better on the dev set, and is what was kept."""
        return "untouched backbone was better" in self.selected_by

    @property
    def recipe_yaml(self) -> str:
        """The recipe without anything of the person's disk."""
        return recipe_yaml(self.recipe)


def describe(
    chosen: Chosen, state: Mapping[str, Any], evaluation: Mapping[str, Any], text: PrepareReport | None, model: Path
) -> Described:
    """state: run.json.  evaluation: eval.json.  text: None where the prepared text is gone.  model: the folder."""
    asked = state["asked"]
    recipe = Recipe.model_validate(asked["recipe"])
    machine = state["machine"]
    choice = machine["choice"]
    base = base_of(chosen, choice)
    language = lang_info(state["language"])
    sets = [_named(record, number, chosen) for number, record in enumerate(evaluation.get("sets", ()), start=1)]
    names = {str(old["set"]): str(new["set"]) for old, new in zip(evaluation.get("sets", ()), sets, strict=True)}
    return Described(
        chosen=chosen,
        language=language,
        script=", ".join(map(script_name, language.scripts)),
        base=base,
        text=None if text is None else _text(text),
        shape=_shape(model),
        recipe=without_places(recipe, base, [int(one["steps"]) for one in machine.get("schedules", ())]),
        recipe_name=Path(str(state["recipe_name"])).stem,
        scores=sets,
        geometry={key: value for key, value in evaluation.get("geometry", {}).items() if value is not None},
        verdict=_renamed(str(evaluation.get("verdict", "")), names),
        selected_by=_renamed(str(state["selected_by"]), names, known=chosen.name_sets),
        machine={"steps": state["steps"], **{key: machine[key] for key in MACHINE if key in machine}},
        seconds=seconds_of(state),
        versions=machine.get("versions", {}),
    )


def without_places(recipe: Recipe, base: Base, steps: Sequence[int] = ()) -> Recipe:
    """The recipe without paths: no labelled sets, no lists, the backbone by its id on the Hub or as it must be named.

    steps: of each stage as it was trained; where a clock set them they are written down, so that they can be repeated.
    """
    training = recipe.training
    counts: Sequence[int | None] = [stage.max_steps for stage in recipe.stages]
    if training.time is not None and len(steps) == len(recipe.stages):
        training, counts = training.model_copy(update={"time": None}), steps
    stages = [
        stage.model_copy(update={"views": tuple(map(_without_list, stage.views)), "max_steps": count})
        for stage, count in zip(recipe.stages, counts, strict=True)
    ]
    sections = {
        "stages": tuple(stages),
        "training": training,
        "evaluation": recipe.evaluation.model_copy(update={"sts": (), "dev": None}),
        "nli": recipe.nli.model_copy(update={"paths": ()}),
        "backbone": recipe.backbone.model_copy(update={"name": base.id or (STATIC if base.builtin else "auto")}),
    }
    return recipe.model_copy(update=sections)


def _without_list(view: ViewSettings) -> ViewSettings:
    return view.model_copy(update={"synonyms": ""})


def base_of(chosen: Chosen, choice: Mapping[str, Any]) -> Base:
    """What a run began with.  choice: of run.json."""
    if choice["name"] == STATIC:
        return Base("", STATIC, "", "", "")
    name = chosen.base_model or (str(choice["name"]) if _is_id(choice) else "")
    licence = backbone_licence(name, Path(choice["folder"]) if choice["folder"] else None)
    return Base(
        name, name or LOCAL, str(choice["revision"]), licence or UNKNOWN, conflict(chosen.licence, licence or UNKNOWN)
    )


def _is_id(choice: Mapping[str, Any]) -> bool:
    """Whether it came from the Hub, and so is no folder of the person's."""
    return bool(choice["revision"]) and str(choice["name"]).count("/") == 1


def _named(record: Mapping[str, Any], number: int, chosen: Chosen) -> dict[str, Any]:
    return dict(record) if chosen.name_sets else {**record, "set": f"labelled set {number}"}


def _renamed(sentence: str, names: Mapping[str, str], *, known: bool = True) -> str:
    """`sentence` with each set called as in the card; a set that is not scored (the dev set) by no name."""
    for old, new in names.items():
        sentence = sentence.replace(old, new)
    if not known and sentence.startswith("dev set ") and ":" in sentence:
        return "a dev set" + sentence[sentence.rindex(":") :]
    return sentence


def _text(report: PrepareReport) -> Text:
    kinds = tuple(dict.fromkeys(facts.format.partition(", commit")[0] for facts in report.inputs))
    return Text(report.kept, report.bytes / 1e6, report.files, report.documents, report.in_language, kinds)


def _shape(model: Path) -> Shape:
    from simcse_ml.models.reading import read_json, read_layout

    layout = read_layout(model)
    settings = model / "sentence_bert_config.json"
    return Shape(
        static=layout.kind == "static",
        dim=_dim(layout),
        max_tokens=layout.max_tokens,
        pooling=str(layout.pooling or ""),
        prefix=layout.prefix or "",
        behind=tuple(Behind(at.name, _activation(at)) if kind == "Dense" else Behind() for kind, at in layout.after),
        spare_padding=settings.exists() and "processing_kwargs" in read_json(settings),
    )


def _activation(dense: Path) -> str:
    from simcse_ml.models.projection import read_dense
    from simcse_ml.models.reading import read_json

    return read_dense(dense, read_json(dense / "config.json")).activation_name.rpartition(".")[2]


def _dim(layout: FolderLayout) -> int:
    """Numbers in a vector."""
    from simcse_ml.models.reading import read_json

    for kind, folder in reversed(list(layout.after)):
        if kind == "Dense":
            return int(read_json(folder / "config.json")["out_features"])
    if layout.kind == "transformer":
        assert layout.width is not None, "what a run saves says the width of its pooling"
        return layout.width
    from safetensors import safe_open

    with safe_open(layout.core / "model.safetensors", framework="numpy") as tensors:
        name = "embedding.weight" if "embedding.weight" in tensors.keys() else "embeddings"
        return int(tensors.get_slice(name).get_shape()[1])


def seconds_of(state: Mapping[str, Any]) -> int | None:
    """From the first line to the last; a pause of a resumed run counts."""
    if not state.get("created") or not state.get("updated"):
        return None
    return round((datetime.fromisoformat(state["updated"]) - datetime.fromisoformat(state["created"])).total_seconds())
