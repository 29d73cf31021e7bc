//! Calls: made, taken, refused, given up, ended; and what the network may do to them.

use hookflash_sip::Timing;
use hookflash_sip::agent::{AgentEvent, Outbound, Reach};

use crate::net::{ANSWER, MS, Net, OFFER, SECOND, answer_to, call, elsewhere, ended, request_text};

#[test]
fn a_call_is_made_taken_and_ended_by_its_callee() {
    // RFC 3261 §13, §15: INVITE, 200, ACK; BYE, 200. Both sides tell each other's SDP, and each leg ends once.
    let mut net = Net::new(2);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.2"), now));
    net.advance(20 * MS);
    let invitation = net.invited(2);
    assert_eq!(invitation.offer.as_deref(), Some(OFFER));
    assert_eq!(invitation.from_name, "Alice");
    assert_eq!(invitation.uri.to_string(), "sip:bob@192.0.2.2");
    let leg = invitation.leg;
    net.act(2, |agent, now| agent.ring(leg, None, now));
    net.advance(20 * MS);
    net.act(2, |agent, now| agent.answer(leg, ANSWER.to_vec(), now));
    net.advance(20 * MS);
    let events = net.events(1);
    assert_eq!(events[0], AgentEvent::Progress { leg: 1, fork: 1, status: 180, body: None });
    assert!(matches!(&events[1], AgentEvent::Answered { leg: 1, fork: 1, body, .. } if body == ANSWER));
    net.act(2, |agent, now| agent.hang_up(leg, "local", now));
    net.advance(20 * MS);
    assert_eq!(ended(&net.events(1), 1), ("remote".to_owned(), 200));
    assert_eq!(ended(&net.events(2), leg), ("local".to_owned(), 0));
    assert_eq!((net.count(1, "INVITE"), net.count(1, "ACK"), net.count(2, "BYE")), (1, 1, 1));
    net.assert_empty();
}

#[test]
fn the_caller_may_end_a_call_too() {
    // RFC 3261 §15.1.1.
    let mut net = Net::new(2);
    let leg = net.call_up();
    net.act(1, |agent, now| agent.hang_up(1, "limit", now));
    net.advance(20 * MS);
    assert_eq!(ended(&net.events(1), 1), ("limit".to_owned(), 0));
    assert_eq!(ended(&net.events(2), leg), ("remote".to_owned(), 200));
    net.assert_empty();
}

#[test]
fn a_refusal_tells_its_status_and_cause() {
    // RFC 3261 §21.4.24: 486 is busy; §21.6.2: 603 declines; a 302 is not followed and tells where.
    for (status, cause) in [(486, "busy"), (603, "rejected"), (404, "failed"), (480, "no_answer"), (503, "failed")] {
        let mut net = Net::new(2);
        net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.2"), now));
        net.advance(20 * MS);
        let leg = net.invited(2).leg;
        let fields = vec![("X-Why".to_owned(), "because".to_owned())];
        net.act(2, |agent, now| agent.reject(leg, status, "", &fields, now));
        net.advance(20 * MS);
        let events = net.events(1);
        assert_eq!(ended(&events, 1), (cause.to_owned(), status));
        assert!(matches!(events.last(), Some(AgentEvent::Ended { headers, .. }) if *headers == fields));
        assert_eq!(ended(&net.events(2), leg), ("rejected".to_owned(), status));
        net.assert_empty();
    }
}

#[test]
fn an_answer_is_sent_again_until_its_ack_comes() {
    // RFC 3261 §13.3.1.4: the 2xx is repeated at T1, doubling up to T2; §13.2.2.4: each one gets an ACK.
    let mut net = Net::new(2);
    let mut lost = 0;
    net.loses = Box::new(move |text, _| {
        lost += usize::from(text.starts_with("ACK"));
        text.starts_with("ACK") && lost <= 3
    });
    let leg = net.call_up();
    net.advance(20 * SECOND);
    let answers = net.moments(2, "SIP/2.0 200");
    let gaps: Vec<_> = answers.windows(2).map(|pair| (pair[1] - pair[0]) / MS).collect();
    assert_eq!(gaps, [500, 1_000, 2_000]);
    assert_eq!(net.count(1, "ACK"), 4);
    assert!(net.events(2).is_empty(), "leg {leg} lives");
}

#[test]
fn a_call_without_an_ack_ends_with_bye() {
    // RFC 3261 §13.3.1.4: no ACK for 64*T1 ends the session.
    let mut net = Net::new(2);
    net.loses = Box::new(|text, _| text.starts_with("ACK"));
    let leg = net.call_up();
    net.advance(33 * SECOND);
    assert_eq!(ended(&net.events(2), leg), ("failed".to_owned(), 408));
    assert_eq!(ended(&net.events(1), 1), ("remote".to_owned(), 200));
    assert_eq!(net.count(2, "BYE"), 1);
    net.loses = Box::new(|_, _| false);
    net.assert_empty();
}

#[test]
fn a_callee_that_hangs_up_waits_for_the_ack_before_bye() {
    // RFC 3261 §15: the callee does not send BYE before the ACK of its 2xx. `Ended` does not wait.
    let mut net = Net::new(2);
    let mut lost = 0;
    net.loses = Box::new(move |text, _| {
        lost += usize::from(text.starts_with("ACK"));
        text.starts_with("ACK") && lost == 1
    });
    let leg = net.call_up();
    net.act(2, |agent, now| agent.hang_up(leg, "local", now));
    assert_eq!(ended(&net.events(2), leg), ("local".to_owned(), 0));
    net.advance(100 * MS);
    assert_eq!(net.count(2, "BYE"), 0);
    net.advance(SECOND);
    assert_eq!(net.count(2, "BYE"), 1);
    assert_eq!(ended(&net.events(1), 1), ("remote".to_owned(), 200));
    net.assert_empty();
}

#[test]
fn a_call_that_is_given_up_is_cancelled() {
    // RFC 3261 §9: CANCEL, its 200, 487, ACK.
    let mut net = Net::new(2);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.2"), now));
    net.advance(20 * MS);
    let leg = net.invited(2).leg;
    net.act(2, |agent, now| agent.ring(leg, None, now));
    net.advance(20 * MS);
    net.act(1, |agent, now| agent.hang_up(1, "local", now));
    net.advance(20 * MS);
    assert_eq!(ended(&net.events(1), 1), ("local".to_owned(), 487));
    assert_eq!(ended(&net.events(2), leg), ("canceled".to_owned(), 487));
    assert_eq!((net.count(1, "CANCEL"), net.count(2, "SIP/2.0 487"), net.count(1, "ACK")), (1, 1, 1));
    net.assert_empty();
}

#[test]
fn a_cancel_waits_for_the_first_provisional_answer() {
    // RFC 3261 §9.1: without one the callee may not have the INVITE yet. 100 Trying comes after 200 ms.
    let mut net = Net::new(2);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.2"), now));
    net.act(1, |agent, now| agent.hang_up(1, "local", now));
    net.advance(100 * MS);
    assert_eq!(net.count(1, "CANCEL"), 0);
    net.advance(200 * MS);
    assert_eq!(net.count(1, "CANCEL"), 1);
    let events = net.events(2);
    let AgentEvent::Invited(invitation) = &events[0] else {
        panic!("a call came in");
    };
    assert_eq!(ended(&events, invitation.leg), ("canceled".to_owned(), 487));
    net.assert_empty();
}

#[test]
fn an_answer_that_crosses_a_cancel_is_acknowledged_and_ended() {
    // RFC 3261 §9.1, §15: the CANCEL came too late, so the call is up and is ended with BYE.
    let mut net = Net::new(2);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.2"), now));
    net.advance(20 * MS);
    let leg = net.invited(2).leg;
    net.act(2, |agent, now| agent.ring(leg, None, now));
    net.advance(20 * MS);
    net.act(2, |agent, now| agent.answer(leg, ANSWER.to_vec(), now));
    net.act(1, |agent, now| agent.hang_up(1, "local", now));
    net.advance(100 * MS);
    assert_eq!(ended(&net.events(1), 1), ("local".to_owned(), 487));
    assert_eq!(ended(&net.events(2), leg), ("remote".to_owned(), 200));
    assert_eq!((net.count(1, "ACK"), net.count(1, "BYE")), (1, 1));
    net.assert_empty();
}

#[test]
fn nobody_takes_the_call_in_time() {
    // The ring time-out cancels, and tells the caller `no_answer`.
    let mut net = Net::new(2);
    let mut outbound = call("sip:bob@192.0.2.2");
    outbound.ring = 3 * SECOND;
    net.act(1, |agent, now| agent.invite(1, outbound, now));
    net.advance(2_900 * MS);
    let leg = net.invited(2).leg;
    assert!(net.events(1).is_empty());
    net.advance(200 * MS);
    assert_eq!(ended(&net.events(1), 1), ("no_answer".to_owned(), 408));
    assert_eq!(ended(&net.events(2), leg), ("canceled".to_owned(), 487));
    net.assert_empty();
}

#[test]
fn a_peer_that_never_answers_counts_as_408() {
    // RFC 3261 §17.1.1.2: timer B ends an INVITE after 64*T1; T1 is 500 ms.
    let mut net = Net::new(1);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.9"), now));
    net.advance(Timing::default().patience() + SECOND);
    assert_eq!(ended(&net.events(1), 1), ("failed".to_owned(), 408));
    net.assert_empty();
}

#[test]
fn the_next_address_of_a_host_is_tried_when_one_is_silent() {
    // RFC 3263 §4.3: a time-out or a 503 goes on to the next address.
    let mut net = Net::new(2);
    let silent = "192.0.2.77:5060".parse().expect("an address");
    net.names = vec![("bob.test".to_owned(), silent), ("bob.test".to_owned(), crate::net::address(2))];
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@bob.test"), now));
    net.advance(33 * SECOND);
    let leg = net.invited(2).leg;
    net.act(2, |agent, now| agent.answer(leg, ANSWER.to_vec(), now));
    net.advance(20 * MS);
    assert!(matches!(net.events(1)[..], [AgentEvent::Answered { .. }]));
    let mut outbound = call("sip:bob@nowhere.test");
    outbound.ring = SECOND;
    net.act(1, |agent, now| agent.invite(2, outbound, now));
    assert_eq!(ended(&net.events(1), 2), ("failed".to_owned(), 503));
}

#[test]
fn a_late_offer_is_made_by_the_answer_and_taken_by_the_ack() {
    // RFC 3261 §13.2.1: an INVITE without SDP asks the callee to offer; the ACK brings the answer.
    let mut net = Net::new(1);
    let caller = "192.0.2.50:5060".parse().expect("an address");
    let head = |method: &str, cseq: u32, to: &str| {
        format!(
            "{method} sip:bob@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.50;branch=z9hG4bK{method}{cseq}\n\
             From: <sip:x@192.0.2.50>;tag=x\nTo: <sip:bob@192.0.2.1>{to}\nCall-ID: late\nCSeq: {cseq} {method}\n\
             Contact: <sip:x@192.0.2.50>\nMax-Forwards: 70\n"
        )
    };
    net.inject(caller, 1, &format!("{}Content-Length: 0\n\n", head("INVITE", 1, "")));
    let invitation = net.invited(1);
    assert_eq!(invitation.offer, None);
    net.act(1, |agent, now| agent.answer(invitation.leg, OFFER.to_vec(), now));
    net.advance(20 * MS);
    let hookflash_sip::Message::Response(answer) = &net.outside[0].1 else {
        panic!("an answer");
    };
    assert_eq!(answer.body, OFFER);
    let tag = answer.headers.to().and_then(|to| to.tag().map(str::to_owned)).expect("a tag");
    let sdp = String::from_utf8_lossy(ANSWER);
    let ack = head("ACK", 1, &format!(";tag={tag}"));
    net.inject(caller, 1, &format!("{ack}Content-Type: application/sdp\nContent-Length: {}\n\n{sdp}", ANSWER.len()));
    let events = net.events(1);
    assert_eq!(events, [AgentEvent::OfferAnswered { leg: invitation.leg, body: ANSWER.to_vec() }]);
    net.advance(40 * SECOND);
    assert_eq!(net.events(1), []);
}

#[test]
fn a_redirection_is_not_followed_and_tells_where_it_points() {
    // Where a call goes, and who pays for it, is decided by who made it: a 3xx ends it, with its Contacts.
    let mut net = Net::new(1);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.60"), now));
    let invite = net.request_outside();
    net.inject(elsewhere(), 1, &answer_to(&invite, 302, "a", "", b""));
    let events = net.events(1);
    assert_eq!(ended(&events, 1), ("failed".to_owned(), 302));
    let contact = ("Contact".to_owned(), "<sip:phone@192.0.2.60>".to_owned());
    assert!(matches!(events.last(), Some(AgentEvent::Ended { headers, .. }) if headers.contains(&contact)));
    net.assert_empty();
}

#[test]
fn a_call_that_waits_is_shown_alive_each_minute_and_not_for_ever() {
    // RFC 3261 §13.3.1.1: a provisional answer each minute, or proxies give up; an owner that never decides loses it.
    let mut net = Net::with(1, |config| config.unanswered = 200 * SECOND);
    let sdp = String::from_utf8_lossy(OFFER);
    net.inject(elsewhere(), 1, &request_text("INVITE", "sip:bob@192.0.2.1", 1, "", "", &sdp));
    let leg = net.invited(1).leg;
    net.act(1, |agent, now| agent.ring(leg, None, now));
    net.advance(190 * SECOND);
    assert_eq!(net.count(1, "SIP/2.0 180"), 4);
    net.advance(11 * SECOND);
    assert_eq!(ended(&net.events(1), leg), ("no_answer".to_owned(), 480));
}

#[test]
fn each_message_of_a_leg_is_told_for_its_timeline_unless_that_is_switched_off() {
    // First line and CSeq, in order, both ways; nothing after `Ended`.
    let told = |signals: bool| {
        let mut net = Net::with(2, |config| config.signals = signals);
        net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.2"), now));
        net.advance(20 * MS);
        let invited = net.peers[1].events.iter().find_map(|event| match event {
            AgentEvent::Invited(invitation) => Some(invitation.leg),
            _ => None,
        });
        let leg = invited.expect("a call came in");
        net.act(2, |agent, now| agent.answer(leg, ANSWER.to_vec(), now));
        net.advance(20 * MS);
        net.act(1, |agent, now| agent.hang_up(1, "local", now));
        net.advance(20 * MS);
        let lines = |events: &[AgentEvent]| {
            let lines = events.iter().filter_map(|event| match event {
                AgentEvent::Signal { sent, line, cseq, .. } => {
                    let way = if *sent { '>' } else { '<' };
                    let word = line.split(' ').next().unwrap_or_default();
                    Some(format!("{way}{word} {cseq}"))
                }
                _ => None,
            });
            lines.collect::<Vec<_>>()
        };
        (lines(&net.peers[0].events), lines(&net.peers[1].events))
    };
    let (caller, callee) = told(true);
    assert_eq!(caller, [">INVITE 1 INVITE", "<200 1 INVITE", ">ACK 1 ACK", ">BYE 2 BYE"]);
    assert_eq!(callee, ["<INVITE 1 INVITE", ">200 1 INVITE", "<ACK 1 ACK", "<BYE 2 BYE", ">200 2 BYE"]);
    assert_eq!(told(false), (vec![], vec![]));
}

#[test]
fn there_are_no_more_legs_than_may_be() {
    // `most_legs`: 503 with Retry-After, told as refused; a leg that ends makes room.
    let mut net = Net::with(1, |config| config.most_legs = 2);
    let invite = |number: u32| {
        let text = request_text("INVITE", "sip:bob@192.0.2.1", number, "", "", "x");
        text.replace("Call-ID: elsewhere", &format!("Call-ID: {number}"))
    };
    let mut last = 0;
    for number in 1..=2 {
        net.inject(elsewhere(), 1, &invite(number));
        last = net.invited(1).leg;
    }
    net.inject(elsewhere(), 1, &invite(3));
    let refused = net.answer_outside();
    assert_eq!((refused.status, refused.headers.retry_after()), (503, Some(2)));
    net.act(1, |agent, now| agent.hang_up(last, "local", now));
    net.inject(elsewhere(), 1, &invite(4));
    net.invited(1);
}

#[test]
fn a_transport_that_fails_ends_what_went_over_it_and_nothing_else() {
    // RFC 3261 §8.1.3.1: counts as 503. Other legs do not notice.
    let mut net = Net::new(2);
    net.call_up();
    net.act(1, |agent, now| agent.invite(7, call("sip:bob@192.0.2.60"), now));
    let target = hookflash_sip::Target::new(hookflash_sip::Transport::Udp, elsewhere());
    net.act(1, |agent, now| agent.transport_failed(&target, "Connection refused.", now));
    assert_eq!(ended(&net.events(1), 7), ("failed".to_owned(), 503));
    assert_eq!(net.peers[0].agent.legs(), 1);
}

#[test]
fn a_call_that_may_reach_the_public_internet_only_goes_nowhere_else() {
    // By its address at once, by a name once it is found; a network that is allowed besides is as good as public.
    let mut net = Net::new(2);
    net.names = vec![("inside.test".to_owned(), crate::net::address(2))];
    let reaching = |to: &str, besides: &[&str]| {
        let besides = besides.iter().map(|text| text.parse().expect("a network")).collect();
        Outbound { reach: Reach::Public(besides), ..call(to) }
    };
    for (leg, to) in [(1, "sip:bob@192.0.2.2"), (2, "sip:bob@inside.test"), (3, "sip:bob@127.0.0.1")] {
        net.act(1, |agent, now| agent.invite(leg, reaching(to, &[]), now));
        net.advance(20 * MS);
        assert_eq!(ended(&net.events(1), leg), ("failed".to_owned(), 403), "{to}");
    }
    net.act(1, |agent, now| agent.invite(4, reaching("sip:bob@inside.test", &["192.0.2.0/24"]), now));
    net.advance(20 * MS);
    net.invited(2);
}
