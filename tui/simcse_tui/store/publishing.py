"""What Publish knows: the run, what was chosen for it, the plan of the child, and how far a push is.

No widget and no key here. A plan is of exact bytes: whatever goes into them takes the plan away when it changes, and
only the bytes that were shown are sent.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from simcse_tui.child.client import Child
from simcse_tui.child.protocol import Answer
from simcse_tui.places import Places

State = Literal["choosing", "looking", "planned", "sending", "sent"]
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """One thing that went wrong: where, what, and what can be done."""

    where: str = ""
    what: str = ""
    mend: str = ""


@dataclass
class Publishing:
    """run: its name.  changed: called when a field is another one.  accept: kinds that the person agreed to.

    plan: as `push --dry-run --json` tells it, None before.  done, total: of the part `stage`.  said: the last remark.
    """

    places: Places
    run: str
    child: Child
    changed: Callable[[], None]
    repo: str = ""
    licence: str = ""
    base_model: str = ""
    public: bool = False
    name_sets: bool = False
    accept: frozenset[str] = frozenset()
    state: State = "choosing"
    plan: Entry | None = None
    card: str = ""
    pushed: Entry | None = None
    problem: Problem | None = None
    stage: str = ""
    done: int = 0
    total: int = 0
    note: str = ""
    said: str = ""
    _number: int = 0
    _begun: bool = False

    # what is in the plan

    @property
    def is_busy(self) -> bool:
        return self.state in {"looking", "sending"}

    @property
    def files(self) -> Sequence[Entry]:
        return list(self.plan["files"]) if self.plan else []

    @property
    def findings(self) -> Sequence[Entry]:
        return list(self.plan["findings"]) if self.plan else []

    def is_open(self, found: Entry) -> bool:
        """Whether nobody agreed to it, or nobody can."""
        return not found["acceptable"] or found["kind"] not in self.accept

    @property
    def open(self) -> list[Entry]:
        return [found for found in self.findings if self.is_open(found)]

    @property
    def never(self) -> list[Entry]:
        """What nobody can agree to."""
        return [found for found in self.findings if not found["acceptable"]]

    # what the person chooses

    def choose(self, **changes: object) -> None:
        """Another name, licence or reader: what was shown is no longer what would be sent."""
        for name, value in changes.items():
            if getattr(self, name) != value:
                setattr(self, name, value)
                self.plan = self.pushed = None
                self.card, self.state = "", "choosing"
        self.problem = None
        self.changed()

    def accept_all(self) -> list[str]:
        """Agree to every kind that is shown and can be agreed to; or, where that was so, to none."""
        kinds = sorted({str(found["kind"]) for found in self.findings if found["acceptable"]})
        self.accept = frozenset() if kinds and self.accept >= set(kinds) else frozenset(kinds)
        self.problem = None
        self.changed()
        return sorted(self.accept)

    # the child

    def take_child_of(self, other: Publishing) -> None:
        """Go on with a child that runs already."""
        self.child, self._begun = other.child, other._begun

    async def look_through(self) -> None:
        """Ask for the plan: every file and what was found in it. No network."""
        await self._ask("looking", "plan", self._arguments())

    async def send(self) -> None:
        """Send exactly the plan that is shown."""
        if self.plan is not None:
            told = {**self._arguments(), "accept": sorted(self.accept), "shown": self.plan["hash"]}
            await self._ask("sending", "push", told)

    def stop(self) -> None:
        """Nobody waits any more; what has arrived stays there and is not sent twice."""
        if self.is_busy:
            self.child.cancel(self._number)
            self.state = "planned" if self.plan else "choosing"
            self.changed()

    async def _ask(self, state: State, op: str, args: Mapping[str, object]) -> None:
        self.state, self.problem, self.pushed, self.said = state, None, None, ""
        self.stage, self.done, self.total, self.note = "", 0, 0, ""
        self.changed()
        if self.child.gone:
            await self.child.again()
        elif not self._begun:
            self._begun = True
            try:
                await self.child.start()
            except OSError as error:
                self._begun = False
                self._failed({"msg": error.strerror or str(error)})
                return
        self._number = self.child.ask(op, args, self._heard)

    def _arguments(self) -> dict[str, object]:
        return {
            "run": self.run,
            "repo": self.repo,
            "runs_dir": str(self.places.runs_dir),
            "cache_dir": str(self.places.cache_dir),
            "licence": self.licence or None,
            "public": self.public,
            "base_model": self.base_model,
            "name_sets": self.name_sets,
        }

    def _heard(self, answer: Answer) -> None:
        if not self.is_busy:
            return
        match answer["ev"]:
            case "progress" if answer["stage"] in {"said", "warning"}:
                self.said = str(answer.get("note", ""))
            case "progress":
                self.stage, self.note = str(answer["stage"]), str(answer.get("note") or "")
                self.done, self.total = int(answer.get("done") or 0), int(answer.get("total") or 0)
            case "done" if "plan" in answer:
                self.plan, self.card, self.state = answer["plan"], str(answer["card"]), "planned"
            case "done":
                self.pushed, self.state = answer["pushed"], "sent"
            case "error":
                self._failed(answer)
                return
            case _:
                return
        self.changed()

    def _failed(self, answer: Mapping[str, Any]) -> None:
        self.problem = Problem(str(answer.get("where") or ""), str(answer["msg"]), str(answer.get("hint") or ""))
        self.state = "planned" if self.plan else "choosing"
        self.changed()

    # the command line

    def command(self, *, dry: bool = False) -> str:
        """The same as one command."""
        told = ["simcse-ml", "push", str(self.places.runs_dir / self.run), self.repo or "OWNER/NAME"]
        told += ["--license", self.licence or "LICENCE"]
        told += ["--base-model", self.base_model] if self.base_model else []
        told += ["--public"] if self.public else []
        told += ["--name-sets"] if self.name_sets else []
        told += [word for kind in sorted(self.accept) for word in ("--accept", kind)]
        if dry or self.plan is None:
            told.append("--dry-run")
        else:
            told += ["--shown", str(self.plan["hash"])]
        return shlex.join(told)
