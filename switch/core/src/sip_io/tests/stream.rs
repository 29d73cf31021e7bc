use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use super::*;

pub(super) fn connect(host: &Host, transport: Transport) -> TcpStream {
    let stream = TcpStream::connect(host.addr(transport)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn received(stream: &mut TcpStream, length: usize) -> Vec<u8> {
    let mut buffer = vec![0; length];
    stream.read_exact(&mut buffer).unwrap();
    buffer
}

#[test]
fn messages_come_however_they_are_cut_and_answers_go_back() {
    let mut host = Host::listening(&[Transport::Tcp]);
    let mut peer = connect(&host, Transport::Tcp);
    let both = [options("one"), options("two")].concat();
    let (first, rest) = both.split_at(30);
    peer.write_all(first).unwrap();
    host.until(|sockets| sockets.connections() == 1);
    peer.write_all(rest).unwrap();
    let (one, flow) = host.message();
    let (two, _) = host.message();
    assert_eq!((call_id(&one), call_id(&two)), ("one".to_owned(), "two".to_owned()));
    assert_eq!(flow.peer, peer.local_addr().unwrap());
    host.sockets.send(&flow.target(), b"SIP/2.0 200 OK\r\n\r\n", host.now).unwrap();
    assert_eq!(received(&mut peer, 18), b"SIP/2.0 200 OK\r\n\r\n");
}

#[test]
fn a_ping_gets_its_pong() {
    // RFC 5626 §3.5.1.
    let mut host = Host::listening(&[Transport::Tcp]);
    let mut peer = connect(&host, Transport::Tcp);
    peer.write_all(b"\r\n\r\n").unwrap();
    let pong = host.beside(move || received(&mut peer, 2));
    assert_eq!(pong, b"\r\n");
}

#[test]
fn a_connection_is_opened_on_demand_used_again_and_its_loss_is_told() {
    let mut host = Host::listening(&[Transport::Tcp]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = Target::new(Transport::Tcp, listener.local_addr().unwrap());
    host.sockets.send(&target, &options("one"), host.now).unwrap();
    host.sockets.send(&target, &options("two"), host.now).unwrap();
    assert_eq!(host.sockets.connections(), 1);
    let length = 2 * options("one").len();
    let mut peer = host.beside(move || {
        let (mut peer, _) = listener.accept().unwrap();
        received(&mut peer, length);
        peer
    });
    peer.write_all(&options("back")).unwrap();
    let (_, flow) = host.message();
    drop(peer);
    let (lost, why) = host.lost();
    assert_eq!((lost.addr, lost.connection), (target.addr, Some(flow.connection)));
    assert!(!why.is_empty());
    assert_eq!(host.sockets.connections(), 0);
}

#[test]
fn a_refused_connection_is_told() {
    let mut host = Host::listening(&[Transport::Tcp]);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let target = Target::new(Transport::Tcp, closed);
    match host.sockets.send(&target, &options("one"), host.now) {
        Ok(()) => assert_eq!(host.lost().0.addr, closed),
        Err(error) => assert!(error.0.contains("refused"), "{error}"),
    }
}

#[test]
fn an_answer_takes_a_new_connection_when_the_old_one_is_gone() {
    // RFC 3261 §18.2.2.
    let mut host = Host::listening(&[Transport::Tcp]);
    let mut peer = connect(&host, Transport::Tcp);
    peer.write_all(&options("one")).unwrap();
    let (_, flow) = host.message();
    drop(peer);
    host.lost();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = Target { addr: listener.local_addr().unwrap(), ..flow.target() };
    host.sockets.send(&target, b"SIP/2.0 200 OK\r\n\r\n", host.now).unwrap();
    let answer = host.beside(move || received(&mut listener.accept().unwrap().0, 18));
    assert_eq!(answer, b"SIP/2.0 200 OK\r\n\r\n");
}

#[test]
fn two_hosts_talk_and_a_connection_can_be_pinged() {
    let mut alice = Host::listening(&[Transport::Tcp]);
    let mut bob = Host::listening(&[Transport::Tcp]);
    let to_bob = bob.target(Transport::Tcp);
    assert!(alice.sockets.keep_alive(&to_bob, 0).is_err(), "a ping opens nothing");
    alice.sockets.send(&to_bob, &options("one"), alice.now).unwrap();
    alice.until(|_| {
        bob.turn();
        matches!(bob.sockets.poll(), Some(Incoming::Message(..)))
    });
    alice.sockets.keep_alive(&to_bob, alice.now).unwrap();
    for _ in 0..10 {
        alice.turn();
        bob.turn();
    }
    assert!(alice.sockets.poll().is_none() && bob.sockets.poll().is_none());
    assert_eq!((alice.sockets.connections(), bob.sockets.connections()), (1, 1));
}
