"""The flags by which `eval`, `embed`, `search` and `similar` name a model, as one request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcse_ml.cli.options import resolve_config

if TYPE_CHECKING:
    from simcse_ml.jobs.using import Use


def use_of(
    model: str,
    *,
    device: str | None = None,
    precision: str | None = None,
    threads: int | None = None,
    max_tokens: int | None = None,
    lang: str | None = None,
    encoding: str | None = None,
) -> Use:
    """What the flags say, and what config.toml says where they are silent."""
    from simcse_ml.jobs.using import Use

    config = resolve_config()
    return Use(
        model=model,
        runs_dir=config.runs_dir,
        cache_dir=config.cache_dir,
        device=device or config.device,
        precision=precision or "auto",
        threads=threads,
        max_tokens=max_tokens,
        language=lang,
        encoding=encoding,
    )
