//! What the machine knows about names: its DNS servers, its hosts file.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The most servers that are asked, as with the C library.
const MOST_SERVERS: usize = 3;

/// Whom to ask, and what need not be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// DNS servers in the order in which they are tried.
    pub servers: Vec<SocketAddr>,
    /// Names with known addresses.
    pub hosts: Vec<(String, IpAddr)>,
    /// Whether IPv4 addresses are of use.
    pub ipv4: bool,
    /// Whether IPv6 addresses are of use.
    pub ipv6: bool,
}

impl Settings {
    /// From the text of `/etc/resolv.conf` and `/etc/hosts`; without a server named there, the machine itself is asked.
    pub fn from_files(resolv_conf: &str, hosts: &str) -> Self {
        let mut servers: Vec<SocketAddr> = lines(resolv_conf)
            .filter_map(|mut words| match (words.next(), words.next()?.parse::<IpAddr>()) {
                (Some("nameserver"), Ok(address)) => Some(SocketAddr::new(address, 53)),
                _ => None,
            })
            .take(MOST_SERVERS)
            .collect();
        if servers.is_empty() {
            servers.push((Ipv4Addr::LOCALHOST, 53).into());
        }
        let hosts = lines(hosts).flat_map(|mut words| {
            let address: Option<IpAddr> = words.next().and_then(|word| word.parse().ok());
            words.filter_map(move |name| Some((name.to_owned(), address?)))
        });
        Self { servers, hosts: hosts.collect(), ipv4: true, ipv6: true }
    }

    /// The addresses of a name that need not be asked for: of the hosts file, and of localhost (RFC 6761 §6.3).
    pub(super) fn known(&self, name: &str) -> Vec<IpAddr> {
        let name = name.trim_end_matches('.');
        let mut found: Vec<IpAddr> = self
            .hosts
            .iter()
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, address)| *address)
            .collect();
        if found.is_empty() && name.eq_ignore_ascii_case("localhost") {
            found = vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
        }
        found.retain(|address| if address.is_ipv4() { self.ipv4 } else { self.ipv6 });
        found
    }
}

fn lines(text: &str) -> impl Iterator<Item = impl Iterator<Item = &str>> {
    text.lines().map(|line| line.split(['#', ';']).next().unwrap_or("").split_ascii_whitespace())
}
