//! Tells when somebody begins and ends to talk, seldom enough to be shown.

/// Louder than this, in −dBov, is talking.
const TALKING_DBOV: u8 = 42;

/// Quieter than this is not any more.
const QUIET_DBOV: u8 = 50;

/// So many loud ticks make talking: a single click does not.
const LOUD_TICKS: u8 = 2;

/// Quiet for so many ticks ends it: 800 ms.
const HOLD_TICKS: u8 = 40;

/// Ticks between two changes at least: never more than five a second.
const SPACING_TICKS: u8 = 10;

/// The talking indicator of one leg.
#[derive(Debug, Clone, Default)]
pub struct Talking {
    talking: bool,
    run: u8,
    since: u8,
}

impl Talking {
    /// Takes the level of a tick; says what it is now if it changed.
    pub fn tick(&mut self, level: u8) -> Option<bool> {
        self.since = self.since.saturating_add(1);
        let against = if self.talking {
            level > QUIET_DBOV
        } else {
            level <= TALKING_DBOV
        };
        self.run = if against {
            self.run.saturating_add(1)
        } else {
            0
        };
        let enough = if self.talking { HOLD_TICKS } else { LOUD_TICKS };
        (self.run >= enough && self.since >= SPACING_TICKS).then(|| self.turn())
    }

    /// Muted or gone: not talking from now on; says so if that is a change.
    pub fn stop(&mut self) -> Option<bool> {
        self.talking.then(|| self.turn())
    }

    fn turn(&mut self) -> bool {
        self.talking = !self.talking;
        self.run = 0;
        self.since = 0;
        self.talking
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_after_two_loud_ticks_and_ends_after_a_pause() {
        let mut talking = Talking::default();
        for _ in 0..SPACING_TICKS {
            assert_eq!(talking.tick(127), None);
        }
        assert_eq!(talking.tick(20), None);
        assert_eq!(talking.tick(20), Some(true));
        for _ in 1..HOLD_TICKS {
            assert_eq!(talking.tick(60), None);
        }
        assert_eq!(talking.tick(60), Some(false));
    }

    #[test]
    fn a_click_is_not_talking_and_a_breath_does_not_end_it() {
        let mut talking = Talking::default();
        for tick in 0..100 {
            assert_eq!(talking.tick(if tick % 5 == 0 { 10 } else { 90 }), None);
        }
        talking.tick(10);
        assert_eq!(talking.tick(10), Some(true));
        for tick in 0..100 {
            assert_eq!(talking.tick(if tick % 20 == 0 { 30 } else { 90 }), None);
        }
    }

    #[test]
    fn at_most_five_changes_a_second() {
        let mut talking = Talking::default();
        let changes = (0..500)
            .filter_map(|tick| talking.tick(if tick % 60 < 4 { 10 } else { 90 }))
            .count();
        assert!(changes <= 50, "{changes}");
    }

    #[test]
    fn muting_ends_it_at_once() {
        let mut talking = Talking::default();
        for _ in 0..20 {
            talking.tick(10);
        }
        assert_eq!(talking.stop(), Some(false));
        assert_eq!(talking.stop(), None);
    }
}
