//! The jitter buffer: packets go in as they come, and come out in the order and at the pace at
//! which they were spoken.
//!
//! Once a tick call [`JitterBuffer::tick`], then [`JitterBuffer::pull`] until it says
//! [`Pull::Done`]; with packets of 20 ms that is one packet and one `Done`. The delay adapts to
//! the lateness that all but two in a hundred packets keep; it is changed, and the drift between
//! the peer's clock and ours is taken up, where it is quiet. Nothing allocates after
//! construction.

mod delay;
mod fifo;
mod store;

use std::time::Instant;

pub use self::fifo::PcmFifo;

use self::delay::DelayEstimate;
use self::store::{Entry, Store};
use crate::codec::TICK_MS;
use crate::control::Codec;
use crate::rtp::{sequence_distance, timestamp_distance};

/// Losses in a row that are worth concealing: 60 ms. After that it is a pause.
const CONCEALED_TICKS: u32 = 3;
/// So many ticks without a packet and the next one may set the pace anew.
const STARVED_TICKS: u32 = 5;
/// A level at which 20 ms can be left out or put in unheard.
const QUIET_DBOV: u8 = 45;
/// Jumps of sequence number that only a restarted sender makes.
const SEQUENCE_JUMP: i64 = 1_000;
/// Jumps between clocks that only a restarted sender makes, in microseconds.
const CLOCK_JUMP: i64 = 1_000_000;
/// One tick in microseconds.
const TICK_US: i64 = TICK_MS as i64 * 1_000;
/// Shorter than the target by this much is worth putting in a tick.
const TOO_SHORT_US: i64 = 5_000;
/// Longer than the target and a tick by this much is worth leaving out a tick.
const TOO_LONG_US: i64 = 10_000;
/// Longer by this much is left out although it is heard.
const FAR_TOO_LONG_US: i64 = 80_000;

/// A packet of audio as it came in.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// Its source; another one begins anew.
    pub ssrc: u32,
    /// Its sequence number.
    pub sequence: u16,
    /// Its RTP timestamp.
    pub timestamp: u32,
    /// Its encoded audio.
    pub payload: &'a [u8],
    /// Its loudness in −dBov where that is known without decoding.
    pub level: Option<u8>,
}

/// What to do next in this tick. Lengths are in RTP timestamp units; see [`Codec::samples`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pull<'a> {
    /// Decode this packet.
    Packet {
        /// The encoded audio.
        payload: &'a [u8],
        /// Its loudness in −dBov as it was put in.
        level: Option<u8>,
        /// Its length.
        units: u32,
    },
    /// Conceal a loss of this length.
    Missing {
        /// How long.
        units: u32,
        /// The packet right after the lost one, if it is there and the loss is of one packet:
        /// it may hold a copy (Opus). It comes again as `Packet`.
        next: Option<&'a [u8]>,
    },
    /// The sender pauses, or a tick is put in: silence of this length.
    Pause {
        /// How long.
        units: u32,
    },
    /// Nothing more is due in this tick.
    Done,
}

/// What became of a packet that was put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// Kept for its time.
    Kept,
    /// Its time has passed.
    Late,
    /// It is already here.
    Duplicate,
    /// No packet of this codec, too large, or far out of place.
    Refused,
    /// Kept, and the stream began anew with it: decoders forget what was before.
    Restarted,
}

/// Counters since construction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JitterStats {
    /// Packets that came after their time.
    pub late: u64,
    /// Packets that came twice.
    pub duplicates: u64,
    /// Ticks concealed.
    pub concealed: u64,
    /// Packets left out to shorten the delay.
    pub dropped: u64,
    /// Ticks put in to lengthen the delay.
    pub inserted: u64,
    /// Times the stream began anew.
    pub restarts: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing came yet.
    Idle,
    /// The first packets wait until the delay is reached.
    Filling,
    /// The clock runs.
    Playing,
}

/// The buffer of one received stream.
#[derive(Debug)]
pub struct JitterBuffer {
    codec: Codec,
    state: State,
    store: Store,
    delay: DelayEstimate,
    epoch: Option<Instant>,
    now_us: i64,
    ssrc: u32,
    /// Newest sequence number and timestamp, extended so that they do not wrap.
    last_sequence: i64,
    last_timestamp: i64,
    /// First of a suspected restart: the next one confirms it.
    suspected: Option<u16>,
    /// Timestamp up to which was pulled.
    play: i64,
    /// How much after the begin of a tick the last packet begins that it needs.
    lead: i64,
    /// Timestamp at the end of this tick.
    clock: i64,
    inserting: u32,
    starved: u32,
    missing_run: u32,
    paused: bool,
    heard: Option<u8>,
    stats: JitterStats,
}

impl JitterBuffer {
    /// A buffer for packets of this codec.
    #[must_use]
    pub fn new(codec: Codec) -> Self {
        Self {
            codec,
            state: State::Idle,
            store: Store::new(match codec {
                Codec::Opus => 1_472,
                _ => 640,
            }),
            delay: DelayEstimate::new(codec.clock_rate()),
            epoch: None,
            now_us: 0,
            ssrc: 0,
            last_sequence: 0,
            last_timestamp: 0,
            suspected: None,
            play: 0,
            lead: 0,
            clock: 0,
            inserting: 0,
            starved: 0,
            missing_run: 0,
            paused: false,
            heard: None,
            stats: JitterStats::default(),
        }
    }

    /// Counters since construction.
    #[must_use]
    pub fn stats(&self) -> JitterStats {
        self.stats
    }

    /// Packets that wait.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.store.len()
    }

    /// Tells how loud the last decoded audio was, so that ticks are left out only where it is
    /// quiet. A stream that is not decoded is not heard and need not say.
    pub fn heard(&mut self, dbov: u8) {
        self.heard = Some(dbov);
    }

    /// Forgets the stream, not the counters.
    pub fn reset(&mut self) {
        self.state = State::Idle;
        self.store.clear();
        self.delay.restart();
        self.suspected = None;
        self.inserting = 0;
        self.starved = 0;
        self.missing_run = 0;
        self.paused = false;
        self.heard = None;
    }

    fn micros(&mut self, now: Instant) -> i64 {
        let epoch = *self.epoch.get_or_insert(now);
        i64::try_from(now.saturating_duration_since(epoch).as_micros()).unwrap_or(i64::MAX / 4)
    }

    /// Puts in a packet.
    pub fn put(&mut self, now: Instant, arrival: &Arrival<'_>) -> Put {
        let Some(units) = self.codec.duration(arrival.payload) else {
            return Put::Refused;
        };
        if arrival.payload.len() > self.store.payload_octets() {
            return Put::Refused;
        }
        let now_us = self.micros(now);
        if self.state == State::Idle || arrival.ssrc != self.ssrc {
            return self.begin(now_us, arrival, units);
        }
        let sequence = self.last_sequence
            + i64::from(sequence_distance(
                arrival.sequence,
                self.last_sequence as u16,
            ));
        let timestamp = self.last_timestamp
            + i64::from(timestamp_distance(
                arrival.timestamp,
                self.last_timestamp as u32,
            ));
        let lateness = self.delay.lateness(now_us, timestamp);
        let starving = self.state == State::Playing && self.starved >= STARVED_TICKS;
        let jumped =
            (sequence - self.last_sequence).abs() > SEQUENCE_JUMP || lateness.abs() > CLOCK_JUMP;
        let late = self.state == State::Playing && timestamp + i64::from(units) <= self.play;
        if starving && sequence > self.last_sequence && (jumped || late) {
            return self.begin(now_us, arrival, units);
        }
        if jumped {
            if self.suspected == Some(arrival.sequence) {
                return self.begin(now_us, arrival, units);
            }
            self.suspected = Some(arrival.sequence.wrapping_add(1));
            return Put::Refused;
        }
        self.suspected = None;
        self.delay.observe(now_us, timestamp);
        if late || sequence < self.store.next() {
            self.stats.late += 1;
            return Put::Late;
        }
        if sequence > self.last_sequence {
            self.last_sequence = sequence;
            self.last_timestamp = timestamp;
        }
        let entry = Entry::audio(sequence, timestamp, units, arrival.level);
        if !self.store.insert(entry, arrival.payload) {
            self.stats.duplicates += 1;
            return Put::Duplicate;
        }
        Put::Kept
    }

    /// Takes note of a packet that carries no audio (telephone-event, comfort noise), so that
    /// its sequence number is not taken for a loss.
    pub fn skip(&mut self, ssrc: u32, sequence: u16) {
        if self.state == State::Idle || ssrc != self.ssrc {
            return;
        }
        let sequence =
            self.last_sequence + i64::from(sequence_distance(sequence, self.last_sequence as u16));
        if sequence < self.store.next() || sequence - self.last_sequence > SEQUENCE_JUMP {
            return;
        }
        self.last_sequence = self.last_sequence.max(sequence);
        self.store.insert(Entry::skipped(sequence), &[]);
    }

    /// Begins a stream with its first packet.
    fn begin(&mut self, now_us: i64, arrival: &Arrival<'_>, units: u32) -> Put {
        let first = self.state == State::Idle && self.stats.restarts == 0;
        self.reset();
        self.state = State::Filling;
        self.ssrc = arrival.ssrc;
        self.last_sequence = i64::from(arrival.sequence);
        self.last_timestamp = i64::from(arrival.timestamp);
        self.store.restart(self.last_sequence);
        self.delay.observe(now_us, self.last_timestamp);
        let entry = Entry::audio(
            self.last_sequence,
            self.last_timestamp,
            units,
            arrival.level,
        );
        self.store.insert(entry, arrival.payload);
        self.stats.restarts += 1;
        if first { Put::Kept } else { Put::Restarted }
    }

    /// Begins the next 20 ms.
    pub fn tick(&mut self, now: Instant) {
        self.now_us = self.micros(now);
        if self.state == State::Filling {
            // What carries no audio has no time either, and nothing to wait for.
            while self.store.head().is_some_and(|head| head.is_skipped()) {
                self.store.take_head();
            }
            let Some(head) = self.store.head() else {
                return;
            };
            let tick = self.codec.tick_units();
            self.lead = i64::from(tick - common_divisor(tick, head.units));
            if self.excess_us(head.timestamp) < 0 {
                return;
            }
            self.play = head.timestamp;
            self.clock = head.timestamp;
            self.state = State::Playing;
        }
        if self.state != State::Playing {
            return;
        }
        self.adapt();
    }

    /// Moves the clock by one tick; by none or two where the delay is wrong and it is quiet.
    fn adapt(&mut self) {
        let tick = i64::from(self.codec.tick_units());
        let excess = self.excess_us(self.clock);
        let quiet = self.is_quiet();
        if excess < -TOO_SHORT_US && quiet && self.starved == 0 {
            self.inserting = self.codec.tick_units();
            self.stats.inserted += 1;
            return;
        }
        let too_long = excess > TICK_US + TOO_LONG_US;
        if too_long && (quiet || excess > FAR_TOO_LONG_US) {
            self.leave_out(tick, excess);
        }
        self.clock += tick;
    }

    /// Shortens the delay by the next packet, or by a tick of a pause; by as much of the pause as
    /// is too long where the delay is far too long, as after a standstill.
    fn leave_out(&mut self, tick: i64, excess: i64) {
        // What carries no audio has no time either: the pull of this tick takes it away.
        let Some(head) = self.store.head().filter(|head| !head.is_skipped()) else {
            return;
        };
        let pause = (head.timestamp - self.play) / tick;
        if pause >= 1 {
            let ticks = match excess > FAR_TOO_LONG_US {
                true => pause.min(excess / TICK_US),
                false => 1,
            };
            self.play += ticks * tick;
            self.clock += ticks * tick;
            return;
        }
        let end = head.timestamp + i64::from(head.units);
        if head.timestamp <= self.play && end > self.play {
            self.store.take_head();
            self.clock += end - self.play;
            self.play = end;
            self.stats.dropped += 1;
        }
    }

    /// How much longer than the target the delay is where a tick begins at this timestamp, in
    /// microseconds.
    fn excess_us(&self, timestamp: i64) -> i64 {
        let needed = timestamp + self.lead;
        self.delay.lateness(self.now_us, needed) - self.delay.target_us()
    }

    fn is_quiet(&self) -> bool {
        let head = self.store.head().and_then(|head| head.level);
        head.or(self.heard).is_none_or(|level| level >= QUIET_DBOV)
    }

    /// What to do next in this tick.
    pub fn pull(&mut self) -> Pull<'_> {
        if self.inserting > 0 {
            let units = std::mem::take(&mut self.inserting);
            return Pull::Pause { units };
        }
        if self.state != State::Playing {
            return Pull::Done;
        }
        loop {
            if self.play >= self.clock {
                return Pull::Done;
            }
            let Some(head) = self.store.head() else {
                return self.starve();
            };
            let end = head.timestamp + i64::from(head.units);
            // What was covered for its greater part is not said again.
            let covered = end - i64::from(head.units / 2) <= self.play;
            if head.is_skipped() || covered {
                self.paused |= head.is_skipped();
                self.store.take_head();
                continue;
            }
            if head.timestamp > self.play {
                return self.gap(head);
            }
            self.play = end;
            self.starved = 0;
            self.missing_run = 0;
            self.paused = false;
            self.store.take_head();
            return Pull::Packet {
                payload: self.store.payload(&head),
                level: head.level,
                units: head.units,
            };
        }
    }

    /// Nothing waits: late, lost, or the sender pauses; only time can tell.
    fn starve(&mut self) -> Pull<'_> {
        let units = u32::try_from(self.clock - self.play).unwrap_or(0);
        self.starved = self.starved.saturating_add(1);
        let tick = i64::from(self.codec.tick_units());
        let shorter = self.excess_us(self.clock - tick) < 0;
        if shorter && !self.paused {
            // The packet may be on its way: wait for it, which lengthens the delay.
            self.clock = self.play;
            self.stats.inserted += 1;
        } else {
            self.play = self.clock;
        }
        self.missing_run = self.missing_run.saturating_add(1);
        if self.paused || self.missing_run > CONCEALED_TICKS {
            return Pull::Pause { units };
        }
        self.stats.concealed += 1;
        Pull::Missing { units, next: None }
    }

    /// The next packet's time has not come: something before it was lost or not sent.
    fn gap(&mut self, head: Entry) -> Pull<'_> {
        let gap = head.timestamp - self.play;
        let units = u32::try_from(gap.min(self.clock - self.play)).unwrap_or(0);
        self.play += i64::from(units);
        let lost = head.sequence - self.store.next();
        if lost > 0 {
            self.missing_run = self.missing_run.saturating_add(1);
            if self.missing_run <= CONCEALED_TICKS {
                self.stats.concealed += 1;
                let next = (lost == 1 && gap == i64::from(head.units) && head.units == units)
                    .then(|| self.store.payload(&head));
                return Pull::Missing { units, next };
            }
        }
        Pull::Pause { units }
    }
}

/// Of packet and tick: so long before a tick's end the last packet that it needs may begin.
fn common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests;
