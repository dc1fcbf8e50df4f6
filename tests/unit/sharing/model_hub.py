"""As much of the Hub as pushing and pulling a model asks for, on the loopback, with everything it was sent kept."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from traffic import opened

TOKEN = "hf_CanaryCanaryCanaryCanaryCanary12"
READ_ONLY = "hf_ReadReadReadReadReadReadReadRead1"
LARGE = 20_000
"""bytes from which a file goes the way of large ones"""


@dataclass
class Repo:
    """branches: files by path.  gone: commits by hash.  large: what arrived of large files, by SHA-256."""

    kind: str = "model"
    private: bool = True
    gated: bool = False
    branches: dict[str, dict[str, bytes]] = field(default_factory=lambda: {"main": {}})
    gone: dict[str, dict[str, bytes]] = field(default_factory=dict)
    large: dict[str, bytes] = field(default_factory=dict)
    proposals: int = 0

    def at(self, revision: str) -> dict[str, bytes] | None:
        return self.branches.get(revision, self.gone.get(revision))


@dataclass
class Hub:
    """failures: (part of a path, status, how often).  traffic: every request, without its Authorization header.

    forced_public: makes repositories public whatever is asked.  damaged: changes what arrives.
    cut_at: bytes of a larger file after which the line breaks, `cuts` times; or, if it hangs, after which nobody reads
    on (`reached` is set then).
    """

    address: str = ""
    user: str = "me"
    repos: dict[str, Repo] = field(default_factory=dict)
    failures: list[list[object]] = field(default_factory=list)
    traffic: list[bytes] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    forced_public: bool = False
    damaged: str = ""
    silent: bool = False
    cut_at: int = 0
    cuts: int = 0
    hangs: bool = False
    reached: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    quit: threading.Event = field(default_factory=threading.Event)

    def put(self, name: str, files: dict[str, bytes], **facts: object) -> Repo:
        repo = self.repos[name] = Repo(**facts)  # type: ignore[arg-type]
        repo.branches["main"] = dict(files)
        return repo

    def everything_sent(self) -> bytes:
        """All traffic, with what is base64 in it decoded and what is packed unpacked."""
        return b"\n".join(opened(request) for request in self.traffic)


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve(b"")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        self._serve(self._body())

    def do_PUT(self) -> None:
        size, hub = int(self.headers.get("Content-Length") or 0), self.hub
        if not hub.cuts or size <= hub.cut_at:
            self._serve(self._body())
            return
        hub.cuts -= 1
        self._keep(self.rfile.read(hub.cut_at))
        hub.reached.set()
        if hub.hangs:
            hub.quit.wait()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().strip() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _serve(self, body: bytes) -> None:
        hub, split = self.hub, urlsplit(self.path)
        path = unquote(split.path)
        query = {key: values[0] for key, values in parse_qs(split.query).items()}
        self._keep(body)
        if hub.silent:
            hub.quit.wait()
            self.close_connection = True
            return
        for failure in hub.failures:
            part, status, left = failure
            if str(part) in f"{self.command} {path}" and int(str(left)) > 0:
                failure[2] = int(str(left)) - 1
                if status == 0:  # the line breaks
                    self.close_connection = True
                    return
                self._send(int(str(status)), {"error": "busy"}, dict(hub.headers))
                return
        with hub.lock:
            self._answer(path, query, body)

    def _keep(self, body: bytes) -> None:
        told = [f"{name}: {value}" for name, value in self.headers.items() if name.lower() != "authorization"]
        with self.hub.lock:
            self.hub.calls.append(f"{self.command} {unquote(urlsplit(self.path).path)}")
            self.hub.traffic.append("\n".join([f"{self.command} {self.path}", *told]).encode() + b"\n\n" + body)

    def _answer(self, path: str, query: dict[str, str], body: bytes) -> None:
        if path.startswith("/upload/"):
            _, _, owner, name, sha = path.split("/")
            if hashlib.sha256(body).hexdigest() == sha:
                self.hub.repos[f"{owner}/{name}"].large[sha] = body
            self._send(200, {})
            return
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token and token not in (TOKEN, READ_ONLY):
            self._send(401, {"error": "Invalid user token"})
        elif path == "/api/whoami-v2":
            role = "read" if token == READ_ONLY else "write"
            self._send(
                200, {"name": self.hub.user, "orgs": [{"name": "acme"}], "auth": {"accessToken": {"role": role}}}
            )
        elif path == "/api/validate-yaml":
            self._send(200, {"errors": [], "warnings": []})
        elif path == "/api/repos/create":
            self._create(json.loads(body))
        elif path.startswith("/api/"):
            self._api(path, query, body, bool(token))
        elif ".git/info/lfs/" in path:
            self._large(path, body)
        else:
            self._resolve(path, bool(token))

    def _create(self, asked: dict[str, object]) -> None:
        name = f"{asked.get('organization') or self.hub.user}/{asked['name']}"
        if name in self.hub.repos:
            self._send(409, {"error": "exists", "url": f"{self.hub.address}/{name}"})
            return
        private = asked.get("visibility") == "private" or asked.get("private") is True
        self.hub.repos[name] = Repo(private=private and not self.hub.forced_public)
        self._send(200, {"url": f"{self.hub.address}/{name}", "name": name})

    def _api(self, path: str, query: dict[str, str], body: bytes, known: bool) -> None:
        kind, owner, rest = [*path.split("/", 4), ""][2:5]
        name, _, action = rest.partition("/")
        repo = self.hub.repos.get(f"{owner}/{name}")
        if repo is None or repo.kind != kind.removesuffix("s") or (repo.private and not known):
            self._send(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
        elif repo.gated and not action.startswith("revision"):
            self._send(403, {"error": "gated"}, {"X-Error-Code": "GatedRepo"})
        else:
            self._repo(repo, f"{owner}/{name}", action, query, body)

    def _repo(self, repo: Repo, name: str, action: str, query: dict[str, str], body: bytes) -> None:
        verb, _, revision = action.partition("/")
        if verb == "tree" and "/" in revision and repo.at(revision) is None:
            self._send(404, {}, {"X-Error-Code": "EntryNotFound"})
            return
        files = repo.at(revision or "main")
        if verb == "branch":
            repo.branches.setdefault(revision, dict(repo.branches["main"]))
            self._send(200, {})
        elif files is None:
            self._send(404, {"error": "no such revision"}, {"X-Error-Code": "RevisionNotFound"})
        elif verb in ("", "revision"):
            sibs = [{"rfilename": path, "size": len(data), "blobId": _blob(data)} for path, data in files.items()]
            record = {"id": name, "sha": commit_of(files), "private": repo.private, "siblings": sibs, "tags": []}
            repo.gone[commit_of(files)] = dict(files)
            self._send(200, record)
        elif verb == "tree":
            self._send(200, [_entry(path, data) for path, data in files.items()])
        elif verb == "paths-info":
            paths = json.loads(body)["paths"] if body[:1] == b"{" else parse_qs(body.decode())["paths"]
            self._send(200, [_entry(path, files[path]) for path in paths if path in files])
        elif verb == "preupload":
            asked = json.loads(body)["files"]
            self._send(200, {"files": [_mode(one, files.get(one["path"])) for one in asked]})
        elif verb == "commit":
            self._commit(repo, name, revision, body, propose="create_pr" in query)
        else:
            self._send(404, {"error": action})

    def _commit(self, repo: Repo, name: str, revision: str, body: bytes, *, propose: bool) -> None:
        files = dict(repo.at(revision) or {})
        for line in body.splitlines():
            record = json.loads(line)
            value = record["value"]
            if record["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif record["key"] == "lfsFile":
                if value["oid"] not in repo.large:
                    self._send(400, {"error": "a large file is missing"})
                    return
                files[value["path"]] = repo.large[value["oid"]]
        if self.hub.damaged in files:
            files[self.hub.damaged] += b" "
        repo.proposals += propose
        branch = f"refs/pr/{repo.proposals}" if propose else revision
        repo.branches[branch] = files
        repo.gone[commit_of(files)] = files
        url = f"{self.hub.address}/{name}"
        told = {"commitUrl": f"{url}/commit/{commit_of(files)}", "commitOid": commit_of(files), "success": True}
        self._send(200, told | {"pullRequestUrl": f"{url}/discussions/{repo.proposals}"})

    def _large(self, path: str, body: bytes) -> None:
        name = path.removeprefix("/").partition(".git/")[0]
        repo = self.hub.repos[name]
        if path.endswith("/verify"):
            self._send(200 if json.loads(body)["oid"] in repo.large else 404, {})
            return
        objects = []
        for asked in json.loads(body)["objects"]:
            told = {"oid": asked["oid"], "size": asked["size"]}
            if asked["oid"] not in repo.large:
                verify = {"href": f"{self.hub.address}/{name}.git/info/lfs/objects/verify"}
                told["actions"] = {
                    "upload": {"href": f"{self.hub.address}/upload/{name}/{asked['oid']}"},
                    "verify": verify,
                }
            objects.append(told)
        self._send(200, {"transfer": "basic", "objects": objects})

    def _resolve(self, path: str, known: bool) -> None:
        owner, name, _, rest = [*path.lstrip("/").split("/", 3), "", "", ""][:4]
        repo = self.hub.repos.get(f"{owner}/{name}")
        if repo is None or (repo.private and not known):
            self._send(404, {}, {"X-Error-Code": "RepoNotFound"})
            return
        revision, _, file = rest.partition("/")
        files = repo.at(revision)
        if files is None or file not in files:
            code = "RevisionNotFound" if files is None else "EntryNotFound"
            self._send(404, {}, {"X-Error-Code": code, "X-Repo-Commit": commit_of(files or {})})
            return
        data = files[file]
        etag = hashlib.sha256(data).hexdigest() if len(data) >= LARGE else _blob(data)
        repo.gone[commit_of(files)] = dict(files)
        self._send(200, data, {"ETag": f'"{etag}"', "X-Repo-Commit": commit_of(files)})

    def _send(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.send_header("Content-Type", "application/octet-stream" if isinstance(value, bytes) else "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


def commit_of(files: dict[str, bytes]) -> str:
    digest = hashlib.sha1()
    for path in sorted(files):
        digest.update(path.encode() + hashlib.sha1(files[path]).digest())
    return digest.hexdigest()


def _blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def _entry(path: str, data: bytes) -> dict[str, object]:
    entry: dict[str, object] = {"type": "file", "path": path, "size": len(data), "oid": _blob(data)}
    if len(data) >= LARGE:
        sha = hashlib.sha256(data).hexdigest()
        entry |= {"oid": "0" * 40, "lfs": {"size": len(data), "oid": sha, "sha256": sha, "pointerSize": 130}}
    return entry


def _mode(asked: dict[str, object], there: bytes | None) -> dict[str, object]:
    mode = "lfs" if int(str(asked["size"])) >= LARGE else "regular"
    return {"path": asked["path"], "uploadMode": mode, "shouldIgnore": False, "oid": there and _blob(there)}


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Clients that go away are what some tests are about."""


@contextmanager
def model_hub() -> Iterator[Hub]:
    """An empty Hub that listens until the block ends."""
    hub = Hub()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": hub}))
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.quit.set()
        server.shutdown()
        server.server_close()
