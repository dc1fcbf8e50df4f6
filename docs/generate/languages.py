"""Write docs/reference/languages.md from langs.yaml.

python docs/generate/languages.py            # writes the page
python docs/generate/languages.py --check    # exits 1 when the page is stale
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from simcse_ml.languages.table import Language, all_languages  # noqa: E402 - the checkout comes first

TARGET = ROOT / "docs" / "reference" / "languages.md"
KNOWN = {"trained": "trained", "letters": "letters", "none": "–"}


def page() -> str:
    languages = all_languages()
    shared = frozenset(model.id for info in languages if info.code == "en" for model in info.backbones)
    models = {model.id: model for info in languages for model in info.backbones}
    lines = [
        "# Languages",
        "",
        "<!-- Made by docs/generate/languages.py from langs.yaml: do not edit. -->",
        "",
        f"{len(languages) - 1} languages, and `und` for any other: no language is refused, one that is not here only",
        "goes without what the table knows. `simcse-ml langs show CODE` says more, and also takes ISO 639-3 codes",
        "(`jpn`) and tags (`zh-Hant-TW`).",
        "",
        "**Text**: the normal form of Unicode that text is brought to, and what is unusual about its writing.",
        "**Models**: what the multilingual models know; *trained* on the language, its *letters* only, or (–) not",
        "even those, and then training starts from the text alone. **Sets**: labelled sets known on the Hub.",
        "",
        "| Code | Language | Own name | Scripts | Text | Models | Models of its own | Sets: STS, NLI |",
        "|---|---|---|---|---|---|---|---|",
        *(row(info, shared) for info in languages),
        "",
        "## Models",
        "",
        "Under licences that allow any use, without code of their own. Dropout 0 must be raised for SimCSE.",
        "",
        "| Id | Licence | Parameters (M) | Dropout | Longest input | Prefix | Read in | Checked |",
        "|---|---|---:|---:|---:|---|---|---|",
    ]
    for name, model in sorted(models.items(), key=lambda item: item[0].lower()):
        prefix = f'`"{model.prefix}"`' if model.prefix else ""
        cells = (
            f"`{name}`",
            model.licence + (f"; needs {', '.join(model.needs)}" if model.needs else ""),
            number(model.params_m),
            number(model.dropout),
            number(model.max_tokens),
            prefix,
            model.source,
            model.checked,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def row(info: Language, shared: frozenset[str]) -> str:
    """shared: ids of multilingual models."""
    own = [model.id for model in info.backbones if model.id not in shared]
    blanks = "" if info.spaced else "no blanks"
    leftwards = "right to left" if info.direction == "rtl" else ""
    cells = (
        f"`{info.code}`",
        info.name,
        info.own_name,
        "any" if info.code == "und" else " ".join(info.scripts),
        ", ".join(filter(None, (info.normalisation.upper(), blanks, leftwards))),
        KNOWN[info.multilingual],
        ", ".join(f"`{name}`" for name in own),
        f"{len(info.sts)}, {len(info.nli)}",
    )
    return f"| {' | '.join(cells)} |"


def number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def main() -> int:
    text = page()
    if "--check" in sys.argv[1:]:
        if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text:
            return 0
        sys.stderr.write(f"{TARGET.relative_to(ROOT)} is stale: run python docs/generate/languages.py\n")
        return 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
