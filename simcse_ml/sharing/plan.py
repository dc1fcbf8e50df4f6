"""What a push would do: every file, what was found in them, what must still be accepted. Made without a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.sharing.files import SentFile, bytes_hash
from simcse_ml.sharing.gate import NEVER, Finding, Kind


@dataclass(frozen=True)
class PushPlan:
    """repo: owner/name.  revision: "" for the main branch.  left_out: names of files that stay here, and why not.

    open: findings that nobody accepted; a push with one of them is refused.  notes: what the person should read.
    """

    repo: str
    public: bool
    create_pr: bool
    revision: str
    licence: str
    files: tuple[SentFile, ...]
    left_out: tuple[str, ...]
    findings: tuple[Finding, ...]
    accepted: frozenset[Kind]
    notes: tuple[str, ...] = field(default=())

    @property
    def hash(self) -> str:
        """Of exactly the bytes that were shown."""
        return bytes_hash(self.files)

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def card(self) -> str:
        """README.md as it would be sent."""
        return next(b"".join(file.blocks()).decode("utf-8") for file in self.files if file.path == "README.md")

    @property
    def open(self) -> tuple[Finding, ...]:
        return tuple(found for found in self.findings if found.kind in NEVER or found.kind not in self.accepted)

    def as_json(self) -> dict[str, object]:
        return {
            "repo": self.repo,
            "visibility": "public" if self.public else "private",
            "create_pr": self.create_pr,
            "revision": self.revision or "main",
            "licence": self.licence,
            "files": [file.as_json() for file in self.files],
            "bytes": self.size,
            "hash": self.hash,
            "left_out": list(self.left_out),
            "findings": [
                {**found.as_json(), "accepted": found not in self.open, "acceptable": found.kind not in NEVER}
                for found in self.findings
            ],
            "notes": list(self.notes),
        }


def require_clean(plan: PushPlan) -> None:
    """Raises: UserError GATE where something was found that was not accepted."""
    if not plan.open:
        return
    first = plan.open[0]
    more = f" (and {len(plan.open) - 1} more)" if len(plan.open) > 1 else ""
    raise UserError(
        f"not sent: {_said(first)}{more}",
        where=first.file or plan.repo,
        mend=_mend(plan.open),
        exit_code=ExitCode.GATE,
    )


def _said(found: Finding) -> str:
    words = {
        "sentence": "a sentence of your text stands in it:",
        "path": "a path of this machine stands in it:",
        "name": "a name of this machine or person stands in it:",
        "token": "it holds",
        "closed": "",
        "tokenizer": "",
        "licence": "",
        "text": "",
    }
    return f"{words[found.kind]} {found.shown}".strip()


def _mend(findings: Sequence[Finding]) -> str:
    kinds = list(dict.fromkeys(found.kind for found in findings))
    if any(kind in NEVER for kind in kinds):
        return "take it out first; nothing overrides this"
    return f"`--dry-run` shows everything; if you agree: {' '.join(f'--accept {kind}' for kind in kinds)}"
