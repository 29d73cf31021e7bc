//! A place to listen in: both sides of a leg, as they are said and heard.

use crate::Frame;

/// Gets what a leg says and hears, every 20 ms; it must not wait.
pub trait Tap: Send {
    /// The next 20 ms of both; nothing said is silence. True has `MediaEvent::Heard` reported: there is something to be
    /// fetched.
    fn hear(&mut self, said: &Frame, heard: &Frame) -> bool;
}
