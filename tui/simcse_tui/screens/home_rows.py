"""The rows of Home, from records."""

from __future__ import annotations

from collections.abc import Sequence

from simcse_tui.look import Look
from simcse_tui.store.records import Detail, RunRecord
from simcse_tui.store.scores import Gained, Scores
from simcse_tui.text.amounts import short, size
from simcse_tui.text.columns import Column, cells_of
from simcse_tui.text.line import Line, Role, line, paragraph
from simcse_tui.text.width import padded

MARKS: dict[str, tuple[str, Role]] = {
    "done": ("=", "good"),
    "stopped": ("-", "warn"),
    "failed": ("!", "bad"),
    "died": ("!", "bad"),
    "unreadable": ("?", "bad"),
    "newer": ("?", "warn"),
    "preparing": (">", "accent"),
    "training": (">", "accent"),
    "evaluating": (">", "accent"),
}
"""a glyph and a word for every state; colour is only beside them"""


def columns(look: Look) -> tuple[Column, ...]:
    """Before the name of the corpus."""
    return (
        Column(look.say("home.head_name"), 22),
        Column(look.say("home.head_state"), 13),
        Column(look.say("home.head_sentences"), 6, right=True, from_width=80),
        Column(look.say("home.head_score"), 17, from_width=50),
        Column(look.say("home.head_backbone"), 13, from_width=100),
        Column(look.say("home.head_counting"), 13, from_width=110),
        Column(look.say("home.head_size"), 5, right=True, from_width=100),
    )


def narrow_columns(look: Look) -> tuple[Column, ...]:
    """In a window of 50 columns: name, state, score."""
    return (
        Column(look.say("home.head_name"), 16),
        Column(look.say("home.head_state"), 12),
        Column(look.say("home.head_score"), 17),
    )


def header(look: Look, count: int, sizes: Sequence[int], order: str, filtered: str, width: int) -> list[Line]:
    """How many, how large, in what order; then the heads of the columns."""
    many = look.say("home.one") if count == 1 else look.say("home.count", count=f"{count:,}")
    known = [bytes_ for bytes_ in sizes if bytes_ >= 0]
    total = ("" if len(known) == len(sizes) else "~") + size(sum(known)) + "B" if known else ""
    parts = [many, total, look.say("home.sort", order=look.say(f"home.order_{order}"))]
    first = line(
        ("  " + "  ".join(part for part in parts if part), "head"),
        (f"   / {filtered}", "accent" if filtered else "dim"),
    )
    table = columns(look) if width >= 80 else narrow_columns(look)
    heads = cells_of(table, [column.title for column in table], width, look.end)
    return [first, line(("    " + heads, "dim"), (look.say("home.head_corpus") if width >= 80 else "", "dim"))]


def run_row(look: Look, run: RunRecord, detail: Detail, width: int, *, chosen: bool) -> Line:
    """One run: cursor, mark, columns, the corpus last."""
    mark, role = MARKS.get(run.state, ("?", "warn"))
    scores = detail.scores
    sentences = short(detail.sentences) if detail.sentences else "--"
    told = [run.name, state_words(look, run), sentences, score_words(scores)]
    if width >= 80:
        told += [gain_words(look, scores, "untouched"), gain_words(look, scores, "counting"), size(detail.size)]
        table, last = columns(look), run.corpus
    else:
        table, last = narrow_columns(look), ""
        told = [told[0], told[1], told[3]]
    head = padded(told[0], table[0].width, end=look.end)
    rest = cells_of(table[1:], told[1:], width, look.end)
    return line(">" if chosen else " ", (f"{mark} ", role), " ", head, "  ", rest, last, chosen=chosen)


def state_words(look: Look, run: RunRecord) -> str:
    """The state as a word; how far, while it trains."""
    word = look.say(f"state.{run.state}")
    return f"{word} {100 * run.share:.0f}%" if run.state == "training" and run.steps else word


def score_words(scores: Scores | None) -> str:
    """The first set's score with its interval."""
    trained = scores.sets[0].trained if scores and scores.sets else None
    return f"{trained.score:.1f} [{trained.low:.1f},{trained.high:.1f}]" if trained else "--"


def gain_words(look: Look, scores: Scores | None, kind: str) -> str:
    """Better or worse only where the interval of the difference excludes zero."""
    gain = scores.sets[0].gain_over(kind) if scores and scores.sets else None
    return gain_text(look, gain) if gain else "--"


def gain_text(look: Look, gain: Gained) -> str:
    """+9.1 better."""
    word = {"better": "gain.better", "worse": "gain.worse"}.get(gain.verdict, "gain.same")
    return f"{gain.value:+.1f} {look.say(word)}"


def below(look: Look, run: RunRecord, detail: Detail, width: int) -> list[Line]:
    """What happened to the chosen run, in as many lines as it takes."""
    told: tuple[str, Role] = ("", "")
    if run.problem:
        told = (run.problem, "bad")
    elif run.state == "died":
        told = (look.say("home.died", step=f"{run.step:,}"), "bad")
    elif run.state == "newer":
        told = (look.say("home.newer"), "warn")
    elif detail.scores and detail.scores.verdict:
        told = (detail.scores.verdict, "")
    elif run.pid:
        told = (look.say("home.at_work", pid=run.pid), "accent")
    return paragraph(f"{run.name}: {told[0]}" if told[0] else run.name, width, told[1])


def empty(look: Look, runs_dir: str) -> list[Line]:
    """The menu of someone who has nothing yet."""
    return [
        line((f"  {look.say('home.empty')}", "head"), f"  {runs_dir}"),
        line(""),
        line(("  n  ", "accent"), look.say("home.empty_train")),
        line(("  7  ", "accent"), look.say("home.empty_doctor")),
        line(("  ?  ", "accent"), look.say("home.empty_help")),
    ]
