//! Digits: by RFC 4733 in both directions, and as tones where the peer didn't agree to it.

mod event;

pub use self::event::{EventPacket, EventReceiver, EventSender};

use crate::tone::Oscillator;

/// Octets of one event payload (RFC 4733 §2.3).
pub const EVENT_OCTETS: usize = 4;

const ROWS: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const COLUMNS: [f32; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];
const KEYS: [[u8; 4]; 4] = [*b"123A", *b"456B", *b"789C", *b"*0#D"];
/// Each of the two tones: −9 dB below full scale together −6.
const AMPLITUDE: f32 = 8_000.0;
/// Rise and fall of a tone, so that it does not click.
const RAMP_MS: u32 = 2;

/// The event code of a key (RFC 4733 §3.2), or none if it isn't one.
#[must_use]
pub const fn event_of(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'*' => Some(10),
        b'#' => Some(11),
        b'A'..=b'D' => Some(digit - b'A' + 12),
        _ => None,
    }
}

/// The key of an event code, or none for flash and events that are no key.
#[must_use]
pub const fn digit_of(event: u8) -> Option<u8> {
    match event {
        0..=9 => Some(b'0' + event),
        10 => Some(b'*'),
        11 => Some(b'#'),
        12..=15 => Some(b'A' + event - 12),
        _ => None,
    }
}

/// Makes the two tones of a key.
#[derive(Debug, Clone)]
pub struct DigitTone {
    row: Oscillator,
    column: Oscillator,
    position: usize,
    samples: usize,
    ramp: usize,
}

impl DigitTone {
    /// The tones of a key for so long at a rate, or none if it isn't a key.
    #[must_use]
    pub fn new(digit: u8, duration_ms: u32, sample_rate: u32) -> Option<Self> {
        let (row, column) = KEYS.iter().enumerate().find_map(|(row, keys)| {
            let column = keys.iter().position(|&key| key == digit)?;
            Some((ROWS[row], COLUMNS[column]))
        })?;
        Some(Self {
            row: Oscillator::new(row, sample_rate),
            column: Oscillator::new(column, sample_rate),
            position: 0,
            samples: crate::codec::samples_in(duration_ms, sample_rate),
            ramp: crate::codec::samples_in(RAMP_MS, sample_rate),
        })
    }

    /// Fills `out` with the next samples, silence after the end; says whether it goes on.
    pub fn fill(&mut self, out: &mut [i16]) -> bool {
        for sample in out.iter_mut() {
            if self.position >= self.samples {
                *sample = 0;
                continue;
            }
            let left = self.samples - self.position;
            let edge = left.min(self.position + 1).min(self.ramp.max(1));
            let gain = AMPLITUDE * edge as f32 / self.ramp.max(1) as f32;
            *sample = (gain * (self.row.sample() + self.column.sample())) as i16;
            self.position += 1;
        }
        self.position < self.samples
    }
}

#[cfg(test)]
mod tests;
