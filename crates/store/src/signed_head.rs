//! Heads of the audit chains as they were at a time, signed with the key that lies outside the
//! database and kept outside of it too: they show a database that was put back to an older state,
//! whose own heads are sealed and true.

use std::{collections::BTreeMap, fmt, str::FromStr};

use model::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use crate::{
    Chain, StoreError, StoreKey,
    codec::{from_hex, nanoseconds, to_hex},
    entity::{audit, audit_checkpoint, audit_head},
};

/// A chain's last row at a time. As text one line, to be written where the database is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    /// When it was signed.
    pub at: Timestamp,
    /// Which chain.
    pub chain: Chain,
    /// The last row's place in it.
    pub sequence: u64,
    hash: Vec<u8>,
    signature: Vec<u8>,
}

/// What a look at signed heads found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeadsReport {
    /// Heads that the database still agrees with.
    pub held: u64,
    /// What is wrong, in words.
    pub faults: Vec<String>,
}

impl SignedHead {
    fn new(key: &StoreKey, at: Timestamp, head: audit_head::Model) -> Self {
        let mut signed = Self {
            at,
            chain: Chain::from_uuid(head.chain),
            sequence: u64::try_from(head.sequence).unwrap_or(0),
            hash: head.hash,
            signature: Vec::new(),
        };
        signed.signature = signed.sign(key);
        signed
    }

    fn sign(&self, key: &StoreKey) -> Vec<u8> {
        let chain = self.chain.uuid();
        let parts: [&[u8]; 5] = [
            b"signed audit head",
            &nanoseconds(self.at).to_be_bytes(),
            chain.as_bytes(),
            &self.sequence.to_be_bytes(),
            &self.hash,
        ];
        key.checksum(&parts).to_vec()
    }
}

impl fmt::Display for SignedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hash, signature) = (to_hex(&self.hash), to_hex(&self.signature));
        let (at, chain, sequence) = (self.at, self.chain.uuid(), self.sequence);
        write!(f, "{at} {chain} {sequence} {hash} {signature}")
    }
}

impl FromStr for SignedHead {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let parts: Vec<&str> = line.split_ascii_whitespace().collect();
        let [at, chain, sequence, hash, signature] = parts[..] else {
            return Err(());
        };
        Ok(Self {
            at: at.parse().map_err(drop)?,
            chain: Chain::from_uuid(chain.parse::<Uuid>().map_err(drop)?),
            sequence: sequence.parse().map_err(drop)?,
            hash: from_hex(hash).ok_or(())?,
            signature: from_hex(signature).ok_or(())?,
        })
    }
}

/// The heads of all chains that have rows, signed.
pub(crate) async fn sign(
    conn: &impl ConnectionTrait,
    key: &StoreKey,
    at: Timestamp,
) -> Result<Vec<SignedHead>, StoreError> {
    let heads = audit_head::Entity::find()
        .filter(audit_head::Column::Sequence.gt(0))
        .all(conn)
        .await?;
    Ok(heads
        .into_iter()
        .map(|head| SignedHead::new(key, at, head))
        .collect())
}

/// Rows that are looked up at once.
const CHUNK: usize = 500;

/// Whether the database still has what was signed.
pub(crate) async fn check(
    conn: &impl ConnectionTrait,
    key: &StoreKey,
    text: &str,
) -> Result<HeadsReport, StoreError> {
    let mut report = HeadsReport::default();
    let mut chains: BTreeMap<Uuid, Vec<SignedHead>> = BTreeMap::new();
    for (line, number) in text.lines().zip(1..) {
        match line.parse::<SignedHead>() {
            Ok(head) if head.sign(key) == head.signature => {
                chains.entry(head.chain.uuid()).or_default().push(head);
            }
            _ => report.faults.push(format!(
                "line {number} of the signed audit heads was changed"
            )),
        }
    }
    for (chain, heads) in chains {
        let forgotten = audit_checkpoint::Entity::find_by_id(chain)
            .one(conn)
            .await?;
        let forgotten = forgotten.map_or(0, |point| u64::try_from(point.sequence).unwrap_or(0));
        for heads in heads.chunks(CHUNK) {
            let rows = hashes(conn, chain, heads).await?;
            for head in heads {
                if head.sequence <= forgotten || rows.get(&head.sequence) == Some(&head.hash) {
                    report.held += 1;
                } else {
                    report.faults.push(head.missed());
                }
            }
        }
    }
    Ok(report)
}

impl SignedHead {
    fn missed(&self) -> String {
        format!(
            "{} had row {} at {}, which is gone or another now: the database was put back to an \
             older state, or changed",
            self.chain, self.sequence, self.at
        )
    }
}

async fn hashes(
    conn: &impl ConnectionTrait,
    chain: Uuid,
    heads: &[SignedHead],
) -> Result<BTreeMap<u64, Vec<u8>>, StoreError> {
    let wanted = heads.iter().map(|head| crate::codec::signed(head.sequence));
    let rows: Vec<(i64, Vec<u8>)> = audit::Entity::find()
        .select_only()
        .column(audit::Column::Sequence)
        .column(audit::Column::Hash)
        .filter(audit::Column::Chain.eq(chain))
        .filter(audit::Column::Sequence.is_in(wanted))
        .into_tuple()
        .all(conn)
        .await?;
    let rows = rows.into_iter();
    Ok(rows
        .map(|(sequence, hash)| (u64::try_from(sequence).unwrap_or(0), hash))
        .collect())
}
