use super::*;

#[test]
fn a_cancel_waits_for_a_provisional_answer() {
    // §9.1.
    let mut pair = Pair::new(Transport::Udp);
    let (invite, key, request) = pair.asked(Method::Invite);
    pair.alice.cancel(invite, pair.now);
    pair.advance(0);
    assert_eq!(pair.sent_at(Who::Alice, "CANCEL"), []);
    pair.answer(key, &request, 180);
    pair.advance(0);
    assert_eq!(pair.sent_at(Who::Alice, "CANCEL"), [0]);
    let cancelled = |it: &Output| matches!(it, Output::Cancel { invite } if *invite == key);
    assert_eq!(pair.saw(cancelled), 1);
    pair.answer(key, &request, 487);
    pair.advance(64 * T1);
    assert_eq!(pair.statuses(), [180, 487], "the answer to the CANCEL is nobody's business");
    assert!(pair.is_empty());
}

#[test]
fn a_cancel_that_crosses_an_answer_changes_nothing() {
    // The 200 is on its way when the CANCEL comes: no Output::Cancel, and the caller gets the 200.
    let mut pair = Pair::new(Transport::Udp);
    let (invite, key, request) = pair.asked(Method::Invite);
    pair.answer(key, &request, 180);
    pair.advance(0);
    pair.fate = Box::new(|| Fate::Late(10 * MS));
    pair.answer(key, &request, 200);
    pair.alice.cancel(invite, pair.now);
    pair.advance(100 * MS);
    assert_eq!(pair.saw(|it| matches!(it, Output::Cancel { .. })), 0);
    assert_eq!(pair.sent_at(Who::Alice, "CANCEL").len(), 1);
    assert_eq!(pair.statuses(), [180, 200]);
    pair.advance(64 * T1);
    assert!(pair.is_empty());
}

#[test]
fn a_cancel_after_the_answer_is_not_sent() {
    let mut pair = Pair::new(Transport::Udp);
    let (invite, key, request) = pair.asked(Method::Invite);
    pair.answer(key, &request, 200);
    pair.advance(0);
    pair.alice.cancel(invite, pair.now);
    pair.advance(0);
    assert_eq!(pair.sent_at(Who::Alice, "CANCEL"), []);
}

#[test]
fn a_cancelled_invite_that_is_never_answered_ends_after_64_t1() {
    // §9.1, last paragraph.
    let mut pair = Pair::new(Transport::Udp);
    let (invite, key, request) = pair.asked(Method::Invite);
    pair.answer(key, &request, 180);
    pair.advance(0);
    pair.alice.cancel(invite, pair.now);
    pair.advance(64 * T1);
    assert_eq!(pair.saw(|it| matches!(it, Output::TimedOut { key } if *key == invite)), 1);
    assert_eq!(pair.alice.transactions(), (0, 0));
}

#[test]
fn a_cancel_to_a_silent_peer_ends_with_the_invite() {
    let mut pair = Pair::deaf(Transport::Udp);
    let invite = pair.alice.request(request(Method::Invite), pair.to_bob(), 0);
    pair.alice.cancel(invite, 0);
    pair.advance(64 * T1);
    assert_eq!(pair.saw(|it| matches!(it, Output::TimedOut { .. })), 1);
    assert_eq!(pair.sent_at(Who::Alice, "CANCEL"), []);
    assert!(pair.is_empty());
}

#[test]
fn a_cancel_without_an_invite_gets_481() {
    // §9.2.
    let mut pair = Pair::new(Transport::Udp);
    pair.alice.request(request(Method::Cancel), pair.to_bob(), 0);
    pair.advance(0);
    assert_eq!(pair.sent_at(Who::Bob, "SIP/2.0 481"), [0]);
    assert_eq!(pair.bob.transactions(), (0, 0));
}

#[test]
fn a_repeated_cancel_is_answered_again_and_told_once() {
    let mut pair = Pair::new(Transport::Udp);
    let (invite, key, request) = pair.asked(Method::Invite);
    pair.answer(key, &request, 180);
    pair.advance(0);
    pair.fate = Box::new(|| Fate::Twice(0));
    pair.alice.cancel(invite, pair.now);
    pair.advance(10 * MS);
    assert_eq!(pair.sent_at(Who::Bob, "SIP/2.0 200").len(), 2);
    assert_eq!(pair.saw(|it| matches!(it, Output::Cancel { .. })), 1);
}
