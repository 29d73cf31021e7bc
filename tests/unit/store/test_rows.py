"""Row structs travel to SQLite and back unchanged."""

from enum import StrEnum

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from hookflash.domain.message import Message
from hookflash.store.rows import column_encoders, decoder, encoder


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(msgspec.Struct, frozen=True):
    names: tuple[str, ...] = ()


class Positional(msgspec.Struct):
    """One field of each kind of type."""

    text: str
    number: int
    ratio: float
    raw: bytes
    flag: bool
    colour: Colour
    words: list[str]
    inner: Inner
    maybe_flag: bool | None
    maybe_colour: Colour | None
    maybe_inner: Inner | None
    maybe_text: str | None


class Named(msgspec.Struct, kw_only=True):
    flag: bool
    text: str | None = None


texts = st.text()
inners = st.builds(Inner, st.lists(texts, max_size=3).map(tuple))
rows = st.builds(
    Positional,
    texts,
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.binary(),
    st.booleans(),
    st.sampled_from(Colour),
    st.lists(texts, max_size=3),
    inners,
    st.none() | st.booleans(),
    st.none() | st.sampled_from(Colour),
    st.none() | inners,
    st.none() | texts,
)


@given(rows)
def test_a_row_survives_the_way_there_and_back(row: Positional) -> None:
    """What is read is what was written, and only values that SQLite knows are written."""
    columns = encoder(Positional)(row)
    assert {type(column) for column in columns} <= {str, int, float, bytes, type(None)}
    assert decoder(Positional)(columns) == row


@given(st.booleans(), st.none() | texts)
def test_a_row_with_named_fields_survives_too(flag: bool, text: str | None) -> None:
    """Structs that take their fields by name are rows like the others."""
    row = Named(flag=flag, text=text)
    assert decoder(Named)(encoder(Named)(row)) == row


def test_an_update_of_one_column_uses_the_same_conversion() -> None:
    """The column of a field is the same in an insert and in an update."""
    row = Positional("", 0, 0.0, b"", True, Colour.BLUE, ["a"], Inner(("b",)), None, None, None, None)
    columns = dict(zip(Positional.__struct_fields__, encoder(Positional)(row), strict=True))
    for name, there in column_encoders(Positional).items():
        value = getattr(row, name)
        assert columns[name] == (None if value is None else there(value))


def test_a_message_needs_no_conversion_it_can_do_without() -> None:
    """The busiest row converts its enums and its options, nothing else."""
    assert set(column_encoders(Message)) == {"direction", "status", "options"}
