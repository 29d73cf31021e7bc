"""Products: which host and path each has, and the two styles in which they answer."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

API = "api"


@dataclass(frozen=True)
class Product:
    """A product of the API: `https://{name}.twilio.com{version}/…`, or `/{name}{version}/…` on a plain listener."""

    name: str
    version: str  #: the first segment of its paths: "2010-04-01" or "v1"

    @property
    def host(self) -> str:
        return f"{self.name}.twilio.com"

    @property
    def is_2010(self) -> bool:
        return self.version == "2010-04-01"


API_2010 = Product(API, "2010-04-01")

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=1024)
def rfc_2822(second: int) -> str:
    """`Thu, 30 Jul 2015 20:12:31 +0000`: English names, whatever the locale."""
    at = datetime.fromtimestamp(second, UTC)
    return (
        f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month]} {at.year} "
        f"{at.hour:02}:{at.minute:02}:{at.second:02} +0000"
    )


@lru_cache(maxsize=1024)
def iso_8601(second: int) -> str:
    """`2015-07-30T20:12:31Z`: no fraction, which older SDKs cannot read."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
