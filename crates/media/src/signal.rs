//! Test signals and their measurement.

use std::f64::consts::TAU;
use std::time::Instant;

/// Any moment: from it on, tests own the time.
#[expect(
    clippy::disallowed_methods,
    reason = "an Instant can only be had from the clock"
)]
pub(crate) fn moment() -> Instant {
    Instant::now()
}

/// A sine.
pub(crate) fn sine(hertz: f64, amplitude: f64, rate: u32, samples: usize) -> Vec<i16> {
    (0..samples)
        .map(|n| (amplitude * (TAU * hertz * n as f64 / f64::from(rate)).sin()) as i16)
        .collect()
}

/// Amplitude of a frequency in the samples.
pub(crate) fn amplitude_of(hertz: f64, rate: u32, samples: &[i16]) -> f64 {
    let (mut a, mut b) = (0.0, 0.0);
    for (n, &sample) in samples.iter().enumerate() {
        let angle = TAU * hertz * n as f64 / f64::from(rate);
        a += f64::from(sample) * angle.cos();
        b += f64::from(sample) * angle.sin();
    }
    2.0 * (a * a + b * b).sqrt() / samples.len() as f64
}

/// How far the frequency stands above everything else, in dB. Best over whole periods.
pub(crate) fn purity_db(hertz: f64, rate: u32, samples: &[i16]) -> f64 {
    let amplitude = amplitude_of(hertz, rate, samples);
    let total: f64 = samples.iter().map(|&s| f64::from(s).powi(2)).sum();
    let wanted = amplitude * amplitude / 2.0 * samples.len() as f64;
    10.0 * (wanted / (total - wanted).max(1e-9)).log10()
}

/// Root of the mean square.
pub(crate) fn rms(samples: &[i16]) -> f64 {
    let total: f64 = samples.iter().map(|&s| f64::from(s).powi(2)).sum();
    (total / samples.len().max(1) as f64).sqrt()
}

/// The largest step between neighbours: what is heard as a click.
pub(crate) fn largest_step(samples: &[i16]) -> i32 {
    samples
        .windows(2)
        .map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs())
        .max()
        .unwrap_or(0)
}
