//! Who writes when, and what is left of what was not committed.

use std::time::Duration;

use store::{Priority, StoreError};

use crate::harness::{Db, both, number, of, taken};

both!(
    what_is_dropped_leaves_nothing,
    one_of_two_gets_the_number,
    readers_see_what_was_committed,
    readers_cannot_write,
    a_person_does_not_wait_for_an_import,
);

async fn what_is_dropped_leaves_nothing(db: Db) {
    let tx = db.tx().await;
    tx.settings().set("a", "1").await.unwrap();
    drop(tx);
    let tx = db.tx().await;
    tx.settings().set("b", "1").await.unwrap();
    tx.rollback().await.unwrap();
    // A writer that is cancelled while it works.
    let slow = async {
        let tx = db.tx().await;
        tx.settings().set("c", "1").await.unwrap();
        std::future::pending::<()>().await;
        drop(tx);
    };
    assert!(
        tokio::time::timeout(Duration::from_millis(200), slow)
            .await
            .is_err()
    );
    let tx = db.tx().await;
    tx.settings().set("d", "1").await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    for (key, there) in [("a", false), ("b", false), ("c", false), ("d", true)] {
        let value = reader.settings().get(key).await.unwrap();
        assert_eq!(value.is_some(), there, "{key}");
    }
}

async fn one_of_two_gets_the_number(db: Db) {
    let customer = db.customer("acme").await;
    let attempt = async |name: &str| {
        let mut user = db.user(&customer, name);
        user.extension = Some(number("201"));
        let tx = db.tx().await;
        tx.users().insert(&user).await?;
        tokio::time::sleep(Duration::from_millis(20)).await;
        tx.commit().await
    };
    let names: Vec<String> = (0..6).map(|index| format!("user{index}")).collect();
    let results = futures::future::join_all(names.iter().map(|name| attempt(name))).await;
    let mut said: Vec<String> = results.into_iter().map(taken).collect();
    said.sort();
    let mut expect = vec!["extension taken"; 5];
    expect.insert(0, "done");
    assert_eq!(said, expect);
}

async fn readers_see_what_was_committed(db: Db) {
    let reader = db.store.read();
    let tx = db.tx().await;
    tx.settings().set("a", "1").await.unwrap();
    assert_eq!(tx.settings().get("a").await.unwrap().as_deref(), Some("1"));
    assert_eq!(reader.settings().get("a").await.unwrap(), None);
    tx.commit().await.unwrap();
    assert_eq!(
        reader.settings().get("a").await.unwrap().as_deref(),
        Some("1")
    );
}

async fn readers_cannot_write(db: Db) {
    // The type system keeps writes off a Reader; on SQLite the connection does, too, so that a
    // query that writes by mistake cannot take the writer's lock.
    let customer = db.customer("acme").await;
    let tx = db.tx().await;
    let readers =
        (0..8).map(|_| async { db.store.read().sites().count(of(&customer)).await.unwrap() });
    let counts = futures::future::join_all(readers).await;
    assert_eq!(counts, [1; 8], "readers do not wait for the writer");
    drop(tx);
}

async fn a_person_does_not_wait_for_an_import(db: Db) {
    let customer = db.customer("acme").await;
    let import = async {
        let mut written = 0;
        while written < 400 {
            let tx = db.store.begin(Priority::Bulk).await.unwrap();
            while written < 400 {
                let mut user = db.user(&customer, &format!("user{written}"));
                user.extension = Some(number(&format!("{}", 1000 + written)));
                tx.users().insert(&user).await.unwrap();
                written += 1;
                if tx.should_yield() {
                    break;
                }
            }
            tx.commit().await.unwrap();
        }
    };
    let page = async {
        let mut slowest = Duration::ZERO;
        for index in 0..20 {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let began = tokio::time::Instant::now();
            let tx = db.tx().await;
            tx.settings()
                .set("muted", &index.to_string())
                .await
                .unwrap();
            tx.commit().await.unwrap();
            slowest = slowest.max(began.elapsed());
        }
        slowest
    };
    let ((), slowest) = tokio::join!(import, page);
    assert!(slowest < Duration::from_millis(200), "{slowest:?}");
    let filter = store::UserFilter::default();
    let count = db
        .store
        .read()
        .users()
        .count(of(&customer), &filter)
        .await
        .unwrap();
    assert_eq!(count, 400);
}

#[tokio::test]
async fn bulk_writers_on_sqlite_are_told_to_yield() {
    let db = Db::sqlite().await;
    let tx = db.store.begin(Priority::Bulk).await.unwrap();
    assert!(!tx.should_yield());
    let store = db.store.clone();
    let waiting = async {
        let tx = store.begin(Priority::Interactive).await?;
        tx.commit().await
    };
    let holding = async {
        tokio::task::yield_now().await;
        let told = tx.should_yield();
        tx.commit().await?;
        Ok::<bool, StoreError>(told)
    };
    let (waited, told) = tokio::join!(waiting, holding);
    waited.unwrap();
    assert!(told.unwrap(), "someone waits");
    let tx = db.store.begin(Priority::Bulk).await.unwrap();
    tokio::time::sleep(Duration::from_millis(21)).await;
    assert!(tx.should_yield(), "20 ms are over");
}
