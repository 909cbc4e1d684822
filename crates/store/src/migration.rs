//! The tables, and how they came about: each migration is written once and never changed.
//!
//! The texts serve both databases; `{id}` and `{bytes}` are replaced by what each calls a UUID and
//! a byte string, `{text}` by text that sorts by code point, so that pages are the same on both.

use sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend};
use sea_orm_migration::{
    MigrationTrait, MigratorTrait, SchemaManager, sea_orm::EntityTrait, seaql_migrations,
};

use crate::StoreError;

mod m0001_spine;
mod m0002_flows;
mod m0003_recordings;
mod m0004_binding_q;
mod m0005_audit_checkpoints;

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_spine::Migration),
            Box::new(m0002_flows::Migration),
            Box::new(m0003_recordings::Migration),
            Box::new(m0004_binding_q::Migration),
            Box::new(m0005_audit_checkpoints::Migration),
        ]
    }
}

/// Serialises servers that start on one PostgreSQL database at the same time.
const POSTGRES_LOCK: &str = "SELECT pg_advisory_xact_lock(4826573301)";
/// A migration of a large table, or waiting for another server's, takes as long as it takes.
const POSTGRES_PATIENCE: &str = "SET LOCAL statement_timeout = 0";

/// Brings the tables up to this version, all or nothing.
pub(crate) async fn run(tx: &DatabaseTransaction) -> Result<(), StoreError> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(POSTGRES_PATIENCE).await?;
        tx.execute_unprepared(POSTGRES_LOCK).await?;
    }
    let known: Vec<String> = Migrator::migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect();
    if SchemaManager::new(tx).has_table(TABLE).await? {
        let applied = seaql_migrations::Entity::find().all(tx).await?;
        let newer = applied
            .into_iter()
            .map(|row| row.version)
            .filter(|version| !known.contains(version))
            .min();
        if let Some(migration) = newer {
            return Err(StoreError::NewerSchema { migration });
        }
    }
    Migrator::up(tx, None).await?;
    Ok(())
}

const TABLE: &str = "seaql_migrations";

/// Whether the database has our tables at all.
pub(crate) async fn is_applied(conn: &DatabaseConnection) -> Result<bool, StoreError> {
    Ok(SchemaManager::new(conn).has_table(TABLE).await?
        && SchemaManager::new(conn).has_table("audit_heads").await?)
}

/// Runs statements separated by blank lines, with the types of the database at hand.
async fn execute(manager: &SchemaManager<'_>, text: &str) -> Result<(), sea_orm::DbErr> {
    let conn = manager.get_connection();
    let (id, bytes, collated) = match manager.get_database_backend() {
        DbBackend::Postgres => ("UUID", "BYTEA", "TEXT COLLATE \"C\""),
        _ => ("BLOB", "BLOB", "TEXT"),
    };
    let text = text
        .replace("{id}", id)
        .replace("{bytes}", bytes)
        .replace("{text}", collated);
    for statement in text.split("\n\n").filter(|part| !part.trim().is_empty()) {
        conn.execute_unprepared(statement).await?;
    }
    Ok(())
}
