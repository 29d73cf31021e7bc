use std::io::{ErrorKind, Read, Write};

use super::stream::connect;
use super::*;

fn host(limits: Limits) -> Host {
    Host::new(Config { listen: on_loopback(&[Transport::Tcp, Transport::Ws]), limits, ..Config::default() })
}

/// Whether the host closes the connection.
fn is_closed(host: &mut Host, mut peer: std::net::TcpStream) -> bool {
    host.beside(move || match peer.read(&mut [0; 16]) {
        Ok(length) => length == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    })
}

#[test]
fn above_the_number_of_connections_new_ones_are_closed_unheard() {
    for limits in [Limits { connections: 2, ..Limits::default() }, Limits { per_address: 2, ..Limits::default() }] {
        let mut host = host(limits);
        let _held = [connect(&host, Transport::Tcp), connect(&host, Transport::Tcp)];
        let third = connect(&host, Transport::Tcp);
        assert!(is_closed(&mut host, third));
        assert_eq!(host.sockets.connections(), 2);
        assert_eq!(host.sockets.dropped(), 1);
    }
}

#[test]
fn a_connection_that_ended_makes_room() {
    let mut host = host(Limits { per_address: 1, ..Limits::default() });
    drop(connect(&host, Transport::Tcp));
    host.until(|sockets| sockets.connections() == 1);
    host.until(|sockets| sockets.connections() == 0);
    let _second = connect(&host, Transport::Tcp);
    host.until(|sockets| sockets.connections() == 1);
}

#[test]
fn who_never_finishes_a_message_or_a_handshake_is_cut_off() {
    let patience = 5_000_000;
    for (transport, bytes) in
        [(Transport::Tcp, &b""[..]), (Transport::Tcp, b"OPTIONS sip:a SIP/2.0\r\nVia:"), (Transport::Ws, b"GET / HTT")]
    {
        let mut host = host(Limits { patience, ..Limits::default() });
        let mut peer = connect(&host, transport);
        peer.write_all(bytes).unwrap();
        host.until(|sockets| sockets.connections() == 1);
        host.turn();
        assert_eq!(host.sockets.next_timeout(), Some(host.now + patience));
        host.now += patience;
        assert!(is_closed(&mut host, peer));
        assert!(host.sockets.poll().is_none(), "nobody knew of it");
    }
}

#[test]
fn a_message_that_stays_half_is_cut_off_on_a_known_connection_too() {
    let patience = 5_000_000;
    let mut host = host(Limits { patience, ..Limits::default() });
    let mut peer = connect(&host, Transport::Tcp);
    peer.write_all(&options("one")).unwrap();
    host.message();
    host.now += patience;
    host.turn();
    let due = host.now + patience;
    peer.write_all(b"OPTIONS ").unwrap();
    host.until(|sockets| sockets.next_timeout() == Some(due));
    host.now = due;
    assert!(host.lost().1.contains("too long"));
}

#[test]
fn an_idle_connection_is_closed_and_a_living_one_is_not() {
    let limits = Limits { idle: 60_000_000, patience: 20_000_000, ..Limits::default() };
    let mut host = host(limits);
    let mut peer = connect(&host, Transport::Tcp);
    peer.write_all(&options("one")).unwrap();
    host.message();
    host.now += 59_000_000;
    peer.write_all(b"\r\n\r\n").unwrap();
    host.until(|sockets| sockets.connections() == 1 && sockets.next_timeout().is_some());
    let mut pong = [0; 2];
    let mut reader = peer.try_clone().unwrap();
    host.beside(move || reader.read_exact(&mut pong).unwrap());
    host.now += 59_000_000;
    host.turn();
    assert_eq!(host.sockets.connections(), 1);
    host.now += 1_000_000;
    assert!(host.lost().1.contains("nothing happened"));
}

#[test]
fn a_peer_that_does_not_read_costs_no_more_than_its_buffer() {
    let mut host = host(Limits { buffered: 100_000, ..Limits::default() });
    let mut peer = connect(&host, Transport::Tcp);
    peer.write_all(&options("one")).unwrap();
    let (_, flow) = host.message();
    let big = [b'x'; 50_000];
    let refused = (0..1_000).find(|_| host.sockets.send(&flow.target(), &big, host.now).is_err());
    assert!(refused.is_some());
    assert_eq!(host.sockets.connections(), 0);
    assert_eq!(host.lost().0.connection, Some(flow.connection));
}

#[test]
fn a_stream_that_is_not_sip_is_closed() {
    let mut host = host(Limits::default());
    let mut peer = connect(&host, Transport::Tcp);
    peer.write_all(&[b'A'; 100_000]).unwrap();
    assert!(is_closed(&mut host, peer));
}
