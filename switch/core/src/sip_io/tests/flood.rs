use std::io::Write;

use super::*;

fn host() -> Host {
    Host::new(Config {
        listen: on_loopback(&[Transport::Udp, Transport::Tcp]),
        per_source: Rate { per_second: 10, burst: 20 },
        ..Config::default()
    })
}

/// Everything sent so far has been read: a known address's message, sent last, has come.
fn heard_until_last(host: &mut Host) -> usize {
    (0..).take_while(|_| call_id(&host.message().0) != "last").count()
}

#[test]
fn requests_of_a_stranger_are_cut_to_the_rate_before_they_are_parsed() {
    let mut host = host();
    let stranger = udp::peer();
    for _ in 0..60 {
        stranger.send_to(&options("x"), host.addr(Transport::Udp)).unwrap();
    }
    host.until(|sockets| sockets.dropped() == 40);
    host.sockets.vouch("127.0.0.1".parse().unwrap());
    stranger.send_to(&options("last"), host.addr(Transport::Udp)).unwrap();
    assert_eq!(heard_until_last(&mut host), 20);
}

#[test]
fn whom_we_ask_may_answer_without_a_limit() {
    let mut host = host();
    let peer = udp::peer();
    let target = Target::new(Transport::Udp, peer.local_addr().unwrap());
    host.sockets.send(&target, &options("x"), host.now).unwrap();
    for _ in 0..60 {
        peer.send_to(&options("x"), host.addr(Transport::Udp)).unwrap();
    }
    peer.send_to(&options("last"), host.addr(Transport::Udp)).unwrap();
    assert_eq!(heard_until_last(&mut host), 60);
}

#[test]
fn an_answer_of_ours_vouches_for_nobody() {
    let mut host = host();
    let peer = udp::peer();
    let target = Target::new(Transport::Udp, peer.local_addr().unwrap());
    host.sockets.send(&target, b"SIP/2.0 401 Unauthorized\r\n\r\n", host.now).unwrap();
    for _ in 0..60 {
        peer.send_to(&options("x"), host.addr(Transport::Udp)).unwrap();
    }
    host.until(|sockets| sockets.dropped() == 40);
}

#[test]
fn garbage_uses_up_what_a_source_may_send_and_is_never_answered() {
    let mut host = host();
    let peer = udp::peer();
    for _ in 0..3 {
        peer.send_to(b"GET / HTTP/1.1\r\n\r\n", host.addr(Transport::Udp)).unwrap();
    }
    peer.send_to(&options("x"), host.addr(Transport::Udp)).unwrap();
    host.until(|sockets| sockets.dropped() == 1);
    assert!(host.sockets.poll().is_none());
}

#[test]
fn a_connection_that_brings_too_much_is_closed() {
    let mut host = host();
    let mut peer = stream::connect(&host, Transport::Tcp);
    peer.write_all(&options("x").repeat(60)).unwrap();
    for _ in 0..20 {
        host.message();
    }
    assert!(host.lost().1.contains("too much"));
}
