//! Telling at a glance what cannot be SIP.

/// The largest message that is taken, bytes; no datagram is larger.
pub(super) const MOST_BYTES: usize = 65_535;

/// The longest start line that is looked for, bytes.
const MOST_LINE: usize = 2_048;

/// The longest datagram that is taken for a keep-alive, bytes.
const MOST_KEEP_ALIVE: usize = 8;

/// What a datagram or a frame looks like.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(super) enum Look {
    /// A request or a response; the parser decides.
    Sip,
    /// Nothing but empty lines or zeros, to keep a path open.
    KeepAlive,
    /// Neither.
    Garbage,
}

/// Look at the first line and no further: a message says `SIP/` at its start or before its version at the end.
pub(super) fn look(bytes: &[u8]) -> Look {
    if bytes.len() <= MOST_KEEP_ALIVE && bytes.iter().all(|byte| b"\r\n\0 ".contains(byte)) {
        return Look::KeepAlive;
    }
    let bytes = bytes.trim_ascii_start();
    let head = bytes.get(..MOST_LINE).unwrap_or(bytes);
    let Some(end) = head.iter().position(|&byte| byte == b'\n') else {
        return Look::Garbage;
    };
    let line = head.get(..end).unwrap_or_default().trim_ascii_end();
    let version = line.rsplit(|&byte| byte == b' ').next().unwrap_or_default();
    match is_version(line) || is_version(version) {
        true => Look::Sip,
        false => Look::Garbage,
    }
}

fn is_version(text: &[u8]) -> bool {
    text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"SIP/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_line_of_sip_is_enough_to_be_parsed() {
        for bytes in [
            &b"OPTIONS sip:a@b SIP/2.0\r\n\r\n"[..],
            b"SIP/2.0 200 OK\r\n",
            b"\r\n\r\nOPTIONS sip:a SIP/2.0\n",
            b"OPTIONS sip:a SIP/7.0\r\nVia: x\r\n",
        ] {
            assert_eq!(look(bytes), Look::Sip, "{bytes:?}");
        }
    }

    #[test]
    fn empty_lines_and_nothing_at_all_keep_alive() {
        for bytes in [&b""[..], b"\r\n", b"\r\n\r\n", b"\0\0\0\0"] {
            assert_eq!(look(bytes), Look::KeepAlive, "{bytes:?}");
        }
    }

    #[test]
    fn all_else_is_garbage() {
        for bytes in
            [&b"GET / HTTP/1.1\r\n\r\n"[..], b"\x16\x03\x01", b"hello", b"\r\n\r\n\r\n\r\n\r\n", &[0; 9], &[b'A'; 9000]]
        {
            assert_eq!(look(bytes), Look::Garbage, "{bytes:?}");
        }
    }
}
