"""What a model folder says about its own use, in sentence-transformers' layouts old and new."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.pooling import MODES, SAVED_KEYS, Pooling, Reduce

UNSAID = 1_000_000
"""tokens; a limit beyond it is none"""
Row = tuple[str, Path]
"""the kind of a module ("Pooling") and its folder"""
KNOWN = frozenset({"Transformer", "Pooling", "Dense", "Normalize", "StaticEmbedding", "WeightedLayerPooling"})
SETTINGS = tuple(
    f"sentence_{kind}_config.json" for kind in ("bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta")
)
"""what sentence-transformers called the transformer's own file over the years"""


@dataclass(frozen=True)
class Prompts:
    """named: text by name, as the folder has them.  default: the name of the one that stands in front of every text."""

    named: Mapping[str, str] = field(default_factory=dict)
    default: str | None = None


NO_PROMPTS = Prompts()


@dataclass(frozen=True)
class FolderLayout:
    """kind: static, or transformer.  core: the folder of the transformer (or table) itself.

    pooling, width (of a token's state), max_tokens: None where the folder says nothing.
    after: the Dense and Normalize modules behind the pooling.
    """

    kind: Literal["static", "transformer"]
    core: Path
    pooling: Pooling | None = None
    width: int | None = None
    max_tokens: int | None = None
    lower_case: bool = False
    prompts: Prompts = NO_PROMPTS
    after: Sequence[Row] = ()

    @property
    def prefix(self) -> str | None:
        """The default prompt, None where there is none."""
        return None if self.prompts.default is None else self.prompts.named.get(self.prompts.default, "")


def read_json(path: Path) -> Any:  # noqa: ANN401
    """A JSON file of a model folder.  Raises: UserError naming the file and line where it is broken."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise UserError(
            f"broken JSON ({error.msg})",
            where=f"{path}:{error.lineno}",
            mend="get the model folder again",
            exit_code=ExitCode.INPUT,
        ) from error


def read_layout(folder: Path) -> FolderLayout:
    """What `folder` says.  Raises: UserError (INPUT) if it is no model folder, or has modules that we do not know."""
    if not (folder / "modules.json").exists():
        _require_a_model(folder)
        if read_json(folder / "config.json").get("model_type") == "model2vec":
            return FolderLayout("static", folder)
        return FolderLayout("transformer", folder)
    rows = [
        (str(row["type"]).rsplit(".", 1)[-1], folder / str(row["path"])) for row in read_json(folder / "modules.json")
    ]
    kinds = [kind for kind, _ in rows]
    unknown = sorted(set(kinds) - KNOWN)
    if unknown:
        raise _odd(folder, f"the model has a module that simcse-ml does not know: {', '.join(unknown)}")
    core, prompts = rows[0][1], _prompts(folder)
    if kinds[0] == "StaticEmbedding":
        if set(kinds[1:]) - {"Normalize"}:
            raise _odd(folder, f"{' and '.join(kinds[1:])} behind StaticEmbedding")
        return FolderLayout("static", core, prompts=prompts, after=rows[1:])
    first = 2 if kinds[1:2] == ["WeightedLayerPooling"] else 1
    after = rows[first + 1 :]
    if kinds[0] != "Transformer" or kinds[first : first + 1] != ["Pooling"] or not _all_behind(after):
        raise _odd(folder, f"its modules are {' -> '.join(kinds)}")
    settings = _settings(core)
    return FolderLayout(
        "transformer",
        core,
        pooling=_pooling(rows[first][1], layers=rows[1][1] if first == 2 else None),
        width=_width(rows[first][1]),
        max_tokens=_length(core, settings),
        lower_case=bool(settings.get("do_lower_case")),
        prompts=prompts,
        after=after,
    )


def _require_a_model(folder: Path) -> None:
    """Raises: UserError where there is no config.json, with what the folder seems to be instead."""
    if (folder / "config.json").exists():
        return
    if (folder / "adapter_config.json").exists():
        base = read_json(folder / "adapter_config.json").get("base_model_name_or_path") or "its base model"
        raise _not_a_model(folder, "an adapter of peft without its model", f"merge it into {base} first, or name that")
    if any(folder.glob("*.gguf")):
        raise _not_a_model(folder, "a GGUF file is for llama.cpp and cannot be trained", "name the original model")
    raise _not_a_model(
        folder,
        "no modules.json and no config.json",
        "name a run, a folder that sentence-transformers or transformers saved, a Hub id, or a builtin",
    )


def _not_a_model(folder: Path, why: str, mend: str) -> UserError:
    return UserError(f"this is not a model folder ({why})", where=str(folder), mend=mend, exit_code=ExitCode.INPUT)


def _odd(folder: Path, what: str) -> UserError:
    return UserError(
        what,
        where=str(folder / "modules.json"),
        mend="use a model of a transformer, its pooling, Dense and Normalize, or a static one",
        exit_code=ExitCode.INPUT,
    )


def _all_behind(rows: Sequence[Row]) -> bool:
    return all(kind in {"Dense", "Normalize"} for kind, _ in rows)


def _pooling(folder: Path, *, layers: Path | None) -> Pooling:
    """The one pooling of 1_Pooling/config.json; layers: the folder of a WeightedLayerPooling before it."""
    path = folder / "config.json"
    config = read_json(path)
    mode = config.get("pooling_mode")
    modes = [mode] if isinstance(mode, str) else list(mode or [])
    found: list[Reduce | None] = [MODES.get(str(name)) for name in modes]
    found += [reduce for reduce, key in SAVED_KEYS.items() if config.get(key) and reduce not in found]
    if len(found) != 1 or found[0] is None:
        names = " + ".join([*map(str, modes), *(key for key in SAVED_KEYS.values() if config.get(key))])
        raise UserError(
            f"pooling {names or 'not given'} is not one that simcse-ml knows; one at a time: {', '.join(SAVED_KEYS)}",
            where=str(path),
            mend="use a model with one pooling",
            exit_code=ExitCode.INPUT,
        )
    if config.get("include_prompt") is False:
        raise UserError(
            "its pooling leaves out the prompt (include_prompt is false), which simcse-ml does not do",
            where=str(path),
            mend="use another model",
            exit_code=ExitCode.INPUT,
        )
    if layers is not None:
        _require_first_last(layers)
    return Pooling(found[0], first_last=layers is not None)


def _width(pooling: Path) -> int | None:
    """Under the name that sentence-transformers writes now, or the one that it wrote before."""
    config = read_json(pooling / "config.json")
    width = config.get("embedding_dimension", config.get("word_embedding_dimension"))
    return None if width is None else int(width)


def _require_first_last(folder: Path) -> None:
    """Raises: UserError INPUT where the layers are weighted otherwise than first and last alike."""
    from simcse_ml.models.tensors import read_tensors

    weights = read_tensors(folder)["layer_weights"].tolist()
    start = read_json(folder / "config.json").get("layer_start")
    if start != 1 or weights != [1.0, *[0.0] * (len(weights) - 2), 1.0]:
        raise UserError(
            "its layers are weighted in a way that simcse-ml does not know (first and last alike is one it does)",
            where=str(folder),
            mend="use another model",
            exit_code=ExitCode.INPUT,
        )


def _settings(core: Path) -> dict[str, Any]:
    for name in SETTINGS:
        if (core / name).exists():
            settings: dict[str, Any] = read_json(core / name)
            return settings
    return {}


def _length(core: Path, settings: Mapping[str, Any]) -> int | None:
    """max_seq_length, which newer versions leave in the tokenizer's file; there, 10**30 means that nobody said it."""
    if settings.get("max_seq_length"):
        return int(settings["max_seq_length"])
    path = core / "tokenizer_config.json"
    said = read_json(path).get("model_max_length") if path.exists() else None
    return int(said) if said and said < UNSAID else None


def _prompts(folder: Path) -> Prompts:
    path = folder / "config_sentence_transformers.json"
    if not path.exists():
        return NO_PROMPTS
    config = read_json(path)
    named = {str(name): str(text) for name, text in (config.get("prompts") or {}).items()}
    default = config.get("default_prompt_name")
    return Prompts(named, None if default is None else str(default))
