"""The words by which people stop, restart and ask about the texts of a sender, and what the platform answers.

A word counts when it is the whole body, in any case. Long codes of the default policy and toll-free numbers differ; a
messaging service may bring a policy of its own. Blocking and sending the reply is the business of the action that
receives the message.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hookflash.domain.phone_numbers import NumberType, number_type, parse_short_code

LONGEST_WORD = 64  # characters; a body beyond it is not even compared


class Keyword(StrEnum):
    """What a word means; the value is that of the `OptOutType` parameter of webhooks."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


@dataclass(frozen=True, slots=True)
class OptOutPolicy:
    """Which words mean what, and the reply to each meaning; a meaning without a reply is not answered."""

    words: dict[str, Keyword]  #: by word in capitals
    replies: dict[Keyword, str]
    only_when_blocked: frozenset[str] = frozenset()  #: words too common to mean anything from who is not blocked

    def keyword_of(self, body: str, *, blocked: bool = True) -> Keyword | None:
        """What `body` means as a keyword; None for an ordinary text.

        `blocked` tells whether who wrote has stopped the sender before.
        """
        if len(body) > LONGEST_WORD:
            return None
        word = body.strip().upper()
        if word in self.only_when_blocked and not blocked:
            return None
        return self.words.get(word)


def policy(
    *, stop: Iterable[str], start: Iterable[str], help_: Iterable[str], replies: dict[Keyword, str]
) -> OptOutPolicy:
    """A policy of the given words, in any case. Raises ValueError for a word too long, or of two meanings."""
    words: dict[str, Keyword] = {}
    for keyword, spellings in ((Keyword.STOP, stop), (Keyword.START, start), (Keyword.HELP, help_)):
        for spelling in spellings:
            word = spelling.strip().upper()
            if not 0 < len(word) <= LONGEST_WORD:
                raise ValueError(f"a keyword has 1 to {LONGEST_WORD} characters: {word[:LONGEST_WORD]!r}")
            if words.setdefault(word, keyword) is not keyword:
                raise ValueError(f"{word} cannot mean both {words[word]} and {keyword}")
    return OptOutPolicy(words, replies, frozenset({"YES"}))


DEFAULT = policy(
    stop=("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"),
    start=("START", "YES", "UNSTOP"),
    help_=("HELP", "INFO"),
    replies={
        Keyword.STOP: "You have successfully been unsubscribed. You will not receive any more messages from this"
        " number. Reply START to resubscribe.",
        Keyword.START: "You have successfully been re-subscribed to messages from this number. Reply HELP for help."
        " Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
        Keyword.HELP: "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    },
)

#: Toll-free numbers of North America: the network itself does it, and knows fewer words.
TOLL_FREE = policy(
    stop=("STOP",),
    start=("START", "UNSTOP"),
    help_=("HELP", "INFO"),
    replies={
        Keyword.STOP: 'NETWORK MSG: You replied with the word "stop" which blocks all texts sent from this number.'
        ' Text back "unstop" to receive messages again.',
        Keyword.START: 'NETWORK MSG: You have replied "unstop" and will begin receiving messages again from this'
        " number.",
        Keyword.HELP: DEFAULT.replies[Keyword.HELP],
    },
)

#: A short code outside a service: its owner handles the words.
NONE = OptOutPolicy({}, {})


def policy_of(sender: str) -> OptOutPolicy:
    """The policy of a sender, E.164 or short code, that is in no service with a policy of its own."""
    if parse_short_code(sender):
        return NONE
    if sender.startswith("+1") and number_type(sender) is NumberType.TOLL_FREE:
        return TOLL_FREE
    return DEFAULT
