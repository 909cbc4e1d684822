//! Browsers that are signed in. Only the hash of a token is kept.

use model::{CustomerId, ManagerId, Session, SessionHolder, SessionId, Timestamp, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};
use uuid::Uuid;

use super::{Sessions, rows};
use crate::{
    Access, StoreError, Tx,
    codec::{Table, nanoseconds},
    entity::session as entity,
    store::sealed::Linked,
};

const TABLE: Table = Table("sessions");

const fn holder(holder: SessionHolder) -> (&'static str, Uuid) {
    match holder {
        SessionHolder::User(user) => ("user", user.uuid()),
        SessionHolder::Manager(manager) => ("manager", manager.uuid()),
    }
}

fn from_row(row: entity::Model) -> Result<Session, StoreError> {
    Ok(Session {
        id: SessionId::from_uuid(row.id),
        holder: match row.holder_kind.as_str() {
            "user" => SessionHolder::User(UserId::from_uuid(row.holder)),
            "manager" => SessionHolder::Manager(ManagerId::from_uuid(row.holder)),
            other => return Err(TABLE.corrupt(format!("holder_kind: {other:?}"))),
        },
        customer: row.customer.map(CustomerId::from_uuid),
        created_at: TABLE.time("created_at", row.created_at)?,
        last_seen_at: TABLE.time("last_seen_at", row.last_seen_at)?,
        expires_at: TABLE.time("expires_at", row.expires_at)?,
        source: TABLE.address("source", row.source.as_deref())?,
        user_agent: row.user_agent,
    })
}

impl<A: Access> Sessions<'_, A> {
    /// The session with that token's SHA-256, unless it has expired.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_token(
        &self,
        token_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let row = entity::Entity::find()
            .filter(entity::Column::TokenHash.eq(token_hash.to_vec()))
            .filter(entity::Column::ExpiresAt.gt(nanoseconds(now)))
            .one(self.0.link())
            .await?;
        row.map(from_row).transpose()
    }

    /// One session.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_id(&self, session: SessionId) -> Result<Option<Session>, StoreError> {
        let row = entity::Entity::find_by_id(session.uuid())
            .one(self.0.link())
            .await?;
        row.map(from_row).transpose()
    }

    /// All of one holder's, newest first, expired ones that were not purged yet included.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn of_holder(&self, whose: SessionHolder) -> Result<Vec<Session>, StoreError> {
        let (kind, id) = holder(whose);
        let rows = entity::Entity::find()
            .filter(entity::Column::Holder.eq(id))
            .filter(entity::Column::HolderKind.eq(kind))
            .order_by_desc(entity::Column::CreatedAt)
            .all(self.0.link())
            .await?;
        rows.into_iter().map(from_row).collect()
    }
}

impl Sessions<'_, Tx> {
    /// Adds a session with the SHA-256 of its token.
    ///
    /// # Errors
    /// [`StoreError::Taken`] if the token is in use.
    pub async fn insert(&self, session: &Session, token_hash: &[u8; 32]) -> Result<(), StoreError> {
        let (kind, id) = holder(session.holder);
        let row = entity::Model {
            id: session.id.uuid(),
            token_hash: token_hash.to_vec(),
            holder_kind: kind.to_owned(),
            holder: id,
            customer: session.customer.map(CustomerId::uuid),
            created_at: nanoseconds(session.created_at),
            last_seen_at: nanoseconds(session.last_seen_at),
            expires_at: nanoseconds(session.expires_at),
            source: session.source.map(|address| address.to_string()),
            user_agent: session.user_agent.clone(),
        };
        rows::insert(self.0.link(), row).await
    }

    /// Notes a use and moves the end.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn touch(
        &self,
        session: SessionId,
        last_seen_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let done = entity::Entity::update_many()
            .col_expr(
                entity::Column::LastSeenAt,
                Expr::val(nanoseconds(last_seen_at)),
            )
            .col_expr(
                entity::Column::ExpiresAt,
                Expr::val(nanoseconds(expires_at)),
            )
            .filter(entity::Column::Id.eq(session.uuid()))
            .exec(self.0.link())
            .await?;
        if done.rows_affected == 0 {
            return Err(StoreError::NotFound);
        }
        Ok(())
    }

    /// Ends a session; false: it had ended before.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn delete(&self, session: SessionId) -> Result<bool, StoreError> {
        let done = entity::Entity::delete_by_id(session.uuid())
            .exec(self.0.link())
            .await?;
        Ok(done.rows_affected > 0)
    }

    /// Ends all of one holder's, but for the one given; how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn delete_of_holder(
        &self,
        whose: SessionHolder,
        except: Option<SessionId>,
    ) -> Result<u64, StoreError> {
        let (kind, id) = holder(whose);
        let mut ended = entity::Entity::delete_many()
            .filter(entity::Column::Holder.eq(id))
            .filter(entity::Column::HolderKind.eq(kind));
        if let Some(except) = except {
            ended = ended.filter(entity::Column::Id.ne(except.uuid()));
        }
        Ok(ended.exec(self.0.link()).await?.rows_affected)
    }

    /// Removes what has expired; how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn purge_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        let done = entity::Entity::delete_many()
            .filter(entity::Column::ExpiresAt.lte(nanoseconds(now)))
            .exec(self.0.link())
            .await?;
        Ok(done.rows_affected)
    }
}
