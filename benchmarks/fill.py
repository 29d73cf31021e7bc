"""Fill a data directory with a million finished messages, as months of traffic would have.

python -m benchmarks.fill DATA ROWS
"""

import asyncio
import sys
import time
from pathlib import Path

from hookflash.actions.first_start import first_start
from hookflash.domain.message import Direction, Message, MessageStatus
from hookflash.domain.sids import SIDS
from hookflash.store.bus import LocalBus
from hookflash.store.directory import DataDirectory
from hookflash.store.sqlite import SqliteStore
from hookflash.store.store import Tx
from hookflash.store.vault import open_vault

BATCH = 10_000
SPACING = 100  #: ms between two messages: all are young enough to be kept, so that tidying does not join in


async def fill(data: Path, rows: int) -> None:
    """Write `rows` delivered messages, each with the part, the moves and the attempts that delivery leaves."""
    directory = DataDirectory(data)
    store = SqliteStore(directory.database, LocalBus())
    now = time.time_ns() // 1_000_000
    vault = open_vault(data, None)
    first = await store.write(first_start, vault, account_sid="", auth_token="", now=now - rows * SPACING)
    for start in range(0, rows, BATCH):
        await store.write(_batch, first.account_sid, range(start, min(start + BATCH, rows)), now - rows * SPACING)
    await store.close()
    directory.release()


async def _batch(tx: Tx, account_sid: str, numbers: range, began: int) -> None:
    for number in numbers:
        at = began + number * SPACING
        message = Message(
            account_sid=account_sid,
            id=SIDS.hex(at),
            kind="SM",
            direction=Direction.OUTBOUND_API,
            status=MessageStatus.DELIVERED,
            sender="+14155550100",
            recipient=f"+1415{5560000 + number % 90000:07d}",
            body=f"Hello number {number}, and thank you for your order",
            num_segments=1,
            num_media=0,
            service_sid=None,
            status_callback="http://127.0.0.1:1/cb",
            error_code=None,
            error_message=None,
            price=None,
            price_unit="USD",
            carrier="bench",
            api_version="2010-04-01",
            options=None,
            date_created=at,
            date_updated=at,
            date_sent=at,
        )
        await tx.insert("messages", message)
        await tx.run(
            "carriers.add_part",
            carrier="bench",
            carrier_id=f"old-{number:010d}",
            account_sid=account_sid,
            message_id=message.id,
            part=0,
            now=at,
        )
        for kind, sentence in (("carrier", "bench took it"), ("webhook", "POST answered 204 in 3 ms")):
            await tx.run(
                "timeline.add",
                subject=message.sid,
                stamp=SIDS.stamp(at),
                account_sid=account_sid,
                kind=kind,
                sentence=sentence,
                data=None,
            )


if __name__ == "__main__":
    asyncio.run(fill(Path(sys.argv[1]), int(sys.argv[2])))
