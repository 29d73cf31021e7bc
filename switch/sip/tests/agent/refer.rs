//! Transfers (RFC 3515).

use hookflash_sip::Message;
use hookflash_sip::agent::AgentEvent;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::changes::call_from_elsewhere;
use crate::net::{MS, Net, SECOND, elsewhere, ended, request_text, uri};

fn states(events: &[AgentEvent]) -> Vec<(u16, bool)> {
    let states = events.iter().filter_map(|event| match event {
        AgentEvent::ReferState { status, done, .. } => Some((*status, *done)),
        _ => None,
    });
    states.collect()
}

#[test]
fn a_transfer_is_asked_for_accepted_and_told_to_its_end() {
    // RFC 3515 §2.4: 202, NOTIFY with 100, then with the final status; the subscription ends there.
    let mut net = Net::new(2);
    let leg = net.call_up();
    let fields = vec![("X-Why".to_owned(), "test".to_owned())];
    net.act(1, |agent, now| agent.refer(1, &uri("sip:carol@example.test?X-a=b"), fields, now));
    net.advance(20 * MS);
    let to = "sip:carol@example.test?X-a=b".to_owned();
    assert_eq!(net.events(2), [AgentEvent::Referred { leg, to, by: String::new() }]);
    net.act(2, |agent, now| agent.accept_refer(leg, now));
    net.advance(30 * MS);
    assert_eq!(states(&net.events(1)), [(202, false), (100, false)]);
    net.act(2, |agent, now| agent.notify_refer(leg, 180, "Ringing", now));
    net.advance(20 * MS);
    net.act(2, |agent, now| agent.notify_refer(leg, 200, "OK", now));
    net.advance(20 * MS);
    assert_eq!(states(&net.events(1)), [(180, false), (200, true)]);
    net.act(2, |agent, now| agent.notify_refer(leg, 200, "OK", now));
    net.advance(20 * MS);
    assert_eq!(net.count(2, "NOTIFY"), 3, "nothing is told after the end");
    net.act(1, |agent, now| agent.hang_up(1, "local", now));
    net.assert_empty();
}

#[test]
fn a_transfer_that_is_declined_or_that_nobody_decides_on_fails() {
    // RFC 3515 §2.4.2: 603 declines. Undecided, it is declined before the asking side gives up.
    let mut net = Net::new(2);
    let leg = net.call_up();
    net.act(1, |agent, now| agent.refer(1, &uri("sip:carol@example.test"), Vec::new(), now));
    net.advance(20 * MS);
    net.act(2, |agent, now| agent.refuse_refer(leg, 405, now));
    net.advance(20 * MS);
    assert_eq!(states(&net.events(1)), [(405, true)]);
    net.act(1, |agent, now| agent.refer(1, &uri("sip:carol@example.test"), Vec::new(), now));
    net.advance(9 * SECOND);
    assert_eq!(states(&net.events(1)), []);
    net.advance(2 * SECOND);
    assert_eq!(states(&net.events(1)), [(603, true)]);
}

#[test]
fn a_notify_may_overtake_the_answer() {
    // RFC 3515 §2.4.4: the transfer is over when its end was told and the REFER answered, and both statuses are known.
    let mut net = Net::new(2);
    let leg = net.call_up();
    let mut lost = 0;
    net.loses = Box::new(move |text, _| {
        let is_answer = text.starts_with("SIP/2.0 202") && lost < 1;
        lost += usize::from(is_answer);
        is_answer
    });
    net.act(1, |agent, now| agent.refer(1, &uri("sip:carol@example.test"), Vec::new(), now));
    net.advance(20 * MS);
    net.act(2, |agent, now| agent.accept_refer(leg, now));
    net.act(2, |agent, now| agent.notify_refer(leg, 486, "Busy Here", now));
    net.advance(100 * MS);
    assert!(states(&net.events(1)).iter().all(|(_, done)| !done));
    net.advance(2 * SECOND);
    let last = net.events(1).pop();
    assert_eq!(last, Some(AgentEvent::ReferState { leg: 1, answer: 202, status: 486, done: true }));
}

#[test]
fn who_accepts_a_transfer_and_hangs_up_has_made_it() {
    // The last NOTIFY goes out before the BYE: its sender could not be told after.
    let mut net = Net::new(2);
    let leg = net.call_up();
    net.act(1, |agent, now| agent.refer(1, &uri("sip:carol@example.test"), Vec::new(), now));
    net.advance(20 * MS);
    net.act(2, |agent, now| agent.accept_refer(leg, now));
    net.advance(20 * MS);
    net.act(2, |agent, now| agent.hang_up(leg, "local", now));
    net.advance(20 * MS);
    let events = net.events(1);
    assert_eq!(states(&events).last(), Some(&(200, true)));
    assert_eq!(ended(&events, 1).0, "remote");
    net.assert_empty();
}

#[test]
fn a_transfer_without_news_ends_as_a_time_out() {
    // The peer accepted and never told more: 408 after three minutes, and the call goes on.
    let mut net = Net::new(2);
    let leg = net.call_up();
    net.act(1, |agent, now| agent.refer(1, &uri("sip:carol@example.test"), Vec::new(), now));
    net.advance(20 * MS);
    net.act(2, |agent, now| agent.accept_refer(leg, now));
    net.advance(181 * SECOND);
    assert_eq!(states(&net.events(1)).last(), Some(&(408, true)));
    net.act(1, |agent, now| agent.hang_up(1, "local", now));
    assert_eq!(ended(&net.events(1), 1).0, "local");
}

/// What a peer may write into a REFER or a NOTIFY: right, nearly right, and anything.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "Refer-To: <sip:[a-z]{1,9}@[a-z]{1,9}(;method=INVITE)?(\\?[ -~]{0,30})?>",
        "Refer-To: [ -~]{0,60}",
        "Referred-By: [ -~]{0,60}",
        "Refer-Sub: (true|false|[ -~]{0,9})",
        "Event: refer(;id=[0-9]{0,20})?",
        "Event: \\PC{0,20}",
        "Subscription-State: (active|pending|terminated)(;[ -~]{0,20})?",
        "Content-Type: (message/sipfrag|[ -~]{0,20})",
        "Require: (norefersub|[ -~]{0,20})",
    ]
}

fn fragment() -> impl Strategy<Value = String> {
    prop_oneof!["SIP/2\\.0 [0-9]{0,5}( \\PC{0,20})?", "SIP/2.0 \\PC{0,4}", "\\PC{0,60}", Just(String::new())]
}

proptest! {
    #[test]
    fn no_transfer_brings_a_call_down(
        messages in vec((any::<bool>(), vec(line(), 0..6), fragment(), 0..4_u8), 1..12),
        asks in any::<bool>(),
    ) {
        // Whatever REFERs and NOTIFYs come inside a call: each is answered once it is decided on, what we ask for ends
        // once, and nothing is left of either.
        let mut net = Net::new(1);
        let (leg, tag) = call_from_elsewhere(&mut net, "");
        if asks {
            net.act(1, |agent, now| agent.refer(leg, &uri("sip:carol@example.test"), Vec::new(), now));
        }
        let count = messages.len();
        for (number, (refers, lines, body, decision)) in messages.into_iter().enumerate() {
            let method = if refers { "REFER" } else { "NOTIFY" };
            let text = request_text(method, "sip:bob@192.0.2.1", number as u32 + 10, &tag, &lines.join("\n"), &body);
            net.inject(elsewhere(), 1, &text);
            net.act(1, |agent, now| match decision {
                0 => agent.accept_refer(leg, now),
                1 => agent.refuse_refer(leg, 603, now),
                2 => agent.notify_refer(leg, 180 + 10 * u16::from(decision), "News\r\nX: y", now),
                _ => {}
            });
        }
        net.advance(200 * SECOND);
        let answered = net.take_outside().into_iter().filter(|(_, message)| {
            let is_new = |cseq: Option<(u32, _)>| cseq.is_some_and(|(number, _)| number >= 10);
            matches!(message, Message::Response(response) if response.status >= 200 && is_new(response.headers.cseq()))
        });
        prop_assert!(answered.count() >= count);
        let ends = states(&net.events(1)).into_iter().filter(|(_, done)| *done).count();
        prop_assert_eq!(ends, usize::from(asks));
        net.act(1, |agent, now| agent.hang_up(leg, "local", now));
        net.assert_empty();
    }
}
