//! One INVITE, several phones: forked by a proxy, or by us to all phones that a user registered.

use hookflash_sip::agent::AgentEvent;

use crate::net::{ANSWER, MS, Net, SECOND, answer_to, call, elsewhere, ended};

#[test]
fn of_three_forks_that_answer_the_first_is_the_call_and_the_others_get_ack_and_bye() {
    // RFC 3261 §13.2.2.4: each 2xx makes a dialog; those that we do not want are acknowledged and ended.
    let mut net = Net::new(1);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.60"), now));
    let invite = net.request_outside();
    for tag in ["a", "b", "c"] {
        net.inject(elsewhere(), 1, &answer_to(&invite, 180, tag, "", b""));
    }
    let forks = net.events(1);
    let numbers: Vec<_> =
        forks.iter().map(|event| matches!(event, AgentEvent::Progress { fork, .. } if *fork > 0)).collect();
    assert_eq!(numbers, [true; 3]);
    for tag in ["b", "a", "c"] {
        net.inject(elsewhere(), 1, &answer_to(&invite, 200, tag, "", ANSWER));
    }
    let events = net.events(1);
    assert!(matches!(events[..], [AgentEvent::Answered { fork: 2, .. }]), "{events:?}");
    net.advance(20 * MS);
    assert_eq!((net.count(1, "ACK"), net.count(1, "BYE")), (3, 2));
    let left: Vec<_> = net
        .take_outside()
        .into_iter()
        .filter_map(|(_, message)| match message {
            hookflash_sip::Message::Request(request) if request.method == hookflash_sip::Method::Bye => {
                request.headers.to().and_then(|to| to.tag().map(str::to_owned))
            }
            _ => None,
        })
        .collect();
    assert_eq!(left, ["a", "c"]);
}

#[test]
fn a_loser_that_repeats_its_answer_gets_an_ack_but_no_second_bye() {
    // RFC 3261 §13.2.2.4: an ACK for every 2xx.
    let mut net = Net::new(1);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.60"), now));
    let invite = net.request_outside();
    net.inject(elsewhere(), 1, &answer_to(&invite, 200, "a", "", ANSWER));
    for _ in 0..3 {
        net.inject(elsewhere(), 1, &answer_to(&invite, 200, "b", "", ANSWER));
    }
    assert_eq!((net.count(1, "ACK"), net.count(1, "BYE")), (4, 1));
}

#[test]
fn a_phone_that_takes_a_call_that_was_given_up_is_told() {
    // RFC 3261 §15: a 2xx after CANCEL makes a call that must be ended; the leg has had its last word by then.
    let mut net = Net::new(1);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.60"), now));
    let invite = net.request_outside();
    net.inject(elsewhere(), 1, &answer_to(&invite, 180, "a", "", b""));
    net.act(1, |agent, now| agent.hang_up(1, "local", now));
    net.inject(elsewhere(), 1, &answer_to(&invite, 200, "a", "", ANSWER));
    assert_eq!(ended(&net.events(1), 1), ("local".to_owned(), 487));
    assert_eq!((net.count(1, "CANCEL"), net.count(1, "ACK"), net.count(1, "BYE")), (1, 1, 1));
    net.assert_empty();
}

#[test]
fn a_peer_that_rings_without_end_in_ever_new_dialogs_costs_a_bounded_number() {
    // Early dialogs of one INVITE are limited; the ones above are not told.
    let mut net = Net::new(1);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.60"), now));
    let invite = net.request_outside();
    for number in 0..200 {
        net.inject(elsewhere(), 1, &answer_to(&invite, 180, &format!("t{number}"), "", b""));
    }
    assert_eq!(net.events(1).len(), 24);
}

#[test]
fn an_answer_without_sdp_or_contact_ends_the_call_and_not_the_process() {
    // RFC 3261 §13.2.1: an INVITE with an offer must get an answer to it. What cannot be used is left.
    let mut net = Net::new(1);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.60"), now));
    let invite = net.request_outside();
    net.inject(elsewhere(), 1, &answer_to(&invite, 200, "a", "", b""));
    assert_eq!(ended(&net.events(1), 1), ("failed".to_owned(), 488));
    assert_eq!((net.count(1, "ACK"), net.count(1, "BYE")), (1, 1));
    net.advance(SECOND);
}
