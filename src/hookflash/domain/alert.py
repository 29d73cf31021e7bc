"""What the debugger saw: Notifications of the API of 2010, and alerts of Monitor."""

import msgspec


class Alert(msgspec.Struct, kw_only=True):
    """A row of `alerts`."""

    account_sid: str
    sid: str
    level: str  #: error or warning
    error_code: int
    sentence: str
    resource_sid: str | None = None
    service_sid: str | None = None
    request_method: str | None = None
    request_url: str | None = None
    request_variables: str | None = None
    request_headers: str | None = None
    response_headers: str | None = None
    response_body: str | None = None
    date_created: int
    date_updated: int
