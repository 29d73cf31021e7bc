//! A media thread goes before others, where the system lets it.

/// Between that of ordinary threads (0) and the highest (-20): what desktops give to their sound servers.
const NICENESS: libc::c_int = -11;

/// Lets the calling thread go before ordinary ones. That takes a privilege (CAP_SYS_NICE, or a limit on niceness); a
/// process without it is as punctual as the machine is idle.
pub(super) fn take() {
    // SAFETY: setpriority takes no pointers; 0 is the calling thread (on Linux niceness is a thread's own).
    let _ = unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICENESS) };
}
