"""Write docs/reference/languages.md from langs.yaml.

python docs/generate/languages.py            # writes the page
python docs/generate/languages.py --check    # exits 1 when the page is stale
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from simcse_ml.languages.table import Backbone, Language, all_languages  # noqa: E402 - the checkout comes first

TARGET = ROOT / "docs" / "reference" / "languages.md"
KNOWN = {"trained": "trained", "letters": "letters", "none": "–"}


COLUMNS = (
    *("Code", "Language", "Own name", "Scripts", "Text", "Encodings"),
    *("Models", "Models of its own", "Known by", "Sets: STS, NLI"),
)
INTRODUCTION = """\
{count} languages, and `und` for any other: no language is refused. `simcse-ml langs show CODE` says more. ISO 639-3
codes (`jpn`, `cmn`) and tags (`zh-Hant-TW`, `sr_Latn`) find them too; a script in the tag selects it. A language that
is not here (`quc`) works by the rules of its script, which the tag or the text shows, and that is said.

**Text**: the normal form of Unicode that text is brought to, and what is unusual about its writing. **Encodings**: that
old files are likely to be in. **Models**: what the multilingual models know; *trained* on the language, its *letters*
only, or (–) not even those, and then training starts from the text alone. **Known by**: *p* a template for PromptBERT,
*w* common words, by which it is told from others. **Sets**: labelled sets known on the Hub.
"""
TAKEN = """\
Under licences that allow any use, without code of their own. On a CPU the small ones are tried first, then those of
base size; on a GPU base, small, large. Within a size: encoders that already know sentences, the language's own, others.
Dropout 0 must be raised for SimCSE; the recipes set 0.1.
"""


def page() -> str:
    languages = all_languages()
    shared = frozenset(model.id for info in languages if info.code == "en" for model in info.backbones)
    taken = {model.id: model for info in languages for model in info.backbones}
    named = {model.id: model for info in languages for model in info.named_backbones}
    lines = [
        "# Languages",
        "",
        "<!-- Made by docs/generate/languages.py from langs.yaml: do not edit. -->",
        "",
        *INTRODUCTION.format(count=len(languages) - 1).split("\n"),
        f"| {' | '.join(COLUMNS)} |",
        "|---" * len(COLUMNS) + "|",
        *(row(info, shared) for info in languages),
        "",
        "## Models that may be taken without asking",
        "",
        *TAKEN.split("\n"),
        *HEAD,
        *(model_row(model) for model in by_name(taken)),
        "",
        "## Models that are only used when named",
        "",
        "Under another licence, one that nobody here has read, or with a caution. `--backbone ID` uses them.",
        "",
        *HEAD,
        *(model_row(model) for model in by_name(named)),
    ]
    return "\n".join(lines) + "\n"


HEAD = (
    "| Id | Licence | Size | Parameters (M) | Dropout | Longest input | Prefix | Caution | Read in | Checked |",
    "|---|---|---|---:|---:|---:|---|---|---|---|",
)


def by_name(models: Mapping[str, Backbone]) -> list[Backbone]:
    return [model for _, model in sorted(models.items(), key=lambda item: item[0].lower())]


def model_row(model: Backbone) -> str:
    needs = f"needs {', '.join(model.needs)}" if model.needs else ""
    cells = (
        f"`{model.id}`",
        model.licence,
        model.size or "",
        number(model.params_m),
        number(model.dropout),
        number(model.max_tokens),
        f'`"{model.prefix}"`' if model.prefix else "",
        "; ".join(filter(None, (needs, model.caution))),
        model.source,
        model.checked,
    )
    return f"| {' | '.join(cells)} |"


def row(info: Language, shared: frozenset[str]) -> str:
    """shared: ids of multilingual models."""
    own = [model.id for model in (*info.backbones, *info.named_backbones) if model.id not in shared]
    blanks = "" if info.spaced else "no blanks"
    leftwards = "right to left" if info.direction == "rtl" else ""
    cells = (
        f"`{info.code}`",
        info.name,
        info.own_name,
        "any" if info.code == "und" else " ".join(info.scripts),
        ", ".join(filter(None, (info.normalisation.upper(), blanks, leftwards))),
        ", ".join(info.encodings),
        KNOWN[info.multilingual],
        ", ".join(f"`{name}`" for name in own),
        " ".join(letter for letter, known in (("p", info.prompt), ("w", info.words)) if known),
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
