"""What a measurement was taken on: for the head of a table and the JSON beside it."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version

LIBRARIES = ("numpy", "torch", "transformers", "sentence-transformers")


def machine(**more: object) -> dict[str, object]:
    """Platform, cores, load, versions, and what else the script says of itself."""
    return {
        "platform": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        **{name: version(name) for name in LIBRARIES},
        **more,
    }
