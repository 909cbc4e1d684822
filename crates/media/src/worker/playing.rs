//! Sounds on their way to a leg or into a mix.

use super::{leg::Leg, outlet::Outlet, turn::Turn};
use crate::{
    control::{MediaEvent, PlayId, Sound},
    mixer::{MAX_TICK_SAMPLES, Place},
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
}

impl Playing {
    /// From its beginning.
    pub fn new(play: PlayId, sound: Sound, repeat: bool) -> Self {
        Self {
            play,
            sound,
            repeat,
            tick: 0,
        }
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
        let (Some(playing), Some(format)) = (&mut self.playing, self.session.as_ref()) else {
            return false;
        };
        let format = format.format();
        let clip = turn.library.clip(playing.sound);
        let tick = playing.tick;
        playing.tick += 1;
        let ended = playing.tick >= clip.ticks();
        if ended && playing.repeat {
            playing.tick = 0;
        }
        let over = ended && !playing.repeat;
        let start = turn.start(format.codec);
        if format.ptime_ms == 20 {
            self.send_audio(place, clip.packet(format.codec, tick), start, outlet);
        } else if let Some(session) = &mut self.session {
            let mut samples = [0; MAX_TICK_SAMPLES];
            let rate = session.private.source_rate();
            let count = (rate / 50) as usize;
            clip.read(rate, tick, &mut samples[..count]);
            session.private.push(&samples[..count], start);
            self.send_private(place, outlet);
        }
        if over {
            self.stop_playing(turn);
        }
        true
    }
}
