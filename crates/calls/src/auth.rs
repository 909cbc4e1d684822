//! Who sends this? Digest, the same for known and unknown names.
//!
//! A request without an answer to a challenge is challenged without being remembered. One with
//! an answer waits for the credentials of the name it claims; the answer is verified in the same
//! time whether the name is known or not.

use std::sync::Arc;

use model::{AuthFailure, DeviceFacts, SwitchEvent};
use sip::{
    Flow, HeaderName, Method, Request, Response,
    digest::{Credentials, Secrets, Verdict},
    transaction::ServerKey,
};

use crate::{Engine, Output, Ticket, guard};

/// Requests that wait at the same time.
const PARKED: usize = 10_000;
/// Longest username that is looked up: longer ones are nobody's.
pub(crate) const USERNAME: usize = 80;

/// A request that waits for credentials.
#[derive(Debug)]
pub(crate) struct Parked {
    pub(crate) key: ServerKey,
    pub(crate) flow: Flow,
    pub(crate) request: Request,
    credentials: Credentials,
}

impl Engine {
    /// Asks for credentials, or looks up those that are there. Goes on in
    /// [`Engine::credentials`].
    pub(crate) fn authenticate(&mut self, key: ServerKey, flow: Flow, request: Request) {
        let answers = if request.method == Method::Register {
            request.headers.authorizations()
        } else {
            request.headers.proxy_authorizations()
        };
        let realm = self.wire.config.realm.clone();
        let ours = answers.into_iter().find(|answer| *answer.realm == *realm);
        let Some(credentials) = ours else {
            return self.challenge(key, flow, &request, false);
        };
        if self.parked.len() >= PARKED {
            return self.overloaded(key, &request);
        }
        let ticket = self.wire.ticket();
        let mut username = credentials.username.clone();
        if username.len() > USERNAME {
            // Looked up all the same, so that it takes as long.
            username = "-".to_owned();
        }
        let parked = Parked {
            key,
            flow,
            request,
            credentials,
        };
        self.parked.insert(ticket, parked);
        self.wire.put(Output::FindCredentials { ticket, username });
    }

    /// The name is this device's, or nobody's.
    pub(crate) fn credentials(&mut self, ticket: Ticket, facts: Option<Arc<DeviceFacts>>) {
        let Some(parked) = self.parked.remove(&ticket) else {
            return;
        };
        let Parked {
            key,
            flow,
            request,
            credentials,
        } = parked;
        let secrets = facts.as_ref().map(|facts| Secrets {
            md5: facts.ha1_md5,
            sha256: facts.ha1_sha256,
        });
        let verdict = self.authenticator.verify(
            self.wire.now.monotonic,
            flow.peer,
            &request.method,
            &request.uri,
            &credentials,
            secrets.as_ref(),
        );
        match (verdict, facts) {
            (Verdict::Accepted, Some(facts)) => self.authenticated(key, flow, request, &facts),
            (Verdict::Stale, _) => self.challenge(key, flow, &request, true),
            (Verdict::Refused | Verdict::Accepted, _) => {
                self.refused(key, flow, &request, credentials.username);
            }
        }
    }

    /// A wrong digest: counted, and answered as if there had been none, or not at all.
    fn refused(&mut self, key: ServerKey, flow: Flow, request: &Request, username: String) {
        let source = flow.peer.ip();
        let known_phone = self.location.knows(source);
        let now = self.wire.now;
        self.tally.auth_failures += 1;
        let failure = self
            .guard
            .failed(source, &username, known_phone, now.monotonic);
        if failure.tell {
            let username = username.chars().take(USERNAME).collect();
            self.wire
                .put(Output::Event(SwitchEvent::AuthFailed(AuthFailure {
                    source,
                    username,
                    at: now.wall,
                })));
        }
        match failure.verdict {
            guard::Verdict::Answer => self.challenge(key, flow, request, false),
            guard::Verdict::Drop => self.wire.layer.drop_request(key),
        }
    }

    /// 401 or 407; it never depends on who asks.
    fn challenge(&mut self, key: ServerKey, flow: Flow, request: &Request, stale: bool) {
        let (status, name) = if request.method == Method::Register {
            (401, HeaderName::WwwAuthenticate)
        } else {
            (407, HeaderName::ProxyAuthenticate)
        };
        let mut response = Response::reply(request, status, Some(&self.wire.token()));
        let entropy = self.wire.random();
        let now = self.wire.now.monotonic;
        for value in self
            .authenticator
            .challenges(now, flow.peer, stale, entropy)
        {
            response.headers.push(name.clone(), value);
        }
        self.wire.respond_stateless(key, response);
    }

    /// 503: too much to do.
    pub(crate) fn overloaded(&mut self, key: ServerKey, request: &Request) {
        let response = Response::reply(request, 503, Some(&self.wire.token()));
        let response = response.with(HeaderName::RetryAfter, "5");
        self.wire.respond_stateless(key, response);
    }

    /// CANCEL of an INVITE that still waits for its credentials.
    pub(crate) fn cancel_parked(&mut self, key: ServerKey) {
        let found = self
            .parked
            .iter()
            .find(|(_, parked)| parked.key == key)
            .map(|(ticket, _)| *ticket);
        if let Some(parked) = found.and_then(|ticket| self.parked.remove(&ticket)) {
            let response = Response::reply(&parked.request, 487, Some(&self.wire.token()));
            self.wire.respond(key, response);
        }
    }
}
