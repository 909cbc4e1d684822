//! Heads of the audit chains as they were at a time, signed with the key that lies outside the
//! database and kept outside of it too: they show a database that was put back to an older state,
//! whose own heads are sealed and true. Each carries the signature of the one before it, and the
//! database has that of the last, so that none can be taken away unseen.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    str::FromStr,
};

use model::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::{
    Chain, StoreError, StoreKey,
    codec::{from_hex, nanoseconds, to_hex},
    entity::{audit, audit_checkpoint, audit_head, setting},
};

/// The setting that has the signature of the last line.
pub(crate) const LAST: &str = "audit.last_signed_head";

/// What a line is signed with: it names the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature(Vec<u8>);

impl Signature {
    /// Stands before the first line.
    fn none() -> Self {
        Self(vec![0; 32])
    }

    /// The one that a new line follows on: the last of the file. Where the last that the database
    /// knows of is not in the file, lines were taken away at its end, and the new line shows it.
    pub fn to_follow<'a>(known: Option<Self>, lines: impl Iterator<Item = &'a str>) -> Self {
        let mut is_there = known.is_none();
        let mut last = None;
        for head in lines.filter_map(|line| line.parse::<SignedHead>().ok()) {
            is_there |= known.as_ref() == Some(&head.signature);
            last = Some(head.signature);
        }
        let found = if is_there { last } else { known };
        found.unwrap_or_else(Self::none)
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

impl FromStr for Signature {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        from_hex(text).map(Self).ok_or(())
    }
}

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
    /// Of the line before.
    before: Signature,
    /// Of this line.
    pub signature: Signature,
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
    fn new(key: &StoreKey, at: Timestamp, head: audit_head::Model, before: Signature) -> Self {
        let mut signed = Self {
            at,
            chain: Chain::from_uuid(head.chain),
            sequence: u64::try_from(head.sequence).unwrap_or(0),
            hash: head.hash,
            before,
            signature: Signature::none(),
        };
        signed.signature = signed.sign(key);
        signed
    }

    fn sign(&self, key: &StoreKey) -> Signature {
        let chain = self.chain.uuid();
        let parts: [&[u8]; 6] = [
            b"signed audit head",
            &nanoseconds(self.at).to_be_bytes(),
            chain.as_bytes(),
            &self.sequence.to_be_bytes(),
            &self.hash,
            &self.before.0,
        ];
        Signature(key.checksum(&parts).to_vec())
    }
}

impl fmt::Display for SignedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (at, chain, sequence) = (self.at, self.chain.uuid(), self.sequence);
        let (hash, before, signature) = (to_hex(&self.hash), &self.before, &self.signature);
        write!(f, "{at} {chain} {sequence} {hash} {before} {signature}")
    }
}

impl FromStr for SignedHead {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let parts: Vec<&str> = line.split_ascii_whitespace().collect();
        let [at, chain, sequence, hash, before, signature] = parts[..] else {
            return Err(());
        };
        Ok(Self {
            at: at.parse().map_err(drop)?,
            chain: Chain::from_uuid(chain.parse::<Uuid>().map_err(drop)?),
            sequence: sequence.parse().map_err(drop)?,
            hash: from_hex(hash).ok_or(())?,
            before: before.parse()?,
            signature: signature.parse()?,
        })
    }
}

/// The heads of the chains that grew since they were `known`, signed one after the other.
pub(crate) async fn sign(
    conn: &impl ConnectionTrait,
    key: &StoreKey,
    at: Timestamp,
    known: &HashMap<Chain, u64>,
    mut before: Signature,
) -> Result<Vec<SignedHead>, StoreError> {
    let heads = audit_head::Entity::find()
        .filter(audit_head::Column::Sequence.gt(0))
        .order_by_asc(audit_head::Column::Chain)
        .all(conn)
        .await?;
    let grew = |head: &audit_head::Model| {
        let known = known.get(&Chain::from_uuid(head.chain));
        known.is_none_or(|known| crate::codec::signed(*known) != head.sequence)
    };
    let mut signed = Vec::new();
    for head in heads.into_iter().filter(grew) {
        let head = SignedHead::new(key, at, head, before);
        before = head.signature.clone();
        signed.push(head);
    }
    Ok(signed)
}

/// What can be said of the lines themselves.
#[derive(Default)]
struct Lines {
    chains: BTreeMap<Uuid, Vec<SignedHead>>,
    faults: Vec<String>,
    is_last_there: bool,
}

fn read(key: &StoreKey, text: &str, last: Option<&Signature>) -> Lines {
    let mut lines = Lines {
        is_last_there: last.is_none(),
        ..Lines::default()
    };
    let mut before = Some(Signature::none());
    for (line, number) in text.lines().zip(1..) {
        let head = line.parse::<SignedHead>();
        let Ok(head) = head.and_then(|head| head.verified(key)) else {
            let fault = format!("line {number} of the signed audit heads was changed");
            lines.faults.push(fault);
            // The next one cannot be held against it.
            before = None;
            continue;
        };
        if before.is_some_and(|before| before != head.before) {
            lines.faults.push(format!(
                "line {number} of the signed audit heads follows on one that is gone: lines \
                 before it were removed"
            ));
        }
        before = Some(head.signature.clone());
        lines.is_last_there |= last == Some(&head.signature);
        let chain = lines.chains.entry(head.chain.uuid()).or_default();
        chain.push(head);
    }
    lines
}

/// Rows that are looked up at once.
const CHUNK: usize = 500;

/// Whether the database still has what was signed.
pub(crate) async fn check(
    conn: &impl ConnectionTrait,
    key: &StoreKey,
    text: &str,
) -> Result<HeadsReport, StoreError> {
    let last = setting::Entity::find_by_id(LAST).one(conn).await?;
    let last = last.and_then(|row| row.value.parse().ok());
    let lines = read(key, text, last.as_ref());
    let mut report = HeadsReport {
        held: 0,
        faults: lines.faults,
    };
    if !lines.is_last_there {
        let fault = "the last lines of the signed audit heads are gone: the file ends too early";
        report.faults.push(fault.to_owned());
    }
    for (chain, heads) in lines.chains {
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
    fn verified(self, key: &StoreKey) -> Result<Self, ()> {
        let is_true = self.sign(key) == self.signature;
        is_true.then_some(self).ok_or(())
    }

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
