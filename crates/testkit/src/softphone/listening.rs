//! What a phone heard, and how loud each frequency was in it.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// How long what was heard is kept.
const KEPT: Duration = Duration::from_secs(3);

/// A level that nothing audible reaches, in dB below full scale.
pub(super) const SILENCE: f64 = -120.0;

/// The last seconds of decoded audio, packet by packet.
#[derive(Debug, Default)]
pub(super) struct Heard {
    packets: VecDeque<(Instant, u32, Box<[i16]>)>,
}

impl Heard {
    /// Takes note of what one packet held.
    pub(super) fn take(&mut self, now: Instant, rate: u32, samples: &[i16]) {
        self.packets.push_back((now, rate, samples.into()));
        while self
            .packets
            .front()
            .is_some_and(|(at, ..)| now.duration_since(*at) > KEPT)
        {
            self.packets.pop_front();
        }
    }

    /// Level of a frequency in what came during the `window` before that time, in dB relative to a
    /// sine of full scale; what did not come counts as silence.
    pub(super) fn level(&self, now: Instant, hertz: f64, window: Duration) -> f64 {
        let recent = || {
            self.packets
                .iter()
                .filter(|(at, ..)| *at <= now && now.duration_since(*at) <= window)
        };
        let Some(rate) = recent().next_back().map(|(_, rate, _)| *rate) else {
            return SILENCE;
        };
        let samples: Vec<f64> = recent()
            .filter(|(_, other, _)| *other == rate)
            .flat_map(|(.., samples)| samples.iter().map(|sample| f64::from(*sample)))
            .collect();
        level_of(&samples, hertz, f64::from(rate))
    }

    /// When the last packet came at whose end this frequency was as loud as that in what came
    /// during a `window`.
    pub(super) fn last(&self, hertz: f64, loud: f64, window: Duration) -> Option<Instant> {
        let times = self.packets.iter().rev().map(|(at, ..)| *at);
        let mut later = times.map(|at| (at, self.level(at, hertz, window)));
        later.find(|(_, level)| *level >= loud).map(|(at, _)| at)
    }
}

/// Level of a frequency in 16-bit samples, in dB relative to a sine of full scale.
pub fn level_in(samples: &[i16], rate: f64, hertz: f64) -> f64 {
    let samples: Vec<f64> = samples.iter().map(|sample| f64::from(*sample)).collect();
    level_of(&samples, hertz, rate)
}

/// Goertzel's algorithm under a Hann window, so that a loud neighbour does not leak in.
fn level_of(samples: &[f64], hertz: f64, rate: f64) -> f64 {
    if samples.len() < 32 {
        return SILENCE;
    }
    let length = samples.len() as f64;
    let turn = std::f64::consts::TAU;
    let coefficient = 2.0 * (turn * hertz / rate).cos();
    let (mut last, mut before, mut weights) = (0.0, 0.0, 0.0);
    for (index, sample) in samples.iter().enumerate() {
        let weight = 0.5 - 0.5 * (turn * (index as f64 + 0.5) / length).cos();
        weights += weight;
        let next = sample * weight + coefficient * last - before;
        before = last;
        last = next;
    }
    let power = (last * last + before * before - coefficient * last * before).max(0.0);
    let amplitude = 2.0 * power.sqrt() / weights / 32_767.0;
    if amplitude <= 1e-6 {
        SILENCE
    } else {
        20.0 * amplitude.log10()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hertz: f64, amplitude: f64, asked: f64) -> f64 {
        let samples: Vec<f64> = (0..1_600)
            .map(|n| (std::f64::consts::TAU * hertz * f64::from(n) / 8_000.0).sin() * amplitude)
            .collect();
        level_of(&samples, asked, 8_000.0)
    }

    #[test]
    fn the_last_packet_of_a_tone_is_found() {
        let begun = crate::softphone::now();
        let mut heard = Heard::default();
        for packet in 0..50_u64 {
            let loud = if packet < 20 { 16_000.0 } else { 0.0 };
            let samples: Vec<i16> = (0..160)
                .map(|n| {
                    let turn = std::f64::consts::TAU * 1_000.0 * f64::from(n) / 8_000.0;
                    (turn.sin() * loud) as i16
                })
                .collect();
            heard.take(begun + Duration::from_millis(20 * packet), 8_000, &samples);
        }
        let last = heard.last(1_000.0, -40.0, Duration::from_millis(60));
        let after = last.map(|at| at.duration_since(begun));
        // The tone's own last packet is the twentieth; the window reaches back over three.
        assert!(
            after
                .is_some_and(|after| after >= Duration::from_millis(380)
                    && after <= Duration::from_millis(440)),
            "{after:?}"
        );
        assert_eq!(heard.last(440.0, -40.0, Duration::from_millis(60)), None);
    }

    #[test]
    fn a_tone_is_measured_and_its_neighbours_are_not() {
        assert!((check(440.0, 32_767.0, 440.0)).abs() < 0.1);
        assert!((check(440.0, 3_276.7, 440.0) + 20.0).abs() < 0.1);
        assert!(check(440.0, 32_767.0, 540.0) < -60.0);
        assert_eq!(level_of(&[0.0; 1_600], 440.0, 8_000.0), SILENCE);
    }
}
