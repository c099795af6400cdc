"""So much of S3 as a store asks for, on this machine: objects, parts, lists, deletes."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree


class Bucket(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.is_broken = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Who breaks off in the middle of an upload does so here."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Bucket
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Nothing."""

    def _asked(self) -> tuple[str, dict[str, list[str]], bytes]:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        key = unquote(parts.path).removeprefix("/bucket").removeprefix("/")
        return key, parse_qs(parts.query, keep_blank_values=True), self.rfile.read(length)

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        if self.server.is_broken:
            status, body = 403, b"<Error><Code>AccessDenied</Code></Error>"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self) -> None:
        key, query, body = self._asked()
        if self.server.is_broken:
            return self._answer(403)
        if "partNumber" in query:
            self.server.parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
        else:
            self.server.objects[key] = body
        return self._answer(200, headers={"ETag": _tag(body)})

    def do_POST(self) -> None:
        key, query, body = self._asked()
        if "uploads" in query:
            upload = f"upload{len(self.server.parts)}"
            self.server.parts[upload] = {}
            told = f"<Bucket>bucket</Bucket><Key>{key}</Key><UploadId>{upload}</UploadId>"
            return self._answer(200, _element("InitiateMultipartUploadResult", told))
        if "uploadId" in query:
            parts = self.server.parts.pop(query["uploadId"][0])
            whole = b"".join(part for _, part in sorted(parts.items()))
            self.server.objects[key] = whole
            told = f"<Key>{key}</Key><ETag>{_tag(whole)}</ETag>"
            return self._answer(200, _element("CompleteMultipartUploadResult", told))
        gone = [one.text or "" for one in ElementTree.fromstring(body).iter() if one.tag.endswith("Key")]
        for one in gone:
            self.server.objects.pop(one, None)
        told = "".join(f"<Deleted><Key>{one}</Key></Deleted>" for one in gone)
        return self._answer(200, _element("DeleteResult", told))

    def do_GET(self) -> None:
        key, query, _ = self._asked()
        if not key:
            return self._answer(200, self._listed(query))
        body = self.server.objects.get(key)
        if body is None:
            return self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
        return self._answer(200, body, {"ETag": _tag(body), "Last-Modified": "Sun, 01 Nov 2026 10:00:00 GMT"})

    def do_DELETE(self) -> None:
        key, query, _ = self._asked()
        if "uploadId" in query:
            self.server.parts.pop(query["uploadId"][0], None)
        else:
            self.server.objects.pop(key, None)
        return self._answer(204)

    def _listed(self, query: dict[str, list[str]]) -> bytes:
        prefix = query.get("prefix", [""])[0]
        at = datetime(2026, 11, 1, 10, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        rows = "".join(
            f"<Contents><Key>{key}</Key><LastModified>{at}</LastModified><ETag>{_tag(body)}</ETag>"
            f"<Size>{len(body)}</Size></Contents>"
            for key, body in sorted(self.server.objects.items())
            if key.startswith(prefix)
        )
        return _element("ListBucketResult", f"<IsTruncated>false</IsTruncated>{rows}")


def _element(name: str, inside: str) -> bytes:
    return f"<{name}>{inside}</{name}>".encode()


def _tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()}"'


@contextmanager
def serving() -> Iterator[Bucket]:
    server = Bucket()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
