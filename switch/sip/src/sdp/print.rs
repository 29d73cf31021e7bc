//! Printing a description, in the order that RFC 8866 §5 wants.

use std::fmt;
use std::net::IpAddr;

use crate::host::Host;

use super::description::{Media, SessionDescription};

/// A host as c= and o= write it: network, family, address without brackets.
struct Address<'a>(&'a Host);

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Host::Ip(IpAddr::V6(address)) => write!(f, "IN IP6 {address}"),
            Host::Ip(address) => write!(f, "IN IP4 {address}"),
            Host::Name(name) => write!(f, "IN IP4 {name}"),
        }
    }
}

impl fmt::Display for SessionDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = &self.origin;
        write!(f, "v=0\r\no={} {} ", origin.username, origin.session_id)?;
        write!(f, "{} {}\r\n", origin.version, Address(&origin.address))?;
        // An empty s= is not allowed; a single space is what RFC 3264 §5 asks for in its place.
        let name = if self.name.is_empty() { " " } else { &self.name };
        write!(f, "s={name}\r\n")?;
        if let Some(connection) = &self.connection {
            write!(f, "c={}\r\n", Address(connection))?;
        }
        write!(f, "t={}\r\n", self.time)?;
        if let Some(direction) = self.direction {
            write!(f, "a={}\r\n", direction.name())?;
        }
        attributes(f, &self.attributes)?;
        self.media.iter().try_for_each(|media| write!(f, "{media}"))
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={} {} {}", self.kind, self.port, self.protocol)?;
        for format in &self.formats {
            write!(f, " {format}")?;
        }
        f.write_str("\r\n")?;
        if let Some(connection) = &self.connection {
            write!(f, "c={}\r\n", Address(connection))?;
        }
        for map in &self.rtpmaps {
            write!(f, "a=rtpmap:{} {}/{}", map.payload_type, map.name, map.clock_rate)?;
            if let Some(channels) = map.channels {
                write!(f, "/{channels}")?;
            }
            f.write_str("\r\n")?;
        }
        for (payload_type, params) in &self.fmtps {
            write!(f, "a=fmtp:{payload_type} {params}\r\n")?;
        }
        if let Some(ms) = self.ptime {
            write!(f, "a=ptime:{ms}\r\n")?;
        }
        if let Some(ms) = self.maxptime {
            write!(f, "a=maxptime:{ms}\r\n")?;
        }
        match &self.rtcp {
            Some((port, Some(host))) => write!(f, "a=rtcp:{port} {}\r\n", Address(host))?,
            Some((port, None)) => write!(f, "a=rtcp:{port}\r\n")?,
            None => {}
        }
        if self.rtcp_mux {
            f.write_str("a=rtcp-mux\r\n")?;
        }
        for crypto in &self.cryptos {
            write!(f, "a=crypto:{} {} {}\r\n", crypto.tag, crypto.suite, crypto.params)?;
        }
        if let Some(direction) = self.direction {
            write!(f, "a={}\r\n", direction.name())?;
        }
        attributes(f, &self.attributes)
    }
}

fn attributes(f: &mut fmt::Formatter<'_>, attributes: &[(String, Option<String>)]) -> fmt::Result {
    for (name, value) in attributes {
        match value {
            Some(value) => write!(f, "a={name}:{value}\r\n")?,
            None => write!(f, "a={name}\r\n")?,
        }
    }
    Ok(())
}
