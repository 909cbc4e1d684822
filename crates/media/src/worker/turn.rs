//! What everything in a tick shares.

use std::{collections::VecDeque, time::Instant};

use crate::{
    control::{Codec, MediaEvent},
    mixer::Silence,
    prompt::SoundLibrary,
};

/// Events that wait to be fetched; beyond this, those that only inform are left out.
const PLENTY: usize = 4_096;

/// What the worker has to say, in order.
#[derive(Debug)]
pub struct Events(VecDeque<MediaEvent>);

impl Events {
    /// Room for as many as may wait, so that telling never allocates.
    pub fn new() -> Self {
        Self(VecDeque::with_capacity(2 * PLENTY))
    }

    /// Tells. When nobody fetches, reports and indicators are left out first.
    pub fn tell(&mut self, event: MediaEvent) {
        let informs = matches!(
            event,
            MediaEvent::Stats { .. } | MediaEvent::Talking { .. } | MediaEvent::Silent { .. }
        );
        let limit = if informs { PLENTY } else { 2 * PLENTY };
        if self.0.len() < limit || matches!(event, MediaEvent::Closed { .. }) {
            self.0.push_back(event);
        }
    }

    /// The oldest.
    pub fn next(&mut self) -> Option<MediaEvent> {
        self.0.pop_front()
    }
}

/// A tick, or a packet between two.
#[derive(Debug)]
pub struct Turn<'a> {
    /// The time.
    pub now: Instant,
    /// Ticks since the worker began.
    pub tick: u64,
    /// All sounds.
    pub library: &'a SoundLibrary,
    /// Silence in every format.
    pub silence: &'a Silence,
    /// What is to be said.
    pub events: &'a mut Events,
}

impl Turn<'_> {
    /// Media time at the beginning of this tick, in units of the codec's RTP clock.
    #[must_use]
    pub fn start(&self, codec: Codec) -> u32 {
        media_time(self.tick, codec)
    }

    /// Says something.
    pub fn tell(&mut self, event: MediaEvent) {
        self.events.tell(event);
    }
}

/// Media time at the beginning of a tick; it wraps as timestamps do.
#[must_use]
pub fn media_time(tick: u64, codec: Codec) -> u32 {
    // The cast keeps the lower half, which is what wraps.
    (tick as u32).wrapping_mul(codec.tick_units())
}
