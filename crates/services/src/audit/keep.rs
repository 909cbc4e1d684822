//! What keeps the audit log honest over the years: the heads of its chains, signed each hour and
//! written where the database is not; and the end of what is older than it has to be kept.

use std::{
    collections::HashMap,
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use futures::future::BoxFuture;
use jobs::{Failure, Handler, Run};
use model::Timestamp;
use store::{Chain, Priority, SignedHead, StoreError};

use crate::Services;

/// The file of signed heads, in the data folder: `convoke check` reads it.
pub const SIGNED_HEADS: &str = "audit-heads.log";

/// Signs heads; a handler of jobs.
pub(crate) struct Sign {
    services: Services,
    /// What was signed last: a chain that did not grow is not signed again.
    last: Mutex<HashMap<Chain, u64>>,
}

impl Sign {
    pub(crate) const KIND: &'static str = "sign_audit";

    pub(crate) fn new(services: Services) -> Self {
        Self {
            services,
            last: Mutex::default(),
        }
    }

    async fn sign(&self, now: Timestamp) -> Result<(), Failure> {
        let reader = self.services.store().read();
        let mut heads = reader.audit().sign_heads(now).await?;
        {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            heads.retain(|head| last.get(&head.chain) != Some(&head.sequence));
        }
        let (file, lines) = (self.services.signed_heads().to_owned(), lines(&heads));
        tokio::task::spawn_blocking(move || append(&file, &lines))
            .await
            .map_err(|error| Failure::Retry(error.to_string()))?
            .map_err(|error| Failure::Retry(format!("{SIGNED_HEADS}: {error}")))?;
        for head in &heads {
            tracing::info!(%head, "signed the head of an audit chain");
        }
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.extend(heads.iter().map(|head| (head.chain, head.sequence)));
        Ok(())
    }
}

impl Handler for Sign {
    fn kind(&self) -> &'static str {
        Self::KIND
    }

    fn run<'a>(&'a self, run: &'a mut Run) -> BoxFuture<'a, Result<Option<String>, Failure>> {
        Box::pin(async move {
            self.sign(run.now()).await?;
            Ok(None)
        })
    }
}

fn lines(heads: &[SignedHead]) -> String {
    heads.iter().map(|head| format!("{head}\n")).collect()
}

/// On the disk before this returns.
fn append(file: &Path, lines: &str) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut options = OpenOptions::new();
    let mut file = options.create(true).append(true).mode(0o600).open(file)?;
    file.write_all(lines.as_bytes())?;
    file.sync_data()
}

/// How the log is kept.
#[derive(Debug, Clone)]
pub(crate) struct Keeping {
    /// The file of signed heads.
    pub(crate) heads: PathBuf,
    /// Rows go when they are older; none: they stay.
    pub(crate) days: Option<u32>,
}

/// Removes what need not be kept any more, in small transactions; how many rows went.
pub(crate) async fn forget(services: &Services, now: Timestamp) -> Result<u64, StoreError> {
    let Some(days) = services.audit_kept_days() else {
        return Ok(0);
    };
    let oldest = now.as_second() - i64::from(days) * 24 * 3600;
    let oldest = Timestamp::from_second(oldest).unwrap_or_default();
    let mut forgotten = 0;
    for chain in services.store().read().audit().chains().await? {
        loop {
            let tx = services.store().begin(Priority::Bulk).await?;
            let gone = tx.audit().forget(chain, oldest).await?;
            tx.commit().await?;
            forgotten += gone;
            if gone == 0 {
                break;
            }
        }
    }
    Ok(forgotten)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::House;

    #[tokio::test]
    async fn a_chain_that_grew_is_signed_and_the_others_are_not_again() {
        let house = House::new().await;
        let sign = Sign::new(house.services.clone());
        let file = house.dir.path().join(SIGNED_HEADS);
        let kept = || std::fs::read_to_string(&file).unwrap();
        sign.sign(house.services.now()).await.unwrap();
        let first = kept();
        assert!(!first.is_empty());
        sign.sign(house.services.now()).await.unwrap();
        assert_eq!(kept(), first);
        house.user(house.main(), "201").await;
        sign.sign(house.services.now()).await.unwrap();
        let more = kept();
        assert_eq!(more.lines().count(), first.lines().count() + 1);
        assert!(more.starts_with(&first));
        let store = house.services.store().read();
        let report = store.audit().check_heads(&more).await.unwrap();
        assert_eq!(report.faults, [""; 0]);
        assert_eq!(report.held, more.lines().count() as u64);
    }

    #[tokio::test]
    async fn what_is_older_than_asked_goes() {
        let house = House::new().await;
        house.user(house.main(), "201").await;
        let chain = Chain::Customer(house.main());
        let rows = async || {
            let reader = house.services.store().read();
            reader.audit().verify(chain).await.unwrap().unwrap()
        };
        let before = rows().await;
        assert!(before > 0);
        let now = house.services.now();
        assert_eq!(
            forget(&house.services, now).await.unwrap(),
            0,
            "all of it is young"
        );
        house.clock.advance(91 * 24 * 3600);
        house.user(house.main(), "202").await;
        let young = forget(&house.services, house.services.now()).await.unwrap();
        assert!(young >= before);
        assert!((1..before + 5).contains(&rows().await));
    }
}
