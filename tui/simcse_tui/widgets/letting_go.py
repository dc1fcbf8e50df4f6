"""What textual keeps of a screen that is closed: let go."""

from __future__ import annotations

from textual._styles_cache import StylesCache


def let_go() -> None:
    """Forget the borders that were worked out: textual keeps them for whole widgets (an lru_cache over a method), and
    with each widget of a closed screen all that it has painted. They are worked out anew, which is little work.
    """
    StylesCache.get_inner_outer.cache_clear()
