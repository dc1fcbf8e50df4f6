"""What a person sees of `prepare`: a table that fits the terminal, samples, JSON with the key behind each reason."""

from __future__ import annotations

import json
import random

import pytest
from rich.cells import cell_len

TEXTS = {
    "ja": ("山の上の小さな家に年老いた犬が{}匹いて、毎朝早くに鳴いていた。", "トップ｜製品｜会社｜採用"),
    "ar": ("كان في البيت الصغير فوق الجبل {} من الكلاب تنبح كل صباح.", "الرئيسية | أخبار | رياضة | اتصل"),
    "th": ("บ้านหลังเล็กบนภูเขามีหมา {} ตัวเห่าทุกเช้าก่อนพระอาทิตย์ขึ้น", "หน้าแรก » ข่าว » กีฬา » เพลง"),
}


def write(path, lang):
    sentence, menu = TEXTS[lang]
    lines = [sentence.format(random.Random(number).randrange(10**9)) for number in range(60)]
    path.write_text("\n".join([*lines, menu, "!?"]), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("lang", TEXTS)
def test_the_table_fits_eighty_columns_in_any_script(run, tmp_path, lang):
    done = run("prepare", "--lang", lang, write(tmp_path / "a.txt", lang), "--samples", "3", COLUMNS="80")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert max(map(cell_len, lines)) <= 80
    assert lines[0].split()[:3] == ["sentences", "number", "share"]
    assert any(line.startswith("menus and rows") and " menus " in line for line in lines)
    assert lines.index("menus and rows:") > lines.index("kept:")


def test_a_narrow_terminal_gets_no_examples(run, tmp_path):
    done = run("prepare", "--lang", "ja", write(tmp_path / "a.txt", "ja"), COLUMNS="50")
    assert "for example" not in done.stdout
    assert "menus" in done.stdout


def test_random_samples_depend_on_the_seed_only(run, tmp_path):
    path = write(tmp_path / "a.txt", "ar")
    one, same, other = (
        json.loads(run("prepare", "--lang", "ar", path, "--samples", "5", "--json", "--seed", seed).stdout)
        for seed in ("1", "1", "2")
    )
    assert len(one["kept_samples"]) == 5
    assert one["kept_samples"] == same["kept_samples"] != other["kept_samples"]


def test_json_names_the_key_of_each_reason_and_the_key_switches_it(run, tmp_path):
    path = write(tmp_path / "a.txt", "th")
    report = json.loads(run("prepare", "--lang", "th", path, "--json").stdout)
    (menu,) = [reason for reason in report["reasons"] if reason["reason"] == "menu"]
    assert (menu["switch"], menu["count"], menu["samples"]) == ("text.menus", 1, [TEXTS["th"][1]])
    assert report["read"] == report["kept"] + sum(reason["count"] for reason in report["reasons"])
    assert {"inputs", "warnings", "ordered", "held_out", "fingerprint", "changed", "notes"} <= set(report)
    again = json.loads(run("prepare", "--lang", "th", path, "--json", "--set", "text.menus=keep").stdout)
    assert again["kept"] == report["kept"] + 1
