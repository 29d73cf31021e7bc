"""Which table of refused requests provokes which code: that of the platform, or those of messages and services."""

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
        Code.NUMBER_ALREADY_VERIFIED,
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

#: Those of messages, media, feedback and messaging services: the table of their own tests.
MESSAGING = REFUSALS - PLATFORM
