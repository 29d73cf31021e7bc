//! Fuzz targets of the switch, one test each under `tests/`.
//!
//! `cargo test -p hookflash-fuzz` replays each corpus (`tests/__fuzz__`) and tries some inputs of its own, on the
//! stable toolchain.
