"""Phones that register with a SIP domain, and are called there."""

import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.scenarios.calls.place import DOMAIN, PASSWORD, Place, place
from tests.scenarios.calls.script import (
    CONTACT,
    answer,
    answers,
    got,
    got_invite,
    is_hung_up,
    reply,
    request,
    says,
    script,
    takes,
    waits,
)
from tests.scenarios.customer import twiml

AOR = f"sip:ann@{DOMAIN}"


async def let_ann_register(here: Place) -> None:
    await here.users(await here.domain(), "ann")


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Place]:
    """Ann may register."""
    async with place(tmp_path) as made:
        await let_ann_register(made)
        yield made


def register(number: int, *, contact: str = CONTACT, headers: str = "") -> str:
    headers = f"Expires: 600\n{headers}".strip()
    return request("REGISTER", number, uri=f"sip:{DOMAIN}", to=AOR, tagged=False, contact=contact, headers=headers)


def registers(number: int = 1, *, contact: str = CONTACT, outcome: int = 200) -> str:
    """REGISTER, the challenge, and REGISTER with what the test answers to it."""
    return "\n".join(
        [
            *(register(number, contact=contact), takes(401, keeps={"nonce": "WWW-Authenticate:"})),
            *(says("challenged", Challenge="[$nonce]"), waits()),
            *(register(number + 1, contact=contact, headers="[$told]"), takes(outcome)),
        ]
    )


async def register_all(here: Place, *contacts: str) -> None:
    """Bring these phones to the registrar, one after the other."""
    steps = [registers(2 * n + 1, contact=contact) for n, contact in enumerate(contacts)]
    async with here.phone(script(*steps), to=AOR, caller=f"ann@{DOMAIN}") as phone:
        for _ in contacts:
            phone.tell(proof((await phone.says("challenged"))["Challenge"], "MD5", password=PASSWORD))
        await phone.done()


def proof(challenge: str, algorithm: str, *, password: str) -> str:
    """The Authorization header that answers a challenge (RFC 7616 §3.4)."""
    kind = hashlib.sha256 if algorithm == "SHA-256" else hashlib.md5
    nonce = re.findall(r'nonce="([^"]+)"', challenge)[0]

    def digest(*parts: str) -> str:
        return kind(":".join(parts).encode()).hexdigest()

    secret, what = digest("ann", DOMAIN, password), digest("REGISTER", f"sip:{DOMAIN}")
    response = digest(secret, nonce, "00000001", "cafe", "auth", what)
    return (
        f'Authorization: Digest username="ann", realm="{DOMAIN}", nonce="{nonce}", uri="sip:{DOMAIN}", qop=auth, '
        f'nc=00000001, cnonce="cafe", algorithm={algorithm}, response="{response}"'
    )


@pytest.mark.parametrize("tcp", [False, True], ids=["udp", "tcp"])
@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
async def test_a_phone_registers_by_either_digest(tmp_path: Path, algorithm: str, tcp: bool) -> None:
    """RFC 8760: a challenge for each algorithm that the operator names, and either may be answered."""
    async with place(tmp_path, sip_digests=("SHA-256", "MD5")) as here:
        await let_ann_register(here)
        async with here.phone(script(registers()), to=AOR, caller=f"ann@{DOMAIN}", tcp=tcp) as phone:
            phone.tell(proof((await phone.says("challenged"))["Challenge"], algorithm, password=PASSWORD))
            await phone.done()
        challenge = next(message for message in phone.received() if " 401 " in message)
        assert re.findall(r"algorithm=([\w-]+)", challenge) == ["SHA-256", "MD5"]


async def test_old_phones_are_asked_for_md5_alone(here: Place) -> None:
    """Many cannot pass over a challenge that they do not know; SIPp's own digest is such a one."""
    own = f"[authentication username=ann password={PASSWORD}]"
    steps = script(register(1), takes(401, auth=True), register(2, headers=own), takes(200))
    async with here.phone(steps, to=AOR, caller=f"ann@{DOMAIN}") as phone:
        await phone.done()


async def test_a_wrong_password_registers_nobody(here: Place) -> None:
    """It is challenged again, and who is called there has no phone."""
    steps = script(registers(outcome=401))
    async with here.phone(steps, to=AOR, caller=f"ann@{DOMAIN}") as phone:
        challenge = (await phone.says("challenged"))["Challenge"]
        phone.tell(proof(challenge, "MD5", password="another"))
        await phone.done()
    made = await here.call(To=AOR, Url=here.url("/voice"))
    await here.until(f"~/Calls/{made['sid']}.json", status="no-answer")


@pytest.mark.parametrize("to", [AOR, "client:ann"])
async def test_all_phones_of_a_user_ring_and_one_takes_it(here: Place, to: str) -> None:
    """A call to an address of record, or to a client of that name, goes to each contact; the others are cancelled."""
    rings = script(got_invite(), answer(180), says("ringing"), got("CANCEL"), reply(200), answer(487), got("ACK"))
    here.app.answers["/hello"] = [twiml(f"<Play>{here.plays('/hello.wav', 800, ms=500)}</Play>")]
    takes_it = script(got_invite(), answer(180), says("ringing"), waits(), answers(), is_hung_up())
    async with here.phone(rings) as other, here.phone(takes_it) as phone:
        await register_all(here, f"sip:ann@127.0.0.1:{other.port}", f"sip:ann@127.0.0.1:{phone.port}")
        made = await here.call(To=to, Url=here.url("/hello"))
        await other.says("ringing")
        await phone.says("ringing")
        phone.tell()
        await phone.says("answered")
        await phone.line.hears(800)
        await other.done()
        await phone.done()
    await here.until(f"~/Calls/{made['sid']}.json", status="completed")
