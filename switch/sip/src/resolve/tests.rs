//! Lookups against a zone in memory, on a clock moved by hand.

use simple_dns::rdata::{A, AAAA, CNAME, NAPTR, RData, SRV};
use simple_dns::{CLASS, CharacterString, Name, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE};

use super::*;

const SECOND: Micros = 1_000_000;

fn name(text: &'static str) -> Name<'static> {
    Name::new_unchecked(text)
}

fn a(last: u8) -> RData<'static> {
    RData::A(A { address: u32::from_be_bytes([192, 0, 2, last]) })
}

fn aaaa(last: u16) -> RData<'static> {
    RData::AAAA(AAAA {
        address: u128::from_be_bytes([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) | u128::from(last),
    })
}

fn srv(priority: u16, weight: u16, port: u16, target: &'static str) -> RData<'static> {
    RData::SRV(SRV { priority, weight, port, target: name(target) })
}

fn naptr(order: u16, preference: u16, service: &'static str, replacement: &'static str) -> RData<'static> {
    let text = |text: &'static str| CharacterString::new(text.as_bytes()).expect("short enough");
    let replacement = name(replacement);
    RData::NAPTR(NAPTR { order, preference, flags: text("s"), services: text(service), regexp: text(""), replacement })
}

type Zone = Vec<(&'static str, RData<'static>)>;

/// The zone's answer to a datagram: an alias with what it leads to, an hour of life.
fn answer(zone: &Zone, question: &[u8]) -> Vec<u8> {
    let asked = Packet::parse(question).expect("our question can be read");
    let wanted = asked.questions[0].clone().into_owned();
    let mut reply = Packet::new_reply(asked.id());
    reply.set_flags(PacketFlag::RESPONSE);
    let mut owner = wanted.qname.to_string();
    for (known, data) in zone.iter().filter(|(_, data)| data.type_code() == TYPE::CNAME) {
        if *known == owner {
            reply.answers.push(ResourceRecord::new(name(known), CLASS::IN, 3600, data.clone()));
            if let RData::CNAME(CNAME(target)) = data {
                owner = target.to_string();
            }
        }
    }
    for (known, data) in zone {
        if *known == owner && wanted.qtype == QTYPE::TYPE(data.type_code()) {
            reply.answers.push(ResourceRecord::new(name(known), CLASS::IN, 3600, data.clone()));
        }
    }
    if !zone.iter().any(|(known, _)| *known == owner) {
        *reply.rcode_mut() = RCODE::NameError;
    }
    reply.questions.push(wanted);
    reply.build_bytes_vec().expect("it can be written")
}

fn servers() -> Vec<SocketAddr> {
    ["198.51.100.1:53", "198.51.100.2:53"].map(|server| server.parse().expect("an address")).to_vec()
}

fn resolver(seed: u64) -> Resolver {
    let hosts = vec![("pbx".to_owned(), [10, 0, 0, 5].into())];
    Resolver::new(Settings { servers: servers(), hosts, ipv4: true, ipv6: true }, seed)
}

/// What comes out, with every question answered at once: the targets, and how many questions it took.
fn run(resolver: &mut Resolver, zone: &Zone, now: Micros) -> (Vec<Target>, usize) {
    let mut sent = 0;
    let mut found = None;
    while let Some(output) = resolver.poll() {
        match output {
            Output::Send { server, bytes } => {
                sent += 1;
                resolver.receive(&answer(zone, &bytes), server, now);
            }
            Output::Found { targets, .. } => found = Some(targets),
        }
    }
    (found.expect("the lookup ends"), sent)
}

fn uri(text: &str) -> Uri {
    Uri::parse(text).expect("a URI")
}

/// The targets of a URI in a zone, as `transport address`.
fn targets(zone: &Zone, text: &str) -> Vec<String> {
    let mut resolver = resolver(1);
    resolver.resolve(7, &uri(text), 0);
    let (targets, _) = run(&mut resolver, zone, 0);
    targets.into_iter().map(|target| format!("{} {}", target.transport, target.addr)).collect()
}

/// An address needs no DNS: transport and port are those of the URI, or the usual ones (RFC 3263 §4.1, §4.2).
#[test]
fn addresses_are_taken_as_they_are() {
    let cases = [
        ("sip:a@192.0.2.9", "UDP 192.0.2.9:5060"),
        ("sip:192.0.2.9:5080;transport=tcp", "TCP 192.0.2.9:5080"),
        ("sips:192.0.2.9", "TLS 192.0.2.9:5061"),
        ("sips:192.0.2.9;transport=tcp", "TLS 192.0.2.9:5061"),
        ("sip:[2001:db8::9]", "UDP [2001:db8::9]:5060"),
        ("sip:example.com;maddr=192.0.2.8", "UDP 192.0.2.8:5060"),
        ("sip:localhost:5070", "UDP 127.0.0.1:5070"),
        ("sip:PBX", "UDP 10.0.0.5:5060"),
    ];
    for (text, expected) in cases {
        let mut resolver = resolver(1);
        resolver.resolve(1, &uri(text), 0);
        let Some(Output::Found { query: 1, targets }) = resolver.poll() else {
            panic!("{text} needs no question");
        };
        assert_eq!(format!("{} {}", targets[0].transport, targets[0].addr), expected);
    }
}

/// NAPTR chooses the transport, SRV the server and port, A and AAAA the address (§4).
#[test]
fn the_whole_way() {
    let zone = vec![
        ("example.com", naptr(50, 50, "SIPS+D2T", "_sips._tcp.example.com")),
        ("example.com", naptr(90, 50, "SIP+D2T", "_sip._tcp.example.com")),
        ("example.com", naptr(10, 50, "E2U+email", "example.com")),
        ("_sips._tcp.example.com", srv(0, 1, 5063, "one.example.com")),
        ("_sip._tcp.example.com", srv(1, 1, 5062, "two.example.com")),
        ("_sip._tcp.example.com", srv(0, 1, 5060, "one.example.com")),
        ("_sip._udp.example.com", srv(0, 1, 5060, "two.example.com")),
        ("one.example.com", a(1)),
        ("one.example.com", aaaa(1)),
        ("two.example.com", a(2)),
        ("example.com", a(9)),
    ];
    assert_eq!(
        targets(&zone, "sip:bob@example.com"),
        [
            "TLS 192.0.2.1:5063",
            "TLS [2001:db8::1]:5063",
            "TCP 192.0.2.1:5060",
            "TCP [2001:db8::1]:5060",
            "TCP 192.0.2.2:5062"
        ]
    );
    assert_eq!(targets(&zone, "sips:bob@example.com"), ["TLS 192.0.2.1:5063", "TLS [2001:db8::1]:5063"]);
    assert_eq!(targets(&zone, "sip:bob@example.com;transport=udp"), ["UDP 192.0.2.2:5060"]);
    assert_eq!(targets(&zone, "sip:bob@example.com:5070"), ["UDP 192.0.2.9:5070"]);
}

/// A TLS server has to prove the name of the URI's domain, not that of its SRV record (RFC 5922 §4).
#[test]
fn the_name_to_prove_is_that_of_the_domain() {
    let zone = vec![("_sips._tcp.example.com", srv(0, 1, 5061, "one.example.net")), ("one.example.net", a(1))];
    let mut resolver = resolver(1);
    resolver.resolve(1, &uri("sips:example.com"), 0);
    let (found, _) = run(&mut resolver, &zone, 0);
    assert_eq!(found[0].server_name, "example.com");
}

/// Without NAPTR the usual SRV names are tried, without SRV the name itself (§4.1, §4.2).
#[test]
fn falling_back() {
    let zone = vec![
        ("_sip._tcp.example.com", srv(0, 1, 5062, "one.example.com")),
        ("one.example.com", a(1)),
        ("example.com", a(9)),
    ];
    assert_eq!(targets(&zone, "sip:example.com"), ["TCP 192.0.2.1:5062"]);
    assert_eq!(targets(&zone[2..].to_vec(), "sip:example.com"), ["UDP 192.0.2.9:5060"]);
    assert_eq!(targets(&zone[2..].to_vec(), "sip:example.com;transport=wss"), ["WSS 192.0.2.9:443"]);
    assert_eq!(targets(&Vec::new(), "sip:example.com"), [""; 0]);
    let closed = vec![("_sip._udp.example.com", srv(0, 0, 0, ".")), ("example.com", a(9))];
    assert_eq!(targets(&closed, "sip:example.com;transport=udp"), ["UDP 192.0.2.9:5060"]);
}

/// What we cannot reach has no targets: other schemes, other transports, an open one for a secure URI.
#[test]
fn where_we_cannot_go() {
    for text in ["tel:+15005550006", "sip:192.0.2.1;transport=sctp", "sips:192.0.2.1;transport=udp"] {
        assert_eq!(targets(&Vec::new(), text), [""; 0], "{text}");
    }
}

/// Aliases are followed.
#[test]
fn aliases() {
    let zone = vec![("example.com", RData::CNAME(CNAME(name("real.example.net")))), ("real.example.net", a(3))];
    assert_eq!(targets(&zone, "sip:Example.COM.:5060"), ["UDP 192.0.2.3:5060"]);
}

/// Low priorities first; among equals the weight decides how often one comes first (RFC 2782).
#[test]
fn weights() {
    let mut first = [0; 2];
    let heavy = wire::Srv { priority: 1, weight: 300, port: 1, target: "heavy".to_owned() };
    let light = wire::Srv { weight: 100, port: 0, target: "light".to_owned(), ..heavy.clone() };
    let last = wire::Srv { priority: 2, weight: 900, port: 9, target: "last".to_owned() };
    for seed in 0..1_000 {
        let order = srv::ordered(&[last.clone(), light.clone(), heavy.clone()], seed);
        assert_eq!((order.len(), order[2].port), (3, 9));
        first[usize::from(order[0].port)] += 1;
    }
    assert!((650..850).contains(&first[1]), "three quarters of {first:?}");
}

/// Answers are kept for their time to live; absence too.
#[test]
fn the_cache_saves_questions() {
    let zone = vec![("example.com", a(9))];
    let mut resolver = resolver(1);
    let mut ask = |now| {
        resolver.resolve(now, &uri("sip:example.com"), now);
        run(&mut resolver, &zone, now).1
    };
    assert_eq!(ask(0), 6, "A, AAAA, three SRV, NAPTR");
    assert_eq!(ask(29 * SECOND), 0);
    assert_eq!(ask(31 * SECOND), 5, "the address holds for an hour, absence for half a minute");
    assert_eq!(ask(3_601 * SECOND), 6);
}

/// One datagram a question, however many wait for it.
#[test]
fn questions_are_shared() {
    let zone = vec![("example.com", a(9))];
    let mut resolver = resolver(1);
    resolver.resolve(1, &uri("sip:example.com:5060"), 0);
    resolver.resolve(2, &uri("sip:example.com:5070"), 0);
    let (mut sent, mut found) = (0, 0);
    while let Some(output) = resolver.poll() {
        match output {
            Output::Send { server, bytes } => {
                sent += 1;
                resolver.receive(&answer(&zone, &bytes), server, 0);
            }
            Output::Found { .. } => found += 1,
        }
    }
    assert_eq!((sent, found), (2, 2));
}

fn sends(resolver: &mut Resolver) -> Vec<(SocketAddr, Vec<u8>)> {
    std::iter::from_fn(|| resolver.poll())
        .filter_map(|output| match output {
            Output::Send { server, bytes } => Some((server, bytes)),
            Output::Found { .. } => None,
        })
        .collect()
}

/// A silent server is followed by the other one, in turn; after four tries there are no targets.
#[test]
fn silent_servers() {
    let mut resolver = resolver(1);
    resolver.resolve(1, &uri("sip:example.com:5060"), 0);
    let mut asked = Vec::new();
    let mut now = 0;
    loop {
        let output = resolver.poll();
        match output {
            Some(Output::Send { server, .. }) => asked.push((server.to_string(), now)),
            Some(Output::Found { targets, .. }) => break assert_eq!(targets, []),
            None => {
                now = resolver.next_timeout().expect("something is under way");
                resolver.handle_timeout(now);
            }
        }
    }
    asked.dedup();
    let [one, two] = ["198.51.100.1:53", "198.51.100.2:53"].map(str::to_owned);
    assert_eq!(asked, [(one.clone(), 0), (two.clone(), 500_000), (one, 1_500_000), (two, 2_500_000)]);
    assert_eq!((now, resolver.next_timeout()), (4_000_000, None));
    resolver.resolve(2, &uri("sip:example.com:5060"), now);
    assert_eq!(sends(&mut resolver), [], "it is not asked again at once");
}

/// A server that fails is followed by the next one at once.
#[test]
fn failing_servers() {
    let zone = vec![("example.com", a(9))];
    let mut resolver = resolver(1);
    resolver.resolve(1, &uri("sip:example.com:5060"), 0);
    for (server, bytes) in sends(&mut resolver) {
        let mut failure = answer(&Vec::new(), &bytes);
        failure[3] = failure[3] & 0xf0 | 2;
        resolver.receive(&failure, server, 0);
    }
    let again = sends(&mut resolver);
    assert!(again.len() == 2 && again.iter().all(|(server, _)| *server == servers()[1]));
    for (server, bytes) in again {
        resolver.receive(&answer(&zone, &bytes), server, 0);
    }
    assert!(matches!(resolver.poll(), Some(Output::Found { query: 1, targets }) if targets.len() == 1));
}

/// An answer from elsewhere, with another id or to another question is dropped.
#[test]
fn forged_answers() {
    let zone = vec![("example.com", a(9)), ("evil.example", a(66))];
    let settings = Settings { servers: servers(), hosts: Vec::new(), ipv4: true, ipv6: false };
    let mut resolver = Resolver::new(settings, 1);
    resolver.resolve(1, &uri("sip:example.com:5060"), 0);
    let (server, bytes) = sends(&mut resolver).remove(0);
    let good = answer(&zone, &bytes);
    let mut other_id = good.clone();
    other_id[0] ^= 1;
    let mut other = Packet::parse(&bytes).expect("our question can be read");
    other.questions[0].qname = name("evil.example");
    let other_question = answer(&zone, &other.build_bytes_vec().expect("it can be written"));
    let forged = [
        (good.clone(), servers()[1]),
        (other_id, server),
        (other_question, server),
        (bytes, server),
        (good[..20].to_vec(), server),
    ];
    for (bytes, from) in forged {
        resolver.receive(&bytes, from, 0);
        assert_eq!(resolver.poll(), None);
    }
    resolver.receive(&good, server, 0);
    assert!(
        matches!(resolver.poll(), Some(Output::Found { targets, .. }) if targets[0].addr.ip() == std::net::IpAddr::from([192, 0, 2, 9]))
    );
}

/// The files of the system, with what people write into them.
#[test]
fn settings_from_files() {
    let settings = Settings::from_files(
        "# made by hand\nsearch lan\nnameserver 10.0.0.1\nnameserver fe80::1 ; v6\nnameserver x\nnameserver 10.0.0.2\nnameserver 10.0.0.3\n",
        "127.0.0.1 localhost\n10.0.0.5\tpbx pbx.lan # the old one\nnonsense x\n",
    );
    assert_eq!(
        settings.servers.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["10.0.0.1:53", "[fe80::1]:53", "10.0.0.2:53"]
    );
    assert_eq!(settings.known("PBX.lan."), ["10.0.0.5".parse::<std::net::IpAddr>().expect("an address")]);
    assert_eq!(settings.known("x"), [] as [std::net::IpAddr; 0]);
    assert_eq!(Settings::from_files("", "").servers[0].to_string(), "127.0.0.1:53");
}
