//! Pressed keys as RTP events (RFC 4733), both ways.

mod receive;
mod send;

pub use receive::{KeyEvent, KeyReceiver};
pub use send::{GAP_MS, KeySender, PRESS_MS, Press, Tick, TooManyKeys};

/// Keys by their event code (RFC 4733 §3.2, table 3).
const KEYS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

fn key_of(event: u8) -> Option<char> {
    KEYS.get(usize::from(event)).copied()
}

fn event_of(key: char) -> Option<u8> {
    KEYS.iter().position(|known| *known == key.to_ascii_uppercase()).map(|event| event as u8)
}
