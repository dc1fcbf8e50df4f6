"""The table of templates that stand for words in a sentence, and which of their arguments are the words.

Without an entry the sentence around the template loses a word. Not here, and so left out: notes and citations,
navigation, flags, marks of maintenance ({{要出典}}), and pronunciation behind a headword ({{IPA-en}}, {{respell}}).
Names are as typed in any case, parted by commas.
"""

from __future__ import annotations

from collections.abc import Mapping


def _names(text: str) -> frozenset[str]:
    return frozenset(" ".join(name.split()).casefold() for name in text.split(",") if name.strip())


FIRST = _names(
    # how a text looks: not broken, small, set in capitals or in a font that has the characters
    "nowrap, nobr, nobreak, nowrap begin, j, esd, nou, big, larger, large, small, smaller, smallcaps, sc, aut, allcaps,"
    "versalita, petites capitales, noitalic, noitalics, em, strong, underline, mono, monospace, tt, kbd, samp, var,"
    "mvar, math, unicode, polytonic, hebrew, angbr, angle bracket, vr, vanchor, visible anchor,"
    "JIS2004フォント, JIS90フォント, 補助漢字フォント, 拡張漢字, 下げ核, 高線, 僻字, zy,"
    # a reading over or behind the word: the word
    "ruby, ruby-ja, rubyja, ルビ, 読み仮名, 読み仮名 ruby不使用, rubyzh,"
    # an explanation that shows when pointed at: the word
    "abbr, abbrlink, tooltip, hover title, abréviation, abréviation discrète, comment, comment inline,"
    # words somebody doubts: they stand, only the doubt is a mark
    "要出典範囲, 要検証範囲, 誰範囲, 誰範囲2, 要説明範囲, 要出典区間, citation needed span, clarify span, cn-span,"
    # quotations
    "quote, quotation, blockquote, cquote, ilq, Zitat, cita, citazione, цитата, citation bloc,"
    # the sound that a sentence speaks about
    "ipa, ipa2, api, phon,"
    # a word of a language, by the name of the language
    "enS, frS, laS, itS, esS, ruS, grcS, plS, trS, arS, jaS,"
    "به انگلیسی, به فرانسوی, به آلمانی, به عربی, به لاتین, به یونانی, به روسی, به ترکی, به اسپانیایی, به ایتالیایی"
)
"""the first argument"""

SECOND = _names(
    # the first is a language, a writing system, a colour or a size
    "lang, langue, llang, language, transl, transliteration, translit, tlit, script, lang2, audio,"
    "color, colour, color text, colored text, fontcolor, font color, 色, цвет, fontsize, font size"
)
"""the second argument"""

LAST = _names(
    "resize, нп, нп2, нп3, нп4, нп5, не переведено, не переведено 2, не переведено 3, не переведено 5, не перекладено"
)
"""the last of the arguments that come first: a size and its text, or an article's title and its label"""

LINKS = _names(
    "仮リンク, ill, ill2, illm, interlanguage link, interlanguage link multi, illwd, le, lien, 임시링크,"
    "internal link helper, internal link helper/en, internal link helper/ja"
)
"""a link to an article that is not there yet: its title, or what label=, lt= or the like shows instead"""
LINK_LABELS = ("label", "lt", "display", "texte", "fr", "d")

MEASURES = _names("unité, unite, unit, unidad, fmtn, unita, nombre, число, formatnum, num, gaps, nts")
"""a number with its unit, in the order in which they are typed: {{unité|5|km}}"""
DATES = _names("date, date-, date de naissance, fecha, dts, start date, start date and age, дата")
"""day, month, year in the order in which they are typed"""

CONSTANTS: Mapping[str, str] = {
    "=": "=", "'": "'", "'s": "'s", "'\"": "'\"", "\"'": "\"'", ",": "、",
    "-": "\u2013", "–": "\u2013", "ndash": "\u2013", "spnd": " \u2013 ", "snd": " \u2013 ", "spaced ndash": " \u2013 ",
    "—": "\u2014", "mdash": "\u2014", "mdashb": "\u2014", "spaced mdash": " \u2014 ",
    "·": " · ", "•": " • ", "nbsp": " ", "space": " ", "spaces": " ", "zwj": "\u200d", "zwnj": "\u200c",
    "okina": "\u02bb", "hamza": "\u02be", "ayin": "\u02bf", "c.": "c.", "circa": "c.",
    "bc": "BC", "bce": "BCE", "ad": "AD", "ce": "CE", "रुपया": "₹", "inr": "₹", "euro": "€", "€": "€", "£": "£",
    "½": "½", "1er": "1er", "er": "er", "re": "re", "e": "e", "n°": "n°", "av jc": "av. J.-C.", "ap jc": "apr. J.-C.",
}  # fmt: skip
"""a character or word by a name that can be typed"""

CENTURIES: Mapping[str, str] = {
    "s": "{}e siècle", "s-": "{}e", "-s": "{}e siècle av. J.-C.", "siglo": "siglo {}", "séc": "século {}",
    "secolo": "{} secolo",
}  # fmt: skip
"""{{s|XIX|e}}, {{siglo|XIX||s}}: the number, in the language that has this template"""

ISO_639_1 = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)
"""{{en|text}} is a text in English"""
