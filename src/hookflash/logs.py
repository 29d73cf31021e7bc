"""Logs: structured, one line an event, SIDs only: no numbers, no bodies, no secrets."""

import io
import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog


class LenientStream(io.TextIOBase):
    """stderr, but for lines that it cannot take: with the disk full under a log file, work must go on all the same."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stderr.flush()


def configure_logs(style: str) -> None:
    """Write events to stderr, as `json` or as `text` for a terminal."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", LenientStream())),
        cache_logger_on_first_use=True,
    )
