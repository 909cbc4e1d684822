//! Passwords and tokens: made, judged, hashed and compared.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use model::{Entropy, Secret};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::{Error, error::Fields};

/// Without the signs that people mix up, and none that a phone's keypad or a shell minds.
const ALPHABET: &[u8; 56] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789-";
/// Longer ones only cost time: more than any person types, and any password manager makes.
const MAX_CHARS: usize = 256;

/// Passwords that wait to be compared at most: some seconds of work.
const WAITING: usize = 64;

/// A password for a phone or an account: 20 signs of 56, more than 116 bits.
#[must_use]
pub fn generate(entropy: &dyn Entropy) -> Secret {
    let mut password = String::with_capacity(20);
    while password.len() < 20 {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes);
        // 224 is the largest multiple of 56: above it a remainder would favour some signs.
        let signs = bytes
            .iter()
            .filter(|byte| **byte < 224)
            .map(|byte| ALPHABET[usize::from(*byte) % 56]);
        for sign in signs.take(20 - password.len()) {
            password.push(char::from(sign));
        }
    }
    // A dash at an end gets lost when it is copied.
    if password.starts_with('-') || password.ends_with('-') {
        return generate(entropy);
    }
    Secret::new(password)
}

/// 256 random bits for a session or a key, as text.
pub(crate) fn token(entropy: &dyn Entropy, prefix: &str) -> Secret {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    Secret::new(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// What is kept of a token: it has enough randomness that a plain hash is safe.
pub(crate) fn token_hash(token: &Secret) -> [u8; 32] {
    Sha256::digest(token.expose().as_bytes()).into()
}

/// Judges a password that a person chose; the reasons go to its field.
pub(crate) fn judge(password: &Secret, own_words: &[&str], field: &str, fields: &mut Fields) {
    let text = password.expose();
    if text.is_empty() {
        fields.add(field, "required", "give a password");
        return;
    }
    if text.chars().count() > MAX_CHARS {
        fields.add(field, "too_long", "a password has at most 256 characters");
        return;
    }
    let words: Vec<&str> = own_words
        .iter()
        .flat_map(|word| word.split(['@', '.', ' ', '-', '_']).chain([*word]))
        .filter(|word| word.chars().count() >= 3)
        .chain(["convoke"])
        .collect();
    // What is left without them has to be something.
    let rest = words.iter().fold(text.to_lowercase(), |rest, word| {
        rest.replace(&word.to_lowercase(), "")
    });
    let made_of_own = rest.chars().count() < 6 && rest.len() < text.len();
    if made_of_own {
        let message = "the password is made from a name or address of this person; choose another";
        fields.add(field, "too_weak", message);
        return;
    }
    let estimate = zxcvbn::zxcvbn(text, &words);
    if estimate.score() < zxcvbn::Score::Three {
        fields.add(field, "too_weak", reasons(estimate.feedback()));
    }
}

fn reasons(feedback: Option<&zxcvbn::feedback::Feedback>) -> String {
    let mut text = "the password is too easy to guess".to_owned();
    if let Some(feedback) = feedback {
        if let Some(warning) = feedback.warning() {
            text.push_str(": ");
            text.push_str(&warning.to_string());
        }
        for suggestion in feedback.suggestions() {
            text.push(' ');
            text.push_str(&suggestion.to_string());
        }
    }
    text
}

/// The hashing of passwords: off the async threads, and a few at a time, because each takes
/// 19 MiB and tens of milliseconds.
#[derive(Debug, Clone)]
pub(crate) struct Hashing {
    turns: Arc<Semaphore>,
    /// Passwords that wait to be compared: with more, those who come last would wait for minutes,
    /// and everybody's changes of passwords behind them.
    queue: Arc<Semaphore>,
    /// Hash of nothing anybody knows: compared against when there is no such user, so that the
    /// answer takes as long.
    nobody: Arc<str>,
}

impl Hashing {
    pub(crate) fn new(at_once: usize, entropy: &dyn Entropy) -> Result<Self, Error> {
        let nobody = hash_now(&token(entropy, ""), salt(entropy))?;
        Ok(Self {
            turns: Arc::new(Semaphore::new(at_once)),
            queue: Arc::new(Semaphore::new(WAITING)),
            nobody: nobody.into(),
        })
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _turn = self.turns.acquire().await.map_err(|_| Error::Internal)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|e| Error::internal("hash a password", &e))
    }

    /// Argon2id with the cost that OWASP recommends (19 MiB, two passes), as a PHC string.
    pub(crate) async fn hash(
        &self,
        password: &Secret,
        entropy: &dyn Entropy,
    ) -> Result<String, Error> {
        let (password, salt) = (password.clone(), salt(entropy));
        self.off_thread(move || hash_now(&password, salt)).await?
    }

    /// Whether it is the password. Without a hash it takes as long and is false.
    pub(crate) async fn verify(
        &self,
        password: &Secret,
        hash: Option<String>,
    ) -> Result<bool, Error> {
        if password.expose().chars().count() > MAX_CHARS {
            return Ok(false);
        }
        let queue = self.queue.try_acquire();
        let _place = queue.map_err(|_| Error::Unavailable("the sign-in"))?;
        let (password, nobody) = (password.clone(), self.nobody.clone());
        self.off_thread(move || {
            let known = hash.is_some();
            let hash = hash.as_deref().unwrap_or(&nobody);
            let right = PasswordHash::new(hash).is_ok_and(|parsed| {
                Argon2::default()
                    .verify_password(password.expose().as_bytes(), &parsed)
                    .is_ok()
            });
            known && right
        })
        .await
    }
}

fn salt(entropy: &dyn Entropy) -> [u8; 16] {
    let mut salt = [0; 16];
    entropy.fill(&mut salt);
    salt
}

fn hash_now(password: &Secret, salt: [u8; 16]) -> Result<String, Error> {
    Argon2::default()
        .hash_password_with_salt(password.expose().as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|e| Error::internal("hash a password", &e))
}

#[cfg(test)]
mod tests;
