"""What the HTTP client's exceptions mean: a code, a sentence, and the kind of failure that a retry policy names."""

import ssl

import aiohttp

from hookflash.webhooks.codes import WebhookCode, WebhookError
from hookflash.webhooks.egress import EgressRefusedError
from hookflash.webhooks.policy import Failure

# X509_V_ERR_* of OpenSSL, as `SSLCertVerificationError.verify_code` gives them.
_CERTIFICATE_CODES = {
    9: WebhookCode.CERTIFICATE_EXPIRED,  # not yet valid
    10: WebhookCode.CERTIFICATE_EXPIRED,
    62: WebhookCode.CERTIFICATE_NAME,  # host name
    64: WebhookCode.CERTIFICATE_NAME,  # IP address
}

Diagnosis = tuple[WebhookError, Failure | None]


def diagnose(error: Exception, *, answering: bool) -> Diagnosis:
    """Name a failure of one attempt. `answering`: the head of an answer had come; such a failure is never retried."""
    found, failure = _diagnose(error)
    return found, None if answering else failure


def _diagnose(error: Exception) -> Diagnosis:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return WebhookError(WebhookCode.HOST_NAME, f"{error.host}: {error.os_error}"), Failure.CONNECT
        case aiohttp.ClientConnectorCertificateError():
            return _certificate(error.certificate_error), Failure.CONNECT
        case aiohttp.ClientConnectorSSLError():
            return WebhookError(WebhookCode.TLS_HANDSHAKE, str(error.os_error)), Failure.CONNECT
        case aiohttp.ClientConnectorError():
            return _connect(error.os_error)
        case aiohttp.ConnectionTimeoutError():
            return WebhookError(WebhookCode.CONNECT_TIMEOUT, "no connection in time"), Failure.CONNECT
        case aiohttp.SocketTimeoutError():
            return WebhookError(WebhookCode.RETRIEVAL, "the server did not answer in time"), Failure.READ
        case TimeoutError():
            return WebhookError(WebhookCode.TOTAL_TIMEOUT, "the time for the whole exchange is over"), None
        case aiohttp.InvalidURL():
            return WebhookError(WebhookCode.INVALID_URL, error.description or "it cannot be called"), None
        case aiohttp.ServerDisconnectedError():
            return WebhookError(WebhookCode.CONNECTION_FAILED, "the server closed it without an answer"), None
        case aiohttp.ClientPayloadError():
            return WebhookError(WebhookCode.PROTOCOL, f"the body is broken off or malformed ({error})"), None
        case aiohttp.ClientResponseError():
            return WebhookError(WebhookCode.PROTOCOL, error.message), None
        case _:
            return WebhookError(WebhookCode.CONNECTION_FAILED, str(error) or type(error).__name__), None


def _connect(error: OSError) -> Diagnosis:
    match error:
        case EgressRefusedError():
            return WebhookError(WebhookCode.RETRIEVAL, str(error)), None
        case ConnectionRefusedError():
            return WebhookError(WebhookCode.CONNECTION_REFUSED, str(error)), Failure.CONNECT
        case TimeoutError():
            return WebhookError(WebhookCode.CONNECT_TIMEOUT, str(error)), Failure.CONNECT
        case _:
            return WebhookError(WebhookCode.CONNECTION_FAILED, str(error)), Failure.CONNECT


def _certificate(error: Exception) -> WebhookError:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return WebhookError(WebhookCode.CERTIFICATE_UNTRUSTED, str(error))
    code = _CERTIFICATE_CODES.get(error.verify_code, WebhookCode.CERTIFICATE_UNTRUSTED)
    return WebhookError(code, error.verify_message)
