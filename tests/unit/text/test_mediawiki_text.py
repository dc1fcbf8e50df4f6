"""Wikitext to paragraphs: what a reader sees stays, markup goes, nothing broken takes the rest of a page with it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simcse_ml.text.reasons import Ledger
from simcse_ml.text.sources.mediawiki.site import Site
from simcse_ml.text.sources.mediawiki.wikitext import paragraphs

RUSSIAN = Site(namespaces={"файл": 6, "категория": 14, "file": 6, "category": 14, "шаблон": 10})


def text(wikitext: str, site: Site = RUSSIAN, ledger: Ledger | None = None) -> list[str]:
    return paragraphs(wikitext, "Title", site, ledger or Ledger())


def one(wikitext: str) -> str:
    (only,) = text(wikitext)
    return only


@pytest.mark.parametrize(
    ("wikitext", "seen"),
    [
        ("'''Рига''' — ''столица'' [[Латвия|Латвии]].", "Рига — столица Латвии."),
        ("[[東京]]は[[日本]]の首都である。", "東京は日本の首都である。"),
        ("[[กรุงเทพมหานคร]] เป็นเมืองหลวงของ[[ประเทศไทย]]", "กรุงเทพมหานคร เป็นเมืองหลวงของประเทศไทย"),
        ("'''القاهرة''' هي [[عاصمة (مدينة)|عاصمة]] [[مصر]].", "القاهرة هي عاصمة مصر."),
        ("'''དབུས་གཙང་''' ནི་[[བོད་]]ཀྱི་ས་ཁུལ་ཞིག་རེད།", "དབུས་གཙང་ ནི་བོད་ཀྱི་ས་ཁུལ་ཞིག་རེད།"),
        ("[[አዲስ አበባ]] የ[[ኢትዮጵያ]] ዋና ከተማ ናት።", "አዲስ አበባ የኢትዮጵያ ዋና ከተማ ናት።"),
        ("'''दिल्ली''' [[भारत]] की राजधानी है।<ref name=a />", "दिल्ली भारत की राजधानी है।"),
        ("ရန်ကုန်သည် [[မြန်မာနိုင်ငံ|မြန်မာ]]၏ မြို့ဖြစ်သည်။", "ရန်ကုန်သည် မြန်မာ၏ မြို့ဖြစ်သည်။"),
        ("-{zh-hans:软件;zh-hant:軟體}-是-{程序}-。-{T|zh-cn:题;zh-tw:題}-", "软件是程序。"),
        ("l'''Œuvre'' de '''l'homme'''.", "l'Œuvre de l'homme."),
        ("See [http://example.org/a?b=c the site] and https://example.org/x.", "See the site and."),
        ("A[https://example.org].", "A."),
        ("[[バス (交通機関)|]]と[[:en:Bus|英語版]]と[[:Категория:Х]].", "バスと英語版とХ."),
        ("10<sup>6</sup> m<sup>2</sup>, H<sub>2</sub>O", "10⁶ m², H2O"),
        ("A&nbsp;&mdash; B &amp;lt; C &#x41;; AT&T &unknown; x&y;", "A — B &lt; C A; AT&T &unknown; x&y;"),
        ("<nowiki>[[no link]] {{no}} ''no''</nowiki> is text.", "[[no link]] {{no}} ''no'' is text."),
        ("Use <code>print</code> here.", "Use print here."),
        ("a<!-- b -->c <!-- never closed", "ac never closed"),
        ("one line\ngoes on here.", "one line goes on here."),
        ("一行目は\n続く。", "一行目は続く。"),
        ("__NOTOC__ text __目次非表示__ __БЕЗ_ОГЛ__ here", "text here"),
        ("{{PAGENAME}} is {{formatnum:1234}} {{lc:ABC}}.", "Title is 1234 abc."),
        ("the function main() ends", "the function main() ends"),
    ],
)
def test_a_reader_sees_the_same_words(wikitext: str, seen: str) -> None:
    assert one(wikitext) == seen


@pytest.mark.parametrize(
    ("wikitext", "seen"),
    [
        ("{{lang|fr|Liberté}}", "Liberté"),
        ("{{Lang-en|1=Before = After}}", "Before = After"),
        ("{{lang-en-short|[[:w:Moss|moss]]}}", "moss"),
        ("{{en|free text}}", "free text"),
        ("{{ruby|漢字|かんじ}}", "漢字"),
        ("{{仮リンク|ボン法|en|Berlin-Bonn Act}}", "ボン法"),
        ("{{仮リンク|ボン法|en|Act|label=法}}", "法"),
        ("{{нп5|Закон|закона|en|Act}}", "закона"),
        ("{{ill|Tammerkoski|fi}}", "Tammerkoski"),
        ("{{nihongo|Tokyo Tower|東京タワー|Tōkyō tawā}}", "Tokyo Tower (東京タワー, Tōkyō tawā)"),
        ("{{nowrap|[[Pope|Pope Clement]] IV}}", "Pope Clement IV"),
        ("{{abbr|UN|United Nations}}", "UN"),
        ("{{smaller|''small'' words}}", "small words"),
        ("{{convert|10|mi|km}}", "10 mi"),
        ("{{convert|10|to|20|km2|sqmi|abbr=on}}", "10 to 20 km²"),
        ("{{convert|5|ft|11|in|m}}", "5 ft 11 in"),
        ("{{km to mi|7517|precision=0}}", "7517 km"),
        ("{{unité|5|km}}", "5 km"),
        ("{{s|XIX|e}}", "XIXe siècle"),
        ("{{XIXe siècle}}", "XIXe siècle"),
        ("{{val|6.2|e=18}}", "6.2 × 10^18"),
        ("{{frac|3|1|2}}", "3 1/2"),
        ("{{as of|2014|lc=y}}", "as of 2014"),
        ("{{要出典範囲|{{lang|en|x}}と言う|date=2021年}}", "xと言う"),
        ("{{lang|en|[[A|B]] {{!}} C}}", "B"),
    ],
)
def test_words_in_templates_that_stand_in_sentences_are_kept(wikitext: str, seen: str) -> None:
    assert one(f"x {wikitext} y") == f"x {seen} y"


@pytest.mark.parametrize(
    "wikitext",
    [
        "{{Infobox|a={{b|c={{d}}}}|image=[[Файл:a.jpg|thumb|[[b]] c]]}}",
        "{|class=x\n! a !! b\n|-\n| {{c}} || [[d]]\n{|\n| inner\n|}\n|}",
        ":{|\n| indented\n|}",
        "<table><tr><td><table><tr><td>in</td></tr></table></td></tr></table>",
        "<ref>[http://a b] {{cite|c}}</ref><ref name='d'/>",
        "<math>x^2 < 3</math><gallery>\nA.jpg|b\n</gallery><syntaxhighlight lang=c>\nif (a<b) {}\n</syntaxhighlight>",
        "[[Файл:A.jpg|мини|200px|Подпись с [[ссылка|ссылкой]]]]",
        "[[File:A.jpg|thumb]][[画像:B.png|thumb|caption]][[Bild:C.SVG]]",
        "[[Категория:Города]][[Category:Cities|*]]",
        "[[分类:城市]]\n[[分类:城市|*]]",
        "[[en:Riga]]\n[[zh-min-nan:Riga]]",
        "== Заголовок ==\n=== [[A]] ===",
        "<!-- a\n\nb -->",
        "{{DEFAULTSORT:x}}{{:transcluded}}{{#if:a|b|c}}{{subst:x}}",
        "----",
    ],
)
def test_what_is_no_prose_is_out(wikitext: str) -> None:
    assert text(f"Before it.\n\n{wikitext}\n\nAfter it.") == ["Before it.", "After it."]


@pytest.mark.parametrize(
    "broken",
    [
        "{{",
        "{{Infobox\n| a = b\n",
        "[[",
        "[[Файл:a.jpg|thumb|x",
        "{|\n| a\n",
        "<ref>",
        "<ref name=a>x",
        "<!--",
        "<table>",
        "<math>",
        "}}",
        "]]",
        "|}",
        "'''",
        "<nowiki>",
        "<div",
        "-{",
        "{{a|[[b}} ",
        "[[a|{{b]]",
        "[http://x y",
        "{{{1|",
        "</ref>",
        "<gallery>",
        "{{a\n|b",
    ],
)
@pytest.mark.parametrize("place", ["line", "inside"])
def test_what_is_left_open_costs_no_more_than_its_line(broken: str, place: str) -> None:
    wikitext = f"{broken}\n" if place == "line" else f"Words {broken} here.\n"
    rest = "\n".join(f"\nParagraph {number} has [[link|words]] {{{{a|b}}}} and more.\n" for number in range(5))
    found = " ".join(text(f"First one.\n\n{wikitext}\n{rest}"))
    assert "First one." in found
    for number in range(1, 5):
        assert re.search(rf"Paragraph {number} has words +and more\.", found), found


def test_brackets_that_lost_what_they_held_go_too() -> None:
    assert one("東京（{{IPA-ja|x}}、{{要出典}}）は（{{lang|en|Tokyo}}、）都市。{{要出典}}。") == "東京は（Tokyo）都市。"
    assert one("Riga ({{IPA-lv|x}}; {{a}}) is , a city ( {{b}}, in Latvia).") == "Riga is, a city (in Latvia)."


def test_list_items_are_kept_if_they_are_sentences_and_else_counted() -> None:
    ledger = Ledger()
    found = text("* One, two\n* This is a sentence.\n# これは文である。\n: नमस्ते दुनिया।\n; term", ledger=ledger)
    assert found == ["This is a sentence.", "これは文である。", "नमस्ते दुनिया।"]
    assert ledger.counts == {"list_item": 2}
    assert ledger.samples["list_item"] == ["One, two", "term"]


def test_a_long_item_in_thai_which_has_no_stops_is_prose() -> None:
    prose = "กรุงเทพมหานครเป็นเมืองหลวงและนครที่มีประชากรมากที่สุดของประเทศไทยเป็นศูนย์กลางการปกครองการศึกษาการคมนาคมขนส่ง"
    assert text(f"* {prose}\n* กรุงเทพ") == [prose]


@pytest.mark.parametrize(
    "unit",
    [
        "{{",
        "[[",
        "<ref>",
        "<!--",
        "{{nowrap|x",
        "{|\n",
        "\n|}",
        "''",
        "-{",
        "(",
        "（、",
        "[http://",
        "&",
        "<table>",
        "__a_",
        "<ref <",
        ",",
        "= ",
    ],
)
def test_a_long_page_of_open_brackets_comes_to_an_end(unit: str) -> None:
    """What is not linear takes minutes for it."""
    wikitext = "First words.\n\n" + unit * (200_000 // len(unit)) + "\n\nLast words."
    found = text(wikitext)
    assert found[0] == "First words." and found[-1].endswith("Last words.")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *"{}[]|'<>=*:# \n",
                "{{",
                "}}",
                "[[",
                "]]",
                "<ref>",
                "</ref>",
                "{|",
                "|}",
                "дом",
                "本",
                "-{",
                "}-",
                "&amp;",
            ]
        )
    )
)
def test_no_markup_raises_or_makes_words_up(pieces: list[str]) -> None:
    wikitext = "".join(pieces)
    for paragraph in text(wikitext):
        assert paragraph == " ".join(paragraph.split())
        assert paragraph.count("дом") + paragraph.count("本") <= wikitext.count("дом") + wikitext.count("本")


def test_plain_prose_agrees_with_a_full_parser() -> None:
    parser = pytest.importorskip("mwparserfromhell")
    wikitext = (
        "'''Ryga''' ir [[Latvija|Latvijos]] [[sostinė]], įkurta {{cite|x}}1201 metais<ref>a [[b]]</ref>.\n\n"
        "''Senamiestis'' &ndash; [[UNESCO]] objektas <small>nuo 1997</small> {{Infobox|a=[[b|c]]}}m."
    )
    reference = parser.parse(re.sub(r"<ref>.*?</ref>", "", wikitext)).strip_code()
    assert text(wikitext) == [" ".join(line.split()) for line in reference.split("\n") if line.strip()]
