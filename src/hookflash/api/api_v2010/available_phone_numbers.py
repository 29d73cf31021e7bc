"""The numbers that can be bought, by country and kind. Lists are a single page."""

import asyncio
from typing import Any

from hookflash.actions.find_numbers import find_numbers
from hookflash.api.paging import read_paging
from hookflash.api.params import Form, Param, boolean, read_params, text
from hookflash.api.represent import Content
from hookflash.api.request import Answer, ApiRequest
from hookflash.api.resource import Operation
from hookflash.domain.contains import Pattern, parse_pattern
from hookflash.domain.countries import Country, NumberKind, countries
from hookflash.domain.inventory import LONGEST_DISTANCE, AvailableNumber, Search
from hookflash.domain.phone_numbers import AddressKind, parse_recipient
from hookflash.errors import ApiError, Code

PATH = "/2010-04-01/Accounts/{AccountSid}/AvailablePhoneNumbers"
ROWS = 30  #: of a search that names no PageSize
_LINKS = {
    NumberKind.LOCAL: "local",
    NumberKind.TOLL_FREE: "toll_free",
    NumberKind.MOBILE: "mobile",
    NumberKind.NATIONAL: "national",
    NumberKind.VOIP: "voip",
    NumberKind.SHARED_COST: "shared_cost",
    NumberKind.MACHINE_TO_MACHINE: "machine_to_machine",
}


# -- countries --


def _country(request: ApiRequest, country: Country) -> dict[str, Any]:
    path = f"{PATH.replace('{AccountSid}', request.account.sid)}/{country.iso}"
    return {
        "country_code": country.iso,
        "country": country.name,
        "beta": country.beta,
        "uri": request.link(path),
        "subresource_uris": {_LINKS[kind]: request.link(f"{path}/{kind}") for kind in country.kinds},
    }


def _asked_country(request: ApiRequest) -> Country:
    country = countries().get(request.sids["CountryCode"].upper())
    if country is None:
        raise request.not_found()
    return country


async def _list_countries(request: ApiRequest) -> Answer:
    items = await asyncio.to_thread(_countries, request)  # the metadata of all take a while to load
    return Answer(200, _single_page(request, "Country", "Countries", "countries", items))


def _countries(request: ApiRequest) -> list[dict[str, Any]]:
    return [_country(request, country) for country in countries().values()]


async def _fetch_country(request: ApiRequest) -> Answer:
    return Answer(200, Content(_country(request, _asked_country(request)), "Country"))


def _single_page(request: ApiRequest, name: str, collection: str, key: str, items: list[dict[str, Any]]) -> Content:
    """A list without paging; a second page is an error, at which clients that count pages stop."""
    if (page := read_paging(request).page) > 0:
        raise ApiError(Code.PAGE_OUT_OF_RANGE, page=page)
    return Content({"uri": request.path, key: items}, name, items, collection, key)


# -- the search --


def _area_code(name: str, value: str) -> str:
    if not (value.isascii() and value.isdigit() and len(value) == 3):
        raise ApiError(Code.INVALID_AREA_CODE, area_code=value[:20])
    return value


def _pattern(name: str, value: str) -> Pattern:
    try:
        return parse_pattern(value)
    except ValueError as error:
        raise ApiError(Code.INVALID_CONTAINS, f"Contains {error}: {value[:40]}") from None


def _near_number(name: str, value: str) -> str:
    address = parse_recipient(value)
    if address is None or address.kind is not AddressKind.PHONE:
        raise _invalid(name, "it must be a phone number")
    return address.text


def _lat_long(name: str, value: str) -> tuple[float, float]:
    parts = value.split(",")
    try:
        latitude, longitude = (float(part) for part in parts)
    except ValueError:
        raise _invalid(name, "it must be two numbers such as 37.84,-122.23") from None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise _invalid(name, "it lies beyond the globe")
    return latitude, longitude


def _distance(name: str, value: str) -> float:
    try:
        miles = float(value)
    except ValueError:
        miles = -1
    if not 0 <= miles <= LONGEST_DISTANCE:
        raise _invalid(name, f"it must be a number of miles from 0 to {LONGEST_DISTANCE}")
    return miles


def _invalid(name: str, why: str) -> ApiError:
    return ApiError(Code.INVALID_PARAMETER, name=name, why=why)


SEARCH = (
    Param("AreaCode", "area_code", _area_code),
    Param("Contains", "contains", _pattern),
    Param("NearNumber", "near_number", _near_number),
    Param("NearLatLong", "near_lat_long", _lat_long),
    Param("Distance", "distance", _distance),
    Param("InPostalCode", "in_postal_code", text(20)),
    Param("InRegion", "in_region", text(64)),
    Param("InLocality", "in_locality", text(64)),
    Param("InRateCenter", "in_rate_center", text(64)),
    Param("InLata", "in_lata", text(16)),
    Param("SmsEnabled", "sms_enabled", boolean),
    Param("MmsEnabled", "mms_enabled", boolean),
    Param("VoiceEnabled", "voice_enabled", boolean),
    Param("FaxEnabled", "fax_enabled", boolean),
    Param("ExcludeAllAddressRequired", "exclude_all_address_required", boolean),
    Param("ExcludeLocalAddressRequired", "exclude_local_address_required", boolean),
    Param("ExcludeForeignAddressRequired", "exclude_foreign_address_required", boolean),
    Param("Beta", "beta", boolean),
)


def read_search(form: Form, country: Country, limit: int) -> Search:
    """The search that the parameters ask for; empty ones ask nothing. Raises ApiError."""
    given = Form([(name, value) for name, value in form.pairs if value])
    if "AreaCode" in given and country.iso not in ("US", "CA"):
        raise ApiError(Code.AREA_CODE_UNSUPPORTED, country=country.iso)
    if "InRateCenter" in given and "InLata" not in given:
        raise ApiError(Code.MISSING_PARAMETER, name="InLata")
    return Search(**read_params(given, SEARCH, creating=True), limit=limit)


def _number(number: AvailableNumber) -> dict[str, Any]:
    place, can = number.place, number.capabilities
    return {
        "friendly_name": number.friendly_name,
        "phone_number": number.phone_number,
        "lata": place and place.lata,
        "locality": place and place.city,
        "rate_center": place and place.rate_center,
        "latitude": place and f"{place.latitude:.6f}",
        "longitude": place and f"{place.longitude:.6f}",
        "region": place and place.region,
        "postal_code": place and place.postal_code,
        "iso_country": number.iso_country,
        "address_requirements": number.address_requirements,
        "beta": number.beta,
        # Clients of Java know these keys in just this case; numbers that were bought have them in lower case.
        "capabilities": {"voice": can.voice, "SMS": can.sms, "MMS": can.mms, "fax": can.fax},
    }


def _searches(kind: NumberKind) -> Operation:
    async def handler(request: ApiRequest) -> Answer:
        country = _asked_country(request)
        query = read_search(request.query, country, read_paging(request, ROWS).size)
        found = await request.exchange.store.read(find_numbers, country.iso, kind, query)
        items = [_number(number) for number in found]
        name = "AvailablePhoneNumber"
        return Answer(200, _single_page(request, name, f"{name}s", "available_phone_numbers", items))

    return Operation("GET", f"{PATH}/{{CountryCode}}/{kind}", handler, "list")


OPERATIONS = (
    Operation("GET", PATH, _list_countries, "list"),
    Operation("GET", PATH + "/{CountryCode}", _fetch_country, "fetch"),
    *(_searches(kind) for kind in NumberKind),
)
