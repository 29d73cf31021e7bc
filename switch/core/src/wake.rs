//! A bell between threads: a descriptor that becomes readable when somebody rings.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, RawFd};

/// An eventfd: rung as often as one likes, it is heard once.
pub struct Bell(File);

impl Bell {
    /// A silent bell. Fails when the system has no descriptor left.
    pub fn new() -> std::io::Result<Self> {
        // SAFETY: eventfd takes no pointers; its result is checked before it is used.
        let fd = unsafe { libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC) };
        if fd < 0 {
            return Err(std::io::Error::last_os_error());
        }
        // SAFETY: the descriptor was just made and has no other owner.
        Ok(Self(unsafe { File::from_raw_fd(fd) }))
    }

    /// Make it readable. A counter that is full is readable already, so that failure means nothing.
    pub fn ring(&self) {
        let _ = (&self.0).write(&1u64.to_ne_bytes());
    }

    /// Make it silent again.
    pub fn quiet(&self) {
        let _ = (&self.0).read(&mut [0; 8]);
    }
}

impl AsRawFd for Bell {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}
