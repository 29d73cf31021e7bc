"""The countries of the simulated inventory, and which kinds of numbers each has."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from hookflash.domain.phone_numbers import NumberType, number_type, region_of


class NumberKind(StrEnum):
    """The kinds of numbers that are sold; the value is the name of the list in paths."""

    LOCAL = "Local"
    TOLL_FREE = "TollFree"
    MOBILE = "Mobile"
    NATIONAL = "National"
    VOIP = "Voip"
    SHARED_COST = "SharedCost"
    MACHINE_TO_MACHINE = "MachineToMachine"  #: no range is known as such, so that none has any


@dataclass(frozen=True, slots=True)
class Country:
    iso: str
    name: str
    beta: bool  #: its numbers are left out when a search says `Beta=false`
    address: str  #: what a buyer has to show: `none`, `any`, `local` or `foreign`

    @property
    def examples(self) -> dict[NumberKind, str]:
        """An E.164 number of each kind it has."""
        return _examples(self.iso)

    @property
    def kinds(self) -> tuple[NumberKind, ...]:
        """The kinds it has."""
        return tuple(self.examples)


# ISO, name, address requirement; simulated, though near to what regulators ask.
_TABLE = """
AR Argentina any|AT Austria local|AU Australia any|BE Belgium local|BG Bulgaria any
BR Brazil any|CA Canada none|CH Switzerland local|CL Chile any|CO Colombia any
CR Costa Rica any|CY Cyprus any|CZ Czech Republic any|DE Germany local|DK Denmark any
DO Dominican Republic none|EC Ecuador any|EE Estonia none|ES Spain local|FI Finland any
FR France local|GB United Kingdom none|GE Georgia any|GH Ghana any|GR Greece local
HK Hong Kong any|HR Croatia any|HU Hungary local|ID Indonesia any|IE Ireland local
IL Israel none|IN India any|IS Iceland any|IT Italy local|JM Jamaica none
JP Japan local|KE Kenya any|KR South Korea any|LT Lithuania any|LU Luxembourg any
LV Latvia none|MT Malta any|MX Mexico any|MY Malaysia any|NL Netherlands local
NO Norway any|NZ New Zealand any|PA Panama none|PE Peru any|PH Philippines any
PL Poland any|PR Puerto Rico none|PT Portugal any|RO Romania any|RS Serbia any
SE Sweden none|SG Singapore any|SI Slovenia any|SK Slovakia any|SV El Salvador any
TH Thailand any|TN Tunisia any|TW Taiwan any|UA Ukraine any|UG Uganda any
US United States none|VE Venezuela any|VN Vietnam any|ZA South Africa any
"""
_BETA = frozenset({"GE", "GH", "ID", "KE", "RS", "TN", "UA", "UG", "VN"})

_METADATA_TYPES = {
    NumberKind.LOCAL: PhoneNumberType.FIXED_LINE,
    NumberKind.TOLL_FREE: PhoneNumberType.TOLL_FREE,
    NumberKind.MOBILE: PhoneNumberType.MOBILE,
    NumberKind.NATIONAL: PhoneNumberType.UAN,
    NumberKind.VOIP: PhoneNumberType.VOIP,
    NumberKind.SHARED_COST: PhoneNumberType.SHARED_COST,
}
_KINDS = {
    NumberType.FIXED: NumberKind.LOCAL,
    NumberType.FIXED_OR_MOBILE: NumberKind.LOCAL,  # where both share their ranges, all are sold as local ones
    NumberType.TOLL_FREE: NumberKind.TOLL_FREE,
    NumberType.MOBILE: NumberKind.MOBILE,
    NumberType.UNIVERSAL: NumberKind.NATIONAL,
    NumberType.VOIP: NumberKind.VOIP,
    NumberType.SHARED_COST: NumberKind.SHARED_COST,
}


def kind_of(e164: str) -> NumberKind | None:
    """As what a number would be sold; None when its range is not assigned, or of a kind that is not sold."""
    return _KINDS.get(number_type(e164))


@cache
def countries() -> dict[str, Country]:
    """The countries by ISO code."""
    rows = [row for line in _TABLE.strip().splitlines() for row in line.split("|")]
    return {country.iso: country for country in map(_country, rows)}


def _country(row: str) -> Country:
    iso, _, rest = row.partition(" ")
    name, _, address = rest.rpartition(" ")
    return Country(iso, name, iso in _BETA, address)


@cache
def _examples(iso: str) -> dict[NumberKind, str]:
    """Found out when first asked for: the metadata of all countries take 0.2 s to load."""
    examples = {}
    for kind, metadata_type in _METADATA_TYPES.items():
        number = phonenumbers.example_number_for_type(iso, metadata_type)
        if number is not None:
            e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
            if kind_of(e164) is kind and _belongs(e164, iso, kind):
                examples[kind] = e164
    return examples


def _belongs(e164: str, iso: str, kind: NumberKind) -> bool:
    """Whether a number is the country's own; of the ranges that North America shares only toll-free ones are sold."""
    if e164.startswith("+1") and kind is not NumberKind.LOCAL:
        return iso in ("US", "CA") and kind is NumberKind.TOLL_FREE
    return region_of(e164) == iso
