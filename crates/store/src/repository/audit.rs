//! The audit log: who did what to what, in one chain a customer and one for the provider.

use std::{collections::HashMap, fmt, net::IpAddr};

use model::{AuditEntry, AuditId, CustomerId, Door, Model, Principal, Timestamp};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, IntoSimpleExpr, QueryFilter, QuerySelect,
    Select,
    sea_query::{Expr, Func, LikeExpr},
};
use uuid::Uuid;

use super::{Audit, rows};
use crate::{
    Access, HeadsReport, List, Page, Reader, Scope, Signature, SignedHead, StoreError, Tx,
    audit_chain,
    codec::{self, Table, nanoseconds},
    entity::{audit as entity, audit_head, customer},
    list::{Sort, SortKey, like_beginning, like_part, page},
    signed_head,
    store::sealed::Linked,
};

/// What lists of audit rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AuditSort {
    /// When it was done.
    #[default]
    At,
}

/// Which audit rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// About this kind of thing.
    pub model: Option<Model>,
    /// `user.created`, …
    pub action: Option<String>,
    /// Not what begins so: `session.`.
    pub except_action: Option<String>,
    /// About this thing.
    pub subject_id: Option<String>,
    /// By this one.
    pub actor: Option<Principal>,
    /// At this time or later.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Part of the actor's or subject's name, or of the action.
    pub q: Option<String>,
}

/// An act to write down; its place in the chain is given at the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAudit {
    /// Identity.
    pub id: AuditId,
    /// Whose chain; none: the provider's.
    pub customer: Option<CustomerId>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Principal,
    /// The actor's name.
    pub actor_name: String,
    /// Through which door.
    pub door: Door,
    /// From which address.
    pub source: Option<IpAddr>,
    /// `user.created`, `conference.muted`, …
    pub action: String,
    /// What kind of thing was acted on.
    pub model: Model,
    /// Which.
    pub subject_id: String,
    /// Its name.
    pub subject_name: String,
    /// JSON of the fields before, secrets left out.
    pub before: Option<String>,
    /// JSON of the fields after, secrets left out.
    pub after: Option<String>,
}

/// One chain of the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chain {
    /// The provider's.
    Provider,
    /// A customer's.
    Customer(CustomerId),
}

impl Chain {
    pub(crate) const fn uuid(self) -> Uuid {
        match self {
            Self::Provider => Uuid::nil(),
            Self::Customer(customer) => customer.uuid(),
        }
    }

    pub(crate) const fn from_uuid(chain: Uuid) -> Self {
        if chain.is_nil() {
            Self::Provider
        } else {
            Self::Customer(CustomerId::from_uuid(chain))
        }
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider => write!(f, "the audit log of the provider"),
            Self::Customer(customer) => write!(f, "the audit log of customer {customer}"),
        }
    }
}

/// Where a chain was found to be tampered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which chain.
    pub chain: Chain,
    /// The first place that is wrong.
    pub sequence: u64,
    /// What is wrong there.
    pub what: &'static str,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (chain, sequence, what) = (self.chain, self.sequence, self.what);
        write!(f, "{chain} is broken at row {sequence}: {what}")
    }
}

const TABLE: Table = Table("audit");

fn from_row(row: entity::Model) -> Result<AuditEntry, StoreError> {
    let actor = codec::principal_from(&row.actor_kind, row.actor)
        .ok_or_else(|| TABLE.corrupt(format!("actor_kind: {:?}", row.actor_kind)))?;
    Ok(AuditEntry {
        id: AuditId::from_uuid(row.id),
        customer: match Chain::from_uuid(row.chain) {
            Chain::Provider => None,
            Chain::Customer(customer) => Some(customer),
        },
        sequence: TABLE.count("sequence", row.sequence)?,
        at: TABLE.time("at", row.at)?,
        actor,
        actor_name: row.actor_name,
        door: TABLE.name("door", &row.door, Door::from_name)?,
        source: TABLE.address("source", row.source.as_deref())?,
        action: row.action,
        model: TABLE.name("model", &row.model, Model::from_name)?,
        subject_id: row.subject_id,
        subject_name: row.subject_name,
        before: row.before_json,
        after: row.after_json,
        hash: row
            .hash
            .try_into()
            .map_err(|_| TABLE.corrupt("hash: not 32 bytes"))?,
    })
}

fn select(scope: Scope, filter: &AuditFilter) -> Select<entity::Entity> {
    let mut found = entity::Entity::find().filter(scope.on(entity::Column::Chain));
    if let Some(model) = filter.model {
        found = found.filter(entity::Column::Model.eq(model.as_str()));
    }
    if let Some(action) = &filter.action {
        found = found.filter(entity::Column::Action.eq(action));
    }
    if let Some(beginning) = &filter.except_action {
        let such = LikeExpr::new(like_beginning(beginning)).escape('\\');
        found = found.filter(entity::Column::Action.not_like(such));
    }
    if let Some(subject) = &filter.subject_id {
        found = found.filter(entity::Column::SubjectId.eq(subject));
    }
    if let Some(actor) = &filter.actor {
        let (kind, id) = codec::principal(actor);
        found = found
            .filter(entity::Column::ActorKind.eq(kind))
            .filter(match id {
                Some(id) => entity::Column::Actor.eq(id),
                None => entity::Column::Actor.is_null(),
            });
    }
    if let Some(from) = filter.from {
        found = found.filter(entity::Column::At.gte(nanoseconds(from)));
    }
    if let Some(until) = filter.until {
        found = found.filter(entity::Column::At.lt(nanoseconds(until)));
    }
    if let Some(q) = &filter.q {
        let part = LikeExpr::new(like_part(q)).escape('\\');
        let any = [
            entity::Column::ActorName,
            entity::Column::SubjectName,
            entity::Column::Action,
        ]
        .into_iter()
        .fold(Condition::any(), |any, column| {
            any.add(Expr::expr(Func::lower(column.into_simple_expr())).like(part.clone()))
        });
        found = found.filter(any);
    }
    found
}

impl<A: Access> Audit<'_, A> {
    /// A page of the log; a customer's scope sees its own chain only.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`], [`StoreError::Unavailable`].
    pub async fn list(
        &self,
        scope: Scope,
        filter: &AuditFilter,
        list: &List<AuditSort>,
    ) -> Result<Page<AuditEntry>, StoreError> {
        let sort = match list.sort {
            AuditSort::At => Sort {
                expr: entity::Column::At.into_simple_expr(),
                numeric: true,
                key: |row: &entity::Model| SortKey::Number(row.at),
                id: |row: &entity::Model| row.id,
            },
        };
        page(
            self.0.link(),
            select(scope, filter),
            entity::Column::Id,
            sort,
            list,
        )
        .await?
        .try_map(from_row)
    }

    /// One row.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_id(
        &self,
        scope: Scope,
        row: AuditId,
    ) -> Result<Option<AuditEntry>, StoreError> {
        let row = entity::Entity::find_by_id(row.uuid())
            .filter(scope.on(entity::Column::Chain))
            .one(self.0.link())
            .await?;
        row.map(from_row).transpose()
    }

    /// How many rows.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn count(&self, scope: Scope, filter: &AuditFilter) -> Result<u64, StoreError> {
        rows::count(self.0.link(), select(scope, filter)).await
    }

    /// All chains that there should be, the provider's first: those with a head, those with rows,
    /// and every customer's, so that none is missed because its head was removed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn chains(&self) -> Result<Vec<Chain>, StoreError> {
        let link = self.0.link();
        let heads = audit_head::Entity::find().all(link).await?;
        let customers = customer::Entity::find().all(link).await?;
        let rows: Vec<Uuid> = entity::Entity::find()
            .select_only()
            .column(entity::Column::Chain)
            .distinct()
            .into_tuple()
            .all(link)
            .await?;
        let mut chains: Vec<Uuid> = rows;
        chains.push(Chain::Provider.uuid());
        chains.extend(heads.into_iter().map(|head| head.chain));
        chains.extend(customers.into_iter().map(|customer| customer.id));
        chains.sort_unstable();
        chains.dedup();
        Ok(chains.into_iter().map(Chain::from_uuid).collect())
    }
}

impl Audit<'_, Reader> {
    /// Follows a chain from its first row to its head. `Ok(Ok(n))`: all `n` rows are as they were
    /// written; `Ok(Err(_))`: a row was changed, removed, added or moved.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn verify(&self, chain: Chain) -> Result<Result<u64, Broken>, StoreError> {
        let snapshot = self.0.snapshot().await?;
        let verdict = audit_chain::verify(&snapshot, &self.0.shared().key, chain).await?;
        snapshot.rollback().await?;
        Ok(verdict)
    }
}

impl Audit<'_, Reader> {
    /// The heads of the chains that grew since they were `known`, signed with the key, the first as
    /// following on `before`: to be kept elsewhere.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn sign_heads(
        &self,
        at: Timestamp,
        known: &HashMap<Chain, u64>,
        before: Signature,
    ) -> Result<Vec<SignedHead>, StoreError> {
        signed_head::sign(self.0.link(), &self.0.shared().key, at, known, before).await
    }

    /// The signature of the last head that was kept elsewhere, as [`Audit::heads_are_kept`] has it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn last_signature(&self) -> Result<Option<Signature>, StoreError> {
        let last = self.0.settings().get(signed_head::LAST).await?;
        Ok(last.and_then(|last| last.parse().ok()))
    }

    /// Whether the database still has what was signed, a head a line.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn check_heads(&self, lines: &str) -> Result<HeadsReport, StoreError> {
        signed_head::check(self.0.link(), &self.0.shared().key, lines).await
    }
}

impl Audit<'_, Tx> {
    /// Writes down the last head that is kept elsewhere.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn heads_are_kept(&self, last: &Signature) -> Result<(), StoreError> {
        let settings = self.0.settings();
        settings.set(signed_head::LAST, &last.to_string()).await
    }

    /// Removes the first rows of a chain that are older, some at a time, and leaves a sealed
    /// checkpoint in their place. Answers how many went; none: no more are older.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn forget(&self, chain: Chain, before: Timestamp) -> Result<u64, StoreError> {
        let (link, key) = (self.0.link(), &self.0.shared().key);
        audit_chain::forget(link, key, chain, nanoseconds(before)).await
    }

    /// Whether this row is in the log for good. Waits for any transaction that is about to write
    /// to the same chain: one that was given up by us may yet commit.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn is_kept(
        &self,
        customer: Option<CustomerId>,
        id: AuditId,
    ) -> Result<bool, StoreError> {
        let chain = customer.map_or(Chain::Provider, Chain::Customer);
        audit_chain::lock(self.0.link(), chain).await?;
        let scope = customer.map_or(Scope::Provider, Scope::Customer);
        Ok(self.by_id(scope, id).await?.is_some())
    }

    /// Writes an act down when the transaction commits, as part of it.
    pub fn append(&self, entry: NewAudit) {
        self.0.remember(entry);
    }
}
