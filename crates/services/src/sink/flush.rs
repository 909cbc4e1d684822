//! Writes what waits. What cannot be written because the database is away waits on; what it
//! refuses is given up, loudly, and takes nothing else along.

use std::{sync::Arc, time::Duration};

use model::CallView;
use store::{Priority, Store, StoreError};

use super::write_behind::{PendingBindings, PendingConference, WriteBehind};
use crate::{Services, credentials::Used};

/// A transaction that takes longer than this is tried again later.
const PATIENCE: Duration = Duration::from_secs(10);

/// Something that is written behind, many in a transaction.
trait Pending: Sized + Send + Sync {
    /// Names it in the log.
    fn name(&self) -> String;
    /// Some of what waits, as much as a transaction should hold.
    fn take(from: &WriteBehind) -> Vec<Self>;
    /// What could not be written yet.
    fn put_back(to: &WriteBehind, these: Vec<Self>);
    /// One transaction.
    fn write(store: &Store, these: &[Self]) -> impl Future<Output = Result<(), StoreError>> + Send;
}

impl Pending for PendingBindings {
    fn name(&self) -> String {
        format!("registrations of device {}", self.device)
    }

    fn take(from: &WriteBehind) -> Vec<Self> {
        from.take_bindings()
    }

    fn put_back(to: &WriteBehind, these: Vec<Self>) {
        to.put_back_bindings(these);
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
    fn name(&self) -> String {
        format!("conference {}", self.view.id)
    }

    fn take(from: &WriteBehind) -> Vec<Self> {
        from.take_conferences()
    }

    fn put_back(to: &WriteBehind, these: Vec<Self>) {
        to.put_back_conferences(these);
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
    fn name(&self) -> String {
        format!("the record of call {}", self.id)
    }

    fn take(from: &WriteBehind) -> Vec<Self> {
        from.take_calls()
    }

    fn put_back(to: &WriteBehind, these: Vec<Self>) {
        to.put_back_calls(these);
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

async fn patiently(work: impl Future<Output = Result<(), StoreError>>) -> Written {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(())) => Written::Kept,
        Ok(Err(StoreError::Unavailable { .. })) | Err(_) => Written::Away,
        Ok(Err(error)) => Written::Refused(error),
    }
}

/// Writes these in one transaction or, where that is refused, each in its own: one bad row must
/// not take the others along. Answers what has to wait.
async fn write_all<T: Pending>(store: &Store, these: Vec<T>) -> Vec<T> {
    match patiently(T::write(store, &these)).await {
        Written::Kept => return Vec::new(),
        Written::Away => return these,
        Written::Refused(_) => {}
    }
    let mut left = these.into_iter();
    while let Some(one) = left.next() {
        match patiently(T::write(store, std::slice::from_ref(&one))).await {
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
        // Once one finds the database away, the others need not try.
        let all = self.flush_all::<Arc<CallView>>().await
            && self.flush_all::<PendingConference>().await
            && self.flush_all::<PendingBindings>().await;
        if all {
            self.flush_used().await;
        }
    }

    /// False: the database is away.
    async fn flush_all<T: Pending>(&self) -> bool {
        loop {
            let some = T::take(self.write_behind());
            if some.is_empty() {
                return true;
            }
            let left = write_all(self.store(), some).await;
            if !left.is_empty() {
                T::put_back(self.write_behind(), left);
                return false;
            }
        }
    }

    async fn flush_used(&self) {
        let used = self.credentials().take_used();
        if used.sessions.is_empty() && used.keys.is_empty() {
            return;
        }
        match patiently(write_used(self.store(), &used)).await {
            Written::Kept => {}
            Written::Away => self.credentials().put_back_used(used),
            Written::Refused(error) => {
                tracing::error!(error = %error, "uses of sessions and keys were not written down");
            }
        }
    }
}
