//! The server's side of digest: challenges and their verification.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use subtle::ConstantTimeEq;

use super::nonce::{self, Ledger};
use super::{Algorithm, Credentials, Secrets, response_hash};
use crate::method::Method;
use crate::uri::Uri;

/// How challenges are made.
#[derive(Clone, Debug)]
pub struct Config {
    /// The realm of every challenge.
    pub realm: String,
    /// One challenge for each, in this order.
    pub algorithms: Vec<Algorithm>,
    /// How long a nonce lives; a minute at most.
    pub lifetime: Duration,
    /// How many nonces in use are remembered.
    pub capacity: usize,
}

impl Config {
    /// Nonces of a minute, a quarter of a million of them in use.
    pub fn new(realm: &str, algorithms: Vec<Algorithm>) -> Self {
        Self {
            realm: realm.to_owned(),
            algorithms,
            lifetime: Duration::from_secs(60),
            capacity: 262_144,
        }
    }
}

/// What came of a verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The sender knows the password, and this is no replay.
    Accepted,
    /// The sender knows the password, but the nonce is too old, of another source, of an
    /// earlier run, or was used with this count: challenge again with `stale=true`.
    Stale,
    /// Wrong password, unknown user, or an answer to something that was not asked.
    Refused,
}

/// Makes challenges and verifies the answers. Challenges cost no memory; only nonces that were
/// used with the right password are remembered, while they live.
pub struct Authenticator {
    config: Config,
    secret: [u8; 32],
    epoch: Instant,
    ledger: Ledger,
    /// What an unknown user is verified against, so that it takes as long as a known one.
    nobody: Secrets,
}

impl Authenticator {
    /// An authenticator whose nonces are signed with `secret`, which is random and never leaves
    /// the process. Time is counted from `epoch`.
    pub fn new(mut config: Config, secret: [u8; 32], epoch: Instant) -> Self {
        config.lifetime = config.lifetime.min(Duration::from_secs(60));
        let ledger = Ledger::new(config.capacity);
        let nobody = Secrets {
            md5: [0; 16],
            sha256: secret,
        };
        Self {
            config,
            secret,
            epoch,
            ledger,
            nobody,
        }
    }

    /// The realm of the challenges.
    pub fn realm(&self) -> &str {
        &self.config.realm
    }

    /// How many nonces are remembered as used.
    pub fn remembered(&self) -> usize {
        self.ledger.len()
    }

    /// The values of WWW-Authenticate or Proxy-Authenticate headers, in the configured order,
    /// all with one nonce bound to `source`. They never depend on who asks.
    pub fn challenges(
        &self,
        now: Instant,
        source: SocketAddr,
        stale: bool,
        entropy: u64,
    ) -> Vec<String> {
        let nonce = nonce::make(&self.secret, self.millis(now), entropy, source);
        let mut realm = String::new();
        // Writing to a String cannot fail.
        let _ = crate::grammar::write_quoted(&mut realm, &self.config.realm);
        let stale = if stale { ", stale=true" } else { "" };
        let challenge = |algorithm: &Algorithm| {
            let name = algorithm.as_str();
            format!(
                "Digest realm={realm}, nonce=\"{nonce}\", algorithm={name}, qop=\"auth\"{stale}"
            )
        };
        self.config.algorithms.iter().map(challenge).collect()
    }

    /// Verifies an answer. `secrets` are those of the user that the credentials name, `None`
    /// for an unknown user; the time that this takes does not tell which.
    pub fn verify(
        &mut self,
        now: Instant,
        source: SocketAddr,
        method: &Method,
        uri: &Uri,
        credentials: &Credentials,
        secrets: Option<&Secrets>,
    ) -> Verdict {
        let Some(algorithm) = self.acceptable(credentials, uri) else {
            return Verdict::Refused;
        };
        let (Some(nc), Some(cnonce)) = (credentials.nc, credentials.cnonce.as_deref()) else {
            return Verdict::Refused;
        };
        let ha1 = secrets.unwrap_or(&self.nobody).ha1(algorithm);
        let Credentials {
            uri,
            nonce,
            response,
            ..
        } = credentials;
        let expected = response_hash(algorithm, &ha1, method.as_str(), uri, nonce, nc, cnonce);
        let given = response.to_ascii_lowercase();
        let right = bool::from(expected.as_bytes().ct_eq(given.as_bytes()));
        let nonce = nonce::read(&self.secret, nonce, source);
        if !right || secrets.is_none() {
            return Verdict::Refused;
        }
        let now = self.millis(now);
        let lifetime = u64::try_from(self.config.lifetime.as_millis()).unwrap_or(u64::MAX);
        let oldest = now.saturating_sub(lifetime);
        self.ledger.forget_before(oldest);
        match nonce.filter(|nonce| (oldest..=now).contains(&nonce.made)) {
            Some(nonce) if self.ledger.note(&nonce, nc) => Verdict::Accepted,
            _ => Verdict::Stale,
        }
    }

    /// The algorithm, where the answer is one to a challenge of this server at all. What is
    /// decided here is known to the sender anyway, so it need not take constant time.
    fn acceptable(&self, credentials: &Credentials, uri: &Uri) -> Option<Algorithm> {
        let algorithm = Algorithm::parse(&credentials.algorithm)?;
        let offered = self.config.algorithms.contains(&algorithm);
        let auth = credentials
            .qop
            .as_deref()
            .is_some_and(|qop| qop.eq_ignore_ascii_case("auth"));
        let realm = credentials.realm == self.config.realm;
        (offered && auth && realm && is_for(&credentials.uri, uri)).then_some(algorithm)
    }

    fn millis(&self, now: Instant) -> u64 {
        let since = now.saturating_duration_since(self.epoch);
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}

/// Whether credentials hashed over `hashed` may authorise a request to `uri`. Proxies and
/// phones change ports and parameters, and sipp hashes over the server's bare address, so what
/// must agree is the user, where the hashed URI has one.
fn is_for(hashed: &str, uri: &Uri) -> bool {
    match Uri::parse(hashed) {
        Some(hashed) => match (hashed.user(), uri.user()) {
            (None, _) => hashed.as_sip().is_some(),
            (Some(hashed), Some(meant)) => hashed == meant,
            (Some(_), None) => false,
        },
        None => false,
    }
}
