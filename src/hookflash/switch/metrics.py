"""What the switch says of itself, as metrics."""

from collections.abc import Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

_LEGS = {"sip": "sip_legs", "simulated": "simulated_legs", "with audio": "media_legs"}
_PACKETS = {"sent": "packets_sent", "received": "packets_received", "unsent": "packets_unsent", "late": "packets_late"}
_GAUGES = {
    "hookflash_sip_open": ("sip_open", "SIP transactions that are under way"),
    "hookflash_sip_connections": ("sip_connections", "Connections of SIP over TCP, TLS and WebSocket"),
    "hookflash_switch_events": ("events_waiting", "Events of the switch that wait for the exchange"),
}
_COUNTERS = {
    "hookflash_sip_turned_away": ("turned_away", "SIP requests that got 503 because there was too much work"),
    "hookflash_sip_dropped": ("sip_dropped", "Datagrams and messages of sources that sent too many"),
    "hookflash_audio_unheard_ms": ("audio_unheard_ms", "Audio (ms) that was taken too late by who listens, and lost"),
    "hookflash_legs_broken": ("broken_legs", "Errors of the switch that ended a leg"),
}


class SwitchCollector(Collector):
    """Shows the numbers that were put into it last."""

    def __init__(self) -> None:
        self.stats: Mapping[str, float] = {}  #: as `Switch.stats` has them
        self.calls = 0  #: that live

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("hookflash_calls_live", "Calls that live", value=self.calls)
        legs = GaugeMetricFamily("hookflash_legs", "Phones in calls, by kind", labels=["kind"])
        for kind, name in _LEGS.items():
            legs.add_metric([kind], self.stats.get(name, 0))
        yield legs
        packets = CounterMetricFamily(
            "hookflash_rtp_packets", "Packets of audio; late ones left 20 ms after their time", labels=["what"]
        )
        for what, name in _PACKETS.items():
            packets.add_metric([what], self.stats.get(name, 0))
        yield packets
        worst = self.stats.get("worst_tick_ms", 0) / 1_000
        yield GaugeMetricFamily("hookflash_tick_worst_seconds", "How late the latest tick of audio was", value=worst)
        for name, (stat, sentence) in _GAUGES.items():
            yield GaugeMetricFamily(name, sentence, value=self.stats.get(stat, 0))
        for name, (stat, sentence) in _COUNTERS.items():
            yield CounterMetricFamily(name, sentence, value=self.stats.get(stat, 0))
