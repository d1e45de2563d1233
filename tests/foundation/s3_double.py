"""A bucket on loopback that speaks as much of S3's protocol as the file store uses; it checks no signature.

It keeps what it is given in `objects`, and the query of every read in `queries`.
"""

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote
from wsgiref.simple_server import WSGIRequestHandler, make_server
from xml.sax.saxutils import escape, unescape

STAMP = "2026-11-22T04:00:00.000Z"
LAST_MODIFIED = "Sun, 22 Nov 2026 04:00:00 GMT"


class Bucket:
    """The objects of `bucket`, by key."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.dispositions: dict[str, str] = {}
        self.queries: list[dict[str, list[str]]] = []
        self._parts: dict[str, dict[int, bytes]] = {}

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        key = unquote(environ["PATH_INFO"]).removeprefix("/bucket").lstrip("/")
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        status, headers, answer = getattr(self, f"_{environ['REQUEST_METHOD'].lower()}")(key, query, body, environ)
        start(status, [("Content-Length", str(len(answer))), ("Last-Modified", LAST_MODIFIED), *headers])
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer]

    def _put(self, key: str, query: dict[str, list[str]], body: bytes, environ: dict[str, Any]) -> Any:
        if "uploadId" in query:
            self._parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
        else:
            self._keep(key, body, environ)
        return "200 OK", [("ETag", '"tag"')], b""

    def _post(self, key: str, query: dict[str, list[str]], body: bytes, environ: dict[str, Any]) -> Any:
        if "uploads" in query:
            self._parts[key] = {}
            self.dispositions[key] = environ.get("HTTP_CONTENT_DISPOSITION", "")
            return "200 OK", [], f"<R><UploadId>{key}</UploadId></R>".encode()
        if "uploadId" in query:
            parts = self._parts.pop(query["uploadId"][0])
            self.objects[key] = b"".join(parts[number] for number in sorted(parts))
            return "200 OK", [], b"<CompleteMultipartUploadResult><ETag>tag</ETag></CompleteMultipartUploadResult>"
        asked = [unescape(name) for name in re.findall("<Key>(.*?)</Key>", body.decode())]
        for name in asked:
            self.objects.pop(name, None)
        deleted = "".join(f"<Deleted><Key>{escape(name)}</Key></Deleted>" for name in asked)
        return "200 OK", [], f"<DeleteResult>{deleted}</DeleteResult>".encode()

    def _get(self, key: str, query: dict[str, list[str]], _: bytes, __: dict[str, Any]) -> Any:
        self.queries.append(query)
        if "list-type" in query:
            return "200 OK", [], self._listing(query["prefix"][0]).encode()
        if key not in self.objects:
            return "404 Not Found", [], b"<Error><Code>NoSuchKey</Code></Error>"
        headers = [("ETag", '"tag"'), ("Content-Disposition", self.dispositions[key])]
        return "200 OK", headers, self.objects[key]

    _head = _get

    def _delete(self, key: str, query: dict[str, list[str]], _: bytes, __: dict[str, Any]) -> Any:
        self._parts.pop(query.get("uploadId", [""])[0], None)
        self.objects.pop(key, None)
        return "204 No Content", [], b""

    def _keep(self, key: str, body: bytes, environ: dict[str, Any]) -> None:
        self.objects[key] = body
        self.dispositions[key] = environ.get("HTTP_CONTENT_DISPOSITION", "")

    def _listing(self, prefix: str) -> str:
        found = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{STAMP}</LastModified><ETag>tag</ETag>"
            f"<Size>{len(content)}</Size></Contents>"
            for key, content in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        return f"<ListBucketResult><KeyCount>1</KeyCount>{found}</ListBucketResult>"


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Say nothing."""


@contextmanager
def bucket() -> Iterator[tuple[Bucket, str]]:
    """Yield the bucket and the address of its server."""
    kept = Bucket()
    server = make_server("127.0.0.1", 0, kept, handler_class=_Silent)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield kept, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
