use super::*;

fn flooded(most_transactions: usize, most_open: usize) -> Pair {
    let mut pair = Pair::new(Transport::Udp);
    let config = Config { most_transactions, most_open, retry_after_s: 7, ..Config::default() };
    pair.bob = Endpoint::new(config, 2);
    pair
}

fn ask(pair: &mut Pair, method: Method, call: usize) {
    let request = request_with(method, &format!("call-{call}"), 1);
    pair.alice.request(request, pair.to_bob(), pair.now);
    pair.advance(0);
}

#[test]
fn above_the_limit_new_requests_get_503_and_leave_nothing() {
    let mut pair = flooded(3, 100);
    for call in 0..5 {
        ask(&mut pair, Method::Invite, call);
    }
    assert_eq!(pair.requests().len(), 3);
    assert_eq!(pair.bob.transactions(), (0, 3));
    let retry = pair.seen.iter().filter_map(|(_, it)| match it {
        Output::Response { response, .. } => response.headers.get(&Name::RetryAfter),
        _ => None,
    });
    assert_eq!(retry.collect::<Vec<_>>(), ["7", "7"]);
    assert_eq!(pair.saw(|it| matches!(it, Output::Ack { .. })), 0, "the ACKs of the 503s");
}

#[test]
fn a_request_inside_a_dialog_is_taken_above_the_limit() {
    let mut pair = flooded(4, 100);
    for call in 0..4 {
        ask(&mut pair, Method::Invite, call);
    }
    for _ in 0..2 {
        let mut bye = ack_of("bob");
        bye.method = Method::Bye;
        bye.headers.set(Name::CSeq, "2 BYE");
        pair.alice.request(bye, pair.to_bob(), pair.now);
    }
    pair.advance(0);
    assert_eq!(pair.requests().len(), 5, "one, up to 5/4 of the limit");
    assert_eq!(pair.statuses(), [503]);
}

#[test]
fn answering_makes_room() {
    let mut pair = flooded(100, 1);
    ask(&mut pair, Method::Options, 1);
    ask(&mut pair, Method::Options, 2);
    assert_eq!(pair.statuses(), [503]);
    let (key, request) = pair.requests().pop().unwrap();
    pair.answer(key, &request, 200);
    ask(&mut pair, Method::Options, 3);
    assert_eq!(pair.requests().len(), 2);
}

#[test]
fn an_owner_that_cannot_keep_up_refuses_calls_but_not_the_rest() {
    let mut pair = flooded(100, 100);
    pair.bob.refuse_calls(true);
    ask(&mut pair, Method::Invite, 1);
    ask(&mut pair, Method::Options, 2);
    assert_eq!(pair.statuses(), [503]);
    pair.bob.refuse_calls(false);
    ask(&mut pair, Method::Invite, 3);
    assert_eq!(pair.requests().len(), 2);
}

#[test]
fn ten_thousand_transactions_wait_side_by_side() {
    // One deadline each; an early one is found without looking at the others.
    let mut pair = Pair::deaf(Transport::Udp);
    for call in 0..10_000 {
        let request = request_with(Method::Options, &format!("call-{call}"), 1);
        pair.alice.request(request, pair.to_bob(), call * MS);
    }
    assert_eq!(pair.alice.next_timeout(), Some(T1));
    while let Some(at) = pair.alice.next_timeout() {
        pair.alice.handle_timeout(at);
        while pair.alice.poll().is_some() {}
    }
    assert!(pair.is_empty());
}
