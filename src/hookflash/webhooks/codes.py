"""What can be wrong with a webhook: the number that the error dictionary gives it, and our sentence.

The debugger, the fallback request (`ErrorCode`) and the record of each attempt all speak in these.
"""

from enum import Enum


class WebhookCode(Enum):
    """A number and a sentence whose one blank, {detail}, says what was seen."""

    def __init__(self, number: int, sentence: str) -> None:
        self.number = number
        self.sentence = sentence

    INVALID_URL = 11100, "The webhook's URL is not usable: {detail}"
    RETRIEVAL = 11200, "The document could not be retrieved: {detail}"
    CONNECT_TIMEOUT = 11201, "The TCP or TLS connection was not made in time: {detail}"
    CONNECTION_REFUSED = 11202, "The server refused the TCP connection: {detail}"
    TOTAL_TIMEOUT = 11203, "The whole exchange took longer than it may: {detail}"
    CONNECTION_FAILED = 11205, "The connection failed: {detail}"
    PROTOCOL = 11206, "The answer is not valid HTTP: {detail}"
    HOST_NAME = 11210, "The host name does not resolve: {detail}"
    TOO_MANY_REDIRECTS = 11215, "The server redirected too often: {detail}"
    INVALID_REDIRECT = 11216, "The redirect cannot be followed: {detail}"
    TLS_HANDSHAKE = 11220, "The TLS handshake failed: {detail}"
    CERTIFICATE_NAME = 11235, "The server's certificate is for another name: {detail}"
    CERTIFICATE_EXPIRED = 11236, "The server's certificate is not valid today: {detail}"
    CERTIFICATE_UNTRUSTED = 11237, "The server's certificate has no path to a trusted authority: {detail}"
    INVALID_EDGE = 11240, "The edge in the URL's fragment does not exist: {detail}"
    UNSUPPORTED_EDGE = 11241, "The edge in the URL's fragment does not send webhooks: {detail}"
    INTERCONNECT = 11242, "Webhooks over an interconnect are not available here: {detail}"
    RETRY_POLICY = 11243, "The connection overrides in the URL's fragment are not valid: {detail}"
    BODY_TOO_LONG = 11750, "The answer's body is too long: {detail}"
    EMPTY_BODY = 11770, "The answer has no body: {detail}"
    CONTENT_TYPE = 12300, "The answer's content type cannot be used: {detail}"
    CONFERENCE_CALLBACK = 16011, "A status callback of a conference failed; the conference goes on: {detail}"
    CALL_PROGRESS = 15003, "A status callback of a call failed; the call goes on: {detail}"


class WebhookError(Exception):
    """A webhook failed: `code` says how, `sentence` says it to a person."""

    def __init__(self, code: WebhookCode, detail: str) -> None:
        self.code = code
        self.sentence = code.sentence.format(detail=detail)
        super().__init__(f"{code.number}: {self.sentence}")
