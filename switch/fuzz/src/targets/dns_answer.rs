//! Answers of DNS servers: whatever they say, a lookup ends, with few targets.

use std::net::SocketAddr;

use hookflash_sip::Uri;
use hookflash_sip::resolve::{Output, Resolver, Settings};

/// The bytes answer every question of a lookup, under the right id.
pub fn check(bytes: &[u8]) {
    let server = SocketAddr::from(([192, 0, 2, 53], 53));
    let settings = Settings { servers: vec![server], hosts: Vec::new(), ipv4: true, ipv6: true };
    let mut resolver = Resolver::new(settings, 1);
    resolver.resolve(1, &Uri::parse("sip:example.com").expect("a URI"), 0);
    let mut now = 0;
    for _ in 0..10_000 {
        match resolver.poll() {
            Some(Output::Send { bytes: question, .. }) => {
                let mut answer = question[..2].to_vec();
                answer.extend_from_slice(bytes.get(2..).unwrap_or_default());
                resolver.receive(&answer, server, now);
            }
            Some(Output::Found { targets, .. }) => return assert!(targets.len() <= 64),
            None => {
                now = resolver.next_timeout().expect("a lookup that waits has a deadline");
                resolver.handle_timeout(now);
            }
        }
    }
    panic!("the lookup does not end");
}
