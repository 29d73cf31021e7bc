//! What the control thread asks of those that carry the audio of SIP legs.

use std::io;

use hookflash_media::session::{MediaCommand, MediaEvent, MediaParams};

use crate::clock::Micros;
use crate::protocol::LegId;

/// The media threads, as the control thread sees them. Nothing here waits.
pub trait Audio {
    /// Binds a port for the audio of a leg, on the thread of `beside` if that lives; returns the port of its RTP.
    ///
    /// Fails when the range of ports is used up, or the system has no descriptors left.
    fn reserve(&mut self, leg: LegId, beside: Option<LegId>) -> io::Result<u16>;

    /// Starts the audio of a leg, or goes on with what another negotiation agreed on.
    fn start(&mut self, leg: LegId, params: MediaParams);

    /// Does what is asked; a leg that is to hear another one moves to its thread.
    fn command(&mut self, leg: LegId, command: MediaCommand);

    /// Ends the audio of a leg and gives its port back; [`MediaEvent::Closed`] is the last that is told of it.
    fn close(&mut self, leg: LegId);
}

/// Who hears what happens to the audio of legs; called from any thread.
pub trait Listener: Send + Sync {
    /// Something happened.
    fn media(&self, leg: LegId, at: Micros, event: MediaEvent);
}
