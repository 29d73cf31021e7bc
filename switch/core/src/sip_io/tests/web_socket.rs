use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::{Bytes, Message as Frame, WebSocket};

use super::*;

fn handshake<S: Read + Write>(stream: S, protocol: Option<&'static str>) -> tungstenite::Result<WebSocket<S>> {
    let mut request = "ws://localhost/".into_client_request()?;
    if let Some(protocol) = protocol {
        let value = HeaderValue::from_static(protocol);
        request.headers_mut().insert("Sec-WebSocket-Protocol", value);
    }
    match tungstenite::client(request, stream) {
        Ok((socket, response)) => {
            assert_eq!(response.headers().get("Sec-WebSocket-Protocol").unwrap(), "sip");
            Ok(socket)
        }
        Err(tungstenite::HandshakeError::Failure(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

fn open(host: &mut Host) -> WebSocket<TcpStream> {
    let stream = stream::connect(host, Transport::Ws);
    host.beside(move || handshake(stream, Some("mqtt, sip")).unwrap())
}

#[test]
fn a_message_a_frame_goes_both_ways() {
    // RFC 7118 §5.
    let mut host = Host::listening(&[Transport::Ws]);
    let mut peer = open(&mut host);
    for frame in [Frame::text(String::from_utf8(options("one")).unwrap()), Frame::binary(options("two"))] {
        peer.send(frame).unwrap();
    }
    let (one, flow) = host.message();
    let (two, _) = host.message();
    assert_eq!((call_id(&one), call_id(&two)), ("one".to_owned(), "two".to_owned()));
    assert_eq!(flow.transport, Transport::Ws);
    host.sockets.send(&flow.target(), b"SIP/2.0 200 OK\r\n\r\n", host.now).unwrap();
    assert_eq!(peer.read().unwrap(), Frame::text("SIP/2.0 200 OK\r\n\r\n"));
    drop(peer);
    assert_eq!(host.lost().0.connection, Some(flow.connection));
    let gone = host.sockets.send(&flow.target(), b"SIP/2.0 200 OK\r\n\r\n", host.now);
    assert!(gone.unwrap_err().0.contains("WebSocket is gone"));
}

#[test]
fn a_client_without_the_sub_protocol_is_refused() {
    let mut host = Host::listening(&[Transport::Ws]);
    for protocol in [None, Some("mqtt")] {
        let stream = stream::connect(&host, Transport::Ws);
        let refused = host.beside(move || handshake(stream, protocol).map(|_| ()));
        assert!(matches!(refused, Err(tungstenite::Error::Http(response)) if response.status() == 400));
    }
    host.until(|sockets| sockets.connections() == 0);
}

#[test]
fn keep_alives_of_both_kinds_are_answered() {
    let mut host = Host::listening(&[Transport::Ws]);
    let mut peer = open(&mut host);
    peer.send(Frame::text("\r\n\r\n")).unwrap();
    peer.send(Frame::Ping(Bytes::from_static(b"x"))).unwrap();
    let answers = host.beside(move || [peer.read().unwrap(), peer.read().unwrap()]);
    assert!(answers.contains(&Frame::text("\r\n")), "{answers:?}");
    assert!(answers.contains(&Frame::Pong(Bytes::from_static(b"x"))), "{answers:?}");
    assert!(host.sockets.poll().is_none());
}

#[test]
fn we_ping_too() {
    let mut host = Host::listening(&[Transport::Ws]);
    let mut peer = open(&mut host);
    peer.send(Frame::binary(options("one"))).unwrap();
    let (_, flow) = host.message();
    host.sockets.keep_alive(&flow.target(), host.now).unwrap();
    assert!(matches!(peer.read().unwrap(), Frame::Ping(_)));
}

#[test]
fn a_frame_that_is_too_large_ends_the_connection() {
    let mut host = Host::listening(&[Transport::Ws]);
    let mut peer = open(&mut host);
    peer.send(Frame::binary(options("one"))).unwrap();
    host.message();
    host.beside(move || {
        let _ = peer.send(Frame::binary(vec![b'A'; 70_000]));
    });
    host.lost();
}

#[test]
fn web_sockets_run_under_tls() {
    let authority = tls::Authority::new("wss");
    let mut host = authority.host(Transport::Wss);
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority.file("root.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("localhost").unwrap();
    let session = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = StreamOwned::new(session, stream::connect(&host, Transport::Wss));
    let mut peer = host.beside(move || handshake(stream, Some("sip")).unwrap());
    peer.send(Frame::binary(options("one"))).unwrap();
    let (_, flow) = host.message();
    assert_eq!(flow.transport, Transport::Wss);
    host.sockets.send(&flow.target(), b"SIP/2.0 200 OK\r\n\r\n", host.now).unwrap();
    assert_eq!(peer.read().unwrap(), Frame::text("SIP/2.0 200 OK\r\n\r\n"));
}
