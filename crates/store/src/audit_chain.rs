//! How audit rows are chained, and how a chain is verified.
//!
//! Each row's hash is SHA-256 over the hash before it and all its columns. The head keeps the last
//! sequence and hash, and a checksum of both with the key that lies outside the database: whoever
//! can write to the database alone cannot rewrite a chain, nor cut off its end.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    Broken, Chain, NewAudit, StoreError, StoreKey,
    codec::{self, nanoseconds},
    entity::{audit, audit_checkpoint, audit_head, node},
    repository::rows,
};

const START: [u8; 32] = [0; 32];

fn to_row(entry: NewAudit, chain: Uuid, sequence: i64) -> audit::Model {
    let (actor_kind, actor) = codec::principal(&entry.actor);
    audit::Model {
        id: entry.id.uuid(),
        chain,
        sequence,
        at: nanoseconds(entry.at),
        actor_kind: actor_kind.to_owned(),
        actor,
        actor_name: entry.actor_name,
        door: entry.door.as_str().to_owned(),
        source: entry.source.map(|address| address.to_string()),
        action: entry.action,
        model: entry.model.as_str().to_owned(),
        subject_id: entry.subject_id,
        subject_name: entry.subject_name,
        before_json: entry.before,
        after_json: entry.after,
        hash: Vec::new(),
    }
}

/// Every column with its length before it, so that no two rows read the same.
fn hash(before: &[u8], row: &audit::Model) -> [u8; 32] {
    let mut digest = Sha256::new();
    let mut add = |part: Option<&[u8]>| match part {
        Some(bytes) => {
            digest.update([1]);
            digest.update((bytes.len() as u64).to_be_bytes());
            digest.update(bytes);
        }
        None => digest.update([0]),
    };
    add(Some(before));
    add(Some(row.id.as_bytes()));
    add(Some(row.chain.as_bytes()));
    add(Some(&row.sequence.to_be_bytes()));
    add(Some(&row.at.to_be_bytes()));
    add(Some(row.actor_kind.as_bytes()));
    add(row.actor.as_ref().map(|id| id.as_bytes().as_slice()));
    add(Some(row.actor_name.as_bytes()));
    add(Some(row.door.as_bytes()));
    add(row.source.as_deref().map(str::as_bytes));
    add(Some(row.action.as_bytes()));
    add(Some(row.model.as_bytes()));
    add(Some(row.subject_id.as_bytes()));
    add(Some(row.subject_name.as_bytes()));
    add(row.before_json.as_deref().map(str::as_bytes));
    add(row.after_json.as_deref().map(str::as_bytes));
    digest.finalize().into()
}

/// A chain's last row.
const HEAD: &[u8] = b"audit head";
/// The last row that was removed because of its age.
const CHECKPOINT: &[u8] = b"audit checkpoint";

fn seal(key: &StoreKey, what: &[u8], chain: Uuid, sequence: i64, hash: &[u8]) -> Vec<u8> {
    let parts: [&[u8]; 4] = [what, chain.as_bytes(), &sequence.to_be_bytes(), hash];
    key.checksum(&parts).to_vec()
}

/// Chains the entries. Chains are taken in order of their id, so that two transactions cannot
/// wait for each other, and each head stays locked until the commit.
pub(crate) async fn append(
    conn: &impl ConnectionTrait,
    key: &StoreKey,
    entries: Vec<NewAudit>,
) -> Result<(), StoreError> {
    let mut chains: BTreeMap<Uuid, Vec<NewAudit>> = BTreeMap::new();
    for entry in entries {
        let chain = entry.customer.map_or(Chain::Provider, Chain::Customer);
        chains.entry(chain.uuid()).or_default().push(entry);
    }
    for (chain, entries) in chains {
        append_to(conn, key, chain, entries).await?;
    }
    Ok(())
}

/// Waits until no other transaction is about to write to the chain, and keeps it so.
pub(crate) async fn lock(conn: &impl ConnectionTrait, chain: Chain) -> Result<(), StoreError> {
    locked(conn, chain.uuid()).await.map(drop)
}

async fn locked(
    conn: &impl ConnectionTrait,
    chain: Uuid,
) -> Result<Option<audit_head::Model>, StoreError> {
    let head = audit_head::Entity::find_by_id(chain).lock_exclusive();
    Ok(head.one(conn).await?)
}

/// Begins a chain, unless it has begun: whoever has one always has a head, so that a chain that was
/// removed as a whole is missed.
pub(crate) async fn begin(
    conn: &impl ConnectionTrait,
    key: &StoreKey,
    chain: Uuid,
) -> Result<(), StoreError> {
    let first = audit_head::Model {
        chain,
        sequence: 0,
        hash: START.to_vec(),
        seal: seal(key, HEAD, chain, 0, &START),
    };
    let keep = OnConflict::column(audit_head::Column::Chain)
        .do_nothing()
        .to_owned();
    rows::upsert(conn, first, keep).await?;
    Ok(())
}

async fn append_to(
    conn: &impl ConnectionTrait,
    key: &StoreKey,
    chain: Uuid,
    entries: Vec<NewAudit>,
) -> Result<(), StoreError> {
    begin(conn, key, chain).await?;
    let head = locked(conn, chain).await?.ok_or(StoreError::NotFound)?;
    let mut sequence = head.sequence;
    let mut last = head.hash;
    let mut chained = Vec::with_capacity(entries.len());
    for entry in entries {
        sequence += 1;
        let mut row = to_row(entry, chain, sequence);
        last = hash(&last, &row).to_vec();
        row.hash.clone_from(&last);
        chained.push(row);
    }
    rows::insert_many(conn, chained).await?;
    audit_head::Entity::update_many()
        .col_expr(audit_head::Column::Sequence, Expr::val(sequence))
        .col_expr(
            audit_head::Column::Seal,
            Expr::val(seal(key, HEAD, chain, sequence, &last)),
        )
        .col_expr(audit_head::Column::Hash, Expr::val(last))
        .filter(audit_head::Column::Chain.eq(chain))
        .exec(conn)
        .await?;
    Ok(())
}

/// Whether this chain has begun: a customer's with the customer, the provider's with the provider.
async fn must_exist(conn: &impl ConnectionTrait, chain: Chain) -> Result<bool, StoreError> {
    let found = match chain {
        Chain::Customer(customer) => node::Entity::find_by_id(customer.uuid()).one(conn).await?,
        Chain::Provider => {
            let provider = node::Entity::find().filter(node::Column::Parent.is_null());
            provider.one(conn).await?
        }
    };
    Ok(found.is_some())
}

/// Rows that are verified at once.
const CHUNK: u64 = 1000;

pub(crate) async fn verify(
    conn: &impl ConnectionTrait,
    key: &StoreKey,
    chain: Chain,
) -> Result<Result<u64, Broken>, StoreError> {
    let broken = |sequence: i64, what| {
        Ok(Err(Broken {
            chain,
            sequence: u64::try_from(sequence).unwrap_or(0),
            what,
        }))
    };
    let head = audit_head::Entity::find_by_id(chain.uuid())
        .one(conn)
        .await?;
    let (first, mut last) = match checkpoint(conn, chain.uuid()).await? {
        None => (0, START.to_vec()),
        Some(point) if point.is_sealed(key) => (point.sequence, point.hash),
        Some(point) => return broken(point.sequence, "the checkpoint was changed"),
    };
    let mut sequence = first;
    loop {
        let rows = audit::Entity::find()
            .filter(audit::Column::Chain.eq(chain.uuid()))
            .filter(audit::Column::Sequence.gt(sequence))
            .order_by_asc(audit::Column::Sequence)
            .limit(CHUNK)
            .all(conn)
            .await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            sequence += 1;
            if row.sequence != sequence {
                return broken(sequence, "a row was removed");
            }
            last = hash(&last, &row).to_vec();
            if row.hash != last {
                return broken(sequence, "a row was changed or moved");
            }
        }
    }
    let Some(head) = head else {
        return match sequence {
            0 if must_exist(conn, chain).await? => broken(1, "the whole log was removed"),
            0 => Ok(Ok(0)),
            _ => broken(sequence, "the head was removed"),
        };
    };
    if head.seal != seal(key, HEAD, chain.uuid(), head.sequence, &head.hash) {
        return broken(head.sequence, "the head was changed");
    }
    if head.sequence != sequence || head.hash != last {
        return broken(sequence + 1, "rows were removed or added at the end");
    }
    Ok(Ok(u64::try_from(sequence - first).unwrap_or(0)))
}

async fn checkpoint(
    conn: &impl ConnectionTrait,
    chain: Uuid,
) -> Result<Option<audit_checkpoint::Model>, StoreError> {
    let found = audit_checkpoint::Entity::find_by_id(chain);
    Ok(found.one(conn).await?)
}

impl audit_checkpoint::Model {
    fn is_sealed(&self, key: &StoreKey) -> bool {
        self.seal == seal(key, CHECKPOINT, self.chain, self.sequence, &self.hash)
    }
}

/// Removes the first rows of a chain that are older, at most [`CHUNK`] of them, and leaves a sealed
/// checkpoint from which the chain goes on. Answers how many went.
pub(crate) async fn forget(
    conn: &impl ConnectionTrait,
    key: &StoreKey,
    chain: Chain,
    before: i64,
) -> Result<u64, StoreError> {
    let chain = chain.uuid();
    let head = locked(conn, chain).await?;
    let known = checkpoint(conn, chain).await?;
    let first = known.as_ref().map_or(0, |point| point.sequence);
    // A checkpoint that somebody else made is no ground to remove anything.
    if head.is_none() || known.is_some_and(|point| !point.is_sealed(key)) {
        return Ok(0);
    }
    let rows = audit::Entity::find()
        .filter(audit::Column::Chain.eq(chain))
        .filter(audit::Column::Sequence.gt(first))
        .order_by_asc(audit::Column::Sequence)
        .limit(CHUNK)
        .all(conn)
        .await?;
    let Some(last) = rows.into_iter().take_while(|row| row.at < before).last() else {
        return Ok(0);
    };
    let point = audit_checkpoint::Model {
        chain,
        sequence: last.sequence,
        seal: seal(key, CHECKPOINT, chain, last.sequence, &last.hash),
        hash: last.hash,
    };
    let replace = OnConflict::column(audit_checkpoint::Column::Chain)
        .update_columns([
            audit_checkpoint::Column::Sequence,
            audit_checkpoint::Column::Hash,
            audit_checkpoint::Column::Seal,
        ])
        .to_owned();
    rows::upsert(conn, point, replace).await?;
    let gone = audit::Entity::delete_many()
        .filter(audit::Column::Chain.eq(chain))
        .filter(audit::Column::Sequence.lte(last.sequence))
        .exec(conn)
        .await?;
    Ok(gone.rows_affected)
}
