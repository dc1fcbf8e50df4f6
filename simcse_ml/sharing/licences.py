"""What licence stands on what a model was made from, and whether the one that was chosen goes with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.table import known_backbone

UNKNOWN = "not verified"
KEEPS_NOTICES = frozenset({"mit", "apache-2.0", "bsd-2-clause", "bsd-3-clause", "isc", "cc0-1.0", "cc-by-4.0"})
"""what is made from these may go under another licence, if their notices are kept"""


def front_matter(folder: Path) -> dict[str, Any]:
    """The metadata of the README.md in `folder`; {} where there is none that can be read."""
    try:
        text = (folder / "README.md").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    opening, _, rest = text.partition("---\n")
    if opening.strip() or "\n---" not in rest:
        return {}
    try:
        found = yaml.safe_load(rest.partition("\n---")[0])
    except yaml.YAMLError:
        return {}
    return found if isinstance(found, dict) else {}


def backbone_licence(name: str, folder: Path | None) -> str:
    """The licence of a backbone: what its own README.md says, else what the language table knows, else UNKNOWN."""
    said = front_matter(folder).get("license") if folder is not None else None
    if isinstance(said, str) and said:
        own = front_matter(folder).get("license_name") if folder is not None else None
        return str(own) if said == "other" and own else said
    known = known_backbone(name)
    return known.licence if known is not None else UNKNOWN


def conflict(chosen: str, base: str) -> str:
    """Why `chosen` may not go with a backbone under `base`, "" where it does, as far as a table can tell, or is ""."""
    if not chosen or chosen == base or base in KEEPS_NOTICES:
        return ""
    if base == UNKNOWN:
        return f"nobody has looked up the licence of the backbone; whether {chosen} goes with it must be read there"
    return f"the backbone is under {base}, which may not allow {chosen} for what is made from it"


def require_licence(chosen: str | None, base: str) -> str:
    """The licence that was chosen.  Raises: UserError USAGE where none was, since it is never guessed."""
    if not chosen:
        hint = "choose one" if base in ("", UNKNOWN) else f"the backbone is under {base}"
        raise UserError(
            f"no licence was chosen for the model, and none is guessed ({hint})",
            where="--license",
            mend="name one as the Hub spells it: apache-2.0, mit, cc-by-4.0, cc-by-sa-4.0 ..., or other",
            exit_code=ExitCode.USAGE,
        )
    if not all(part.isalnum() for part in chosen.replace(".", "-").split("-")) or chosen != chosen.lower():
        raise UserError(
            "this is no licence as the Hub spells them",
            where=f"--license {chosen}",
            mend="lower case with hyphens: apache-2.0, mit, cc-by-4.0, other",
            exit_code=ExitCode.USAGE,
        )
    return chosen
