"""The files through which programs come to trust the local authority, next to the roots that they trusted before.

The variables that name a CA file replace a program's whole trust list, so each file holds the usual roots as well. This
module imports nothing heavy: `hookflash run` uses it too.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

BUNDLE = "bundle.pem"
PHP_DIRECTORY = "php"
TRUSTSTORE = "truststore.p12"
TRUSTSTORE_PASSWORD = "changeit"  # noqa: S105 - the default of every Java; the file holds nothing secret

BEGIN = "-----BEGIN CERTIFICATE-----"
END = "-----END CERTIFICATE-----"

# Where the roots of the operating system stand: Debian, Red Hat, SUSE, Alpine and macOS in turn.
SYSTEM_ROOTS = (
    Path("/etc/ssl/certs/ca-certificates.crt"),
    Path("/etc/pki/tls/certs/ca-bundle.crt"),
    Path("/etc/ssl/ca-bundle.pem"),
    Path("/etc/ssl/cert.pem"),
)


def certificates_in(text: str) -> Iterator[str]:
    """The PEM blocks of `text`, in order, without what stands between them."""
    for piece in text.split(BEGIN)[1:]:
        body, end, _ = piece.partition(END)
        if end:
            yield f"{BEGIN}\n{body.strip()}\n{END}\n"


def write_bundle(directory: Path, sources: Iterable[Path]) -> Path:
    """Write `bundle.pem`, every certificate of the PEM files `sources` once, and the PHP setting that points at it.

    Returns the path of the bundle. A bundle that is right already is not touched. Raises OSError when a source cannot
    be read or the directory cannot be written.
    """
    blocks = dict.fromkeys(
        block for source in sources for block in certificates_in(source.read_text(encoding="utf-8", errors="replace"))
    )
    bundle = directory / BUNDLE
    write_changed(bundle, "".join(blocks))
    (directory / PHP_DIRECTORY).mkdir(exist_ok=True)
    write_changed(
        directory / PHP_DIRECTORY / "hookflash.ini",
        f'; Read through PHP_INI_SCAN_DIR.\ncurl.cainfo = "{bundle}"\nopenssl.cafile = "{bundle}"\n',
    )
    return bundle


def write_changed(path: Path, content: str | bytes, mode: int = 0o644) -> bool:
    """Give `path` this content at once, or leave it alone when it has it; whether it was written.

    A reader sees the old file or the new one, and a file with `mode` 0600 was never readable by others.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.is_file() and path.read_bytes() == data:
        return False
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return True
