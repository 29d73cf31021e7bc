//! Tests of the rooms beside, by what they offer to a session.

mod jitter;
mod keys;
mod network;
mod packet;
mod quality;
mod reports;
mod sender;
mod srtp;

/// Bytes from hexadecimal digits; spaces are for the reader.
fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.chars().filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
    digits.chunks(2).map(|pair| (pair[0] << 4) | pair[1]).collect()
}
