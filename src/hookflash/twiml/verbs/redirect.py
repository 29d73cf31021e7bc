"""`<Redirect>`: another document goes on from here."""

from dataclasses import dataclass
from urllib.parse import urljoin

from hookflash.twiml.declaration import Verb, attribute, check_url, one_of, verb
from hookflash.twiml.messaging import GoTo, Incoming
from hookflash.twiml.problems import TwimlCode, TwimlWarning


@verb("Redirect", text="absolute or relative URL; the document itself when empty")
@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect(Verb):
    """Goes on with another document; the verbs after it are not reached."""

    method: str = attribute(
        "method",
        one_of("GET", "POST"),
        default="POST",
        refuse=TwimlCode.MESSAGE_METHOD,
        summary="how the document is requested",
    )

    @property
    def is_last(self) -> bool:
        return True

    def run(self, incoming: Incoming, base_url: str) -> GoTo | TwimlWarning:
        """Go to the URL inside the element."""
        try:
            url = check_url(self.text)
        except ValueError as reason:
            sentence = f"The URL of <Redirect> {reason}; the verb is skipped."
            return TwimlWarning(TwimlCode.INVALID_URL, sentence, self.line, self.column)
        return GoTo(urljoin(base_url, url), self.method)
