//! A quiet tune for one who waits alone: broken chords, softly plucked, that can go round for
//! ever.

use super::Oscillator;

/// Eight bars; each is a bass and the chord's notes in semitones above D3.
const BARS: [[i32; 5]; 8] = [
    [0, 12, 16, 19, 24],
    [-3, 9, 12, 16, 21],
    [-7, 5, 9, 12, 17],
    [-5, 7, 11, 14, 19],
    [0, 12, 16, 19, 26],
    [-3, 9, 16, 21, 24],
    [-8, 4, 7, 12, 16],
    [-5, 7, 14, 17, 23],
];
/// The order in which a bar's notes are plucked, eight to a bar.
const PATTERN: [usize; 8] = [0, 1, 2, 3, 4, 3, 2, 1];
const NOTE_MS: u32 = 300;
/// A note sounds this long and fades meanwhile.
const RING_MS: u32 = 1_800;
const LOWEST_HERTZ: f64 = 146.83;
/// About −33 dB below full scale at its loudest.
const AMPLITUDE: f32 = 740.0;
/// Harmonics of a pluck: their part of the whole.
const HARMONICS: [f32; 3] = [0.72, 0.2, 0.08];

/// The whole tune, once through; its end leads into its beginning.
#[must_use]
pub fn waiting_music(sample_rate: u32) -> Vec<i16> {
    let note = crate::codec::samples_in(NOTE_MS, sample_rate);
    let ring = crate::codec::samples_in(RING_MS, sample_rate);
    let mut mix = vec![0.0_f32; note * PATTERN.len() * BARS.len()];
    for (bar, notes) in BARS.iter().enumerate() {
        for (beat, &which) in PATTERN.iter().enumerate() {
            let start = (bar * PATTERN.len() + beat) * note;
            let hertz = LOWEST_HERTZ * 2_f64.powf(f64::from(notes[which]) / 12.0);
            pluck(&mut mix, start, ring, hertz as f32, sample_rate);
        }
    }
    mix.into_iter().map(|sample| sample as i16).collect()
}

/// Adds a note that rises within 8 ms and fades; what rings past the end sounds at the start.
fn pluck(mix: &mut [f32], start: usize, ring: usize, hertz: f32, sample_rate: u32) {
    let rise = crate::codec::samples_in(8, sample_rate).max(1);
    let fade = (-5.0 / ring as f32).exp();
    let mut harmonics = [1.0, 2.0, 3.0].map(|n| Oscillator::new(hertz * n, sample_rate));
    let mut level = AMPLITUDE;
    for position in 0..ring {
        let wave: f32 = harmonics
            .iter_mut()
            .zip(HARMONICS)
            .map(|(harmonic, part)| harmonic.sample() * part)
            .sum();
        let edge = (position.min(rise) as f32 / rise as f32)
            .min((ring - position).min(rise) as f32 / rise as f32);
        let at = (start + position) % mix.len();
        mix[at] += level * edge * wave;
        level *= fade;
    }
}
