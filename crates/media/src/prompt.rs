//! Everything that can be played: [`SoundLibrary`].
//!
//! Each sound is kept once as samples at 16 kHz, from which any rate is read without state.
//! Packets of every codec, by which playing to a leg is a copy and costs no encoder, are made
//! when a sound is wanted for the first time ([`SoundLibrary::encode`]): most never are.

mod clip;
mod names;

use std::collections::HashMap;
use std::sync::Arc;

pub use self::clip::Clip;
use self::clip::Rates;
pub use self::names::texts;

use crate::codec::CodecError;
use crate::control::{Prompt, Sound, TonePlan};
use crate::resample::Converter;
use crate::tone::{self, Segment};

/// Rate at which sounds are kept, in Hz.
pub const LIBRARY_RATE: u32 = 16_000;

/// Longest prompt that is taken, in seconds.
const MAX_PROMPT_SECS: usize = 120;

/// All sounds. Made once and shared by all workers; encodings are added, nothing is changed.
#[derive(Debug)]
pub struct SoundLibrary {
    clips: HashMap<Sound, Clip>,
    missing: Vec<Prompt>,
}

impl SoundLibrary {
    /// Makes all sounds. `recording` gives the octets of a prompt's WAV file, where there is
    /// one; tones stand in for the others, and for those that can't be read.
    pub fn build(recording: impl Fn(Prompt) -> Option<Vec<u8>>) -> Self {
        let rates = Arc::new(Rates::new());
        let mut converters = Converters::default();
        let mut clips = HashMap::new();
        let mut missing = Vec::new();
        for plan in [
            TonePlan::Europe,
            TonePlan::NorthAmerica,
            TonePlan::UnitedKingdom,
        ] {
            let sound = Sound::Ringback(plan);
            clips.insert(sound, Clip::new(&rates, computed(sound)));
        }
        for sound in [
            Sound::JoinTone,
            Sound::LeaveTone,
            Sound::Beep,
            Sound::Error,
            Sound::Music,
        ] {
            clips.insert(sound, Clip::new(&rates, computed(sound)));
        }
        for prompt in Prompt::ALL {
            let spoken = recording(prompt).and_then(|octets| converters.read(&octets));
            let samples = spoken.unwrap_or_else(|| {
                missing.push(prompt);
                tone::render(stand_in(prompt), LIBRARY_RATE)
            });
            clips.insert(Sound::Prompt(prompt), Clip::new(&rates, samples));
        }
        Self { clips, missing }
    }

    /// Makes the packets of a sound in every codec, unless they are there. Takes up to some
    /// tenths of a second: to be called outside the worker's thread.
    ///
    /// # Errors
    /// When a codec has no memory for its state.
    pub fn encode(&self, sound: Sound) -> Result<(), CodecError> {
        self.clip(sound).encode()
    }

    /// A sound can be played as packets.
    #[must_use]
    pub fn is_encoded(&self, sound: Sound) -> bool {
        self.clip(sound).is_encoded()
    }

    /// A sound, ready to play.
    #[must_use]
    pub fn clip(&self, sound: Sound) -> &Clip {
        &self.clips[&sound]
    }

    /// The prompts that tones stand in for.
    #[must_use]
    pub fn missing(&self) -> &[Prompt] {
        &self.missing
    }
}

fn computed(sound: Sound) -> Vec<i16> {
    match tone::cadence(sound) {
        Some(cadence) => tone::render(cadence, LIBRARY_RATE),
        None => tone::waiting_music(LIBRARY_RATE),
    }
}

/// To the library's rate from those of the prompts, which are mostly one.
#[derive(Default)]
struct Converters(HashMap<u32, Converter>);

impl Converters {
    /// A WAV file as samples at the library's rate; none if it is no usable one.
    fn read(&mut self, octets: &[u8]) -> Option<Vec<i16>> {
        let wav = crate::wav::read(octets).ok()?;
        let longest = MAX_PROMPT_SECS * wav.sample_rate as usize;
        if wav.samples.is_empty() || wav.samples.len() > longest {
            return None;
        }
        let rate = wav.sample_rate;
        let converter = self.0.entry(rate);
        let converter = converter.or_insert_with(|| Converter::new(rate, LIBRARY_RATE));
        Some(converter.convert(&wav.samples))
    }
}

const fn beep(hertz: f32, ms: u32) -> Segment {
    Segment {
        hertz: [hertz, 0.0],
        ms,
        amplitude: 2_067.0,
    }
}

/// Asks for keys: two short notes, rising.
const ASKS: &[Segment] = &[
    beep(660.0, 120),
    beep(0.0, 60),
    beep(880.0, 160),
    beep(0.0, 20),
];
/// Says no: two notes, falling.
const REFUSES: &[Segment] = &[
    beep(392.0, 180),
    beep(0.0, 60),
    beep(294.0, 280),
    beep(0.0, 20),
];
/// Says that something is now so: one note.
const TELLS: &[Segment] = &[beep(740.0, 200), beep(0.0, 20)];

/// Tones for a prompt that was not made.
const fn stand_in(prompt: Prompt) -> &'static [Segment] {
    match prompt {
        Prompt::EnterPin | Prompt::EnterNumber | Prompt::Menu => ASKS,
        Prompt::WrongPin | Prompt::TooManyAttempts | Prompt::Locked | Prompt::Full => REFUSES,
        _ => TELLS,
    }
}

#[cfg(test)]
mod tests;
