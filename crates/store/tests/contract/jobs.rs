//! The rows of the durable queue. What drives them is tested in `jobs`.

use model::{JobId, Timestamp};
use store::{JobState, NewJobRow, Scope};

use crate::harness::{Db, at, both, of, taken};

both!(
    a_job_is_leased_to_one,
    a_lost_lease_writes_nothing,
    the_same_work_waits_once,
    a_job_is_cancelled,
    schedules_come_due,
);

fn job(db: &Db, kind: &str, run_at: Timestamp) -> NewJobRow {
    NewJobRow {
        id: JobId::mint(at(0), db.entropy.as_ref()),
        kind: kind.to_owned(),
        customer: None,
        dedupe: None,
        payload: "{}".to_owned(),
        run_at,
        created_at: at(0),
    }
}

async fn lease(db: &Db, now: i64) -> Option<store::JobRow> {
    let tx = db.tx().await;
    let row = tx
        .jobs()
        .lease(&["purge"], at(now), at(now + 60))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    row
}

async fn a_job_is_leased_to_one(db: Db) {
    let tx = db.tx().await;
    let (late, early) = (job(&db, "purge", at(10)), job(&db, "purge", at(5)));
    for new in [&late, &early, &job(&db, "unknown", at(0))] {
        tx.jobs().insert(new).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(lease(&db, 4).await, None);
    let first = lease(&db, 20).await.unwrap();
    assert_eq!((first.id, first.attempts, first.fence), (early.id, 1, 1));
    assert_eq!(lease(&db, 20).await.unwrap().id, late.id);
    assert_eq!(lease(&db, 20).await, None);
    let reader = db.store.read();
    assert_eq!(reader.jobs().next_due().await.unwrap(), Some(at(0)));
}

async fn a_lost_lease_writes_nothing(db: Db) {
    let tx = db.tx().await;
    tx.jobs().insert(&job(&db, "purge", at(0))).await.unwrap();
    tx.commit().await.unwrap();
    let mut dead = lease(&db, 0).await.unwrap();
    let tx = db.tx().await;
    dead.checkpoint = Some("7".to_owned());
    dead.done = 7;
    dead.total = Some(9);
    assert!(!tx.jobs().checkpoint(&dead, at(1), at(61)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(lease(&db, 60).await, None, "the checkpoint renewed it");
    let alive = lease(&db, 61).await.unwrap();
    assert_eq!(alive.checkpoint.as_deref(), Some("7"));
    assert_eq!((alive.done, alive.total, alive.attempts), (7, Some(9), 2));
    let tx = db.tx().await;
    let late = tx.jobs().checkpoint(&dead, at(62), at(99)).await;
    assert_eq!(taken(late), "conflict");
    assert_eq!(taken(tx.jobs().renew(&dead, at(99)).await), "conflict");
    let late = tx
        .jobs()
        .finish(&dead, JobState::Failed, at(62), None, at(62))
        .await;
    assert_eq!(taken(late), "conflict");
    tx.jobs()
        .finish(&alive, JobState::Succeeded, at(62), Some("{}"), at(62))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let row = db
        .store
        .read()
        .jobs()
        .by_id(Scope::Provider, alive.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.state, row.result.as_deref()),
        (JobState::Succeeded, Some("{}"))
    );
    let tx = db.tx().await;
    assert_eq!(tx.jobs().purge_ended(at(62)).await.unwrap(), 0);
    assert_eq!(tx.jobs().purge_ended(at(63)).await.unwrap(), 1);
}

async fn the_same_work_waits_once(db: Db) {
    let new = || NewJobRow {
        dedupe: Some("nightly".to_owned()),
        ..job(&db, "purge", at(0))
    };
    let tx = db.tx().await;
    let first = tx.jobs().insert(&new()).await.unwrap();
    assert_eq!(tx.jobs().insert(&new()).await.unwrap(), first);
    tx.commit().await.unwrap();
    let running = lease(&db, 0).await.unwrap();
    let tx = db.tx().await;
    assert_eq!(tx.jobs().insert(&new()).await.unwrap(), first);
    tx.jobs()
        .finish(&running, JobState::Succeeded, at(1), None, at(1))
        .await
        .unwrap();
    assert_ne!(tx.jobs().insert(&new()).await.unwrap(), first);
    tx.commit().await.unwrap();
}

async fn a_job_is_cancelled(db: Db) {
    let customer = db.customer("acme").await;
    let (waiting, begun) = (job(&db, "other", at(0)), job(&db, "purge", at(0)));
    let tx = db.tx().await;
    tx.jobs().insert(&waiting).await.unwrap();
    tx.jobs().insert(&begun).await.unwrap();
    tx.commit().await.unwrap();
    let running = lease(&db, 0).await.unwrap();
    let tx = db.tx().await;
    tx.jobs()
        .cancel(Scope::Provider, waiting.id, at(1))
        .await
        .unwrap();
    tx.jobs()
        .cancel(Scope::Provider, begun.id, at(1))
        .await
        .unwrap();
    let foreign = tx.jobs().cancel(of(&customer), begun.id, at(1)).await;
    assert_eq!(taken(foreign), "not found");
    let told = tx.jobs().checkpoint(&running, at(2), at(62)).await.unwrap();
    assert!(told, "a running job is told at its next checkpoint");
    let row = tx
        .jobs()
        .by_id(Scope::Provider, waiting.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.state, JobState::Cancelled);
}

async fn schedules_come_due(db: Db) {
    let due = async |now: i64, next: i64| {
        let tx = db.tx().await;
        let due = tx
            .jobs()
            .schedule_due("purge", at(now), at(next))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        due
    };
    let reader = db.store.read();
    assert_eq!(reader.jobs().schedule_next("purge").await.unwrap(), None);
    assert!(due(0, 60).await, "a new one is due at once");
    assert!(!due(59, 119).await);
    assert_eq!(
        reader.jobs().schedule_next("purge").await.unwrap(),
        Some(at(60))
    );
    assert!(due(60, 120).await);
    assert!(!due(60, 120).await);
}
