"""A piece of a dump to the paragraphs of its articles: which pages are read, and the count of all others."""

from __future__ import annotations

import re
from collections import Counter

from simcse_ml.text.reasons import Ledger
from simcse_ml.text.sources.blocks import Block, Expanded
from simcse_ml.text.sources.mediawiki.pages import Page, page_elements, read_page
from simcse_ml.text.sources.mediawiki.site import Site
from simcse_ml.text.sources.mediawiki.wikitext import paragraphs

ARTICLES = 0
"""the namespace that is read, by its number in every language"""
WIKITEXT = frozenset({"wikitext", ""})
_OLD_REDIRECT = re.compile(r"\s*#\w+\s*:?\s*\[\[")
"""exports before 0.4 have no <redirect/>; the word is a different one in each language"""


def expand_pages(data: bytes, site: Site) -> Expanded:
    """The blocks of all whole <page> elements in `data` (UTF-8). Documents are numbered from 0 within it."""
    blocks: list[Block] = []
    counts: Counter[str] = Counter()
    ledger = Ledger()
    for element in page_elements(data):
        page = read_page(element)
        counts["pages"] += 1
        if page is None:
            counts["damaged"] += 1
            continue
        namespace = _namespace(page, site)
        counts[f"namespace {namespace}"] += 1
        kind = _kind(page, namespace)
        if kind == "articles":
            texts = paragraphs(page.text, page.title, site, ledger)
            document = counts["articles"]
            blocks.extend(Block(document, text, line) for line, text in enumerate(texts, start=1))
        counts[kind] += 1
    return Expanded(tuple(blocks), counts["articles"], dict(counts), ledger)


def _kind(page: Page, namespace: int) -> str:
    if page.redirect or (page.namespace is None and _OLD_REDIRECT.match(page.text)):
        return "redirects"
    if namespace != ARTICLES:
        return "of other namespaces"
    if page.model not in WIKITEXT:
        return "not in wikitext"
    return "articles" if page.text.strip() else "empty"


def _namespace(page: Page, site: Site) -> int:
    if page.namespace is not None:
        return page.namespace
    prefix, colon, _ = page.title.partition(":")
    return (site.namespace(prefix) if colon else None) or ARTICLES
