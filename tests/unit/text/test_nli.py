"""Labelled pairs as their publishers ship them: every file of the shared folder, and what is refused."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from simcse_ml.errors import UserError
from simcse_ml.languages.table import lang_info
from simcse_ml.text.labelled.nli import LabelledPair, read_nli
from simcse_ml.text.labelled.triples import triples_of
from simcse_ml.text.steps.overlap import keys

# file, language, independent count: the cells of one column, by the standard library alone
SHARED = [
    ("americasnli/anli.dev.tsv", "gn", "tab:4:1=gn"),
    ("americasnli/test/gn.tsv", "gn", "tab:4"),
    ("americasnli/test/quy.tsv", "quy", "tab:4"),
    ("farstail/Val-word.csv", "fa", "quoted:2"),
    ("indonli/val.jsonl", "id", "lines:label"),
    ("janli/janli.tsv", "ja", "tab:3:7=train"),
    ("jnli/valid-v1.3.json", "ja", "lines:label"),
    ("jsnli/dev.tsv", "ja", "bare:0"),
    ("kardes-nlu/xnli.dev.kk.csv", "kk", "comma:1"),
    ("kardes-nlu/xnli.dev.ug.csv", "ug", "comma:1"),
    ("klue-nli/klue-nli-v1.1_dev.json", "ko", "array:gold_label"),
    ("kornli/xnli.dev.ko.tsv", "ko", "tab:2"),
    ("sick/SICK_train.txt", "en", "tab:4"),
    ("sick/SICK_trial.txt", "en", "tab:4"),
    ("snli-sample/snli_dev.jsonl", "en", "lines:gold_label"),
    ("snli-sample/snli_train.jsonl", "en", "lines:gold_label"),
]
SHORT = {"e": "entailment", "n": "neutral", "c": "contradiction", "non-entailment": "neutral"}


def counted(path: Path, how: str) -> Counter[str]:
    kind, place, *only = how.split(":")
    text = path.read_text("utf-8")
    if kind == "lines":
        cells = [json.loads(line)[place] for line in text.splitlines() if line.strip()]
    elif kind == "array":
        cells = [row[place] for row in json.loads(text)]
    elif kind in ("comma", "quoted"):
        rows = list(csv.reader(text.splitlines(keepends=True), delimiter="," if kind == "comma" else "\t"))
        cells = [row[int(place)] for row in rows[1:]]
    else:
        table = [line.split("\t") for line in text.split("\n") if line.strip()][kind == "tab" :]
        for column, value in (condition.split("=") for condition in only):
            table = [row for row in table if row[int(column)] == value]
        cells = [row[int(place)] for row in table]
    words = [cell.strip().casefold() for cell in cells]
    return Counter(SHORT.get(word, word) for word in words if word != "-")


@pytest.mark.parametrize(("name", "language", "how"), SHARED)
def test_every_shared_file_is_read_as_it_is_shipped(
    shared: Callable[[str], Path], name: str, language: str, how: str
) -> None:
    path = shared(f"nli-original/{name}")
    read = read_nli(path, lang_info(language))
    assert read.counts == counted(path, how)
    assert all(pair.premise and pair.hypothesis for pair in read.pairs)


def test_pre_segmented_japanese_is_put_together(shared: Callable[[str], Path]) -> None:
    read = read_nli(shared("nli-original/jsnli/dev.tsv"), lang_info("ja"))
    assert read.pairs[0].hypothesis == "マイアミの暑い夏の日です。"
    assert "blanks" in read.notes[0]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


HEADED = "premise\thypothesis\tlabel\n"


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("first.tsv", "entailment\ta b\tb c\n-\tx\ty\ncontradiction\ta b\tc d\n", "labelled pairs"),
        ("headed.csv", 'label;sentence1;sentence2\nentailment;"a; b";c\ncontradiction;"a; b";d\n', "labelled pairs"),
        (
            "ja.tsv",
            "前提\t仮説\tラベル\n犬がいる。\t動物がいる。\t含意\n犬がいる。\t猫だけだ。\t矛盾\n",
            "labelled pairs",
        ),
        ("ko.jsonl", '{"전제": "a b", "가설": "c", "라벨": "함의"}\n', "labelled pairs"),
        ("triplets.csv", "sent0,sent1,hard_neg\na b,c,d\n", "triplets"),
        ("bare3.tsv", "a b\tc\td\ne f\tg\th\n", "triplets"),
        ("pairs.tsv", "a b\tc\nd e\tf\n", "pairs"),
        ("anchors.jsonl", '{"anchor": "a b", "positive": "c"}\n', "pairs"),
        ("zh.mt.tsv", "premise\thypo\tlabel\na b\tc\tentailment\na b\td\tcontradictory\n", "labelled pairs"),
        (
            "anli.jsonl",
            '{"uid": "u", "context": "a b", "hypothesis": "c", "label": "e", "tag": ""}\n',
            "labelled pairs",
        ),
        ("qnli.tsv", "index\tquestion\tsentence\tlabel\n0\ta?\tb\tentailment\n", "labelled pairs"),
        ("named.csv", "premise,hypothesis,Urteil\na b,c,entailment\na b,d,contradiction\n", "labelled pairs"),
        ("old.tsv", "premise\thypothesis\tlabel\ra b\tc\tentailment\ra b\td\tneutral\r", "labelled pairs"),
    ],
)
def test_shapes_are_recognised(tmp_path: Path, name: str, text: str, kind: str) -> None:
    read = read_nli(write(tmp_path / name, text), lang_info("ja"))
    assert read.kind == kind
    assert read.counts["entailment"] >= 1
    assert read.undecided == (1 if name == "first.tsv" else 0)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            "ar",
            "الجملة1\tالجملة2\tالعلاقة\nرجل يعزف\tشخص يعزف\tاستلزام\nرجل يعزف\tلا أحد\tتناقض\nأطفال\tسعداء\tمحايد\n",
        ),
        (
            "tr",
            "öncül,varsayım,etiket\nAdam çalıyor,Biri çalıyor,GEREKTİRME\nAdam,Kimse yok,ÇELİŞKİ\nÇocuk,Mutlu,NÖTR\n",
        ),
        ("ru", "посылка;гипотеза;метка\nОн поёт;Кто-то поёт;Следование\nОн;Никто;противоречие\nОна;Рада;нейтрально\n"),
        ("zh", "句子1\t句子2\t标签\n他弹琴。\t有人弹琴。\t蕴含\n他弹琴。\t没有人。\t矛盾\n孩子跑。\t很高兴。\t中性\n"),
        (
            "fr",
            "pre\u0301misse,hypothe\u0300se,e\u0301tiquette\nIl va,Un,implication\nIl,Nul,contradiction\nA,B,neutre\n",
        ),
    ],
)
def test_columns_and_labels_are_known_in_the_words_of_several_languages(tmp_path: Path, code: str, text: str) -> None:
    read = read_nli(write(tmp_path / "words.txt", text), lang_info(code))
    assert read.kind == "labelled pairs"
    assert [pair.label for pair in read.pairs] == ["entailment", "contradiction", "neutral"]


def test_numbers_are_read_only_in_the_order_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path / "n.tsv", HEADED + "a\tb\t0\nc\td\t2\ne\tf\t-1\n")
    with pytest.raises(UserError, match=r"n\.tsv:2: the label is a number \(0\).*--nli-labels"):
        read_nli(path, lang_info("en"))
    read = read_nli(path, lang_info("en"), ("contradiction", "neutral", "entailment"))
    assert [pair.label for pair in read.pairs] == ["contradiction", "entailment"]
    assert read.undecided == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEADED + "a\tb\tmaybe\n", r"x\.tsv:2: the label 'maybe' is none of"),
        (HEADED + "a\tb\tneutral\n", "none of its 1 pairs is an entailment"),
        (HEADED + "a\t\tentailment\n", r"x\.tsv:2: a sentence is missing"),
        ("id\tpremise\tlabel\n1\ta\tentailment\n", "no premise and hypothesis among id, premise, label"),
        ("u\tv\tw\tx\ne\tf\tg\th\n", "no premise and hypothesis"),
        ("language\tpremise\thypothesis\tlabel\nfr\ta\tb\tneutral\nde\tc\td\tentailment\n", "it holds de, fr, but not"),
        ("", "this file is empty"),
        (
            "Satz\tFolge\tUrteil\na\tb\tentailment\nc\td\tneutral\n",
            "names no premise and hypothesis .*: Satz, Folge, Urteil",
        ),
        ("".join(f"a{n}\tb{n}\t{'pq'[n % 2]}\n" for n in range(20)), "names no premise and hypothesis"),
        ("premise\thypothesis\tverdict\na\tb\t0\nc\td\t1\ne\tf\t1\n", r"x\.tsv:2: the label is a number \(0\)"),
        ("text\thypothesis\tentailment\na\tb\tYES\nc\td\tNO\n", r"x\.tsv:2: the label 'YES' is none of"),
        ("sentence1\tsentence2\tscore\na\tb\t4.2\nc\td\t0.4\n", "its pairs are scored .column score.*--sts"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(UserError, match=problem):
        read_nli(write(tmp_path / "x.tsv", text), lang_info("sw"))


def test_triples_are_by_premise_and_the_same_for_the_same_seed() -> None:
    pairs = [
        LabelledPair("犬がいる", "動物がいる", "entailment"),
        LabelledPair("犬がいる", "生き物がいる", "entailment"),
        LabelledPair("犬がいる", "猫しかいない", "contradiction"),
        LabelledPair("犬がいる", "何もいない", "contradiction"),
        LabelledPair("雨だ", "水が降る", "entailment"),
        LabelledPair("雨だ", "水が降る", "entailment"),
        LabelledPair("雪だ", "晴れだ", "contradiction"),
        LabelledPair("風だ", "秋だ", "neutral"),
        LabelledPair("朝だ", "一日の始まりだ", "entailment"),
    ]
    triples = triples_of(pairs, seed=1, exclude=keys(["朝だ。"]))
    assert triples.sentences == ("犬がいる", "犬がいる", "雨だ")
    assert triples.positives == ("動物がいる", "生き物がいる", "水が降る")
    assert set(triples.negatives[:2]) <= {"猫しかいない", "何もいない"}
    assert triples.negatives[2] == ""
    assert (triples.premises, triples.entailing, triples.whole, triples.overlap) == (4, 2, 1, 1)
    assert triples == triples_of(pairs, seed=1, exclude=keys(["朝だ。"]))
    drawn = {triples_of(pairs, seed=seed).negatives[0] for seed in range(20)}
    assert drawn == {"猫しかいない", "何もいない"}
