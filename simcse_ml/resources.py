"""Where the files that travel with the code are: in a wheel beside the package, in a checkout above it."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The path of `langs.yaml` or `recipes`.

    In a wheel they lie in the package; in a checkout (and an editable install) in the folder above it.
    Raises: FileNotFoundError where the installation is damaged.
    """
    for folder in (_PACKAGE, _PACKAGE.parent):
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"{name} is missing from this installation of simcse-ml ({_PACKAGE})")
