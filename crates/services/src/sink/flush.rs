//! Writes what waits. What cannot be written because the database is away waits on: the records of
//! calls and conferences on disk, where no crash takes them, the rest in memory. What it refuses is
//! given up, loudly, and takes nothing else along.

use std::{sync::Arc, time::Duration};

use model::CallView;
use store::{Priority, Record, Store, StoreError};

use super::write_behind::{PendingBindings, PendingConference, WriteBehind};
use crate::{Services, credentials::Used};

/// A transaction that takes longer than this is tried again later.
const PATIENCE: Duration = Duration::from_secs(10);
/// Records go to the disk rather than wait longer for the database.
const RECORDS_PATIENCE: Duration = Duration::from_secs(1);

/// Something that is written behind, many in a transaction.
trait Pending: Sized + Send + Sync {
    /// Whether it waits on disk while the database is away; if not, phones will say it again.
    const ON_DISK: bool;
    /// How long a transaction may take.
    const PATIENCE: Duration = if Self::ON_DISK {
        RECORDS_PATIENCE
    } else {
        PATIENCE
    };
    /// Names it in the log.
    fn name(&self) -> String;
    /// Some of what waits, as much as a transaction should hold.
    fn take(from: &WriteBehind) -> Vec<Self>;
    /// What could not be written yet.
    fn put_back(to: &WriteBehind, these: Vec<Self>);
    /// As it waits on disk.
    fn record(&self) -> Option<Record>;
    /// One transaction.
    fn write(store: &Store, these: &[Self]) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl Pending for PendingBindings {
    const ON_DISK: bool = false;

    fn name(&self) -> String {
        format!("registrations of device {}", self.device)
    }

    fn take(from: &WriteBehind) -> Vec<Self> {
        from.take_bindings()
    }

    fn put_back(to: &WriteBehind, these: Vec<Self>) {
        to.put_back_bindings(these);
    }

    fn record(&self) -> Option<Record> {
        None
    }

    async fn write(store: &Store, these: &[Self]) -> Result<(), StoreError> {
        let devices: Vec<_> = these
            .iter()
            .map(|pending| (pending.device, pending.bindings.clone()))
            .collect();
        let tx = store.begin(Priority::Bulk).await?;
        tx.bindings().replace(&devices).await?;
        tx.commit().await
    }
}

impl Pending for PendingConference {
    const ON_DISK: bool = true;

    fn name(&self) -> String {
        format!("conference {}", self.view.id)
    }

    fn take(from: &WriteBehind) -> Vec<Self> {
        from.take_conferences()
    }

    fn put_back(to: &WriteBehind, these: Vec<Self>) {
        to.put_back_conferences(these);
    }

    fn record(&self) -> Option<Record> {
        Some(Record::of_conference(&self.view, self.changed.as_ref()))
    }

    async fn write(store: &Store, these: &[Self]) -> Result<(), StoreError> {
        let tx = store.begin(Priority::Bulk).await?;
        let conferences = tx.conferences();
        for pending in these {
            match &pending.changed {
                None => conferences.save(&pending.view).await?,
                Some(changed) => {
                    let changed: Vec<_> = changed.iter().copied().collect();
                    conferences.save_changed(&pending.view, &changed).await?;
                }
            }
        }
        tx.commit().await
    }
}

impl Pending for Arc<CallView> {
    const ON_DISK: bool = true;

    fn name(&self) -> String {
        format!("the record of call {}", self.id)
    }

    fn take(from: &WriteBehind) -> Vec<Self> {
        from.take_calls()
    }

    fn put_back(to: &WriteBehind, these: Vec<Self>) {
        to.put_back_calls(these);
    }

    fn record(&self) -> Option<Record> {
        Some(Record::of_call(self))
    }

    async fn write(store: &Store, these: &[Self]) -> Result<(), StoreError> {
        let rows: Vec<_> = these.iter().map(|call| (**call).clone()).collect();
        let tx = store.begin(Priority::Bulk).await?;
        tx.calls().save(&rows).await?;
        tx.commit().await
    }
}

/// What became of a transaction.
enum Written {
    Kept,
    /// It may work later.
    Away,
    /// It never will.
    Refused(StoreError),
}

async fn patiently(limit: Duration, work: impl Future<Output = Result<(), StoreError>>) -> Written {
    match tokio::time::timeout(limit, work).await {
        Ok(Ok(())) => Written::Kept,
        Ok(Err(StoreError::Unavailable { .. })) | Err(_) => Written::Away,
        Ok(Err(error)) => Written::Refused(error),
    }
}

/// Writes these in one transaction or, where that is refused, each in its own: one bad row must
/// not take the others along. Answers what has to wait.
async fn write_all<T: Pending>(store: &Store, these: Vec<T>) -> Vec<T> {
    match patiently(T::PATIENCE, T::write(store, &these)).await {
        Written::Kept => return Vec::new(),
        Written::Away => return these,
        Written::Refused(_) => {}
    }
    let mut left = these.into_iter();
    while let Some(one) = left.next() {
        match patiently(T::PATIENCE, T::write(store, std::slice::from_ref(&one))).await {
            Written::Kept => {}
            Written::Refused(error) => {
                tracing::error!(lost = one.name(), error = %error, "this could not be kept");
            }
            Written::Away => return std::iter::once(one).chain(left).collect(),
        }
    }
    Vec::new()
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
    /// Writes what waits.
    pub(crate) async fn flush(&self) {
        // While the database is away these are kept on disk.
        for row in self.write_behind().take_audit() {
            if let Err(error) = self.write_down_row(row).await {
                tracing::error!(error = %error, "an act by telephone could not be written down");
            }
        }
        // Records go to disk while the database is away; the rest need not try then.
        let calls = self.flush_all::<Arc<CallView>>().await;
        let conferences = self.flush_all::<PendingConference>().await;
        if calls && conferences && self.flush_all::<PendingBindings>().await {
            self.flush_used().await;
        }
    }

    /// False: the database is away.
    async fn flush_all<T: Pending>(&self) -> bool {
        let mut there = true;
        loop {
            let some = T::take(self.write_behind());
            if some.is_empty() {
                return there;
            }
            // They go behind those that wait on disk.
            let left = if T::ON_DISK && self.records().is_waiting() {
                some
            } else {
                let left = write_all(self.store(), some).await;
                there &= left.is_empty();
                left
            };
            let left = self.keep_on_disk(left).await;
            if !left.is_empty() {
                T::put_back(self.write_behind(), left);
                return false;
            }
        }
    }

    /// Answers what the disk did not take, or need not.
    async fn keep_on_disk<T: Pending>(&self, these: Vec<T>) -> Vec<T> {
        let records: Option<Vec<Record>> = these.iter().map(T::record).collect();
        match records {
            Some(records) if records.is_empty() => these,
            Some(records) if self.records().keep(&records).await.is_ok() => Vec::new(),
            // The disk's fault is in the log.
            _ => these,
        }
    }

    async fn flush_used(&self) {
        let used = self.credentials().take_used();
        if used.sessions.is_empty() && used.keys.is_empty() {
            return;
        }
        match patiently(PATIENCE, write_used(self.store(), &used)).await {
            Written::Kept => {}
            Written::Away => self.credentials().put_back_used(used),
            Written::Refused(error) => {
                tracing::error!(error = %error, "uses of sessions and keys were not written down");
            }
        }
    }
}
