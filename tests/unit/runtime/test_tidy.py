"""Housekeeping: what is old enough goes, what is not stays, and it happens by itself."""

import pytest
from tests.unit.runtime.runtime_support import World, eventually

from hookflash.domain.clock import DAY, HOUR
from hookflash.runtime import tidy
from hookflash.runtime.tidy import Tidier, rules
from hookflash.store import timeline
from hookflash.store.store import Tx

WEBHOOKS = 7 * DAY

#: For each rule: how a row of its table is made at a moment.
ROWS = {
    "timeline.forget_alerts": (
        "INSERT INTO alerts (account_sid, sid, level, error_code, sentence, date_created, date_updated)"
        " VALUES ('AC', 'NO' || ?1, 'error', 1, '', ?2, ?2)"
    ),
    "carriers.forget_early_receipts": "INSERT INTO early_receipts VALUES ('c', ?1, '{}', ?2)",
    "carriers.forget_inbound": "INSERT INTO inbound_seen VALUES ('c', ?1, ?2)",
    "carriers.forget_old_parts": "INSERT INTO carrier_parts VALUES ('c', ?1, 'AC', 'm', 0, NULL, ?2)",
    "messages.forget_cookies": "INSERT INTO cookies VALUES ('AC', ?1, 'r', '{}', ?2)",
    "handsets.forget": "INSERT INTO handset_messages VALUES (?1, ?2 << 16, 'sent', 'p', 'b', '[]', 'SM' || ?1)",
    "recordings.forget_deleted": (
        "INSERT INTO recordings VALUES ('AC', 'RE' || ?1, NULL, NULL, 'deleted', 'DialVerb', 1, 'both', ?2, 1, NULL,"
        " '2010-04-01', '{}', ?2, ?2)"
    ),
    "transcriptions.forget_stopped": (
        "INSERT INTO live_transcriptions VALUES ('AC', ?1, 'CA', NULL, 'stopped', 2, '{}', 0, ?2)"
    ),
    "payments.forget_ended": "INSERT INTO payments VALUES ('AC', 'PK' || ?1, 'CA', 'completed', ?1, 0, ?2)",
    "user_messages.forget": "INSERT INTO user_defined_messages VALUES ('AC', 'KX' || ?1, 'CA', '{}', NULL, ?2)",
    "user_messages.forget_subscriptions": (
        "INSERT INTO user_defined_message_subscriptions VALUES ('AC', 'ZY' || ?1, 'CA', 'u', 'POST', NULL, 1, ?2)"
    ),
    "timeline.forget_webhooks": "INSERT INTO timeline VALUES ('SM' || ?1, ?2 << 16, 'AC', 'webhook', '', NULL)",
}


async def make(tx: Tx, sql: str, number: int, at: int) -> None:
    await tx.execute(sql, (number, at))


async def count(tx: Tx, sql: str) -> int:
    ((number,),) = await tx.select(f"SELECT count(*) FROM {sql.split()[2]}")
    return int(number)


def test_every_rule_has_a_row_here() -> None:
    """A rule that is added is tested."""
    assert {rule.query for rule in rules(WEBHOOKS)} == set(ROWS)


@pytest.mark.parametrize("rule", rules(WEBHOOKS), ids=lambda rule: rule.query)
async def test_only_what_is_old_enough_is_forgotten(rule: tidy.Rule, world: World) -> None:
    """A row goes once it is older than its table keeps rows, more than a batch of them too."""
    sql, now = ROWS[rule.query], world.clock.now()
    for number in range(tidy.BATCH + 20):
        await world.store.write(make, sql, number, now - rule.age - HOUR)
    await world.store.write(make, sql, 10_000, now - rule.age + HOUR)
    tidier = Tidier(store=world.store, clock=world.clock, rules=rules(WEBHOOKS))
    assert await tidier.tidy() == tidy.BATCH + 20
    assert await world.store.read(count, sql) == 1
    assert await tidier.tidy() == 0


async def test_the_story_of_a_message_outlives_its_webhooks(world: World) -> None:
    """Attempts of webhooks are big and go; the moves of a message are kept as long as the message."""
    now = world.clock.now()
    for kind in ("move", "webhook"):
        await world.store.write(timeline.record, "SM1", kind, "It happened", account_sid="AC", now=now)
    world.clock.jump(WEBHOOKS + HOUR)
    await Tidier(store=world.store, clock=world.clock, rules=rules(WEBHOOKS)).tidy()
    events = await world.store.read(_kinds)
    assert events == ["move"]


async def _kinds(tx: Tx) -> list[str]:
    return [kind for (kind,) in await tx.select("SELECT kind FROM timeline")]


async def test_it_comes_round_every_hour(world: World) -> None:
    """At the start and each hour after it, by the server's clock, until it is stopped."""
    sql = ROWS["carriers.forget_inbound"]
    tidier = Tidier(store=world.store, clock=world.clock, rules=rules(WEBHOOKS))
    tidier.start()
    for number in range(3):
        await world.store.write(make, sql, number, world.clock.now())
        world.clock.jump(tidy.REPEATS_KEPT)

        async def is_forgotten() -> bool:
            world.clock.jump(tidy.EVERY)
            return not await world.store.read(count, sql)

        await eventually(is_forgotten)
    await tidier.stop()
