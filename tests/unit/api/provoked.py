"""Which table of refused requests provokes which code: that of the platform, of calls, of SIP, or of messages."""

from hookflash.errors import Code

#: Every code that a REST request can be refused with.
REFUSALS = frozenset(code for code in Code if code.status is not None)

#: Those of the platform, of accounts and of numbers: `tests/scenarios/test_rest_codes.py`.
PLATFORM = frozenset(
    {
        Code.UNAUTHENTICATED,
        Code.SUSPENDED_ACCOUNT,
        Code.METHOD_NOT_ALLOWED,
        Code.PAGE_OUT_OF_RANGE,
        Code.PAGE_SIZE_TOO_LARGE,
        Code.TEST_CREDENTIALS,
        Code.ACTION_DISABLED,
        Code.MISSING_PARAMETER,
        Code.INVALID_FRIENDLY_NAME,
        Code.NOT_FOUND,
        Code.INVALID_PARAMETER,
        Code.TOO_MANY_REQUESTS,
        Code.INTERNAL,
        Code.UNAVAILABLE,
        Code.INVALID_PAGE_TOKEN,
        Code.BODY_TOO_LARGE,
        Code.MALFORMED_REQUEST,
        Code.SUBACCOUNT_OF_SUBACCOUNT,
        Code.INVALID_ACCOUNT_STATUS,
        Code.PARENT_SUSPENDED,
        Code.OWN_STATUS,
        Code.SUSPENDED_BY_OPERATOR,
        Code.ACCOUNT_CLOSED,
        Code.TRIAL_SUBACCOUNT,
        Code.TOO_MANY_SUBACCOUNTS,
        Code.INVALID_NUMBER,
        Code.NUMBER_NOT_AVAILABLE,
        Code.INVALID_URL,
        Code.INVALID_METHOD,
        Code.TRIAL_NUMBERS,
        Code.VOICE_FALLBACK_WITHOUT_URL,
        Code.SMS_FALLBACK_WITHOUT_URL,
        Code.NOT_SMS_CAPABLE,
        Code.INVALID_APPLICATION,
        Code.INVALID_CALLER_ID,
        Code.NUMBER_ALREADY_VERIFIED,
        Code.NUMBER_VERIFIED_ELSEWHERE,
        Code.INVALID_CALL_DELAY,
        Code.INVALID_CALLBACK_URL,
        Code.INVALID_AREA_CODE,
        Code.NO_NUMBERS_FOUND,
        Code.AREA_CODE_UNSUPPORTED,
        Code.NUMBER_TYPE_MISMATCH,
        Code.TRANSFER_INVALID_ACCOUNT,
        Code.TRANSFER_MISSING_ACCOUNT,
        Code.TRANSFER_INACTIVE_ACCOUNT,
        Code.TRANSFER_UNRELATED_ACCOUNT,
        Code.TRANSFER_NOT_PARENT,
        Code.LOCAL_ADDRESS_REQUIRED,
        Code.ADDRESS_REQUIRED,
        Code.INVALID_CONTAINS,
    }
)

#: Those of calls and recordings: `tests/scenarios/test_calls_codes.py`.
VOICE = frozenset(
    {
        Code.CALL_QUEUE_FULL,
        Code.TOO_MANY_TRIAL_CALLS,
        Code.CALL_TO_REQUIRED,
        Code.PREMIUM_NUMBER,
        Code.URL_REQUIRED,
        Code.INVALID_CALL_URL,
        Code.INVALID_SEND_DIGITS,
        Code.INVALID_IF_MACHINE,
        Code.INVALID_TIMEOUT,
        Code.INVALID_CALL_METHOD,
        Code.CALLER_NOT_VERIFIED,
        Code.INVALID_CALL_TO,
        Code.INVALID_CALL_FROM,
        Code.CALL_FROM_REQUIRED,
        Code.CALL_NOT_REACHABLE,
        Code.VOICE_GEO_PERMISSION,
        Code.CALL_BLOCKED,
        Code.DOUBTFUL_NUMBER,
        Code.TRIAL_CALL_UNVERIFIED,
        Code.NOT_IN_PROGRESS,
        Code.SIP_USERNAME_TOO_LONG,
        Code.INVALID_SIP_USERNAME,
        Code.SIP_PASSWORD_TOO_LONG,
        Code.INVALID_SIP_PASSWORD,
        Code.SIP_CREDENTIALS_INCOMPLETE,
        Code.SIP_HEADERS_TOO_LONG,
        Code.INVALID_SIP_HEADER_NAME,
        Code.INVALID_SIP_HEADER_VALUE,
        Code.INVALID_MACHINE_DETECTION,
        Code.ASYNC_AMD_WITHOUT_CALLBACK,
        Code.AMD_OUT_OF_RANGE,
        Code.QUEUE_NOT_EMPTY,
        Code.QUEUE_NAME_TAKEN,
        Code.CHANNELS_NOT_AVAILABLE,
        Code.CONFERENCE_FULL,
        Code.CONFERENCE_OVER,
        Code.INVALID_LABEL,
        Code.LABEL_IN_USE,
        Code.COACHED_ON_HOLD,
        Code.COACHED_ABSENT,
    }
)

#: Those of payments: `tests/scenarios/twiml/test_payments_by_rest.py`.
PAYMENTS = frozenset({Code.PAYMENT_AMOUNT, Code.PAYMENT_CONNECTOR, Code.PAYMENT_PARAMETER, Code.PAYMENT_OPERATION})

#: Those of SIP domains and their lists: `tests/scenarios/test_rest_sip.py`.
SIP = frozenset(
    {
        Code.INVALID_SIP_ADDRESS,
        Code.SIP_DOMAIN_IN_USE,
        Code.INVALID_SIP_DOMAIN,
        Code.SIP_LIST_IN_USE,
        Code.SIP_ALREADY_MAPPED,
        Code.INVALID_SIP_CREDENTIAL,
        Code.WEAK_SIP_PASSWORD,
    }
)

#: Those of messages, media, feedback and messaging services: the table of their own tests.
MESSAGING = REFUSALS - PLATFORM - VOICE - SIP - PAYMENTS
