//! Facts about this server: its realm, when it was made, which key it has.

use sea_orm::{EntityTrait, sea_query::OnConflict};

use super::{Settings, rows};
use crate::{Access, StoreError, Tx, entity::setting as entity, store::sealed::Linked};

impl<A: Access> Settings<'_, A> {
    /// The value, if it was ever set.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn get(&self, key: &str) -> Result<Option<String>, StoreError> {
        let row = entity::Entity::find_by_id(key.to_owned())
            .one(self.0.link())
            .await?;
        Ok(row.map(|row| row.value))
    }
}

impl Settings<'_, Tx> {
    /// Sets or replaces a value.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn set(&self, key: &str, value: &str) -> Result<(), StoreError> {
        let row = entity::Model {
            key: key.to_owned(),
            value: value.to_owned(),
        };
        let replace = OnConflict::column(entity::Column::Key)
            .update_column(entity::Column::Value)
            .to_owned();
        rows::upsert(self.0.link(), row, replace).await?;
        Ok(())
    }
}
