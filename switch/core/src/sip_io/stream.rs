//! SIP over TCP and TLS: messages one after the other.

use std::io::{self, Read, Write};

use hookflash_sip::{Frame, Framer};

use super::connection::Heard;
use super::pipe::{Pipe, unless_blocked};

/// Most bytes that are read before others have their turn.
const SHARE: usize = 256 * 1024;

/// A stream of messages each way.
#[derive(Debug)]
pub(super) struct Stream {
    pub pipe: Pipe,
    framer: Framer,
    /// What the peer has not taken yet.
    waiting: Vec<u8>,
}

impl Stream {
    pub fn new(pipe: Pipe) -> Self {
        Self { pipe, framer: Framer::new(), waiting: Vec::new() }
    }

    /// Send as much as the peer takes and keep the rest, `most` bytes of it.
    pub fn send(&mut self, bytes: &[u8], most: usize) -> io::Result<()> {
        if self.waiting.len() + bytes.len() > most {
            return Err(io::Error::other("the peer does not read what it is sent"));
        }
        self.waiting.extend_from_slice(bytes);
        Ok(())
    }

    /// Send what waits. True when nothing is left.
    pub fn flush(&mut self) -> io::Result<bool> {
        let mut done = 0;
        while let Some(rest) = self.waiting.get(done..).filter(|rest| !rest.is_empty()) {
            match unless_blocked(self.pipe.write(rest))? {
                Some(0) | None => break,
                Some(taken) => done += taken,
            }
        }
        self.waiting.drain(..done);
        let flushed = unless_blocked(self.pipe.flush())?.is_some();
        Ok(flushed && self.waiting.is_empty())
    }

    /// Read what is there. True when there is more.
    pub fn read(&mut self, buffer: &mut [u8], heard: &mut impl FnMut(Heard)) -> io::Result<bool> {
        let mut total = 0;
        while total < SHARE {
            let Some(length) = unless_blocked(self.pipe.read(buffer))? else {
                return Ok(false);
            };
            if length == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the peer closed the connection"));
            }
            total += length;
            self.frames(buffer.get(..length).unwrap_or_default(), heard)?;
        }
        Ok(true)
    }

    fn frames(&mut self, bytes: &[u8], heard: &mut impl FnMut(Heard)) -> io::Result<()> {
        self.framer.push(bytes);
        let mut nothing = true;
        loop {
            match self.framer.next() {
                Ok(Some(Frame::Message(message))) => heard(Heard::Message(message)),
                Ok(Some(Frame::KeepAlive)) => heard(Heard::Ping(b"\r\n")),
                Ok(None) if nothing && !bytes.iter().all(|byte| b"\r\n".contains(byte)) => {
                    heard(Heard::Part);
                    return Ok(());
                }
                Ok(None) => return Ok(()),
                Err(error) => heard(Heard::Malformed(error)),
            }
            nothing = false;
            if self.framer.is_broken() {
                return Err(io::Error::other("the peer sent something that is not SIP"));
            }
        }
    }
}
