"""What an account can be reached by and what answers there: numbers, short codes, the sandbox, applications."""

import msgspec


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    voice: bool = True
    sms: bool = True
    mms: bool = True
    fax: bool = False


class Application(msgspec.Struct, kw_only=True):
    """A row of `applications`."""

    account_sid: str
    sid: str
    friendly_name: str | None = None
    api_version: str = "2010-04-01"
    voice_url: str | None = None
    voice_method: str | None = "POST"
    voice_fallback_url: str | None = None
    voice_fallback_method: str | None = "POST"
    voice_caller_id_lookup: bool = False
    status_callback: str | None = None
    status_callback_method: str | None = "POST"
    sms_url: str | None = None
    sms_method: str | None = "POST"
    sms_fallback_url: str | None = None
    sms_fallback_method: str | None = "POST"
    sms_status_callback: str | None = None
    message_status_callback: str | None = None
    public_application_connect_enabled: bool = False
    date_created: int
    date_updated: int


class IncomingPhoneNumber(msgspec.Struct, kw_only=True):
    """A row of `incoming_phone_numbers`."""

    account_sid: str
    sid: str
    phone_number: str
    friendly_name: str
    kind: str
    iso_country: str
    api_version: str = "2010-04-01"
    voice_url: str | None = None
    voice_method: str | None = "POST"
    voice_fallback_url: str | None = None
    voice_fallback_method: str | None = "POST"
    voice_application_sid: str | None = None
    voice_caller_id_lookup: bool = False
    voice_receive_mode: str | None = "voice"
    sms_url: str | None = None
    sms_method: str | None = "POST"
    sms_fallback_url: str | None = None
    sms_fallback_method: str | None = "POST"
    sms_application_sid: str | None = None
    status_callback: str | None = None
    status_callback_method: str | None = "POST"
    trunk_sid: str | None = None
    address_sid: str | None = None
    identity_sid: str | None = None
    bundle_sid: str | None = None
    emergency_status: str | None = "Inactive"
    emergency_address_sid: str | None = None
    emergency_address_status: str | None = "unregistered"
    address_requirements: str = "none"
    capabilities: Capabilities = Capabilities()
    beta: bool = False
    origin: str = "twilio"
    date_created: int
    date_updated: int


class OutgoingCallerId(msgspec.Struct, kw_only=True):
    """A row of `outgoing_caller_ids`: a number that its owner has verified."""

    account_sid: str
    sid: str
    phone_number: str
    friendly_name: str
    date_created: int
    date_updated: int


class ShortCode(msgspec.Struct, kw_only=True):
    """A row of `short_codes`."""

    account_sid: str
    sid: str
    short_code: str
    friendly_name: str
    iso_country: str
    api_version: str = "2010-04-01"
    sms_url: str | None = None
    sms_method: str | None = "POST"
    sms_fallback_url: str | None = None
    sms_fallback_method: str | None = "POST"
    date_created: int
    date_updated: int


class Sandbox(msgspec.Struct, kw_only=True):
    """A row of `sandboxes`: the shared number of 2010 that an account reaches by its PIN."""

    account_sid: str
    pin: str
    phone_number: str
    application_sid: str | None = None
    voice_url: str | None = None
    voice_method: str | None = "POST"
    sms_url: str | None = None
    sms_method: str | None = "POST"
    status_callback: str | None = None
    status_callback_method: str | None = "POST"
    api_version: str = "2010-04-01"
    date_created: int
    date_updated: int
