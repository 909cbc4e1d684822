//! This machine's clock, randomness and memory: the only place that reads or sets them for the rest.

use model::{Clock, Entropy, Timestamp};

/// The wall clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the composition root hands this clock to the rest"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The operating system's random numbers, stretched by a generator that is reseeded from it.
#[derive(Debug, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::disallowed_methods,
        reason = "the composition root hands this source to the rest"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        rand::Rng::fill_bytes(&mut rand::rng(), buffer);
    }
}

/// One arena of memory for each core. The C library grants eight, and what one thread gave back to
/// its own is not there for the task when it runs on another: registrations took three times the
/// memory, for no time saved. To be called before there are threads.
#[cfg_attr(
    target_env = "gnu",
    expect(unsafe_code, reason = "the C library's allocator has no safe wrapper")
)]
pub fn bound_arenas() {
    #[cfg(target_env = "gnu")]
    {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let arenas = libc::c_int::try_from(cores.max(2)).unwrap_or(libc::c_int::MAX);
        // SAFETY: no pointers. It is a wish: refused, all goes on as before.
        unsafe { libc::mallopt(libc::M_ARENA_MAX, arenas) };
    }
}
