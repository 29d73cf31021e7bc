"""A server as a process of its own, started as a user starts it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HOOKFLASH = Path(sys.executable).with_name("hookflash")


def bare_environment(home: Path) -> dict[str, str]:
    """Nothing of the environment of the tests but the path to programs."""
    return {"PATH": os.environ["PATH"], "HOME": str(home)}


@contextmanager
def served(directory: Path, command: Path = HOOKFLASH) -> Iterator[dict[str, Any]]:
    """What the ready file of a server says that keeps everything in `directory`; the file is `ready.json` there."""
    ready_file = directory / "ready.json"
    ports = [word for option in ("--port", "--https-port", "--proxy-port", "--sip-port") for word in (option, "0")]
    serve = [str(command), "serve", "--data", str(directory / "data"), "--ready-file", str(ready_file), *ports]
    environment = bare_environment(directory)
    with subprocess.Popen(serve, cwd=directory, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        said = []
        for line in server.stderr:
            said.append(line)
            if "is up" in line:
                break
        reader = threading.Thread(target=said.extend, args=(server.stderr,))
        reader.start()
        try:
            assert ready_file.exists()
            yield json.loads(ready_file.read_text())
        finally:
            server.terminate()
            reader.join()
            print("".join(said))
    assert server.returncode == 0
