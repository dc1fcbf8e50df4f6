"""The limit on how much packed data may expand, so that a bomb costs neither time nor memory."""

from __future__ import annotations

from dataclasses import dataclass

from simcse_ml.errors import ExitCode, UserError

RATIO = 200
"""times packed data may expand; text takes 3 to 20, a Wikipedia dump under bzip2 about 5"""
FREE = 1 << 26
"""bytes of output that are allowed whatever the ratio: a small file of one repeated line is no bomb"""


@dataclass
class Expansion:
    """Counts what comes out of one packed file, its inner packings included.

    most: times it may expand.  packed: bytes that went in so far.  unpacked: bytes that came out so far.
    fixed: an archive counts what goes in; members that are packed themselves do not count theirs again.
    """

    most: int = RATIO
    packed: int = 0
    unpacked: int = 0
    fixed: bool = False

    @property
    def exceeded(self) -> bool:
        """True if too much came out for what went in."""
        return self.unpacked > FREE and self.unpacked > self.most * self.packed

    def feed(self, size: int) -> None:
        """Count `size` bytes of packed data, unless the archive around it does."""
        self.packed += 0 if self.fixed else size

    def add(self, size: int, where: str) -> None:
        """Count `size` bytes of output. Raises: UserError(INPUT) if that is too much for what went in."""
        self.unpacked += size
        if self.exceeded:
            raise UserError(
                f"it expands more than {self.most:,} times, as only a bomb should",
                where=where,
                mend="if it is meant to, allow more with --max-expansion N",
                exit_code=ExitCode.INPUT,
            )
