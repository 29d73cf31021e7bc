use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        2 => Just(Fate::Lost),
        5 => (0..200u64).prop_map(|ms| Fate::Late(ms * MS)),
        1 => (0..200u64).prop_map(|ms| Fate::Twice(ms * MS)),
    ]
}

/// What Alice asks for, what Bob says to it and how long he takes, and whether she gives up.
fn exchange() -> impl Strategy<Value = (bool, u16, Micros, Option<Micros>)> {
    let status = prop::sample::select(vec![200u16, 302, 404, 486, 603]);
    let delay = 0..3_000 * MS;
    (any::<bool>(), status, delay.clone(), prop::option::of(delay))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever the network does, every request has one last word, and 64*T1 after the last one nothing is left.
    #[test]
    fn nothing_is_left_behind(
        fates in prop::collection::vec(fate(), 1..60),
        exchanges in prop::collection::vec(exchange(), 1..6),
        reliable in any::<bool>(),
    ) {
        let mut pair = Pair::new(if reliable { Transport::Tcp } else { Transport::Udp });
        let mut turn = 0;
        if !reliable {
            pair.fate = Box::new(move || {
                turn += 1;
                fates[turn % fates.len()]
            });
        }
        let mut due = Vec::new();
        let mut keys = Vec::new();
        for (number, &(is_invite, _, _, gives_up)) in exchanges.iter().enumerate() {
            let method = if is_invite { Method::Invite } else { Method::Options };
            let request = request_with(method, &format!("call-{number}"), 1);
            let key = pair.alice.request(request, pair.to_bob(), pair.now);
            keys.push(key);
            if let Some(after) = gives_up {
                due.push((after, key));
            }
        }
        due.sort();
        let mut answered = HashSet::new();
        let mut answers = Vec::new();
        for _ in 0..400 {
            let until = pair.now + 100 * MS;
            pair.advance(until - pair.now);
            while due.first().is_some_and(|&(at, _)| at <= pair.now) {
                let (_, key) = due.remove(0);
                pair.alice.cancel(key, pair.now);
            }
            for (key, request) in pair.requests() {
                if answered.insert(key) {
                    let call_id = request.headers.call_id().unwrap().to_owned();
                    let number: usize = call_id.trim_start_matches("call-").parse().unwrap();
                    let (_, status, delay, _) = exchanges[number];
                    answers.push((pair.now + delay, key, request, status));
                }
            }
            answers.retain(|(at, key, request, status)| {
                if *at > pair.now {
                    return true;
                }
                pair.bob.respond(*key, &answer_to(request, *status, "bob"), pair.now);
                // Nobody but the user repeats a 2xx to INVITE.
                request.method == Method::Invite && *status == 200 && pair.now.is_multiple_of(500 * MS)
            });
        }
        // 40 s have passed. Whoever still waits has lost the only answer, and gives up.
        for &key in &keys {
            pair.alice.cancel(key, pair.now);
        }
        pair.advance(64 * T1);
        prop_assert_eq!(pair.alice.transactions(), (0, 0));
        pair.advance(64 * T1);
        prop_assert!(pair.is_empty(), "{:?} {:?}", pair.alice.transactions(), pair.bob.transactions());
        prop_assert_eq!(pair.bob.open(), 0);
        prop_assert_eq!(pair.alice.next_timeout(), None);
        prop_assert_eq!(pair.bob.next_timeout(), None);
        for key in keys {
            let last_words = pair.saw(|it| match it {
                Output::TimedOut { key: k } | Output::Failed { key: k, .. } | Output::Closed { key: k } => *k == key,
                Output::Response { key: k, response } => *k == key && response.status >= 300,
                _ => false,
            });
            let others = pair.saw(|it| matches!(it, Output::Response { key: k, response }
                if *k == key && (200..300).contains(&response.status)));
            prop_assert!(last_words == 1 || last_words == 0 && others == 1, "{} {}", last_words, others);
        }
    }
}
