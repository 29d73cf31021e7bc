"""Where numbers are at home."""

import math

import pytest

from hookflash.domain import north_america
from hookflash.domain.geography import Home, home_of


@pytest.mark.parametrize(
    ("address", "home"),
    [
        ("+14152020000", Home("SAN FRANCISCO", "CA", "94102", "US")),
        ("+16285550000", Home("SAN FRANCISCO", "CA", "94102", "US")),
        ("+12125550123", Home("NEW YORK", "NY", "10007", "US")),
        ("+14165550123", Home("TORONTO", "ON", "M5H", "CA")),
        ("+18089350000", Home("HILO", "HI", "96720", "US")),
        ("+18005550123", Home(country="US")),
        ("+15005550006", Home(country="US")),
        ("+351912345678", Home(country="PT")),
        ("12345", Home()),
        ("Emojified", Home()),
        ("whatsapp:+14155550000", Home()),
        ("", Home()),
    ],
)
def test_home_of_an_address(address: str, home: Home) -> None:
    """North American geographic numbers have a town, others a country, other addresses nothing."""
    assert home_of(address) == home


def test_every_place_is_whole() -> None:
    """Each area code has a place, each place a name, a region and a point on the map of North America."""
    area_codes = {place.area_code for place in north_america.places()}
    assert len(area_codes) > 400
    for place in north_america.places():
        assert place.city
        assert len(place.region) == 2
        assert 18 < place.latitude < 72
        assert -170 < place.longitude < -50
        assert place.postal_code


def test_an_unknown_area_code_has_no_places() -> None:
    """Area codes of the Caribbean, of services and of nobody are not listed."""
    assert not list(north_america.places("876"))
    assert north_america.place_of("500", "555") is None


def test_distance() -> None:
    """San Francisco and Los Angeles are 347 miles apart, and every place is at home."""
    san_francisco, los_angeles = (37.7749, -122.4194), (34.0522, -118.2437)
    assert math.isclose(347, north_america.miles_between(san_francisco, los_angeles), abs_tol=1)
    assert north_america.miles_between(los_angeles, los_angeles) == 0
