//! Transfers (RFC 3515), both ways, over a socket.

use super::*;
use crate::protocol::{Dial, Fields};

fn refers(phone: &Phone, cseq: u32) {
    phone.send_with("REFER", cseq, "Refer-To: <sip:carol@example.test?X-A=1>\r\nReferred-By: <sip:me@here>\r\n", "");
}

/// The answer to a request that a phone got.
fn answers(phone: &Phone, request: &str, status: &str) {
    let kept = ["Via", "From", "To", "Call-ID", "CSeq"];
    let lines = request.lines().filter(|line| kept.iter().any(|name| line.starts_with(&format!("{name}:"))));
    let head = lines.collect::<Vec<_>>().join("\r\n");
    phone
        .socket
        .send_to(format!("SIP/2.0 {status}\r\n{head}\r\nContent-Length: 0\r\n\r\n").as_bytes(), phone.to)
        .unwrap();
}

/// A NOTIFY in the dialog of a request that the phone got.
fn notifies(phone: &Phone, request: &str, cseq: u32, status: &str) {
    let line = |name: &str| request.lines().find(|line| line.starts_with(name)).unwrap();
    let (from, to) = (line("To:").replacen("To", "From", 1), line("From:").replacen("From", "To", 1));
    let (call_id, to_us) = (line("Call-ID:"), phone.to);
    let here = phone.socket.local_addr().unwrap();
    let body = format!("SIP/2.0 {status}\r\n");
    let text = format!(
        "NOTIFY sip:shop@{to_us} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bKn{cseq};rport\r\nMax-Forwards: 70\r\n\
         {from}\r\n{to}\r\n{call_id}\r\nCSeq: {cseq} NOTIFY\r\nContact: <sip:me@{here}>\r\nEvent: refer\r\n\
         Subscription-State: active\r\nContent-Type: message/sipfrag\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    phone.socket.send_to(text.as_bytes(), phone.to).unwrap();
}

fn done(event: &Event) -> Option<(String, u16, u16)> {
    match &event.what {
        Happening::Done(done) => Some((done.why.clone(), done.answer, done.status)),
        _ => None,
    }
}

/// What a phone asks for waits for the exchange: 202 and NOTIFYs when it says yes, the last before our BYE.
#[test]
fn a_phone_is_let_transfer() {
    let switch = switch(SwitchConfig::default());
    let (mut phone, leg) = Phone::calls(&switch, "referrer");
    refers(&phone, 2);
    let asked = until(&switch, |event| matches!(event.what, Happening::Referred { .. })).pop().unwrap();
    let (to, by) = ("sip:carol@example.test?X-A=1".to_owned(), "<sip:me@here>".to_owned());
    assert_eq!((asked.leg, asked.what), (leg, Happening::Referred { to, by }));
    switch.command(Command::AcceptRefer { leg });
    phone.hears("SIP/2.0 202");
    for status in ["100 Trying", "180 Ringing", "200 OK"] {
        if status.starts_with("180") {
            switch.command(Command::TellRefer { leg, status: 180, reason: "Ringing".into() });
        } else if status.starts_with("200") {
            switch.command(Command::HangUp { leg, cause: "local".into() });
        }
        let notify = phone.hears("NOTIFY ");
        assert!(notify.ends_with(&format!("\r\n\r\nSIP/2.0 {status}\r\n")), "{notify}");
        answers(&phone, &notify, "200 OK");
    }
    phone.hears("BYE ");
    switch.close();
}

/// The exchange says no with a status of its own.
#[test]
fn a_phone_is_not_let_transfer() {
    let switch = switch(SwitchConfig::default());
    let (mut phone, leg) = Phone::calls(&switch, "refused");
    refers(&phone, 2);
    until(&switch, |event| matches!(event.what, Happening::Referred { .. }));
    switch.command(Command::RefuseRefer { leg, status: 403 });
    phone.hears("SIP/2.0 403");
    switch.close();
}

/// What we ask a phone for ends with what it tells last, or with its refusal; a leg is asked for one thing at a time, and
/// a phone that leaves instead is no failure.
#[test]
fn a_phone_is_asked_to_call_another() {
    let switch = switch(SwitchConfig::default());
    let (mut phone, leg) = Phone::calls(&switch, "transferred");
    let refer = |op| {
        let headers = Fields::from([("X-Why".into(), "test".into())]);
        switch.command(Command::Refer { leg, op, to: "sip:carol@example.test".into(), headers });
    };
    refer(1);
    let request = phone.hears("REFER ");
    assert!(request.contains("\r\nRefer-To: <sip:carol@example.test>\r\n") && request.contains("\r\nX-Why: test\r\n"));
    refer(2);
    let second = until(&switch, |event| done(event).is_some()).pop().unwrap();
    assert_eq!(done(&second), Some(("failed".into(), 0, 0)));
    answers(&phone, &request, "202 Accepted");
    notifies(&phone, &request, 2, "100 Trying");
    notifies(&phone, &request, 3, "486 Busy Here");
    let first = until(&switch, |event| done(event).is_some()).pop().unwrap();
    assert_eq!(done(&first), Some(("end".into(), 202, 486)));

    refer(3);
    let request = phone.hears("REFER ");
    answers(&phone, &request, "405 Method Not Allowed");
    let third = until(&switch, |event| done(event).is_some()).pop().unwrap();
    assert_eq!(done(&third), Some(("end".into(), 405, 405)));

    refer(4);
    let request = phone.hears("REFER ");
    answers(&phone, &request, "202 Accepted");
    notifies(&phone, &request, 4, "100 Trying");
    phone.hears("SIP/2.0 200");
    phone.send("BYE", 5, "");
    let events = until(&switch, |event| ending(event, leg).is_some());
    assert_eq!(events.iter().find_map(done), Some(("hung_up".into(), 202, 100)));
    switch.close();
}

/// A call that we make says which Call-ID it has, when it is answered and when it ends.
#[test]
fn the_call_id_is_told() {
    let switch = switch(SwitchConfig::default());
    let mut phone = Phone::new(&switch, "callee");
    let next_hop = format!("sip:{}", phone.socket.local_addr().unwrap());
    let dial = Dial {
        leg: 1,
        uri: "sip:bob@example.test".into(),
        from_uri: "sip:shop@127.0.0.1".into(),
        from_name: String::new(),
        next_hop,
        headers: Fields::new(),
        username: String::new(),
        password: String::new(),
        ring_ms: 5_000,
        codecs: vec!["PCMU".into()],
        srtp: "off".into(),
        beside: None,
        reach: None,
    };
    switch.command(Command::Dial(dial));
    let invite = phone.hears("INVITE ");
    let call_id = invite.lines().find_map(|line| line.strip_prefix("Call-ID: ")).unwrap();
    answers(&phone, &invite, "486 Busy Here");
    let events = until(&switch, |event| ending(event, 1).is_some());
    let told = |event: &Event| matches!(&event.what, Happening::HungUp { call_id: told, .. } if told == call_id);
    assert!(events.last().is_some_and(told), "{events:?}");
    switch.close();
}
