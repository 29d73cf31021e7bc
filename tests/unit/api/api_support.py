"""A request without a server: what the framework's parts are tested with."""

from types import SimpleNamespace
from typing import Any, cast

from hookflash.actions.first_start import new_account
from hookflash.api.auth import Principal, Role
from hookflash.api.params import Form
from hookflash.api.product import API_2010, Product
from hookflash.api.represent import JSON, XML
from hookflash.api.request import ApiRequest
from hookflash.store.vault import Vault

ACCOUNT = new_account(Vault(b"test"), name="test", sid="AC" + "a" * 32, token="b" * 32, now=0)


def api_request(
    *pairs: tuple[str, str],
    store: Any = None,
    product: Product = API_2010,
    path: str = "/2010-04-01/Accounts/AC/Things.json",
    xml: bool = False,
    **sids: str,
) -> ApiRequest:
    """A GET of the account's own, at the dawn of time; `store` is all that its exchange has."""
    return ApiRequest(
        exchange=cast("Any", SimpleNamespace(store=store)),
        principal=Principal(ACCOUNT, Role.ACCOUNT),
        account=ACCOUNT,
        product=product,
        method="GET",
        path=path,
        base="https://things.twilio.com",
        suffix="",
        format=XML if xml else JSON,
        sids=sids,
        query=Form(list(pairs)),
        form=Form(list(pairs)),
        now=0,
        request_id="RQ",
    )
