//! Which packets of which streams went by: rollover counters and replay windows (RFC 3711 §3.3).

use super::SrtpError;

/// Streams that are remembered in each direction; the one longest unused makes room for another.
const MOST_STREAMS: usize = 16;

/// A packet of RTP is counted in 48 bits: the rollover counter and its sequence number.
const LAST_INDEX: u64 = (1 << 48) - 1;

/// Packets that went by, by their index.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::rtp) struct Window {
    highest: Option<u64>,
    /// Which of the last 128 went by; the lowest bit is the highest index.
    seen: u128,
}

impl Window {
    /// The index that a sequence number stands for: the nearest to the highest so far (RFC 3711 Appendix A).
    pub(in crate::rtp) fn unwrap(&self, sequence: u16) -> Result<u64, SrtpError> {
        let Some(highest) = self.highest else { return Ok(u64::from(sequence)) };
        let steps = i64::from(sequence.wrapping_sub(highest as u16) as i16);
        match highest.checked_add_signed(steps) {
            Some(index) if index <= LAST_INDEX => Ok(index),
            Some(_) => Err(SrtpError::WornOut),
            None => Err(SrtpError::Replayed),
        }
    }

    /// The index after the highest so far.
    pub(in crate::rtp) fn next(&self) -> u64 {
        self.highest.map_or(0, |highest| highest + 1)
    }

    /// Refuse an index that went by, or is too old to tell (RFC 3711 §3.3.2).
    pub(in crate::rtp) fn check(&self, index: u64) -> Result<(), SrtpError> {
        let Some(behind) = self.highest.and_then(|highest| highest.checked_sub(index)) else {
            return Ok(());
        };
        let seen = u32::try_from(behind).ok().and_then(|behind| self.seen.checked_shr(behind));
        if seen.is_some_and(|seen| seen & 1 == 0) { Ok(()) } else { Err(SrtpError::Replayed) }
    }

    /// Note that a packet went by.
    pub(in crate::rtp) fn accept(&mut self, index: u64) {
        let highest = self.highest.unwrap_or(index);
        if index >= highest {
            let ahead = u32::try_from(index - highest).unwrap_or(u32::MAX);
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0) | 1;
            self.highest = Some(index);
        } else if let Some(bit) = 1_u128.checked_shl((highest - index) as u32) {
            self.seen |= bit;
        }
    }
}

/// Both kinds of packets of one source.
#[derive(Clone, Copy, Debug)]
pub(in crate::rtp) struct Stream {
    ssrc: u32,
    pub(in crate::rtp) rtp: Window,
    pub(in crate::rtp) rtcp: Window,
}

/// The sources of one direction, the last used first.
#[derive(Debug, Default)]
pub(in crate::rtp) struct Streams(Vec<Stream>);

impl Streams {
    /// What is known of a source. It changes only by [`Streams::keep`]: a forged packet leaves no trace.
    pub(in crate::rtp) fn of(&self, ssrc: u32) -> Stream {
        let known = self.0.iter().find(|stream| stream.ssrc == ssrc).copied();
        known.unwrap_or(Stream { ssrc, rtp: Window::default(), rtcp: Window::default() })
    }

    /// Remember a source as it is now.
    pub(in crate::rtp) fn keep(&mut self, stream: Stream) {
        let place = match self.0.iter().position(|known| known.ssrc == stream.ssrc) {
            Some(place) => place,
            None => {
                self.0.truncate(MOST_STREAMS - 1);
                self.0.push(stream);
                self.0.len() - 1
            }
        };
        if let Some(sources) = self.0.get_mut(..=place) {
            sources.rotate_right(1);
            sources[0] = stream;
        }
    }
}
