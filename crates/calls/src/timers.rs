//! Deadlines of everything in the engine, by key: setting one again moves it.

use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
    time::Instant,
};

/// Keys due in order of time; ties in the order of the keys, so that a run can be repeated.
#[derive(Debug)]
pub(crate) struct Timers<K> {
    order: BTreeSet<(Instant, K)>,
    due: HashMap<K, Instant>,
}

impl<K> Default for Timers<K> {
    fn default() -> Self {
        Self {
            order: BTreeSet::new(),
            due: HashMap::new(),
        }
    }
}

impl<K: Copy + Ord + Hash> Timers<K> {
    /// Sets or moves the deadline.
    pub(crate) fn set(&mut self, key: K, at: Instant) {
        if let Some(before) = self.due.insert(key, at) {
            self.order.remove(&(before, key));
        }
        self.order.insert((at, key));
    }

    /// Forgets the deadline, if there is one.
    pub(crate) fn cancel(&mut self, key: K) {
        if let Some(before) = self.due.remove(&key) {
            self.order.remove(&(before, key));
        }
    }

    /// The next deadline.
    pub(crate) fn next(&self) -> Option<Instant> {
        self.order.first().map(|(at, _)| *at)
    }

    /// Takes one that is due.
    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<K> {
        let (at, key) = *self.order.first()?;
        if at > now {
            return None;
        }
        self.order.pop_first();
        self.due.remove(&key);
        Some(key)
    }

    /// How many are set.
    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "an Instant to count from")]
    fn a_deadline_set_again_moves_and_a_cancelled_one_never_comes() {
        let start = Instant::now();
        let at = |secs| start + Duration::from_secs(secs);
        let mut timers = Timers::default();
        timers.set('a', at(1));
        timers.set('b', at(2));
        timers.set('c', at(3));
        timers.set('a', at(4));
        timers.cancel('b');
        assert_eq!(timers.next(), Some(at(3)));
        assert_eq!(timers.pop_due(at(2)), None);
        assert_eq!(timers.pop_due(at(9)), Some('c'));
        assert_eq!(timers.pop_due(at(9)), Some('a'));
        assert_eq!((timers.pop_due(at(9)), timers.len()), (None, 0));
    }
}
