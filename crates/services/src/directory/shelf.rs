//! Things by id, and by customer in the order they were made.

use std::{hash::Hash, sync::Arc};

use imbl::{HashMap, OrdSet};
use model::CustomerId;

/// A persistent map of one kind of thing.
#[derive(Debug)]
pub(crate) struct Shelf<K: Hash + Eq + Ord + Clone, V> {
    by_id: HashMap<K, Arc<V>>,
    of_customer: HashMap<CustomerId, OrdSet<K>>,
}

impl<K: Hash + Eq + Ord + Clone, V> Clone for Shelf<K, V> {
    fn clone(&self) -> Self {
        Self {
            by_id: self.by_id.clone(),
            of_customer: self.of_customer.clone(),
        }
    }
}

impl<K: Hash + Eq + Ord + Clone, V> Default for Shelf<K, V> {
    fn default() -> Self {
        Self {
            by_id: HashMap::new(),
            of_customer: HashMap::new(),
        }
    }
}

impl<K: Hash + Eq + Ord + Copy, V> Shelf<K, V> {
    pub(crate) fn get(&self, id: K) -> Option<&Arc<V>> {
        self.by_id.get(&id)
    }

    /// A customer's, in the order they were made; none: everyone's.
    pub(crate) fn of(&self, customer: Option<CustomerId>) -> Vec<Arc<V>> {
        match customer {
            None => self.by_id.values().cloned().collect(),
            Some(customer) => self
                .of_customer
                .get(&customer)
                .into_iter()
                .flat_map(OrdSet::iter)
                .filter_map(|id| self.by_id.get(id).cloned())
                .collect(),
        }
    }

    pub(crate) fn put(&mut self, id: K, customer: CustomerId, value: Arc<V>) {
        self.by_id.insert(id, value);
        self.of_customer.entry(customer).or_default().insert(id);
    }

    pub(crate) fn remove(&mut self, id: K, customer: CustomerId) -> Option<Arc<V>> {
        if let Some(ids) = self.of_customer.get_mut(&customer) {
            ids.remove(&id);
            if ids.is_empty() {
                self.of_customer.remove(&customer);
            }
        }
        self.by_id.remove(&id)
    }
}
