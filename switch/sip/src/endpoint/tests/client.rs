use super::*;

#[test]
fn an_invite_is_repeated_at_doubling_intervals_until_64_t1() {
    // §17.1.1.2, timers A and B.
    let mut pair = Pair::deaf(Transport::Udp);
    pair.alice.request(request(Method::Invite), pair.to_bob(), 0);
    pair.advance(64 * T1);
    let times = [0, T1, 3 * T1, 7 * T1, 15 * T1, 31 * T1, 63 * T1];
    assert_eq!(pair.sent_at(Who::Alice, "INVITE"), times);
    assert_eq!(pair.saw(|it| matches!(it, Output::TimedOut { .. })), 1);
    assert!(pair.is_empty());
}

#[test]
fn another_request_is_repeated_at_intervals_of_t2_at_most() {
    // §17.1.2.2, timers E and F.
    let mut pair = Pair::deaf(Transport::Udp);
    pair.alice.request(request(Method::Options), pair.to_bob(), 0);
    pair.advance(64 * T1);
    let times = pair.sent_at(Who::Alice, "OPTIONS");
    assert_eq!(times[..6], [0, T1, 3 * T1, 7 * T1, 15 * T1, 23 * T1]);
    assert_eq!(times.len(), 11);
    assert_eq!(pair.saw(|it| matches!(it, Output::TimedOut { .. })), 1);
    assert!(pair.is_empty());
}

#[test]
fn nothing_is_repeated_over_a_reliable_transport() {
    for method in [Method::Invite, Method::Options] {
        let mut pair = Pair::deaf(Transport::Tcp);
        pair.alice.request(request(method), pair.to_bob(), 0);
        pair.advance(64 * T1);
        assert_eq!(pair.sent.len(), 1);
        assert_eq!(pair.saw(|it| matches!(it, Output::TimedOut { .. })), 1);
        assert!(pair.is_empty());
    }
}

#[test]
fn a_provisional_answer_ends_the_repetitions_of_an_invite() {
    let mut pair = Pair::new(Transport::Udp);
    let (_, key, invite) = pair.asked(Method::Invite);
    pair.answer(key, &invite, 180);
    pair.advance(64 * T1);
    assert_eq!(pair.sent_at(Who::Alice, "INVITE").len(), 1);
    assert_eq!(pair.statuses(), [180]);
    assert_eq!(pair.alice.transactions().0, 1, "ringing may last");
}

#[test]
fn a_provisional_answer_slows_the_repetitions_of_another_request() {
    // §17.1.2.2: in Proceeding, timer E is T2.
    let mut pair = Pair::new(Transport::Udp);
    let (_, key, options) = pair.asked(Method::Options);
    pair.answer(key, &options, 100);
    pair.advance(T1 + 9_000 * MS);
    let t2 = 4_000 * MS;
    assert_eq!(pair.sent_at(Who::Alice, "OPTIONS"), [0, T1, T1 + t2, T1 + 2 * t2]);
}

#[test]
fn a_refusal_is_acknowledged_with_the_branch_route_and_number_of_the_invite() {
    // §17.1.1.3.
    let mut alice = Pair::new(Transport::Udp).alice;
    let to_bob = Target::new(Transport::Udp, Who::Bob.addr());
    alice.request(request(Method::Invite), to_bob, 0);
    let invite = sent(&mut alice);
    let refusal = answer_to(&invite, 486, "bob");
    let flow = Pair::new(Transport::Udp).flow(Who::Alice);
    alice.receive(Message::Response(refusal.clone()), flow, 1);
    let ack = sent(&mut alice);
    assert_eq!(ack.method, Method::Ack);
    assert_eq!(ack.uri, invite.uri);
    for name in [Name::Via, Name::Route, Name::From, Name::CallId] {
        assert_eq!(ack.headers.get(&name), invite.headers.get(&name));
    }
    assert_eq!(ack.headers.get(&Name::To), refusal.headers.get(&Name::To));
    assert_eq!(ack.headers.cseq().unwrap(), (1, Method::Ack));
    assert!(matches!(alice.poll(), Some(Output::Response { .. })));
    // A repeated refusal is acknowledged again, and the user does not see it.
    alice.receive(Message::Response(refusal), flow, 2);
    assert_eq!(sent(&mut alice).method, Method::Ack);
    assert!(alice.poll().is_none());
}

fn sent(endpoint: &mut Endpoint) -> Request {
    let Some(Output::Send { bytes, .. }) = endpoint.poll() else {
        panic!("nothing was sent");
    };
    let Ok(Message::Request(request)) = Message::parse(&bytes) else {
        panic!("not a request");
    };
    request
}

#[test]
fn every_fork_that_answers_is_seen_and_then_the_invite_is_closed() {
    // RFC 6026 §7.2: in Accepted each 2xx goes to the user, for 64*T1.
    let mut pair = Pair::new(Transport::Udp);
    let (_, key, invite) = pair.asked(Method::Invite);
    pair.answer(key, &invite, 180);
    for tag in ["one", "two", "one"] {
        pair.bob.respond(key, &answer_to(&invite, 200, tag), pair.now);
    }
    pair.advance(0);
    assert_eq!(pair.statuses(), [180, 200, 200, 200]);
    pair.advance(64 * T1);
    assert_eq!(pair.saw(|it| matches!(it, Output::Closed { .. })), 1);
    assert!(pair.is_empty());
}

#[test]
fn a_final_answer_is_seen_once_however_often_it_comes() {
    let mut pair = Pair::new(Transport::Udp);
    pair.fate = Box::new(|| Fate::Twice(0));
    let (_, key, options) = pair.asked(Method::Options);
    pair.answer(key, &options, 200);
    pair.advance(64 * T1);
    assert_eq!(pair.statuses(), [200]);
    assert!(pair.is_empty());
}

#[test]
fn an_answer_with_another_secret_in_its_branch_is_a_stray() {
    let mut pair = Pair::new(Transport::Udp);
    let (_, _, options) = pair.asked(Method::Options);
    let mut forged = answer_to(&options, 200, "mallory");
    let mut via = forged.headers.top_via().unwrap();
    let (number, _) = via.branch().unwrap().split_once('.').unwrap();
    let branch = format!("{number}.0000000000000000");
    via.params.set("branch", branch);
    forged.headers.set_top_via(&via);
    let flow = pair.flow(Who::Alice);
    pair.alice.receive(Message::Response(forged), flow, 1);
    pair.drain();
    assert_eq!(pair.statuses(), []);
}

#[test]
fn what_was_sent_to_a_dead_address_fails_at_once_and_nothing_else_does() {
    // RFC 3261 §18.4, §8.1.3.1: a transport error counts as 503.
    let mut pair = Pair::deaf(Transport::Tcp);
    let elsewhere = Target::new(Transport::Tcp, "192.0.2.9:5060".parse().unwrap());
    let over_connection = Target { connection: Some(7), ..pair.to_bob() };
    let dead = pair.alice.request(request(Method::Invite), pair.to_bob(), 0);
    pair.alice.request(request(Method::Options), elsewhere, 0);
    pair.alice.request(request(Method::Options), over_connection.clone(), 0);
    pair.alice.transport_failed(&pair.to_bob(), "connection refused");
    pair.drain();
    let failed = |it: &Output| matches!(it, Output::Failed { .. });
    assert!(pair.seen.iter().any(|(_, it)| matches!(it, Output::Failed { key, .. } if *key == dead)));
    assert_eq!(pair.saw(failed), 1);
    pair.alice.transport_failed(&over_connection, "closed");
    pair.drain();
    assert_eq!(pair.saw(failed), 2);
    assert_eq!(pair.alice.transactions().0, 1);
}
