"""Pages for people: what this server is, and what an error code means."""

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from hookflash.catalogue import Entry, Meaning, Where, catalogue

from .answering import Answering

if TYPE_CHECKING:
    from hookflash.app import Exchange

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --link: light-dark(#0b57d0, #8ab4f8); }
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; }
h1 { line-height: 1.2; } a { color: var(--link); } code, pre { font: .9em ui-monospace, monospace; }
code { background: var(--soft); padding: .1em .3em; border-radius: .25em; }
pre { background: var(--soft); padding: 1rem; border-radius: .5rem; overflow-x: auto; } pre code { background: none; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top;
padding: .4rem .6rem .4rem 0; border-bottom: 1px solid var(--line); }
"""

_LANDING = """
<h1>Hookflash</h1>
<p>A communications platform that speaks Twilio's API, on your own machine. Apps written for Twilio run on it as they
are: texts, TwiML, webhooks.</p>
<h2>Try it</h2>
<pre><code>hookflash phone +14155551212            # a handset: text and call, see and hear the replies
hookflash run -- python your_app.py     # your app, unchanged, talks to this server
hookflash timeline SM…                  # what happened to a message, step by step
hookflash doctor                        # what is configured, and what is wrong</code></pre>
<h2>Where things are</h2>
<table>
<tr><th>Twilio's API</th><td><code>/2010-04-01/…</code>; other products by their host or a prefix such as
<code>/messaging/v1/…</code></td></tr>
<tr><th>Our own API</th><td><code>/hookflash/v1/…</code>, with the operator token of the ready file</td></tr>
<tr><th>Error codes</th><td><a href="/docs/errors">/docs/errors</a></td></tr>
<tr><th>Metrics</th><td><a href="/metrics">/metrics</a>, for Prometheus</td></tr>
</table>
"""

_ADVICE = {
    Where.REFUSAL: "The request was refused; nothing was kept of it. Change it as the sentence says and send it again.",
    Where.OUTCOME: "The message was accepted and then could not be delivered. Its timeline says step by step what "
    "happened: <code>hookflash timeline SID</code>.",
    Where.WEBHOOK: "This server could not use the answer of your application. Every attempt is on the timeline of the "
    "message, with the request, the string that was signed and the answer: <code>hookflash timeline SID</code>.",
    Where.TWIML: "Your application answered, but not everything in its document could be run. The alert names the line "
    "and column.",
}


class Pages:
    """The handlers."""

    def __init__(self, exchange: "Exchange") -> None:
        self._exchange = exchange

    def routes(self, answering: Answering) -> list[Route]:
        return [
            Route("/", self.landing, methods=["GET"]),
            Route("/favicon.ico", self.no_icon, methods=["GET"]),
            Route("/docs/errors", self.codes, methods=["GET"]),
            Route("/docs/errors/{code}", self.code, methods=["GET"]),
        ]

    async def landing(self, request: Request) -> Response:
        return _page("Hookflash", _LANDING)

    async def no_icon(self, request: Request) -> Response:
        return Response(status_code=204)

    async def codes(self, request: Request) -> Response:
        """The list of all."""
        rows = "".join(
            f'<tr><td><a href="/docs/errors/{entry.number}">{entry.number}</a></td><td>{escape(entry.title)}</td></tr>'
            for entry in catalogue().values()
        )
        return _page("Error codes", f"<h1>Error codes</h1><table>{rows}</table>")

    async def code(self, request: Request) -> Response:
        """One of them."""
        text = request.path_params["code"]
        entry = catalogue().get(int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
        if entry is None:
            said = f"<h1>No such code</h1><p>This server never answers with {escape(text[:20])}.</p>"
            return _page("No such code", said + _BACK, 404)
        return _page(f"{entry.number} {entry.title}", _entry(entry) + _BACK)


_BACK = '<p><a href="/docs/errors">All codes</a></p>'


def _entry(entry: Entry) -> str:
    return f"<h1>{entry.number}: {escape(entry.title)}</h1>{''.join(_meanings(entry.meanings))}"


def _meanings(meanings: Iterable[Meaning]) -> Iterable[str]:
    for meaning in meanings:
        status = f" with HTTP status {meaning.status}" if meaning.status else ""
        yield f"<p><strong>{escape(meaning.sentence)}</strong></p>"
        if meaning.cure:
            yield f"<p>{escape(meaning.cure)}</p>"
        yield f"<p>Seen in {meaning.where.value}{status}. {_ADVICE[meaning.where]}</p>"


def _page(title: str, content: str, status: int = 200) -> Response:
    return HTMLResponse(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style></head><body>{content}</body></html>",
        status,
        {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:"},
    )
