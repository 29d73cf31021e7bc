"""The simulated network: handsets, their faults, and the clock that can jump."""
