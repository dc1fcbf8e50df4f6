"""Wikitext to the paragraphs a reader sees: markup out, words kept. Time is linear in the text, whatever is in it.

MediaWiki's own order: comments, elements with their own content, templates and links and tables, lines, characters.
"""

from __future__ import annotations

from functools import partial

from simcse_ml.text.reasons import Ledger
from simcse_ml.text.sources.mediawiki import brackets, inline, links, tags
from simcse_ml.text.sources.mediawiki.lines import prose
from simcse_ml.text.sources.mediawiki.site import Site
from simcse_ml.text.sources.mediawiki.templates import template_text


def paragraphs(text: str, title: str, site: Site, ledger: Ledger) -> list[str]:
    """The paragraphs of the page `title`. ledger: counts the list items that are no sentences."""
    text = tags.with_nowiki_escaped(tags.without_comments(text))
    text = inline.with_figures_raised(tags.without_held(inline.in_one_variant(text)))
    text = brackets.resolve(text, partial(template_text, title=title), partial(links.link_text, site=site))
    text = tags.without_tags(links.without_addresses(text))
    return list(prose(inline.without_magic_words(text), ledger))
