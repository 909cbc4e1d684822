//! The legs of a worker, by place: a small number that stays the same while the leg is there.

use std::collections::HashMap;

use super::leg::Leg;
use crate::{control::MediaLeg, mixer::Place};

/// All legs of a worker.
#[derive(Debug, Default)]
pub struct Legs {
    places: Vec<Option<Box<Leg>>>,
    free: Vec<Place>,
    by_id: HashMap<MediaLeg, Place>,
}

impl Legs {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// One past the highest place that was ever used.
    pub fn bound(&self) -> Place {
        Place::try_from(self.places.len()).unwrap_or(Place::MAX)
    }

    /// Puts a leg in.
    pub fn insert(&mut self, leg: Box<Leg>) -> Place {
        let id = leg.id;
        let place = if let Some(place) = self.free.pop() {
            self.places[place as usize] = Some(leg);
            place
        } else {
            let place = self.bound();
            self.places.push(Some(leg));
            place
        };
        self.by_id.insert(id, place);
        place
    }

    /// Takes a leg out.
    pub fn remove(&mut self, place: Place) -> Option<Box<Leg>> {
        let leg = self.places.get_mut(place as usize)?.take()?;
        self.by_id.remove(&leg.id);
        self.free.push(place);
        Some(leg)
    }

    /// Where a leg is.
    pub fn find(&self, id: MediaLeg) -> Option<Place> {
        self.by_id.get(&id).copied()
    }

    /// A leg by its place.
    pub fn get(&self, place: Place) -> Option<&Leg> {
        self.places.get(place as usize)?.as_deref()
    }

    /// A leg by its place, to change it.
    pub fn get_mut(&mut self, place: Place) -> Option<&mut Leg> {
        self.places.get_mut(place as usize)?.as_deref_mut()
    }
}
