"""What an application's tests use: a server, handsets, faults, a clock that jumps."""
