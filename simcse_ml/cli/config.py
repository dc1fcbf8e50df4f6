"""`simcse-ml config`."""

from __future__ import annotations

from simcse_ml.cli.environment import KEYS, resolve_config
from simcse_ml.cli.options import JsonOption
from simcse_ml.cli.render import note, print_json, print_line, table


def config(json: JsonOption = False) -> None:
    """Each setting that belongs to you and this machine, and where it came from.

    They are set in config.toml (its path is printed), or by SIMCSE_ML_RUNS_DIR and the like in the environment, which
    comes first.

    For example:
      simcse-ml config
      SIMCSE_ML_DEVICE=cpu simcse-ml config --json
    """
    found = resolve_config(create=False)
    values = {key: str(getattr(found, key)) for key in KEYS}
    if json:
        settings = {key: {"value": value, "source": found.sources[key]} for key, value in values.items()}
        print_json({"file": str(found.file), "settings": settings})
        return
    for line in table([(key, value, found.sources[key], KEYS[key]) for key, value in values.items()]):
        print_line(line)
    note(f"config.toml: {found.file}" + ("" if found.file.exists() else " (there is none yet)"))
