//! Sounds that are computed: call progress (ITU-T E.180 Supplement 2), conference tones, and
//! music for those who wait.

mod music;

pub use self::music::waiting_music;

use crate::control::{Sound, TonePlan};

/// Rise and fall of a tone in milliseconds, so that it does not click.
const RAMP_MS: u32 = 5;
/// Level of call progress tones: about −20 dB below full scale.
const PROGRESS: f32 = 3_277.0;
/// Level of the conference's own tones: about −24 dB.
const GENTLE: f32 = 2_067.0;

/// A sine of constant frequency, one sample after the other, by rotating a pointer.
#[derive(Debug, Clone, Copy)]
pub struct Oscillator {
    coefficient: f64,
    current: f64,
    previous: f64,
}

impl Oscillator {
    /// Begins at zero, rising.
    #[must_use]
    pub fn new(hertz: f32, sample_rate: u32) -> Self {
        let step = std::f64::consts::TAU * f64::from(hertz) / f64::from(sample_rate.max(1));
        Self {
            coefficient: 2.0 * step.cos(),
            current: 0.0,
            previous: -step.sin(),
        }
    }

    /// The next sample, between −1 and 1.
    pub fn sample(&mut self) -> f32 {
        let now = self.current;
        self.current = self.coefficient * now - self.previous;
        self.previous = now;
        now as f32
    }
}

/// A part of a cadence: up to two frequencies (0 for none) for so long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Frequencies in Hz.
    pub hertz: [f32; 2],
    /// How long.
    pub ms: u32,
    /// Amplitude of each frequency, of 32767.
    pub amplitude: f32,
}

const fn on(a: f32, b: f32, ms: u32) -> Segment {
    Segment {
        hertz: [a, b],
        ms,
        // Two tones together are as loud as one.
        amplitude: if b > 0.0 { PROGRESS * 0.7 } else { PROGRESS },
    }
}

const fn note(hertz: f32, ms: u32) -> Segment {
    Segment {
        hertz: [hertz, 0.0],
        ms,
        amplitude: GENTLE,
    }
}

const fn off(ms: u32) -> Segment {
    Segment {
        hertz: [0.0, 0.0],
        ms,
        amplitude: 0.0,
    }
}

const EUROPE_RINGBACK: &[Segment] = &[on(425.0, 0.0, 1_000), off(4_000)];
const AMERICA_RINGBACK: &[Segment] = &[on(440.0, 480.0, 2_000), off(4_000)];
const KINGDOM_RINGBACK: &[Segment] = &[
    on(400.0, 450.0, 400),
    off(200),
    on(400.0, 450.0, 400),
    off(2_000),
];
const JOIN: &[Segment] = &[note(587.3, 100), note(880.0, 140), off(20)];
const LEAVE: &[Segment] = &[note(880.0, 100), note(587.3, 140), off(20)];
const BEEP: &[Segment] = &[note(1_000.0, 180), off(20)];
const ERROR: &[Segment] = &[
    note(440.0, 140),
    off(60),
    note(349.2, 140),
    off(60),
    note(293.7, 260),
    off(40),
];

/// The cadence of a sound, once through; none for music and prompts.
#[must_use]
pub const fn cadence(sound: Sound) -> Option<&'static [Segment]> {
    use TonePlan::{Europe, NorthAmerica, UnitedKingdom};
    Some(match sound {
        Sound::Ringback(Europe) => EUROPE_RINGBACK,
        Sound::Ringback(NorthAmerica) => AMERICA_RINGBACK,
        Sound::Ringback(UnitedKingdom) => KINGDOM_RINGBACK,
        Sound::JoinTone => JOIN,
        Sound::LeaveTone => LEAVE,
        Sound::Beep => BEEP,
        Sound::Error => ERROR,
        Sound::Music | Sound::Prompt(_) => return None,
    })
}

/// A cadence as samples.
#[must_use]
pub fn render(cadence: &[Segment], sample_rate: u32) -> Vec<i16> {
    let mut out = Vec::new();
    for segment in cadence {
        let samples = crate::codec::samples_in(segment.ms, sample_rate);
        let ramp = crate::codec::samples_in(RAMP_MS, sample_rate).max(1);
        let mut oscillators = segment
            .hertz
            .map(|hertz| Oscillator::new(hertz, sample_rate));
        for position in 0..samples {
            let edge = (samples - position).min(position).min(ramp);
            let gain = segment.amplitude * edge as f32 / ramp as f32;
            let wave: f32 = oscillators.iter_mut().map(Oscillator::sample).sum();
            out.push((gain * wave) as i16);
        }
    }
    out
}

#[cfg(test)]
mod tests;
