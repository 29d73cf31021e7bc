//! Audio on threads: sockets, the disk, and a tick that is on time.
//!
//! Each media thread owns a [`hookflash_media::Shard`] and the sockets of its legs; nothing is shared between two of
//! them. [`MediaThreads`] is their handle on the control thread: it knows which leg lives where and moves a leg to those
//! that it is to hear. What happens on legs is told to one function, which is called on the media threads.
//!
//! A leg's socket is read when its tick comes, not when a packet arrives: that costs no wake-up. Only legs whose packets
//! are relayed, and RTCP, wake the thread.

mod disk;
mod legs;
mod loader;
mod ports;
mod precedence;
mod sockets;
mod stats;
mod thread;
mod threads;
mod writer;

pub use disk::Disk;
pub use ports::Ports;
pub use sockets::Sockets;
pub use stats::{Counts, Stats};
pub use thread::Report;
pub use threads::MediaThreads;
