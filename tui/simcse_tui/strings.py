"""Every word of the terminal UI, in English and Japanese. tests/tui holds both tables to the same keys and values."""

from __future__ import annotations

from collections.abc import Mapping

from simcse_tui.strings_en import ENGLISH
from simcse_tui.strings_explore import EXPLORE_ENGLISH, EXPLORE_JAPANESE
from simcse_tui.strings_ja import JAPANESE
from simcse_tui.strings_publish import PUBLISH_ENGLISH, PUBLISH_JAPANESE
from simcse_tui.strings_report import REPORT_ENGLISH, REPORT_JAPANESE

TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {**ENGLISH, **EXPLORE_ENGLISH, **PUBLISH_ENGLISH, **REPORT_ENGLISH},
    "ja": {**JAPANESE, **EXPLORE_JAPANESE, **PUBLISH_JAPANESE, **REPORT_JAPANESE},
}
