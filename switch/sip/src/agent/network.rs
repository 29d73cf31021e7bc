//! Networks in CIDR notation.

use std::net::IpAddr;
use std::str::FromStr;

/// The addresses that share a prefix, such as `192.0.2.0/24`; an address alone is a network of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: u128,
    mask: u128,
    v6: bool,
}

/// The text is not a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotANetwork;

impl Network {
    /// Whether `address` lies in it. An IPv4 address that an IPv6 socket saw (`::ffff:…`) counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (bits, v6) = bits(address);
        v6 == self.v6 && bits & self.mask == self.base
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, length) = match text.trim().split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length = match length {
            Some(text) => text.parse::<u32>().ok().filter(|&length| length <= most),
            None => Some(most),
        }
        .ok_or(NotANetwork)?;
        let mask = match most - length {
            128 => 0,
            host => u128::MAX << host,
        };
        let (address, v6) = bits(address);
        Ok(Self { base: address & mask, mask, v6 })
    }
}

fn bits(address: IpAddr) -> (u128, bool) {
    match address.to_canonical() {
        IpAddr::V4(address) => (u128::from(address.to_bits()), false),
        IpAddr::V6(address) => (address.to_bits(), true),
    }
}

/// Whether an address belongs to a home or office network, which nobody outside can reach.
pub(crate) fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_unspecified()
                || (first == 100 && second & 0xc0 == 64) // carrier-grade NAT, RFC 6598
        }
        IpAddr::V6(address) => {
            let first = address.segments()[0];
            address.is_loopback() || address.is_unspecified() || first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80
        }
    }
}

/// Ranges that nobody on the public internet has (IANA special-purpose address registries).
const SPECIAL: [&str; 11] = [
    "0.0.0.0/8",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3", // multicast, reserved, broadcast
    "2001::/23",
    "2001:db8::/32",
    "3fff::/20",
];

/// Whether an address is one of the public internet. One that carries an IPv4 address is judged by that.
pub(crate) fn is_public(address: IpAddr) -> bool {
    let address = reached(address);
    let is_global = match address {
        IpAddr::V4(_) => true,
        IpAddr::V6(address) => address.segments()[0] & 0xe000 == 0x2000,
    };
    let is_special = SPECIAL.iter().any(|text| text.parse().is_ok_and(|range: Network| range.contains(address)));
    is_global && !is_private(address) && !is_special
}

/// Where packets to an address end up: at the IPv4 address inside, by NAT64 (RFC 6052) and 6to4 (RFC 3056).
fn reached(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address.to_canonical() else {
        return address.to_canonical();
    };
    let segments = v6.segments();
    let inside = match segments {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some((high, low)),
        [0x2002, high, low, ..] => Some((high, low)),
        _ => None,
    };
    inside.map_or(address, |(high, low)| IpAddr::from((u32::from(high) << 16 | u32::from(low)).to_be_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_our_own_network_has_is_not_public() {
        let public = |text: &str| is_public(text.parse().expect("an address"));
        for text in ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"] {
            assert!(public(text), "{text}");
        }
        let inner = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ];
        for text in inner {
            assert!(!public(text), "{text}");
        }
    }

    fn holds(network: &str, address: &str) -> bool {
        let network: Network = network.parse().expect("a network");
        network.contains(address.parse().expect("an address"))
    }

    #[test]
    fn a_network_holds_the_addresses_with_its_prefix() {
        assert!(holds("192.0.2.0/24", "192.0.2.255"));
        assert!(!holds("192.0.2.0/24", "192.0.3.0"));
        assert!(holds("192.0.2.7", "192.0.2.7"));
        assert!(!holds("192.0.2.7", "192.0.2.8"));
        assert!(holds("0.0.0.0/0", "203.0.113.9"));
        assert!(holds("2001:db8::/32", "2001:db8:1::1"));
        assert!(!holds("2001:db8::/32", "2001:db9::1"));
    }

    #[test]
    fn ipv4_seen_by_an_ipv6_socket_is_ipv4_and_families_never_mix() {
        assert!(holds("192.0.2.0/24", "::ffff:192.0.2.1"));
        assert!(!holds("::/0", "192.0.2.1"));
        assert!(!holds("0.0.0.0/0", "2001:db8::1"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "192.0.2.0/33", "192.0.2/24", "2001:db8::/129", "x/8", "1.2.3.4/-1"] {
            assert_eq!(text.parse::<Network>(), Err(NotANetwork), "{text}");
        }
    }
}
