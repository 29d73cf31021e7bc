//! The whole switch over loopback, with phones that speak SIP by hand.

mod transfers;

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use super::*;
use crate::protocol::{Domain, SwitchConfig};
use crate::switch::Switch;

/// Hanging up for this cause springs a trap: what comes of an error of ours.
const TRAP: &str = "trap";

pub(super) fn spring_traps(command: &Command) {
    if let Command::HangUp { cause, .. } = command {
        assert_ne!(cause, TRAP, "a trap");
    }
}

fn switch(config: SwitchConfig) -> Switch {
    let config = SwitchConfig { sip_port: 0, tls_port: -1, rtp_ports: (36_000, 36_999), threads: 1, ..config };
    let switch = Switch::start(config).unwrap();
    let domain = Domain {
        name: "127.0.0.1".into(),
        networks: vec!["127.0.0.1/32".into()],
        credentials: Vec::new(),
        registration: Vec::new(),
        secure: false,
    };
    switch.command(Command::Configure { domains: vec![domain], trunks: Vec::new() });
    switch
}

struct Phone {
    socket: UdpSocket,
    to: SocketAddr,
    name: String,
    /// Of the answer, with its tag.
    to_line: String,
}

impl Phone {
    fn new(switch: &Switch, name: &str) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let to = switch.addresses()["udp"].parse().unwrap();
        Self { socket, to, name: name.into(), to_line: format!("To: <sip:shop@{to}>") }
    }

    fn send(&self, method: &str, cseq: u32, body: &str) {
        self.send_with(method, cseq, "", body);
    }

    /// `more`: header lines, each with its end.
    fn send_with(&self, method: &str, cseq: u32, more: &str, body: &str) {
        let (name, to, to_line) = (&self.name, self.to, &self.to_line);
        let here = self.socket.local_addr().unwrap();
        let text = format!(
            "{method} sip:shop@{to} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{name}{method}{cseq};rport\r\n\
             Max-Forwards: 70\r\nFrom: <sip:{name}@{here}>;tag={name}\r\n{to_line}\r\nCall-ID: {name}\r\n\
             CSeq: {cseq} {method}\r\nContact: <sip:{name}@{here}>\r\n{more}Content-Type: application/sdp\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.socket.send_to(text.as_bytes(), to).unwrap();
    }

    fn invite(&self) {
        let offer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n";
        self.send("INVITE", 1, offer);
    }

    /// The next message that starts so; others are passed over.
    fn hears(&mut self, start: &str) -> String {
        let mut buffer = [0; 4_096];
        loop {
            let length = self.socket.recv(&mut buffer).unwrap_or_else(|_| panic!("{} heard no {start}", self.name));
            let text = String::from_utf8(buffer[..length].to_vec()).unwrap();
            if text.starts_with(start) {
                let to_line = text.lines().find(|line| line.starts_with("To:"));
                if start.starts_with("SIP/2.0 2") {
                    self.to_line = to_line.unwrap().to_owned();
                }
                return text;
            }
        }
    }

    /// A call that is up, and its leg.
    fn calls(switch: &Switch, name: &str) -> (Self, LegId) {
        let mut phone = Self::new(switch, name);
        phone.invite();
        let leg = until(switch, |event| matches!(event.what, Happening::Invited(_))).pop().unwrap().leg;
        switch.command(Command::Answer { leg });
        phone.hears("SIP/2.0 200");
        phone.send("ACK", 1, "");
        until(switch, |event| matches!(event.what, Happening::Answered { .. }));
        (phone, leg)
    }
}

/// The events up to one that is wanted.
fn until(switch: &Switch, mut is_wanted: impl FnMut(&Event) -> bool) -> Vec<Event> {
    let begun = Instant::now();
    let mut all = Vec::new();
    while begun.elapsed() < Duration::from_secs(5) {
        for event in switch.drain() {
            let is_last = is_wanted(&event);
            all.push(event);
            if is_last {
                return all;
            }
        }
        std::thread::yield_now();
    }
    panic!("it never came; what did: {all:?}");
}

fn ending(event: &Event, of: LegId) -> Option<&str> {
    match &event.what {
        Happening::HungUp { cause, .. } if event.leg == of => Some(cause),
        _ => None,
    }
}

/// An error of ours ends the leg that it happened to, with a goodbye; another call goes on.
#[test]
fn a_panic_ends_one_leg() {
    let switch = switch(SwitchConfig::default());
    let (mut first, broken) = Phone::calls(&switch, "first");
    let (mut second, whole) = Phone::calls(&switch, "second");

    switch.command(Command::HangUp { leg: broken, cause: TRAP.into() });
    let events = until(&switch, |event| ending(event, broken).is_some());
    assert_eq!(ending(events.last().unwrap(), broken), Some("failed"));
    first.hears("BYE ");

    switch.command(Command::HangUp { leg: whole, cause: "local".into() });
    let events = until(&switch, |event| ending(event, whole).is_some());
    assert_eq!(ending(events.last().unwrap(), whole), Some("local"));
    second.hears("BYE ");
    switch.close();
    assert_eq!(switch.stats()["broken_legs"], 1.0);
}

/// A caller who is not answered can be let wait; the wait ends in time, when it is stopped, or with the call.
#[test]
fn a_caller_without_audio_can_wait() {
    let switch = switch(SwitchConfig::default());
    let phone = Phone::new(&switch, "waiting");
    phone.invite();
    let leg = until(&switch, |event| matches!(event.what, Happening::Invited(_))).pop().unwrap().leg;
    for (op, ms) in [(1, 20), (2, 60_000), (3, 60_000)] {
        switch.command(Command::Wait { leg, op, ms });
    }
    switch.command(Command::Stop { leg, op: 2 });
    let mut ends = Vec::new();
    let mut is_over = |event: &Event| match &event.what {
        Happening::Done(done) => {
            ends.push((done.op, done.why.clone()));
            ends.len() == 2
        }
        _ => false,
    };
    until(&switch, &mut is_over);
    switch.command(Command::HangUp { leg, cause: "local".into() });
    let last = until(&switch, |event| ending(event, leg).is_some());
    let is_third =
        |event: &Event| matches!(&event.what, Happening::Done(done) if done.op == 3 && done.why == "hung_up");
    assert!(last.iter().any(is_third));
    ends.sort();
    assert_eq!(ends, [(1, "end".to_owned()), (2, "stopped".to_owned())]);
    switch.close();
}

/// The limits of a leg are the switch's own: they hold though nobody takes its events.
#[test]
fn a_leg_ends_in_time_though_the_exchange_hangs() {
    let switch = switch(SwitchConfig::default());
    let (mut phone, leg) = Phone::calls(&switch, "limited");
    switch.command(Command::Limit { leg, ms: 30 });
    phone.hears("BYE ");
    let events = until(&switch, |event| ending(event, leg).is_some());
    assert_eq!(ending(events.last().unwrap(), leg), Some("limit"));
    switch.close();
}

/// While the exchange takes no events, new calls get 503 with Retry-After; nothing of live calls is lost, and calls are
/// taken again once it has caught up.
#[test]
fn an_exchange_that_hangs_gets_no_more_calls() {
    let switch = switch(SwitchConfig { lag_ms: 50, ..SwitchConfig::default() });
    let (mut live, leg) = Phone::calls(&switch, "live");
    // From here on nobody drains.
    let mut taken = 0;
    let refusal = loop {
        let mut phone = Phone::new(&switch, &format!("new{taken}"));
        phone.invite();
        let answer = phone.hears("SIP/2.0 ");
        if answer.starts_with("SIP/2.0 503") {
            break answer;
        }
        taken += 1;
    };
    assert!(refusal.contains("\r\nRetry-After: "), "{refusal}");
    live.send("BYE", 2, "");
    live.hears("SIP/2.0 200");

    let mut invited = 0;
    let events = until(&switch, |event| {
        invited += usize::from(matches!(event.what, Happening::Invited(_)));
        invited == taken && ending(event, leg).is_some()
    });
    assert!(events.iter().any(|event| ending(event, leg) == Some("remote")));
    assert!(switch.stats()["turned_away"] >= 1.0);

    let begun = Instant::now();
    for number in 0.. {
        let mut phone = Phone::new(&switch, &format!("later{number}"));
        phone.invite();
        switch.drain();
        if !phone.hears("SIP/2.0 ").starts_with("SIP/2.0 503") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "calls are still refused");
    }
    switch.close();
}

/// Whoever captures gets a copy of each message, either way.
#[test]
fn messages_are_copied_to_a_capture_server() {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    server.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let hep = server.local_addr().unwrap().to_string();
    let switch = switch(SwitchConfig { hep, ..SwitchConfig::default() });
    let (_phone, _) = Phone::calls(&switch, "captured");
    let mut buffer = [0; 4_096];
    for wanted in ["INVITE sip:shop@", "SIP/2.0 200 OK", "ACK sip:"] {
        loop {
            let length = server.recv(&mut buffer).unwrap();
            let text = String::from_utf8_lossy(&buffer[..length]);
            assert!(text.starts_with("HEP3"));
            if text.contains(wanted) {
                assert!(text.contains("captured"), "the Call-ID correlates them");
                break;
            }
        }
    }
    switch.close();
}

/// A name that leads nowhere is refused at the start, with a sentence.
#[test]
fn a_capture_server_that_cannot_be_is_refused() {
    let config =
        SwitchConfig { sip_port: 0, tls_port: -1, threads: 1, hep: "nonsense".into(), ..SwitchConfig::default() };
    let error = Switch::start(config).err().unwrap().to_string();
    assert!(error.starts_with("hep must be the host:port of a collector, not nonsense: "), "{error}");
}
