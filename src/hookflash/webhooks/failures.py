"""What the HTTP client's exceptions mean: a code, a sentence, and the kind of failure that a retry policy names."""

import ssl
from typing import NamedTuple

import aiohttp
import msgspec

from hookflash.webhooks.codes import WebhookCode, WebhookError
from hookflash.webhooks.conversation import Failed
from hookflash.webhooks.egress import EgressRefusedError
from hookflash.webhooks.policy import Failure

# X509_V_ERR_* of OpenSSL, as `SSLCertVerificationError.verify_code` gives them.
_CERTIFICATE_CODES = {
    9: WebhookCode.CERTIFICATE_EXPIRED,  # not yet valid
    10: WebhookCode.CERTIFICATE_EXPIRED,
    62: WebhookCode.CERTIFICATE_NAME,  # host name
    64: WebhookCode.CERTIFICATE_NAME,  # IP address
}


# How a connection shows that its other end is gone.
_CLOSED = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError)

# Errors of the operating system that say more than the client's exception around them.
_TELLING = (EgressRefusedError, ConnectionRefusedError)


class _Meaning(NamedTuple):
    exception: type[Exception]
    code: WebhookCode
    failure: Failure | None = None
    sentence: str = ""


# The first row that fits; an empty sentence is the exception's own.
_MEANINGS: tuple[_Meaning, ...] = (
    _Meaning(EgressRefusedError, WebhookCode.RETRIEVAL),
    _Meaning(ConnectionRefusedError, WebhookCode.CONNECTION_REFUSED, Failure.CONNECT),
    _Meaning(aiohttp.ClientConnectorDNSError, WebhookCode.HOST_NAME, Failure.CONNECT),
    _Meaning(aiohttp.ClientConnectorSSLError, WebhookCode.TLS_HANDSHAKE, Failure.CONNECT),
    _Meaning(
        aiohttp.ConnectionTimeoutError, WebhookCode.CONNECT_TIMEOUT, Failure.CONNECT, "the server was not reached"
    ),
    _Meaning(aiohttp.ClientConnectorError, WebhookCode.CONNECTION_FAILED, Failure.CONNECT),
    _Meaning(aiohttp.SocketTimeoutError, WebhookCode.RETRIEVAL, Failure.READ, "the server did not answer in time"),
    _Meaning(TimeoutError, WebhookCode.TOTAL_TIMEOUT, None, "it was given up"),
    _Meaning(aiohttp.InvalidURL, WebhookCode.INVALID_URL),
    _Meaning(
        aiohttp.ServerDisconnectedError, WebhookCode.CONNECTION_FAILED, None, "the server closed it without an answer"
    ),
    _Meaning(aiohttp.ClientPayloadError, WebhookCode.PROTOCOL),
    _Meaning(aiohttp.ClientResponseError, WebhookCode.PROTOCOL),
    _Meaning(Exception, WebhookCode.CONNECTION_FAILED),
)


def diagnose(error: Exception, *, reused: bool, answering: bool) -> Failed:
    """Name the failure of one attempt.

    `reused`: it went over a connection that was kept alive. `answering`: the head of an answer had come; such a
    failure is never retried.
    """
    if answering:
        return msgspec.structs.replace(_diagnose(error), failure=None)
    if reused and isinstance(error, _CLOSED) and not isinstance(error, aiohttp.ClientConnectorError):
        closed = WebhookError(WebhookCode.CONNECTION_FAILED, "the server had closed the connection that was kept alive")
        return Failed(error=closed, stale=True)
    return _diagnose(error)


def _diagnose(error: Exception) -> Failed:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return Failed(error=_certificate(error.certificate_error), failure=Failure.CONNECT)
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, _TELLING):
        error = error.os_error
    meaning = next(row for row in _MEANINGS if isinstance(error, row.exception))
    detail = meaning.sentence or str(error) or type(error).__name__
    return Failed(error=WebhookError(meaning.code, detail), failure=meaning.failure)


def _certificate(error: Exception) -> WebhookError:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return WebhookError(WebhookCode.CERTIFICATE_UNTRUSTED, str(error))
    code = _CERTIFICATE_CODES.get(error.verify_code, WebhookCode.CERTIFICATE_UNTRUSTED)
    return WebhookError(code, error.verify_message)
