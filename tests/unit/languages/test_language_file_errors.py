"""A broken langs.yaml is reported with file and line."""

import pytest

from simcse_ml.errors import ExitCode, UserError
from simcse_ml.languages.table import LanguageTable

SOUND = """\
scripts:
  Latn: {}
  Hira: {terminators: "。"}
backbones:
  a/b: {licence: mit, size: base, source: hub page, checked: 2026-11}
multilingual:
  encoders: [a/b]
  trained: [a/b]
  letters: []
trained: [en]
sts:
  c/d: [en]
nli: {}
languages:
  en: {name: English, own_name: English, also: [eng]}
  ja:
    name: Japanese
    own_name: 日本語
    scripts: [Hira]
  nb: {name: Norwegian, own_name: norsk, also: [no]}
"""


def read(folder, text):
    path = folder / "langs.yaml"
    path.write_text(text, encoding="utf-8")
    return LanguageTable.read(path)


def test_a_sound_file_is_read_with_defaults_from_the_script(tmp_path):
    with pytest.raises(UserError):  # YAML takes a bare no for a truth value
        read(tmp_path, SOUND)
    table = read(tmp_path, SOUND.replace("[no]", '["no"]'))
    ja = table.find("ja")
    assert (ja.spaced, ja.terminators, ja.splitter, ja.prompt, ja.words) == (False, "。", "ja", None, ())
    assert [model.id for model in ja.backbones_for("gpu")] == ["a/b"]
    assert [model.id for model in table.find("eng").backbones] == ["a/b"]
    assert table.find("no").code == "nb"


@pytest.mark.parametrize(
    ("was", "becomes", "line", "says"),
    [
        ("also: [eng]", "alsoo: [eng]", 15, "unknown key languages.en.alsoo, did you mean also?"),
        ("    scripts: [Hira]", "    script: [Hira]", 19, "did you mean scripts?"),
        ("own_name: English", "own_name: 7", 15, "languages.en.own_name"),
        ("scripts: [Hira]", "scripts: Hira", 19, "languages.ja.scripts"),
        ("scripts: [Hira]", "scripts: [Hira, Kana]", 19, "script Kana is not described"),
        ("scripts: [Hira]", "scripts: [hiragana]", 19, "languages.ja.scripts.0"),
        ("scripts: [Hira]", "spaced: maybe", 19, "languages.ja.spaced"),
        ("scripts: [Hira]", "encodings: [cp932x]", 19, "Python has no codec cp932x"),
        ("nli: {}", "nli: {}\nprompts: {en: '{sentence}'}", 14, "{mask}"),
        ("nli: {}", "nli: {}\nprompts: {xx: '{sentence} {mask}'}", 14, "language xx is not in the table"),
        ("nli: {}", "nli: {}\nwords: {xx: a b}", 14, "language xx is not in the table"),
        ("size: base", "params_m: 3", 5, "needs its size"),
        ("scripts: [Hira]", "backbones: [x/y]", 19, "x/y is not described"),
        ("scripts: [Hira]", "also: [EN]", 19, "EN already stands for en"),
        ("    name: Japanese\n", "", 16, "languages.ja.name"),
        ("licence: mit", "licence: unknown", 5, "backbones.a/b.licence"),
        ("trained: [en]", "trained: [en, xx]", 10, "language xx is not in the table"),
        ("c/d: [en]", "c/d: [e]", 12, "sts.c/d.0"),
        ("  ja:\n", "  Japanese:\n", 16, "languages.Japanese"),
        ("nli: {}", "nli: {}\ntrained: []", 14, "trained stands here a second time"),
        ("nli: {}", "nli: {", 15, ""),
        ("nli: {}", "nli: !!python/name:os.system {}", 13, "tag"),
        ("nli: {}", "nli: \x07", 13, "character"),
    ],
)
def test_an_error_names_file_and_line(tmp_path, was, becomes, line, says):
    assert was in SOUND
    with pytest.raises(UserError) as raised:
        read(tmp_path, SOUND.replace("[no]", "[nor]").replace(was, becomes, 1))
    assert raised.value.where == f"{tmp_path / 'langs.yaml'}:{line}"
    assert says in raised.value.what
    assert raised.value.exit_code == ExitCode.USAGE


def test_the_first_of_several_errors_is_told_and_the_others_counted(tmp_path):
    broken = SOUND.replace("own_name: English", "own_name: 7").replace("licence: mit", "licence: none")
    with pytest.raises(UserError, match=r"langs\.yaml:5: .*\(and 2 more\)"):
        read(tmp_path, broken)


@pytest.mark.parametrize("text", ["", "[]", "a: 1", "\ufeff", "- x"])
def test_something_else_than_a_table_is_an_error(tmp_path, text):
    with pytest.raises(UserError, match=r"langs\.yaml"):
        read(tmp_path, text)


def test_a_missing_or_unreadable_file_is_an_error(tmp_path):
    with pytest.raises(UserError, match="No such file"):
        LanguageTable.read(tmp_path / "langs.yaml")
    (tmp_path / "langs.yaml").write_bytes(b"scripts: {}\n# \xff\n")
    with pytest.raises(UserError, match=r"langs\.yaml:2: not UTF-8"):
        LanguageTable.read(tmp_path / "langs.yaml")
