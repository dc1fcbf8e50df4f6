"""What a model folder says about its own use, in sentence-transformers' layouts old and new."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.models.pooling import Pooling


@dataclass(frozen=True)
class FolderLayout:
    """kind: static, or transformer.  pooling, max_tokens, prefix: None where the folder says nothing."""

    kind: Literal["static", "transformer"]
    pooling: Pooling | None = None
    max_tokens: int | None = None
    prefix: str | None = None
    normalise: bool = False


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
        if not (folder / "config.json").exists():
            raise _not_a_model(folder, "no modules.json and no config.json")
        return FolderLayout("transformer")
    kinds = [
        (str(row["type"]).rsplit(".", 1)[-1], folder / str(row["path"])) for row in read_json(folder / "modules.json")
    ]
    names = [kind for kind, _ in kinds]
    unknown = set(names) - {"Transformer", "Pooling", "Normalize", "StaticEmbedding", "WeightedLayerPooling"}
    if unknown:
        raise UserError(
            f"the model has a module that simcse-ml does not know yet: {', '.join(sorted(unknown))}",
            where=str(folder / "modules.json"),
            mend="use a model of a transformer, pooling and normalising, or a static one",
            exit_code=ExitCode.INPUT,
        )
    where = dict(reversed(kinds))
    if names[0] == "StaticEmbedding":
        return FolderLayout("static", normalise="Normalize" in names)
    pooling = _pooling(where["Pooling"], first_last="WeightedLayerPooling" in names) if "Pooling" in names else None
    return FolderLayout(
        "transformer",
        pooling=pooling,
        max_tokens=_max_tokens(folder),
        prefix=_prefix(folder),
        normalise="Normalize" in names,
    )


def _not_a_model(folder: Path, why: str) -> UserError:
    return UserError(
        f"this is not a model folder ({why})",
        where=str(folder),
        mend="name a run, a folder that sentence-transformers or transformers saved, a Hub id, or a builtin",
        exit_code=ExitCode.INPUT,
    )


def _pooling(folder: Path, *, first_last: bool) -> Pooling:
    config = read_json(folder / "config.json")
    mode = config.get("pooling_mode")
    modes = [mode] if isinstance(mode, str) else list(mode or [])
    modes += [key.removeprefix("pooling_mode_") for key, on in config.items() if key.startswith("pooling_mode_") and on]
    spelled = {"cls": "cls", "cls_token": "cls", "mean": "mean", "mean_tokens": "mean"}
    if len(modes) != 1 or modes[0] not in spelled:
        raise UserError(
            f"pooling {' + '.join(map(str, modes)) or 'not given'} is not one that simcse-ml knows",
            where=str(folder / "config.json"),
            mend="name the pooling to use instead: --set pooling.kind=mean",
            exit_code=ExitCode.INPUT,
        )
    return Pooling("cls" if spelled[modes[0]] == "cls" else "mean", first_last=first_last)


def _max_tokens(folder: Path) -> int | None:
    path = folder / "sentence_bert_config.json"
    value = read_json(path).get("max_seq_length") if path.exists() else None
    return int(value) if value else None


def _prefix(folder: Path) -> str | None:
    path = folder / "config_sentence_transformers.json"
    if not path.exists():
        return None
    config = read_json(path)
    prompts = config.get("prompts") or {}
    name = config.get("default_prompt_name")
    if name is not None:
        return str(prompts.get(name, ""))
    return None
