//! The trunks: which calls are theirs, and how many they may have.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;

use super::config::Trunk;
use super::network::Network;
use crate::{Micros, Uri};

/// A trunk can take no call now: a sentence.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full(pub String);

#[derive(Default)]
pub(crate) struct Trunks {
    all: HashMap<String, OpenTrunk>,
}

struct OpenTrunk {
    networks: Vec<Network>,
    gateways: Vec<Uri>,
    /// Addresses of gateways and registrars, those of names as far as they are known.
    addresses: HashSet<IpAddr>,
    channels: u32,
    per_second: f64,
    /// Calls that are up or on their way, both ways.
    calls: u32,
    /// New calls that it may send at once, and when that was counted: a bucket that fills with `per_second`.
    credit: f64,
    counted: Micros,
}

impl OpenTrunk {
    fn new(trunk: &Trunk, before: Option<Self>) -> Self {
        let gateways: Vec<Uri> = trunk.gateways.iter().map(|gateway| gateway.uri.clone()).collect();
        let registrar = trunk.register.as_ref().map(|register| &register.uri);
        let addresses = gateways.iter().chain(registrar).filter_map(|uri| uri.host.ip());
        let mut addresses: HashSet<_> = addresses.map(|ip| ip.to_canonical()).collect();
        if let Some(before) = &before {
            addresses.extend(before.addresses.iter().filter(|_| before.gateways == gateways));
        }
        let burst = trunk.per_second.max(1.0);
        Self {
            networks: trunk.networks.clone(),
            gateways,
            addresses,
            channels: trunk.channels,
            per_second: trunk.per_second,
            calls: before.as_ref().map_or(0, |before| before.calls),
            credit: before.as_ref().map_or(burst, |before| before.credit.min(burst)),
            counted: before.as_ref().map_or(0, |before| before.counted),
        }
    }

    fn has_source(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address.to_canonical())
            || self.networks.iter().any(|network| network.contains(address))
    }

    fn take_credit(&mut self, now: Micros) -> bool {
        let passed = now.saturating_sub(self.counted) as f64 / 1e6;
        self.credit = (self.credit + passed * self.per_second).min(self.per_second.max(1.0));
        self.counted = now;
        let may = self.credit >= 1.0;
        if may {
            self.credit -= 1.0;
        }
        may
    }
}

impl Trunks {
    /// Take over a new list; the calls of trunks that stay are still counted.
    pub fn configure(&mut self, trunks: &[Trunk]) {
        let mut before = std::mem::take(&mut self.all);
        for trunk in trunks {
            let open = OpenTrunk::new(trunk, before.remove(&trunk.name));
            self.all.insert(trunk.name.clone(), open);
        }
        // Calls of trunks that are gone still end; theirs is a name that nobody asks for any more.
    }

    /// A name of a gateway or registrar stands for these addresses.
    pub fn learn(&mut self, trunk: &str, addresses: impl Iterator<Item = IpAddr>) {
        if let Some(trunk) = self.all.get_mut(trunk) {
            trunk.addresses.extend(addresses.take(16).map(|ip| ip.to_canonical()));
        }
    }

    /// The trunk whose calls come from an address.
    pub fn of_source(&self, address: IpAddr) -> Option<String> {
        let mut names: Vec<_> =
            self.all.iter().filter(|(_, trunk)| trunk.has_source(address)).map(|(name, _)| name).collect();
        names.sort();
        names.first().map(|&name| name.clone())
    }

    /// The trunk that calls to this next hop go through.
    pub fn of_gateway(&self, hop: &Uri) -> Option<String> {
        let is_it = |gateway: &Uri| gateway.host.same_as(&hop.host) && gateway.port == hop.port;
        let mut names: Vec<_> =
            self.all.iter().filter(|(_, trunk)| trunk.gateways.iter().any(is_it)).map(|(name, _)| name).collect();
        names.sort();
        names.first().map(|&name| name.clone())
    }

    /// Whether a trunk may send a new call.
    pub fn admit(&mut self, name: &str, now: Micros) -> Result<(), Full> {
        self.has_channel(name)?;
        let Some(trunk) = self.all.get_mut(name).filter(|trunk| trunk.per_second > 0.0) else {
            return Ok(());
        };
        match trunk.take_credit(now) {
            true => Ok(()),
            false => Err(Full(format!("The trunk {name} sends more than {} new calls a second.", trunk.per_second))),
        }
    }

    /// Whether a trunk may have one more call.
    pub fn has_channel(&self, name: &str) -> Result<(), Full> {
        match self.all.get(name) {
            Some(trunk) if trunk.channels > 0 && trunk.calls >= trunk.channels => {
                Err(Full(format!("All {} channels of the trunk {name} are in use.", trunk.channels)))
            }
            _ => Ok(()),
        }
    }

    /// A call of a trunk begins.
    pub fn begin(&mut self, name: &str) {
        if let Some(trunk) = self.all.get_mut(name) {
            trunk.calls += 1;
        }
    }

    /// A call of a trunk is over.
    pub fn end(&mut self, name: &str) {
        if let Some(trunk) = self.all.get_mut(name) {
            trunk.calls = trunk.calls.saturating_sub(1);
        }
    }
}
