"""As much of the Hub as streaming a data set asks for, on the loopback."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

SHA = "5" * 40


class _Handler(BaseHTTPRequestHandler):
    """files: of each data set.  errors: status and code of those that are not to be had.  silent: for no answer."""

    files: Mapping[str, Mapping[str, bytes]] = {}
    errors: Mapping[str, tuple[int, str]] = {}
    asked: list[str] = []
    silent = threading.Event()

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(body=True)

    def do_GET(self) -> None:
        self._answer(body=True)

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, *, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        self.asked.append(f"{self.command} {path}")
        for name, (status, code) in self.errors.items():
            if name in path:
                if not status:
                    self.silent.wait()
                    return
                self._send(status, b"{}", {"X-Error-Code": code, "X-Error-Message": code}, body=body)
                return
        for name, files in self.files.items():
            if path.startswith(f"/api/datasets/{name}"):
                self._api(path.removeprefix(f"/api/datasets/{name}").strip("/"), name, files, body=body)
                return
            if path.startswith(f"/datasets/{name}/resolve/"):
                file = path.split("/", 6)[-1] if "/" in name else path.split("/", 5)[-1]
                if file in files:
                    self._file(files[file], body=body)
                    return
                self._send(404, b"{}", {"X-Error-Code": "EntryNotFound"}, body=body)
                return
        self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"}, body=body)

    def _api(self, rest: str, name: str, files: Mapping[str, bytes], *, body: bool) -> None:
        listed = [_entry(path, data) for path, data in files.items()]
        if rest.startswith("tree/"):
            under = "/".join(rest.split("/")[2:])
            self._json(_below(listed, f"{under}/" if under else ""), body=body)
        elif rest.startswith("paths-info/"):
            self._json(listed, body=body)
        else:
            siblings = [{"rfilename": path} for path in files]
            self._json({"id": name, "sha": SHA, "siblings": siblings, "private": False, "tags": []}, body=body)

    def _json(self, value: object, *, body: bool) -> None:
        status = 404 if value is None else 200
        headers = {"Content-Type": "application/json", **({"X-Error-Code": "EntryNotFound"} if value is None else {})}
        self._send(status, json.dumps(value).encode(), headers, body=body)

    def _file(self, data: bytes, *, body: bool) -> None:
        headers = {"ETag": f'"{hashlib.sha1(data).hexdigest()}"', "X-Repo-Commit": SHA, "Accept-Ranges": "bytes"}
        asked = self.headers.get("Range")
        if asked:
            first, _, last = asked.removeprefix("bytes=").partition("-")
            end = min(int(last) if last else len(data) - 1, len(data) - 1)
            headers["Content-Range"] = f"bytes {first}-{end}/{len(data)}"
            self._send(206, data[int(first) : end + 1], headers, body=body)
        else:
            self._send(200, data, headers, body=body)

    def _send(self, status: int, data: bytes, headers: Mapping[str, str], *, body: bool) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body:
            self.wfile.write(data)


def _entry(path: str, data: bytes) -> dict[str, object]:
    return {"type": "file", "path": path, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}


def _below(listed: list[dict[str, object]], folder: str) -> list[dict[str, object]] | None:
    """Files right below `folder`, and its folders; None if there is nothing."""
    found: dict[str, dict[str, object]] = {}
    for entry in listed:
        path = str(entry["path"])
        if path.startswith(folder):
            first, _, rest = path.removeprefix(folder).partition("/")
            below = {"type": "directory", "path": folder + first, "oid": "0" * 40, "size": 0} if rest else entry
            found[folder + first] = below
    return list(found.values()) or None


@contextmanager
def fake_hub(
    files: Mapping[str, Mapping[str, bytes]], errors: Mapping[str, tuple[int, str]] | None = None
) -> Iterator[tuple[str, list[str]]]:
    """(address, what was asked). files: name -> path -> content.  errors: name -> (status, code); 0: no answer."""
    silent = threading.Event()
    settings = {"files": files, "errors": errors or {}, "asked": [], "silent": silent}
    handler = type("Handler", (_Handler,), settings)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler.asked  # type: ignore[attr-defined]
    finally:
        silent.set()
        server.shutdown()
        server.server_close()
