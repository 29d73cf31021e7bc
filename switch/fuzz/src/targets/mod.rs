//! One file a target: `check` takes bytes and panics when a rule is broken.

pub mod digest;
pub mod dns_answer;
pub mod dtmf;
pub mod rtcp;
pub mod rtp;
pub mod session_description;
pub mod sip_message;
pub mod sip_stream;
pub mod srtp;
pub mod transactions;

/// Datagrams of one input, each with its time: a byte of length, a byte of milliseconds since the one before, and so
/// many bytes. The version is set right, so that more than one input in four gets past the first byte.
fn datagrams(mut input: &[u8]) -> impl Iterator<Item = (u64, Vec<u8>)> {
    let mut now = 0;
    std::iter::from_fn(move || {
        let ([length, pause], rest) = input.split_first_chunk()?;
        let (datagram, rest) = rest.split_at(usize::from(*length).min(rest.len()));
        input = rest;
        now += u64::from(*pause) * 1000;
        let mut datagram = datagram.to_vec();
        if let Some(first) = datagram.first_mut() {
            *first = 0x80 | (*first & 0x3f);
        }
        Some((now, datagram))
    })
}
