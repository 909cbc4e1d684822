//! A mix over the legs of its worker: one tick of a conference.
//!
//! Listen to everyone, choose the loudest few, decode only them, sum once, encode once a class
//! of listeners and once more for each who is heard, send to all.

use super::{
    leg::{Leg, Role, Session},
    legs::Legs,
    outlet::{Outlet, RecordedTick},
    playing::MixSound,
    turn::Turn,
};
use crate::{
    codec::CodecError,
    control::{Codec, MediaEvent, MixId, Sound},
    mixer::{Board, Changes, Encoding, Fade, Format, MAX_TICK_SAMPLES, Place, Speakers, Tick},
    prompt::SoundLibrary,
    resample::Resampler,
};

/// Legs that are decoded in a tick only to learn how loud they are: at least so many, and one
/// in so many of those of whom nothing else tells. A decoding takes 20 to 30 µs.
const LEAST_PROBES: usize = 4;
const PROBES: usize = 16;
const UNKNOWN_A_PROBE: usize = 16;

/// Sounds that a mix plays at the same time.
const SOUNDS: usize = 4;

/// Legs that fade out in one tick because they were muted.
const FADING: usize = 8;

/// Listeners who get the same packets.
#[derive(Debug)]
struct Class {
    encoding: Encoding,
    listeners: usize,
}

/// A leg that was decoded in this tick.
#[derive(Debug)]
struct Probe {
    place: Option<Place>,
    samples: Tick,
}

impl Probe {
    /// Decodes a leg and says how loud it is.
    fn listen(&mut self, place: Place, session: &mut Session) -> u8 {
        let samples = session.input.codec().tick_samples();
        self.place = Some(place);
        session.input.decode(&mut self.samples[..samples])
    }
}

/// The audio of a conference.
#[derive(Debug)]
pub struct Room {
    pub(super) id: MixId,
    members: Vec<Place>,
    classes: Vec<Option<Class>>,
    board: Box<Board>,
    speakers: Speakers,
    fading: [Option<Place>; FADING],
    sounds: [Option<MixSound>; SOUNDS],
    probes: Box<[Probe; PROBES]>,
    /// Where the search for legs to probe goes on.
    cursor: usize,
    pub(super) recording: bool,
}

impl Room {
    /// An empty room.
    pub fn new(id: MixId) -> Self {
        Self {
            id,
            members: Vec::new(),
            classes: Vec::new(),
            board: Board::new(),
            speakers: Speakers::default(),
            fading: [None; FADING],
            sounds: [const { None }; SOUNDS],
            probes: Box::new(std::array::from_fn(|_| Probe {
                place: None,
                samples: [0; MAX_TICK_SAMPLES],
            })),
            cursor: 0,
            recording: false,
        }
    }

    /// Everyone in it.
    pub fn members(&self) -> &[Place] {
        &self.members
    }

    /// Takes a leg in; its role is set by the caller. Says which class it is in, if the leg
    /// has a session already.
    ///
    /// # Errors
    /// When a codec has no memory for its state.
    pub fn enter(&mut self, place: Place, legs: &mut Legs) -> Result<Option<usize>, CodecError> {
        self.members.push(place);
        self.attach(place, legs)
    }

    /// Gives a member with a session its class.
    ///
    /// # Errors
    /// When a codec has no memory for its state.
    pub fn attach(&mut self, place: Place, legs: &mut Legs) -> Result<Option<usize>, CodecError> {
        let Some(format) = legs.get(place).and_then(Leg::format) else {
            return Ok(None);
        };
        let class = self.class_of(format)?;
        let needed = format.codec.pcm_rate();
        if needed > self.board.rate() {
            self.raise_rate(needed, legs);
        }
        if let Some(leg) = legs.get_mut(place) {
            leg.join_at(self.board.rate());
        }
        Ok(Some(class))
    }

    /// A member's format changes, or it leaves: its class has one listener less, and what it
    /// was saying dies away.
    pub fn detach(&mut self, place: Place, class: Option<usize>) {
        self.board.release(place);
        self.speakers.remove(place);
        for fading in &mut self.fading {
            if *fading == Some(place) {
                *fading = None;
            }
        }
        let Some(slot) = class.and_then(|class| self.classes.get_mut(class)) else {
            return;
        };
        if let Some(class) = slot {
            class.listeners -= 1;
            if class.listeners == 0 {
                *slot = None;
            }
        }
    }

    /// Lets a leg out.
    pub fn leave(&mut self, place: Place, class: Option<usize>) {
        self.detach(place, class);
        self.members.retain(|member| *member != place);
    }

    /// From the next tick on this leg is not heard; what it was saying fades out.
    pub fn silence(&mut self, place: Place) {
        if self.speakers.remove(place)
            && let Some(free) = self.fading.iter_mut().find(|entry| entry.is_none())
        {
            *free = Some(place);
        }
    }

    /// Mixes a sound into what all hear; one too many replaces the oldest.
    pub fn play(&mut self, sound: Sound) {
        if self.sounds.iter().all(Option::is_some) {
            self.sounds.rotate_left(1);
            self.sounds[SOUNDS - 1] = None;
        }
        if let Some(free) = self.sounds.iter_mut().find(|entry| entry.is_none()) {
            *free = Some(MixSound::new(sound));
        }
    }

    fn class_of(&mut self, format: Format) -> Result<usize, CodecError> {
        let same = |class: &Option<Class>| {
            class
                .as_ref()
                .is_some_and(|class| class.encoding.format() == format)
        };
        if let Some(index) = self.classes.iter().position(same) {
            if let Some(class) = &mut self.classes[index] {
                class.listeners += 1;
            }
            return Ok(index);
        }
        let mut encoding = Encoding::new(format)?;
        encoding.set_source_rate(self.board.rate());
        let class = Some(Class {
            encoding,
            listeners: 1,
        });
        if let Some(index) = self.classes.iter().position(Option::is_none) {
            self.classes[index] = class;
            return Ok(index);
        }
        self.classes.push(class);
        Ok(self.classes.len() - 1)
    }

    /// A member with a better codec came. The rate never falls while the room lasts.
    fn raise_rate(&mut self, rate: u32, legs: &mut Legs) {
        self.board.set_rate(rate);
        for class in self.classes.iter_mut().flatten() {
            class.encoding.set_source_rate(rate);
        }
        for &member in &self.members {
            if let Some(leg) = legs.get_mut(member) {
                leg.join_at(rate);
            }
        }
    }

    /// One tick.
    pub fn tick(&mut self, legs: &mut Legs, turn: &mut Turn<'_>, outlet: &mut impl Outlet) {
        self.board.begin();
        self.listen(legs, turn);
        let changes = self.speakers.choose(turn.tick);
        self.take_over(&changes, legs);
        self.sum(&changes, legs, turn.library);
        self.encode(legs, turn);
        if self.recording {
            outlet.record(RecordedTick {
                mix: self.id,
                tick: turn.tick,
                rate: self.board.rate(),
                samples: self.board.shared(),
            });
        }
        for &place in &self.members {
            if let Some(leg) = legs.get_mut(place) {
                self.send_to(leg, place, turn, outlet);
            }
        }
    }

    /// How loud is everyone? Decodes a few of those of whom only that would tell.
    fn listen(&mut self, legs: &mut Legs, turn: &mut Turn<'_>) {
        self.speakers.begin();
        for probe in self.probes.iter_mut() {
            probe.place = None;
        }
        let (mut unknown, mut rising) = (0, 0);
        for &place in &self.members {
            let Some(leg) = legs.get_mut(place) else {
                continue;
            };
            let muted = leg.is_held() || matches!(leg.role, Role::Mixed { muted: true, .. });
            let Some(session) = &mut leg.session else {
                continue;
            };
            let level = session.input.advance(turn.now);
            if muted {
                continue;
            }
            if let Some(talking) = leg.talking.tick(level) {
                turn.tell(MediaEvent::Talking {
                    leg: leg.id,
                    talking,
                });
            }
            if session.input.is_unknown() && !self.speakers.hears(place) {
                unknown += 1;
                // Whose packets grew is asked in any case, as far as there is room.
                if session.input.is_rising()
                    && let Some(probe) = self.probes.get_mut(rising)
                {
                    rising += 1;
                    let level = probe.listen(place, session);
                    self.speakers.offer(turn.tick, place, level);
                }
            } else {
                self.speakers.offer(turn.tick, place, level);
            }
        }
        let most = (unknown / UNKNOWN_A_PROBE).clamp(LEAST_PROBES, PROBES);
        if unknown > rising && most > rising {
            self.probe(rising..most, legs, turn.tick);
        }
    }

    /// Asks some of the others in turn.
    fn probe(&mut self, free: std::ops::Range<usize>, legs: &mut Legs, tick: u64) {
        let count = self.members.len();
        let mut free = self.probes[free].iter_mut();
        let mut next = free.next();
        for step in 0..count {
            let Some(probe) = next.take() else { break };
            next = Some(probe);
            let index = (self.cursor + step) % count;
            let place = self.members[index];
            if self.speakers.hears(place) {
                continue;
            }
            let Some(leg) = legs.get_mut(place) else {
                continue;
            };
            if leg.is_held() || matches!(leg.role, Role::Mixed { muted: true, .. }) {
                continue;
            }
            let Some(session) = &mut leg.session else {
                continue;
            };
            if !session.input.is_unknown() {
                continue;
            }
            if let Some(probe) = next.take() {
                let level = probe.listen(place, session);
                self.speakers.offer(tick, place, level);
                self.cursor = (index + 1) % count;
            }
            next = free.next();
        }
    }

    /// Who begins to be heard gets an encoding of its own, which continues the shared one.
    fn take_over(&mut self, changes: &Changes, legs: &mut Legs) {
        for place in changes.entered.iter().flatten() {
            if let Some(leg) = legs.get_mut(*place)
                && let Some(session) = &mut leg.session
                && let Some(resampler) = &mut session.to_mix
            {
                resampler.reset();
            }
        }
        for place in self.speakers.heard() {
            let Some(leg) = legs.get_mut(place) else {
                continue;
            };
            let playing = leg.playing.is_some();
            let Role::Mixed {
                class: Some(class),
                deaf,
                private,
                ..
            } = &mut leg.role
            else {
                continue;
            };
            let wanted = !*deaf && !playing;
            if wanted
                && !*private
                && let Some(session) = &mut leg.session
                && let Some(Some(class)) = self.classes.get(*class)
            {
                session.private.follow(&class.encoding, self.board.past());
            }
            *private = wanted;
        }
        for place in changes.left.iter().flatten() {
            if let Some(leg) = legs.get_mut(*place)
                && let Role::Mixed { private, .. } = &mut leg.role
            {
                *private = false;
            }
        }
    }

    /// Decodes those who are heard, and those who fade, and adds all up.
    fn sum(&mut self, changes: &Changes, legs: &mut Legs, library: &SoundLibrary) {
        let entered = |place| changes.entered.contains(&Some(place));
        for place in self.speakers.heard() {
            let fade = if entered(place) { Fade::In } else { Fade::None };
            self.add(place, fade, legs);
        }
        for place in changes.left.into_iter().flatten() {
            self.add(place, Fade::Out, legs);
        }
        for index in 0..FADING {
            if let Some(place) = self.fading[index].take() {
                self.add(place, Fade::Out, legs);
            }
        }
        let count = self.board.tick_samples();
        for slot in &mut self.sounds {
            if let Some(sound) = slot {
                let mut samples = [0; MAX_TICK_SAMPLES];
                let more = sound.fill(library, self.board.rate(), &mut samples[..count]);
                self.board.add_sound(&samples[..count]);
                if !more {
                    *slot = None;
                }
            }
        }
        self.board.finish();
    }

    fn add(&mut self, place: Place, fade: Fade, legs: &mut Legs) {
        let Some(leg) = legs.get_mut(place) else {
            return;
        };
        let Some(session) = &mut leg.session else {
            return;
        };
        let own = session.input.codec().tick_samples();
        let probed = self.probes.iter().find(|probe| probe.place == Some(place));
        let mut said = [0; MAX_TICK_SAMPLES];
        match probed {
            Some(probe) => said[..own].copy_from_slice(&probe.samples[..own]),
            None => {
                session.input.decode(&mut said[..own]);
            }
        }
        if let Some(resampler) = &mut session.to_mix {
            let mut raised = [0; MAX_TICK_SAMPLES];
            resampler.process(&said[..own], &mut raised);
            said = raised;
        }
        self.board.add(place, &mut said, fade);
    }

    /// Once a class, and once more for each who is heard.
    fn encode(&mut self, legs: &mut Legs, turn: &Turn<'_>) {
        for class in self.classes.iter_mut().flatten() {
            let start = turn.start(class.encoding.format().codec);
            class.encoding.push(self.board.shared(), start);
        }
        let mut samples = [0; MAX_TICK_SAMPLES];
        for place in self.speakers.heard() {
            let Some(leg) = legs.get_mut(place) else {
                continue;
            };
            if matches!(leg.role, Role::Mixed { private: true, .. })
                && let Some(session) = &mut leg.session
            {
                let count = self.board.without(place, &mut samples);
                let start = turn.start(session.format().codec);
                session.private.push(&samples[..count], start);
            }
        }
    }

    fn send_to(&self, leg: &mut Leg, place: Place, turn: &mut Turn<'_>, outlet: &mut impl Outlet) {
        if !leg.sends() || leg.send_own(place, turn, outlet) {
            return;
        }
        let Role::Mixed {
            class,
            deaf,
            private,
            ..
        } = leg.role
        else {
            return;
        };
        if deaf {
            let codec = leg.format().map_or(Codec::Pcma, |format| format.codec);
            leg.send_silence(place, turn.start(codec), turn.silence, outlet);
            return;
        }
        if private {
            leg.send_private(place, outlet);
            return;
        }
        let class = class.and_then(|class| self.classes.get(class)?.as_ref());
        for packet in class.iter().flat_map(|class| class.encoding.packets()) {
            leg.send_audio(place, packet.payload(), packet.start, outlet);
        }
    }
}

impl Leg {
    /// From now on its samples go into a mix of this rate, and come from there.
    fn join_at(&mut self, rate: u32) {
        if let Some(session) = &mut self.session {
            let own = session.params.codec.pcm_rate();
            session.to_mix = match own == rate {
                true => None,
                false => Resampler::new(own, rate).ok(),
            };
            session.private.set_source_rate(rate);
        }
    }
}
