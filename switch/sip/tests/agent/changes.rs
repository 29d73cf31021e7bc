//! A session that changes, and one that must show that it lives (RFC 3261 §14, RFC 3311, RFC 4028).

use hookflash_sip::agent::{AgentEvent, SessionTimerLimits};

use crate::net::{ANSWER, HOLD, MS, Net, OFFER, SECOND, answer_to, call, elsewhere, ended, header, request_text};

#[test]
fn either_side_offers_a_change_and_the_other_answers() {
    // RFC 3261 §14.1: a re-INVITE carries an offer, its 200 the answer, ACK ends it.
    let mut net = Net::new(2);
    let leg = net.call_up();
    net.act(1, |agent, now| agent.offer(1, HOLD.to_vec(), now));
    net.advance(20 * MS);
    assert_eq!(net.events(2), [AgentEvent::Offered { leg, body: Some(HOLD.to_vec()) }]);
    net.act(2, |agent, now| agent.accept_offer(leg, ANSWER.to_vec(), now));
    net.advance(20 * MS);
    assert_eq!(net.events(1), [AgentEvent::OfferAnswered { leg: 1, body: ANSWER.to_vec() }]);
    net.act(2, |agent, now| agent.offer(leg, HOLD.to_vec(), now));
    net.advance(20 * MS);
    assert_eq!(net.events(1), [AgentEvent::Offered { leg: 1, body: Some(HOLD.to_vec()) }]);
    net.act(1, |agent, now| agent.refuse_offer(1, 488, now));
    net.advance(20 * MS);
    assert_eq!(net.events(2), [AgentEvent::OfferRefused { leg, status: 488 }]);
    assert_eq!(net.count(1, "ACK") + net.count(2, "ACK"), 3);
    net.act(1, |agent, now| agent.hang_up(1, "local", now));
    net.assert_empty();
}

#[test]
fn offers_that_cross_are_refused_and_tried_again_by_the_callee_first() {
    // RFC 3261 §14.1: 491; the owner of the Call-ID waits 2.1 to 4 s, the other up to 2 s.
    let mut net = Net::new(2);
    let leg = net.call_up();
    let start = net.now;
    net.act(1, |agent, now| agent.offer(1, HOLD.to_vec(), now));
    net.act(2, |agent, now| agent.offer(leg, HOLD.to_vec(), now));
    net.advance(50 * MS);
    assert_eq!((net.count(1, "SIP/2.0 491"), net.count(2, "SIP/2.0 491")), (1, 1));
    net.advance(2_060 * MS);
    assert_eq!(net.events(1), [AgentEvent::Offered { leg: 1, body: Some(HOLD.to_vec()) }]);
    net.act(1, |agent, now| agent.accept_offer(1, OFFER.to_vec(), now));
    net.advance(4 * SECOND);
    assert_eq!(
        net.events(2),
        [
            AgentEvent::OfferAnswered { leg, body: OFFER.to_vec() },
            AgentEvent::Offered { leg, body: Some(HOLD.to_vec()) }
        ]
    );
    let again = net.moments(1, "INVITE").last().copied().expect("a re-INVITE") - start;
    assert!((2_100 * MS..=4_100 * MS).contains(&again), "{again}");
}

#[test]
fn an_offer_waits_until_the_one_before_is_answered() {
    // RFC 3261 §14.1: no INVITE while another one is open; of those that wait the last one counts.
    let mut net = Net::new(2);
    let leg = net.call_up();
    for body in [OFFER, HOLD, OFFER] {
        net.act(1, |agent, now| agent.offer(1, body.to_vec(), now));
    }
    net.advance(20 * MS);
    assert_eq!(net.count(1, "INVITE"), 2);
    net.act(2, |agent, now| agent.accept_offer(leg, ANSWER.to_vec(), now));
    net.advance(40 * MS);
    assert_eq!(net.count(1, "INVITE"), 3);
    assert_eq!(net.events(2).len(), 2);
}

#[test]
fn an_offer_that_nobody_answers_is_refused_in_time() {
    // The sender of an UPDATE gives up after 32 s; a core that is stuck must not cost the call.
    let mut net = Net::new(2);
    let leg = net.call_up();
    net.act(1, |agent, now| agent.offer(1, HOLD.to_vec(), now));
    net.advance(21 * SECOND);
    assert_eq!(net.events(1), [AgentEvent::OfferRefused { leg: 1, status: 500 }]);
    net.act(2, |agent, now| agent.accept_offer(leg, ANSWER.to_vec(), now));
    net.advance(SECOND);
    assert_eq!(net.events(1), []);
}

#[test]
fn a_peer_may_ask_us_to_offer() {
    // RFC 3261 §14.2: a re-INVITE without SDP gets an offer in the 200, whose answer comes in the ACK.
    let mut net = Net::new(1);
    let (leg, tag) = call_from_elsewhere(&mut net, "");
    net.inject(elsewhere(), 1, &request_text("INVITE", "sip:bob@192.0.2.1", 2, &tag, "", ""));
    assert_eq!(net.events(1), [AgentEvent::Offered { leg, body: None }]);
    net.act(1, |agent, now| agent.accept_offer(leg, OFFER.to_vec(), now));
    assert_eq!(net.answer_outside().body, OFFER);
    let sdp = String::from_utf8_lossy(ANSWER);
    net.inject(elsewhere(), 1, &request_text("ACK", "sip:bob@192.0.2.1", 2, &tag, "", &sdp));
    assert_eq!(net.events(1), [AgentEvent::OfferAnswered { leg, body: ANSWER.to_vec() }]);
}

#[test]
fn update_changes_the_session_without_ack() {
    // RFC 3311 §5.2: UPDATE with an offer gets the answer in its 200; without one it only refreshes, at once.
    let mut net = Net::new(1);
    let (leg, tag) = call_from_elsewhere(&mut net, "");
    let sdp = String::from_utf8_lossy(HOLD);
    net.inject(elsewhere(), 1, &request_text("UPDATE", "sip:bob@192.0.2.1", 2, &tag, "", &sdp));
    assert_eq!(net.events(1), [AgentEvent::Offered { leg, body: Some(HOLD.to_vec()) }]);
    net.inject(elsewhere(), 1, &request_text("UPDATE", "sip:bob@192.0.2.1", 3, &tag, "", &sdp));
    let refused = net.answer_outside();
    assert_eq!((refused.status, refused.headers.retry_after().is_some()), (500, true));
    net.act(1, |agent, now| agent.accept_offer(leg, ANSWER.to_vec(), now));
    let answer = net.answer_outside();
    assert_eq!((answer.status, answer.body), (200, ANSWER.to_vec()));
    net.inject(elsewhere(), 1, &request_text("UPDATE", "sip:bob@192.0.2.1", 4, &tag, "", ""));
    assert_eq!(net.answer_outside().status, 200);
    assert_eq!(net.events(1), []);
}

#[test]
fn an_early_session_changes_by_update_once_its_offer_is_answered() {
    // RFC 3311 §5.2: before the first answer 500 (we have an offer to answer); INVITE inside is refused as well.
    let mut net = Net::new(1);
    let sdp = String::from_utf8_lossy(OFFER);
    net.inject(elsewhere(), 1, &request_text("INVITE", "sip:bob@192.0.2.1", 1, "", "Supported: 100rel", &sdp));
    let leg = net.invited(1).leg;
    net.act(1, |agent, now| agent.ring(leg, Some(ANSWER.to_vec()), now));
    let progress = net.answer_outside();
    let tag = progress.headers.to().and_then(|to| to.tag().map(str::to_owned)).expect("a tag");
    net.inject(elsewhere(), 1, &request_text("UPDATE", "sip:bob@192.0.2.1", 2, &tag, "", &sdp));
    assert_eq!(net.answer_outside().status, 500);
    let rack = format!("RAck: {} 1 INVITE", progress.headers.rseq().expect("RSeq"));
    net.inject(elsewhere(), 1, &request_text("PRACK", "sip:bob@192.0.2.1", 3, &tag, &rack, ""));
    net.inject(elsewhere(), 1, &request_text("UPDATE", "sip:bob@192.0.2.1", 4, &tag, "", &sdp));
    assert_eq!(net.events(1), [AgentEvent::Offered { leg, body: Some(OFFER.to_vec()) }]);
    net.act(1, |agent, now| agent.accept_offer(leg, ANSWER.to_vec(), now));
    assert_eq!(net.answer_outside().status, 200);
}

#[test]
fn a_session_is_refreshed_at_half_of_its_time_and_lives() {
    // RFC 4028 §7.2, §10: both ends are ours; the caller refreshes by UPDATE each 45 s of 90.
    let mut net = Net::with(2, |config| config.session_timer = SessionTimerLimits { expires_s: 90, min_s: 90 });
    net.call_up();
    net.advance(400 * SECOND);
    let refreshes = net.count(1, "UPDATE") + net.count(2, "UPDATE");
    assert_eq!(refreshes, 8);
    assert_eq!((net.events(1), net.events(2)), (vec![], vec![]));
    net.act(1, |agent, now| agent.hang_up(1, "local", now));
    net.assert_empty();
}

#[test]
fn a_session_whose_far_end_vanished_ends_by_itself() {
    // RFC 4028 §10: the side that does not refresh sends BYE a third of the interval (32 s at most) before its end; the
    // side that does gets no answer.
    let mut net = Net::with(2, |config| config.session_timer = SessionTimerLimits { expires_s: 90, min_s: 90 });
    let leg = net.call_up();
    net.loses = Box::new(|_, _| true);
    net.advance(89 * SECOND);
    assert_eq!(ended(&net.events(2), leg), ("failed".to_owned(), 408));
    assert_eq!(ended(&net.events(1), 1), ("failed".to_owned(), 408));
    net.assert_empty();
}

#[test]
fn an_interval_that_is_too_short_is_refused_and_made_longer() {
    // RFC 4028 §6, §9: 422 with Min-SE, both ways.
    let mut net = Net::new(1);
    let sdp = String::from_utf8_lossy(OFFER);
    let rest = "Supported: timer\nSession-Expires: 60";
    net.inject(elsewhere(), 1, &request_text("INVITE", "sip:bob@192.0.2.1", 1, "", rest, &sdp));
    let refused = net.answer_outside();
    assert_eq!((refused.status, header(&refused.headers, "Min-SE")), (422, "90".to_owned()));
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.60"), now));
    let invite = net.request_outside();
    net.inject(elsewhere(), 1, &answer_to(&invite, 422, "a", "Min-SE: 4000", b""));
    let again = net.request_outside();
    assert_eq!(header(&again.headers, "Session-Expires"), "4000");
    assert_eq!(again.headers.cseq().map(|(number, _)| number), Some(2));
}

#[test]
fn a_peer_without_update_is_refreshed_by_invite_with_what_holds() {
    // RFC 4028 §7.4: the refresh repeats our SDP; an answer that changes nothing is not told.
    let mut net = Net::new(1);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.60"), now));
    let invite = net.request_outside();
    let extra = "Session-Expires: 90;refresher=uac\nRequire: timer\nAllow: INVITE, ACK, BYE";
    net.inject(elsewhere(), 1, &answer_to(&invite, 200, "a", extra, ANSWER));
    net.take_outside();
    net.events(1);
    net.advance(46 * SECOND);
    let refresh = net.request_outside();
    assert_eq!((refresh.method.as_str(), refresh.body.as_slice()), ("INVITE", OFFER));
    net.inject(elsewhere(), 1, &answer_to(&refresh, 200, "", extra, ANSWER));
    net.advance(20 * MS);
    assert_eq!(net.events(1), []);
    assert_eq!(net.count(1, "ACK"), 2);
}

/// A call from elsewhere that agent 1 has taken: its leg and our tag.
pub fn call_from_elsewhere(net: &mut Net<'_>, rest: &str) -> (u64, String) {
    let sdp = String::from_utf8_lossy(OFFER);
    net.inject(elsewhere(), 1, &request_text("INVITE", "sip:bob@192.0.2.1", 1, "", rest, &sdp));
    let leg = net.invited(1).leg;
    net.act(1, |agent, now| agent.answer(leg, ANSWER.to_vec(), now));
    let answer = net.answer_outside();
    let tag = answer.headers.to().and_then(|to| to.tag().map(str::to_owned)).expect("a tag");
    net.inject(elsewhere(), 1, &request_text("ACK", "sip:bob@192.0.2.1", 1, &tag, "", ""));
    net.take_outside();
    (leg, tag)
}

#[test]
fn a_change_that_is_never_decided_is_given_up() {
    // RFC 3261 §17.1.1.2: after a provisional answer an INVITE has no time-out of its own; it is cancelled after a minute.
    let mut net = Net::new(1);
    let (leg, _) = call_from_elsewhere(&mut net, "");
    net.act(1, |agent, now| agent.offer(leg, HOLD.to_vec(), now));
    let offer = net.request_outside();
    net.inject(elsewhere(), 1, &answer_to(&offer, 100, "", "", b""));
    net.advance(60 * SECOND + 100 * MS);
    assert_eq!(net.count(1, "CANCEL"), 1);
    net.inject(elsewhere(), 1, &answer_to(&offer, 487, "", "", b""));
    assert_eq!(net.events(1), [AgentEvent::OfferRefused { leg, status: 487 }]);
    net.act(1, |agent, now| agent.offer(leg, HOLD.to_vec(), now));
    let offer = net.request_outside();
    net.inject(elsewhere(), 1, &answer_to(&offer, 100, "", "", b""));
    net.act(1, |agent, now| agent.hang_up(leg, "local", now));
    net.assert_empty();
}
