//! What a media thread says of itself: counters for its own use and for `/metrics`.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use metrics::{Counter, Gauge, counter, gauge};

use super::sys::thread_time;

/// Time between two looks.
const EVERY: Duration = Duration::from_secs(1);

/// Numbers of a worker, since its start.
#[derive(Debug, Default)]
pub struct Counters {
    /// Ticks made.
    pub ticks: AtomicU64,
    /// Ticks that began more than 10 ms late.
    pub late: AtomicU64,
    /// Ticks left out because there was no time for them.
    pub skipped: AtomicU64,
    /// Time spent in ticks, in nanoseconds.
    pub busy_nanos: AtomicU64,
    /// The longest tick, in nanoseconds.
    pub longest_nanos: AtomicU64,
    /// Packets that the system did not take.
    pub unsent: AtomicU64,
    /// Part of a core that the thread took in the last second, in thousandths.
    pub load: AtomicU64,
}

/// Publishes the counters of one thread once a second. The handles are made beforehand: to set
/// them neither locks nor allocates.
pub struct Figures {
    due: Option<Instant>,
    worked: Duration,
    ticks: Counter,
    late: Counter,
    skipped: Counter,
    unsent: Counter,
    longest: Gauge,
    load: Gauge,
}

impl Figures {
    /// For the thread of this number.
    pub fn new(number: usize) -> Self {
        let worker = number.to_string();
        Self {
            due: None,
            worked: Duration::ZERO,
            ticks: counter!("convoke_media_ticks_total", "worker" => worker.clone()),
            late: counter!("convoke_media_ticks_late_total", "worker" => worker.clone()),
            skipped: counter!("convoke_media_ticks_skipped_total", "worker" => worker.clone()),
            unsent: counter!("convoke_media_packets_unsent_total", "worker" => worker.clone()),
            longest: gauge!("convoke_media_longest_tick_seconds", "worker" => worker.clone()),
            load: gauge!("convoke_media_load_ratio", "worker" => worker),
        }
    }

    /// To be called by the thread itself, often.
    pub fn publish(&mut self, now: Instant, counters: &Counters) {
        let worked = match self.due {
            Some(due) if now < due => return,
            Some(_) => thread_time().saturating_sub(self.worked),
            None => Duration::ZERO,
        };
        let since = self.due.map_or(EVERY, |due| EVERY + (now - due));
        self.due = Some(now + EVERY);
        self.worked = thread_time();
        self.set(worked.as_secs_f64() / since.as_secs_f64(), counters);
    }

    /// The thread goes to sleep until somebody wakes it.
    pub fn rest(&mut self, counters: &Counters) {
        self.due = None;
        self.set(0.0, counters);
    }

    fn set(&self, load: f64, counters: &Counters) {
        counters
            .load
            .store((load * 1_000.0) as u64, Ordering::Relaxed);
        let of = |number: &AtomicU64| number.load(Ordering::Relaxed);
        self.ticks.absolute(of(&counters.ticks));
        self.late.absolute(of(&counters.late));
        self.skipped.absolute(of(&counters.skipped));
        self.unsent.absolute(of(&counters.unsent));
        self.longest.set(of(&counters.longest_nanos) as f64 / 1e9);
        self.load.set(load);
    }
}
