"""How much of a partial result is likely to stay."""


def stability(before: list[str], now: list[str]) -> float:
    """The share of the words of `now` that stood at the same place in the partial result before; from 0 to 1."""
    return round(sum(old == new for old, new in zip(before, now, strict=False)) / max(len(now), 1), 2)
