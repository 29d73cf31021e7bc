//! The switch: legs, their signalling and their audio, on threads of its own. Knows no Python.
