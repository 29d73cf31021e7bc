//! SIP over WebSocket: a message a frame (RFC 7118). We are the server: browsers and phones come to us.

use std::io;

use hookflash_sip::Message;
use tungstenite::handshake::server::{Callback, ErrorResponse, Request, Response, ServerHandshake};
use tungstenite::handshake::{HandshakeError, MidHandshake};
use tungstenite::http::{HeaderValue, StatusCode, header::SEC_WEBSOCKET_PROTOCOL};
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Bytes, Error, Message as Frame};

use super::connection::Heard;
use super::garbage::{Look, MOST_BYTES, look};
use super::pipe::Pipe;

/// Most frames that are read before others have their turn.
const SHARE: usize = 64;

type Handshake = MidHandshake<ServerHandshake<Pipe, SubProtocol>>;

/// A WebSocket, from its handshake on.
#[derive(Debug)]
pub(super) enum WebSocket {
    Handshake(Box<Handshake>),
    Open(Box<tungstenite::WebSocket<Pipe>>),
    Closed,
}

impl WebSocket {
    /// `buffered`: most bytes that may wait for the peer.
    pub fn new(pipe: Pipe, buffered: usize) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(4096)
            .write_buffer_size(0)
            .max_write_buffer_size(buffered)
            .max_message_size(Some(MOST_BYTES))
            .max_frame_size(Some(MOST_BYTES));
        Self::Handshake(Box::new(ServerHandshake::start(pipe, SubProtocol, Some(config))))
    }

    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write(match std::str::from_utf8(bytes) {
            Ok(text) => Frame::text(text),
            Err(_) => Frame::binary(bytes.to_vec()),
        })
    }

    pub fn ping(&mut self) -> io::Result<()> {
        self.write(Frame::Ping(Bytes::new()))
    }

    fn write(&mut self, frame: Frame) -> io::Result<()> {
        match self {
            Self::Open(socket) => unless_blocked(socket.write(frame)).map(|_| ()),
            _ => Err(io::Error::new(io::ErrorKind::NotConnected, "the WebSocket is not open")),
        }
    }

    /// Send what waits. True when nothing is left.
    pub fn flush(&mut self) -> io::Result<bool> {
        match self {
            Self::Open(socket) => Ok(unless_blocked(socket.flush())?.is_some()),
            Self::Handshake(_) | Self::Closed => Ok(true),
        }
    }

    /// Read what is there. True when there is more.
    pub fn read(&mut self, heard: &mut impl FnMut(Heard)) -> io::Result<bool> {
        self.shake_hands()?;
        let Self::Open(socket) = self else {
            return Ok(false);
        };
        for _ in 0..SHARE {
            let Some(frame) = unless_blocked(socket.read())? else {
                return Ok(false);
            };
            match &frame {
                Frame::Text(text) => heard(understand(text.as_bytes())),
                Frame::Binary(bytes) => heard(understand(bytes)),
                Frame::Ping(_) | Frame::Pong(_) => heard(Heard::Alive),
                Frame::Close(_) | Frame::Frame(_) => {}
            }
        }
        Ok(true)
    }

    fn shake_hands(&mut self) -> io::Result<()> {
        match std::mem::replace(self, Self::Closed) {
            Self::Handshake(handshake) => match handshake.handshake() {
                Ok(socket) => *self = Self::Open(Box::new(socket)),
                Err(HandshakeError::Interrupted(rest)) => *self = Self::Handshake(Box::new(rest)),
                Err(HandshakeError::Failure(error)) => return Err(to_io(error)),
            },
            other => *self = other,
        }
        Ok(())
    }
}

fn understand(bytes: &[u8]) -> Heard {
    match look(bytes) {
        Look::KeepAlive if bytes == b"\r\n\r\n" => Heard::Ping(b"\r\n"),
        Look::KeepAlive => Heard::Alive,
        Look::Sip | Look::Garbage => match Message::parse(bytes) {
            Ok(message) => Heard::Message(message),
            Err(error) => Heard::Malformed(error),
        },
    }
}

fn unless_blocked<T>(result: Result<T, Error>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(to_io(error)),
    }
}

fn to_io(error: Error) -> io::Error {
    match error {
        Error::Io(error) => error,
        Error::ConnectionClosed => io::Error::new(io::ErrorKind::UnexpectedEof, "the peer closed the connection"),
        other => io::Error::other(other),
    }
}

/// A client must offer the sub-protocol `sip` (RFC 7118 §4).
#[derive(Debug)]
pub(super) struct SubProtocol;

impl Callback for SubProtocol {
    #[allow(clippy::result_large_err)] // it is tungstenite's
    fn on_request(self, request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
        let offers = request.headers().get_all(SEC_WEBSOCKET_PROTOCOL).into_iter();
        let offers_sip = offers
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|name| name.trim().eq_ignore_ascii_case("sip"));
        if !offers_sip {
            let mut refusal = ErrorResponse::new(Some("The sub-protocol must be sip.".to_owned()));
            *refusal.status_mut() = StatusCode::BAD_REQUEST;
            return Err(refusal);
        }
        let sip = HeaderValue::from_static("sip");
        response.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, sip);
        Ok(response)
    }
}
