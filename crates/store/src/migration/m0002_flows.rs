//! Bindings of several flows with one contact (RFC 5626), and calls that are still running.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_flows"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::execute(manager, include_str!("m0002_flows.sql")).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
