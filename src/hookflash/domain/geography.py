"""Where a number is at home, as webhooks tell it: FromCity, FromState, FromZip, FromCountry."""

from dataclasses import dataclass
from functools import lru_cache

from hookflash.domain import north_america
from hookflash.domain.phone_numbers import is_valid_e164, region_of


@dataclass(frozen=True, slots=True)
class Home:
    """The home of a number; what is not known is empty."""

    city: str = ""  #: in capitals
    state: str = ""  #: two letters; of the United States and Canada only, as city and zip
    zip: str = ""
    country: str = ""  #: ISO, two letters


@lru_cache(4096)
def home_of(address: str) -> Home:
    """The home of `address`: E.164 numbers have one, short codes, names and channel addresses do not."""
    if not is_valid_e164(address):
        return Home()
    country = region_of(address)
    place = north_america.place_of(address[2:5], address[5:8]) if country in ("US", "CA") else None
    if place is None:
        return Home(country=country)
    return Home(city=place.city.upper(), state=place.region, zip=place.postal_code, country=place.country)
