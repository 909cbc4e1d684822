//! What a receiver keeps of one source: extended sequence numbers, losses and jitter
//! (RFC 3550 §6.4.1 and Appendix A.1, A.3, A.8).

use std::time::Instant;

use super::sequence_distance;

/// Forward jumps larger than this are taken for a restarted sender.
const MAX_DROPOUT: i16 = 3_000;
/// Backward jumps larger than this are taken for a restarted sender.
const MAX_MISORDER: i16 = 100;

/// What a sequence number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The next, or one after a small gap.
    InOrder,
    /// Older than the newest: reordered or a copy.
    Late,
    /// A jump that only a restarted sender makes; counting began anew.
    Restarted,
    /// A jump that may be a stray packet; the next one tells.
    Probation,
}

/// Counters of one source, from its first packet on.
#[derive(Debug, Clone)]
pub struct Reception {
    ssrc: u32,
    clock_rate: u32,
    started: bool,
    base: u32,
    cycles: u32,
    highest: u16,
    /// The sequence number that would confirm a restarted sender.
    awaited: Option<u16>,
    received: u64,
    /// Expected and received before the counting began anew.
    carried: (u64, u64),
    reported: (u64, u64),
    last_arrival: Option<(Instant, u32)>,
    /// In timestamp units, times 16.
    jitter: u32,
}

impl Reception {
    /// Counters of a source that has not yet sent.
    #[must_use]
    pub fn new(clock_rate: u32) -> Self {
        Self {
            ssrc: 0,
            clock_rate: clock_rate.max(1),
            started: false,
            base: 0,
            cycles: 0,
            highest: 0,
            awaited: None,
            received: 0,
            carried: (0, 0),
            reported: (0, 0),
            last_arrival: None,
            jitter: 0,
        }
    }

    /// The source that is being counted, once it has sent.
    #[must_use]
    pub fn ssrc(&self) -> Option<u32> {
        self.started.then_some(self.ssrc)
    }

    /// Counts a packet and notes when it came.
    pub fn receive(&mut self, now: Instant, ssrc: u32, sequence: u16, timestamp: u32) -> Verdict {
        let verdict = self.count(ssrc, sequence);
        if matches!(verdict, Verdict::InOrder | Verdict::Restarted) {
            self.note_arrival(now, timestamp);
        }
        verdict
    }

    /// Counts a packet whose timestamp says nothing of when it was sent, as those of telephone
    /// events don't (RFC 4733 §2.2.2). Another `ssrc` begins a new source; the losses of the old
    /// one stay in the totals.
    pub fn count(&mut self, ssrc: u32, sequence: u16) -> Verdict {
        if !self.started || ssrc != self.ssrc {
            let verdict = if self.started {
                Verdict::Restarted
            } else {
                Verdict::InOrder
            };
            self.ssrc = ssrc;
            self.restart(sequence);
            self.received += 1;
            return verdict;
        }
        let verdict = self.place(sequence);
        if verdict != Verdict::Probation {
            self.received += 1;
        }
        verdict
    }

    fn place(&mut self, sequence: u16) -> Verdict {
        let distance = sequence_distance(sequence, self.highest);
        if (1..MAX_DROPOUT).contains(&distance) {
            if sequence < self.highest {
                self.cycles = self.cycles.wrapping_add(1 << 16);
            }
            self.highest = sequence;
            self.awaited = None;
            return Verdict::InOrder;
        }
        if (-MAX_MISORDER..=0).contains(&distance) {
            return Verdict::Late;
        }
        if self.awaited == Some(sequence) {
            self.restart(sequence);
            return Verdict::Restarted;
        }
        self.awaited = Some(sequence.wrapping_add(1));
        Verdict::Probation
    }

    fn restart(&mut self, sequence: u16) {
        if self.started {
            self.carried = (self.expected(), self.received);
        }
        self.started = true;
        self.base = u32::from(sequence);
        self.cycles = 0;
        self.highest = sequence;
        self.awaited = None;
        self.last_arrival = None;
    }

    /// RFC 3550 §6.4.1: J += (|D| − J) / 16, in fixed point as in Appendix A.8.
    fn note_arrival(&mut self, now: Instant, timestamp: u32) {
        if let Some((then, before)) = self.last_arrival {
            let elapsed = now.saturating_duration_since(then).as_micros() as i64
                * i64::from(self.clock_rate)
                / 1_000_000;
            let sent = i64::from(super::timestamp_distance(timestamp, before));
            // More than a second apart is a pause or a jump of the clock, not jitter.
            let difference = (elapsed - sent).abs();
            if difference < i64::from(self.clock_rate) {
                let difference = difference as u32;
                self.jitter += difference;
                self.jitter -= (self.jitter - difference + 8) >> 4;
            }
        }
        self.last_arrival = Some((now, timestamp));
    }

    /// Highest sequence number with its cycles in the upper half (RFC 3550 §6.4.1).
    #[must_use]
    pub fn extended_highest(&self) -> u32 {
        self.cycles.wrapping_add(u32::from(self.highest))
    }

    /// Packets that came, copies and late ones included.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received
    }

    fn expected(&self) -> u64 {
        if !self.started {
            return self.carried.0;
        }
        let span = self.extended_highest().wrapping_sub(self.base);
        self.carried.0 + u64::from(span) + 1
    }

    /// Packets that should have come and did not; copies make up for losses, never below 0.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.expected().saturating_sub(self.received)
    }

    /// Interarrival jitter in timestamp units (RFC 3550 §6.4.1).
    #[must_use]
    pub fn jitter(&self) -> u32 {
        self.jitter >> 4
    }

    /// Interarrival jitter in milliseconds.
    #[must_use]
    pub fn jitter_ms(&self) -> f32 {
        self.jitter as f32 / 16.0 * 1_000.0 / self.clock_rate as f32
    }

    /// Lost of each 256 since the last call, as receiver reports say it (RFC 3550 A.3).
    pub fn take_fraction_lost(&mut self) -> u8 {
        let (expected, received) = (self.expected(), self.received);
        let newly_expected = expected.saturating_sub(self.reported.0);
        let newly_received = received.saturating_sub(self.reported.1);
        self.reported = (expected, received);
        let lost = newly_expected.saturating_sub(newly_received);
        if newly_expected == 0 {
            return 0;
        }
        u8::try_from((lost << 8) / newly_expected).unwrap_or(u8::MAX)
    }
}
