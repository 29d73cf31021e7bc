//! Copies of all SIP messages for a capture server (HEP), when the operator names one.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};

use hookflash_sip::hep::{self, CaptureAgent};
use hookflash_sip::{Flow, Message, Micros, Target, Transport};

/// Our number at the capture server.
const AGENT: CaptureAgent<'static> = CaptureAgent { id: 2001, key: "" };

/// Where copies go.
pub struct Capture {
    socket: UdpSocket,
    locals: Vec<(Transport, SocketAddr)>,
}

impl Capture {
    /// Copies go to `server` (`host:port`); `locals` are our own addresses.
    pub fn new(server: &str, locals: Vec<(Transport, SocketAddr)>) -> io::Result<Self> {
        let to = server.to_socket_addrs()?.next().ok_or(io::ErrorKind::NotFound)?;
        let any = if to.is_ipv6() { "[::]:0" } else { "0.0.0.0:0" };
        let socket = UdpSocket::bind(any)?;
        socket.connect(to)?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket, locals })
    }

    /// A message came.
    pub fn received(&self, message: &Message, flow: &Flow, at: Micros) {
        let bytes = message.to_bytes();
        self.copy(flow.peer, flow.local, flow.transport, at, &bytes, message);
    }

    /// A message goes out.
    pub fn sent(&self, target: &Target, bytes: &[u8], at: Micros) {
        let local = self.locals.iter().find(|(transport, _)| *transport == target.transport);
        if let (Some(&(_, local)), Ok(message)) = (local.or(self.locals.first()), Message::parse(bytes)) {
            self.copy(local, target.addr, target.transport, at, bytes, &message);
        }
    }

    fn copy(
        &self,
        source: SocketAddr,
        destination: SocketAddr,
        transport: Transport,
        at: Micros,
        bytes: &[u8],
        message: &Message,
    ) {
        let headers = match message {
            Message::Request(request) => &request.headers,
            Message::Response(response) => &response.headers,
        };
        let correlation = headers.call_id().unwrap_or_default();
        let capture = hep::Capture { source, destination, transport, at, message: bytes, correlation };
        if let Some(datagram) = hep::encapsulate(&capture, &AGENT) {
            // A capture server that does not listen must not disturb calls.
            let _ = self.socket.send(&datagram);
        }
    }
}
