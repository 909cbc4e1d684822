//! Telephone events (RFC 4733 §2.3, §2.5).

use std::time::{Duration, Instant};

use super::{EVENT_OCTETS, digit_of, event_of};
use crate::rtp::timestamp_distance;

/// A press is told after this much of it, so that one who holds a key down is not kept waiting.
const TOLD_AFTER_MS: u32 = 40;
/// A press whose end never comes is told after this long without a packet.
const GIVEN_UP_AFTER: Duration = Duration::from_millis(120);
/// A press of which nothing came for this long is over: whatever comes next is another, even if
/// its timestamp is older. A sender that began anew has random timestamps (RFC 3550 §5.1), and
/// half of those would look like stragglers of the last press.
const OVER_AFTER: Duration = Duration::from_secs(2);
/// The shortest press and the shortest pause after it together: nobody presses more often, and
/// whoever sends more wants to keep us busy.
const AT_MOST_EVERY: Duration = Duration::from_millis(80);
/// Presses that may come at once after a delay on the way.
const AT_ONCE: u32 = 8;
/// The end is sent so often (RFC 4733 §2.5.1.4).
const ENDS: u8 = 3;
/// Volume in −dBm0.
const VOLUME: u8 = 10;
/// A key's shortest and longest duration that we send.
const DURATION_MS: std::ops::RangeInclusive<u16> = 40..=6_000;

/// Makes presses of the events that a peer sends: one each, whatever is lost or repeated.
#[derive(Debug, Clone)]
pub struct EventReceiver {
    clock_rate: u32,
    /// The press that the last packet belonged to.
    press: Option<Press>,
    credit: Credit,
}

/// How many presses may begin: one for each [`AT_MOST_EVERY`] that passes, and [`AT_ONCE`] at most.
#[derive(Debug, Clone, Copy)]
struct Credit {
    left: Duration,
    counted_at: Option<Instant>,
}

impl Credit {
    const FULL: Duration = AT_MOST_EVERY.saturating_mul(AT_ONCE);

    /// Whether another press may begin, which is then counted.
    fn take(&mut self, now: Instant) -> bool {
        let earned = self
            .counted_at
            .map_or(Self::FULL, |at| now.saturating_duration_since(at));
        self.counted_at = Some(now);
        let all = (self.left + earned).min(Self::FULL);
        let left = all.checked_sub(AT_MOST_EVERY);
        self.left = left.unwrap_or(all);
        left.is_some()
    }
}

#[derive(Debug, Clone, Copy)]
struct Press {
    event: u8,
    timestamp: u32,
    duration: u16,
    ended: bool,
    told: bool,
    heard_at: Instant,
    /// The stream that it was part of has ended.
    left_behind: bool,
}

impl EventReceiver {
    /// For events that count time with this clock.
    #[must_use]
    pub fn new(clock_rate: u32) -> Self {
        Self {
            clock_rate,
            press: None,
            credit: Credit {
                left: Duration::ZERO,
                counted_at: None,
            },
        }
    }

    /// Takes the payload of an event packet; says which key was pressed, if this tells it.
    /// At most two presses can be told at once: an earlier one whose end was lost, and this.
    pub fn receive(&mut self, now: Instant, timestamp: u32, payload: &[u8]) -> [Option<u8>; 2] {
        let Some(&[event, flags, high, low]) = payload.get(..EVENT_OCTETS) else {
            return [None, None];
        };
        let duration = u16::from_be_bytes([high, low]);
        let ended = flags & 0x80 != 0;
        let mut overdue = None;
        match &mut self.press {
            Some(press) if press.is_continued_by(event, timestamp) => {
                press.timestamp = timestamp;
                press.duration = duration;
                press.ended |= ended;
                press.heard_at = now;
            }
            Some(press) if press.is_followed_by_straggler(now, timestamp) => {
                return [None, None];
            }
            _ if !self.credit.take(now) => return [None, None],
            _ => {
                overdue = self.press.as_mut().and_then(Press::tell);
                self.press = Some(Press {
                    event,
                    timestamp,
                    duration,
                    ended,
                    told: false,
                    heard_at: now,
                    left_behind: false,
                });
            }
        }
        let enough = self.clock_rate / 1_000 * TOLD_AFTER_MS;
        let told = self
            .press
            .as_mut()
            .filter(|press| press.ended || u32::from(press.duration) >= enough)
            .and_then(Press::tell);
        [overdue, told]
    }

    /// Tells a press whose packets ceased before it could be told.
    pub fn poll(&mut self, now: Instant) -> Option<u8> {
        self.press
            .as_mut()
            .filter(|press| now.saturating_duration_since(press.heard_at) >= GIVEN_UP_AFTER)
            .and_then(Press::tell)
    }

    /// The sender began another stream: timestamps say nothing of what was before.
    pub fn restart(&mut self) {
        if let Some(press) = &mut self.press {
            press.left_behind = true;
        }
    }
}

impl Press {
    /// The same press: the same timestamp, or the next segment of one that is longer than
    /// the duration field can say (RFC 4733 §2.5.1.3).
    fn is_continued_by(&self, event: u8, timestamp: u32) -> bool {
        let same = timestamp == self.timestamp;
        let segment = !self.ended
            && self.duration >= 0x8000
            && (0..=0x1_0000).contains(&timestamp_distance(timestamp, self.timestamp));
        event == self.event && (same || segment)
    }

    /// Another event with the same timestamp, or an older one, soon after and in the same
    /// stream.
    fn is_followed_by_straggler(&self, now: Instant, timestamp: u32) -> bool {
        !self.left_behind
            && now.saturating_duration_since(self.heard_at) < OVER_AFTER
            && timestamp_distance(timestamp, self.timestamp) <= 0
    }

    fn tell(&mut self) -> Option<u8> {
        if std::mem::replace(&mut self.told, true) {
            return None;
        }
        digit_of(self.event)
    }
}

/// One event packet to send, instead of audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPacket {
    /// Set on the first.
    pub marker: bool,
    /// The same for the whole press.
    pub timestamp: u32,
    /// Event, end bit with volume, duration.
    pub payload: [u8; EVENT_OCTETS],
}

/// Sends one press, a packet a tick.
#[derive(Debug, Clone)]
pub struct EventSender {
    event: u8,
    timestamp: u32,
    step: u32,
    total: u32,
    elapsed: u32,
    ends_left: u8,
}

impl EventSender {
    /// A press that begins at this RTP timestamp, or none if `digit` isn't a key. Durations are
    /// kept between 40 ms and what the duration field can say.
    #[must_use]
    pub fn new(digit: u8, duration_ms: u16, timestamp: u32, clock_rate: u32) -> Option<Self> {
        let per_ms = clock_rate / 1_000;
        let step = per_ms * crate::codec::TICK_MS;
        let duration_ms = duration_ms.clamp(*DURATION_MS.start(), *DURATION_MS.end());
        let longest = u32::from(u16::MAX) / step.max(1) * step;
        Some(Self {
            event: event_of(digit)?,
            timestamp,
            step,
            total: (u32::from(duration_ms) * per_ms).min(longest),
            elapsed: 0,
            ends_left: ENDS,
        })
    }

    /// The packet of this tick; none when the press is over and its end was sent three times.
    pub fn tick(&mut self) -> Option<EventPacket> {
        let marker = self.elapsed == 0;
        self.elapsed = (self.elapsed + self.step).min(self.total);
        let ended = self.elapsed == self.total;
        if ended {
            self.ends_left = self.ends_left.checked_sub(1)?;
        }
        let [_, _, high, low] = self.elapsed.to_be_bytes();
        Some(EventPacket {
            marker,
            timestamp: self.timestamp,
            payload: [self.event, (u8::from(ended) << 7) | VOLUME, high, low],
        })
    }
}
