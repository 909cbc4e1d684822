//! Starts the real binary with real things around it: phones, a browser, databases, crashes.
//!
//! For tests only. What a test needs and the machine lacks fails the test with a sentence that says
//! what to install; nothing is skipped. Start at [`server::Server`], then [`scene::Scene`].

pub mod baresip;
pub mod browser;
pub mod events;
pub mod http;
pub mod namespace;
pub mod program;
pub mod scene;
pub mod server;
pub mod tones;

use std::time::Instant;

/// The monotonic clock.
#[expect(
    clippy::disallowed_methods,
    reason = "end-to-end tests run in real time"
)]
pub fn now() -> Instant {
    Instant::now()
}
