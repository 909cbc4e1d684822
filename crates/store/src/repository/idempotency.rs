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

/// A request with a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedRequest {
    /// Who asks.
    pub holder: String,
    /// The key they chose.
    pub key: String,
    /// SHA-256 of method, path and body.
    pub fingerprint: [u8; 32],
    /// When it came.
    pub at: Timestamp,
}

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Ours: do it, then complete or release it.
    Fresh,
    /// The same request is being done.
    InProgress,
    /// It was done.
    Done {
        /// HTTP status of the answer.
        status: u16,
        /// Its body.
        body: String,
    },
    /// It was done by a run of the server that ended before it answered.
    AnswerLost {
        /// The id of what was changed.
        subject: String,
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

fn which(request: &KeyedRequest) -> Condition {
    Condition::all()
        .add(entity::Column::Holder.eq(&request.holder))
        .add(entity::Column::Key.eq(&request.key))
}

fn to_row(request: &KeyedRequest, status: Option<u16>, body: Option<Vec<u8>>) -> entity::Model {
    entity::Model {
        holder: request.holder.clone(),
        key: request.key.clone(),
        row_id: row_id(&request.holder, &request.key),
        fingerprint: request.fingerprint.to_vec(),
        status: status.map(i64::from),
        body,
        created_at: nanoseconds(request.at),
    }
}

impl Idempotency<'_, Tx> {
    /// Claims a key for a request. What a run of the server before `began` has claimed and never
    /// completed is not being done any more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn claim(
        &self,
        request: &KeyedRequest,
        began: Timestamp,
    ) -> Result<Claim, StoreError> {
        let link = self.0.link();
        let old = entity::Column::CreatedAt.lte(nanoseconds(request.at).saturating_sub(KEPT));
        let given_up = Condition::all()
            .add(entity::Column::Status.is_null())
            .add(entity::Column::Body.is_null())
            .add(entity::Column::CreatedAt.lt(nanoseconds(began)));
        entity::Entity::delete_many()
            .filter(which(request))
            .filter(Condition::any().add(given_up).add(old))
            .exec(link)
            .await?;
        let keep = OnConflict::columns([entity::Column::Holder, entity::Column::Key])
            .do_nothing()
            .to_owned();
        if rows::upsert(link, to_row(request, None, None), keep).await? {
            return Ok(Claim::Fresh);
        }
        let Some(row) = entity::Entity::find()
            .filter(which(request))
            .one(link)
            .await?
        else {
            return Ok(Claim::InProgress);
        };
        if row.fingerprint != request.fingerprint {
            return Ok(Claim::OtherRequest);
        }
        let Some(body) = row.body else {
            return Ok(Claim::InProgress);
        };
        let body = key::open(&self.0.shared().key, place(row.row_id), &body)?;
        let body = body.expose().to_owned();
        match row.status {
            Some(status) => Ok(Claim::Done {
                status: TABLE.count("status", status)?,
                body,
            }),
            None if row.created_at < nanoseconds(began) => Ok(Claim::AnswerLost { subject: body }),
            None => Ok(Claim::InProgress),
        }
    }

    /// In the transaction that does a claimed request: it is done, and only its answer is not
    /// known yet.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn made(&self, request: &KeyedRequest, subject: &str) -> Result<(), StoreError> {
        let row = row_id(&request.holder, &request.key);
        let sealed = self.0.shared().seal(place(row), subject)?;
        entity::Entity::update_many()
            .col_expr(entity::Column::Body, Expr::val(sealed))
            .filter(which(request))
            .filter(entity::Column::Status.is_null())
            .exec(self.0.link())
            .await?;
        Ok(())
    }

    /// Keeps the answer to a request, also to one that could not be claimed here.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn complete(
        &self,
        request: &KeyedRequest,
        status: u16,
        body: &str,
    ) -> Result<(), StoreError> {
        let row = row_id(&request.holder, &request.key);
        let sealed = self.0.shared().seal(place(row), body)?;
        let replace = OnConflict::columns([entity::Column::Holder, entity::Column::Key])
            .update_columns([
                entity::Column::Fingerprint,
                entity::Column::Status,
                entity::Column::Body,
            ])
            .to_owned();
        rows::upsert(
            self.0.link(),
            to_row(request, Some(status), Some(sealed)),
            replace,
        )
        .await?;
        Ok(())
    }

    /// Gives a claim back: the request changed nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn release(&self, request: &KeyedRequest) -> Result<(), StoreError> {
        entity::Entity::delete_many()
            .filter(which(request))
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
