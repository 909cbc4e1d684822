//! What keeps the audit log honest over the years: the heads of its chains, signed each hour and
//! written where the database is not; and the end of what is older than it has to be kept.

use std::{collections::HashMap, io, path::PathBuf};

use futures::future::BoxFuture;
use jobs::{Failure, Handler, Run};
use model::Timestamp;
use store::{Chain, Priority, Signature, StoreError};
use tokio::sync::Mutex;

use crate::{Services, spool::file::append};

/// The file of signed heads, in the data folder: `convoke check` reads it.
pub const SIGNED_HEADS: &str = "audit-heads.log";

/// Signs heads; a handler of jobs.
pub(crate) struct Sign {
    services: Services,
    last: Mutex<Last>,
}

/// What was signed last.
#[derive(Default)]
struct Last {
    /// A chain that did not grow is not signed again.
    heads: HashMap<Chain, u64>,
    /// The last line; none: the file was not looked at yet.
    line: Option<Signature>,
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
        let mut last = self.last.lock().await;
        let before = match last.line.clone() {
            Some(line) => line,
            None => self.to_follow().await?,
        };
        let reader = self.services.store().read();
        let heads = reader.audit().sign_heads(now, &last.heads, before).await?;
        let Some(end) = heads.last().map(|head| head.signature.clone()) else {
            return Ok(());
        };
        let lines: Vec<_> = heads.iter().map(ToString::to_string).collect();
        let lines = lines.join("\n");
        // Whatever became of it, the file says.
        last.line = None;
        self.with_file(move |file| append(&file, &lines)).await?;
        for head in &heads {
            tracing::info!(%head, "signed the head of an audit chain");
        }
        last.line = Some(end.clone());
        last.heads
            .extend(heads.iter().map(|head| (head.chain, head.sequence)));
        let tx = self.services.store().begin(Priority::Bulk).await?;
        tx.audit().heads_are_kept(&end).await?;
        Ok(tx.commit().await?)
    }

    /// After a start: what the next line follows on.
    async fn to_follow(&self) -> Result<Signature, Failure> {
        let known = self
            .services
            .store()
            .read()
            .audit()
            .last_signature()
            .await?;
        let read = self.with_file(|file| match std::fs::read_to_string(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            read => read,
        });
        Ok(Signature::to_follow(known, read.await?.lines()))
    }

    async fn with_file<T: Send + 'static>(
        &self,
        work: impl FnOnce(PathBuf) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Failure> {
        let file = self.services.signed_heads().to_owned();
        tokio::task::spawn_blocking(move || work(file))
            .await
            .map_err(|error| Failure::Retry(error.to_string()))?
            .map_err(|error| Failure::Retry(format!("{SIGNED_HEADS}: {error}")))
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

    /// The file after one more change was signed.
    async fn one_more(house: &House, sign: &Sign, extension: &str) -> String {
        house.user(house.main(), extension).await;
        sign.sign(house.services.now()).await.unwrap();
        std::fs::read_to_string(house.dir.path().join(SIGNED_HEADS)).unwrap()
    }

    async fn faults(house: &House, lines: &str) -> Vec<String> {
        let store = house.services.store().read();
        store.audit().check_heads(lines).await.unwrap().faults
    }

    #[tokio::test]
    async fn no_signed_head_is_taken_away_unseen() {
        let house = House::new().await;
        let sign = Sign::new(house.services.clone());
        for extension in ["201", "202"] {
            one_more(&house, &sign, extension).await;
        }
        let kept = one_more(&house, &sign, "203").await;
        assert_eq!(faults(&house, &kept).await, [""; 0]);
        let lines: Vec<_> = kept.lines().collect();
        for (gone, number) in (0..lines.len()).zip(1..) {
            let mut less = lines.clone();
            less.remove(gone);
            let found = faults(&house, &less.join("\n")).await;
            let expect = if number == lines.len() {
                "ends too early".to_owned()
            } else {
                format!("line {number} of")
            };
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].contains(&expect), "{found:?} without {number}");
        }
        assert!(!faults(&house, "").await.is_empty(), "the whole file");
        let mut turned = lines;
        turned.swap(1, 2);
        assert!(!faults(&house, &turned.join("\n")).await.is_empty());
    }

    #[tokio::test]
    async fn a_line_after_one_that_was_taken_away_shows_it_also_after_a_start() {
        for starts in [false, true] {
            let house = House::new().await;
            let mut sign = Sign::new(house.services.clone());
            one_more(&house, &sign, "201").await;
            let kept = one_more(&house, &sign, "202").await;
            let cut = kept.lines().count() - 1;
            let less: Vec<_> = kept.lines().take(cut).collect();
            std::fs::write(house.dir.path().join(SIGNED_HEADS), less.join("\n")).unwrap();
            if starts {
                sign = Sign::new(house.services.clone());
            }
            let more = one_more(&house, &sign, "203").await;
            let found = faults(&house, &more).await;
            assert_eq!(found.len(), 1, "{found:?}");
            let expect = format!("line {} of", cut + 1);
            assert!(found[0].contains(&expect), "{found:?}");
        }
    }

    #[tokio::test]
    async fn a_start_goes_on_where_the_file_ends() {
        let house = House::new().await;
        let sign = Sign::new(house.services.clone());
        one_more(&house, &sign, "201").await;
        let store = house.services.store();
        let early = store.read().audit().last_signature().await.unwrap();
        one_more(&house, &sign, "202").await;
        // The server died before the database knew of the last line.
        let tx = store.begin(Priority::Bulk).await.unwrap();
        tx.audit().heads_are_kept(&early.unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        let sign = Sign::new(house.services.clone());
        let kept = one_more(&house, &sign, "203").await;
        assert_eq!(faults(&house, &kept).await, [""; 0]);
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
