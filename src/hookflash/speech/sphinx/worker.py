"""A process with a decoder: jobs come in, answers go out, each as MessagePack behind its length in 4 bytes.

It ends when its standard input does: with the server, however that ended.
"""

import signal
import sys
from typing import BinaryIO

import msgspec

from hookflash.speech.sphinx.decoder import Decoder, Job

LENGTH = 4  #: bytes


def work(asked: BinaryIO, answered: BinaryIO) -> None:
    """Answer until nothing is asked any more."""
    decoder = Decoder()
    reader = msgspec.msgpack.Decoder(Job)
    while len(head := asked.read(LENGTH)) == LENGTH:
        body = asked.read(int.from_bytes(head, "big"))
        answered.write(framed(decoder.decode(reader.decode(body))))
        answered.flush()


def framed(message: msgspec.Struct) -> bytes:
    """A message as it goes through the pipe."""
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(LENGTH, "big") + body


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # are for the server, which lets calls end before it closes the pipe
        signal.signal(number, signal.SIG_IGN)
    work(sys.stdin.buffer, sys.stdout.buffer)
