//! What the control thread last said of itself, for whoever asks.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::media_io::Counts;

/// Numbers of one moment, or since the start.
#[derive(Debug, Default, Clone, Copy)]
pub struct Snapshot {
    /// SIP legs and those without a far end, with those whose audio comes to its end.
    pub legs: usize,
    /// SIP transactions, and goodbyes that are on their way.
    pub open: usize,
    /// TCP, TLS and WebSocket connections.
    pub connections: usize,
    /// Datagrams and messages of sources that sent too many.
    pub dropped: u64,
    /// Requests that got 503 because there was too much work.
    pub turned_away: u64,
    /// Code that panicked, each time the end of one leg.
    pub broken: u64,
    /// Of the media threads.
    pub media: Counts,
}

/// A snapshot that one thread replaces and any other reads.
#[derive(Debug, Default, Clone)]
pub struct Gauges(Arc<Mutex<Snapshot>>);

impl Gauges {
    /// Replace it.
    pub fn set(&self, snapshot: Snapshot) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }

    /// By name, as the exchange wants it.
    pub fn named(&self) -> BTreeMap<String, f64> {
        let now = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        [
            ("sip_legs", now.legs as f64),
            ("sip_open", now.open as f64),
            ("sip_connections", now.connections as f64),
            ("sip_dropped", now.dropped as f64),
            ("turned_away", now.turned_away as f64),
            ("broken_legs", now.broken as f64),
            ("media_legs", now.media.legs as f64),
            ("packets_sent", now.media.sent as f64),
            ("packets_received", now.media.received as f64),
            ("packets_unsent", now.media.unsent as f64),
            ("packets_late", now.media.late as f64),
            ("worst_tick_ms", now.media.worst_us as f64 / 1_000.0),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }
}
