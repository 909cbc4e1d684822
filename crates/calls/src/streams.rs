//! Which legs speak over which stream, so that one that breaks finds its own.

use std::collections::{BTreeSet, HashMap};

use model::DeviceId;

use crate::leg::LegKey;

/// What a leg is found by when something happens to streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Stream {
    /// It speaks over this one.
    Open(u64),
    /// Its stream is gone; this phone may come back over another.
    Lost(DeviceId),
}

/// Legs by stream.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    legs: HashMap<Stream, BTreeSet<LegKey>>,
}

impl Streams {
    /// A leg has gone from one to another; none: it has no stream, or is over.
    pub(crate) fn moved(&mut self, leg: LegKey, from: Option<Stream>, to: Option<Stream>) {
        if from == to {
            return;
        }
        if let Some(from) = from
            && let Some(legs) = self.legs.get_mut(&from)
        {
            legs.remove(&leg);
            if legs.is_empty() {
                self.legs.remove(&from);
            }
        }
        if let Some(to) = to {
            self.legs.entry(to).or_default().insert(leg);
        }
    }

    /// Those that are found by it.
    pub(crate) fn legs_of(&self, stream: Stream) -> Vec<LegKey> {
        let legs = self.legs.get(&stream);
        legs.into_iter().flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_knows_its_legs_and_nothing_stays_of_those_that_are_gone() {
        let mut streams = Streams::default();
        let (one, other) = (LegKey(1), LegKey(2));
        let (first, second) = (Stream::Open(5), Stream::Open(6));
        streams.moved(one, None, Some(first));
        streams.moved(other, None, Some(first));
        assert_eq!(streams.legs_of(first), [one, other]);
        streams.moved(one, Some(first), Some(second));
        assert_eq!(streams.legs_of(first), [other]);
        assert_eq!(streams.legs_of(second), [one]);
        streams.moved(one, Some(second), None);
        streams.moved(other, Some(first), None);
        assert!(streams.legs.is_empty());
    }
}
