"""Backups: made beside a running server, restored elsewhere, useless without the key."""

import stat
import subprocess
import tarfile
from pathlib import Path

import pytest
from tests.scenarios.plugin_support import post_message, rest
from tests.scenarios.served import HOOKFLASH, bare_environment, served

from hookflash.cli.backup import BackupError, make_backup, restore_backup
from hookflash.store.directory import DATABASE, MEDIA, RECORDINGS
from hookflash.store.store import StoreCorruptError
from hookflash.testing.platform import Platform

PICTURE = f"{MEDIA}/ab/{'ab' * 32}"  #: as `MediaFiles` lays it down
SOUND = f"{RECORDINGS}/AC{'0' * 32}/RE{'0' * 32}.wav"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(HOOKFLASH), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_backup_of_a_running_server_starts_elsewhere_with_its_key(tmp_path: Path) -> None:
    """All that it keeps is there again; without the key the server refuses to start, and says why."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    file = tmp_path / "backup.tar.gz"
    with served(first) as ready:
        sid = post_message(Platform(ready), To="+14155558001", Body="keep me")["sid"]
        for name in (PICTURE, SOUND, SOUND.replace(".wav", ".mp3")):
            (first / "data" / name).parent.mkdir(exist_ok=True)
            (first / "data" / name).write_bytes(b"kept")
        done = run("backup", file, "--data", first / "data")
        assert done.returncode == 0, done.stderr
        assert "secret.key" in done.stdout
    restored = run("restore", file, "--data", second / "data")
    assert restored.returncode == 0, restored.stderr
    assert [(second / "data" / name).read_bytes() for name in (PICTURE, SOUND)] == [b"kept", b"kept"]
    assert not (second / "data" / SOUND.replace(".wav", ".mp3")).exists()  # it can be made again

    serve = [str(HOOKFLASH), "serve", "--data", str(second / "data"), "--port", "0", "--https-port", "0"]
    keyless = subprocess.run(
        [*serve, "--proxy-port", "0"], env=bare_environment(second), capture_output=True, text=True, check=False
    )
    assert keyless.returncode == 1
    assert "sealed with another key" in keyless.stderr

    (second / "data" / "secret.key").write_bytes((first / "data" / "secret.key").read_bytes())
    with served(second) as again:
        assert (again["account_sid"], again["auth_token"]) == (ready["account_sid"], ready["auth_token"])
        assert rest(Platform(again), f"Messages/{sid}.json")["body"] == "keep me"


def test_a_backup_holds_no_keys(tmp_path: Path) -> None:
    """Neither the secret key, nor private keys, nor the operator token; and only its owner may read it."""
    tmp_path.joinpath("server").mkdir()
    file = tmp_path / "backup.tar.gz"
    with served(tmp_path / "server"):
        make_backup(tmp_path / "server" / "data", file)
    with tarfile.open(file) as archive:
        assert archive.getnames() == [DATABASE]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_restore_refuses_a_directory_with_something_in_it(tmp_path: Path) -> None:
    """A restore never mixes two platforms."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x").touch()
    done = run("restore", tmp_path / "backup.tar.gz", "--data", tmp_path / "data")
    assert done.returncode == 1
    assert "is not empty" in done.stderr


def test_there_must_be_something_to_back_up(tmp_path: Path) -> None:
    """A wrong --data is told, and leaves no file behind."""
    done = run("backup", tmp_path / "backup.tar.gz", "--data", tmp_path)
    assert done.returncode == 1
    assert "there is no data" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "secret.key", f"{MEDIA}/../../evil", f"{MEDIA}/x", f"{PICTURE}/x"]
)
def test_a_foreign_archive_is_refused(tmp_path: Path, name: str) -> None:
    """Nothing is unpacked but what a backup of ours has, and what was unpacked before is taken away."""
    (tmp_path / "x").write_text("x")
    with tarfile.open(tmp_path / "backup.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "x", PICTURE)
        archive.add(tmp_path / "x", name)
    with pytest.raises(BackupError, match="no backup of Hookflash"):
        restore_backup(tmp_path / "backup.tar.gz", tmp_path / "data")
    assert list((tmp_path / "data").iterdir()) == []


def test_links_are_refused(tmp_path: Path) -> None:
    """A link under the name of the database could lead anywhere."""
    (tmp_path / DATABASE).symlink_to("/etc/passwd")
    with tarfile.open(tmp_path / "backup.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / DATABASE, DATABASE)
    with pytest.raises(BackupError):
        restore_backup(tmp_path / "backup.tar.gz", tmp_path / "data")


def test_a_damaged_backup_is_refused(tmp_path: Path) -> None:
    """Half an archive, one without a database, and one whose database is noise."""
    (tmp_path / "noise").write_bytes(b"noise" * 1_000)
    with pytest.raises(BackupError):
        restore_backup(tmp_path / "noise", tmp_path / "data")
    whole = tmp_path / "backup.tar.gz"
    with tarfile.open(whole, "w:gz") as archive:
        archive.add(tmp_path / "noise", PICTURE)
    with pytest.raises(BackupError, match="holds no"):
        restore_backup(whole, tmp_path / "data")
    with tarfile.open(whole, "w:gz") as archive:
        archive.add(tmp_path / "noise", DATABASE)
    with pytest.raises(StoreCorruptError):
        restore_backup(whole, tmp_path / "data")
