//! Bursts made calm: talking and its end come many times a second in a large conference, but a
//! page redraws the whole conference each time.

use std::{collections::HashMap, hash::Hash, time::Duration};

use tokio::time::Instant;

/// At most ten a second of one kind.
const APART: Duration = Duration::from_millis(100);

/// Holds back what comes too soon after the one before it; of several held back the last is kept,
/// because each carries the whole resource.
#[derive(Debug)]
pub(super) struct Pace<K, V> {
    lanes: HashMap<K, Lane<V>>,
}

#[derive(Debug)]
struct Lane<V> {
    next_at: Instant,
    held: Option<V>,
}

impl<K, V> Default for Pace<K, V> {
    fn default() -> Self {
        Self {
            lanes: HashMap::new(),
        }
    }
}

impl<K: Hash + Eq + Copy, V> Pace<K, V> {
    /// The value, if it may go now; else it is held back.
    pub(super) fn offer(&mut self, now: Instant, key: K, value: V) -> Option<V> {
        let lane = self.lanes.entry(key).or_insert(Lane {
            next_at: now,
            held: None,
        });
        if lane.held.is_none() && lane.next_at <= now {
            lane.next_at = now + APART;
            return Some(value);
        }
        lane.held = Some(value);
        None
    }

    /// Drops what is held back: something newer about the same goes out now.
    pub(super) fn supersede(&mut self, key: K) {
        self.lanes.remove(&key);
    }

    /// Everything that is held back.
    pub(super) fn held(&self) -> impl Iterator<Item = &V> {
        self.lanes.values().filter_map(|lane| lane.held.as_ref())
    }

    /// When the next one held back is due.
    pub(super) fn due_at(&self) -> Option<Instant> {
        let held = self.lanes.values().filter(|lane| lane.held.is_some());
        held.map(|lane| lane.next_at).min()
    }

    /// All that are due. Lanes that were calm for a while are forgotten.
    pub(super) fn due(&mut self, now: Instant) -> Vec<V> {
        let mut due = Vec::new();
        self.lanes.retain(|_, lane| {
            if lane.next_at > now {
                return true;
            }
            let Some(value) = lane.held.take() else {
                return false;
            };
            lane.next_at = now + APART;
            due.push(value);
            true
        });
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, millis: u64) -> Instant {
        start + Duration::from_millis(millis)
    }

    #[tokio::test]
    async fn a_burst_becomes_ten_a_second_and_ends_with_the_last() {
        let start = Instant::now();
        let mut pace = Pace::default();
        let mut sent = Vec::new();
        for millis in 0..1_000 {
            let now = after(start, millis);
            sent.extend(pace.offer(now, "room", millis));
            sent.extend(pace.due(now));
        }
        sent.extend(pace.due(after(start, 1_100)));
        assert!((10..=12).contains(&sent.len()), "{sent:?}");
        assert_eq!(sent.first(), Some(&0));
        assert_eq!(sent.last(), Some(&999));
        assert_eq!(pace.due_at(), None);
    }

    #[tokio::test]
    async fn what_is_calm_passes_at_once_and_rooms_do_not_wait_for_each_other() {
        let now = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(pace.offer(now, "a", 1), Some(1));
        assert_eq!(pace.offer(now, "b", 2), Some(2));
        assert_eq!(pace.offer(now, "a", 3), None);
        assert_eq!(pace.due_at(), Some(after(now, 100)));
        pace.supersede("a");
        assert_eq!(pace.due(after(now, 200)), Vec::<i32>::new());
        assert!(pace.lanes.is_empty());
    }
}
