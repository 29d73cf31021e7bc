//! Streams of SIP messages: the same frames come out however the bytes are cut.

use hookflash_sip::{Frame, Framer};

/// Whole and in pieces.
pub fn check(bytes: &[u8]) {
    let mut whole = Framer::new();
    whole.push(bytes);
    let expected = frames(&mut whole);
    let piece = 1 + bytes.len() % 17;
    let mut framer = Framer::new();
    let mut found = Vec::new();
    for bytes in bytes.chunks(piece) {
        framer.push(bytes);
        found.extend(frames(&mut framer));
    }
    assert_eq!(found, expected);
    assert_eq!(framer.is_broken(), whole.is_broken());
}

fn frames(framer: &mut Framer) -> Vec<Result<Frame, &'static str>> {
    std::iter::from_fn(|| framer.next().map_err(|error| error.why).transpose()).collect()
}
