use std::net::UdpSocket;

use super::*;

pub(super) fn peer() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

fn received(socket: &UdpSocket) -> Vec<u8> {
    let mut buffer = [0; 65_535];
    let length = socket.recv(&mut buffer).unwrap();
    buffer[..length].to_vec()
}

#[test]
fn an_answer_goes_back_on_the_path_of_the_request() {
    for addr in ["127.0.0.1:0", "[::1]:0"] {
        let addr = addr.parse().unwrap();
        let listen = vec![Listen { transport: Transport::Udp, addr }];
        let mut host = Host::new(Config { listen, ..Config::default() });
        let peer = UdpSocket::bind(addr).unwrap();
        peer.set_read_timeout(Some(PATIENCE)).unwrap();
        peer.send_to(&options("one"), host.addr(Transport::Udp)).unwrap();
        let (message, flow) = host.message();
        assert_eq!(call_id(&message), "one");
        assert_eq!((flow.peer, flow.local), (peer.local_addr().unwrap(), host.addr(Transport::Udp)));
        host.sockets.send(&flow.target(), b"SIP/2.0 200 OK\r\n\r\n", host.now).unwrap();
        assert_eq!(received(&peer), b"SIP/2.0 200 OK\r\n\r\n");
    }
}

#[test]
fn more_datagrams_than_one_batch_all_arrive_in_order() {
    // Readiness is told once: what a batch leaves must be fetched without another event.
    let mut host = Host::listening(&[Transport::Udp]);
    let peer = peer();
    for number in 0..200 {
        peer.send_to(&options(&number.to_string()), host.addr(Transport::Udp)).unwrap();
    }
    for number in 0..200 {
        assert_eq!(call_id(&host.message().0), number.to_string());
    }
}

#[test]
fn who_cannot_read_all_is_behind_until_nothing_waits() {
    let mut host = Host::listening(&[Transport::Udp]);
    let peer = peer();
    for _ in 0..400 {
        peer.send_to(&options("x"), host.addr(Transport::Udp)).unwrap();
    }
    host.turn();
    assert_eq!(host.sockets.behind(host.now + 5), 5);
    host.now += 100;
    host.turn();
    assert_eq!(host.sockets.behind(host.now), 100);
    while host.sockets.behind(host.now) > 0 {
        host.message();
    }
}

#[test]
fn a_keep_alive_is_two_empty_lines_and_nobody_hears_of_one() {
    let mut host = Host::listening(&[Transport::Udp]);
    let mut other = Host::listening(&[Transport::Udp]);
    host.sockets.keep_alive(&other.target(Transport::Udp), 0).unwrap();
    host.sockets.send(&other.target(Transport::Udp), &options("after"), 0).unwrap();
    assert_eq!(call_id(&other.message().0), "after");
    let peer = peer();
    let target = Target::new(Transport::Udp, peer.local_addr().unwrap());
    host.sockets.keep_alive(&target, 0).unwrap();
    assert_eq!(received(&peer), b"\r\n\r\n");
}

#[test]
fn a_malformed_request_is_answered_with_400() {
    let mut host = Host::listening(&[Transport::Udp]);
    let peer = peer();
    let broken = String::from_utf8(options("x")).unwrap().replace("CSeq: 1 OPTIONS", "CSeq: one");
    peer.send_to(broken.as_bytes(), host.addr(Transport::Udp)).unwrap();
    assert!(matches!(host.next(), Incoming::Malformed { .. }));
    assert!(received(&peer).starts_with(b"SIP/2.0 400 "));
}

#[test]
fn an_address_of_a_family_without_a_socket_cannot_be_reached() {
    let mut host = Host::listening(&[Transport::Udp]);
    let target = Target::new(Transport::Udp, "[::1]:5060".parse().unwrap());
    assert!(host.sockets.send(&target, &options("x"), 0).is_err());
}

#[test]
fn an_address_in_use_is_named_in_the_error() {
    let host = Host::listening(&[Transport::Udp]);
    let addr = host.addr(Transport::Udp);
    let listen = vec![Listen { transport: Transport::Udp, addr }];
    let config = Config { listen, ..Config::default() };
    let error = SipSockets::bind(config, Poll::new().unwrap().registry(), FIRST_TOKEN).unwrap_err();
    assert!(error.to_string().contains(&addr.to_string()), "{error}");
}
