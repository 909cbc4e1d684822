//! Who is heard: the loudest few of a mix, kept a while after they fall silent.

/// Most legs that are mixed at the same time.
pub const SPEAKERS: usize = 4;

/// Quieter than this, in −dBov, is not worth a place: the hiss of an idle line.
const ENTER_DBOV: u8 = 65;

/// A newcomer must be louder by this than the one it displaces.
const MARGIN_DB: u8 = 6;

/// Ticks that one keeps its place after its last sound: 1.5 s.
const HOLD_TICKS: u64 = 75;

/// Ticks before which nobody is displaced, so that two voices don't flicker: 200 ms.
const SETTLE_TICKS: u64 = 10;

/// Names a leg within its worker.
pub type Place = u32;

/// One who is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speaker {
    /// Which leg.
    pub place: Place,
    /// In −dBov, decaying slowly.
    level: u8,
    since: u64,
    last_sound: u64,
}

/// What [`Speakers::choose`] changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changes {
    /// Heard from this tick on.
    pub entered: [Option<Place>; SPEAKERS],
    /// Not heard any more: fade them out.
    pub left: [Option<Place>; SPEAKERS],
}

/// The loudest few.
#[derive(Debug, Clone, Default)]
pub struct Speakers {
    heard: [Option<Speaker>; SPEAKERS],
    newcomers: [Option<(u8, Place)>; SPEAKERS],
}

impl Speakers {
    /// Begins a tick: `offer` is then called for every leg that may be heard.
    pub fn begin(&mut self) {
        self.newcomers = [None; SPEAKERS];
    }

    /// A leg that may be heard and how loud it is now, in −dBov.
    pub fn offer(&mut self, tick: u64, place: Place, level: u8) {
        if let Some(speaker) = self.find(place) {
            speaker.level = level;
            if level <= ENTER_DBOV {
                speaker.last_sound = tick;
            }
            return;
        }
        if level > ENTER_DBOV {
            return;
        }
        let mut one = (level, place);
        for slot in &mut self.newcomers {
            match slot {
                Some(other) if other.0 <= one.0 => {}
                Some(other) => std::mem::swap(other, &mut one),
                None => {
                    *slot = Some(one);
                    return;
                }
            }
        }
    }

    /// Decides, after all were offered.
    pub fn choose(&mut self, tick: u64) -> Changes {
        let mut changes = Changes::default();
        for slot in &mut self.heard {
            if let Some(speaker) = slot
                && tick.saturating_sub(speaker.last_sound) > HOLD_TICKS
            {
                note(&mut changes.left, speaker.place);
                *slot = None;
            }
        }
        for (level, place) in self.newcomers.into_iter().flatten() {
            let Some(slot) = self.slot_for(tick, level) else {
                break;
            };
            if let Some(displaced) = self.heard[slot] {
                note(&mut changes.left, displaced.place);
            }
            note(&mut changes.entered, place);
            self.heard[slot] = Some(Speaker {
                place,
                level,
                since: tick,
                last_sound: tick,
            });
        }
        changes
    }

    /// Takes one out at once (muted, gone); says whether it was heard.
    pub fn remove(&mut self, place: Place) -> bool {
        for slot in &mut self.heard {
            if slot.is_some_and(|speaker| speaker.place == place) {
                *slot = None;
                return true;
            }
        }
        false
    }

    /// This one is heard now.
    #[must_use]
    pub fn hears(&self, place: Place) -> bool {
        self.heard
            .iter()
            .flatten()
            .any(|speaker| speaker.place == place)
    }

    /// Everyone who is heard now.
    pub fn heard(&self) -> impl Iterator<Item = Place> + use<> {
        self.heard
            .into_iter()
            .flatten()
            .map(|speaker| speaker.place)
    }

    fn find(&mut self, place: Place) -> Option<&mut Speaker> {
        self.heard
            .iter_mut()
            .flatten()
            .find(|speaker| speaker.place == place)
    }

    /// A free place, or that of the quietest if the newcomer is clearly louder.
    fn slot_for(&self, tick: u64, level: u8) -> Option<usize> {
        if let Some(free) = self.heard.iter().position(Option::is_none) {
            return Some(free);
        }
        let settled = |speaker: &Speaker| tick.saturating_sub(speaker.since) >= SETTLE_TICKS;
        let (slot, quietest) = self
            .heard
            .iter()
            .enumerate()
            .filter_map(|(slot, speaker)| Some((slot, speaker.as_ref()?)))
            .filter(|(_, speaker)| settled(speaker))
            .max_by_key(|(_, speaker)| speaker.level)?;
        (level.saturating_add(MARGIN_DB) <= quietest.level).then_some(slot)
    }
}

fn note(list: &mut [Option<Place>; SPEAKERS], place: Place) {
    if let Some(free) = list.iter_mut().find(|entry| entry.is_none()) {
        *free = Some(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(speakers: &mut Speakers, at: u64, levels: &[(Place, u8)]) -> Vec<Place> {
        speakers.begin();
        for &(place, level) in levels {
            speakers.offer(at, place, level);
        }
        speakers.choose(at);
        let mut heard: Vec<_> = speakers.heard().collect();
        heard.sort_unstable();
        heard
    }

    #[test]
    fn the_loudest_are_heard() {
        let mut speakers = Speakers::default();
        let levels = [
            (1, 50),
            (2, 20),
            (3, 30),
            (4, 127),
            (5, 40),
            (6, 10),
            (7, 66),
        ];
        assert_eq!(tick(&mut speakers, 0, &levels), [2, 3, 5, 6]);
    }

    #[test]
    fn a_place_is_kept_over_a_pause_and_then_lost() {
        let mut speakers = Speakers::default();
        tick(&mut speakers, 0, &[(1, 30)]);
        assert_eq!(tick(&mut speakers, HOLD_TICKS, &[(1, 127)]), [1]);
        assert_eq!(tick(&mut speakers, HOLD_TICKS + 1, &[(1, 127)]), []);
    }

    #[test]
    fn only_a_clearly_louder_one_displaces_and_not_at_once() {
        let mut speakers = Speakers::default();
        let four = [(1, 30), (2, 30), (3, 30), (4, 40)];
        tick(&mut speakers, 0, &four);
        let with = |level| [(1, 30), (2, 30), (3, 30), (4, 40), (5, level)];
        assert_eq!(tick(&mut speakers, 1, &with(20)), [1, 2, 3, 4]);
        assert_eq!(tick(&mut speakers, 20, &with(35)), [1, 2, 3, 4]);
        assert_eq!(tick(&mut speakers, 21, &with(34)), [1, 2, 3, 5]);
    }

    #[test]
    fn one_who_is_muted_leaves_at_once() {
        let mut speakers = Speakers::default();
        tick(&mut speakers, 0, &[(1, 30)]);
        assert!(speakers.remove(1));
        assert!(!speakers.remove(1));
        assert_eq!(speakers.heard().count(), 0);
    }
}
