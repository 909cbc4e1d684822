//! Reading a whole recording at another rate.

use super::{TAPS, response, round, scaled};

/// The most phases that are kept; rates whose ratio needs more are rounded to it.
const MAX_PHASES: u32 = 2_000;

/// Reads recordings of one rate at another.
#[derive(Debug)]
pub struct Converter {
    /// `up` output samples for `down` input samples.
    up: usize,
    down: usize,
    /// Input samples on each side of an output sample.
    reach: usize,
    /// A row of `2 * reach` for each of `up` phases.
    rows: Box<[f32]>,
}

impl Converter {
    /// Between any two rates; 0 is taken for 1 Hz.
    #[must_use]
    pub fn new(from: u32, to: u32) -> Self {
        let (from, to) = (from.max(1), to.max(1));
        let common = common_divisor(from, to);
        let (mut up, mut down) = (to / common, from / common);
        if up > MAX_PHASES {
            let exact = u64::from(down) * u64::from(MAX_PHASES) / u64::from(up);
            down = u32::try_from(exact).unwrap_or(u32::MAX).max(1);
            up = MAX_PHASES;
        }
        let stretch = (f64::from(down) / f64::from(up)).max(1.0);
        let reach = (stretch * TAPS as f64 / 2.0).ceil() as usize;
        let rows = (0..up)
            .flat_map(|phase| {
                let offset = f64::from(phase) / f64::from(up);
                let row: Vec<f64> = (0..2 * reach)
                    .map(|tap| {
                        let distance = tap as f64 - (reach - 1) as f64 - offset;
                        response(distance / stretch)
                    })
                    .collect();
                scaled(&row).collect::<Vec<f32>>()
            })
            .collect();
        Self {
            up: up as usize,
            down: down as usize,
            reach,
            rows,
        }
    }

    /// The whole recording.
    #[must_use]
    pub fn convert(&self, recording: &[i16]) -> Vec<i16> {
        let mut out = vec![0; recording.len() * self.up / self.down];
        self.read(recording, 0, &mut out);
        out
    }

    /// Fills `out` from the output sample `first` on; silence lies before the recording and
    /// after it. Does not allocate.
    pub fn read(&self, recording: &[i16], first: usize, out: &mut [i16]) {
        for (index, slot) in out.iter_mut().enumerate() {
            let place = (first + index) * self.down;
            let row = &self.rows[place % self.up * 2 * self.reach..][..2 * self.reach];
            // The window begins `reach - 1` samples before the place.
            let begin = (place / self.up + 1).cast_signed() - self.reach.cast_signed();
            let skipped = usize::try_from(-begin).unwrap_or(0).min(row.len());
            let begin = usize::try_from(begin).unwrap_or(0).min(recording.len());
            let window = &recording[begin..];
            *slot = round(dot(window, &row[skipped..]));
        }
    }
}

/// As far as both go; eight sums beside each other, so that the compiler may use vectors.
fn dot(window: &[i16], row: &[f32]) -> f32 {
    let length = window.len().min(row.len());
    let mut sums = [0.0_f32; 8];
    let (window_parts, window_rest) = window[..length].as_chunks::<8>();
    let (row_parts, row_rest) = row[..length].as_chunks::<8>();
    for (samples, taps) in window_parts.iter().zip(row_parts) {
        for lane in 0..8 {
            sums[lane] += f32::from(samples[lane]) * taps[lane];
        }
    }
    let rest: f32 = window_rest
        .iter()
        .zip(row_rest)
        .map(|(sample, tap)| f32::from(*sample) * tap)
        .sum();
    sums.iter().sum::<f32>() + rest
}

fn common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}
