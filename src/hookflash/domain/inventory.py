"""The numbers that can be bought: a simulated inventory that needs no storage.

Rule 1: every number that libphonenumber has as valid, of a country and kind listed in `countries`, can be bought,
        unless somebody has it already. (So the magic +1 500 555 000x cannot, and the fictional +1 415 555 2345 can.)
Rule 2: a search gives the same numbers in the same order each time; those that are taken are left out, others follow.
Rule 3: what there is to know of a number depends on its digits alone.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from hookflash.domain import north_america
from hookflash.domain.contains import Pattern
from hookflash.domain.countries import Country, NumberKind, countries, kind_of
from hookflash.domain.north_america import Place, miles_between, place_of, places
from hookflash.domain.phone_numbers import is_valid_e164, national_format, region_of

LONGEST_DISTANCE = 500  # miles
_CANDIDATES_PER_NUMBER = 40  # tried for each one asked for, before a search gives up


@dataclass(frozen=True, slots=True)
class Capabilities:
    voice: bool
    sms: bool = False
    mms: bool = False
    fax: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailableNumber:
    """A number and what the API tells of it; what is known of North American towns only is None elsewhere."""

    phone_number: str  #: E.164
    kind: NumberKind
    iso_country: str
    capabilities: Capabilities
    address_requirements: str  #: `none`, `any`, `local` or `foreign`
    beta: bool
    place: Place | None = None

    @property
    def friendly_name(self) -> str:
        """The number in national notation."""
        return national_format(self.phone_number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is asked of numbers; None asks nothing. Texts are compared without regard to case."""

    area_code: str | None = None
    contains: Pattern | None = None
    near_number: str | None = None  #: E.164, of North America
    near_lat_long: tuple[float, float] | None = None  #: degrees
    distance: float = 25  #: miles around either, `LONGEST_DISTANCE` at most
    in_postal_code: str | None = None
    in_region: str | None = None
    in_locality: str | None = None
    in_rate_center: str | None = None
    in_lata: str | None = None
    sms_enabled: bool | None = None
    mms_enabled: bool | None = None
    voice_enabled: bool | None = None
    fax_enabled: bool | None = None
    exclude_all_address_required: bool = False
    exclude_local_address_required: bool = False
    exclude_foreign_address_required: bool = False
    beta: bool = True
    limit: int = 30


_NORTH_AMERICAN = Capabilities(voice=True, sms=True, mms=True, fax=True)
_CAPABILITIES = {
    NumberKind.LOCAL: Capabilities(voice=True, fax=True),
    NumberKind.TOLL_FREE: Capabilities(voice=True, fax=True),
    NumberKind.MOBILE: Capabilities(voice=True, sms=True),
    NumberKind.NATIONAL: Capabilities(voice=True, fax=True),
    NumberKind.VOIP: Capabilities(voice=True),
    NumberKind.SHARED_COST: Capabilities(voice=True),
}


def search(
    iso: str, kind: NumberKind, query: Search, taken: Callable[[str], bool] = lambda e164: False
) -> list[AvailableNumber]:
    """Numbers of a kind and country that fit `query`, `query.limit` at most; `taken` tells which are gone.

    An unknown country, or a kind that it does not have, has no numbers. Raises ValueError when the distance is out of
    range.
    """
    if not 0 <= query.distance <= LONGEST_DISTANCE:
        raise ValueError(f"Distance must be between 0 and {LONGEST_DISTANCE} miles")
    country = countries().get(iso)
    if country is None or kind not in country.kinds or not _sells(country, kind, query):
        return []
    found: dict[str, AvailableNumber] = {}
    for e164 in islice(_candidates(country, kind, query), _CANDIDATES_PER_NUMBER * (query.limit + 25)):
        if len(found) == query.limit:
            break
        if e164 not in found and _matches(e164, country, kind, query) and not taken(e164):
            found[e164] = _describe(e164, country, kind)
    return list(found.values())


def find(e164: str) -> AvailableNumber | None:
    """The number `e164` if the inventory has it (rule 1), taken or not; else None."""
    if not is_valid_e164(e164):
        return None
    country, kind = countries().get(region_of(e164)), kind_of(e164)
    if country is None or kind not in country.kinds:
        return None
    return _describe(e164, country, kind)


def _sells(country: Country, kind: NumberKind, query: Search) -> bool:
    """Whether numbers of this country and kind, which are all alike in this, can do what is asked."""
    can = _capabilities(country, kind)
    asked = (
        (query.sms_enabled, can.sms),
        (query.mms_enabled, can.mms),
        (query.voice_enabled, can.voice),
        (query.fax_enabled, can.fax),
    )
    refused = {
        "any": query.exclude_all_address_required,
        "local": query.exclude_all_address_required or query.exclude_local_address_required,
        "foreign": query.exclude_all_address_required or query.exclude_foreign_address_required,
    }
    if refused.get(country.address, False) or (country.beta and not query.beta):
        return False
    return all(wanted is None or wanted == has for wanted, has in asked)


def _candidates(country: Country, kind: NumberKind, query: Search) -> Iterator[str]:
    """Numbers to look at, without end, the same each time; the pattern asked for is pressed into them."""
    if country.iso in ("US", "CA") and kind is NumberKind.LOCAL:
        plain = _local_numbers([place for place in places(query.area_code) if _lies(place, country, query)])
    elif query.area_code is not None or _asks_for_a_place(query):
        return
    elif country.iso in ("US", "CA"):
        plain = _toll_free_numbers(country)
    else:
        plain = _numbers_like(country.examples[kind])
    for turn, digits in enumerate(plain):
        yield "+" + (query.contains.press_into(digits, turn) if query.contains else digits)


def _local_numbers(towns: list[Place]) -> Iterator[str]:
    turn = 0
    while towns:
        noise = _noise("local", turn)
        town = towns[noise % len(towns)]
        noise = _noise(town.area_code + town.city, turn)
        exchange = town.exchanges[noise % len(town.exchanges)] if town.exchanges else str(200 + noise % 800)
        yield f"1{town.area_code}{exchange}{_noise(exchange, turn) % 10_000:04}"
        turn += 1


def _toll_free_numbers(country: Country) -> Iterator[str]:
    codes, turn = north_america.TOLL_FREE_CODES, 0
    while True:
        noise = _noise(country.iso, turn)
        yield f"1{codes[turn % len(codes)]}{200 + noise % 800}{noise // 800 % 10_000:04}"
        turn += 1


def _numbers_like(example: str) -> Iterator[str]:
    """Numbers of the range of an example: its last digits, up to six, are changed."""
    digits, turn = example[1:], 0
    free = min(6, len(digits) - 4)
    while True:
        yield digits[:-free] + str(_noise(example, turn) % 10**free).zfill(free)
        turn += 1


def _noise(seed: str, turn: int) -> int:
    """32 bits that look random and are the same for ever."""
    return zlib.crc32(turn.to_bytes(4, "big"), zlib.crc32(seed.encode()))


def _matches(e164: str, country: Country, kind: NumberKind, query: Search) -> bool:
    if query.contains and not query.contains.matches(e164[1:]):
        return False
    if not is_valid_e164(e164) or kind_of(e164) is not kind:
        return False
    if country.iso in ("US", "CA"):
        if kind is NumberKind.TOLL_FREE:
            return e164[2:5] in north_america.TOLL_FREE_CODES
        place = place_of(e164[2:5], e164[5:8])
        in_area = query.area_code is None or e164[2:5] == query.area_code
        return place is not None and in_area and _lies(place, country, query)
    return region_of(e164) == country.iso


def _asks_for_a_place(query: Search) -> bool:
    asked = (
        *(query.in_region, query.in_locality, query.in_postal_code, query.in_rate_center, query.in_lata),
        *(query.near_number, query.near_lat_long),
    )
    return any(wanted is not None for wanted in asked)


def _lies(place: Place, country: Country, query: Search) -> bool:
    """Whether a place of North America is in the country and where the search wants it."""
    return (
        place.country == country.iso
        and _same(query.in_region, place.region)
        and _same(query.in_locality, place.city)
        and _same(query.in_rate_center, place.rate_center)
        and _same(query.in_lata, place.lata)
        and (query.in_postal_code is None or query.in_postal_code.upper().startswith(place.postal_code))
        and _is_near(place, query)
    )


def _same(wanted: str | None, found: str) -> bool:
    return wanted is None or wanted.casefold() == found.casefold()


def _is_near(place: Place, query: Search) -> bool:
    centre = query.near_lat_long
    if query.near_number is not None:
        home = place_of(query.near_number[2:5], query.near_number[5:8]) if query.near_number.startswith("+1") else None
        if home is None:
            return False
        centre = home.latitude, home.longitude
    return centre is None or miles_between(centre, (place.latitude, place.longitude)) <= query.distance


def _capabilities(country: Country, kind: NumberKind) -> Capabilities:
    return _NORTH_AMERICAN if country.iso in ("US", "CA") else _CAPABILITIES[kind]


def _describe(e164: str, country: Country, kind: NumberKind) -> AvailableNumber:
    has_place = country.iso in ("US", "CA") and kind is NumberKind.LOCAL
    return AvailableNumber(
        phone_number=e164,
        kind=kind,
        iso_country=country.iso,
        capabilities=_capabilities(country, kind),
        address_requirements=country.address,
        beta=country.beta,
        place=place_of(e164[2:5], e164[5:8]) if has_place else None,
    )
