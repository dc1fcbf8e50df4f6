"""The search of the recorded traffic finds a mark in every packing: else that it found none would say nothing."""

from __future__ import annotations

import base64
import json
import sys

import packings
import pytest

MARKS = [
    "カナリア第七号",
    "นกขมิ้นตัวที่เจ็ด",
    "الكناري السابع",
    "सातवाँ कनारी",
    "ሰባተኛው ካናሪ",
    "ཀ་ན་རི་བདུན་པ",
    "သတ္တမမြောက် ကင်နေရီ",
]


PACKINGS = packings.PACKINGS | {"base64": base64.b64encode}
INNER = PACKINGS | {"nothing": bytes}


def commit(data: bytes) -> bytes:
    """As small files are sent."""
    record = {"key": "file", "value": {"path": "x", "encoding": "base64", "content": base64.b64encode(data).decode()}}
    return (
        b"POST /api/models/me/x/commit/main\n\n"
        + json.dumps({"key": "header"}).encode()
        + b"\n"
        + json.dumps(record).encode()
    )


def large(data: bytes) -> bytes:
    """As large files are sent, with other bytes around it."""
    return b"PUT /upload/me/x/abc\n\n" + b"\x00\xfe\x80" * 700 + data + b"\x00\xfe\x80" * 700


def sampled(data: bytes) -> bytes:
    """As the first bytes of a file are shown before it is sent."""
    told = {"files": [{"path": "x", "sample": base64.b64encode(data).decode(), "size": len(data)}]}
    return b"POST /api/models/me/x/preupload/main\n\n" + json.dumps(told).encode()


@pytest.mark.parametrize("send", [commit, large, sampled])
@pytest.mark.parametrize("inner", INNER)
@pytest.mark.parametrize("outer", PACKINGS)
def test_a_mark_is_found_in_every_packing_and_in_packings_of_packings(hub, send, inner, outer):
    for mark in MARKS:
        text = f"{mark} sits in a packing within a packing ".encode()
        hub.traffic[:] = [send(PACKINGS[outer](INNER[inner](text)))]
        assert mark.encode() in hub.everything_sent(), mark


def test_a_mark_is_found_in_all_of_them_in_each_other(hub):
    data = MARKS[0].encode()
    for pack in PACKINGS.values():
        data = pack(data)
    hub.traffic[:] = [large(data)]
    assert MARKS[0].encode() in hub.everything_sent()


@pytest.mark.parametrize("name", ["gzip", "bzip2", "xz", "zstd"])
def test_what_arrived_before_a_line_broke_is_opened_as_far_as_it_goes(hub, name):
    lines = MARKS[0].encode() + bytes(range(256)) * 4000
    packed = PACKINGS[name](b"".join(lines[i : i + 9] + str(i).encode() for i in range(0, len(lines), 9)))
    whole, half = large(packed), large(packed)[: len(packed) // 2]
    hub.traffic[:] = [half]
    opened_half = hub.everything_sent()
    hub.traffic[:] = [whole]
    assert MARKS[0].encode()[:9] in hub.everything_sent()
    if name != "bzip2":  # which packs 900 kB at once
        assert MARKS[0].encode()[:9] in opened_half


def test_bytes_that_only_look_packed_are_passed_over(hub):
    fakes = [magic.replace(b"[1-9]", b"9") + b"no" for magic in sys.modules["traffic"].STREAMS]
    hub.traffic[:] = [b"PUT /upload/a\n\n" + b" ".join([*fakes, b"PK\x03\x04no", b"PK\x05\x06no"]) + MARKS[1].encode()]
    assert MARKS[1].encode() in hub.everything_sent()
