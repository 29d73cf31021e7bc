//! Provisional answers that must arrive (RFC 3262).

use hookflash_sip::agent::AgentEvent;

use crate::net::{ANSWER, MS, Net, OFFER, SECOND, answer_to, call, elsewhere, ended, header, request_text};

#[test]
fn early_media_are_told_reliably_and_the_answer_is_not_repeated() {
    // RFC 3262 §3, RFC 6337 §2: 183 with SDP and RSeq, PRACK, 200; then a 200 to INVITE without SDP.
    let mut net = Net::new(2);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.2"), now));
    net.advance(20 * MS);
    let leg = net.invited(2).leg;
    net.act(2, |agent, now| agent.ring(leg, Some(ANSWER.to_vec()), now));
    net.advance(20 * MS);
    assert_eq!(net.events(1), [AgentEvent::Progress { leg: 1, fork: 1, status: 183, body: Some(ANSWER.to_vec()) }]);
    assert_eq!(net.count(1, "PRACK"), 1);
    net.act(2, |agent, now| agent.answer(leg, ANSWER.to_vec(), now));
    net.advance(20 * MS);
    let events = net.events(1);
    assert!(matches!(&events[..], [AgentEvent::Answered { body, .. }] if body == ANSWER), "{events:?}");
    net.act(1, |agent, now| agent.hang_up(1, "local", now));
    net.assert_empty();
}

#[test]
fn a_lost_prack_makes_the_provisional_answer_come_again_and_the_answer_wait() {
    // RFC 3262 §3: repeated at T1, doubling; the 2xx waits for the PRACK of an SDP.
    let mut net = Net::new(2);
    let mut seen = 0;
    net.loses = Box::new(move |text, _| {
        seen += usize::from(text.starts_with("PRACK"));
        text.starts_with("PRACK") && seen <= 2
    });
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.2"), now));
    net.advance(20 * MS);
    let leg = net.invited(2).leg;
    net.act(2, |agent, now| agent.ring(leg, Some(ANSWER.to_vec()), now));
    net.act(2, |agent, now| agent.answer(leg, ANSWER.to_vec(), now));
    net.advance(400 * MS);
    assert_eq!(net.count(2, "SIP/2.0 200"), 0);
    net.advance(2 * SECOND);
    let gaps: Vec<_> = net.moments(2, "SIP/2.0 183").windows(2).map(|pair| (pair[1] - pair[0]) / MS).collect();
    assert_eq!(gaps, [500, 1_000]);
    assert!(net.events(1).iter().any(|event| matches!(event, AgentEvent::Answered { .. })));
    let ringing = net.events(1).iter().filter(|event| matches!(event, AgentEvent::Progress { .. })).count();
    assert_eq!(ringing, 0, "a repetition is not told twice");
}

#[test]
fn a_caller_that_never_acknowledges_is_refused() {
    // RFC 3262 §3: after 64*T1 the INVITE is refused with a 5xx.
    let mut net = Net::new(2);
    net.loses = Box::new(|text, _| text.starts_with("PRACK"));
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.2"), now));
    net.advance(20 * MS);
    let leg = net.invited(2).leg;
    net.act(2, |agent, now| agent.ring(leg, Some(ANSWER.to_vec()), now));
    net.advance(33 * SECOND);
    assert_eq!(ended(&net.events(2), leg), ("failed".to_owned(), 504));
    assert_eq!(ended(&net.events(1), 1).0, "failed");
    net.loses = Box::new(|_, _| false);
    net.assert_empty();
}

#[test]
fn a_peer_that_requires_it_gets_even_ringing_reliably_and_one_that_does_not_know_it_never() {
    // RFC 3262 §3: Require: 100rel binds; without Supported nothing is sent reliably.
    for (header_line, reliable) in [("Require: 100rel", true), ("Supported: timer", false)] {
        let mut net = Net::new(1);
        let sdp = String::from_utf8_lossy(OFFER);
        net.inject(elsewhere(), 1, &request_text("INVITE", "sip:bob@192.0.2.1", 1, "", header_line, &sdp));
        let leg = net.invited(1).leg;
        net.act(1, |agent, now| agent.ring(leg, None, now));
        let ringing = net.answer_outside();
        assert_eq!((ringing.status, ringing.headers.rseq().is_some()), (180, reliable));
        let tag = ringing.headers.to().and_then(|to| to.tag().map(str::to_owned)).expect("a tag");
        if reliable {
            let rack = format!("RAck: {} 1 INVITE", ringing.headers.rseq().expect("RSeq"));
            net.inject(elsewhere(), 1, &request_text("PRACK", "sip:bob@192.0.2.1", 2, &tag, &rack, ""));
            assert_eq!(net.answer_outside().status, 200);
            net.inject(elsewhere(), 1, &request_text("PRACK", "sip:bob@192.0.2.1", 3, &tag, &rack, ""));
            assert_eq!(net.answer_outside().status, 481);
        }
    }
}

#[test]
fn reliable_answers_are_acknowledged_in_order_only() {
    // RFC 3262 §4: a gap in RSeq is not acknowledged, a repetition neither.
    let mut net = Net::new(1);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.60"), now));
    let invite = net.request_outside();
    for (rseq, pracks) in [(10, 1), (10, 1), (12, 1), (11, 2), (12, 3)] {
        let extra = format!("Require: 100rel\nRSeq: {rseq}");
        net.inject(elsewhere(), 1, &answer_to(&invite, 183, "a", &extra, ANSWER));
        let sent: std::collections::BTreeSet<_> =
            net.sent.iter().filter(|(_, _, line)| line.starts_with("PRACK")).map(|(at, _, _)| *at).collect();
        net.advance(MS);
        assert_eq!(sent.len(), pracks, "after RSeq {rseq}");
    }
    let prack = net.request_outside();
    assert_eq!(header(&prack.headers, "RAck"), "12 1 INVITE");
}
