"""Writes `src/hookflash/domain/data/area_codes.txt` from the geographic data of `phonenumbers`.

That data is 190 MB and three seconds once imported, for all countries and languages; of it the exchange needs which
places of the United States and Canada have which exchanges. Run it when `phonenumbers` is updated:

    python scripts/make_area_codes.py

A line is an area code, its region, and its places with their exchanges, the place with the most of them first; a
place without exchanges has any:

    808 HI Honolulu:215-218,220;Hilo:238;…
"""

import re
from collections import defaultdict
from itertools import groupby
from pathlib import Path

from phonenumbers.geodata import GEOCODE_DATA

TARGET = Path(__file__).parents[1] / "src" / "hookflash" / "domain" / "data" / "area_codes.txt"

REGIONS = {
    "Alabama": "AL", "Alaska": "AK", "Arizona": "AZ", "Arkansas": "AR", "California": "CA", "Colorado": "CO",
    "Connecticut": "CT", "Delaware": "DE", "Washington D.C.": "DC", "Florida": "FL", "Georgia": "GA", "Hawaii": "HI",
    "Idaho": "ID", "Illinois": "IL", "Indiana": "IN", "Iowa": "IA", "Kansas": "KS", "Kentucky": "KY",
    "Louisiana": "LA", "Maine": "ME", "Maryland": "MD", "Massachusetts": "MA", "Michigan": "MI", "Minnesota": "MN",
    "Mississippi": "MS", "Missouri": "MO", "Montana": "MT", "Nebraska": "NE", "Nevada": "NV", "New Hampshire": "NH",
    "New Jersey": "NJ", "New Mexico": "NM", "New York": "NY", "North Carolina": "NC", "North Dakota": "ND",
    "Ohio": "OH", "Oklahoma": "OK", "Oregon": "OR", "Pennsylvania": "PA", "Rhode Island": "RI",
    "South Carolina": "SC", "South Dakota": "SD", "Tennessee": "TN", "Texas": "TX", "Utah": "UT", "Vermont": "VT",
    "Virginia": "VA", "Washington State": "WA", "West Virginia": "WV", "Wisconsin": "WI", "Wyoming": "WY",
    "Alberta": "AB", "British Columbia": "BC", "British Colombia": "BC", "Manitoba": "MB", "New Brunswick": "NB",
    "Newfoundland and Labrador": "NL", "Nova Scotia": "NS", "Nova Scotia/Prince Edward Island": "NS",
    "Northwest Territories/Nunavut/Yukon": "NT", "Ontario": "ON", "Prince Edward Island": "PE", "Quebec": "QC",
    "Saskatchewan": "SK",
}  # fmt: skip

# Newer codes laid over older ones, of which the data says no more than the state: they take the older one's main town.
OVERLAYS = dict(re.findall(r"(\d+)=(\d+)", """
    220=740 223=717 227=301 235=573 236=604 249=705 257=604 272=570 273=418 274=920 279=916 283=513 324=904 326=937
    327=870 329=845 331=630 339=781 341=510 343=613 346=713 350=209 351=978 353=608 354=450 363=516 364=270 365=905
    367=418 368=403 369=707 380=614 382=519 385=801 424=310 428=506 430=903 431=204 442=760 447=217 448=850 458=541
    463=317 464=708 468=819 470=404 472=910 474=306 475=203 531=402 534=715 539=918 548=519 551=201 557=314 564=206
    567=419 572=405 579=450 581=418 582=814 584=204 587=403 628=415 629=615 639=306 640=609 645=305 647=416 656=813
    657=714 667=410 669=408 672=604 680=315 681=304 683=705 686=804 689=407 725=702 730=618 737=512 738=213 742=905
    743=336 747=818 748=970 753=613 754=954 762=706 771=202 782=902 820=805 821=864 825=403 826=540 835=610 838=518
    839=803 840=909 848=732 854=843 873=819 878=412 879=709 917=212 929=718 930=812 938=256 943=404 945=214 947=248
    948=757 959=860 975=816 983=303 984=919 986=208
"""))  # fmt: skip
CODES = frozenset(REGIONS.values()) | {"NU", "YT"}


def main() -> None:
    places: dict[str, tuple[str, str]] = {}
    unread = []
    for prefix in sorted({prefix[:4] for prefix in GEOCODE_DATA if prefix[0] == "1" and len(prefix) >= 4}):
        name = GEOCODE_DATA.get(prefix, {}).get("en", "")
        found = towns(prefix, name)
        region = REGIONS.get(name) or name.rpartition(", ")[2] or main_region(found)
        if region in CODES:
            places[prefix[1:]] = region, line(found, region)
        else:
            unread.append(f"{prefix} {name}")
    for code, older in OVERLAYS.items():
        region, own = places[code]
        places[code] = region, own or places[older][1].partition(":")[0] + ":"
    lines = [f"{code} {region} {listed}" for code, (region, listed) in places.items()]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} area codes, {TARGET.stat().st_size} bytes; left out: {', '.join(unread)}")


def towns(area: str, name: str) -> dict[str, set[int]]:
    """The exchanges of each town (`Hilo, HI`) of an area code; of the town that the code is named after, maybe none."""
    exchanges: dict[str, set[int]] = defaultdict(set)
    if name == "Washington D.C.":
        exchanges["Washington, DC"] = set()
    elif ", " in name:
        exchanges[name] = set()
    for exchange in range(200, 1000):
        digits = area + str(exchange)
        names = next((GEOCODE_DATA[digits[:n]] for n in (7, 6, 5) if digits[:n] in GEOCODE_DATA), {})
        full = names.get("en", "")  # "Dallas, Plano, TX" where two share one
        town, state = full.partition(", ")[0], full.rpartition(", ")[2]
        if state in CODES:
            exchanges[f"{town}, {state}"].add(exchange)
    return exchanges


def main_region(towns: dict[str, set[int]]) -> str:
    largest = max(towns, key=lambda town: len(towns[town]), default="")
    return largest.rpartition(", ")[2]


def line(towns: dict[str, set[int]], region: str) -> str:
    """The towns of an area code, those of the most exchanges first; only a town of another region bears its code."""
    ordered = sorted(towns.items(), key=lambda item: (-len(item[1]), item[0]))
    return ";".join(f"{town.removesuffix(', ' + region)}:{ranges(sorted(numbers))}" for town, numbers in ordered)


def ranges(numbers: list[int]) -> str:
    """`numbers` in order as `200-203,205`."""
    runs = (list(run) for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]))
    ends = ((run[0][1], run[-1][1]) for run in runs)
    return ",".join(f"{first}" if first == last else f"{first}-{last}" for first, last in ends)


if __name__ == "__main__":
    main()
