"""What apps do, in the tests of the plugin and of our own API."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode
from urllib.request import Request, urlopen

from hookflash.testing.platform import Platform


def post_message(hookflash: Platform, **params: str) -> dict[str, Any]:
    """POST Messages as the first account, from its first number."""
    return rest(hookflash, "Messages.json", {"From": hookflash.number, **params})


def rest(hookflash: Platform, path: str, params: dict[str, str] | None = None) -> dict[str, Any]:
    """GET, or POST `params` to, a resource of the account; a `path` that begins with / is that of another product."""
    with urlopen(_request(hookflash, path, params)) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


def drop(hookflash: Platform, path: str) -> None:
    """DELETE a resource of the account."""
    request = _request(hookflash, path)
    request.method = "DELETE"
    with urlopen(request) as response:
        assert response.status == 204


def _request(hookflash: Platform, path: str, params: dict[str, str] | None = None) -> Request:
    credentials = base64.b64encode(f"{hookflash.account_sid}:{hookflash.auth_token}".encode()).decode()
    base = "" if path.startswith("/") else f"/2010-04-01/Accounts/{hookflash.account_sid}/"
    return Request(
        hookflash.url + base + path,
        data=None if params is None else urlencode(params).encode(),
        headers={"Authorization": f"Basic {credentials}"},
    )


class Asked(dict[str, str]):
    """The parameters of a request that an application got, with its method and path."""

    def __init__(self, method: str, path: str, query: str) -> None:
        super().__init__(parse_qsl(query, keep_blank_values=True))
        self.method = method
        self.path = path


class App:
    """An application: answers every webhook with `document`, and keeps the parameters of each.

    A path may have a document of its own, and a file that is there to be fetched; another file is not found.
    """

    def __init__(self) -> None:
        self.document = "<Response/>"
        self.content_type = "text/xml"
        self.documents: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.url = ""
        self.requests: list[Asked] = []
        self.came = threading.Condition()

    def take(self, asked: Asked) -> None:
        with self.came:
            self.requests.append(asked)
            self.came.notify_all()

    def wait_for(self, **wanted: str) -> Asked:
        """The first request with these parameters; it may still be under way."""

        def found() -> Asked | None:
            return next((params for params in self.requests if wanted.items() <= params.items()), None)

        with self.came:
            assert self.came.wait_for(found, timeout=10), f"none of {self.requests} has {wanted}"
            params = found()
            assert params is not None
            return params


@contextmanager
def running_app() -> Iterator[App]:
    """An App on a free port."""
    app = App()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._document(Asked("POST", self.path, body))

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if path in app.files:
                self._answer(200, "audio/wav", app.files[path])
            elif "." in path:
                self._answer(404, "text/plain", b"no such file")
            else:
                self._document(Asked("GET", path, query))

        def _document(self, asked: Asked) -> None:
            app.take(asked)
            self._answer(200, app.content_type, app.documents.get(asked.path, app.document).encode())

        def _answer(self, status: int, kind: str, answer: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        app.url = f"http://127.0.0.1:{server.server_address[1]}/app"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield app
        server.shutdown()
        thread.join()
