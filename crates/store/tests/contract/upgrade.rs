//! A database of every earlier version, with rows in it, is brought to this one.

use std::sync::Arc;

use model::{Customer, Device, User};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use store::{Chain, Store};

use crate::{
    audit,
    calls::call,
    harness::{Db, KEY, at, both, of, open},
    runs::binding,
};

both!(every_earlier_version_is_brought_forward);

/// Each later migration with what takes it back, and what it added away: so comes an older
/// database from one of today, whose rows the store itself has written.
const BACK: [(&str, &[&str]); 4] = [
    (
        "m0002_flows",
        &[
            "DROP INDEX call_records_running",
            "DROP INDEX bindings_expires_at",
            "ALTER TABLE bindings RENAME TO bindings_of_later",
            "CREATE TABLE bindings",
            "INSERT INTO bindings (device, contact, user_id, customer, transport, source, \
             user_agent, expires_at, rtt_ms, updated_at, sip_username, call_id, cseq, path, \
             instance, local) SELECT device, contact, user_id, customer, transport, source, \
             user_agent, expires_at, rtt_ms, updated_at, sip_username, call_id, cseq, path, \
             instance, local FROM bindings_of_later",
            "DROP TABLE bindings_of_later",
            "CREATE INDEX bindings_expires_at",
        ],
    ),
    ("m0003_recordings", &["DROP TABLE recordings"]),
    ("m0004_binding_q", &["ALTER TABLE bindings DROP COLUMN q"]),
    ("m0005_audit_checkpoints", &["DROP TABLE audit_checkpoints"]),
];

struct Rows {
    customer: Customer,
    anna: User,
    device: Device,
    call: model::CallView,
}

async fn fill(db: &Db) -> Rows {
    let customer = db.customer("acme").await;
    let anna = db.person(&customer, "anna", "201").await;
    let device = db.device(&anna, "201", "secret");
    let mut call = call(db, &customer, Some(&anna), "202", 10);
    call.conference = None;
    let tx = db.tx().await;
    tx.devices().insert(&device).await.unwrap();
    let phone = binding(db, &customer, device.id, "sip:201@192.0.2.7");
    let phones = [(device.id, [Arc::new(phone)].into())];
    tx.bindings().replace(&phones).await.unwrap();
    tx.calls().save(std::slice::from_ref(&call)).await.unwrap();
    tx.commit().await.unwrap();
    audit::write(db, None, 2).await;
    audit::write(db, Some(customer.id), 3).await;
    Rows {
        customer,
        anna,
        device,
        call,
    }
}

/// The statement as the first version had it.
fn of_the_first(statement: &str, backend: DbBackend) -> String {
    let (id, text) = match backend {
        DbBackend::Postgres => ("UUID", "TEXT COLLATE \"C\""),
        _ => ("BLOB", "TEXT"),
    };
    include_str!("../../src/migration/m0001_spine.sql")
        .split("\n\n")
        .find(|first| first.starts_with(&format!("{statement} ")))
        .map_or_else(|| statement.to_owned(), ToOwned::to_owned)
        .replace("{id}", id)
        .replace("{text}", text)
}

async fn take_back(db: &Db, to: usize) {
    let conn = Database::connect(&db.url).await.unwrap();
    let backend = conn.get_database_backend();
    let versions = "SELECT version FROM seaql_migrations ORDER BY version DESC";
    let versions = Statement::from_string(backend, versions);
    let newest = async || {
        let row = conn.query_one_raw(versions.clone()).await.unwrap().unwrap();
        row.try_get::<String>("", "version").unwrap()
    };
    for (name, statements) in BACK[to..].iter().rev() {
        assert_eq!(newest().await, *name, "a migration is missing in this test");
        for statement in *statements {
            let statement = of_the_first(statement, backend);
            conn.execute_unprepared(&statement).await.unwrap();
        }
        let forget = format!("DELETE FROM seaql_migrations WHERE version = '{name}'");
        conn.execute_unprepared(&forget).await.unwrap();
    }
    conn.close().await.unwrap();
}

/// Everything that was there is there.
async fn check(store: &Store, rows: &Rows, from: &str) {
    let reader = store.read();
    let scope = of(&rows.customer);
    let found = reader.users().by_id(scope, rows.anna.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&rows.anna), "{from}");
    let found = reader.devices().by_id(scope, rows.device.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&rows.device), "{from}");
    let found = reader.calls().by_id(scope, rows.call.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&rows.call), "{from}");
    let phones = reader.bindings().all(at(1)).await.unwrap();
    assert_eq!(phones.len(), 1, "{from}");
    assert_eq!(phones[0].endpoint.contact, "sip:201@192.0.2.7");
    let report = store.check().await.unwrap();
    assert_eq!(report.faults, [""; 0], "{from}");
    assert_eq!(report.audit_rows, 5, "{from}");
}

async fn every_earlier_version_is_brought_forward(db: Db) {
    let rows = fill(&db).await;
    check(&db.store, &rows, "this version").await;
    for to in (0..BACK.len()).rev() {
        take_back(&db, to).await;
        let store = open(&db.url, KEY).await.unwrap();
        check(&store, &rows, &format!("before {}", BACK[to].0)).await;
        store.close().await.unwrap();
    }
    let tx = db.tx().await;
    let chain = Chain::Customer(rows.customer.id);
    assert_eq!(tx.audit().forget(chain, at(2)).await.unwrap(), 2);
    tx.commit().await.unwrap();
    let left = db.store.read().audit().verify(chain).await.unwrap();
    assert_eq!(left, Ok(1), "what the last one is for works");
}
