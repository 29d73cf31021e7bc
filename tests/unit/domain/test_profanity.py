"""What is left of swear words."""

import pytest

from hookflash.domain.profanity import without_swearing


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("damn", "d***"),
        ("Damn it, I said SHIT.", "D*** it, I said S***."),
        ("fucking hell", "f****** hell"),
        ("cocktails in Scunthorpe", "cocktails in Scunthorpe"),
        ("", ""),
    ],
)
def test_swear_words_keep_their_first_letter(said: str, told: str) -> None:
    """The rest of each becomes asterisks; words that only hold one stay."""
    assert without_swearing(said) == told
