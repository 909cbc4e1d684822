//! Starts the real binary with real things around it.
