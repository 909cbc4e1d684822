//! Keeps a sum of voices below full scale, without the noise of clipping.
//!
//! One curve of gain a tick serves the whole room: what each hears of the others stays exactly
//! the difference between the sum and itself, and nobody's loudness steps when the listener
//! begins to speak. The tick itself is the look-ahead, so nothing is delayed.

use super::input::MAX_TICK_SAMPLES;

/// Parts of a tick whose loudest samples are looked at: 5 ms each.
pub const STEPS: usize = 4;

/// The loudest that comes out: 1 dB below full scale.
const CEILING: f32 = 29_200.0;

/// How fast the gain comes back: 0.13 dB in 5 ms.
const RELEASE: f32 = 1.015;

/// An onset at the very beginning of a tick is met within this part of a step: 1 ms.
const ATTACK: usize = 5;

/// The gains of one tick; all 1 unless somebody is too loud.
#[derive(Debug)]
pub struct Limiter {
    /// At the end of the last tick.
    gain: f32,
    is_open: bool,
    gains: [f32; MAX_TICK_SAMPLES],
}

impl Limiter {
    /// Open.
    pub const fn new() -> Self {
        Self {
            gain: 1.0,
            is_open: true,
            gains: [1.0; MAX_TICK_SAMPLES],
        }
    }

    /// Prepares the gains of a tick of so many samples from the loudest sample of each step, of
    /// all sums that will be made.
    pub fn prepare(&mut self, peaks: [i32; STEPS], samples: usize) {
        let need = peaks.map(|peak| match peak as f32 {
            peak if peak > CEILING => CEILING / peak,
            _ => 1.0,
        });
        let mut edges = [self.gain; STEPS + 1];
        for step in 0..STEPS {
            let ahead = need.get(step + 1).copied().unwrap_or(1.0);
            let recovered = (edges[step] * RELEASE).min(1.0);
            edges[step + 1] = need[step].min(ahead).min(recovered);
        }
        self.gain = edges[STEPS];
        self.is_open = edges.iter().all(|gain| *gain >= 1.0);
        if self.is_open {
            return;
        }
        let length = samples / STEPS;
        for (step, gains) in self.gains[..samples].chunks_mut(length.max(1)).enumerate() {
            let step = step.min(STEPS - 1);
            let (from, to) = (edges[step], edges[step + 1]);
            let slope = match from > need[step] {
                true => length / ATTACK,
                false => length,
            };
            for (at, gain) in gains.iter_mut().enumerate() {
                let part = ((at + 1) as f32 / slope.max(1) as f32).min(1.0);
                *gain = from + (to - from) * part;
            }
        }
    }

    /// Makes samples of sums; what still exceeds is clipped.
    pub fn shape(&self, sums: impl Iterator<Item = i32>, out: &mut [i16]) {
        if self.is_open {
            for (out, sum) in out.iter_mut().zip(sums) {
                *out = clip(sum);
            }
        } else {
            for ((out, sum), gain) in out.iter_mut().zip(sums).zip(&self.gains) {
                *out = clip((sum as f32 * gain) as i32);
            }
        }
    }
}

/// Keeps within what 16 bits hold.
fn clip(sum: i32) -> i16 {
    // The clamp makes the cast exact.
    sum.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaped(limiter: &mut Limiter, value: i32) -> Vec<i16> {
        limiter.prepare([value.abs(); STEPS], 160);
        let mut out = [0; 160];
        limiter.shape([value; 160].into_iter(), &mut out);
        out.to_vec()
    }

    #[test]
    fn below_the_ceiling_nothing_changes() {
        let mut limiter = Limiter::new();
        for value in [0, 1, -1, 29_200, -29_200] {
            assert_eq!(shaped(&mut limiter, value), [value as i16; 160]);
        }
    }

    #[test]
    fn an_onset_is_met_within_a_millisecond_and_the_gain_comes_back() {
        let mut limiter = Limiter::new();
        let loud = shaped(&mut limiter, 90_000);
        assert!(loud[8..].iter().all(|sample| *sample <= 29_201));
        let loud = shaped(&mut limiter, 90_000);
        assert!(loud.iter().all(|sample| (29_190..=29_201).contains(sample)));
        let after: Vec<i16> = (0..50).flat_map(|_| shaped(&mut limiter, 10_000)).collect();
        assert!(after.windows(2).all(|pair| pair[0] <= pair[1]));
        let steepest = after.windows(2).map(|pair| pair[1] - pair[0]).max();
        assert!(steepest <= Some(10), "{steepest:?}");
        assert_eq!(after.last(), Some(&10_000));
    }

    #[test]
    fn what_comes_later_in_the_tick_is_met_before_it_begins() {
        let mut limiter = Limiter::new();
        limiter.prepare([10_000, 10_000, 60_000, 10_000], 160);
        let mut out = [0; 160];
        let sums = (0..160).map(|at| if at / 40 == 2 { 60_000 } else { 10_000 });
        limiter.shape(sums, &mut out);
        assert!(out.iter().all(|sample| *sample <= 29_201));
        assert_eq!(out[..40], [10_000; 40]);
    }
}
