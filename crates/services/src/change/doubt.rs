//! A change whose COMMIT was sent and never answered: whoever asked was told that the database is
//! away, and it may be kept all the same. Before the next change the log is asked, so that what is
//! in memory agrees with what is kept.

use std::sync::PoisonError;

use store::{Priority, StoreError};

use super::{After, FirstRow, store_error};
use crate::{Error, Services};

/// A change that may have been kept.
#[derive(Debug)]
pub(crate) struct Doubt {
    row: FirstRow,
    after: After,
}

impl Doubt {
    /// None: a change that leaves no row in the log has nothing that follows.
    pub(super) fn new(row: Option<FirstRow>, after: After) -> Option<Self> {
        Some(Self { row: row?, after })
    }
}

impl Services {
    /// Keeps what may have been kept, until it can be settled. Called in turn, after
    /// [`Services::settle_doubt`]: there is one at most.
    pub(super) fn doubt(&self, doubt: Option<Doubt>) {
        if let Some(doubt) = &doubt {
            // What is void if it was kept is looked up anew in any case.
            self.forget(&doubt.after.revoked);
        }
        *self
            .doubtful()
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = doubt;
    }

    /// Finds out what became of the last change, if that is not known. Called in turn.
    pub(super) async fn settle_doubt(&self) -> Result<(), Error> {
        let take = || {
            let mut doubtful = self
                .doubtful()
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            doubtful.take()
        };
        let Some(doubt) = take() else {
            return Ok(());
        };
        match self.was_kept(&doubt).await {
            Ok(true) => {
                tracing::warn!("a change is kept whose commit was not answered");
                self.follow(doubt.after);
                Ok(())
            }
            Ok(false) => Ok(()),
            Err(error) => {
                self.doubt(Some(doubt));
                Err(store_error("find out what became of a change", error))
            }
        }
    }

    /// Settles it as soon as the database is back, whether or not there is a next change.
    pub(crate) async fn settle(&self) {
        let there = {
            let doubtful = self.doubtful().lock();
            doubtful.unwrap_or_else(PoisonError::into_inner).is_some()
        };
        if !there || self.store().is_away() {
            return;
        }
        let _turn = self.turn().await;
        if let Err(error) = self.settle_doubt().await {
            tracing::debug!(%error, "a change is still in doubt");
        }
    }

    async fn was_kept(&self, doubt: &Doubt) -> Result<bool, StoreError> {
        let row = &doubt.row;
        let tx = self.store().begin(Priority::Interactive).await?;
        let kept = tx.audit().is_kept(row.customer, row.id).await?;
        tx.rollback().await?;
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use model::Model;

    use super::*;
    use crate::{
        change::{Act, Change},
        directory::DirectoryChange,
        testing::House,
    };

    fn write(house: &House, change: &mut Change<'_>) {
        change.audit(Act {
            customer: Some(house.main()),
            action: "user.deleted",
            model: Model::User,
            subject_id: "x".into(),
            subject_name: "x".into(),
            before: None,
            after: None,
        });
    }

    #[tokio::test]
    async fn what_was_kept_follows_before_the_next_change() {
        let house = House::new().await;
        let user = house.user(house.main(), "201").await.user.user.id;
        let ctx = house.system();
        for kept in [false, true] {
            let (tx, row, after) = {
                let mut change = ctx.change().await.unwrap();
                write(&house, &mut change);
                change.apply(DirectoryChange::UserGone(user));
                (change.tx, change.row, change.after)
            };
            if kept {
                tx.commit().await.unwrap();
            } else {
                tx.rollback().await.unwrap();
            }
            house.services.doubt(Doubt::new(row, after));
            drop(ctx.change().await.unwrap());
            let gone = house.services.directory().user(user).is_none();
            assert_eq!(gone, kept);
        }
    }
}
