"""A client of our own API: what the commands and the pytest plugin speak through.

It is the standard library's, so that importing it costs nothing, and it takes no proxy from the environment: under
`hookflash run` that would be ours.
"""

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

PREFIX = "/hookflash/v1"
TIMEOUT = 30.0  #: seconds for an answer, besides what the request itself may wait


class ServerError(Exception):
    """The server refused, or did not answer; the message says which. `status` is 0 when it did not answer."""

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status


class OwnClient:
    """Asks the server at the base URL `api`, such as `http://127.0.0.1:8010`, with its operator token.

    A connection for each request: a client may be used from several threads.
    """

    def __init__(self, api: str, operator_token: str) -> None:
        self.api = api
        self._address = urlsplit(api)
        self._token = operator_token

    def get(self, *path: str, wait: int = 0, **query: object) -> Any:
        """The value at `/hookflash/v1/…`; `path` are its segments, `wait` is how many ms the server may take its time.

        Raises ServerError, as every method here.
        """
        if wait:
            query["wait"] = wait
        return json.loads(self.bytes("GET", *path, timeout=TIMEOUT + wait / 1000, query=query))

    def post(self, *path: str, **values: object) -> Any:
        return _value(self.bytes("POST", *path, values=values))

    def put(self, *path: str, **values: object) -> Any:
        return _value(self.bytes("PUT", *path, values=values))

    def patch(self, *path: str, **values: object) -> Any:
        return _value(self.bytes("PATCH", *path, values=values))

    def delete(self, *path: str) -> None:
        self.bytes("DELETE", *path)

    def bytes(
        self,
        method: str,
        *path: str,
        timeout: float = TIMEOUT,
        query: dict[str, object] | None = None,
        values: dict[str, object] | None = None,
    ) -> bytes:
        """The body of the answer as it came."""
        target = "/".join([PREFIX, *(quote(segment, safe="+") for segment in path)])
        if query:
            target += "?" + urlencode(query)
        kind = HTTPSConnection if self._address.scheme == "https" else HTTPConnection
        connection = kind(self._address.hostname or "", self._address.port, timeout=timeout)
        try:
            connection.request(
                method,
                target,
                body=None if values is None else json.dumps(values),
                headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
            )
            response = connection.getresponse()
            body = response.read()
        except (OSError, HTTPException) as error:
            raise ServerError(
                f"no server answers at {self.api} ({error or type(error).__name__}). Start it with `hookflash serve`."
            ) from error
        finally:
            connection.close()
        if response.status >= 400:
            raise ServerError(_sentence(body, response.status), response.status)
        return body


def _value(body: bytes) -> Any:
    return json.loads(body) if body else None


def _sentence(body: bytes, status: int) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, TypeError, KeyError):
        return body.decode(errors="replace").strip()[:300] or f"the server answered with status {status}"
