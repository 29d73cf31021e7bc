//! Rules that hold for whatever a peer sends.

use hookflash_sip::{Frame, Framer, Message};
use proptest::prelude::*;

fn torture() -> Vec<Vec<u8>> {
    std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/torture"))
        .expect("the folder is there")
        .map(|entry| std::fs::read(entry.expect("it can be listed").path()).expect("it can be read"))
        .collect()
}

/// Torture messages with a few bytes replaced, taken out or put in.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let edit = (
        any::<prop::sample::Index>(),
        0..3u8,
        prop_oneof![any::<u8>(), prop::sample::select(&b"\r\n ;,<>\":@%[]=?/\0"[..])],
    );
    (prop::sample::select(torture()), prop::collection::vec(edit, 0..4)).prop_map(|(mut bytes, edits)| {
        for (place, kind, byte) in edits {
            let at = place.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        bytes
    })
}

fn frames(framer: &mut Framer) -> Vec<Result<Frame, &'static str>> {
    let mut frames = Vec::new();
    loop {
        match framer.next() {
            Ok(Some(frame)) => frames.push(Ok(frame)),
            Ok(None) => return frames,
            Err(error) => frames.push(Err(error.why)),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// No bytes make the parser panic; what is read survives printing.
    #[test]
    fn what_is_read_prints_back(bytes in damaged()) {
        if let Ok(message) = Message::parse(&bytes) {
            prop_assert_eq!(Message::parse(&message.to_bytes()), Ok(message));
        }
    }

    /// Nor do bytes that look like nothing at all.
    #[test]
    fn noise_does_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Message::parse(&bytes);
        let mut framer = Framer::new();
        framer.push(&bytes);
        frames(&mut framer);
    }

    /// A stream gives the same frames however it is cut into pieces.
    #[test]
    fn pieces_do_not_matter(first in damaged(), second in damaged(), piece in 1..200usize) {
        let stream = [first, b"\r\n\r\n".to_vec(), second].concat();
        let mut whole = Framer::new();
        whole.push(&stream);
        let expected = frames(&mut whole);
        let mut framer = Framer::new();
        let mut found = Vec::new();
        for bytes in stream.chunks(piece) {
            framer.push(bytes);
            found.extend(frames(&mut framer));
        }
        prop_assert_eq!(found, expected);
    }
}
