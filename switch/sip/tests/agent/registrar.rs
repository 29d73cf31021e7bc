//! Phones that register with us, and calls to them.

use hookflash_sip::agent::{AgentEvent, Config, Domain};
use hookflash_sip::digest::Hash;
use hookflash_sip::{Response, Transport, Uri};

use crate::gate::{credential, domain, proof};
use crate::net::{ANSWER, MS, Net, SECOND, answer_to, call, elsewhere, ended, header, request_text};

const REGISTRAR: &str = "sip:pbx.test";

fn registrar<'a>(adjust: impl Fn(&mut Config)) -> Net<'a> {
    let mut net = Net::with(1, adjust);
    let registration = vec![credential("bob", "builder"), credential("eve", "dropper")];
    let domain = Domain { registration, ..domain() };
    net.act(1, |agent, now| agent.configure(vec![domain], Vec::new(), now));
    net
}

/// A REGISTER of bob with these lines, answered after its challenge.
fn register(net: &mut Net<'_>, cseq: u32, lines: &str) -> Response {
    register_as(net, ("bob", "builder"), "bob", cseq, lines)
}

fn register_as(net: &mut Net<'_>, login: (&str, &str), aor: &str, cseq: u32, lines: &str) -> Response {
    let text = |cseq: u32, lines: &str| {
        let text = request_text("REGISTER", REGISTRAR, cseq, "", lines, "");
        let text = text.replace("Contact: <sip:x@192.0.2.60>\n", "");
        text.replace("To: <sip:pbx.test>", &format!("To: <sip:{aor}@pbx.test>"))
            .replace("Call-ID: elsewhere", &format!("Call-ID: phone-of-{}", login.0))
    };
    net.inject(elsewhere(), 1, &text(cseq, lines));
    let challenged = net.answer_outside();
    assert_eq!(challenged.status, 401);
    let proof = proof(&header(&challenged.headers, "WWW-Authenticate"), "REGISTER", REGISTRAR, login, 1);
    net.inject(elsewhere(), 1, &text(cseq + 1, &format!("{lines}\n{proof}")));
    net.answer_outside()
}

fn contacts(response: &Response) -> Vec<(String, u32)> {
    let contacts = response.headers.contacts().into_iter();
    contacts.map(|contact| (contact.uri.to_string(), contact.expires().expect("expires"))).collect()
}

#[test]
fn contacts_are_stored_listed_refreshed_and_removed() {
    // RFC 3261 §10.3: each contact has its time; a REGISTER without contacts asks; expires=0 removes, * removes all.
    let mut net = registrar(|_| {});
    let two = "Contact: <sip:b@192.0.2.60>;expires=100;q=0.5\nContact: <sip:b@192.0.2.61:5070>\nExpires: 200";
    let stored = register(&mut net, 1, two);
    assert_eq!(stored.status, 200);
    assert_eq!(contacts(&stored), [("sip:b@192.0.2.60".to_owned(), 100), ("sip:b@192.0.2.61:5070".to_owned(), 200)]);
    let told = net.events(1);
    assert!(matches!(&told[..], [
        AgentEvent::Registered { username, expires_s: 100, .. },
        AgentEvent::Registered { expires_s: 200, .. },
    ] if username == "bob"));
    net.advance(10 * SECOND);
    let listed = register(&mut net, 3, "X-Nothing: 1");
    assert_eq!(contacts(&listed).into_iter().map(|(_, left)| left).collect::<Vec<_>>(), [89, 189]);
    let removed = register(&mut net, 5, "Contact: <sip:b@192.0.2.60>;expires=0");
    assert_eq!(contacts(&removed).len(), 1);
    let none = register(&mut net, 7, "Contact: *\nExpires: 0");
    assert_eq!((none.status, contacts(&none).len()), (200, 0));
    let told = net.events(1);
    assert!(told.iter().all(|event| matches!(event, AgentEvent::Registered { expires_s: 0, .. })) && told.len() == 2);
    assert_eq!(register(&mut net, 9, "Contact: *").status, 400);
}

#[test]
fn a_contact_ends_when_its_time_is_over() {
    // RFC 3261 §10.3: it is forgotten, and the exchange is told.
    let mut net = registrar(|_| {});
    register(&mut net, 1, "Contact: <sip:b@192.0.2.60>;expires=100");
    net.events(1);
    net.advance(101 * SECOND);
    assert!(matches!(&net.events(1)[..], [AgentEvent::Registered { expires_s: 0, .. }]));
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@pbx.test"), now));
    assert_eq!(ended(&net.events(1), 1), ("no_answer".to_owned(), 480));
    net.assert_empty();
}

#[test]
fn times_and_numbers_have_their_limits() {
    // RFC 3261 §10.2.8, §10.3: 423 with Min-Expires, a long time is cut; the contacts of a user are limited.
    let mut net = registrar(|config| config.registrar.most_contacts = 2);
    let brief = register(&mut net, 1, "Contact: <sip:b@192.0.2.60>;expires=10");
    assert_eq!((brief.status, brief.headers.min_expires()), (423, Some(60)));
    let long = register(&mut net, 3, "Contact: <sip:b@192.0.2.60>;expires=1000000");
    assert_eq!(contacts(&long)[0].1, 7_200);
    let many = "Contact: <sip:b@192.0.2.61>\nContact: <sip:b@192.0.2.62>";
    assert_eq!(register(&mut net, 5, many).status, 403);
    assert_eq!(contacts(&register(&mut net, 7, "X-Nothing: 1")).len(), 1, "all or nothing");
}

#[test]
fn a_request_that_was_overtaken_changes_nothing() {
    // RFC 3261 §10.3 step 7: the same Call-ID with a CSeq that is not higher.
    let mut net = registrar(|_| {});
    register(&mut net, 10, "Contact: <sip:b@192.0.2.60>;expires=100");
    let old = register(&mut net, 3, "Contact: <sip:b@192.0.2.60>;expires=0");
    assert_eq!(old.status, 500);
    assert_eq!(contacts(&register(&mut net, 20, "X-Nothing: 1")).len(), 1);
}

#[test]
fn a_user_registers_for_itself_only() {
    // RFC 3261 §10.3 step 3: who is authenticated must be who the AOR is.
    let mut net = registrar(|_| {});
    let refused = register_as(&mut net, ("eve", "dropper"), "bob", 1, "Contact: <sip:e@192.0.2.66>");
    assert_eq!(refused.status, 403);
    assert!(matches!(&net.events(1)[..], [AgentEvent::Refused(refusal)] if refusal.why.contains("its own")));
    let mut net = Net::new(1);
    net.act(1, |agent, now| agent.configure(vec![domain()], Vec::new(), now));
    net.inject(elsewhere(), 1, &request_text("REGISTER", REGISTRAR, 1, "", "", ""));
    assert_eq!(net.answer_outside().status, 403, "nobody may register");
}

#[test]
fn a_call_to_a_user_rings_all_its_phones_and_the_first_takes_it() {
    // Forked by us: each contact gets an INVITE of its own; the losers are cancelled.
    let mut net = registrar(|_| {});
    register(&mut net, 1, "Contact: <sip:b@192.0.2.60>\nContact: <sip:b@192.0.2.61:5060>\nContact: <sip:b@192.0.2.62>");
    net.events(1);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@pbx.test"), now));
    let invites: Vec<_> = net.take_outside();
    let targets: Vec<_> = invites.iter().map(|(to, _)| to.ip().to_string()).collect();
    assert_eq!(targets, ["192.0.2.60", "192.0.2.61", "192.0.2.62"]);
    let requests: Vec<_> = invites
        .into_iter()
        .filter_map(|(_, message)| match message {
            hookflash_sip::Message::Request(request) => Some(request),
            hookflash_sip::Message::Response(_) => None,
        })
        .collect();
    assert_eq!(header(&requests[0].headers, "To"), "<sip:bob@pbx.test>");
    net.inject(elsewhere(), 1, &answer_to(&requests[0], 180, "a", "", b""));
    net.inject(elsewhere(), 1, &answer_to(&requests[1], 180, "b", "", b""));
    net.inject(elsewhere(), 1, &answer_to(&requests[2], 486, "c", "", b""));
    net.inject(elsewhere(), 1, &answer_to(&requests[1], 200, "b", "", ANSWER));
    net.advance(20 * MS);
    assert!(matches!(net.events(1).last(), Some(AgentEvent::Answered { fork: 2, .. })));
    assert_eq!((net.count(1, "CANCEL"), net.count(1, "ACK")), (1, 2));
}

#[test]
fn when_all_phones_refuse_the_word_that_says_most_counts() {
    // RFC 3261 §16.7: busy says more than not there; 6xx ends all at once.
    for (statuses, expected) in
        [([480, 486], ("busy", 486)), ([404, 408], ("failed", 404)), ([603, 0], ("rejected", 603))]
    {
        let mut net = registrar(|_| {});
        register(&mut net, 1, "Contact: <sip:b@192.0.2.60>\nContact: <sip:b@192.0.2.61>");
        net.events(1);
        net.act(1, |agent, now| agent.invite(1, call("sip:bob@pbx.test"), now));
        for ((_, message), status) in net.take_outside().into_iter().zip(statuses) {
            if let (hookflash_sip::Message::Request(invite), 1..) = (message, status) {
                net.inject(elsewhere(), 1, &answer_to(&invite, 180, "a", "", b""));
                net.inject(elsewhere(), 1, &answer_to(&invite, status, "a", "", b""));
            }
        }
        assert_eq!(ended(&net.events(1), 1), (expected.0.to_owned(), expected.1));
    }
}

#[test]
fn a_phone_is_called_over_the_path_that_it_registered_on() {
    // RFC 3327 §5.3: a Path becomes the Route and is echoed. A phone behind NAT is called where it came from.
    let mut net = registrar(|_| {});
    let path = "Path: <sip:192.0.2.80;lr>";
    let stored = register(&mut net, 1, &format!("Contact: <sip:b@10.0.0.7>\n{path}"));
    assert_eq!(header(&stored.headers, "Path"), "<sip:192.0.2.80;lr>");
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@pbx.test"), now));
    let (to, message) = net.take_outside().pop().expect("an INVITE");
    assert_eq!(to.ip().to_string(), "192.0.2.80");
    assert_eq!(header(message.headers(), "Route"), "<sip:192.0.2.80;lr>");
    register(&mut net, 3, "Contact: *\nExpires: 0");
    register(&mut net, 5, "Contact: <sip:b@10.0.0.7>");
    net.act(1, |agent, now| agent.invite(2, call("sip:bob@pbx.test"), now));
    assert_eq!(net.take_outside().pop().expect("an INVITE").0, elsewhere());
}

#[test]
fn a_phone_on_a_connection_is_forgotten_with_it() {
    // RFC 5626 §5.3: nobody can connect to a phone behind a closed connection; it registers again.
    let mut net = registrar(|_| {});
    let text = |cseq: u32, rest: &str| {
        let text = request_text("REGISTER", REGISTRAR, cseq, "", rest, "").replace("/UDP ", "/TLS ");
        text.replace("To: <sip:pbx.test>", "To: <sip:bob@pbx.test>")
    };
    net.inject_over(Transport::Tls, 9, elsewhere(), 1, &text(1, ""));
    let challenge = header(&net.answer_outside().headers, "WWW-Authenticate");
    let rest = proof(&challenge, "REGISTER", REGISTRAR, ("bob", "builder"), 1);
    net.inject_over(Transport::Tls, 9, elsewhere(), 1, &text(2, &rest));
    assert_eq!(net.answer_outside().status, 200);
    net.events(1);
    let mut target = hookflash_sip::Target::new(Transport::Tls, elsewhere());
    target.connection = Some(9);
    net.act(1, |agent, now| agent.transport_failed(&target, "closed", now));
    assert!(matches!(&net.events(1)[..], [AgentEvent::Registered { expires_s: 0, .. }]));
}

#[test]
fn a_user_that_is_taken_away_loses_its_phones() {
    // `configure` replaces as a whole; who may not register any more is not called any more.
    let mut net = registrar(|_| {});
    register(&mut net, 1, "Contact: <sip:b@192.0.2.60>");
    net.events(1);
    let domain = Domain { registration: vec![credential("eve", "dropper")], ..domain() };
    net.act(1, |agent, now| agent.configure(vec![domain], Vec::new(), now));
    assert!(matches!(&net.events(1)[..], [AgentEvent::Registered { expires_s: 0, .. }]));
}

#[test]
fn what_the_way_to_a_user_is_decides_on_encryption() {
    // A phone is reached over TLS when it registered so; a secure domain says so of itself.
    let mut net = registrar(|_| {});
    register(&mut net, 1, "Contact: <sip:b@192.0.2.60>");
    let uri = |text: &str| Uri::parse(text).expect("a URI");
    net.act(1, |agent, now| {
        assert!(!agent.reaches_over_tls(&uri("sip:bob@pbx.test")));
        assert!(!agent.reaches_over_tls(&uri("sip:nobody@pbx.test")));
        assert!(!agent.is_in_secure_domain(&uri("sip:bob@pbx.test")));
        agent.configure(vec![Domain { secure: true, ..domain() }], Vec::new(), now);
        assert!(agent.is_in_secure_domain(&uri("sip:bob@PBX.test")));
        assert!(!agent.is_in_secure_domain(&uri("sip:bob@elsewhere.test")));
    });
}

#[test]
fn a_digest_that_nobody_asked_for_proves_nothing() {
    // RFC 7616 §5.1: whoever is in between must not lead a phone to a weaker one.
    let mut net = registrar(|config| config.digests = vec![Hash::Sha256]);
    let text = |cseq: u32, lines: &str| {
        request_text("REGISTER", REGISTRAR, cseq, "", lines, "").replace("To: <sip:pbx", "To: <sip:bob@pbx")
    };
    net.inject(elsewhere(), 1, &text(1, "Expires: 60"));
    let asked = header(&net.answer_outside().headers, "WWW-Authenticate");
    for (cseq, challenge, status) in [(2, asked.replace("SHA-256", "MD5"), 401), (3, asked, 200)] {
        let proof = proof(&challenge, "REGISTER", REGISTRAR, ("bob", "builder"), 1);
        net.inject(elsewhere(), 1, &text(cseq, &proof));
        assert_eq!(net.answer_outside().status, status);
    }
}
