"""Payments of a call that an agent takes: begun, field by field captured, and made, while the call goes on."""

from typing import Any

import msgspec

from hookflash.actions.take_payment import load_payment
from hookflash.api.params import Form, Param, boolean, choice, integer, read_params, text, web_url
from hookflash.api.product import API_2010
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation, Resource, props
from hookflash.domain.call import CallStatus, NoSuchCallError
from hookflash.domain.payment import (
    CARD_TYPES,
    USUAL_CARDS,
    Payment,
    PaymentField,
    PaymentMethod,
    Rules,
    fits_currency,
    read_amount,
    read_currency,
)
from hookflash.errors import ApiError, Code
from hookflash.runtime.live import LivePayments
from hookflash.store.tables import Table
from hookflash.twiml.paying import PaymentError, PaymentOrder

from .call_events import the_call
from .calls import CALL
