"""Every operation of the API, by product."""

from .accounts_v1 import auth_tokens
from .accounts_v1.auth_tokens import ACCOUNTS_V1
from .api_v2010 import (
    accounts,
    applications,
    available_phone_numbers,
    incoming_phone_numbers,
    keys,
    media,
    messages,
    outgoing_caller_ids,
    sandbox,
    short_codes,
)
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
    ],
    ACCOUNTS_V1: [*auth_tokens.OPERATIONS],
}
