//! Requests that must not be done twice: a key is claimed before the act and completed with its
//! answer, which is encrypted because it may hold a password that is shown once.

use model::Timestamp;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::Expr, sea_query::OnConflict,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Idempotency, rows};
use crate::{
    StoreError, Tx,
    codec::{Table, nanoseconds},
    entity::idempotency_key as entity,
    key::{self, Place},
    store::sealed::Linked,
};

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Ours: do it, then complete or release it.
    Fresh,
    /// The same request is being done, or was begun and never completed.
    InProgress,
    /// It was done.
    Done {
        /// HTTP status of the answer.
        status: u16,
        /// Its body.
        body: String,
    },
    /// The key was used for another request.
    OtherRequest,
}

/// How long a key is kept, in nanoseconds: 24 hours.
const KEPT: i64 = 24 * 3600 * 1_000_000_000;

const TABLE: Table = Table("idempotency_keys");

const fn place(row: Uuid) -> Place {
    Place {
        table: "idempotency_keys",
        column: "body",
        row,
    }
}

fn row_id(holder: &str, key: &str) -> Uuid {
    let digest = Sha256::new()
        .chain_update((holder.len() as u64).to_be_bytes())
        .chain_update(holder)
        .chain_update(key)
        .finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(id)
}

fn which(holder: &str, key: &str) -> Condition {
    Condition::all()
        .add(entity::Column::Holder.eq(holder))
        .add(entity::Column::Key.eq(key))
}

impl Idempotency<'_, Tx> {
    /// Claims a key for a request. `holder` is who asks, `fingerprint` the SHA-256 of method,
    /// path and body.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn claim(
        &self,
        holder: &str,
        key: &str,
        fingerprint: &[u8; 32],
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        let link = self.0.link();
        entity::Entity::delete_many()
            .filter(which(holder, key))
            .filter(entity::Column::CreatedAt.lte(nanoseconds(now).saturating_sub(KEPT)))
            .exec(link)
            .await?;
        let row = entity::Model {
            holder: holder.to_owned(),
            key: key.to_owned(),
            row_id: row_id(holder, key),
            fingerprint: fingerprint.to_vec(),
            status: None,
            body: None,
            created_at: nanoseconds(now),
        };
        let keep = OnConflict::columns([entity::Column::Holder, entity::Column::Key])
            .do_nothing()
            .to_owned();
        if rows::upsert(link, row, keep).await? {
            return Ok(Claim::Fresh);
        }
        let Some(row) = entity::Entity::find()
            .filter(which(holder, key))
            .one(link)
            .await?
        else {
            return Ok(Claim::InProgress);
        };
        if row.fingerprint != fingerprint {
            return Ok(Claim::OtherRequest);
        }
        match (row.status, row.body) {
            (Some(status), Some(body)) => Ok(Claim::Done {
                status: TABLE.count("status", status)?,
                body: key::open(&self.0.shared().key, place(row.row_id), &body)?
                    .expose()
                    .to_owned(),
            }),
            _ => Ok(Claim::InProgress),
        }
    }

    /// Keeps the answer to a claimed request.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it was not claimed.
    pub async fn complete(
        &self,
        holder: &str,
        key: &str,
        status: u16,
        body: &str,
    ) -> Result<(), StoreError> {
        let sealed = self.0.shared().seal(place(row_id(holder, key)), body)?;
        let done = entity::Entity::update_many()
            .col_expr(entity::Column::Status, Expr::val(i64::from(status)))
            .col_expr(entity::Column::Body, Expr::val(sealed))
            .filter(which(holder, key))
            .exec(self.0.link())
            .await?;
        if done.rows_affected == 0 {
            return Err(StoreError::NotFound);
        }
        Ok(())
    }

    /// Gives a claim back: the request changed nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn release(&self, holder: &str, key: &str) -> Result<(), StoreError> {
        entity::Entity::delete_many()
            .filter(which(holder, key))
            .exec(self.0.link())
            .await?;
        Ok(())
    }

    /// Removes keys that are older than 24 hours; how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn purge_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        let done = entity::Entity::delete_many()
            .filter(entity::Column::CreatedAt.lte(nanoseconds(now).saturating_sub(KEPT)))
            .exec(self.0.link())
            .await?;
        Ok(done.rows_affected)
    }
}
