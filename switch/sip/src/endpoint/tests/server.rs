use super::*;

#[test]
fn trying_goes_out_after_200_ms_of_silence_and_ends_the_repetitions() {
    // §17.2.1.
    let mut pair = Pair::new(Transport::Udp);
    pair.asked(Method::Invite);
    pair.advance(64 * T1);
    assert_eq!(pair.sent_at(Who::Bob, "SIP/2.0 100"), [200 * MS]);
    assert_eq!(pair.sent_at(Who::Alice, "INVITE"), [0]);
}

#[test]
fn no_trying_after_an_answer() {
    let mut pair = Pair::new(Transport::Udp);
    let (_, key, invite) = pair.asked(Method::Invite);
    pair.answer(key, &invite, 180);
    pair.advance(T1);
    assert_eq!(pair.sent_at(Who::Bob, "SIP/2.0 100"), []);
}

#[test]
fn a_repeated_invite_gets_the_last_provisional_answer_again() {
    let mut pair = Pair::new(Transport::Udp);
    let (_, key, invite) = pair.asked(Method::Invite);
    pair.fate = Box::new(|| Fate::Lost);
    pair.answer(key, &invite, 180);
    pair.fate = Box::new(|| Fate::Late(0));
    pair.advance(2 * T1);
    assert_eq!(pair.sent_at(Who::Bob, "SIP/2.0 180"), [0, T1]);
    assert_eq!(pair.statuses(), [180]);
    assert_eq!(pair.requests().len(), 1, "the user sees the INVITE once");
}

#[test]
fn a_refusal_is_repeated_until_64_t1_without_an_ack() {
    // §17.2.1, timers G and H.
    let mut pair = Pair::new(Transport::Udp);
    let (_, key, invite) = pair.asked(Method::Invite);
    pair.fate = Box::new(|| Fate::Lost);
    pair.answer(key, &invite, 486);
    pair.advance(64 * T1);
    let times = pair.sent_at(Who::Bob, "SIP/2.0 486");
    assert_eq!(times[..6], [0, T1, 3 * T1, 7 * T1, 15 * T1, 23 * T1]);
    let no_ack = |it: &Output| matches!(it, Output::Gone { end: End::NoAck, .. });
    assert_eq!(pair.saw(no_ack), 1);
    assert_eq!(pair.bob.transactions(), (0, 0));
}

#[test]
fn an_ack_ends_a_refusal_and_stays_below_the_user() {
    let mut pair = Pair::new(Transport::Udp);
    let (_, key, invite) = pair.asked(Method::Invite);
    pair.answer(key, &invite, 486);
    pair.advance(0);
    assert_eq!(pair.sent_at(Who::Alice, "ACK"), [0]);
    assert_eq!(pair.bob.next_timeout(), Some(5_000 * MS), "timer I is T4");
    pair.advance(64 * T1);
    assert_eq!(pair.sent_at(Who::Bob, "SIP/2.0 486"), [0]);
    assert_eq!(pair.saw(|it| matches!(it, Output::Ack { .. })), 0);
    assert!(pair.is_empty());
}

#[test]
fn over_a_reliable_transport_finished_transactions_are_gone_at_once() {
    // Timers D, I, J, K are zero.
    let mut pair = Pair::new(Transport::Tcp);
    let (_, key, invite) = pair.asked(Method::Invite);
    pair.answer(key, &invite, 486);
    pair.advance(0);
    assert!(pair.is_empty());
    let (_, key, bye) = pair.asked(Method::Bye);
    pair.answer(key, &bye, 200);
    pair.advance(0);
    assert!(pair.is_empty());
    assert_eq!(pair.statuses(), [486, 200]);
}

#[test]
fn a_2xx_is_sent_as_often_as_the_user_says_and_its_ack_is_the_users() {
    // RFC 6026 §7.1; the INVITE's repetitions are absorbed.
    let mut pair = Pair::new(Transport::Udp);
    let (_, key, invite) = pair.asked(Method::Invite);
    let flow = pair.flow(Who::Bob);
    pair.answer(key, &invite, 200);
    pair.bob.receive(Message::Request(invite.clone()), flow, pair.now);
    pair.advance(64 * T1 - 1);
    assert_eq!(pair.sent_at(Who::Bob, "SIP/2.0 200"), [0]);
    pair.answer(key, &invite, 200);
    pair.alice.send(ack_of("bob"), pair.to_bob());
    pair.advance(0);
    assert_eq!(pair.sent_at(Who::Bob, "SIP/2.0 200").len(), 2);
    assert_eq!(pair.saw(|it| matches!(it, Output::Ack { .. })), 1);
    assert_eq!(pair.requests().len(), 1);
    pair.advance(1);
    assert!(pair.is_empty());
}

#[test]
fn a_refusal_after_a_2xx_is_too_late() {
    let mut pair = Pair::new(Transport::Udp);
    let (_, key, invite) = pair.asked(Method::Invite);
    pair.answer(key, &invite, 200);
    pair.answer(key, &invite, 487);
    assert_eq!(pair.sent_at(Who::Bob, "SIP/2.0 487"), []);
}

#[test]
fn a_repeated_request_gets_the_same_answer_for_64_t1() {
    // §17.2.2, timer J.
    let mut pair = Pair::new(Transport::Udp);
    let (_, key, options) = pair.asked(Method::Options);
    pair.answer(key, &options, 200);
    let flow = pair.flow(Who::Bob);
    pair.advance(64 * T1 - 1);
    pair.bob.receive(Message::Request(options.clone()), flow, pair.now);
    pair.drain();
    assert_eq!(pair.sent_at(Who::Bob, "SIP/2.0 200").len(), 2);
    pair.advance(1);
    assert!(pair.is_empty());
    assert_eq!(pair.requests().len(), 1);
}

#[test]
fn a_request_that_the_user_forgets_does_not_stay() {
    let mut pair = Pair::new(Transport::Udp);
    pair.asked(Method::Info);
    pair.advance(64 * T1);
    let unanswered = |it: &Output| matches!(it, Output::Gone { end: End::Unanswered, .. });
    assert_eq!(pair.saw(unanswered), 1);
    assert_eq!(pair.bob.transactions(), (0, 0));
    assert_eq!(pair.bob.open(), 0);
}

#[test]
fn a_copy_that_came_another_way_is_refused_with_482() {
    // §8.2.2.2.
    let mut pair = Pair::new(Transport::Udp);
    let (_, key, _) = pair.asked(Method::Invite);
    pair.alice.request(request(Method::Invite), pair.to_bob(), 0);
    pair.advance(0);
    assert_eq!(pair.sent_at(Who::Bob, "SIP/2.0 482"), [0]);
    assert_eq!(pair.requests().len(), 1);
    let refused = Output::Gone { key, end: End::Answered };
    assert_eq!(pair.saw(|it| format!("{it:?}") == format!("{refused:?}")), 0);
}

#[test]
fn a_request_that_was_challenged_may_come_again_under_the_same_number() {
    let mut pair = Pair::new(Transport::Udp);
    let (_, key, register) = pair.asked(Method::Register);
    pair.answer(key, &register, 401);
    pair.asked(Method::Register);
    assert_eq!(pair.requests().len(), 2);
}

#[test]
fn the_way_back_is_the_way_the_request_came() {
    // §18.2.1, RFC 3581 §4: received and rport are set, and the answer follows them.
    let cases = [
        ("10.0.0.9:5062;rport", "192.0.2.1:40000", true),
        ("10.0.0.9:5062", "192.0.2.1:5062", true),
        ("phone.invalid", "192.0.2.1:5060", true),
        ("192.0.2.1:5062", "192.0.2.1:5062", false),
    ];
    for (via, back, received) in cases {
        let mut bob = Endpoint::new(Config::default(), 1);
        let mut options = request(Method::Options);
        options.headers.push_front(Name::Via, format!("SIP/2.0/UDP {via};branch=z9hG4bKx"));
        let flow = Flow { peer: "192.0.2.1:40000".parse().unwrap(), ..Pair::new(Transport::Udp).flow(Who::Bob) };
        bob.receive(Message::Request(options), flow, 0);
        let Some(Output::Request { key, request, .. }) = bob.poll() else {
            panic!("no request");
        };
        let via = request.headers.get(&Name::Via).unwrap();
        assert_eq!(via.contains("received=192.0.2.1"), received, "{via}");
        assert!(!via.contains("rport") || via.contains("rport=40000"), "{via}");
        bob.respond(key, &answer_to(&request, 200, "bob"), 0);
        let Some(Output::Send { target, .. }) = bob.poll() else {
            panic!("no answer");
        };
        assert_eq!(target.addr, back.parse().unwrap());
        assert_eq!(target.connection, Some(1));
    }
}

#[test]
fn a_client_without_the_magic_cookie_is_served_too() {
    // §17.2.3: RFC 2543 elements are told apart by what else their requests say.
    let mut bob = Endpoint::new(Config::default(), 1);
    let flow = Pair::new(Transport::Udp).flow(Who::Bob);
    let old = |method: Method, number: u32| {
        let mut it = request_with(method, "old", number);
        it.headers.push_front(Name::Via, "SIP/2.0/UDP 192.0.2.1:5060");
        Message::Request(it)
    };
    bob.receive(old(Method::Invite, 1), flow, 0);
    let Some(Output::Request { key, request, .. }) = bob.poll() else {
        panic!("no request");
    };
    bob.receive(old(Method::Invite, 1), flow, 0);
    assert!(bob.poll().is_none(), "a repetition");
    bob.respond(key, &answer_to(&request, 486, "bob"), 0);
    assert!(matches!(bob.poll(), Some(Output::Send { .. })));
    bob.receive(old(Method::Ack, 1), flow, 0);
    assert!(bob.poll().is_none(), "the ACK of the refusal");
    bob.receive(old(Method::Invite, 2), flow, 0);
    assert!(matches!(bob.poll(), Some(Output::Request { .. })));
}
