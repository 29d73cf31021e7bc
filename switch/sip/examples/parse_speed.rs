//! How long a typical INVITE takes to read and to print: `cargo run --release -p hookflash-sip --example parse_speed`.
#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::Instant;

use hookflash_sip::Message;
use hookflash_sip::sdp::SessionDescription;

const SDP: &str = "v=0\r\no=- 3901 3901 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n\
m=audio 4000 RTP/AVP 96 9 0 8 101\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtpmap:9 G722/8000\r\n\
a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n\
a=sendrecv\r\n";

fn main() {
    let invite = format!(
        "INVITE sip:+15005550006@sip.example.com;transport=tcp SIP/2.0\r\n\
         Via: SIP/2.0/TCP 203.0.113.5:5060;branch=z9hG4bK7d1c4f2a9e;rport\r\n\
         Via: SIP/2.0/UDP 198.51.100.7:5062;branch=z9hG4bKnashds8;received=198.51.100.7\r\n\
         Record-Route: <sip:203.0.113.5;lr;transport=tcp>\r\nMax-Forwards: 69\r\n\
         From: \"Alice\" <sip:+15005550001@sip.example.com>;tag=1928301774\r\n\
         To: <sip:+15005550006@sip.example.com>\r\nCall-ID: a84b4c76e66710@198.51.100.7\r\nCSeq: 314159 INVITE\r\n\
         Contact: <sip:alice@198.51.100.7:5062;transport=udp>\r\nUser-Agent: Phone 1.0\r\n\
         Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, PRACK, INFO, REFER, NOTIFY\r\n\
         Supported: replaces, 100rel, timer, norefersub\r\nSession-Expires: 1800;refresher=uac\r\nMin-SE: 90\r\n\
         Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{SDP}",
        SDP.len()
    );
    let invite = invite.as_bytes();
    let message = Message::parse(invite).expect("it is an INVITE");
    report("read an INVITE", || drop(black_box(Message::parse(black_box(invite)))));
    report("print an INVITE", || drop(black_box(black_box(&message).to_bytes())));
    report("read its session description", || {
        drop(black_box(SessionDescription::parse(black_box(SDP.as_bytes()))));
    });
}

/// The best of ten rounds, so that a busy machine does not count.
fn report(what: &str, work: impl Fn()) {
    const TIMES: u32 = 20_000;
    let round = |_| {
        let start = Instant::now();
        (0..TIMES).for_each(|_| work());
        start.elapsed() / TIMES
    };
    let best = (0..10).map(round).min().unwrap_or_default();
    println!("{what}: {} ns", best.as_nanos());
}
