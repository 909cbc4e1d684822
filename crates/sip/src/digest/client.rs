//! The client's side of digest: what a phone does.

use super::{Algorithm, Credentials, Parameters, response_hash};
use crate::method::Method;

/// A challenge: a WWW-Authenticate or Proxy-Authenticate header of the Digest scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The realm.
    pub realm: String,
    /// The nonce.
    pub nonce: String,
    /// The algorithm as written; MD5 where it was left out.
    pub algorithm: String,
    /// The offered qualities of protection.
    pub qop: Vec<String>,
    /// To be sent back.
    pub opaque: Option<String>,
    /// Whether only the nonce was too old.
    pub stale: bool,
}

impl Challenge {
    /// The header's value; `None` if it is of another scheme or lacks what it must have.
    pub fn parse(text: &str) -> Option<Self> {
        let mut params = Parameters::parse(text)?;
        let qop = params.take("qop").unwrap_or_default();
        Some(Self {
            realm: params.take("realm")?,
            nonce: params.take("nonce")?,
            algorithm: params.take("algorithm").unwrap_or_else(|| "MD5".to_owned()),
            qop: qop
                .split(',')
                .map(|word| word.trim().to_owned())
                .filter(|word| !word.is_empty())
                .collect(),
            opaque: params.take("opaque"),
            stale: params
                .take("stale")
                .is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }
}

/// Answers a challenge with `qop=auth`; `None` when it wants an algorithm or quality that is
/// not known here. `nc` counts the requests with this nonce from 1.
pub fn respond(
    challenge: &Challenge,
    username: &str,
    password: &str,
    method: &Method,
    uri: &str,
    nc: u32,
    cnonce: &str,
) -> Option<Credentials> {
    let algorithm = Algorithm::parse(&challenge.algorithm)?;
    if !challenge
        .qop
        .iter()
        .any(|word| word.eq_ignore_ascii_case("auth"))
    {
        return None;
    }
    let parts = [username, &challenge.realm, password].map(str::as_bytes);
    let ha1 = algorithm.hash(&parts);
    let response = response_hash(
        algorithm,
        &ha1,
        method.as_str(),
        uri,
        &challenge.nonce,
        nc,
        cnonce,
    );
    Some(Credentials {
        username: username.to_owned(),
        realm: challenge.realm.clone(),
        nonce: challenge.nonce.clone(),
        uri: uri.to_owned(),
        response,
        algorithm: challenge.algorithm.clone(),
        qop: Some("auth".to_owned()),
        cnonce: Some(cnonce.to_owned()),
        nc: Some(nc),
        opaque: challenge.opaque.clone(),
    })
}
