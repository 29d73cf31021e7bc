//! What we do for trunks by ourselves: health and registration.

use hookflash_sip::agent::{AgentEvent, Credentials, Gateway, Registration, Trunk};

use crate::gate::{credential, domain};
use crate::net::{MS, Net, SECOND, answer_to, elsewhere, header, uri};

fn states(events: Vec<AgentEvent>) -> Vec<bool> {
    let states = events.into_iter().filter_map(|event| match event {
        AgentEvent::TrunkState { up, .. } => Some(up),
        _ => None,
    });
    states.collect()
}

fn watched(address: &str) -> Trunk {
    let gateway = Gateway { uri: uri(address), health: true };
    Trunk { name: "carrier".to_owned(), gateways: vec![gateway], ..Trunk::default() }
}

fn registering(password: &str, expires_s: u32) -> Trunk {
    let credentials = Credentials { username: "bob".to_owned(), password: password.to_owned() };
    let register = Registration { uri: uri("sip:pbx.test"), credentials, expires_s };
    Trunk { name: "carrier".to_owned(), register: Some(register), ..Trunk::default() }
}

#[test]
fn a_gateway_that_answers_is_up_and_one_that_is_silent_twice_is_down() {
    // Asked each 30 s; only changes are told.
    let mut net = Net::new(2);
    net.act(1, |agent, now| agent.configure(Vec::new(), vec![watched("sip:192.0.2.2")], now));
    net.advance(100 * SECOND);
    assert_eq!(states(net.events(1)), [true]);
    net.loses = Box::new(|_, _| true);
    net.advance(40 * SECOND);
    assert_eq!(states(net.events(1)), [], "once is not enough");
    net.advance(60 * SECOND);
    assert_eq!(states(net.events(1)), [false]);
    net.loses = Box::new(|_, _| false);
    net.advance(70 * SECOND);
    assert_eq!(states(net.events(1)), [true]);
}

#[test]
fn a_gateway_that_is_overloaded_counts_as_down_and_one_that_knows_no_options_as_up() {
    // Any answer but 5xx is a sign of life.
    for (status, expected) in [(503, false), (404, true), (401, true)] {
        let mut net = Net::new(1);
        net.act(1, |agent, now| agent.configure(Vec::new(), vec![watched("sip:192.0.2.60")], now));
        for _ in 0..2 {
            net.advance(31 * SECOND);
            let options = net.request_outside();
            net.inject(elsewhere(), 1, &answer_to(&options, status, "a", "", b""));
        }
        assert_eq!(states(net.events(1)), [expected], "{status}");
    }
}

#[test]
fn the_address_of_a_gateways_name_lets_its_calls_in() {
    // A gateway may be a name; its calls come from the address behind it.
    let mut net = Net::new(2);
    net.names = vec![("gw.carrier.test".to_owned(), crate::net::address(1))];
    net.act(2, |agent, now| agent.configure(Vec::new(), vec![watched("sip:gw.carrier.test")], now));
    net.advance(2 * SECOND);
    net.events(2);
    net.act(1, |agent, now| agent.invite(1, crate::net::call("sip:bob@192.0.2.2"), now));
    net.advance(20 * MS);
    assert_eq!(net.invited(2).trunk, "carrier");
}

#[test]
fn we_register_answer_the_challenge_refresh_at_half_time_and_leave() {
    // RFC 3261 §10.2: 401, then 200; a refresh after half of the granted time; Expires: 0 in the end.
    let mut net = Net::new(2);
    net.names = vec![("pbx.test".to_owned(), crate::net::address(2))];
    let domain = hookflash_sip::agent::Domain { registration: vec![credential("bob", "builder")], ..domain() };
    net.act(2, |agent, now| agent.configure(vec![domain], Vec::new(), now));
    net.act(1, |agent, now| agent.configure(Vec::new(), vec![registering("builder", 600)], now));
    net.advance(50 * MS);
    assert_eq!(states(net.events(1)), [true]);
    assert!(
        matches!(&net.events(2)[..], [AgentEvent::Registered { expires_s: 600, username, .. }] if username == "bob")
    );
    assert_eq!(net.count(1, "REGISTER"), 2);
    net.advance(290 * SECOND);
    assert_eq!(net.count(1, "REGISTER"), 2);
    net.advance(20 * SECOND);
    assert_eq!(net.count(1, "REGISTER"), 4);
    assert!(matches!(&net.events(2)[..], [AgentEvent::Registered { expires_s: 600, .. }]));
    net.act(1, |agent, now| agent.drain(now));
    assert!(!net.peers[0].agent.is_drained());
    net.advance(50 * MS);
    assert!(matches!(&net.events(2)[..], [AgentEvent::Registered { expires_s: 0, .. }]));
    assert!(net.peers[0].agent.is_drained());
    net.assert_empty();
}

#[test]
fn a_registration_that_fails_is_tried_ever_more_slowly() {
    // 30 s, doubling up to half an hour, a quarter of it by chance; told once.
    let mut net = Net::new(2);
    net.names = vec![("pbx.test".to_owned(), crate::net::address(2))];
    let domain = hookflash_sip::agent::Domain { registration: vec![credential("bob", "builder")], ..domain() };
    net.act(2, |agent, now| agent.configure(vec![domain], Vec::new(), now));
    net.act(1, |agent, now| agent.configure(Vec::new(), vec![registering("wrong", 600)], now));
    net.advance(3_600 * SECOND);
    assert_eq!(states(net.events(1)), [false]);
    let tries = net.count(1, "REGISTER") / 2;
    assert!((6..=9).contains(&tries), "{tries} tries in an hour");
}

#[test]
fn a_registrar_that_wants_a_longer_time_gets_it() {
    // RFC 3261 §10.2.8: 423 with Min-Expires.
    let mut net = Net::new(1);
    let mut trunk = registering("builder", 60);
    if let Some(register) = &mut trunk.register {
        register.uri = uri("sip:192.0.2.60");
    }
    net.act(1, |agent, now| agent.configure(Vec::new(), vec![trunk], now));
    let first = net.request_outside();
    assert_eq!(header(&first.headers, "Expires"), "60");
    net.inject(elsewhere(), 1, &answer_to(&first, 423, "a", "Min-Expires: 900", b""));
    assert_eq!(header(&net.request_outside().headers, "Expires"), "900");
}
