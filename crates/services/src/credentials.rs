//! Sessions and keys as they come with each request: looked up in memory, read from the database
//! once, so that what was signed in stays so while the database is away.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use model::{
    ApiKey, ApiKeyId, ConferenceManager, Customer, Door, Principal, Seat, Secret, Session,
    SessionHolder, SessionId, Timestamp, User,
};
use sha2::Sha256;

use crate::{
    Context, Error, Services,
    change::{Revoked, store_error},
    conference_managers::MANAGERS_PROFILE,
    context::Actor,
    password::token_hash,
    sessions::IDLE_SECS,
};

/// Credentials kept in memory at most; the database has the rest.
const KEPT: usize = 50_000;
/// A use is written down this often at most, in seconds.
const TOUCH_SECS: i64 = 60;

/// What was looked up before.
#[derive(Debug, Default)]
pub(crate) struct Credentials {
    sessions: Mutex<HashMap<[u8; 32], Session>>,
    keys: Mutex<HashMap<[u8; 32], ApiKey>>,
    /// Uses that are not written down yet.
    used: Mutex<Used>,
    /// Counts revocations: what was read before one is not kept after it.
    revocations: AtomicU64,
}

/// Uses to write down.
#[derive(Debug, Default, Clone)]
pub(crate) struct Used {
    pub(crate) sessions: HashMap<SessionId, (Timestamp, Timestamp)>,
    pub(crate) keys: HashMap<ApiKeyId, Timestamp>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a value; a full map is emptied first, which costs a lookup each and nothing else.
fn keep<K: Hash + Eq, V>(map: &mut HashMap<K, V>, key: K, value: V) {
    if map.len() >= KEPT {
        map.clear();
    }
    map.insert(key, value);
}

impl Credentials {
    /// A session just begun.
    pub(crate) fn keep_session(&self, hash: [u8; 32], session: Session) {
        keep(&mut lock(&self.sessions), hash, session);
    }

    /// How many revocations there were.
    pub(crate) fn revocations(&self) -> u64 {
        self.revocations.load(Ordering::SeqCst)
    }

    /// Takes the uses that are not written down yet.
    pub(crate) fn take_used(&self) -> Used {
        std::mem::take(&mut *lock(&self.used))
    }

    /// What could not be written down waits again, unless it was used since.
    pub(crate) fn put_back_used(&self, old: Used) {
        let mut used = lock(&self.used);
        for (id, times) in old.sessions {
            used.sessions.entry(id).or_insert(times);
        }
        for (id, at) in old.keys {
            used.keys.entry(id).or_insert(at);
        }
    }

    /// What was revoked is looked up anew, and then not found.
    pub(crate) fn forget(&self, revoked: Revoked) {
        self.revocations.fetch_add(1, Ordering::SeqCst);
        match revoked {
            Revoked::SessionsOfUser(user) => {
                lock(&self.sessions).retain(|_, s| s.holder != SessionHolder::User(user));
            }
            Revoked::SessionsOfManager(manager) => {
                lock(&self.sessions).retain(|_, s| s.holder != SessionHolder::Manager(manager));
            }
            Revoked::Session(id) => lock(&self.sessions).retain(|_, s| s.id != id),
            Revoked::ApiKey(id) => lock(&self.keys).retain(|_, key| key.id != id),
            Revoked::KeysOfCustomer(customer) => {
                lock(&self.keys).retain(|_, key| key.customer != Some(customer));
            }
        }
    }

    fn use_session(&self, hash: &[u8; 32], now: Timestamp) -> Option<Session> {
        let mut sessions = lock(&self.sessions);
        let session = sessions.get_mut(hash)?;
        let idle = now.as_second() - session.last_seen_at.as_second();
        if idle >= IDLE_SECS || now >= session.expires_at {
            sessions.remove(hash);
            return None;
        }
        if idle >= TOUCH_SECS {
            session.last_seen_at = now;
            let touched = (now, session.expires_at);
            lock(&self.used).sessions.insert(session.id, touched);
        }
        Some(session.clone())
    }

    fn use_key(&self, hash: &[u8; 32], now: Timestamp) -> Option<ApiKey> {
        let mut keys = lock(&self.keys);
        let key = keys.get_mut(hash)?;
        let used = key.last_used_at.map_or(i64::MIN, Timestamp::as_second);
        if now.as_second().saturating_sub(used) >= TOUCH_SECS {
            key.last_used_at = Some(now);
            lock(&self.used).keys.insert(key.id, now);
        }
        Some(key.clone())
    }
}

/// What a browser has to send back with every change: only who holds the session's token can
/// make it.
pub(crate) fn csrf_of(token: &Secret) -> Secret {
    let mac = Hmac::<Sha256>::new_from_slice(token.expose().as_bytes());
    let text = mac.map_or_else(
        |_| String::new(),
        |mut mac| {
            mac.update(b"convoke csrf");
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        },
    );
    Secret::new(text)
}

impl Services {
    /// The actor of a browser's session.
    ///
    /// # Errors
    /// `Unauthenticated` for an unknown, ended or expired session, and when its holder may not
    /// sign in any more; `Unavailable` when it is not in memory and the database does not answer.
    pub async fn context_of_session(
        &self,
        token: &Secret,
        source: Option<IpAddr>,
    ) -> Result<Context, Error> {
        let hash = token_hash(token);
        let now = self.now();
        let credentials = self.credentials();
        let session = match credentials.use_session(&hash, now) {
            Some(session) => session,
            None => {
                let revocations = credentials.revocations();
                let found = self
                    .store()
                    .read()
                    .sessions()
                    .by_token(&hash, now)
                    .await
                    .map_err(|e| store_error("look up a session", e))?
                    .ok_or(Error::Unauthenticated)?;
                if now.as_second() - found.last_seen_at.as_second() >= IDLE_SECS {
                    return Err(Error::Unauthenticated);
                }
                if credentials.revocations() == revocations {
                    credentials.keep_session(hash, found.clone());
                }
                found
            }
        };
        self.context_of(session, csrf_of(token), source)
            .ok_or(Error::Unauthenticated)
    }

    /// The actor of a session, as it is configured now.
    pub(crate) fn context_of(
        &self,
        session: Session,
        csrf: Secret,
        source: Option<IpAddr>,
    ) -> Option<Context> {
        let directory = self.directory();
        let actor = match session.holder {
            SessionHolder::User(id) => {
                let user = directory.user(id).filter(|user| !user.disabled)?;
                self.actor_of_user(user, Door::Portal)?
            }
            SessionHolder::Manager(id) => {
                let manager = directory.managers().get(id).filter(|m| !m.disabled)?;
                self.actor_of_manager(manager)?
            }
        };
        Some(Context::new(
            self.clone(),
            Actor {
                source,
                session: Some(session.id),
                csrf: Some(csrf),
                ..actor
            },
        ))
    }

    fn actor_of_user(&self, user: &User, door: Door) -> Option<Actor> {
        let directory = self.directory();
        Some(Actor {
            principal: Principal::User(user.id),
            seat: Seat {
                node: user
                    .customer
                    .map_or_else(|| directory.provider(), model::CustomerId::node),
                customer: user.customer,
            },
            site: user.site,
            name: user.display_name(),
            profile: directory.profile(user.customer, &user.role)?.clone(),
            door,
            source: None,
            session: None,
            csrf: None,
        })
    }

    fn actor_of_manager(&self, manager: &ConferenceManager) -> Option<Actor> {
        let directory = self.directory();
        Some(Actor {
            principal: Principal::ConferenceManager {
                id: manager.id,
                rooms: manager.rooms.clone(),
            },
            seat: Seat {
                node: manager.customer.node(),
                customer: Some(manager.customer),
            },
            site: None,
            name: manager.username.as_str().to_owned(),
            profile: directory.profile(None, MANAGERS_PROFILE)?.clone(),
            door: Door::Portal,
            source: None,
            session: None,
            csrf: None,
        })
    }

    /// The actor of a program's key.
    ///
    /// # Errors
    /// `Unauthenticated` for an unknown, deleted or expired key; `Unavailable` when it is not in
    /// memory and the database does not answer.
    pub async fn context_of_key(
        &self,
        key: &Secret,
        source: Option<IpAddr>,
    ) -> Result<Context, Error> {
        let hash = token_hash(key);
        let now = self.now();
        let credentials = self.credentials();
        let key = match credentials.use_key(&hash, now) {
            Some(key) => key,
            None => {
                let revocations = credentials.revocations();
                let found = self
                    .store()
                    .read()
                    .api_keys()
                    .by_key(&hash)
                    .await
                    .map_err(|e| store_error("look up a key", e))?
                    .ok_or(Error::Unauthenticated)?;
                if credentials.revocations() == revocations {
                    keep(&mut lock(&credentials.keys), hash, found.clone());
                    credentials.use_key(&hash, now);
                }
                found
            }
        };
        if key.expires_at.is_some_and(|at| now >= at) {
            return Err(Error::Unauthenticated);
        }
        let directory = self.directory();
        let customer = key.customer.map(|id| directory.customer(id));
        if matches!(customer, Some(None)) {
            return Err(Error::Unauthenticated);
        }
        let customer = customer.flatten().map(|c: &std::sync::Arc<Customer>| c.id);
        let profile = directory
            .profile(customer, &key.profile)
            .ok_or(Error::Unauthenticated)?
            .clone();
        Ok(Context::new(
            self.clone(),
            Actor {
                principal: Principal::ApiKey(key.id),
                seat: Seat {
                    node: customer.map_or_else(|| directory.provider(), model::CustomerId::node),
                    customer,
                },
                site: None,
                name: key.name.as_str().to_owned(),
                profile,
                door: Door::Api,
                source,
                session: None,
                csrf: None,
            },
        ))
    }
}

#[cfg(test)]
mod tests;
