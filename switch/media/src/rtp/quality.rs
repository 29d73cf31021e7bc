//! How a leg sounded, as one number: the E-model of ITU-T G.107, simplified for packet loss and delay.

use super::jitter::Jitter;
use super::reports::Reports;
use super::sender::Sender;

/// Rating of a call without loss, delay and echo, all else at its default (ITU-T G.107, table 2).
const BEST: f32 = 93.2;

/// Delay, in milliseconds one way, from which on talkers get in each other's way, and what each millisecond costs
/// below and above it (R. Cole and J. Rosenbluth, "Voice over IP performance monitoring", 2001, equation 3).
const DISTURBING_MS: f32 = 177.3;
const BELOW: f32 = 0.024;
const ABOVE: f32 = 0.11;

/// What a codec costs: without loss, and how well its concealment stands loss (ITU-T G.113, Appendix I).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Impairment {
    /// Equipment impairment factor, Ie.
    pub codec: f32,
    /// Packet-loss robustness factor, Bpl.
    pub robustness: f32,
    /// Packetization and look-ahead of the codec, in milliseconds.
    pub delay_ms: f32,
}

impl Impairment {
    /// G.711 with concealment (G.113 table I.4: Ie 0, Bpl 25.1), 20 ms a packet.
    pub const G711: Self = Self { codec: 0.0, robustness: 25.1, delay_ms: 20.0 };
    /// G.722: on the narrow-band scale it is no worse than G.711; G.113 gives no Bpl there, and ours conceals the same
    /// way.
    pub const G722: Self = Self { codec: 0.0, robustness: 25.1, delay_ms: 22.0 };
    /// Opus: not in G.113; rated like G.711, with 6.5 ms of look-ahead (RFC 6716 §2).
    pub const OPUS: Self = Self { codec: 0.0, robustness: 25.1, delay_ms: 26.5 };
}

/// How the audio of a leg has been so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quality {
    /// Packets.
    pub sent: u32,
    /// Packets, doubles not counted.
    pub received: u32,
    /// Packets that never came.
    pub lost: u32,
    /// Packets that came too late to be heard.
    pub late: u32,
    /// Interarrival jitter (RFC 3550 §6.4.1).
    pub jitter_ms: f32,
    /// Mean opinion score of what we heard, 1 to 4.5.
    pub mos: f32,
    /// 0 while it is not known.
    pub round_trip_ms: f32,
}

impl Quality {
    /// Sum up a leg that heard a codec of this impairment.
    pub fn of(sender: &Sender, reports: &Reports, jitter: &Jitter, codec: Impairment) -> Self {
        let counts = jitter.counts();
        let (received, lost) = (reports.packets(), reports.lost());
        let unheard = lost.saturating_add(counts.late).saturating_add(counts.skipped);
        let round_trip_ms = reports.round_trip_ms().unwrap_or(0.0);
        let expected = received.saturating_add(lost).max(1);
        let missed = unheard as f32 / expected as f32;
        let delay_ms = round_trip_ms / 2.0 + jitter.delay_ms() as f32;
        Self {
            sent: sender.packets(),
            received,
            lost,
            late: counts.late,
            jitter_ms: reports.jitter_ms(),
            mos: mos(missed, delay_ms, codec),
            round_trip_ms,
        }
    }
}

/// The mean opinion score of a codec, when this share (0 to 1) of its packets was not heard and its audio took
/// `delay_ms` on the network and in the jitter buffer.
pub fn mos(missed: f32, delay_ms: f32, codec: Impairment) -> f32 {
    let percent = missed.clamp(0.0, 1.0) * 100.0;
    let delay_ms = delay_ms + codec.delay_ms;
    let delay = BELOW * delay_ms + ABOVE * (delay_ms - DISTURBING_MS).max(0.0);
    // G.107 equation 7-29, losses independent of each other (BurstR = 1).
    let loss = codec.codec + (95.0 - codec.codec) * percent / (percent + codec.robustness);
    let rating = (BEST - delay - loss).clamp(0.0, 100.0);
    // G.107 Annex B.
    let score = 1.0 + 0.035 * rating + rating * (rating - 60.0) * (100.0 - rating) * 7e-6;
    score.clamp(1.0, 4.5)
}
