"""The area codes of the United States and Canada: which place has which exchange, and where on the map it lies.

Places and exchanges are those of libphonenumber (`scripts/make_area_codes.py` writes them down). Position, postal code
and LATA are known of some two hundred cities; another town takes those of the nearest of them that its area code tells,
moved a little, which is good enough for a simulated inventory and for the FromZip of a webhook.
"""

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

CANADIAN_REGIONS = frozenset({"AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"})
TOLL_FREE_CODES = ("800", "833", "844", "855", "866", "877", "888")
_EARTH_RADIUS = 3958.8  # miles


@dataclass(frozen=True, slots=True)
class Place:
    """A town, seen from one of its area codes."""

    area_code: str
    city: str
    region: str  #: two letters of the state or province
    exchanges: tuple[str, ...] = field(repr=False)  #: the three digits after the area code; empty where any will do
    latitude: float
    longitude: float
    postal_code: str
    lata: str

    @property
    def country(self) -> str:
        """`US` or `CA`."""
        return "CA" if self.region in CANADIAN_REGIONS else "US"

    @property
    def rate_center(self) -> str:
        """The town in capitals, shortened as rate centres are."""
        return self.city.upper()[:10].rstrip()


@dataclass(frozen=True, slots=True)
class _City:
    latitude: float
    longitude: float
    postal_code: str
    lata: str


def places(area_code: str | None = None) -> Iterator[Place]:
    """The places of one area code (none for an unknown one), or all; those of the most exchanges first in each."""
    for code in [area_code] if area_code is not None else _lines():
        yield from _places(code)


def place_of(area_code: str, exchange: str) -> Place | None:
    """The place of a number, by its first six digits; an exchange not listed belongs to the main town."""
    return next((place for place in _places(area_code) if exchange in place.exchanges), _main_town(area_code))


def miles_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The distance of two points (latitude, longitude in degrees) along the earth."""
    (lat_a, long_a), (lat_b, long_b) = [(math.radians(lat), math.radians(long)) for lat, long in (a, b)]
    half = math.sin((lat_b - lat_a) / 2) ** 2
    half += math.cos(lat_a) * math.cos(lat_b) * math.sin((long_b - long_a) / 2) ** 2
    return 2 * _EARTH_RADIUS * math.asin(math.sqrt(half))


def _main_town(area_code: str) -> Place | None:
    return next(iter(_places(area_code)), None)


@cache
def _lines() -> dict[str, str]:
    """Region and towns of each area code, unread."""
    text = (files("hookflash.domain") / "data" / "area_codes.txt").read_text("utf-8")
    return {line[:3]: line[4:] for line in text.splitlines()}


@cache
def _cities() -> dict[tuple[str, str], _City]:
    text = (files("hookflash.domain") / "data" / "cities.txt").read_text("utf-8")
    rows = (line.split(";") for line in text.splitlines() if not line.startswith("#"))
    return {
        (region, city): _City(float(latitude), float(longitude), postal_code, lata)
        for region, city, latitude, longitude, postal_code, lata in rows
    }


@lru_cache(512)
def _places(area_code: str) -> tuple[Place, ...]:
    line = _lines().get(area_code)
    if line is None:
        return ()
    home, _, listed = line.partition(" ")
    towns = []
    for town in listed.split(";"):
        name, _, exchanges = town.partition(":")
        city, _, elsewhere = name.partition(", ")
        towns.append((city, elsewhere or home, _exchanges(exchanges)))
    known = [(region, city) for city, region, _ in towns if (region, city) in _cities()]
    return tuple(_place(area_code, *town, known) for town in towns)


def _place(area_code: str, city: str, region: str, exchanges: tuple[str, ...], known: list[tuple[str, str]]) -> Place:
    """A town; `known` are the cities of its area code of which the position is known, the largest first."""
    cities = _cities()
    own = cities.get((region, city))
    neighbour = next((key for key in known if key[0] == region), None)
    near = own or cities[neighbour or next(key for key in cities if key[0] == region)]
    north, east = (0.0, 0.0) if own else _shift(city)
    latitude, longitude = round(near.latitude + north, 4), round(near.longitude + east, 4)
    return Place(area_code, city, region, exchanges, latitude, longitude, near.postal_code, near.lata)


def _shift(city: str) -> tuple[float, float]:
    """Up to 0.2 degrees in both directions, the same for a name at all times."""
    noise = zlib.crc32(city.encode())
    return (noise % 401 - 200) / 1000, (noise // 401 % 401 - 200) / 1000


def _exchanges(ranges: str) -> tuple[str, ...]:
    numbers: list[str] = []
    for run in filter(None, ranges.split(",")):
        first, _, last = run.partition("-")
        numbers.extend(str(number) for number in range(int(first), int(last or first) + 1))
    return tuple(numbers)
