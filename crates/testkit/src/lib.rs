//! A softphone, PostgreSQL clusters, SQL, a relay that loses packets, recordings: for tests only.
//!
//! Nothing of the product may depend on this crate, but as a dev-dependency. Start at
//! [`softphone::Phone`].

pub mod ports;
pub mod postgres;
pub mod recording;
pub mod relay;
pub mod softphone;
pub mod sql;
