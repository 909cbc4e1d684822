//! How many readers there may be: a stream holds its connection for as long as it likes, so that
//! one key must not take them all.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::Principal;

/// Readers of one caller at most. Pages of one key or person are read over one connection each.
const OF_ONE: usize = 250;
/// Readers in all: half of the connections that are served.
const OF_ALL: usize = 4_096;

/// The readers there are.
#[derive(Debug, Default)]
pub(crate) struct Places {
    taken: Mutex<HashMap<String, usize>>,
}

/// One reader's place, given back when it goes.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    caller: String,
}

impl Places {
    fn taken(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for this caller, if there is one left.
    pub(super) fn take(self: &Arc<Self>, caller: &Principal) -> Option<Place> {
        let caller = format!("{caller:?}");
        let mut taken = self.taken();
        let of_all: usize = taken.values().sum();
        let of_one = taken.get(&caller).copied().unwrap_or(0);
        if of_one >= OF_ONE || of_all >= OF_ALL {
            return None;
        }
        taken.insert(caller.clone(), of_one + 1);
        drop(taken);
        Some(Place {
            places: self.clone(),
            caller,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        if let Some(count) = taken.get_mut(&self.caller) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.caller);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_caller_does_not_take_all_places() {
        let places = Arc::new(Places::default());
        let one = Principal::System;
        let mut kept: Vec<_> = (0..OF_ONE).map(|_| places.take(&one).unwrap()).collect();
        assert!(places.take(&one).is_none());
        let other = places.take(&Principal::Phone(None)).unwrap();
        kept.pop();
        assert!(places.take(&one).is_some(), "given back");
        drop((kept, other));
        assert!(places.taken().is_empty());
    }
}
