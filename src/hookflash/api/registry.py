"""Every operation of the API, by product."""

from .accounts_v1 import auth_tokens
from .accounts_v1.auth_tokens import ACCOUNTS_V1
from .api_v2010 import (
    accounts,
    applications,
    available_phone_numbers,
    call_events,
    call_payments,
    call_recordings,
    call_transcriptions,
    call_user_messages,
    calls,
    conference_recordings,
    conferences,
    incoming_phone_numbers,
    keys,
    media,
    messages,
    notifications,
    outgoing_caller_ids,
    participants,
    queue_members,
    queues,
    recordings,
    sandbox,
    short_codes,
    sip_domains,
    sip_lists,
    transcriptions,
)
from .messaging_v1 import senders, services
from .messaging_v1.product import MESSAGING_V1
from .monitor_v1 import alerts
from .monitor_v1.alerts import MONITOR_V1
from .product import API_2010, Product
from .resource import Operation

OPERATIONS: dict[Product, list[Operation]] = {
    API_2010: [
        *accounts.OPERATIONS,
        *keys.OPERATIONS,
        *applications.OPERATIONS,
        *available_phone_numbers.OPERATIONS,
        *incoming_phone_numbers.OPERATIONS,
        *outgoing_caller_ids.OPERATIONS,
        *short_codes.OPERATIONS,
        *sandbox.OPERATIONS,
        *messages.OPERATIONS,
        *media.OPERATIONS,
        *calls.OPERATIONS,
        *call_recordings.OPERATIONS,
        *call_transcriptions.OPERATIONS,
        *call_events.OPERATIONS,
        *call_payments.OPERATIONS,
        *call_user_messages.OPERATIONS,
        *recordings.OPERATIONS,
        *conferences.OPERATIONS,
        *participants.OPERATIONS,
        *conference_recordings.OPERATIONS,
        *queues.OPERATIONS,
        *queue_members.OPERATIONS,
        *transcriptions.OPERATIONS,
        *notifications.OPERATIONS,
        *sip_domains.OPERATIONS,
        *sip_lists.OPERATIONS,
    ],
    ACCOUNTS_V1: [*auth_tokens.OPERATIONS],
    MESSAGING_V1: [*services.OPERATIONS, *senders.OPERATIONS],
    MONITOR_V1: [*alerts.OPERATIONS],
}
