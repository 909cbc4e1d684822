//! The sum of a mix, and the sum without one of its speakers.

use super::{
    input::MAX_TICK_SAMPLES,
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

    /// Ends the tick.
    pub fn finish(&mut self) {
        let count = self.tick_samples();
        for (out, sum) in self.shared.iter_mut().zip(&self.total[..count]) {
            *out = clip(*sum);
        }
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
                for (out, (total, own)) in out.iter_mut().zip(rest) {
                    *out = clip(total - i32::from(*own));
                }
            }
        }
        count
    }
}

/// Keeps within what 16 bits hold.
fn clip(sum: i32) -> i16 {
    // The clamp makes the cast exact.
    sum.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
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

    #[test]
    fn sums_are_clipped_once_at_the_end() {
        let mut board = Board::new();
        board.begin();
        for (place, value) in [(1, 30_000), (2, 30_000), (3, -31_000)] {
            board.add(place, &mut [value; MAX_TICK_SAMPLES], Fade::None);
        }
        board.finish();
        assert_eq!(board.shared()[0], 29_000);
        let mut out = [0; MAX_TICK_SAMPLES];
        board.without(3, &mut out);
        assert_eq!(out[0], i16::MAX);
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
