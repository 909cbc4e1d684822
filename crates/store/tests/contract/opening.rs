//! Opening: migrations, keys, URLs, and a database that goes away.

use store::{Priority, Store, StoreError};

use crate::harness::{Db, KEY, at, both, open};

both!(
    a_database_is_opened_again,
    a_wrong_key_is_refused_once_there_are_secrets,
    a_newer_database_is_refused,
    two_servers_may_start_at_once,
    damage_is_found,
);

async fn a_database_is_opened_again(db: Db) {
    let customer = db.customer("acme").await;
    db.store.close().await.unwrap();
    assert!(matches!(
        db.store.ping().await,
        Err(StoreError::Unavailable(_))
    ));
    let store = open(&db.url, KEY).await.unwrap();
    let found = store.read().customers().by_id(customer.id).await.unwrap();
    assert_eq!(found, Some(customer));
    store.ping().await.unwrap();
}

async fn a_wrong_key_is_refused_once_there_are_secrets(db: Db) {
    assert!(!Store::needs_key(&db.url).await.unwrap());
    // Nothing is encrypted yet: any key will do, and becomes the one.
    let store = open(&db.url, [8; 32]).await.unwrap();
    store.close().await.unwrap();
    let store = open(&db.url, KEY).await.unwrap();
    store.close().await.unwrap();
    let customer = db.customer("acme").await;
    let anna = db.person(&customer, "anna", "201").await;
    let tx = db.tx().await;
    tx.devices()
        .insert(&db.device(&anna, "201", "secret"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert!(Store::needs_key(&db.url).await.unwrap());
    assert!(matches!(
        open(&db.url, [8; 32]).await,
        Err(StoreError::WrongKey)
    ));
    open(&db.url, KEY).await.unwrap();
}

async fn a_newer_database_is_refused(db: Db) {
    db.sql("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_later', 0)")
        .await;
    match open(&db.url, KEY).await {
        Err(StoreError::NewerSchema { migration }) => assert_eq!(migration, "m9999_later"),
        other => panic!("{:?}", other.err()),
    }
}

async fn two_servers_may_start_at_once(db: Db) {
    let customer = db.customer("acme").await;
    let starts = (0..4).map(|_| open(&db.url, KEY));
    for store in futures::future::join_all(starts).await {
        let found = store.unwrap().read().customers().by_id(customer.id).await;
        assert_eq!(found.unwrap().as_ref(), Some(&customer));
    }
}

async fn damage_is_found(db: Db) {
    let customer = db.customer("acme").await;
    let anna = db.person(&customer, "anna", "201").await;
    let ben = db.person(&customer, "ben", "202").await;
    let tx = db.tx().await;
    tx.devices()
        .insert(&db.device(&anna, "201", "one"))
        .await
        .unwrap();
    tx.devices()
        .insert(&db.device(&ben, "202", "two"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(db.store.check().await.unwrap().faults, [""; 0]);
    // A secret does not open in another row.
    db.sql(
        "UPDATE devices SET sip_password = \
         (SELECT d.sip_password FROM devices d WHERE d.sip_username = '202')",
    )
    .await;
    let faults = db.store.check().await.unwrap().faults;
    assert_eq!(faults.len(), 1);
    assert!(faults[0].contains("does not decrypt"), "{faults:?}");
}

#[tokio::test]
async fn a_fresh_postgres_is_migrated_by_one_of_many() {
    let url = tokio::task::spawn_blocking(testkit::postgres::database)
        .await
        .unwrap();
    let starts = (0..4).map(|_| open(&url, KEY));
    for store in futures::future::join_all(starts).await {
        store.unwrap().ping().await.unwrap();
    }
}

#[tokio::test]
async fn a_database_that_goes_away_is_unavailable_until_it_is_back() {
    let db = Db::postgres().await;
    let customer = db.customer("acme").await;
    let url = db.url.clone();
    tokio::task::spawn_blocking(move || testkit::postgres::take_away(&url))
        .await
        .unwrap();
    let read = db.store.read().customers().by_id(customer.id).await;
    assert!(matches!(read, Err(StoreError::Unavailable(_))), "{read:?}");
    let write = db.store.begin(Priority::Interactive).await;
    assert!(matches!(write, Err(StoreError::Unavailable(_))));
    assert!(matches!(
        db.store.ping().await,
        Err(StoreError::Unavailable(_))
    ));
    let url = db.url.clone();
    tokio::task::spawn_blocking(move || testkit::postgres::restore(&url))
        .await
        .unwrap();
    let read = db
        .store
        .read()
        .customers()
        .by_id(customer.id)
        .await
        .unwrap();
    assert_eq!(read, Some(customer));
    let tx = db.store.begin(Priority::Interactive).await.unwrap();
    tx.settings().set("at", &at(0).to_string()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn urls_say_what_is_wrong_with_them() {
    for (url, expect) in [
        ("sqlite::memory:", "in memory"),
        ("sqlite:", "in memory"),
        ("mysql://root@localhost/x", "no known scheme"),
        ("postgres://u:hunter2@[::1/x", "cannot be read"),
        ("", "no known scheme"),
    ] {
        let error = open(url, KEY).await.err().unwrap();
        assert!(matches!(error, StoreError::BadUrl(_)), "{url}: {error:?}");
        let text = error.to_string();
        assert!(text.contains(expect), "{url}: {text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
    let error = open("sqlite:/nowhere/at/all.db", KEY).await.err().unwrap();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(!Store::needs_key("sqlite:/nowhere/at/all.db").await.unwrap());
}
