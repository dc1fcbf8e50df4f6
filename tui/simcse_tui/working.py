"""Starting work beside the painting, given as a function: work that is replaced in time then never begins."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from textual.dom import DOMNode
from textual.worker import Worker


def begin(node: DOMNode, work: Callable[[], Coroutine[Any, Any, None]], *, only: bool = False) -> Worker[None]:
    """Run `work` as a worker of `node`; only: in place of what it is doing."""
    begun: Worker[None] = node.run_worker(work, exclusive=only)
    return begun
