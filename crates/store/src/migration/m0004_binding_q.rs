//! Which of its contacts a phone prefers (RFC 3261 §10.2.1.2), over a restart too.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0004_binding_q"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::execute(manager, include_str!("m0004_binding_q.sql")).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
