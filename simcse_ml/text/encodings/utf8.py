"""UTF-8 as files have it: with damaged lines, lines of another encoding, surrogate pairs.

A line that is not UTF-8 becomes text with U+FFFD, which is left out later and counted as damaged; if asked for, it is
read in the encoding that all such lines are likeliest in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from simcse_ml.text.encodings.guess import Guess
from simcse_ml.text.encodings.legacy import guess_legacy
from simcse_ml.text.encodings.names import encoding_line
from simcse_ml.text.sources.blocks import Facts, Hints

LINE_LIMIT = 1 << 20
"""bytes; a longer line is cut between characters"""
REMEMBERED = 1 << 16
"""bytes of lines in another encoding that are guessed from"""
FAULTS = 0.2
"""bytes that are not UTF-8, per byte above ASCII, up to which it is damaged UTF-8 and not another encoding"""
SOUND_LINES = 0.1
"""share of the bytes above ASCII in sound lines from which a text is UTF-8 with lines of another encoding"""
_TELLING = 6
"""bytes above ASCII of a line that is not sound by chance"""
_ASCII = bytes(range(0x80))
_PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")


def utf8_share(head: bytes) -> float:
    """How much of `head` is UTF-8, by its bytes above ASCII: 1 for sound UTF-8 (its last character may be cut), 0 if it
    is another encoding.
    """
    try:
        head[: _whole(head)].decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return 1.0
    above = len(above_ascii(head))
    bad = faults(head) / above
    if bad <= FAULTS:
        return 1.0 - bad
    highs = ((line, len(above_ascii(line))) for line in head.splitlines())
    sound = sum(high for line, high in highs if high >= _TELLING and not faults(line))
    return sound / above if sound >= max(SOUND_LINES * above, 10 * _TELLING) else 0.0


def above_ascii(data: bytes) -> bytes:
    """The bytes of `data` that are not ASCII."""
    return data.translate(None, _ASCII)


def faults(data: bytes) -> int:
    """Bytes of `data` that are in no character of UTF-8; surrogate pairs count as characters."""
    if b"\xed" in data:
        data = _PAIR.sub(b"", data)
    return sum("\udc80" <= character <= "\udcff" for character in data.decode("utf-8", "surrogateescape"))


def utf8_text(chunks: Iterator[bytes], facts: Facts, hints: Hints) -> Iterator[str]:
    """The text of `chunks`. What was not UTF-8 is told to `facts` at the end."""
    reader = _LineReader(hints)
    for piece in whole_lines(chunks):
        reader.lines += piece.count(b"\n")
        try:
            yield piece.decode("utf-8")
        except UnicodeDecodeError:
            yield "".join(map(reader.read, piece.splitlines(keepends=True)))
    reader.tell(facts)


def whole_lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces that end where a line ends, or at least between two characters of UTF-8."""
    rest = b""
    for chunk in chunks:
        data = rest + chunk if rest else chunk
        end = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        if not end and len(data) > LINE_LIMIT:
            end = _whole(data)
        rest = data[end:]
        if end:
            yield data[:end]
    if rest:
        yield rest


def _whole(data: bytes) -> int:
    """The length of `data` without a character at its end that could go on."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            need = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if back < need else len(data)
        if byte < 0x80:
            break
    return len(data)


@dataclass
class _LineReader:
    """Reads lines that are not all UTF-8, and remembers what they were."""

    hints: Hints
    lines: int = 0
    damaged: int = 0
    foreign: int = 0
    paired: int = 0
    kept: list[bytes] = field(default_factory=list)
    kept_bytes: int = 0
    guess: Guess | None = None
    guessed_from: int = 0

    def read(self, line: bytes) -> str:
        """One line as text."""
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            pass
        if (text := _paired(line)) is not None:
            self.paired += 1
            return text
        if 2 * faults(line) < len(above_ascii(line)):
            self.damaged += 1
            return line.decode("utf-8", "replace")
        self.foreign += 1
        if self.kept_bytes < REMEMBERED:
            self.kept.append(line)
            self.kept_bytes += len(line)
        if self.hints.mixed_encodings == "by_line" and (guess := self._guess()) is not None:
            return line.decode(guess.encoding, "replace")
        return line.decode("utf-8", "replace")

    def _guess(self) -> Guess | None:
        """What the lines are in; asked again whenever twice as many bytes of them are known."""
        if self.kept and self.kept_bytes >= 2 * self.guessed_from:
            self.guess = guess_legacy(b"\n".join(line.rstrip(b"\r\n") for line in self.kept), self.hints)
            self.guessed_from = self.kept_bytes
        return self.guess

    def tell(self, facts: Facts) -> None:
        """Say what was met."""
        facts.damaged += self.damaged + (self.foreign if self.hints.mixed_encodings == "drop" else 0)
        if self.paired:
            facts.warn(f"{facts.name}: {_lines(self.paired)} with surrogate pairs (CESU-8), read as what they mean")
        if self.damaged:
            facts.warn(f"{facts.name}: {_lines(self.damaged)} with bytes that are not UTF-8, left out as damaged")
        if not self.foreign:
            return
        self.guessed_from = 0
        guess = self._guess()
        share = f"{_lines(self.foreign)} ({_percent(self.foreign, self.lines)}) {_are(self.foreign)} not UTF-8"
        if guess is None:
            facts.warn(f"{facts.name}: {share}, left out as damaged")
            return
        sure = encoding_line(guess.encoding, guess.certainty)
        if self.hints.mixed_encodings == "by_line":
            facts.warn(f"{facts.name}: mixed encodings: {share} and {_were(self.foreign)} read as {sure}")
        else:
            facts.warn(
                f"{facts.name}: mixed encodings: {share} but would read as {sure}; left out as damaged, "
                "--set text.mixed_encodings=by_line reads them"
            )


def _paired(line: bytes) -> str | None:
    """The line if only surrogate pairs in three bytes each, or NULs in two (modified UTF-8), are wrong with it."""
    if b"\xed" not in line and b"\xc0\x80" not in line:
        return None
    try:
        text = line.replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass")
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        return None


def _lines(count: int) -> str:
    return f"{count:,} line{'s' if count != 1 else ''}"


def _are(count: int) -> str:
    return "are" if count != 1 else "is"


def _were(count: int) -> str:
    return "were" if count != 1 else "was"


def _percent(count: int, total: int) -> str:
    share = 100 * count / max(1, count, total)
    return f"{share:.0f} %" if share >= 1 else "less than 1 %"
