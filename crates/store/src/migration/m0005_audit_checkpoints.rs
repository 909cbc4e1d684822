//! Where an audit chain goes on from whose first rows were removed because of their age.

use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait::async_trait};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0005_audit_checkpoints"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        super::execute(manager, include_str!("m0005_audit_checkpoints.sql")).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
