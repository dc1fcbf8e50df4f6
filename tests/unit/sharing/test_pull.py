"""A model from the Hub: here first, one question, and a plain line when it is not to be had."""

from __future__ import annotations

import socket
import threading
import time

import numpy as np
import pytest
from huggingface_hub import constants

from simcse_ml.errors import UserError
from simcse_ml.jobs.choosing import choose_backbone
from simcse_ml.jobs.pull import PullRequest, pull
from simcse_ml.languages.table import lang_info
from simcse_ml.models.locate import locate, on_disk
from simcse_ml.models.opened import open_model
from simcse_ml.settings.schema import BackboneSettings


def files_of(folder) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fetched(name: str, **more):
    return locate(name, offline=False, allow_large=False, **more)


def test_what_is_here_is_not_asked_for_again(hub, tiny_bert):
    hub.put("you/tiny", files_of(tiny_bert), private=False)
    first = fetched("you/tiny")
    asked = len(hub.calls)
    again = fetched("you/tiny")
    assert again == first and len(first.revision) == 40
    assert hub.calls[asked:] == []


def test_a_broken_off_download_does_not_count_as_here(hub, tiny_bert):
    files = files_of(tiny_bert)
    hub.put("you/tiny", {name: data for name, data in files.items() if name != "model.safetensors"}, private=False)
    fetched("you/tiny")
    assert on_disk("you/tiny") is None


def test_a_revision_is_what_was_asked_for(hub, tiny_bert):
    repo = hub.put("you/tiny", {"README.md": b"x"}, private=False)
    repo.branches["v1"] = files_of(tiny_bert)
    assert (fetched("you/tiny@v1").folder / "config.json").exists()
    with pytest.raises(UserError, match="no revision v2"):
        fetched("you/tiny@v2")


def test_a_pulled_folder_is_whole_and_of_its_own(hub, tiny_bert, tmp_path):
    hub.put("you/tiny", files_of(tiny_bert), private=True)
    pulled = pull(PullRequest("you/tiny", tmp_path / "mine"), lambda _: None)
    assert pulled.folder == tmp_path / "mine" and not any(path.is_symlink() for path in pulled.folder.rglob("*"))
    expected = open_model(str(tiny_bert)).embed(["日本語"])
    assert np.array_equal(open_model(str(pulled.folder)).embed(["日本語"]), expected)
    with pytest.raises(UserError, match="something already"):
        pull(PullRequest("you/tiny", tmp_path / "mine"), lambda _: None)


def test_a_gated_model_says_what_to_click(hub, tiny_bert):
    hub.put("you/tiny", files_of(tiny_bert), private=False, gated=True)
    with pytest.raises(UserError) as caught:
        fetched("you/tiny")
    assert f"open {hub.address}/you/tiny, click to agree" in caught.value.what


@pytest.mark.parametrize(
    ("name", "says"), [("you/none", "knows no such model"), ("none", "no Hub id"), ("../none", "no Hub id")]
)
def test_a_name_that_means_nothing_is_said(hub, name, says):
    with pytest.raises(UserError, match=says):
        fetched(name)


def test_offline_asks_nobody(hub, tiny_bert, monkeypatch):
    hub.put("you/tiny", files_of(tiny_bert), private=False)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(UserError, match="offline was asked for"):
        fetched("you/tiny")
    assert not hub.calls


def test_a_hub_that_never_answers_costs_at_most_six_seconds(hub, monkeypatch):
    hub.silent = True
    said = []
    began = time.monotonic()
    choice = choose_backbone(
        BackboneSettings(), lang_info("ja"), device="cpu", offline=False, allow_large=False, sink=said.append
    )
    assert time.monotonic() - began < 6
    assert choice.is_static and "did not give it" in choice.reason
    assert len(hub.calls) == 1


def test_a_proxy_is_asked_in_place_of_the_hub(hub, tiny_bert, monkeypatch):
    """The Hub's name is known to the proxy alone."""
    hub.put("you/tiny", files_of(tiny_bert), private=False)
    address = hub.address.removeprefix("http://")
    monkeypatch.setattr(constants, "ENDPOINT", "http://hub.example.invalid")
    template = "http://hub.example.invalid/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    with forwarding(address) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        import huggingface_hub

        huggingface_hub.close_session()
        try:
            assert (fetched("you/tiny").folder / "config.json").exists()
        finally:
            huggingface_hub.close_session()


class forwarding:
    """A proxy that sends every request for http://hub.example.invalid to one address."""

    def __init__(self, address: str) -> None:
        host, _, port = address.partition(":")
        self.target = (host, int(port))
        self.listening = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> str:
        threading.Thread(target=self._accept, daemon=True).start()
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self.listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            there = socket.create_connection(self.target)
            threading.Thread(target=self._copy, args=(client, there, True), daemon=True).start()
            threading.Thread(target=self._copy, args=(there, client, False), daemon=True).start()

    @staticmethod
    def _copy(source: socket.socket, sink: socket.socket, asked: bool) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data.replace(b" http://hub.example.invalid", b" ") if asked else data)
        except OSError:
            return
        finally:
            sink.close()
