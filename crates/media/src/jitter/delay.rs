//! How late packets are, and how long to wait for them.

/// Microseconds in a second.
const MICROS_PER_SECOND: i64 = 1_000_000;

/// The least delay: what reading sockets and waking threads takes anyway.
const LEAST_TARGET_US: i64 = 4_000;
/// The delay before anything is known.
const FIRST_TARGET_US: i64 = 8_000;
/// The longest delay.
const MOST_TARGET_US: i64 = 200_000;
/// A later packet than expected moves the estimate up by this much, an earlier one down by a
/// fiftieth of it: it settles where two in a hundred are later.
const STEP_UP_US: i64 = 4_900;
const STEP_DOWN_US: i64 = 100;
/// The fastest packet of this long sets what counts as on time.
const WINDOW_US: i64 = 2_000_000;

/// Follows the lateness of packets against the fastest of the last two to four seconds.
#[derive(Debug)]
pub(super) struct DelayEstimate {
    clock_rate: i64,
    target_us: i64,
    /// Smallest transit of this window and of the one before; none before the first packet.
    current: Option<i64>,
    previous: Option<i64>,
    window_began_us: i64,
}

impl DelayEstimate {
    pub(super) fn new(clock_rate: u32) -> Self {
        Self {
            clock_rate: i64::from(clock_rate),
            target_us: FIRST_TARGET_US,
            current: None,
            previous: None,
            window_began_us: 0,
        }
    }

    /// The clocks began anew; what was learnt about lateness stays.
    pub(super) fn restart(&mut self) {
        self.current = None;
        self.previous = None;
    }

    pub(super) fn target_us(&self) -> i64 {
        self.target_us.clamp(LEAST_TARGET_US, MOST_TARGET_US)
    }

    fn transit(&self, now_us: i64, timestamp: i64) -> i64 {
        now_us - timestamp * MICROS_PER_SECOND / self.clock_rate
    }

    /// How much later `now` is than a packet of this timestamp comes at the earliest.
    pub(super) fn lateness(&self, now_us: i64, timestamp: i64) -> i64 {
        let fastest = match (self.current, self.previous) {
            (Some(a), Some(b)) => a.min(b),
            (Some(a), None) | (None, Some(a)) => a,
            (None, None) => return 0,
        };
        self.transit(now_us, timestamp) - fastest
    }

    /// Learns from a packet.
    pub(super) fn observe(&mut self, now_us: i64, timestamp: i64) {
        let transit = self.transit(now_us, timestamp);
        if self.current.is_none() && self.previous.is_none() {
            self.window_began_us = now_us;
            self.current = Some(transit);
            return;
        }
        if now_us - self.window_began_us >= WINDOW_US {
            self.window_began_us = now_us;
            self.previous = self.current.take();
        }
        self.current = Some(self.current.map_or(transit, |least| least.min(transit)));
        let lateness = self.lateness(now_us, timestamp);
        if lateness > self.target_us {
            // Far outliers pull harder, so that a sudden change is followed at once.
            let step = STEP_UP_US.max((lateness - self.target_us) / 2);
            self.target_us = (self.target_us + step).min(MOST_TARGET_US);
        } else {
            self.target_us = (self.target_us - STEP_DOWN_US).max(LEAST_TARGET_US);
        }
    }
}
