//! Builders, fake clock, simulated network, softphone and servers: for tests only.
//!
//! Nothing of the product may depend on this crate, but as a dev-dependency.

pub mod postgres;
pub mod recording;
pub mod relay;
pub mod softphone;
