//! Hierarchy, users, devices, numbers, rooms, managers, contacts, conferences, calls, bindings,
//! sign-in, access, audit, idempotency, jobs, settings.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0001_spine"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::execute(manager, include_str!("m0001_spine.sql")).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
