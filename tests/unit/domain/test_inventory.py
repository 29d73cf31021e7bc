"""The simulated inventory of numbers."""

import pytest

from hookflash.domain.contains import parse_pattern
from hookflash.domain.countries import NumberKind, countries
from hookflash.domain.inventory import Search, find, search
from hookflash.domain.north_america import miles_between, places
from hookflash.domain.phone_numbers import is_valid_e164

LOCAL, MOBILE, TOLL_FREE = NumberKind.LOCAL, NumberKind.MOBILE, NumberKind.TOLL_FREE


def test_there_are_many_countries() -> None:
    """At least forty countries, Portugal among them, each with a kind or more and a name."""
    table = countries()
    assert len(table) >= 40
    assert {LOCAL, MOBILE, TOLL_FREE} <= set(table["PT"].kinds)
    for country in table.values():
        assert country.name
        assert country.kinds
        assert country.address in ("none", "any", "local", "foreign")


def test_every_kind_of_every_country_has_numbers_that_can_be_bought() -> None:
    """What a search gives is a number of that kind, no two alike, and `find` knows it."""
    for country in countries().values():
        for kind in country.kinds:
            numbers = search(country.iso, kind, Search(limit=3))
            assert numbers, (country.iso, kind)
            assert len({number.phone_number for number in numbers}) == len(numbers)
            for number in numbers:
                assert is_valid_e164(number.phone_number)
                assert (number.kind, number.iso_country) == (kind, country.iso)
                found = find(number.phone_number)
                assert found is not None
                assert found.kind is kind


def test_every_area_code_has_a_number() -> None:
    """A number can be had in each of the 400 area codes of the United States and Canada."""
    homes = {place.area_code: place.country for place in places()}
    for area_code, country in homes.items():
        (number,) = search(country, LOCAL, Search(area_code=area_code, limit=1))
        assert number.phone_number.startswith("+1" + area_code)


@pytest.mark.parametrize("area_code", ["000", "500", "533", "800", "876", "999", "", "41", "4155"])
def test_other_area_codes_have_none(area_code: str) -> None:
    """Services, toll-free and Caribbean codes are no local area codes."""
    assert search("US", LOCAL, Search(area_code=area_code)) == []


def test_the_same_search_gives_the_same_numbers_but_for_those_taken() -> None:
    """A search is repeatable; a number that somebody has makes room for the next."""
    first = search("US", LOCAL, Search(area_code="415", limit=5))
    assert first == search("US", LOCAL, Search(area_code="415", limit=5))
    gone = first[0].phone_number
    second = search("US", LOCAL, Search(area_code="415", limit=5), taken=lambda e164: e164 == gone)
    assert second[:4] == first[1:]
    assert len(second) == 5


def test_a_number_tells_of_its_place() -> None:
    """A local number of North America has town, region, position, postal code, rate centre and LATA."""
    number = find("+14152020000")
    assert number is not None
    assert number.friendly_name == "(415) 202-0000"
    place = number.place
    assert place is not None
    assert (place.city, place.region, place.rate_center, place.lata) == ("San Francisco", "CA", "SAN FRANCI", "722")
    assert (place.latitude, place.longitude, place.postal_code) == (37.7749, -122.4194, "94102")
    portuguese = find("+351912345678")
    assert portuguese is not None
    assert portuguese.place is None


@pytest.mark.parametrize("e164", ["+14155552345", "+14155551212", "+12025550143", "+18005550100", "+351912345678"])
def test_valid_numbers_are_in_the_inventory(e164: str) -> None:
    """Any assigned number of a listed country can be bought by name, the fictional ones of tests too."""
    assert find(e164) is not None


@pytest.mark.parametrize(
    "e164", ["+15005550006", "+15551234567", "+8613912345678", "+1415555", "12345", "", "+1900555"]
)
def test_other_numbers_are_not(e164: str) -> None:
    """Magic, unassigned and malformed numbers, and those of other countries, are not sold."""
    assert find(e164) is None


@pytest.mark.parametrize(
    ("iso", "kind", "pattern"),
    [
        ("US", LOCAL, "510555****"),
        ("US", LOCAL, "STORM"),
        ("US", LOCAL, "5551212$"),
        ("CA", LOCAL, "+1416"),
        ("US", TOLL_FREE, "FLOWERS"),
        ("PT", MOBILE, "+35191"),
        ("GB", MOBILE, "007"),
    ],
)
def test_contains(iso: str, kind: NumberKind, pattern: str) -> None:
    """Every number found matches the pattern, and where there are plenty the page is full."""
    parsed = parse_pattern(pattern)
    numbers = search(iso, kind, Search(contains=parsed, limit=5))
    assert len(numbers) == 5
    assert all(parsed.matches(number.phone_number[1:]) for number in numbers)


def test_a_pattern_that_no_number_has_finds_nothing() -> None:
    """A search without result is an empty list."""
    assert search("US", LOCAL, Search(contains=parse_pattern("000000000000"))) == []


@pytest.mark.parametrize(
    ("query", "attribute", "value"),
    [
        (Search(in_region="ny"), "region", "NY"),
        (Search(in_locality="Oakland"), "city", "Oakland"),
        (Search(in_rate_center="OAKLAND", in_lata="722"), "rate_center", "OAKLAND"),
        (Search(in_postal_code="94102"), "postal_code", "94102"),
        (Search(area_code="212"), "area_code", "212"),
    ],
)
def test_search_by_place(query: Search, attribute: str, value: str) -> None:
    """Numbers are found by region, town, rate centre, LATA, postal code and area code."""
    numbers = search("US", LOCAL, query)
    assert len(numbers) == 30
    assert {getattr(number.place, attribute) for number in numbers} == {value}


def test_canadian_postal_codes() -> None:
    """The first three characters of a Canadian postal code are the area that is searched."""
    numbers = search("CA", LOCAL, Search(in_postal_code="M5H 2N2", limit=3))
    assert {number.place.postal_code for number in numbers if number.place} == {"M5H"}


@pytest.mark.parametrize("query", [Search(near_number="+14155552345"), Search(near_lat_long=(37.7749, -122.4194))])
def test_search_by_distance(query: Search) -> None:
    """Every number found is at home within 25 miles of the number or point given."""
    numbers = search("US", LOCAL, query)
    assert len(numbers) == 30
    for number in numbers:
        assert number.place is not None
        assert miles_between((37.7749, -122.4194), (number.place.latitude, number.place.longitude)) <= 25


def test_near_a_number_of_another_continent_there_is_nothing() -> None:
    """Distances are known in North America only."""
    assert search("US", LOCAL, Search(near_number="+351912345678")) == []


@pytest.mark.parametrize("distance", [-1, 501])
def test_distance_is_limited(distance: float) -> None:
    """A distance is at most 500 miles."""
    with pytest.raises(ValueError, match="Distance"):
        search("US", LOCAL, Search(near_number="+14155552345", distance=distance))


@pytest.mark.parametrize(
    ("iso", "kind", "query", "some"),
    [
        ("US", LOCAL, Search(sms_enabled=True, mms_enabled=True, voice_enabled=True), True),
        ("PT", LOCAL, Search(sms_enabled=True), False),
        ("PT", LOCAL, Search(sms_enabled=False), True),
        ("PT", MOBILE, Search(sms_enabled=True), True),
        ("PT", MOBILE, Search(mms_enabled=True), False),
        ("US", LOCAL, Search(exclude_all_address_required=True), True),
        ("PT", LOCAL, Search(exclude_all_address_required=True), False),
        ("DE", LOCAL, Search(exclude_local_address_required=True), False),
        ("DE", LOCAL, Search(exclude_foreign_address_required=True), True),
        ("KE", MOBILE, Search(beta=False), False),
        ("PT", MOBILE, Search(in_region="CA"), False),
        ("US", TOLL_FREE, Search(area_code="800"), False),
        ("US", MOBILE, Search(), False),
        ("US", NumberKind.MACHINE_TO_MACHINE, Search(), False),
        ("XX", LOCAL, Search(), False),
    ],
)
def test_what_a_country_sells(iso: str, kind: NumberKind, query: Search, some: bool) -> None:
    """Capabilities, address requirements and beta are those of country and kind; places belong to North America."""
    assert bool(search(iso, kind, query)) is some
