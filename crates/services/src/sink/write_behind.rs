//! What waits to be written: the latest of each binding, conference and running call, every ended
//! call and every act by telephone.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::{
    CallId, CallView, ConferenceId, ConferenceView, DeviceId, ParticipantId, StoredBinding,
};
use store::NewAudit;

/// Ended calls that wait at most while the database is away; the oldest go first.
const MAX_CALLS: usize = 50_000;
/// Acts by telephone that wait in memory at most.
const MAX_AUDIT: usize = 10_000;
/// Call records of one transaction.
const CALLS_AT_ONCE: usize = 200;
/// Devices whose bindings are of one transaction.
const DEVICES_AT_ONCE: usize = 500;
/// Conferences of one transaction.
const CONFERENCES_AT_ONCE: usize = 20;

#[derive(Debug, Default)]
pub(crate) struct WriteBehind {
    pending: Mutex<Pending>,
}

#[derive(Debug, Default)]
struct Pending {
    bindings: HashMap<DeviceId, Arc<[Arc<StoredBinding>]>>,
    conferences: HashMap<ConferenceId, PendingConference>,
    running: HashMap<CallId, Arc<CallView>>,
    ended: VecDeque<Arc<CallView>>,
    audit: VecDeque<NewAudit>,
}

/// All bindings of a device.
#[derive(Debug)]
pub(super) struct PendingBindings {
    pub(super) device: DeviceId,
    pub(super) bindings: Arc<[Arc<StoredBinding>]>,
}

#[derive(Debug)]
pub(super) struct PendingConference {
    pub(super) view: Arc<ConferenceView>,
    /// The rows to write; none: all of them.
    pub(super) changed: Option<HashSet<ParticipantId>>,
}

impl WriteBehind {
    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A device's bindings are these.
    pub(crate) fn bindings(&self, device: DeviceId, bindings: Arc<[Arc<StoredBinding>]>) {
        self.pending().bindings.insert(device, bindings);
    }

    /// All of a conference.
    pub(crate) fn conference(&self, view: Arc<ConferenceView>) {
        let changed = None;
        self.pending()
            .conferences
            .insert(view.id, PendingConference { view, changed });
    }

    /// One row of a conference.
    pub(crate) fn participant(&self, view: Arc<ConferenceView>, id: ParticipantId) {
        let mut pending = self.pending();
        let entry = pending
            .conferences
            .entry(view.id)
            .or_insert_with(|| PendingConference {
                view: view.clone(),
                changed: Some(HashSet::new()),
            });
        if entry.view.version <= view.version {
            entry.view = view;
        }
        if let Some(changed) = &mut entry.changed {
            changed.insert(id);
        }
    }

    /// A call's record: an ended one's is final.
    pub(crate) fn call(&self, call: Arc<CallView>) {
        let mut pending = self.pending();
        if call.ended_at.is_none() {
            pending.running.insert(call.id, call);
            return;
        }
        pending.running.remove(&call.id);
        pending.ended.push_back(call);
        if pending.ended.len() > MAX_CALLS {
            pending.ended.pop_front();
            tracing::error!("a call record was lost: too many wait for the database");
        }
    }

    /// An act by telephone.
    pub(crate) fn audit(&self, row: NewAudit) {
        let mut pending = self.pending();
        pending.audit.push_back(row);
        if pending.audit.len() > MAX_AUDIT {
            pending.audit.pop_front();
            tracing::error!("an audit row was lost: too many wait for the database");
        }
    }

    pub(super) fn take_bindings(&self) -> Vec<PendingBindings> {
        let mut pending = self.pending();
        let some: Vec<DeviceId> = pending
            .bindings
            .keys()
            .take(DEVICES_AT_ONCE)
            .copied()
            .collect();
        some.iter()
            .filter_map(|device| pending.bindings.remove_entry(device))
            .map(|(device, bindings)| PendingBindings { device, bindings })
            .collect()
    }

    /// What could not be written waits again, unless something newer does.
    pub(super) fn put_back_bindings(&self, bindings: Vec<PendingBindings>) {
        let mut pending = self.pending();
        for old in bindings {
            pending.bindings.entry(old.device).or_insert(old.bindings);
        }
    }

    pub(super) fn take_conferences(&self) -> Vec<PendingConference> {
        let mut pending = self.pending();
        let some: Vec<ConferenceId> = pending
            .conferences
            .keys()
            .take(CONFERENCES_AT_ONCE)
            .copied()
            .collect();
        some.iter()
            .filter_map(|id| pending.conferences.remove(id))
            .collect()
    }

    pub(super) fn put_back_conferences(&self, conferences: Vec<PendingConference>) {
        let mut pending = self.pending();
        for old in conferences {
            match pending.conferences.get_mut(&old.view.id) {
                None => {
                    pending.conferences.insert(old.view.id, old);
                }
                Some(newer) => match (&mut newer.changed, old.changed) {
                    (Some(changed), Some(old)) => changed.extend(old),
                    _ => newer.changed = None,
                },
            }
        }
    }

    pub(super) fn take_calls(&self) -> Vec<Arc<CallView>> {
        let mut pending = self.pending();
        let count = pending.ended.len().min(CALLS_AT_ONCE);
        let mut calls: Vec<_> = pending.ended.drain(..count).collect();
        let room = CALLS_AT_ONCE - count;
        let some: Vec<CallId> = pending.running.keys().take(room).copied().collect();
        calls.extend(some.iter().filter_map(|id| pending.running.remove(id)));
        calls
    }

    /// A running call that has ended meanwhile may wait twice: the store keeps the newer.
    pub(super) fn put_back_calls(&self, calls: Vec<Arc<CallView>>) {
        let mut pending = self.pending();
        for call in calls.into_iter().rev() {
            if call.ended_at.is_some() {
                pending.ended.push_front(call);
            } else {
                pending.running.entry(call.id).or_insert(call);
            }
        }
    }

    pub(super) fn take_audit(&self) -> Vec<NewAudit> {
        self.pending().audit.drain(..).collect()
    }
}
