//! SIP without sockets and without a clock: bytes and the time go in, bytes and events come out.
#![forbid(unsafe_code)]
