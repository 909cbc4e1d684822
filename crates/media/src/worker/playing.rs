//! Sounds on their way to a leg or into a mix.

use super::{leg::Leg, outlet::Outlet, turn::Turn};
use crate::{
    control::{MediaEvent, PlayId, Sound},
    mixer::{Format, MAX_TICK_SAMPLES, Place},
    prompt::SoundLibrary,
};

/// A sound that one leg hears instead of what it would.
#[derive(Debug, Clone)]
pub struct Playing {
    /// Its name.
    pub play: PlayId,
    sound: Sound,
    repeat: bool,
    tick: usize,
    way: Way,
}

/// How a sound becomes packets. It stays the same from the sound's beginning to its end: the
/// receiver's decoder would hear a change of encoder in the middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// It begins when its packets are there, or after so many ticks by an encoder of its own.
    Open { patience: u8 },
    /// By packets that were made before.
    Packets,
    /// By the leg's own encoder.
    Own,
}

/// Ticks that a sound waits for its packets at most, when it is played for the first time: half
/// a second. Even long music takes less, once; and five hundred legs that are told the
/// same must not each encode it.
const PATIENCE: u8 = 25;

impl Playing {
    /// From its beginning.
    pub fn new(play: PlayId, sound: Sound, repeat: bool) -> Self {
        Self {
            play,
            sound,
            repeat,
            tick: 0,
            way: Way::Open { patience: PATIENCE },
        }
    }

    /// The leg speaks another codec or packet length from now on.
    pub fn reconsider(&mut self) {
        self.way = Way::Open { patience: 0 };
    }

    /// How this tick is sent; not at all yet while the sound waits.
    fn choose(&mut self, format: Format, library: &SoundLibrary) -> Way {
        if let Way::Open { patience } = self.way {
            let is_made = library.clip(self.sound).packet(format.codec, 0).is_some();
            self.way = match (format.ptime_ms, is_made, patience) {
                (20, true, _) => Way::Packets,
                (20, false, 1..) => Way::Open {
                    patience: patience - 1,
                },
                _ => Way::Own,
            };
        }
        self.way
    }

    /// Goes on by a tick; says whether that was the last.
    fn advance(&mut self, ticks: usize) -> bool {
        self.tick += 1;
        if self.tick < ticks {
            return false;
        }
        self.tick = 0;
        // By now the packets are there.
        self.reconsider();
        !self.repeat
    }
}

/// A sound that all of a mix hear.
#[derive(Debug, Clone)]
pub struct MixSound {
    sound: Sound,
    tick: usize,
}

impl MixSound {
    /// From its beginning.
    pub fn new(sound: Sound) -> Self {
        Self { sound, tick: 0 }
    }

    /// Fills a tick of samples at this rate; says whether it goes on.
    pub fn fill(&mut self, library: &SoundLibrary, rate: u32, out: &mut [i16]) -> bool {
        let clip = library.clip(self.sound);
        clip.read(rate, self.tick, out);
        self.tick += 1;
        self.tick < clip.ticks()
    }
}

impl Leg {
    /// Plays from now on, instead of what was played.
    pub(super) fn play(&mut self, playing: Playing, turn: &mut Turn<'_>) {
        self.stop_playing(turn);
        if let Some(session) = &mut self.session {
            session.private.reset();
        }
        self.playing = Some(playing);
    }

    /// Plays no more.
    pub(super) fn stop_playing(&mut self, turn: &mut Turn<'_>) {
        let Some(playing) = self.playing.take() else {
            return;
        };
        if let Some(session) = &mut self.session {
            session.private.reset();
        }
        self.stream.mark();
        turn.tell(MediaEvent::Played {
            leg: self.id,
            play: playing.play,
        });
    }

    /// Sends a tick of what is played, if anything is.
    pub(super) fn send_playing(
        &mut self,
        place: Place,
        turn: &mut Turn<'_>,
        outlet: &mut impl Outlet,
    ) -> bool {
        let (Some(playing), Some(session)) = (&mut self.playing, &mut self.session) else {
            return false;
        };
        let format = session.format();
        let start = turn.start(format.codec);
        let clip = turn.library.clip(playing.sound);
        let tick = playing.tick;
        let way = playing.choose(format, turn.library);
        let over = !matches!(way, Way::Open { .. }) && playing.advance(clip.ticks());
        match way {
            Way::Open { .. } => self.send_silence(place, start, turn.silence, outlet),
            Way::Packets => {
                let payload = clip.packet(format.codec, tick).unwrap_or_default();
                self.send_audio(place, payload, start, outlet);
            }
            Way::Own => {
                let mut samples = [0; MAX_TICK_SAMPLES];
                let rate = session.private.source_rate();
                let count = (rate / 50) as usize;
                clip.read(rate, tick, &mut samples[..count]);
                session.private.push(&samples[..count], start);
                self.send_private(place, outlet);
            }
        }
        if over {
            self.stop_playing(turn);
        }
        true
    }
}
