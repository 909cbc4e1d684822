//! The key that secrets are encrypted with, and the sealing of single values.
//!
//! AES-256-GCM with a random 96-bit nonce a value. The associated data binds a value to its table,
//! column and row, so that a ciphertext that is moved to another row does not open.

use aes_gcm::{
    Aes256Gcm, Key, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use model::{Entropy, Secret};
use sea_orm::{ConnectionTrait, Statement};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    codec::{from_hex, to_hex},
    store::sealed::Linked,
};

/// The text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret key is 64 hexadecimal digits")]
pub struct BadKey;

/// 256 bits, kept outside the database.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreKey([u8; 32]);

impl std::fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreKey(…)")
    }
}

impl StoreKey {
    /// A new key.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// Wraps the raw key.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits, with white space around them.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse_hex(text: &str) -> Result<Self, BadKey> {
        let bytes = from_hex(text.trim()).ok_or(BadKey)?;
        bytes.try_into().map(Self).map_err(|_| BadKey)
    }

    /// As it is kept in the key file.
    #[must_use]
    pub fn to_hex(&self) -> Secret {
        Secret::new(to_hex(&self.0))
    }

    /// Names the key without telling it: kept beside each sealed value.
    fn id(&self) -> [u8; 8] {
        let digest = Sha256::new()
            .chain_update(b"convoke key id")
            .chain_update(self.0)
            .finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        id
    }

    /// A keyed checksum: what is written down with it cannot be rewritten without the key.
    pub(crate) fn checksum(&self, parts: &[&[u8]]) -> [u8; 32] {
        let key = Sha256::new()
            .chain_update(b"convoke checksum key")
            .chain_update(self.0)
            .finalize();
        let mut mac =
            <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&key).expect("HMAC takes any length");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// Where a sealed value lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: Uuid,
}

impl Place {
    fn associated_data(&self) -> Vec<u8> {
        format!("{}.{}:{}", self.table, self.column, self.row).into_bytes()
    }
}

const FORMAT: u8 = 1;
const NONCE: usize = 12;
const HEAD: usize = 1 + 8 + NONCE;

/// Encrypts: format, key id, nonce, ciphertext with its tag.
pub(crate) fn seal(
    key: &StoreKey,
    entropy: &dyn Entropy,
    place: Place,
    plain: &str,
) -> Result<Vec<u8>, StoreError> {
    let mut nonce = [0; NONCE];
    entropy.fill(&mut nonce);
    let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(key.0));
    let payload = Payload {
        msg: plain.as_bytes(),
        aad: &place.associated_data(),
    };
    let body = cipher
        .encrypt(&Nonce::from(nonce), payload)
        .map_err(|_| StoreError::Corrupt {
            table: place.table,
            what: format!("{} is too long to encrypt", place.column),
        })?;
    let mut sealed = Vec::with_capacity(HEAD + body.len());
    sealed.push(FORMAT);
    sealed.extend_from_slice(&key.id());
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&body);
    Ok(sealed)
}

/// Decrypts what [`seal`] made for the same place.
pub(crate) fn open(key: &StoreKey, place: Place, sealed: &[u8]) -> Result<Secret, StoreError> {
    let corrupt = || StoreError::Corrupt {
        table: place.table,
        what: format!("{} of row {} does not decrypt", place.column, place.row),
    };
    if sealed.len() < HEAD || sealed[0] != FORMAT {
        return Err(corrupt());
    }
    if sealed[1..9] != key.id() {
        return Err(StoreError::WrongKey);
    }
    let mut nonce = [0; NONCE];
    nonce.copy_from_slice(&sealed[9..HEAD]);
    let cipher = Aes256Gcm::new(&Key::<Aes256Gcm>::from(key.0));
    let payload = Payload {
        msg: &sealed[HEAD..],
        aad: &place.associated_data(),
    };
    let plain = cipher
        .decrypt(&Nonce::from(nonce), payload)
        .map_err(|_| corrupt())?;
    String::from_utf8(plain)
        .map(Secret::new)
        .map_err(|_| corrupt())
}

const CHECK: &str = "key_check";
const CHECK_PLACE: Place = Place {
    table: "settings",
    column: "value",
    row: Uuid::nil(),
};

/// Whether rows exist that only the key they were made with opens.
pub(crate) async fn is_needed(conn: &impl ConnectionTrait) -> Result<bool, StoreError> {
    let statement = Statement::from_string(
        conn.get_database_backend(),
        "SELECT 1 AS one WHERE EXISTS (SELECT 1 FROM devices) \
         OR EXISTS (SELECT 1 FROM rooms WHERE participant_pin IS NOT NULL \
                    OR moderator_pin IS NOT NULL) \
         OR EXISTS (SELECT 1 FROM idempotency_keys WHERE body IS NOT NULL) \
         OR EXISTS (SELECT 1 FROM audit_heads)",
    );
    Ok(conn.query_one_raw(statement).await?.is_some())
}

/// Refuses a key that the database was not made with; a database without secrets takes any.
pub(crate) async fn check_belongs(tx: &Tx) -> Result<(), StoreError> {
    let known = tx.settings().get(CHECK).await?;
    if let Some(known) = known {
        let sealed = from_hex(&known).ok_or(StoreError::WrongKey)?;
        if open(&tx.shared().key, CHECK_PLACE, &sealed).is_ok() {
            return Ok(());
        }
        if is_needed(tx.link()).await? {
            return Err(StoreError::WrongKey);
        }
    }
    let sealed = tx.shared().seal(CHECK_PLACE, "convoke")?;
    tx.settings().set(CHECK, &to_hex(&sealed)).await
}

#[cfg(test)]
mod tests;
