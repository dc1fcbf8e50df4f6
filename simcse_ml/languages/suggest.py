"""From a language code that does not exist to the one that was meant."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping

MISTAKEN: Mapping[str, str] = {
    # countries, and old or home-made short forms, most of which are no language's code
    **{"jp": "ja", "jap": "ja", "jpa": "ja", "cn": "zh", "chn": "zh", "zht": "zh-TW", "kr": "ko"},
    **{"gb": "en", "us": "en", "dk": "da", "gr": "el", "cz": "cs", "ua": "uk", "by": "be", "il": "he"},
    **{"ir": "fa", "iq": "ar", "eg": "ar", "sy": "ar", "pk": "ur", "np": "ne", "bd": "bn", "lk": "si", "kh": "km"},
    **{"vn": "vi", "ph": "tl", "ge": "ka", "kz": "kk", "kg": "ky", "tj": "tg", "mx": "es", "rs": "sr"},
    **{"me": "sr", "md": "ro", "ke": "sw", "tz": "sw", "ng": "ha", "za": "zu", "bt": "dz", "al": "sq", "ie": "ga"},
}


def folded(name: str) -> str:
    """A name without case, marks and anything but letters, for comparing: "Türkçe" and "turkce" are one."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if unicodedata.category(letter)[0] == "L")


def nearest(word: str, choices: Iterable[str], likeness: float = 0.6) -> str | None:
    """The one of `choices` that is spelled most like `word`; None where none is as like as `likeness` (of 1)."""
    found = difflib.get_close_matches(word, list(choices), n=1, cutoff=likeness)
    return found[0] if found else None


def suggest(wrong: str, names: Mapping[str, Iterable[str]]) -> str | None:
    """The code that `wrong` probably means.

    names: for each code all spellings it goes by: codes of other lists, the English name, its own name.
    Looks for a country's code, then for a name, then for a near spelling of a name, then of a code.
    """
    mistaken = MISTAKEN.get(wrong.strip().lower().replace("_", "-"))
    if mistaken in names:
        return mistaken
    by_name = {folded(spelling): code for code, spellings in names.items() for spelling in spellings}
    by_name.pop("", None)
    key = folded(wrong)
    if not key:
        return None
    if key in by_name:
        return by_name[key]
    long_names = [name for name in by_name if len(name) > 3 or not name.isascii()]
    near = nearest(key, long_names, 0.75) or nearest(key, by_name, 0.75)
    return by_name[near] if near else None
