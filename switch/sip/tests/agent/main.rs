//! The agent, tested as its owner uses it: several of them joined in memory, on a clock that is moved by hand.

mod calls;
mod changes;
mod chaos;
mod dialogs;
mod forks;
mod gate;
mod net;
mod prack;
mod refer;
mod registrar;
mod trunks;
