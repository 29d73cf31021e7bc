"""The one catalogue of error codes: number, HTTP status, sentence.

Codes with an HTTP status refuse a REST request, as `ApiError`. Those without one describe what became of a message
(`error_code`) or what the debugger saw. The numbers and most titles are those of Twilio's public error dictionary; the
sentences are ours where no published answer shows theirs. `docs/reference/errors.md` is made from this table.
"""

from enum import Enum
from typing import Any


class Code(Enum):
    """A number, the HTTP status of the refusal (None: not a refusal), and the sentence with its {blanks}."""

    def __init__(self, number: int, status: int | None, sentence: str) -> None:
        self.number = number
        self.status = status
        self.sentence = sentence

    # -- the platform --
    UNAUTHENTICATED = 20003, 401, "Authenticate"
    SUSPENDED_ACCOUNT = 20005, 403, "Account not active"
    METHOD_NOT_ALLOWED = 20004, 405, "Method {method} is not allowed on this resource"
    PAGE_OUT_OF_RANGE = 20006, 404, "Page {page} is past the end of this list"
    PAGE_SIZE_TOO_LARGE = 20007, 400, "PageSize {size} is not between 1 and 1000"
    TEST_CREDENTIALS = 20008, 403, "Resource not accessible with Test Account Credentials"
    NOT_COMPLETE = 20009, 409, "Cannot delete this resource before it is complete"
    ACTION_DISABLED = 20010, 403, "{why}"
    MISSING_PARAMETER = 20001, 400, "Parameter {name} is required"
    INVALID_FRIENDLY_NAME = 20002, 400, "FriendlyName is longer than {limit} characters"
    NOT_FOUND = 20404, 404, "The requested resource {path} was not found"
    CONFLICT = 20409, 409, "{why}"
    INVALID_PARAMETER = 20422, 400, "Parameter {name} is not valid: {why}"
    TOO_MANY_REQUESTS = 20429, 429, "Too Many Requests"
    INTERNAL = 20500, 500, "An internal error occurred; the log has it under {request_id}"
    UNAVAILABLE = 20503, 503, "{why}"
    INVALID_PAGE_TOKEN = 21481, 400, "Invalid PageToken"
    BODY_TOO_LARGE = 20413, 413, "The request body is larger than {limit} bytes"
    MALFORMED_REQUEST = 20400, 400, "{why}"

    # -- accounts --
    SUBACCOUNT_OF_SUBACCOUNT = 21101, 400, "A subaccount cannot have subaccounts of its own"
    INVALID_ACCOUNT_STATUS = 21475, 400, "Status {status} is not one of active, suspended, closed"
    PARENT_SUSPENDED = 21476, 400, "The parent account is suspended"
    OWN_STATUS = 21477, 400, "The status of a parent account cannot be changed"
    SUSPENDED_BY_OPERATOR = 21478, 400, "The account was suspended by the operator"
    ACCOUNT_CLOSED = 21479, 400, "A closed account cannot be opened again"
    TRIAL_SUBACCOUNT = 10002, 400, "A subaccount of a trial account cannot have numbers"
    TOO_MANY_SUBACCOUNTS = 21480, 400, "The account has as many subaccounts as it may have ({limit})"

    # -- numbers --
    INVALID_NUMBER = 21421, 400, "{number} is not a valid phone number"
    NUMBER_NOT_AVAILABLE = 21422, 400, "{number} is not available"
    INVALID_URL = 21402, 400, "{name} is not a valid URL: {url}"
    INVALID_METHOD = 21403, 400, "{name} must be GET or POST"
    TRIAL_NUMBERS = 21404, 400, "A trial account may have one number, in its own country"
    VOICE_FALLBACK_WITHOUT_URL = 21405, 400, "VoiceFallbackUrl needs a VoiceUrl"
    SMS_FALLBACK_WITHOUT_URL = 21406, 400, "SmsFallbackUrl needs an SmsUrl"
    NOT_SMS_CAPABLE = 21407, 400, "{number} cannot take texts"
    INVALID_APPLICATION = 21420, 400, "ApplicationSid {sid} is not an application of this account"
    INVALID_CALLER_ID = 21401, 400, "PhoneNumber is not a valid phone number: {number}"
    NUMBER_ALREADY_VERIFIED = 21450, 400, "Phone number already validated on your account"
    NUMBER_VERIFIED_ELSEWHERE = 21453, 400, "Phone number already validated on another account"
    INVALID_CALL_DELAY = 21454, 400, "CallDelay must be a whole number of seconds from 0 to 60"
    INVALID_CALLBACK_URL = 21456, 400, "{name} is not a valid URL: {url}"
    INVALID_AREA_CODE = 21451, 400, "AreaCode {area_code} is not valid"
    NO_NUMBERS_FOUND = 21452, 400, "No phone numbers found"
    AREA_CODE_UNSUPPORTED = 21457, 400, "AreaCode is not supported in {country}"
    NUMBER_TYPE_MISMATCH = 21458, 400, "{number} is not a {kind} number"
    TRANSFER_INVALID_ACCOUNT = 21470, 400, "AccountSid {sid} is not valid"
    TRANSFER_MISSING_ACCOUNT = 21471, 400, "No account {sid}"
    TRANSFER_INACTIVE_ACCOUNT = 21472, 400, "Account {sid} is not active"
    TRANSFER_UNRELATED_ACCOUNT = 21473, 400, "Account {sid} is not related to this one"
    TRANSFER_NOT_PARENT = 21474, 400, "Only the parent account may transfer a number"
    LOCAL_ADDRESS_REQUIRED = 21615, 400, "{number} needs the AddressSid of a local address"
    ADDRESS_REQUIRED = 21631, 400, "{number} needs an AddressSid"
    INVALID_CONTAINS = 21401, 400, "Contains is not a valid pattern: {pattern}"

    # -- calls, refused --
    CALL_QUEUE_FULL = (
        10004,
        429,
        "Too many calls wait to be dialled; this account dials {rate} a second",
    )
    TOO_MANY_TRIAL_CALLS = 10004, 429, "A trial account may have {limit} calls at once"
    CALL_TO_REQUIRED = 21201, 400, "No 'To' number is specified"
    PREMIUM_NUMBER = 21202, 400, "{to} is a premium number, which cannot be called"
    URL_REQUIRED = 21205, 400, "Url parameter is required."
    INVALID_CALL_URL = 21205, 400, "{name} is not a valid URL: {url}"
    INVALID_SEND_DIGITS = 21206, 400, "SendDigits may have 32 of 0-9 A-D # * w W; this is not: {digits}"
    INVALID_IF_MACHINE = 21207, 400, "IfMachine must be Continue or Hangup"
    INVALID_TIMEOUT = 21208, 400, "Timeout must be a whole number of seconds from 1 to 600"
    INVALID_CALL_METHOD = 21209, 400, "{name} must be GET or POST"
    CALLER_NOT_VERIFIED = (
        21210,
        400,
        "The source phone number provided, {sender}, is not yet verified for your account. You may only make calls "
        "from phone numbers that you've verified or purchased from Twilio.",
    )
    INVALID_CALL_TO = 21211, 400, "The phone number you are attempting to call, {to}, is not valid."
    INVALID_CALL_FROM = 21212, 400, "From is not a valid phone number: {sender}"
    CALL_FROM_REQUIRED = 21213, 400, "No 'From' number is specified"
    CALL_NOT_REACHABLE = 21214, 400, "{to} cannot be reached"
    VOICE_GEO_PERMISSION = (
        21215,
        400,
        "Account not authorized to call {to}. Perhaps you need to enable some international permissions: the operator "
        "of this server sets `voice_countries` for the account.",
    )
    CALL_BLOCKED = 21216, 400, "Account not allowed to call {to}"
    DOUBTFUL_NUMBER = 21217, 400, "{to} does not appear to be a valid phone number"
    TRIAL_CALL_UNVERIFIED = (
        21219,
        400,
        "The number {to} is unverified. Trial accounts may only make calls to verified numbers.",
    )
    NOT_IN_PROGRESS = 21220, 400, "Call is not in-progress. Cannot redirect."
    SIP_USERNAME_TOO_LONG = 21221, 400, "SipAuthUsername is longer than {limit} characters"
    INVALID_SIP_USERNAME = 21222, 400, "SipAuthUsername has characters that SIP cannot carry"
    SIP_PASSWORD_TOO_LONG = 21223, 400, "SipAuthPassword is longer than {limit} characters"
    INVALID_SIP_PASSWORD = 21224, 400, "SipAuthPassword has characters that SIP cannot carry"
    SIP_CREDENTIALS_INCOMPLETE = 21225, 400, "SipAuthUsername and SipAuthPassword go together"
    SIP_HEADERS_TOO_LONG = 21227, 400, "The headers in 'To' are longer than 1024 characters"
    INVALID_SIP_HEADER_NAME = 21228, 400, "The headers in 'To' must have names that begin with X-"
    INVALID_SIP_HEADER_VALUE = 21229, 400, "A header in 'To' has a value that SIP cannot carry"
    INVALID_SIP_ADDRESS = 21230, 400, "{why}"
    SIP_DOMAIN_IN_USE = 21231, 400, "The domain {name} is in use already"
    INVALID_SIP_DOMAIN = 21232, 400, "DomainName must be a host name that ends in {suffixes}"
    SIP_LIST_IN_USE = 21233, 400, "The list is mapped to the domain {domain}; take it out of there first"
    SIP_ALREADY_MAPPED = 21235, 400, "The list {sid} is mapped to this domain already"
    INVALID_SIP_CREDENTIAL = 21242, 400, "Username must have 1 to 32 of a-z A-Z 0-9 . _ - and be new in its list"
    WEAK_SIP_PASSWORD = (
        21243,
        400,
        "Password must have at least 12 characters, among them a small letter, a capital and a digit",
    )
    INVALID_MACHINE_DETECTION = 21234, 400, "MachineDetection must be Enable or DetectMessageEnd"
    ASYNC_AMD_WITHOUT_CALLBACK = 21262, 400, "AsyncAmd needs an AsyncAmdStatusCallback"
    AMD_OUT_OF_RANGE = 21263, 400, "{name}: {why}"
    CONFERENCE_FULL = 16020, 400, "{limit} take part in the conference, or are on their way, which is as many as may"
    CONFERENCE_OVER = 16022, 400, "The conference {sid} is over, or not there"
    INVALID_LABEL = 16024, 400, "Label must have 1 to 128 characters, no / among them, and be no SID of a call"
    LABEL_IN_USE = 16026, 400, "Another participant has the label {label}"
    COACHED_ON_HOLD = 16027, 400, "The participant {sid}, who is to be coached, is on hold"
    COACHED_ABSENT = 16028, 400, "The call {sid}, which is to be coached, is not in the conference"
    QUEUE_NOT_EMPTY = 22002, 400, "The queue cannot be deleted while callers wait in it"
    QUEUE_NAME_TAKEN = 22003, 400, "A queue with the name {name} already exists"
    CHANNELS_NOT_AVAILABLE = 16113, 400, "The recording {sid} has one channel; two cannot be had"

    # -- messages, refused --
    GEO_PERMISSION = (
        21408,
        400,
        "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}.",
    )
    INVALID_TO = 21211, 400, "The 'To' number {to} is not a valid phone number."
    INVALID_FROM = (
        21212,
        400,
        "The 'From' number {sender} is not a valid phone number, shortcode, or alphanumeric sender ID.",
    )
    SAME_TO_AND_FROM = 21266, 400, "'To' and 'From' are the same number: {to}"
    BODY_REQUIRED = 21602, 400, "Message body is required."
    FROM_REQUIRED = 21603, 400, "A 'From' or 'MessagingServiceSid' parameter is required to send a message"
    TO_REQUIRED = 21604, 400, "A 'To' phone number is required."
    LEGACY_BODY_TOO_LONG = (
        21605,
        400,
        "The message body exceeds the 160 character limit of this resource; use Messages for longer texts.",
    )
    FROM_NOT_OWNED = (
        21606,
        400,
        "The From phone number {sender} is not a valid, SMS-capable inbound phone number or short code for your "
        "account.",
    )
    TRIAL_UNVERIFIED = (
        21608,
        400,
        "The number {to} is unverified. Trial accounts cannot send messages to unverified numbers; verify it first, "
        "or upgrade the account.",
    )
    INVALID_STATUS_CALLBACK = 21609, 400, "The 'StatusCallback' URL {url} is not a valid URL."
    OPTED_OUT = 21610, 400, "Attempt to send to unsubscribed recipient"
    QUEUE_FULL = 21611, 400, "This 'From' number has exceeded the maximum number of queued messages"
    NOT_REACHABLE = (
        21612,
        400,
        "The 'To' phone number: {to}, is not currently reachable using the 'From' phone number: {sender} via SMS.",
    )
    NOT_MOBILE = 21614, 400, "To number: {to}, is not a mobile number"
    BODY_TOO_LONG = 21617, 400, "The concatenated message body exceeds the 1600 character limit."
    INVALID_MEDIA_URL = 21620, 400, "The MediaUrl {url} is not a valid URL."
    FROM_NOT_MMS = 21621, 400, "The From number {sender} cannot send media."
    TOO_MANY_MEDIA = 21623, 400, "A message may have 10 media at most."
    INVALID_CONTENT_SID = 21655, 400, "ContentSid {sid} is not a template of this account"
    INVALID_VALIDITY = 21624, 400, "ValidityPeriod must be a number of seconds between 1 and 36000"
    INVALID_MAX_PRICE = 21627, 400, "MaxPrice must be a positive number"
    INVALID_APPLICATION_SID = 21218, 400, "ApplicationSid {sid} is not an application of this account"
    CHANNEL_MISMATCH = 21910, 400, "'To' and 'From' are addresses of different channels"
    CHANNEL_UNAVAILABLE = 63007, 400, "There is no channel with the 'From' address {sender} on this account"
    SERVICE_NOT_FOUND = 21701, 404, "The Messaging Service {sid} does not exist"
    SERVICE_INVALID = 21705, 400, "MessagingServiceSid {sid} is not a valid SID"
    SENDER_NOT_IN_POOL = 21711, 400, "The 'From' number {sender} is not in the pool of the Messaging Service"
    SCHEDULE_WITHOUT_TIME = 35111, 400, "SendAt is required with ScheduleType"
    SCHEDULE_OUTSIDE_WINDOW = 35114, 400, "SendAt must be at least 15 minutes and at most 35 days ahead"
    SCHEDULE_WITHOUT_SERVICE = 35118, 400, "Scheduling needs a MessagingServiceSid"
    SCHEDULE_LIMIT = 35125, 400, "The account has too many scheduled messages"
    INVALID_SCHEDULE_TYPE = 35126, 400, "ScheduleType must be fixed"
    INVALID_CONTENT_RETENTION = 30029, 400, "ContentRetention must be retain or discard"
    INVALID_ADDRESS_RETENTION = 30030, 400, "AddressRetention must be retain or obfuscate"
    NO_FEEDBACK_ASKED = 20409, 409, "Message {sid} was not sent with ProvideFeedback=true"
    NOT_CANCELABLE = 30409, 409, "Message {sid} is {status} and cannot be canceled"
    REDACT_TOO_EARLY = 20009, 400, "Message {sid} is {status}; it can be redacted once it is final"

    # -- messaging services --
    DUPLICATE_SENDER = 21710, 409, "{sender} is already in the pool of this Messaging Service"
    SENDER_ELSEWHERE = 21712, 409, "{sender} is in the pool of another Messaging Service"
    INVALID_ALPHA_SENDER = 21709, 400, "{sender} is not a valid alphanumeric sender"
    SENDER_POOL_FULL = 21714, 400, "The pool of this Messaging Service is full"
    SENDER_NOT_CAPABLE = 21715, 400, "{sender} cannot send texts"

    # -- payments --
    PAYMENT_AMOUNT = 64003, 400, "ChargeAmount {why}"
    PAYMENT_CONNECTOR = 64004, 400, "There is no such payment connector"
    PAYMENT_PARAMETER = 64020, 400, "{name}: {why}"
    PAYMENT_OPERATION = 64021, 400, "The payment cannot do that now"

    # -- what became of a message (error_code) --
    QUEUE_OVERFLOW = 30001, None, "The queue of the sender is full"
    ACCOUNT_SUSPENDED = 30002, None, "The account was suspended before the message left"
    UNREACHABLE_HANDSET = 30003, None, "The handset is not reachable"
    MESSAGE_BLOCKED = 30004, None, "The recipient's network blocks the message"
    UNKNOWN_HANDSET = 30005, None, "The number is unknown or no longer in service"
    LANDLINE = 30006, None, "The number is a landline, or its carrier cannot be reached"
    CARRIER_VIOLATION = 30007, None, "The carrier filtered the message"
    UNKNOWN_ERROR = 30008, None, "The carrier gave no reason"
    MISSING_SEGMENT = 30009, None, "One part of the message was not delivered"
    MMS_UNSUPPORTED = 30011, None, "Media cannot be delivered to this number"
    EXPIRED = 30036, None, "The validity period ended before the message could be handed over"
    CONGESTION = 30017, None, "The carrier's network is congested"
    MEDIA_TOO_LARGE = 30019, None, "The media are larger than the recipient's network takes"
    NO_SENDER = 21703, None, "No sender of the Messaging Service can send this message"
    EMPTY_POOL = 21704, None, "The pool of the Messaging Service is empty"
    PROVIDER_TIMEOUT = 30410, None, "The carrier did not answer in time"


class ApiError(Exception):
    """A REST request is refused with a code of the catalogue.

    `blanks` fill the sentence; `message` replaces it where one code has several sentences.
    """

    def __init__(self, code: Code, message: str | None = None, /, **blanks: Any) -> None:
        self.code = code
        self.message = message if message is not None else code.sentence.format(**blanks)
        super().__init__(f"{code.number}: {self.message}")
