"""Phones that call and hum: `python -m benchmarks.phones SIP-ADDRESS DOMAIN COUNT`.

It prints a line once all have called, and goes on until it is killed.
"""

import asyncio
import sys

from hookflash.switch import protocol
from hookflash.switch.switch import Switch
from hookflash.switch.switch_leg import SwitchLeg

RATE = 25.0  #: calls a second
HUM = protocol.Tone(name="dial.us", ms=60_000)
PORTS = (40_000, 49_999)  # that the server does not use


async def call(address: str, domain: str, count: int) -> None:
    switch = Switch(protocol.SwitchConfig(sip_port=0, tls_port=-1, rtp_ports=PORTS, threads=1))
    switch.start()
    humming = []
    for n in range(count):
        leg = switch.dial(
            protocol.Dial(
                leg=switch.next_number(),
                uri=f"sip:room@{domain}",
                from_uri=f"sip:phone{n}@bench.test",
                next_hop=f"sip:{address}",
                codecs=("PCMU",),
            )
        )
        humming.append(asyncio.create_task(hum(leg)))
        await asyncio.sleep(1 / RATE)
    print("humming", flush=True)
    await asyncio.gather(*humming)


async def hum(leg: SwitchLeg) -> None:
    await leg.answered()
    await leg.play([HUM], loop=0)


if __name__ == "__main__":
    asyncio.run(call(sys.argv[1], sys.argv[2], int(sys.argv[3])))
