//! Time and randomness are handed in: only the composition root reads the machine's.

use jiff::Timestamp;

/// The wall clock. Tests hold one that they set themselves.
pub trait Clock: Send + Sync + 'static {
    /// The time of day, UTC.
    fn now(&self) -> Timestamp;
}

/// Unpredictable bytes: ids, nonces, passwords and keys are made from them.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the buffer; never fails, never blocks for long.
    fn fill(&self, buffer: &mut [u8]);
}
