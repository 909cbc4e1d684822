//! Keys that could not be written down yet.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use store::{Claim, KeyedRequest, Priority, StoreError};

use crate::{Error, Services};

/// Keys that wait at most: each may hold an answer.
const MAX: usize = 10_000;

/// What is known of a key and not written down.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Doing,
    Done { status: u16, body: String },
    Released,
}

/// By holder and key.
type Keys = HashMap<(String, String), (KeyedRequest, State)>;

/// Keys that could not be written down.
#[derive(Debug, Default)]
pub(crate) struct Unkept(Mutex<Keys>);

fn place(request: &KeyedRequest) -> (String, String) {
    (request.holder.clone(), request.key.clone())
}

impl Unkept {
    fn keys(&self) -> MutexGuard<'_, Keys> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a claim finds here; none: it is not here, so the database knows.
    pub(super) fn claim(&self, request: &KeyedRequest) -> Option<Claim> {
        let mut keys = self.keys();
        let (known, state) = keys.get_mut(&place(request))?;
        if *state == State::Released {
            (*known, *state) = (request.clone(), State::Doing);
            return Some(Claim::Fresh);
        }
        if known.fingerprint != request.fingerprint {
            return Some(Claim::OtherRequest);
        }
        Some(match state {
            State::Done { status, body } => Claim::Done {
                status: *status,
                body: body.clone(),
            },
            State::Doing | State::Released => Claim::InProgress,
        })
    }

    /// Claims a key here, because the database is away.
    pub(super) fn begin(&self, request: &KeyedRequest) -> Result<Claim, Error> {
        if let Some(found) = self.claim(request) {
            return Ok(found);
        }
        let mut keys = self.keys();
        if keys.len() >= MAX {
            return Err(Error::Unavailable("the database"));
        }
        keys.insert(place(request), (request.clone(), State::Doing));
        Ok(Claim::Fresh)
    }

    pub(super) fn done(&self, request: &KeyedRequest, status: u16, body: &str) {
        let body = body.to_owned();
        self.put(request, State::Done { status, body });
    }

    pub(super) fn released(&self, request: &KeyedRequest) {
        self.put(request, State::Released);
    }

    fn put(&self, request: &KeyedRequest, state: State) {
        let mut keys = self.keys();
        let place = place(request);
        if keys.len() < MAX || keys.contains_key(&place) {
            keys.insert(place, (request.clone(), state));
        } else {
            tracing::error!("too many idempotency keys wait for the database; one is forgotten");
        }
    }

    pub(super) fn forget(&self, request: &KeyedRequest) {
        self.keys().remove(&place(request));
    }

    fn settled(&self) -> Vec<(KeyedRequest, State)> {
        let keys = self.keys();
        let settled = keys.values().filter(|(_, state)| *state != State::Doing);
        settled.cloned().collect()
    }
}

impl Services {
    /// Writes down what became of keys while the database was away.
    pub(crate) async fn keep_keys(&self) {
        if self.store().is_away() {
            return;
        }
        for (request, state) in self.unkept().settled() {
            match self.keep_key(&request, &state).await {
                Ok(()) => {
                    let mut keys = self.unkept().keys();
                    let place = place(&request);
                    if keys.get(&place).is_some_and(|(_, now)| *now == state) {
                        keys.remove(&place);
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, "idempotency keys wait for the database");
                    return;
                }
            }
        }
    }

    async fn keep_key(&self, request: &KeyedRequest, state: &State) -> Result<(), StoreError> {
        let tx = self.store().begin(Priority::Bulk).await?;
        match state {
            State::Done { status, body } => {
                tx.idempotency().complete(request, *status, body).await?;
            }
            State::Released => tx.idempotency().release(request).await?,
            State::Doing => {}
        }
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::House;

    fn request(house: &House, print: u8) -> KeyedRequest {
        KeyedRequest {
            holder: "api_key:1".into(),
            key: "k".into(),
            fingerprint: [print; 32],
            at: house.services.now(),
        }
    }

    #[tokio::test]
    async fn a_key_of_an_outage_is_kept_when_the_database_is_back() {
        let house = House::new().await;
        let (unkept, asked) = (house.services.unkept(), request(&house, 1));
        assert_eq!(unkept.claim(&asked), None, "the database knows");
        assert_eq!(unkept.begin(&asked).unwrap(), Claim::Fresh);
        assert_eq!(unkept.begin(&asked).unwrap(), Claim::InProgress);
        let other = request(&house, 2);
        assert_eq!(unkept.claim(&other), Some(Claim::OtherRequest));
        unkept.done(&asked, 200, "\n{}");
        let done = Claim::Done {
            status: 200,
            body: "\n{}".into(),
        };
        assert_eq!(unkept.claim(&asked), Some(done.clone()));
        house.services.keep_keys().await;
        assert_eq!(unkept.claim(&asked), None);
        let store = house.services.store();
        let tx = store.begin(Priority::Bulk).await.unwrap();
        let kept = tx.idempotency().claim(&asked, house.services.began()).await;
        assert_eq!(kept.unwrap(), done);
    }

    #[tokio::test]
    async fn a_key_that_was_given_back_is_free() {
        let house = House::new().await;
        let (unkept, asked) = (house.services.unkept(), request(&house, 1));
        assert_eq!(unkept.begin(&asked).unwrap(), Claim::Fresh);
        unkept.released(&asked);
        let other = request(&house, 2);
        assert_eq!(unkept.claim(&other), Some(Claim::Fresh));
    }
}
