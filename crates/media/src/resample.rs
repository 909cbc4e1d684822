//! Resampling between 8, 16 and 48 kHz by whole factors: a polyphase filter of 32 taps a phase,
//! flat to 0.81 of the lower rate's half and 60 dB down from 1.04 of it on.
//!
//! [`Resampler`] works on a stream and does not allocate after construction, which is cheap: the
//! filters are made once and shared ([`prepare`]); [`Converter`]
//! reads a whole recording at another rate, from any place in it and without state.

mod recording;

use std::sync::OnceLock;

pub use self::recording::Converter;

/// Taps that make one output sample, at the lower of both rates.
const TAPS: usize = 32;
/// The largest factor: 8 to 48 kHz.
const MAX_FACTOR: usize = 6;
/// Input samples worked on at once.
const CHUNK: usize = 480;
/// Kaiser's shape for 60 dB.
const KAISER_BETA: f64 = 5.65;
/// Where the filter is half way down, as a part of the lower rate's half.
const CUTOFF: f64 = 0.925;

/// Two rates that have no whole factor of at most 6 between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot resample from {from} to {to} Hz")]
pub struct UnsupportedRates {
    /// Of the input.
    pub from: u32,
    /// Of the output.
    pub to: u32,
}

/// Changes the rate of one stream. Delays it by 16 samples of the lower rate.
#[derive(Debug, Clone)]
pub struct Resampler {
    kind: Kind,
    /// The taps, in the order of the samples they meet.
    filter: &'static [f32],
    /// The past that the filter still needs, then the chunk that is worked on.
    work: Box<[f32]>,
    past: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Same,
    Up(usize),
    Down(usize),
}

impl Resampler {
    /// A resampler for a stream.
    ///
    /// # Errors
    /// [`UnsupportedRates`] unless one rate is a whole 1 to 6 times the other.
    pub fn new(from: u32, to: u32) -> Result<Self, UnsupportedRates> {
        let factor = |high: u32, low: u32| {
            let whole = low > 0 && high.is_multiple_of(low);
            let factor = high.checked_div(low)? as usize;
            (whole && (2..=MAX_FACTOR).contains(&factor)).then_some(factor)
        };
        let kind = if from == to {
            Kind::Same
        } else if let Some(up) = factor(to, from) {
            Kind::Up(up)
        } else if let Some(down) = factor(from, to) {
            Kind::Down(down)
        } else {
            return Err(UnsupportedRates { from, to });
        };
        let past = match kind {
            Kind::Same => 0,
            Kind::Up(_) => TAPS - 1,
            Kind::Down(factor) => TAPS * factor - 1,
        };
        Ok(Self {
            kind,
            filter: shared_filter(kind),
            work: vec![0.0; past + CHUNK].into_boxed_slice(),
            past,
        })
    }

    /// Forgets the stream.
    pub fn reset(&mut self) {
        self.work.fill(0.0);
    }

    /// Resamples as much of `input` as `out` has room for, and says how many samples came out.
    pub fn process(&mut self, input: &[i16], out: &mut [i16]) -> usize {
        let usable = match self.kind {
            Kind::Same => {
                let n = input.len().min(out.len());
                out[..n].copy_from_slice(&input[..n]);
                return n;
            }
            Kind::Up(factor) => input.len().min(out.len() / factor),
            Kind::Down(factor) => input.len().min(out.len() * factor) / factor * factor,
        };
        let mut written = 0;
        // A chunk is a whole number of groups of every factor.
        for part in input[..usable].chunks(CHUNK) {
            for (slot, &sample) in self.work[self.past..].iter_mut().zip(part) {
                *slot = f32::from(sample);
            }
            written += self.filter_chunk(part.len(), &mut out[written..]);
            self.work.copy_within(part.len()..part.len() + self.past, 0);
        }
        written
    }

    fn filter_chunk(&self, samples: usize, out: &mut [i16]) -> usize {
        match self.kind {
            Kind::Same => 0,
            Kind::Up(factor) => {
                let windows = self.work.array_windows::<TAPS>();
                let groups = out.chunks_exact_mut(factor).take(samples).zip(windows);
                if factor <= 4 {
                    let columns = self.filter.as_chunks::<4>().0;
                    groups.for_each(|(group, window)| interpolate(window, columns, group));
                } else {
                    let columns = self.filter.as_chunks::<8>().0;
                    groups.for_each(|(group, window)| interpolate(window, columns, group));
                }
                samples * factor
            }
            Kind::Down(factor) => {
                let length = TAPS * factor;
                let count = samples / factor;
                for (index, slot) in out.iter_mut().take(count).enumerate() {
                    // The newest sample of the window is the last of its group.
                    let start = index * factor + factor - 1;
                    *slot = round(dot(&self.work[start..start + length], self.filter));
                }
                count
            }
        }
    }
}

/// The taps for each kind, by its factor.
static FILTERS: [[OnceLock<Box<[f32]>>; MAX_FACTOR + 1]; 2] =
    [const { [const { OnceLock::new() }; MAX_FACTOR + 1] }; 2];

/// Makes the filters between all rates that are used, which takes a millisecond or two: in good
/// time, rather than when somebody enters a room with another codec than all others.
pub fn prepare() {
    for factor in [2, 3, 6] {
        shared_filter(Kind::Up(factor));
        shared_filter(Kind::Down(factor));
    }
}

/// The taps depend on nothing but the kind.
fn shared_filter(kind: Kind) -> &'static [f32] {
    match kind {
        Kind::Same => &[],
        Kind::Up(factor) => FILTERS[0][factor].get_or_init(|| up_filter(factor).into()),
        Kind::Down(factor) => FILTERS[1][factor].get_or_init(|| down_filter(factor).into()),
    }
}

/// Rounded and kept within 16 bits.
fn round(value: f32) -> i16 {
    // By hand: the rounding functions are calls on processors of the base line. The cast
    // saturates.
    (value + 0.5_f32.copysign(value)) as i16
}

/// Sixteen sums beside each other, so that the compiler may use vectors; both are a multiple of
/// sixteen long.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 16];
    for (a, b) in a.as_chunks::<16>().0.iter().zip(b.as_chunks::<16>().0) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

/// The window of Kaiser at `x` in −1..=1, but for a constant: rows are [`scaled`] in the end.
fn kaiser(x: f64) -> f64 {
    bessel(KAISER_BETA * (1.0 - x * x).max(0.0).sqrt())
}

/// Modified Bessel function of the first kind and order zero.
fn bessel(x: f64) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    let mut k = 1.0;
    while term > sum * 1e-12 {
        term *= (x / (2.0 * k)).powi(2);
        sum += term;
        k += 1.0;
    }
    sum
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 {
        1.0
    } else {
        (std::f64::consts::PI * x).sin() / (std::f64::consts::PI * x)
    }
}

/// Impulse response at `t` samples of the lower rate from its middle, but for a constant.
fn response(t: f64) -> f64 {
    let half = TAPS as f64 / 2.0;
    if t.abs() > half {
        return 0.0;
    }
    CUTOFF * sinc(CUTOFF * t) * kaiser(t / half)
}

/// All samples of a group at once: a column holds one tap of every phase, so that the compiler
/// may use vectors.
fn interpolate<const WIDTH: usize>(
    window: &[f32; TAPS],
    columns: &[[f32; WIDTH]],
    group: &mut [i16],
) {
    // Four sums of each, so that additions needn't wait for each other.
    let mut sums = [[0.0_f32; WIDTH]; 4];
    let quarters = window.as_chunks::<4>().0.iter();
    for (samples, columns) in quarters.zip(columns.as_chunks::<4>().0) {
        for ((sums, &sample), column) in sums.iter_mut().zip(samples).zip(columns) {
            for (sum, tap) in sums.iter_mut().zip(column) {
                *sum += sample * tap;
            }
        }
    }
    let [a, b, c, d] = sums;
    for (phase, slot) in group.iter_mut().enumerate() {
        *slot = round(a[phase] + b[phase] + c[phase] + d[phase]);
    }
}

/// A column of taps for each sample of the window: one for each phase, filled up to 4 or 8.
/// Each phase is scaled so that a constant stays what it is.
fn up_filter(factor: usize) -> Vec<f32> {
    let width = if factor <= 4 { 4 } else { 8 };
    let mut filter = vec![0.0; TAPS * width];
    for phase in 0..factor {
        let offset = phase as f64 / factor as f64;
        let row: Vec<f64> = (0..TAPS)
            .map(|tap| response(tap as f64 - (TAPS / 2 - 1) as f64 - offset))
            .collect();
        for (column, tap) in filter.chunks_exact_mut(width).zip(scaled(&row)) {
            column[phase] = tap;
        }
    }
    filter
}

fn down_filter(factor: usize) -> Vec<f32> {
    let length = TAPS * factor;
    let middle = (length - 1) as f64 / 2.0;
    let row: Vec<f64> = (0..length)
        .map(|tap| response((tap as f64 - middle) / factor as f64))
        .collect();
    scaled(&row).collect()
}

fn scaled(row: &[f64]) -> impl Iterator<Item = f32> {
    let sum: f64 = row.iter().sum();
    row.iter().map(move |tap| (tap / sum) as f32)
}

#[cfg(test)]
mod tests;
