//! Digest authentication (RFC 3261 §22, RFC 7616, RFC 8760).
//!
//! The server side is [`Authenticator`], in [`server`]; the client side [`respond`], in
//! [`client`]. `qop="auth"` always: without it a captured answer could be tried against a
//! dictionary in one step and replayed.

use std::fmt;

use md5::Md5;
use sha2::Sha256;

use crate::grammar::{is_token, quoted, trim, write_quoted};

mod client;
mod nonce;
mod server;

pub use client::{Challenge, respond};
pub use server::{Authenticator, Config, Verdict};

/// A hash algorithm of digest authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// MD5, which every phone knows.
    Md5,
    /// SHA-256 (RFC 8760).
    Sha256,
}

impl Algorithm {
    /// The name in the `algorithm` parameter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    /// The algorithm by its name in any case.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Md5, Self::Sha256]
            .into_iter()
            .find(|known| name.eq_ignore_ascii_case(known.as_str()))
    }

    /// The hash of the parts, joined by colons, in lower-case hexadecimal.
    fn hash(self, parts: &[&[u8]]) -> String {
        match self {
            Self::Md5 => hex(&joined_hash::<Md5>(parts)),
            Self::Sha256 => hex(&joined_hash::<Sha256>(parts)),
        }
    }
}

fn joined_hash<H: md5::Digest>(parts: &[&[u8]]) -> Vec<u8> {
    #[cfg(test)]
    tests::count(parts.iter().map(|part| part.len()).sum());
    let mut hash = H::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            hash.update(b":");
        }
        hash.update(part);
    }
    hash.finalize().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// What a server keeps instead of a password: the hash of `username:realm:password` by each
/// algorithm. Whoever has them can sign in with them, so they are kept like passwords.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// By MD5.
    pub md5: [u8; 16],
    /// By SHA-256.
    pub sha256: [u8; 32],
}

impl Secrets {
    /// Derives both from a password.
    pub fn derive(username: &str, realm: &str, password: &str) -> Self {
        let parts = [username.as_bytes(), realm.as_bytes(), password.as_bytes()];
        let (mut md5, mut sha256) = ([0; 16], [0; 32]);
        md5.copy_from_slice(&joined_hash::<Md5>(&parts));
        sha256.copy_from_slice(&joined_hash::<Sha256>(&parts));
        Self { md5, sha256 }
    }

    fn ha1(&self, algorithm: Algorithm) -> String {
        match algorithm {
            Algorithm::Md5 => hex(&self.md5),
            Algorithm::Sha256 => hex(&self.sha256),
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

/// What a client answers to a challenge: an Authorization or Proxy-Authorization header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// Who it claims to be.
    pub username: String,
    /// The realm of the challenge.
    pub realm: String,
    /// The nonce of the challenge.
    pub nonce: String,
    /// The URI that was hashed, as written.
    pub uri: String,
    /// The hash, in hexadecimal.
    pub response: String,
    /// The algorithm, as written; MD5 where it was left out.
    pub algorithm: String,
    /// The quality of protection, as written.
    pub qop: Option<String>,
    /// The client's nonce.
    pub cnonce: Option<String>,
    /// The nonce count.
    pub nc: Option<u32>,
    /// The `opaque` of the challenge.
    pub opaque: Option<String>,
}

impl Credentials {
    /// The header's value; `None` if it is of another scheme or lacks what it must have.
    pub fn parse(text: &str) -> Option<Self> {
        let mut params = Parameters::parse(text)?;
        let nc = params.take("nc");
        let nc = match nc.as_deref() {
            Some(nc) if nc.len() == 8 && nc.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Some(u32::from_str_radix(nc, 16).ok()?)
            }
            Some(_) => return None,
            None => None,
        };
        Some(Self {
            username: params.take("username")?,
            realm: params.take("realm")?,
            nonce: params.take("nonce")?,
            uri: params.take("uri")?,
            response: params.take("response")?,
            algorithm: params.take("algorithm").unwrap_or_else(|| "MD5".to_owned()),
            qop: params.take("qop"),
            cnonce: params.take("cnonce"),
            nc,
            opaque: params.take("opaque"),
        })
    }
}

impl fmt::Display for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest ")?;
        let quoted = [
            ("username", Some(&self.username)),
            ("realm", Some(&self.realm)),
            ("nonce", Some(&self.nonce)),
            ("uri", Some(&self.uri)),
            ("response", Some(&self.response)),
            ("cnonce", self.cnonce.as_ref()),
            ("opaque", self.opaque.as_ref()),
        ];
        for (name, value) in quoted {
            if let Some(value) = value {
                write!(f, "{name}=")?;
                write_quoted(f, value)?;
                f.write_str(", ")?;
            }
        }
        if let (Some(qop), Some(nc)) = (&self.qop, self.nc) {
            write!(f, "qop={qop}, nc={nc:08x}, ")?;
        }
        write!(f, "algorithm={}", self.algorithm)
    }
}

/// The parameters of a Digest challenge or answer.
struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// More than this many is no honest header.
    const MOST: usize = 32;

    fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = trim(text).split_once([' ', '\t'])?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let mut params: Vec<(String, String)> = Vec::new();
        let mut rest = trim(rest);
        while !rest.is_empty() {
            let (name, after) = rest.split_once('=')?;
            let name = trim(name).to_ascii_lowercase();
            let after = trim(after);
            let (value, after) = if after.starts_with('"') {
                quoted(after)?
            } else {
                let end = after.find(',').unwrap_or(after.len());
                (trim(&after[..end]).to_owned(), &after[end..])
            };
            let repeated = params.iter().any(|(have, _)| *have == name);
            if repeated || !is_token(name.as_bytes()) || params.len() >= Self::MOST {
                return None;
            }
            params.push((name, value));
            let after = trim(after);
            rest = match after.strip_prefix(',') {
                Some(next) => trim(next),
                None if after.is_empty() => "",
                None => return None,
            };
        }
        Some(Self(params))
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(have, _)| have == name)?;
        Some(self.0.swap_remove(at).1)
    }
}

/// The response of RFC 7616 §3.4.1 with `qop=auth`.
fn response_hash(
    algorithm: Algorithm,
    ha1: &str,
    method: &str,
    uri: &str,
    nonce: &str,
    nc: u32,
    cnonce: &str,
) -> String {
    let ha2 = algorithm.hash(&[method.as_bytes(), uri.as_bytes()]);
    let nc = format!("{nc:08x}");
    let parts = [ha1, nonce, &nc, cnonce, "auth", &ha2].map(str::as_bytes);
    algorithm.hash(&parts)
}

#[cfg(test)]
mod tests;
