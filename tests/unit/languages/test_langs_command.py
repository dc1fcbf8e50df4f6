"""`simcse-ml langs` on standard output, and the page made from the table."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from simcse_ml.cli.langs import app
from simcse_ml.errors import UserError

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments):
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_list_shows_every_language_and_json_says_the_same():
    shown = run("list").splitlines()
    listed = json.loads(run("list", "--json"))["languages"]
    assert [line.split()[0] for line in shown[1:]] == [item["code"] for item in listed]
    assert any("日本語" in line for line in shown)


def test_show_takes_an_alias_and_says_what_must_be_known():
    shown = run("show", "jpn")
    assert "日本語" in shown and "cp932" in shown and "dropout 0: set to 0.1" in shown
    assert json.loads(run("show", "jpn", "--json"))["code"] == "ja"


def test_show_says_where_training_starts_without_a_model():
    assert "builtin:static" in run("show", "nqo")


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        (("--script", "Ethi"), {"am", "ti"}),
        (("--script", "jpan"), {"ja"}),
        (("--search", "kurd"), {"ckb", "ku", "sdh"}),
        (("--search", "日本"), {"ja"}),
        (("--search", "turkce"), {"tr"}),
        (("--search", "jpn"), {"ja"}),
        (("--script", "Latn", "--search", "kurd"), {"ku"}),
    ],
)
def test_list_can_be_narrowed(arguments, codes):
    listed = {item["code"] for item in json.loads(run("list", *arguments, "--json"))["languages"]}
    assert listed - {"und"} == codes


def test_a_search_without_a_find_says_what_to_do():
    assert "und takes any" in run("list", "--search", "klingon")


def test_show_has_a_list_for_each_class_of_device_and_what_is_only_used_when_named():
    shown = run("show", "vi")
    assert shown.index("backbones, on a CPU") < shown.index("backbones, on a GPU") < shown.index("only when named")
    assert "vinai/phobert-base-v2 (agpl-3.0, its input must be cut into words beforehand" in shown
    assert "checked 2026-11" in shown


def test_show_says_what_is_done_for_a_language_that_is_not_in_the_table():
    assert "quc is not in the language table" in run("show", "quc")
    assert "Cyrl" in run("show", "uz-Cyrl") and "Latn" not in run("show", "uz-Cyrl")


def test_detect_names_the_script_and_says_where_it_is_not_sure(tmp_path):
    path = tmp_path / "invented.txt"
    path.write_text(
        "Brolt grunkelim vaspo drenzi la kolmuf tarpe. E fendril mosku pralt il vinzo.\n" * 9, encoding="utf-8"
    )
    shown = run("detect", str(path))
    assert "Latn (Latin) 100.0%" in shown
    assert "not sure" in shown or "unknown" in shown or "by its script" in shown


def test_an_unknown_code_is_an_error_with_the_right_one():
    with pytest.raises(UserError, match="did you mean ja"):
        run("show", "jp")


def test_detect_reads_a_file_in_an_old_encoding(tmp_path):
    path = tmp_path / "old.txt"
    path.write_bytes("これは日本語の文章です。駅まで歩いて行きました。\n".encode("cp932") * 30)
    found = json.loads(run("detect", str(path), "--json", "--encoding", "cp932"))
    assert (found["languages"][0]["code"], found["encoding"]) == ("ja", "cp932")
    shown = run("detect", str(path), "--encoding", "cp932")
    assert "ja (Japanese), certainty" in shown


def test_detect_says_when_it_knows_only_the_script(shared):
    assert "nqo (N'Ko), by its script" in run("detect", str(shared("text/nqo/nllb-seed.txt")))


def test_detect_of_nothing_is_an_error(tmp_path):
    with pytest.raises(UserError):
        run("detect", str(tmp_path / "absent.txt"))


def test_the_page_made_from_the_table_is_not_stale():
    script = ROOT / "docs" / "generate" / "languages.py"
    ran = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
