//! The torture messages of RFC 4475 and the IPv6 ones of RFC 5118, one file each, named as there.
//!
//! Left out: `mpart01`, whose binary signature adds nothing to what the property tests do with binary bodies.

use hookflash_sip::{Message, Method, Name, Request, Response};

fn bytes(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/torture/{name}.dat", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn request(name: &str) -> Request {
    match Message::parse(&bytes(name)) {
        Ok(Message::Request(request)) => request,
        other => panic!("{name} is a request: {other:?}"),
    }
}

fn response(name: &str) -> Response {
    match Message::parse(&bytes(name)) {
        Ok(Message::Response(response)) => response,
        other => panic!("{name} is a response: {other:?}"),
    }
}

/// Messages that are valid, or wrong only for the layers above (unknown extensions, body types, schemes of addresses).
const READ: &[&str] = &[
    "badbranch",
    "baddate",
    "bcast",
    "bext01",
    "cparam01",
    "cparam02",
    "dblreq",
    "esc01",
    "esc02",
    "escnull",
    "intmeth",
    "inv2543",
    "invut",
    "longreq",
    "lwsdisp",
    "noreason",
    "regaut01",
    "regescrt",
    "sdp01",
    "semiuri",
    "transports",
    "unksm2",
    "unreason",
    "wsinv",
    "zeromf",
    "ipv4-mapped-ipv6",
    "ipv6-good",
    "ipv6-in-sdp",
    "mult-ip-in-header",
    "mult-ip-in-sdp",
    "port-ambiguous",
    "port-unambiguous",
    "via-received-param-no-delim",
    "via-received-param-with-delim",
];

/// Requests that are refused, with the status of the answer.
const REFUSED: &[(&str, u16)] = &[
    ("badaspec", 400),
    ("baddn", 400),
    ("badinv01", 400),
    ("badvers", 505),
    ("clerr", 400),
    ("escruri", 400),
    ("insuf", 400),
    ("ltgtruri", 400),
    ("lwsruri", 400),
    ("lwsstart", 400),
    ("mcl01", 400),
    ("mismatch01", 400),
    ("mismatch02", 400),
    ("multi01", 400),
    ("ncl", 400),
    ("novelsc", 416),
    ("quotbal", 400),
    ("regbadct", 400),
    ("scalar02", 400),
    ("trws", 400),
    ("unkscm", 416),
    ("ipv6-bad", 400),
    ("ipv6-bug-abnf-3-colons", 400),
];

/// Responses that are dropped.
const DROPPED: &[&str] = &["bigcode", "scalarlg"];

/// Every file is judged by exactly one of the tables above.
#[test]
fn no_message_is_forgotten() {
    let mut files: Vec<String> = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/torture"))
        .expect("the folder is there")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_suffix(".dat").map(str::to_owned))
        .collect();
    let refused = REFUSED.iter().map(|(name, _)| name);
    let mut judged: Vec<&str> = READ.iter().chain(refused).chain(DROPPED).copied().collect();
    files.sort();
    judged.sort_unstable();
    assert_eq!(files, judged);
}

/// Valid messages are read, and printing them keeps all that was read.
#[test]
fn valid_messages_are_read_and_survive_printing() {
    for name in READ {
        let message = Message::parse(&bytes(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(Message::parse(&message.to_bytes()), Ok(message), "{name}");
    }
}

/// Invalid requests are refused with the status of the RFC, and the answer finds its way back by their Via.
#[test]
fn invalid_requests_get_their_answer() {
    for (name, status) in REFUSED {
        let error = Message::parse(&bytes(name)).expect_err(name);
        assert_eq!(error.status, *status, "{name}: {error}");
        let reply = error.reply.unwrap_or_else(|| panic!("{name} has an answer"));
        assert_eq!(reply.status, *status, "{name}");
        assert!(reply.headers.has(&Name::Via), "{name}");
    }
}

/// A response that cannot be read has nobody to be told.
#[test]
fn invalid_responses_are_dropped() {
    for name in DROPPED {
        let error = Message::parse(&bytes(name)).expect_err(name);
        assert_eq!(error.reply, None, "{name}");
    }
}

/// An ACK is never answered, however wrong it is (RFC 3261 §17.1.1.3).
#[test]
fn a_wrong_ack_gets_no_answer() {
    let wrong = String::from_utf8(bytes("mismatch01")).expect("it is text");
    let error = Message::parse(wrong.replacen("OPTIONS", "ACK", 1).as_bytes()).expect_err("the CSeq is another");
    assert_eq!(error.reply, None);
}

/// §3.1.1.1: white space, folding, case and compact names do not matter.
#[test]
fn wsinv() {
    let invite = request("wsinv");
    let headers = &invite.headers;
    assert!(invite.uri.params.has("unknownparam"));
    assert_eq!(headers.to().expect("To").tag(), Some("1918181833n"));
    let from = headers.from().expect("From");
    assert_eq!((from.display.as_str(), from.tag()), ("J Rosenberg \\\"", Some("98asjd8")));
    assert_eq!(headers.max_forwards(), Some(68));
    assert_eq!(headers.cseq(), Some((9, Method::Invite)));
    let vias = headers.vias();
    let hops: Vec<_> = vias.iter().map(|via| (via.transport.as_str(), via.branch())).collect();
    assert_eq!(hops, [("UDP", Some("390skdjuw")), ("TCP", Some("z9hG4bK9ikj8")), ("UDP", Some("z9hG4bK30239"))]);
    let contact = headers.contacts().remove(0);
    assert_eq!(contact.display, "Quoted string \"\"");
    assert_eq!(contact.params.get("newparam"), Some("newvalue"));
    assert_eq!(contact.params.get("q"), Some("0.33"));
    assert_eq!(headers.routes()[0].uri.params.get("unknownwith"), Some("value"));
    assert_eq!(headers.get(&Name::from("newfangledheader")), Some("newfangled value continued newfangled value"));
    assert_eq!(headers.get(&Name::Subject), Some(""));
    assert!(invite.body.starts_with(b"v=0"));
}

/// §3.1.1.2: every character that a token, a user or a quoted string may hold.
#[test]
fn intmeth() {
    let odd = request("intmeth");
    assert_eq!(odd.method.as_str(), "!interesting-Method0123456789_*+`.%indeed'~");
    assert_eq!(odd.uri.user.as_deref(), Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"));
    assert_eq!(odd.uri.password.as_deref(), Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"));
    assert_eq!(odd.headers.to().expect("To").display, "BEL:\u{7} NUL:\0 DEL:\u{7f}");
    let from = odd.headers.from().expect("From");
    assert_eq!(from.display, "token1~` token2'+_ token3*%!.-");
    assert_eq!(from.params.unquoted("fromParam''~+*_!.-%").as_deref(), Some("работающий"));
    assert_eq!(from.tag(), Some("_token~1'+`*%!-."));
}

/// §3.1.1.3 and §3.1.1.4: escapes are kept on the wire and resolved for the reader, a zero byte too.
#[test]
fn escapes_in_uris() {
    let invite = request("esc01");
    assert_eq!(invite.uri.user.as_deref(), Some("sips%3Auser%40example.com"));
    assert_eq!(invite.uri.user_text(), "sips:user@example.com");
    assert_eq!(invite.headers.from().expect("From").uri.user_text(), "I have spaces");
    assert_eq!(request("escnull").headers.contacts()[1].uri.user_text(), "\0\0");
}

/// §3.1.1.5: an escape in a method or a header name is not one; the name is another name.
#[test]
fn esc02() {
    let other = request("esc02");
    assert_eq!(other.method, Method::Other("RE%47IST%45R".to_owned()));
    assert_eq!(other.headers.contacts().len(), 2);
    assert_eq!(other.headers.from().expect("From").display, "%Z%45");
}

/// §3.1.1.8: what follows Content-Length in a datagram is ignored.
#[test]
fn dblreq() {
    let register = request("dblreq");
    assert_eq!((register.method, register.body), (Method::Register, Vec::new()));
}

/// §3.1.1.9: a semicolon before the `@` belongs to the user.
#[test]
fn semiuri() {
    let options = request("semiuri");
    assert_eq!(options.uri.user_text(), "user;par=u@example.net");
    assert!(options.uri.params.is_empty());
    assert_eq!(options.headers.all(&Name::Accept).count(), 1);
}

/// §3.1.1.12 and §3.1.1.13: a reason phrase may be any text, or none.
#[test]
fn reasons() {
    assert!(response("unreason").reason.ends_with("простое"));
    assert_eq!((response("noreason").status, response("noreason").reason.as_str()), (100, ""));
}

/// §3.3.13 and §3.3.14: outside of brackets a parameter is the header's, inside it is the URI's.
#[test]
fn parameters_of_contacts() {
    let outside = request("cparam01").headers.contacts().remove(0);
    assert!(outside.params.has("unknownparam") && outside.uri.params.is_empty());
    let inside = request("cparam02").headers.contacts().remove(0);
    assert!(inside.params.is_empty() && inside.uri.params.has("unknownparam"));
    let with_header = request("regescrt").headers.contacts().remove(0);
    assert_eq!(with_header.uri.headers[0].0, "Route");
}

/// RFC 5118 §4.3 to §4.5: what is in brackets is address, what follows is port; `received` comes with them or without.
#[test]
fn ipv6_addresses() {
    assert_eq!(request("port-ambiguous").uri.port, None);
    assert_eq!(request("port-unambiguous").uri.port, Some(5070));
    let expected = "2001:db8::9:255".parse().ok();
    for name in ["via-received-param-with-delim", "via-received-param-no-delim"] {
        assert_eq!(request(name).headers.top_via().expect("Via").received(), expected, "{name}");
    }
    let mapped = request("ipv4-mapped-ipv6").headers.top_via().expect("Via");
    assert_eq!(
        (mapped.to_string().as_str(), mapped.port),
        ("SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19", Some(19823))
    );
}
