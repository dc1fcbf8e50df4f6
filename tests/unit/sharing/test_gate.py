"""The privacy gate finds a mark wherever it hides, and does not cry over what is nobody's."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
from pathlib import Path

import numpy as np
import packings
import pytest
import zstandard
from safetensors.numpy import save

from simcse_ml.sharing import parts
from simcse_ml.sharing.files import bytes_hash, model_files, sent_file
from simcse_ml.sharing.gate import Private, look_through
from simcse_ml.sharing.parts import DEEPEST
from simcse_ml.sharing.person import private_names, private_paths
from simcse_ml.sharing.quoted import BLOCK

SENTENCES = [
    "カナリア第七号の青い封筒には橋の設計図が入っている。",
    "ผู้ป่วยรายนี้เคยรักษาที่โรงพยาบาลริมแม่น้ำเมื่อปีที่แล้ว",
    "المريض الذي زارنا أمس يسكن قرب الجسر القديم",
    "रोगी ने कल पुल के पास वाले घर का पता बताया था।",
    "ታካሚው ትናንት ከድልድዩ አጠገብ ያለውን ቤት አድራሻ ነገረን።",
    "ནད་པས་ཁ་སང་ཟམ་པའི་ཉེ་འགྲམ་གྱི་ཁང་པའི་ཁ་བྱང་བཤད་སོང་།",
    "လူနာက တံတားနားက အိမ်လိပ်စာကို မနေ့က ပြောပြခဲ့တယ်။",
    "The patient gave us the address of the house by the bridge.",
]
PRIVATE = Private(lambda: [SENTENCES], ("/home/canary/briefe",), ("canaryhost", "極秘"), ("hf_tokentokentokentoken1",))


def found(name: str, data: bytes, private: Private = PRIVATE, allowed=()):
    return [(hit.kind, hit.shown) for hit in look_through([sent_file(name, data)], private, allowed)]


PACKINGS = packings.PACKINGS | {
    "zstd of unknown length": lambda data: zstandard.ZstdCompressor(write_content_size=False).compress(data),
}


def in_each_other(data: bytes) -> bytes:
    for pack in PACKINGS.values():
        data = pack(data)
    return data


HIDING = {
    "plain": lambda text: ("README.md", f"# Model\n\n> {text}\n".encode()),
    "escaped": lambda text: ("eval.json", json.dumps({"sample": text}).encode()),
    "key": lambda text: ("config.json", json.dumps({text: 1}, ensure_ascii=False).encode()),
    "metadata": lambda text: ("model.safetensors", save({"a": np.zeros(9, np.float32)}, {"note": text})),
    "tensor": lambda text: ("model.safetensors", save({"a": np.frombuffer(b"\1\2\3" + text.encode(), np.uint8)})),
    **{how: lambda text, pack=pack: ("notes.bin", pack(text.encode())) for how, pack in PACKINGS.items()},
    "in each other": lambda text: ("notes.bin", in_each_other(text.encode())),
    "second stream": lambda text: ("notes.bin", bz2.compress(b"first") + bz2.compress(text.encode())),
    "second frame": lambda text: ("notes.bin", zstandard.compress(b"first") + zstandard.compress(text.encode())),
    "far": lambda text: ("x.bin", b"\xff" * (BLOCK - 7) + text.encode() + b"\xff" * 99),
}


@pytest.mark.parametrize("how", HIDING)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_is_found_wherever_it_hides(how, sentence):
    assert ("sentence", sentence[:60]) in found(*HIDING[how](sentence))


@pytest.mark.parametrize("how", HIDING)
def test_a_path_and_a_token_are_found_wherever_they_hide(how):
    hits = found(*HIDING[how]("see /home/canary/briefe/1 hf_tokentokentokentoken1"))
    assert {"path", "token"} <= {kind for kind, _ in hits}
    assert "hf_tokentoken" not in str(hits)


@pytest.mark.parametrize("how", ["plain", "escaped", "key", "metadata", "gzip", "xz", "in each other"])
@pytest.mark.parametrize("name", ["canaryhost", "CanaryHost", "極秘"])
def test_a_name_is_found_in_text_and_metadata(how, name):
    assert ("name", name) in found(*HIDING[how](f"on {name}: yes"))


def test_the_beginning_and_the_end_of_a_long_sentence_count_as_it_does():
    long = "".join(f"第{number}室の鍵は庭師が持っていた、" for number in range(20))
    private = Private(lambda: [[long]])
    assert found("README.md", long[:30].encode(), private) and found("README.md", long[-30:].encode(), private)


@pytest.mark.parametrize("text", ["canaryhosts", "Acanaryhost", "", "{}", "The patient gave us the address of a house"])
def test_what_is_something_else_is_left_in_peace(text):
    assert not found("README.md", text.encode())


def test_names_in_the_repository_and_in_a_vocabulary_are_no_findings():
    assert not found("README.md", b"canaryhost/model", PRIVATE, ("canaryhost/model",))
    assert not found("tokenizer.json", '{"vocab": {"canaryhost": 1, "極秘": 2}}'.encode())


def test_a_name_that_the_card_itself_uses_is_not_looked_for():
    assert not found("README.md", b"Sentences become vectors", Private(None, (), ("sentences",)))


HEADS = [b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd"]


@pytest.mark.parametrize("data", [head + b"broken" for head in HEADS])
def test_what_cannot_be_unpacked_is_not_sent(data):
    assert [kind for kind, _ in found("notes.bin", data)] == ["closed"]


@pytest.mark.parametrize("data", [b"7z\xbc\xaf\x27\x1cx", b"Rar!\x1a\x07\0x", b"\x04\x22\x4d\x18x"])
def test_packings_that_are_not_opened_here_are_not_sent(data):
    assert [kind for kind, _ in found("notes.bin", data)] == ["closed"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_what_stands_behind_a_packed_part_closes_it(pack):
    """Programs leave it out, so nobody would see what it is."""
    assert [kind for kind, _ in found("notes.bin", pack(b"x") + b"\x00\x99behind")] == ["closed"]


def test_what_is_packed_again_and_again_is_not_sent():
    data = b"x"
    for _ in range(DEEPEST + 1):
        data = gzip.compress(data)
    assert [kind for kind, _ in found("notes.bin", data)] == ["closed"]
    assert not found("notes.bin", gzip.decompress(data))


@pytest.mark.parametrize("pack", packings.PACKINGS.values())
def test_what_unpacks_to_too_much_is_not_sent(pack, monkeypatch):
    monkeypatch.setattr(parts, "MOST_UNPACKED", 1000)
    assert not found("notes.bin", pack(b"x" * 1000))
    assert [kind for kind, _ in found("notes.bin", pack(b"x" * 1001))] == ["closed"]


def test_other_peoples_tokens_are_found():
    for token in (b"ghp_" + b"a1" * 18, b"AKIA" + b"A" * 16, b"-----BEGIN RSA PRIVATE KEY-----"):
        assert [kind for kind, _ in found("README.md", b"x " + token, Private(None))] == ["token"]


def test_only_known_kinds_of_files_are_taken(tmp_path):
    for name in (
        "model.safetensors",
        "vectors.npy",
        "corpus.txt",
        "README.md",
        ".env",
        "1_Pooling/config.json",
        "x/a.json",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "config.json").symlink_to(tmp_path / ".env")
    sent, left = model_files(tmp_path)
    assert [file.path for file in sent] == ["1_Pooling/config.json", "model.safetensors"]
    assert left == [".env", "config.json", "corpus.txt", "vectors.npy", "x/a.json"]


def test_the_hash_moves_with_every_byte_and_name():
    plain = bytes_hash([sent_file("a", b"1"), sent_file("b", b"2")])
    assert plain == bytes_hash([sent_file("b", b"2"), sent_file("a", b"1")])
    assert plain != bytes_hash([sent_file("a", b"1"), sent_file("b", b"3")])
    assert plain != bytes_hash([sent_file("a", b"1"), sent_file("c", b"2")])


def test_names_of_folders_count_as_far_as_they_tell_something():
    names = private_names([Path("/home/users/data/極秘/Patientenakten/briefe.txt")])
    assert {"極秘", "Patientenakten", "briefe.txt", "briefe"} <= set(names)
    assert not {"home", "users", "data"} & set(names)
    assert str(Path("/home/x/y.txt")) in private_paths([Path("/home/x/y.txt")])


def test_a_folder_named_like_a_word_of_the_recipe_stops_no_push():
    private = Private(None, names=("letters", "Patientenakten"))
    assert found("recipe.yaml", b"without_letters: drop\n", private) == []
    assert found("recipe.yaml", b"text: Patientenakten\n", private) == [("name", "Patientenakten")]
