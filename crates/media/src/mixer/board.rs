//! The sum of a mix, and the sum without one of its speakers.

use super::{
    input::MAX_TICK_SAMPLES,
    limiter::{Limiter, STEPS},
    speakers::{Place, SPEAKERS},
};

/// A tick of samples at any rate.
pub type Tick = [i16; MAX_TICK_SAMPLES];

/// Ticks remembered, for encoders that take over.
pub const REMEMBERED: usize = 2;

/// How a speaker's tick begins or ends, so that nothing clicks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fade {
    /// As it is.
    None,
    /// From silence to full in 5 ms.
    In,
    /// From full to silence in 5 ms, and silent for the rest.
    Out,
}

/// A speaker's tick as it went into the sum.
#[derive(Debug, Clone)]
struct Strip {
    place: Option<Place>,
    samples: Tick,
}

/// Sums one tick.
#[derive(Debug)]
pub struct Board {
    rate: u32,
    total: [i32; MAX_TICK_SAMPLES],
    shared: Tick,
    strips: [Strip; SPEAKERS],
    remembered: [Tick; REMEMBERED],
    /// The end of what those said who are gone.
    tail: [i32; MAX_TICK_SAMPLES / 4],
    limiter: Limiter,
}

impl Board {
    /// A board at 8 kHz.
    #[must_use]
    pub fn new() -> Box<Self> {
        Box::new(Self {
            rate: 8_000,
            total: [0; MAX_TICK_SAMPLES],
            shared: [0; MAX_TICK_SAMPLES],
            strips: std::array::from_fn(|_| Strip {
                place: None,
                samples: [0; MAX_TICK_SAMPLES],
            }),
            remembered: [[0; MAX_TICK_SAMPLES]; REMEMBERED],
            tail: [0; MAX_TICK_SAMPLES / 4],
            limiter: Limiter::new(),
        })
    }

    /// Samples a second.
    #[must_use]
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Changes the rate and forgets the past.
    pub fn set_rate(&mut self, rate: u32) {
        self.rate = rate;
        self.remembered = [[0; MAX_TICK_SAMPLES]; REMEMBERED];
        self.shared = [0; MAX_TICK_SAMPLES];
        self.tail = [0; MAX_TICK_SAMPLES / 4];
    }

    /// Samples in a tick.
    #[must_use]
    pub fn tick_samples(&self) -> usize {
        ((self.rate / 50) as usize).min(MAX_TICK_SAMPLES)
    }

    /// Begins a tick; the last one becomes the past.
    pub fn begin(&mut self) {
        self.remembered.rotate_left(1);
        self.remembered[REMEMBERED - 1] = self.shared;
        self.total = [0; MAX_TICK_SAMPLES];
        for strip in &mut self.strips {
            strip.place = None;
        }
    }

    /// The ticks before this one that everyone heard, oldest first.
    #[must_use]
    pub fn past(&self) -> &[Tick] {
        &self.remembered
    }

    /// Adds a speaker. Those that fade out are heard by all, themselves not any more.
    pub fn add(&mut self, place: Place, samples: &mut Tick, fade: Fade) {
        let count = self.tick_samples();
        ramp(&mut samples[..count], fade, (self.rate / 200) as usize);
        for (sum, sample) in self.total.iter_mut().zip(&samples[..count]) {
            *sum += i32::from(*sample);
        }
        if let Some(strip) = self.strips.iter_mut().find(|strip| strip.place.is_none())
            && fade != Fade::Out
        {
            strip.place = Some(place);
            strip.samples[..count].copy_from_slice(&samples[..count]);
        }
    }

    /// Adds a sound that everybody hears.
    pub fn add_sound(&mut self, samples: &[i16]) {
        for (sum, sample) in self.total.iter_mut().zip(samples) {
            *sum += i32::from(*sample);
        }
    }

    /// One that was heard in the last tick is gone: its last 5 ms, mirrored in time, go on
    /// without a step and die away in the next tick, without anything of it being decoded.
    pub fn release(&mut self, place: Place) {
        let (count, length) = (self.tick_samples(), (self.rate / 200) as usize);
        let strip = self
            .strips
            .iter_mut()
            .find(|strip| strip.place == Some(place));
        let Some(strip) = strip else { return };
        strip.place = None;
        let mirrored = strip.samples[..count].iter().rev();
        for (at, (slot, sample)) in self.tail.iter_mut().zip(mirrored).take(length).enumerate() {
            *slot += i32::from(*sample) * (length - at) as i32 / length as i32;
        }
    }

    /// Ends the tick.
    pub fn finish(&mut self) {
        for (sum, tail) in self.total.iter_mut().zip(&mut self.tail) {
            *sum += std::mem::take(tail);
        }
        let count = self.tick_samples();
        self.limiter.prepare(self.peaks(), count);
        let sums = self.total[..count].iter().copied();
        self.limiter.shape(sums, &mut self.shared);
    }

    /// The loudest sample of each step in any of the sums that are made of this tick.
    fn peaks(&self) -> [i32; STEPS] {
        let count = self.tick_samples();
        let length = (count / STEPS).max(1);
        let mut peaks = [0; STEPS];
        let steps = self.total[..count].chunks_exact(length);
        for (step, (peak, total)) in peaks.iter_mut().zip(steps).enumerate() {
            *peak = total.iter().fold(0, |most, sum| most.max(sum.abs()));
            let occupied = self.strips.iter().filter(|strip| strip.place.is_some());
            for strip in occupied {
                let own = &strip.samples[step * length..][..length];
                let rest = total.iter().zip(own);
                *peak = rest.fold(*peak, |most, (sum, own)| {
                    most.max((sum - i32::from(*own)).abs())
                });
            }
        }
        peaks
    }

    /// What everyone hears who is not heard.
    #[must_use]
    pub fn shared(&self) -> &[i16] {
        &self.shared[..self.tick_samples()]
    }

    /// What one who is heard hears: all but itself. Says how many samples.
    pub fn without(&self, place: Place, out: &mut Tick) -> usize {
        let count = self.tick_samples();
        let strip = self.strips.iter().find(|strip| strip.place == Some(place));
        match strip {
            None => out[..count].copy_from_slice(self.shared()),
            Some(strip) => {
                let rest = self.total[..count].iter().zip(&strip.samples);
                let rest = rest.map(|(total, own)| total - i32::from(*own));
                self.limiter.shape(rest, &mut out[..count]);
            }
        }
        count
    }
}

fn ramp(samples: &mut [i16], fade: Fade, length: usize) {
    let length = length.clamp(1, samples.len().max(1));
    let scale = |sample: i16, at: usize| (i32::from(sample) * at as i32 / length as i32) as i16;
    match fade {
        Fade::None => {}
        Fade::In => {
            for (at, sample) in samples.iter_mut().take(length).enumerate() {
                *sample = scale(*sample, at);
            }
        }
        Fade::Out => {
            for (at, sample) in samples.iter_mut().enumerate() {
                *sample = scale(*sample, length.saturating_sub(at));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signal::{purity_db, sine};

    #[test]
    fn each_speaker_hears_the_others_and_the_rest_hear_all() {
        let mut board = Board::new();
        board.begin();
        for (place, value) in [(1, 100), (2, 20), (3, 3)] {
            board.add(place, &mut [value; MAX_TICK_SAMPLES], Fade::None);
        }
        board.finish();
        let mut out = [0; MAX_TICK_SAMPLES];
        assert_eq!(board.shared(), [123; 160]);
        for (place, expect) in [(1, 23), (2, 103), (3, 120), (9, 123)] {
            let count = board.without(place, &mut out);
            assert_eq!(out[..count], [expect; 160], "without {place}");
        }
    }

    /// Two as loud as can be and one against them: neither the sum nor what each hears leaves
    /// the range, and what each hears is the rest by the same gain.
    #[test]
    fn sums_stay_within_the_range_and_without_oneself_they_are_exact() {
        let mut board = Board::new();
        let voices = [(1, 30_000), (2, 30_000), (3, -31_000)];
        for _ in 0..2 {
            board.begin();
            for (place, value) in voices {
                board.add(place, &mut [value; MAX_TICK_SAMPLES], Fade::None);
            }
            board.finish();
        }
        let gain = 29_200.0 / 60_000.0;
        let near = |sample: i16, sum: i32| (f32::from(sample) - sum as f32 * gain).abs() < 2.0;
        assert!(board.shared().iter().all(|sample| near(*sample, 29_000)));
        let mut out = [0; MAX_TICK_SAMPLES];
        for (place, own) in voices {
            let count = board.without(place, &mut out);
            let rest = 29_000 - i32::from(own);
            assert!(out[..count].iter().all(|sample| near(*sample, rest)));
        }
    }

    /// Where clipping would leave noise 10 dB below, the voices stay pure.
    #[test]
    fn three_loud_voices_stay_clean() {
        let mut board = Board::new();
        board.set_rate(48_000);
        let mut heard = Vec::new();
        let tones = [440.0, 440.0, 440.0].map(|hertz| sine(hertz, 23_000.0, 48_000, 48_000));
        for tick in 0..50 {
            board.begin();
            for (place, tone) in (1..).zip(&tones) {
                let mut samples = [0; MAX_TICK_SAMPLES];
                samples.copy_from_slice(&tone[tick * 960..][..960]);
                board.add(place, &mut samples, Fade::None);
            }
            board.finish();
            heard.extend_from_slice(board.shared());
        }
        let purity = purity_db(440.0, 48_000, &heard[9_600..]);
        assert!(purity > 30.0, "{purity}");
    }

    #[test]
    fn one_who_is_gone_dies_away_from_where_it_was() {
        let mut board = Board::new();
        let tone = sine(200.0, 8_000.0, 8_000, 320);
        board.begin();
        let mut samples = [0; MAX_TICK_SAMPLES];
        samples[..160].copy_from_slice(&tone[10..170]);
        board.add(1, &mut samples, Fade::None);
        board.finish();
        let mut heard = board.shared().to_vec();
        board.release(1);
        board.begin();
        board.finish();
        heard.extend_from_slice(board.shared());
        let steps = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        assert!(steps.max() < Some(1_500));
        assert!(heard[160..].iter().any(|sample| sample.abs() > 1_000));
        assert_eq!(heard[200..], [0; 120]);
    }

    #[test]
    fn one_who_leaves_fades_within_five_milliseconds() {
        let mut board = Board::new();
        board.begin();
        board.add(1, &mut [8_000; MAX_TICK_SAMPLES], Fade::Out);
        board.finish();
        let shared = board.shared();
        assert_eq!(shared[0], 8_000);
        assert!(shared.windows(2).all(|pair| pair[1] <= pair[0]));
        assert_eq!(shared[40..], [0; 120]);
    }

    #[test]
    fn the_past_is_what_was_heard() {
        let mut board = Board::new();
        for value in 1..=3 {
            board.begin();
            board.add_sound(&[value; 160]);
            board.finish();
        }
        board.begin();
        assert_eq!(board.past()[0][0], 2);
        assert_eq!(board.past()[1][0], 3);
    }
}
