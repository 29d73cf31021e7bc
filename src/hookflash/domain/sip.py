"""SIP domains and who may use them."""

import msgspec


class SipDomain(msgspec.Struct, kw_only=True):
    """A row of `sip_domains`."""

    account_sid: str
    sid: str
    domain_name: str  #: the host part of its SIP addresses, in small letters
    friendly_name: str = ""
    voice_url: str | None = None
    voice_method: str = "POST"
    voice_fallback_url: str | None = None
    voice_fallback_method: str = "POST"
    voice_status_callback_url: str | None = None
    voice_status_callback_method: str = "POST"
    sip_registration: bool = False
    emergency_calling_enabled: bool = False
    secure: bool = False  #: only TLS with SRTP
    byoc_trunk_sid: str | None = None
    emergency_caller_sid: str | None = None
    auth_type: str = ""  #: kept as the mappings are: "", IP_ACL, CREDENTIAL_LIST or both with a comma
    api_version: str = "2010-04-01"
    date_created: int
    date_updated: int


class CredentialList(msgspec.Struct, kw_only=True):
    """A row of `sip_credential_lists`."""

    account_sid: str
    sid: str
    friendly_name: str
    date_created: int
    date_updated: int


class SipCredential(msgspec.Struct, kw_only=True):
    """A row of `sip_credentials`; the password is sealed by the vault, for digests need it."""

    account_sid: str
    sid: str
    credential_list_sid: str
    username: str
    password: str
    date_created: int
    date_updated: int


class IpAccessControlList(msgspec.Struct, kw_only=True):
    """A row of `sip_ip_access_control_lists`."""

    account_sid: str
    sid: str
    friendly_name: str
    date_created: int
    date_updated: int


class SipIpAddress(msgspec.Struct, kw_only=True):
    """A row of `sip_ip_addresses`: an address, or a network when the prefix is shorter."""

    account_sid: str
    sid: str
    ip_access_control_list_sid: str
    friendly_name: str
    ip_address: str
    cidr_prefix_length: int = 32
    date_created: int
    date_updated: int


class SipMapping(msgspec.Struct, kw_only=True):
    """A row of `sip_mappings`: a list that a domain uses. `purpose` is calls or registrations."""

    account_sid: str
    sid: str  #: of the list: CL… or AL…
    domain_sid: str
    purpose: str
    friendly_name: str  #: the list's, when it was mapped
    date_created: int
    date_updated: int
