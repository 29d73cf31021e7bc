//! What belongs to a call, what does not, and where requests of a call go (RFC 3261 §8.2, §12).

use hookflash_sip::agent::AgentEvent;
use hookflash_sip::{Message, Transport};

use crate::changes::call_from_elsewhere;
use crate::net::{ANSWER, MS, Net, OFFER, answer_to, call, elsewhere, ended, header, request_text};

const US: &str = "sip:bob@192.0.2.1";

#[test]
fn a_request_for_an_unknown_call_gets_481() {
    // RFC 3261 §12.2.2. The tag names a leg that there is not, is not ours, or is that of another call.
    let mut net = Net::new(1);
    let (_, tag) = call_from_elsewhere(&mut net, "");
    let other = format!("{}{}", &tag[..tag.len() - 1], if tag.ends_with('0') { '1' } else { '0' });
    for (number, tag) in ["1.0123456789abcdef", "nonsense", &other, "ffffffffffffffffffff.0"].into_iter().enumerate() {
        for method in ["BYE", "INVITE", "UPDATE", "INFO", "PRACK", "REFER"] {
            net.inject(elsewhere(), 1, &request_text(method, US, number as u32 + 50, tag, "", ""));
            assert_eq!(net.answer_outside().status, 481, "{method} {tag}");
        }
    }
    assert_eq!(net.events(1), []);
}

#[test]
fn a_request_that_is_out_of_order_gets_500() {
    // RFC 3261 §12.2.2: CSeq must grow.
    let mut net = Net::new(1);
    let (_, tag) = call_from_elsewhere(&mut net, "");
    net.inject(elsewhere(), 1, &request_text("INFO", US, 9, &tag, "", ""));
    assert_eq!(net.answer_outside().status, 200);
    net.inject(elsewhere(), 1, &request_text("OPTIONS", US, 8, &tag, "", ""));
    assert_eq!(net.answer_outside().status, 500);
}

#[test]
fn what_we_do_not_do_is_refused_with_what_we_do() {
    // RFC 3261 §8.2.1, §8.2.2.3: 405 with Allow, 501, 420 with Unsupported, 416.
    let mut net = Net::new(1);
    let cases = [
        ("MESSAGE", US, "", 405, "Allow"),
        ("SUBSCRIBE", US, "", 405, "Allow"),
        ("PUBLISH", US, "", 405, "Allow"),
        ("DANCE", US, "", 501, ""),
        ("INVITE", US, "Require: teleport, timer", 420, "Unsupported"),
        ("INVITE", "tel:+15550100", "", 416, ""),
        ("BYE", US, "", 481, ""),
        ("NOTIFY", US, "Event: refer", 481, ""),
    ];
    for (number, (method, target, rest, status, named)) in cases.into_iter().enumerate() {
        net.inject(elsewhere(), 1, &request_text(method, target, number as u32 + 1, "", rest, ""));
        let response = net.answer_outside();
        assert_eq!(response.status, status, "{method}");
        assert!(named.is_empty() || !header(&response.headers, named).is_empty(), "{method} names {named}");
        assert!(response.headers.to().is_some_and(|to| to.tag().is_some()), "{method} gets a tag");
    }
    assert!(net.events(1).is_empty());
}

#[test]
fn options_tell_what_we_can_do_in_a_call_and_outside() {
    // RFC 3261 §11.2: 200 with Allow, Accept and Supported, and no leg.
    let mut net = Net::new(1);
    net.inject(elsewhere(), 1, &request_text("OPTIONS", US, 1, "", "", ""));
    let outside = net.answer_outside();
    let (_, tag) = call_from_elsewhere(&mut net, "");
    net.inject(elsewhere(), 1, &request_text("OPTIONS", US, 5, &tag, "", ""));
    for response in [outside, net.answer_outside()] {
        assert_eq!(response.status, 200);
        for name in ["Allow", "Accept", "Supported"] {
            assert!(!header(&response.headers, name).is_empty(), "{name}");
        }
    }
    assert_eq!(net.peers[0].agent.legs(), 1);
}

#[test]
fn keys_come_by_info_and_other_bodies_are_refused() {
    // RFC 6086 §4.2.2: 415 with Accept for a body that we do not read, 469 for a package.
    let mut net = Net::new(1);
    let (leg, tag) = call_from_elsewhere(&mut net, "");
    let info = |cseq: u32, kind: &str, body: &str| {
        let text = request_text("INFO", US, cseq, &tag, "", "x");
        let length = body.len();
        let text = text.replace("Content-Type: application/sdp", &format!("Content-Type: {kind}"));
        text.replace("Content-Length: 1\n\nx", &format!("Content-Length: {length}\n\n{body}"))
    };
    net.inject(elsewhere(), 1, &info(2, "application/dtmf-relay", "Signal=7"));
    assert_eq!(net.answer_outside().status, 200);
    assert_eq!(net.events(1), [AgentEvent::Key { leg, key: '7', ms: 100 }]);
    net.inject(elsewhere(), 1, &info(3, "text/plain", "7"));
    assert_eq!(net.answer_outside().status, 415);
    let body = r#"{"a": 1}"#;
    net.inject(elsewhere(), 1, &info(4, "application/json", body));
    assert_eq!(net.answer_outside().status, 200);
    let told = AgentEvent::Informed { leg, content_type: "application/json".into(), body: body.into() };
    assert_eq!(net.events(1), [told]);
    net.inject(elsewhere(), 1, &request_text("INFO", US, 5, &tag, "Info-Package: foo", ""));
    assert_eq!(net.answer_outside().status, 469);
}

#[test]
fn requests_of_a_call_follow_its_route_set() {
    // RFC 3261 §12.1.1, §12.2.1.1: Record-Route in order for the callee; the remote target is the request URI.
    let mut net = Net::new(1);
    let routes = "Record-Route: <sip:192.0.2.71;lr>\nRecord-Route: <sip:192.0.2.72;lr>";
    let (leg, _) = call_from_elsewhere(&mut net, routes);
    net.act(1, |agent, now| agent.hang_up(leg, "local", now));
    let (to, Message::Request(bye)) = net.take_outside().pop().expect("BYE") else {
        panic!("a request");
    };
    assert_eq!(to.ip().to_string(), "192.0.2.71");
    assert_eq!(bye.uri.to_string(), "sip:x@192.0.2.60");
    let route: Vec<_> = bye.headers.routes().iter().map(|route| route.uri.host.to_string()).collect();
    assert_eq!(route, ["192.0.2.71", "192.0.2.72"]);
}

#[test]
fn a_strict_router_gets_itself_as_request_uri() {
    // RFC 3261 §12.2.1.1: without lr, the first route is the request URI and the target comes last.
    let mut net = Net::new(1);
    let (leg, _) = call_from_elsewhere(&mut net, "Record-Route: <sip:192.0.2.71>\nRecord-Route: <sip:192.0.2.72;lr>");
    net.act(1, |agent, now| agent.hang_up(leg, "local", now));
    let bye = net.request_outside();
    assert_eq!(bye.uri.to_string(), "sip:192.0.2.71");
    let route: Vec<_> = bye.headers.routes().iter().map(|route| route.uri.host.to_string()).collect();
    assert_eq!(route, ["192.0.2.72", "192.0.2.60"]);
}

#[test]
fn the_caller_reverses_the_route_set() {
    // RFC 3261 §12.1.2.
    let mut net = Net::new(1);
    net.act(1, |agent, now| agent.invite(1, call("sip:bob@192.0.2.60"), now));
    let invite = net.request_outside();
    let extra = "Record-Route: <sip:192.0.2.71;lr>\nRecord-Route: <sip:192.0.2.72;lr>";
    net.inject(elsewhere(), 1, &answer_to(&invite, 200, "a", extra, ANSWER));
    let (to, Message::Request(ack)) = net.take_outside().pop().expect("ACK") else {
        panic!("a request");
    };
    assert_eq!((ack.method.as_str(), to.ip().to_string()), ("ACK", "192.0.2.72".to_owned()));
}

#[test]
fn a_phone_behind_nat_is_reached_where_its_invite_came_from() {
    // RFC 3581: its Contact is a private address that nobody can reach.
    let mut net = Net::new(1);
    let outside = "192.0.2.60:31000".parse().expect("an address");
    let sdp = String::from_utf8_lossy(OFFER);
    let text = request_text("INVITE", US, 1, "", "", &sdp).replace("@192.0.2.60>\nMax", "@10.0.0.5:5060>\nMax");
    net.inject(outside, 1, &text.replace("UDP 192.0.2.60:5060", "UDP 10.0.0.5:5060"));
    let leg = net.invited(1).leg;
    net.act(1, |agent, now| agent.answer(leg, ANSWER.to_vec(), now));
    let tag = net.answer_outside().headers.to().and_then(|to| to.tag().map(str::to_owned)).expect("a tag");
    net.inject(outside, 1, &request_text("ACK", US, 1, &tag, "", ""));
    net.take_outside();
    net.act(1, |agent, now| agent.hang_up(leg, "local", now));
    let (to, _) = net.take_outside().pop().expect("BYE");
    assert_eq!(to, outside);
}

#[test]
fn a_call_over_a_websocket_stays_on_it() {
    // RFC 7118 §5: the Contact's host is a name that is none; only the connection leads back.
    let mut net = Net::new(1);
    let sdp = String::from_utf8_lossy(OFFER);
    let text = request_text("INVITE", US, 1, "", "", &sdp);
    let text = text.replace("<sip:x@192.0.2.60>\nMax", "<sip:x@a1b2.invalid;transport=ws>\nMax");
    let text = text.replace("UDP 192.0.2.60:5060", "WS a1b2.invalid");
    net.inject_over(Transport::Ws, 7, elsewhere(), 1, &text);
    let leg = net.invited(1).leg;
    net.act(1, |agent, now| agent.answer(leg, ANSWER.to_vec(), now));
    let tag = net.answer_outside().headers.to().and_then(|to| to.tag().map(str::to_owned)).expect("a tag");
    let ack = request_text("ACK", US, 1, &tag, "", "").replace("UDP 192.0.2.60:5060", "WS a1b2.invalid");
    net.inject_over(Transport::Ws, 7, elsewhere(), 1, &ack);
    net.take_outside();
    net.act(1, |agent, now| agent.hang_up(leg, "local", now));
    let bye = net.request_outside();
    assert_eq!(bye.uri.to_string(), "sip:x@a1b2.invalid;transport=ws");
}

#[test]
fn an_invite_that_cannot_become_a_dialog_is_refused() {
    // RFC 3261 §8.1.1.8, §21.4.1: without a Contact there is nowhere to send BYE to. 415 for a body that is no SDP.
    let mut net = Net::new(1);
    let text = request_text("INVITE", US, 1, "", "", "x").replace("Contact: <sip:x@192.0.2.60>\n", "");
    net.inject(elsewhere(), 1, &text);
    assert_eq!(net.answer_outside().status, 400);
    let text = request_text("INVITE", US, 2, "", "", "x").replace("application/sdp", "text/plain");
    net.inject(elsewhere(), 1, &text);
    let refused = net.answer_outside();
    assert_eq!((refused.status, header(&refused.headers, "Accept")), (415, "application/sdp".to_owned()));
    let many = "Record-Route: <sip:192.0.2.71;lr>\n".repeat(11);
    net.inject(elsewhere(), 1, &request_text("INVITE", US, 3, "", &many, "x"));
    assert_eq!(net.answer_outside().status, 400);
    assert_eq!(net.peers[0].agent.legs(), 0);
}

#[test]
fn a_call_whose_peer_forgot_it_ends() {
    // RFC 5057 §5.1: 481 inside a call says that there is none any more.
    let mut net = Net::new(1);
    let (leg, _) = call_from_elsewhere(&mut net, "");
    net.act(1, |agent, now| agent.offer(leg, OFFER.to_vec(), now));
    let offer = net.request_outside();
    net.inject(elsewhere(), 1, &answer_to(&offer, 481, "", "", b""));
    assert_eq!(ended(&net.events(1), leg), ("failed".to_owned(), 481));
    net.advance(20 * MS);
}

#[test]
fn headers_of_an_application_go_out_but_not_those_of_sip() {
    // No application may forge what SIP runs on, nor break a line.
    let mut net = Net::new(1);
    let mut outbound = call("sip:bob@192.0.2.60");
    for (name, value) in [
        ("X-Good", "1"),
        ("Via", "SIP/2.0/UDP evil"),
        ("X-Bad\r\nVia", "x"),
        ("X-Line", "a\r\nVia: x"),
        ("Contact", "<sip:x@y>"),
    ] {
        outbound.headers.push((name.to_owned(), value.to_owned()));
    }
    net.act(1, |agent, now| agent.invite(1, outbound, now));
    let invite = net.request_outside();
    assert_eq!(header(&invite.headers, "X-Good"), "1");
    assert_eq!(invite.headers.vias().len(), 1);
    assert_eq!(header(&invite.headers, "X-Line"), "");
    assert_eq!(invite.headers.contacts().len(), 1);
}
