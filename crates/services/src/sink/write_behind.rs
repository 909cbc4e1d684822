//! What waits to be written: the latest of each binding and conference, every ended call and
//! every act by telephone.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use model::{CallView, ConferenceId, ConferenceView, DeviceId, ParticipantId, StoredBinding};
use store::{NewAudit, Priority, Store, StoreError};

use crate::{Services, credentials::Used};

/// Ended calls that wait at most while the database is away; the oldest go first.
const MAX_CALLS: usize = 50_000;
/// Acts by telephone that wait in memory at most.
const MAX_AUDIT: usize = 10_000;
/// Call records of one transaction.
const CALLS_AT_ONCE: usize = 200;
/// A batch that takes longer than this is tried again later.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(crate) struct WriteBehind {
    pending: Mutex<Pending>,
}

#[derive(Debug, Default)]
struct Pending {
    bindings: HashMap<DeviceId, Vec<StoredBinding>>,
    conferences: HashMap<ConferenceId, PendingConference>,
    calls: VecDeque<Arc<CallView>>,
    audit: VecDeque<NewAudit>,
}

#[derive(Debug, Clone)]
struct PendingConference {
    view: Arc<ConferenceView>,
    /// None: all of them.
    changed: Option<HashSet<ParticipantId>>,
}

impl WriteBehind {
    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A device's bindings are these.
    pub(crate) fn bindings(&self, device: DeviceId, bindings: Vec<StoredBinding>) {
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

    /// An ended call's record.
    pub(crate) fn call(&self, call: Arc<CallView>) {
        let mut pending = self.pending();
        pending.calls.push_back(call);
        if pending.calls.len() > MAX_CALLS {
            pending.calls.pop_front();
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

    fn take_bindings(&self) -> Vec<(DeviceId, Vec<StoredBinding>)> {
        self.pending().bindings.drain().collect()
    }

    /// What could not be written waits again, unless something newer does.
    fn put_back_bindings(&self, bindings: Vec<(DeviceId, Vec<StoredBinding>)>) {
        let mut pending = self.pending();
        for (device, bindings) in bindings {
            pending.bindings.entry(device).or_insert(bindings);
        }
    }

    fn take_conferences(&self) -> Vec<PendingConference> {
        self.pending().conferences.drain().map(|(_, c)| c).collect()
    }

    fn put_back_conference(&self, old: PendingConference) {
        let mut pending = self.pending();
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

    fn take_calls(&self) -> Vec<Arc<CallView>> {
        let mut pending = self.pending();
        let count = pending.calls.len().min(CALLS_AT_ONCE);
        pending.calls.drain(..count).collect()
    }

    fn put_back_calls(&self, calls: Vec<Arc<CallView>>) {
        let mut pending = self.pending();
        for call in calls.into_iter().rev() {
            pending.calls.push_front(call);
        }
    }

    fn take_audit(&self) -> Vec<NewAudit> {
        self.pending().audit.drain(..).collect()
    }
}

/// Whether it is worth another try.
fn is_away(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable { .. })
}

async fn patiently<T>(
    work: impl Future<Output = Result<T, StoreError>>,
) -> Option<Result<T, StoreError>> {
    tokio::time::timeout(PATIENCE, work).await.ok()
}

async fn write_bindings(
    store: &Store,
    bindings: &[(DeviceId, Vec<StoredBinding>)],
) -> Result<(), StoreError> {
    for chunk in bindings.chunks(500) {
        let tx = store.begin(Priority::Bulk).await?;
        tx.bindings().replace(chunk).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn write_conference(store: &Store, pending: &PendingConference) -> Result<(), StoreError> {
    let tx = store.begin(Priority::Bulk).await?;
    let conferences = tx.conferences();
    match &pending.changed {
        None => conferences.save(&pending.view).await?,
        Some(changed) => {
            let changed: Vec<_> = changed.iter().copied().collect();
            conferences.save_changed(&pending.view, &changed).await?;
        }
    }
    tx.commit().await
}

async fn write_calls(store: &Store, calls: &[Arc<CallView>]) -> Result<(), StoreError> {
    let rows: Vec<_> = calls.iter().map(|call| (**call).clone()).collect();
    let tx = store.begin(Priority::Bulk).await?;
    tx.calls().save(&rows).await?;
    tx.commit().await
}

async fn write_used(store: &Store, used: &Used) -> Result<(), StoreError> {
    let tx = store.begin(Priority::Bulk).await?;
    for (id, (seen, ends)) in &used.sessions {
        match tx.sessions().touch(*id, *seen, *ends).await {
            Ok(()) | Err(StoreError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    let keys: Vec<_> = used.keys.iter().map(|(id, at)| (*id, *at)).collect();
    tx.api_keys().used(&keys).await?;
    tx.commit().await
}

impl Services {
    /// Writes what waits. What cannot be written because the database is away waits on; what it
    /// refuses is given up, loudly.
    pub(crate) async fn flush(&self) {
        self.flush_bindings().await;
        self.flush_conferences().await;
        while self.flush_calls().await {}
        for row in self.write_behind().take_audit() {
            if let Err(error) = self.write_down_row(row).await {
                tracing::error!(error = %error, "an act by telephone could not be written down");
            }
        }
        self.flush_used().await;
    }

    async fn flush_bindings(&self) {
        let bindings = self.write_behind().take_bindings();
        if bindings.is_empty() {
            return;
        }
        match patiently(write_bindings(self.store(), &bindings)).await {
            Some(Ok(())) => {}
            Some(Err(error)) if !is_away(&error) => {
                tracing::error!(error = %error, "registrations could not be kept");
            }
            _ => self.write_behind().put_back_bindings(bindings),
        }
    }

    async fn flush_conferences(&self) {
        for pending in self.write_behind().take_conferences() {
            match patiently(write_conference(self.store(), &pending)).await {
                Some(Ok(())) => {}
                Some(Err(error)) if !is_away(&error) => {
                    let conference = pending.view.id;
                    tracing::error!(%conference, error = %error, "a conference could not be kept");
                }
                _ => self.write_behind().put_back_conference(pending),
            }
        }
    }

    /// Whether there may be more.
    async fn flush_calls(&self) -> bool {
        let calls = self.write_behind().take_calls();
        if calls.is_empty() {
            return false;
        }
        match patiently(write_calls(self.store(), &calls)).await {
            Some(Ok(())) => true,
            Some(Err(error)) if !is_away(&error) => {
                self.write_each(calls).await;
                true
            }
            _ => {
                self.write_behind().put_back_calls(calls);
                false
            }
        }
    }

    /// One record that is refused must not take the others along.
    async fn write_each(&self, calls: Vec<Arc<CallView>>) {
        for call in calls {
            match patiently(write_calls(self.store(), std::slice::from_ref(&call))).await {
                Some(Ok(())) => {}
                Some(Err(error)) if !is_away(&error) => {
                    tracing::error!(call = %call.id, error = %error, "a call record was refused");
                }
                _ => self.write_behind().put_back_calls(vec![call]),
            }
        }
    }

    async fn flush_used(&self) {
        let used = self.credentials().take_used();
        if used.sessions.is_empty() && used.keys.is_empty() {
            return;
        }
        match patiently(write_used(self.store(), &used)).await {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                tracing::debug!(error = %error, "uses of sessions and keys were not written down");
            }
            None => {}
        }
    }
}
