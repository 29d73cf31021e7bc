//! Answers every call that comes in, at once, and waits for its caller to hang up: the switch alone, without the
//! exchange, to measure what a call costs it.
//!
//!     cargo run --release --example answer -- 5080
//!     sipp -sn uac -r 1000 -m 60000 127.0.0.1:5080
//!
//! CPU time of the process over the number of calls is the cost of a call; this thread's share stands in for the
//! exchange's. Callers on this machine are let in.
#![allow(clippy::print_stdout, reason = "who drives it waits for its address")]

use std::error::Error;
use std::os::fd::AsRawFd;

use hookflash_switch::protocol::{Command, Domain, Happening, SwitchConfig};
use hookflash_switch::switch::Switch;
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};

const HERE: &str = "127.0.0.1";

fn main() -> Result<(), Box<dyn Error>> {
    let sip_port = std::env::args().nth(1).ok_or("say a port: 5080")?.parse()?;
    let switch = Switch::start(SwitchConfig { sip_port, tls_port: -1, ..SwitchConfig::default() })?;
    let here = Domain {
        name: HERE.into(),
        networks: vec![format!("{HERE}/32")],
        credentials: Vec::new(),
        registration: Vec::new(),
        secure: false,
    };
    switch.command(Command::Configure { domains: vec![here], trunks: Vec::new() });
    println!("{}", switch.addresses().get("udp").ok_or("there is no UDP")?);
    let mut poll = Poll::new()?;
    poll.registry().register(&mut SourceFd(&switch.as_raw_fd()), Token(0), Interest::READABLE)?;
    let mut events = Events::with_capacity(1);
    loop {
        poll.poll(&mut events, None)?;
        for event in switch.drain() {
            if let Happening::Invited(_) = event.what {
                switch.command(Command::Answer { leg: event.leg });
            }
        }
    }
}
