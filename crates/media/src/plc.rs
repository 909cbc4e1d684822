//! Concealment of lost frames for codecs that have none of their own (G.711, G.722): the last
//! pitch period is repeated and faded to silence within 60 ms, after the idea of G.711
//! Appendix I.

use std::ops::RangeInclusive;

use crate::resample::dot;

/// Past samples kept: 50 ms at 16 kHz.
const HISTORY: usize = 800;

/// The longest pitch period: 15 ms at 16 kHz (66 Hz).
const LONGEST_PERIOD: usize = 240;

/// Samples in a millisecond at the rate at which the period is looked for first.
const COARSE_PER_MS: usize = 4;

/// Coarse samples: the window of 20 ms and the longest period before it, in whole vectors.
const COARSE: usize = 144;

/// Repeats what was last heard in place of what is missing.
#[derive(Debug, Clone)]
pub struct Concealer {
    /// Samples in a millisecond: 8 or 16.
    per_ms: usize,
    /// The last 50 ms that went out, newest last; only the end is used at 8 kHz.
    history: [i16; HISTORY],
    /// The pitch period that is being repeated.
    cycle: [i16; LONGEST_PERIOD],
    period: usize,
    position: usize,
    /// Samples concealed since the last good one.
    lost: usize,
}

impl Concealer {
    /// For samples at 8000 or 16000 Hz; other rates are treated as the nearer of the two.
    #[must_use]
    pub fn new(sample_rate: u32) -> Self {
        Self {
            per_ms: if sample_rate >= 12_000 { 16 } else { 8 },
            history: [0; HISTORY],
            cycle: [0; LONGEST_PERIOD],
            period: 1,
            position: 0,
            lost: 0,
        }
    }

    /// Forgets the stream.
    pub fn reset(&mut self) {
        self.history = [0; HISTORY];
        self.lost = 0;
    }

    /// Takes note of a good frame; after a loss its beginning is blended with the concealment,
    /// so that the seam does not click.
    pub fn good(&mut self, frame: &mut [i16]) {
        if self.lost > 0 {
            let seam = (self.per_ms * 4).min(frame.len());
            for (index, sample) in frame.iter_mut().take(seam).enumerate() {
                let old = i32::from(self.next_concealed());
                let new = i32::from(*sample);
                let weight = index as i32 + 1;
                *sample = ((old * (seam as i32 - weight) + new * weight) / seam as i32) as i16;
            }
            self.lost = 0;
        }
        self.remember(frame);
    }

    /// Fills a frame that is missing.
    pub fn conceal(&mut self, out: &mut [i16]) {
        if self.lost == 0 {
            self.begin();
        }
        for sample in out.iter_mut() {
            *sample = self.next_concealed();
        }
        self.remember(out);
    }

    fn remember(&mut self, frame: &[i16]) {
        let kept = &frame[frame.len().saturating_sub(HISTORY)..];
        self.history.copy_within(kept.len().., 0);
        self.history[HISTORY - kept.len()..].copy_from_slice(kept);
    }

    /// Full for 10 ms, then fading by a fifth each 10 ms.
    fn next_concealed(&mut self) -> i16 {
        let ten_ms = self.per_ms * 10;
        let fading = self.lost.saturating_sub(ten_ms);
        let left = (ten_ms * 5).saturating_sub(fading);
        let sample = i32::from(self.cycle[self.position]) * left as i32 / (ten_ms * 5) as i32;
        self.position = (self.position + 1) % self.period;
        self.lost = self.lost.saturating_add(1);
        sample as i16
    }

    /// Cuts the last pitch period out of the past and smooths where its end meets its start.
    fn begin(&mut self) {
        let period = self.find_period();
        let start = HISTORY - period;
        self.cycle[..period].copy_from_slice(&self.history[start..]);
        let blend = period / 4;
        for index in 0..blend {
            let at = period - blend + index;
            let earlier = i32::from(self.history[start - blend + index]);
            let own = i32::from(self.cycle[at]);
            let weight = index as i32 + 1;
            let total = blend as i32 + 1;
            self.cycle[at] = ((own * (total - weight) + earlier * weight) / total) as i16;
        }
        self.period = period;
        self.position = 0;
    }

    /// The lag between 5 and 15 ms at which the last 20 ms resemble their past most: looked for
    /// at 4 kHz, then refined.
    fn find_period(&self) -> usize {
        let step = self.per_ms / COARSE_PER_MS;
        let mut coarse = [0.0; COARSE];
        let past = &self.history[HISTORY - COARSE * step..];
        for (slot, group) in coarse.iter_mut().zip(past.chunks_exact(step)) {
            *slot = group.iter().map(|&sample| f32::from(sample)).sum();
        }
        let rough = step
            * best_lag(
                &coarse,
                COARSE_PER_MS,
                5 * COARSE_PER_MS..=15 * COARSE_PER_MS,
            );
        let mut fine = [0.0; HISTORY];
        for (slot, &sample) in fine.iter_mut().zip(&self.history) {
            *slot = f32::from(sample);
        }
        let shortest = rough.saturating_sub(step - 1).max(5 * self.per_ms);
        let longest = (rough + step - 1).min(15 * self.per_ms);
        best_lag(&fine, self.per_ms, shortest..=longest)
    }
}

/// The lag at which the last 20 ms of the samples correlate best with what was so long before.
fn best_lag(samples: &[f32], per_ms: usize, lags: RangeInclusive<usize>) -> usize {
    let begin = samples.len() - per_ms * 20;
    let recent = &samples[begin..];
    let mut best = (*lags.start(), f32::MIN);
    for lag in lags {
        let past = &samples[begin - lag..samples.len() - lag];
        let score = dot(recent, past) / (dot(past, past) + 1.0).sqrt();
        if score > best.1 {
            best = (lag, score);
        }
    }
    best.0
}

#[cfg(test)]
mod tests;
