//! Who may call, and what is said about those who may not.

use hookflash_sip::Transport;
use hookflash_sip::agent::{AgentEvent, Credential, Credentials, Domain, Refusal, Trunk};
use hookflash_sip::digest::{Algorithm, Challenge, Ha1, Login, Signed, authorization};

use crate::net::{ANSWER, MS, Net, OFFER, SECOND, answer_to, call, elsewhere, ended, header, request_text, uri};

const TARGET: &str = "sip:bob@pbx.test";

pub fn credential(username: &str, password: &str) -> Credential {
    Credential { username: username.to_owned(), ha1: Ha1::new(username, "pbx.test", password) }
}

pub fn domain() -> Domain {
    Domain { name: "pbx.test".to_owned(), ..Domain::default() }
}

fn with_domain<'a>(domain: Domain) -> Net<'a> {
    let mut net = Net::new(1);
    net.act(1, |agent, now| agent.configure(vec![domain], Vec::new(), now));
    net
}

fn invite(cseq: u32, rest: &str) -> String {
    request_text("INVITE", TARGET, cseq, "", rest, &String::from_utf8_lossy(OFFER))
}

fn refusals(events: &[AgentEvent]) -> Vec<Refusal> {
    let refusals = events.iter().filter_map(|event| match event {
        AgentEvent::Refused(refusal) => Some(refusal.clone()),
        _ => None,
    });
    refusals.collect()
}

/// An Authorization header for a challenge of ours.
pub fn proof(challenge: &str, method: &str, target: &str, login: (&str, &str), nc: u32) -> String {
    let challenge = Challenge::parse(challenge).expect("a challenge");
    let login = Login { user: login.0, password: login.1 };
    let value = authorization(&challenge, login, Signed { method, uri: target, body: b"" }, "cnonce", nc);
    format!("Authorization: {value}")
}

#[test]
fn what_no_domain_and_no_trunk_lets_in_is_refused_with_a_reason() {
    // 404 for a domain that there is not, 403 for an address of ours from a stranger, 403 for a domain without mappings,
    // 403 from outside its networks. Each tells why, and none tells the peer more than the status.
    let network = |text: &str| Domain { networks: vec![text.parse().expect("a network")], ..domain() };
    let cases = [
        (domain(), "sip:bob@other.test", 404, "There is no domain other.test"),
        (domain(), "sip:bob@192.0.2.1", 403, "belongs to no trunk"),
        (domain(), TARGET, 403, "neither networks nor credentials"),
        (network("198.51.100.0/24"), TARGET, 403, "none of the networks"),
        (Domain { secure: true, ..network("192.0.2.0/24") }, TARGET, 403, "TLS only"),
    ];
    for (domain, target, status, why) in cases {
        let mut net = with_domain(domain);
        net.inject(elsewhere(), 1, &request_text("INVITE", target, 1, "", "", "x"));
        let answer = net.answer_outside();
        assert_eq!(answer.status, status, "{target}");
        let told = refusals(&net.events(1));
        assert!(told.len() == 1 && told[0].why.contains(why), "{told:?}");
        assert_eq!((told[0].status, told[0].source), (status, elsewhere().ip()));
        assert!(!answer.reason.contains("network"));
        assert_eq!(net.peers[0].agent.legs(), 0);
    }
}

#[test]
fn a_network_alone_lets_in_and_tells_the_domain() {
    // The domain's name is found in any case.
    let mut net = with_domain(Domain { networks: vec!["192.0.2.0/24".parse().expect("one")], ..domain() });
    net.inject(elsewhere(), 1, &invite(1, "").replace("pbx.test", "PBX.Test"));
    let invitation = net.invited(1);
    assert_eq!((invitation.domain.as_str(), invitation.trunk.as_str()), ("pbx.test", ""));
}

#[test]
fn a_secure_domain_is_called_over_tls() {
    // `secure` takes TLS and secure WebSocket.
    let domain = Domain { secure: true, networks: vec!["192.0.2.0/24".parse().expect("one")], ..domain() };
    let mut net = with_domain(domain);
    let text = invite(1, "").replace("/UDP ", "/TLS ");
    net.inject_over(Transport::Tls, 3, elsewhere(), 1, &text);
    assert_eq!(net.invited(1).transport, Transport::Tls);
}

#[test]
fn a_credential_is_asked_for_sha256_first_and_lets_in() {
    // RFC 3261 §22, RFC 8760 §2.4: 401 with a challenge for each algorithm, the strongest first; either proof will do.
    for algorithm in [Algorithm::SHA256, Algorithm::MD5] {
        let mut net = with_domain(Domain { credentials: vec![credential("alice", "wonderland")], ..domain() });
        net.inject(elsewhere(), 1, &invite(1, ""));
        let challenged = net.answer_outside();
        assert_eq!(challenged.status, 401);
        let challenges: Vec<_> = challenged.headers.all(&"WWW-Authenticate".into()).map(str::to_owned).collect();
        assert!(challenges[0].contains("SHA-256") && challenges[1].contains("MD5"));
        assert!(net.events(1).is_empty(), "the first refusal is no news");
        let is_it = |value: &&String| Challenge::parse(value).is_ok_and(|it| it.algorithm == algorithm);
        let challenge = challenges.iter().find(is_it).expect("one");
        let rest = proof(challenge, "INVITE", TARGET, ("alice", "wonderland"), 1);
        net.inject(elsewhere(), 1, &invite(2, &rest));
        assert_eq!(net.invited(1).username, "alice");
    }
}

#[test]
fn an_unknown_user_and_a_wrong_password_look_alike_outside_and_differ_inside() {
    // Nobody may learn which users there are; the operator may.
    let mut net = with_domain(Domain { credentials: vec![credential("alice", "wonderland")], ..domain() });
    let mut answers = Vec::new();
    for (number, login) in [("alice", "wrong"), ("mallory", "wrong")].into_iter().enumerate() {
        let cseq = number as u32 * 2 + 1;
        net.inject(elsewhere(), 1, &invite(cseq, ""));
        let challenged = net.answer_outside();
        let rest = proof(&header(&challenged.headers, "WWW-Authenticate"), "INVITE", TARGET, login, 1);
        net.inject(elsewhere(), 1, &invite(cseq + 1, &rest));
        let refused = net.answer_outside();
        let names: Vec<_> = refused.headers.iter().map(|(name, _)| name.to_string()).collect();
        answers.push((refused.status, refused.reason, names));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, 401);
    let told: Vec<_> = refusals(&net.events(1)).into_iter().map(|refusal| refusal.why).collect();
    assert_eq!(told, ["The password is wrong.", "The user is unknown."]);
}

#[test]
fn a_proof_serves_once_for_its_address_and_not_for_ever() {
    // RFC 7616 §3.4, §5.5: the count under a nonce grows; a proof for another URI is none; an old nonce is stale.
    let mut net = with_domain(Domain { credentials: vec![credential("alice", "wonderland")], ..domain() });
    net.inject(elsewhere(), 1, &invite(1, ""));
    let challenge = header(&net.answer_outside().headers, "WWW-Authenticate");
    let right = |nc: u32| proof(&challenge, "INVITE", TARGET, ("alice", "wonderland"), nc);
    net.inject(elsewhere(), 1, &invite(2, &right(1)));
    let first = net.invited(1).leg;
    net.act(1, |agent, now| agent.reject(first, 486, "", &Vec::new(), now));
    net.inject(elsewhere(), 1, &invite(3, &right(1)));
    assert!(header(&net.answer_outside().headers, "WWW-Authenticate").contains("stale=true"), "a replay");
    net.inject(elsewhere(), 1, &invite(4, &right(2)));
    let second = net.invited(1).leg;
    net.act(1, |agent, now| agent.reject(second, 486, "", &Vec::new(), now));
    let other = proof(&challenge, "INVITE", "sip:boss@pbx.test", ("alice", "wonderland"), 3);
    net.inject(elsewhere(), 1, &invite(5, &other));
    assert_eq!(net.answer_outside().status, 401);
    assert_eq!(refusals(&net.events(1)).len(), 1);
    net.advance(61 * SECOND);
    net.inject(elsewhere(), 1, &invite(6, &right(4)));
    assert!(header(&net.answer_outside().headers, "WWW-Authenticate").contains("stale=true"), "an old nonce");
}

#[test]
fn with_networks_and_credentials_both_must_hold() {
    // A domain with both kinds of mappings asks for both.
    let both = |network: &str| Domain {
        networks: vec![network.parse().expect("a network")],
        credentials: vec![credential("alice", "wonderland")],
        ..domain()
    };
    let mut net = with_domain(both("192.0.2.0/24"));
    net.inject(elsewhere(), 1, &invite(1, ""));
    assert_eq!(net.answer_outside().status, 401);
    let mut net = with_domain(both("198.51.100.0/24"));
    net.inject(elsewhere(), 1, &invite(1, ""));
    assert_eq!(net.answer_outside().status, 403);
}

#[test]
fn an_agent_answers_the_challenge_of_another() {
    // RFC 3261 §22.2: once; a wrong password is not tried again. Both ends are ours.
    for (password, cause) in [("wonderland", None), ("wrong", Some(("failed".to_owned(), 401)))] {
        let mut net = Net::new(2);
        let domain = Domain { credentials: vec![credential("alice", "wonderland")], ..domain() };
        net.act(2, |agent, now| agent.configure(vec![domain], Vec::new(), now));
        let mut outbound = call(TARGET);
        outbound.next_hop = Some(uri("sip:192.0.2.2"));
        outbound.credentials = Some(Credentials { username: "alice".to_owned(), password: password.to_owned() });
        net.act(1, |agent, now| agent.invite(1, outbound, now));
        net.advance(50 * MS);
        assert_eq!(net.count(1, "INVITE"), 2);
        match cause {
            Some(cause) => assert_eq!(ended(&net.events(1), 1), cause),
            None => {
                let invitation = net.invited(2);
                assert_eq!(invitation.username, "alice");
                net.act(2, |agent, now| agent.answer(invitation.leg, ANSWER.to_vec(), now));
                net.advance(50 * MS);
                net.act(1, |agent, now| agent.hang_up(1, "local", now));
            }
        }
        net.assert_empty();
    }
}

#[test]
fn a_bye_and_a_change_that_are_challenged_are_sent_again() {
    // RFC 3261 §22.2: inside a call, too.
    let mut net = Net::new(1);
    let mut outbound = call("sip:bob@192.0.2.60");
    outbound.credentials = Some(Credentials { username: "u".to_owned(), password: "p".to_owned() });
    net.act(1, |agent, now| agent.invite(1, outbound, now));
    let invite = net.request_outside();
    net.inject(elsewhere(), 1, &answer_to(&invite, 200, "a", "", ANSWER));
    net.take_outside();
    let asks = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=MD5";
    net.act(1, |agent, now| agent.offer(1, OFFER.to_vec(), now));
    let offer = net.request_outside();
    net.inject(elsewhere(), 1, &answer_to(&offer, 407, "", asks, b""));
    let again = net.request_outside();
    assert_eq!(again.method.as_str(), "INVITE");
    assert!(header(&again.headers, "Proxy-Authorization").contains("username=\"u\""));
    net.inject(elsewhere(), 1, &answer_to(&again, 200, "", "", ANSWER));
    net.take_outside();
    net.act(1, |agent, now| agent.hang_up(1, "local", now));
    let bye = net.request_outside();
    net.inject(elsewhere(), 1, &answer_to(&bye, 407, "", asks, b""));
    let again = net.request_outside();
    assert_eq!(again.method.as_str(), "BYE");
    assert!(header(&again.headers, "Proxy-Authorization").contains("username=\"u\""));
    net.inject(elsewhere(), 1, &answer_to(&again, 407, "", asks, b""));
    net.advance(SECOND);
    assert_eq!(net.count(1, "BYE"), 2, "once is enough");
    net.assert_empty();
}

#[test]
fn refusals_alike_are_told_as_one() {
    // A scanner's thousand tries are two lines: the first, and a count.
    let mut net = with_domain(domain());
    for cseq in 1..=1_000 {
        net.inject(elsewhere(), 1, &invite(cseq, ""));
    }
    net.advance(11 * SECOND);
    let told = refusals(&net.events(1));
    assert_eq!(told.iter().map(|refusal| refusal.count).collect::<Vec<_>>(), [1, 999]);
}

#[test]
fn new_calls_are_refused_under_pressure_and_live_ones_go_on() {
    // 503 with Retry-After, without a leg or an event; a call that is up can still change and end.
    let mut net = Net::new(2);
    let leg = net.call_up();
    net.act(2, |agent, _| agent.refuse_new_calls(true));
    net.act(1, |agent, now| agent.invite(2, call("sip:bob@192.0.2.2"), now));
    net.advance(20 * MS);
    let events = net.events(1);
    assert_eq!(ended(&events, 2), ("failed".to_owned(), 503));
    assert!(matches!(events.last(), Some(AgentEvent::Ended { headers, .. }) if headers[0].0 == "Retry-After"));
    assert_eq!((net.peers[1].agent.legs(), net.events(2).len()), (1, 0));
    net.act(1, |agent, now| agent.offer(1, OFFER.to_vec(), now));
    net.advance(20 * MS);
    assert_eq!(net.events(2).len(), 1);
    net.act(2, |agent, now| agent.hang_up(leg, "shutdown", now));
    net.act(2, |agent, now| agent.drain(now));
    net.assert_empty();
    assert!(net.peers[1].agent.is_drained());
    net.act(2, |agent, _| agent.refuse_new_calls(false));
    net.call_up_as(3);
}

#[test]
fn a_trunk_is_known_by_its_network_or_gateway_and_has_its_limits() {
    // `channels` and `per_second`: 503 with Retry-After, and a sentence.
    let mut net = Net::new(1);
    let gateway = hookflash_sip::agent::Gateway { uri: uri("sip:192.0.2.60"), health: false };
    let trunk =
        Trunk { name: "carrier".to_owned(), gateways: vec![gateway], channels: 2, per_second: 2.0, ..Trunk::default() };
    net.act(1, |agent, now| agent.configure(Vec::new(), vec![trunk], now));
    let invite = |cseq: u32| {
        let text = request_text("INVITE", "sip:+15550100@192.0.2.1", cseq, "", "", "x");
        text.replace("Call-ID: elsewhere", &format!("Call-ID: {cseq}"))
    };
    let mut legs = Vec::new();
    for cseq in 1..=2 {
        net.inject(elsewhere(), 1, &invite(cseq));
        let invitation = net.invited(1);
        assert_eq!(invitation.trunk, "carrier");
        legs.push(invitation.leg);
    }
    net.inject(elsewhere(), 1, &invite(3));
    let refused = net.answer_outside();
    assert_eq!((refused.status, refused.headers.retry_after()), (503, Some(2)));
    assert!(refusals(&net.events(1))[0].why.contains("All 2 channels"));
    let mut outbound = call("sip:+15550101@192.0.2.60");
    outbound.next_hop = Some(uri("sip:192.0.2.60"));
    net.act(1, |agent, now| agent.invite(1, outbound, now));
    assert_eq!(ended(&net.events(1), 1), ("failed".to_owned(), 503));
    for leg in legs {
        net.act(1, |agent, now| agent.reject(leg, 486, "", &Vec::new(), now));
    }
    net.inject(elsewhere(), 1, &invite(4));
    assert_eq!(net.answer_outside().status, 503);
    assert!(refusals(&net.events(1)).iter().any(|refusal| refusal.why.contains("more than 2 new calls")));
    net.advance(SECOND);
    net.inject(elsewhere(), 1, &invite(5));
    net.invited(1);
}
