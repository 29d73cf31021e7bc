//! Whatever is asked and whatever is lost: each leg ends once, and nothing is left.

use hookflash_sip::agent::AgentEvent;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::net::{ANSWER, HOLD, MS, Net, OFFER, SECOND, call, ended, uri};

#[test]
fn ten_thousand_calls_leave_nothing_behind() {
    // Memory of the past is bounded by 64*T1, not by how many calls there were.
    let mut net = Net::with(2, |config| config.signals = false);
    for number in 1..=10_000 {
        net.act(1, |agent, now| agent.invite(number, call("sip:bob@192.0.2.2"), now));
        if number % 100 == 0 {
            net.advance(20 * MS);
            for event in net.events(2) {
                if let AgentEvent::Invited(invitation) = event {
                    net.act(2, |agent, now| agent.answer(invitation.leg, ANSWER.to_vec(), now));
                }
            }
            net.advance(20 * MS);
            net.sent.clear();
        }
    }
    assert_eq!((net.peers[0].agent.legs(), net.peers[1].agent.legs()), (10_000, 10_000));
    net.events(1);
    for number in 1..=10_000 {
        net.act(1, |agent, now| agent.hang_up(number, "local", now));
        if number % 100 == 0 {
            net.advance(20 * MS);
            net.sent.clear();
        }
    }
    let ends = |events: Vec<AgentEvent>| events.iter().filter(|it| matches!(it, AgentEvent::Ended { .. })).count();
    assert_eq!((ends(net.events(1)), ends(net.events(2))), (10_000, 10_000));
    net.assert_empty();
}

/// Something that one of the two sides does, or time that passes.
#[derive(Debug, Clone)]
enum Deed {
    Ring(bool),
    Answer,
    Reject,
    HangUp(usize),
    Offer(usize),
    Accept(usize),
    Refuse(usize),
    Refer(usize),
    AcceptRefer(usize),
    RefuseRefer(usize),
    TellRefer(usize, u16),
    Info(usize),
    Wait(u64),
}

fn deed() -> impl Strategy<Value = Deed> {
    let side = 1..=2usize;
    let wait = prop_oneof![1..20u64, 20..800u64, 800..40_000u64];
    prop_oneof![
        1 => any::<bool>().prop_map(Deed::Ring),
        3 => Just(Deed::Answer),
        1 => Just(Deed::Reject),
        1 => side.clone().prop_map(Deed::HangUp),
        1 => side.clone().prop_map(Deed::Offer),
        1 => side.clone().prop_map(Deed::Accept),
        1 => side.clone().prop_map(Deed::Refuse),
        1 => side.clone().prop_map(Deed::Refer),
        1 => side.clone().prop_map(Deed::AcceptRefer),
        1 => side.clone().prop_map(Deed::RefuseRefer),
        1 => (side.clone(), 100..700_u16).prop_map(|(side, status)| Deed::TellRefer(side, status)),
        1 => side.prop_map(Deed::Info),
        6 => wait.prop_map(Deed::Wait),
    ]
}

fn act(net: &mut Net<'_>, deed: Deed, legs: [Option<u64>; 2]) {
    let leg = |side: usize| legs[side - 1].unwrap_or(u64::MAX);
    let callee = leg(2);
    match deed {
        Deed::Wait(ms) => net.advance(ms * MS),
        Deed::Ring(media) => {
            net.act(2, |agent, now| agent.ring(callee, media.then(|| ANSWER.to_vec()), now));
        }
        Deed::Answer => net.act(2, |agent, now| agent.answer(callee, ANSWER.to_vec(), now)),
        Deed::Reject => net.act(2, |agent, now| agent.reject(callee, 486, "", &Vec::new(), now)),
        Deed::HangUp(side) => net.act(side, |agent, now| agent.hang_up(leg(side), "local", now)),
        Deed::Offer(side) => net.act(side, |agent, now| agent.offer(leg(side), HOLD.to_vec(), now)),
        Deed::Accept(side) => net.act(side, |agent, now| agent.accept_offer(leg(side), OFFER.to_vec(), now)),
        Deed::Refuse(side) => net.act(side, |agent, now| agent.refuse_offer(leg(side), 488, now)),
        Deed::Refer(side) => {
            let to = uri("sip:carol@192.0.2.3");
            net.act(side, |agent, now| agent.refer(leg(side), &to, Vec::new(), now));
        }
        Deed::AcceptRefer(side) => net.act(side, |agent, now| agent.accept_refer(leg(side), now)),
        Deed::RefuseRefer(side) => net.act(side, |agent, now| agent.refuse_refer(leg(side), 403, now)),
        Deed::TellRefer(side, status) => {
            net.act(side, |agent, now| agent.notify_refer(leg(side), status, "News", now));
        }
        Deed::Info(side) => net.act(side, |agent, now| agent.info(leg(side), "application/dtmf", b"1".to_vec(), now)),
    }
}

fn invited(events: &[AgentEvent]) -> Option<u64> {
    events.iter().find_map(|event| match event {
        AgentEvent::Invited(invitation) => Some(invitation.leg),
        _ => None,
    })
}

proptest! {
    #[test]
    fn every_leg_ends_once_and_nothing_is_left(
        deeds in vec(deed(), 1..25),
        trouble in 0..40u64,
        seed in any::<u64>(),
    ) {
        // `Ended` is the last event of a leg and comes exactly once, whatever crosses, is lost, doubled or overtaken;
        // some time after the last call both agents remember nothing.
        let mut net = Net::new(2);
        net.seed(seed);
        net.trouble = trouble;
        net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.2"), now));
        net.advance(20 * MS);
        for deed in deeds {
            let callee = invited(&net.peers[1].events);
            act(&mut net, deed, [Some(1), callee]);
        }
        net.act(1, |agent, now| agent.hang_up(1, "local", now));
        net.advance(SECOND);
        if let Some(leg) = invited(&net.peers[1].events) {
            net.act(2, |agent, now| agent.hang_up(leg, "local", now));
        }
        net.trouble = 0;
        net.advance(700 * SECOND);
        for number in 1..=2 {
            let events = std::mem::take(&mut net.peers[number - 1].events);
            let legs: Vec<u64> = if number == 1 { vec![1] } else { invited(&events).into_iter().collect() };
            for leg in legs {
                ended(&events, leg);
                let mine = |event: &&AgentEvent| match event {
                    AgentEvent::Invited(invitation) => invitation.leg == leg,
                    AgentEvent::Progress { leg: of, .. }
                    | AgentEvent::Answered { leg: of, .. }
                    | AgentEvent::Offered { leg: of, .. }
                    | AgentEvent::OfferAnswered { leg: of, .. }
                    | AgentEvent::OfferRefused { leg: of, .. }
                    | AgentEvent::Key { leg: of, .. }
                    | AgentEvent::Referred { leg: of, .. }
                    | AgentEvent::ReferState { leg: of, .. }
                    | AgentEvent::Signal { leg: of, .. }
                    | AgentEvent::Ended { leg: of, .. } => *of == leg,
                    _ => false,
                };
                let last = events.iter().rfind(mine);
                prop_assert!(matches!(last, Some(AgentEvent::Ended { .. })), "last: {:?}", last);
            }
        }
        net.assert_empty();
    }

    #[test]
    fn no_message_brings_the_agent_down(
        lines in vec("[A-Za-z-]{1,20}: [ -~]{0,60}", 0..12),
        method in "(INVITE|BYE|ACK|CANCEL|PRACK|UPDATE|REFER|NOTIFY|INFO|REGISTER|OPTIONS|X)",
        tag in "(|;tag=[0-9a-f]{1,18}\\.[0-9a-f]{0,16})",
        body in "[ -~\r\n]{0,80}",
    ) {
        // Whatever comes, it is answered or dropped, and no leg is made that stays for ever.
        let mut net = Net::new(1);
        let head = format!(
            "{method} sip:b@192.0.2.1 SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.60;branch=z9hG4bKx\nFrom: <sip:x@y>;tag=x\n\
             To: <sip:b@192.0.2.1>{tag}\nCall-ID: x\nCSeq: 1 {method}\nContact: <sip:x@192.0.2.60>\n"
        );
        let text = format!("{head}{}\n\n{body}", lines.join("\n"));
        net.inject(crate::net::elsewhere(), 1, &text);
        net.advance(700 * SECOND);
        net.assert_empty();
    }
}
