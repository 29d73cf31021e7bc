"""Messages of an application's own that go along with a call."""

import msgspec

LONGEST = 10_240  #: bytes of content
MOST_SUBSCRIPTIONS = 20  #: of one call: each message of a phone is a request to every one


class UserMessage(msgspec.Struct, kw_only=True):
    """A row of `user_defined_messages`: one to the phone of a call."""

    account_sid: str
    sid: str
    call_sid: str
    content: str  #: JSON
    idempotency_key: str | None = None
    date_created: int


class UserMessageSubscription(msgspec.Struct, kw_only=True):
    """A row of `user_defined_message_subscriptions`: who is told of what a phone sends."""

    account_sid: str
    sid: str
    call_sid: str
    callback: str
    method: str = "POST"
    idempotency_key: str | None = None
    sequence: int = 1  #: of the next that is told
    date_created: int
