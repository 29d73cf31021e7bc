"""Phones that register with a SIP domain, and are called there."""

import hashlib
import re

import pytest
from tests.scenarios.calls.place import DOMAIN, PASSWORD, Place
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


@pytest.fixture
async def here(here: Place) -> Place:
    """Ann may register."""
    (domain,) = (await here.api.get("~/SIP/Domains.json")).json["domains"]
    await here.users(domain["sid"], "ann")
    return here


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
            phone.tell(proof((await phone.says("challenged"))["Challenge"], "SHA-256", password=PASSWORD))
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
async def test_a_phone_registers_by_either_digest(here: Place, algorithm: str, tcp: bool) -> None:
    """RFC 8760: a challenge for SHA-256 and one for MD5, and either is answered."""
    steps = script(registers(outcome=200))
    async with here.phone(steps, to=AOR, caller=f"ann@{DOMAIN}", tcp=tcp) as phone:
        challenge = (await phone.says("challenged"))["Challenge"]
        phone.tell(proof(challenge, algorithm, password=PASSWORD))
        await phone.done()
        assert {"algorithm=SHA-256", "algorithm=MD5"} <= set(re.findall(r"algorithm=[\w-]+", phone.story()))


async def test_a_wrong_password_registers_nobody(here: Place) -> None:
    """It is challenged again, and who is called there has no phone."""
    steps = script(registers(outcome=401))
    async with here.phone(steps, to=AOR, caller=f"ann@{DOMAIN}") as phone:
        challenge = (await phone.says("challenged"))["Challenge"]
        phone.tell(proof(challenge, "SHA-256", password="another"))
        await phone.done()
    made = await here.call(To=AOR, Url=here.url("/voice"))
    await here.until(f"~/Calls/{made['sid']}.json", status="no-answer")


async def test_all_phones_of_a_user_ring_and_one_takes_it(here: Place) -> None:
    """A call to an address of record goes to each contact; the others are cancelled."""
    rings = script(got_invite(), answer(180), says("ringing"), got("CANCEL"), reply(200), answer(487), got("ACK"))
    here.app.answers["/hello"] = [twiml(f"<Play>{here.plays('/hello.wav', 800, ms=500)}</Play>")]
    takes_it = script(got_invite(), answer(180), says("ringing"), waits(), answers(), is_hung_up())
    async with here.phone(rings) as other, here.phone(takes_it) as phone:
        await register_all(here, f"sip:ann@127.0.0.1:{other.port}", f"sip:ann@127.0.0.1:{phone.port}")
        made = await here.call(To=AOR, Url=here.url("/hello"))
        await other.says("ringing")
        await phone.says("ringing")
        phone.tell()
        await phone.says("answered")
        await phone.line.hears(800)
        await other.done()
        await phone.done()
    await here.until(f"~/Calls/{made['sid']}.json", status="completed")
