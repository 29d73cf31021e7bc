"""The data directory and the vault: one holder, private files, a key that is whole or not there."""

import os
from pathlib import Path

import pytest

from hookflash.store.directory import DataDirectory, write_private
from hookflash.store.store import StoreHeldError
from hookflash.store.vault import KEY_FILE, Vault, VaultError, hash_secret, open_vault, same_secret


def test_a_directory_has_one_holder_who_is_named(tmp_path: Path) -> None:
    """The second to come is refused with the process that has it, and served once that one has gone."""
    first = DataDirectory(tmp_path / "data")
    with pytest.raises(StoreHeldError, match=rf"{tmp_path}/data is held by .* \(process {os.getpid()}\); stop it"):
        DataDirectory(tmp_path / "data")
    first.release()
    DataDirectory(tmp_path / "data").release()


def test_what_lies_in_the_directory_is_its_owners_alone(tmp_path: Path) -> None:
    """Nobody else may read the directory or its secrets, and a token once made stays."""
    directory = DataDirectory(tmp_path / "data")
    token = directory.operator_token()
    open_vault(directory.path, None)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (directory.path, *directory.path.iterdir())}
    folders = dict.fromkeys(("data", "media", "recordings"), 0o700)
    assert modes == folders | dict.fromkeys(("hookflash.lock", "operator.token", KEY_FILE), 0o600)
    assert directory.operator_token() == token
    directory.release()


def test_a_private_file_is_replaced_whole(tmp_path: Path) -> None:
    """No reader ever finds half of a file, and nothing is left beside it."""
    file = tmp_path / "ready.json"
    write_private(file, "one")
    before = file.open()
    write_private(file, "two")
    with before:
        assert before.read() == "one"
    assert file.read_text() == "two"
    assert list(tmp_path.iterdir()) == [file]


def test_a_vault_opens_what_it_sealed(tmp_path: Path) -> None:
    """With the key file or with the key handed in, in this process and the next; each sealing looks different."""
    for secret in (None, "hunter2"):
        sealed = open_vault(tmp_path, secret).seal("token")
        assert open_vault(tmp_path, secret).open(sealed) == "token"
        assert open_vault(tmp_path, secret).seal("token") != sealed


def test_another_key_is_said_to_be_another_key(tmp_path: Path) -> None:
    """Whoever lost the key is told what to bring back."""
    sealed = Vault(b"one").seal("token")
    with pytest.raises(VaultError, match=r"HOOKFLASH_SECRET_KEY, or bring back its secret\.key"):
        Vault(b"other").open(sealed)


def test_hashes_of_secrets_compare(tmp_path: Path) -> None:
    """A key's secret is known again by its hash, and no other is."""
    assert same_secret(hash_secret("a"), hash_secret("a"))
    assert not same_secret(hash_secret("a"), hash_secret("b"))
