"""A stream of chunks as an object with `read`, for libraries that want a file."""

from __future__ import annotations

from collections.abc import Iterator


class ChunkFile:
    """Reads forward only."""

    closed = False

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._rest, self._at = chunks, memoryview(b""), 0

    def read(self, size: int = -1, /) -> bytes:
        """`size` bytes, fewer only at the end; all that is left for a negative size."""
        parts: list[memoryview] = []
        wanted = size
        while wanted:
            if not self._rest:
                chunk = next(self._chunks, None)
                if chunk is None:
                    break
                self._rest = memoryview(chunk)
            part = self._rest if wanted < 0 else self._rest[:wanted]
            self._rest = self._rest[len(part) :]
            parts.append(part)
            wanted -= len(part) if wanted > 0 else 0
        self._at += sum(map(len, parts))
        return b"".join(parts)

    def tell(self) -> int:
        """Bytes read so far."""
        return self._at

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def flush(self) -> None:
        """Nothing is written."""

    def close(self) -> None:
        """Its chunks are closed by whoever opened them."""
