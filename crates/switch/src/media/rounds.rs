//! What a media thread keeps from one round to the next: which sockets were left half full, and
//! where the wall clock stood.

use std::time::{Duration, Instant};

/// A packet that seems to have waited longer: the wall clock was set meanwhile.
const OLDEST: Duration = Duration::from_secs(2);

/// The wall clock was set if it went on by so much more or less than the monotonic one between
/// two rounds.
const WALL_STEP: Duration = Duration::from_millis(2);

/// Sockets that were not emptied in a round, each once: they are the first of the next.
#[derive(Default)]
pub struct Unfinished {
    keys: Vec<u64>,
    turn: Vec<u64>,
    is_in: Vec<bool>,
}

impl Unfinished {
    /// Makes room for the keys of this many places, so that noting one never allocates.
    pub fn reserve(&mut self, places: usize) {
        let keys = places * 2;
        if self.is_in.len() < keys {
            self.is_in.resize(keys, false);
            self.keys.reserve(keys - self.keys.len());
            self.turn.reserve(keys - self.turn.len());
        }
    }

    /// It is in already.
    pub fn contains(&self, key: u64) -> bool {
        let index = usize::try_from(key).unwrap_or(usize::MAX);
        self.is_in.get(index).is_some_and(|is_in| *is_in)
    }

    /// This one was not emptied.
    pub fn note(&mut self, key: u64) {
        let index = usize::try_from(key).unwrap_or(usize::MAX);
        if let Some(is_in) = self.is_in.get_mut(index)
            && !std::mem::replace(is_in, true)
        {
            self.keys.push(key);
        }
    }

    /// Begins a round with what the last one left.
    pub fn begin(&mut self) {
        std::mem::swap(&mut self.keys, &mut self.turn);
    }

    /// The next that the last round left.
    pub fn take_next(&mut self) -> Option<u64> {
        let key = self.turn.pop()?;
        let index = usize::try_from(key).unwrap_or(usize::MAX);
        if let Some(is_in) = self.is_in.get_mut(index) {
            *is_in = false;
        }
        Some(key)
    }
}

/// What the wall clock says in this round, which is only used to know how long ago the kernel
/// took a packet in.
pub struct Wall {
    began: Instant,
    /// How far the wall clock was ahead of the time since `began`, in nanoseconds.
    offset: Option<i128>,
    /// None in a round before which somebody set the clock: no arrival can be told then.
    now: Option<Duration>,
}

impl Wall {
    pub fn new(began: Instant) -> Self {
        Self {
            began,
            offset: None,
            now: None,
        }
    }

    /// Takes both clocks at the beginning of a round.
    pub fn read(&mut self, now: Instant, wall: Duration) {
        let elapsed = now.saturating_duration_since(self.began);
        let nanos = |time: Duration| i128::try_from(time.as_nanos()).unwrap_or(i128::MAX);
        let offset = nanos(wall) - nanos(elapsed);
        let stepped = self
            .offset
            .is_some_and(|before| (offset - before).abs() > nanos(WALL_STEP));
        self.offset = Some(offset);
        self.now = (!stepped).then_some(wall);
    }

    /// How long ago that was.
    pub fn age(&self, at: Option<Duration>) -> Duration {
        let age = self.now.zip(at).and_then(|(now, at)| now.checked_sub(at));
        age.filter(|age| *age < OLDEST).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
