//! The bus: what happened, by id. Whoever tells the world about it reads the resource then.
//!
//! The last 10,000 events of the last 10 minutes are kept, so that a page that lost its
//! connection goes on where it was; one that was away for longer is told to read anew.

mod resource;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::{
    AccessProfileId, ApiKeyId, CallId, ConferenceId, ContactId, CustomerId, DeviceId, JobId,
    ManagerId, RoomId, SessionId, SiteId, Timestamp, UserId,
};
use tokio::sync::watch;

pub use resource::{Resource, resource};

use crate::{Context, Error, conferences};

/// Events that are kept.
const KEPT: usize = 10_000;
/// For how long they are kept, in seconds.
const KEPT_SECS: i64 = 600;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A customer.
    Customer(CustomerId),
    /// A site.
    Site(SiteId),
    /// A person, their settings or presence.
    User(UserId),
    /// A phone.
    Device(DeviceId),
    /// A conference room.
    Room(RoomId),
    /// A conference.
    Conference(ConferenceId),
    /// A conference manager account.
    Manager(ManagerId),
    /// A contact.
    Contact(ContactId),
    /// A call.
    Call(CallId),
    /// The registrations of a person's phones.
    Registration(UserId),
    /// A program's key.
    ApiKey(ApiKeyId),
    /// An access profile.
    Profile(AccessProfileId),
    /// A browser's session.
    Session(SessionId),
    /// A job.
    Job(JobId),
}

/// Something happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Counts up, also over a restart.
    pub id: u64,
    /// When.
    pub at: Timestamp,
    /// `noun.past_tense`.
    pub name: &'static str,
    /// Whose; none: the provider's.
    pub customer: Option<CustomerId>,
    /// To what.
    pub subject: Subject,
}

/// What a subscriber gets next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// Something happened.
    Event(Arc<Event>),
    /// Events were missed: read everything anew, and go on from here.
    Reset {
        /// The id to go on from.
        latest: u64,
    },
}

/// The bus of one server.
#[derive(Debug)]
pub(crate) struct Bus {
    ring: Mutex<Ring>,
    latest: watch::Sender<u64>,
}

#[derive(Debug)]
struct Ring {
    events: VecDeque<Arc<Event>>,
    last_id: u64,
}

impl Bus {
    /// Ids begin at the time of the start, so that they go on counting up over a restart.
    pub(crate) fn new(started_at: Timestamp) -> Self {
        let last_id = u64::try_from(started_at.as_microsecond()).unwrap_or(0);
        Self {
            ring: Mutex::new(Ring {
                events: VecDeque::new(),
                last_id,
            }),
            latest: watch::Sender::new(last_id),
        }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells everyone.
    pub(crate) fn publish(
        &self,
        at: Timestamp,
        name: &'static str,
        customer: Option<CustomerId>,
        subject: Subject,
    ) {
        let id = {
            let mut ring = self.ring();
            ring.last_id += 1;
            let id = ring.last_id;
            ring.events.push_back(Arc::new(Event {
                id,
                at,
                name,
                customer,
                subject,
            }));
            let old = |event: &Event| at.as_second() - event.at.as_second() > KEPT_SECS;
            while ring.events.len() > KEPT || ring.events.front().is_some_and(|e| old(e)) {
                ring.events.pop_front();
            }
            id
        };
        self.latest.send_replace(id);
    }

    /// What follows an id: at most 256 at once. None: events after it are gone.
    fn after(&self, id: u64) -> Option<Vec<Arc<Event>>> {
        let ring = self.ring();
        if id > ring.last_id {
            return None;
        }
        let oldest = ring.events.front().map_or(ring.last_id + 1, |e| e.id);
        if id + 1 < oldest {
            return None;
        }
        let skip = usize::try_from(id + 1 - oldest).unwrap_or(usize::MAX);
        Some(ring.events.iter().skip(skip).take(256).cloned().collect())
    }
}

/// One reader of the bus.
#[derive(Debug)]
pub struct Subscription {
    ctx: Context,
    last: u64,
    ready: VecDeque<Arc<Event>>,
    latest: watch::Receiver<u64>,
    /// Nothing else is delivered.
    only: Option<Subject>,
}

/// Reads the bus as this actor, from after `last_id`, or from now on. Only events of customers
/// that the actor belongs to are delivered; [`resource`] then judges each.
#[must_use]
pub fn subscribe(ctx: &Context, last_id: Option<u64>) -> Subscription {
    let latest = ctx.services().bus().latest.subscribe();
    let now = *latest.borrow();
    Subscription {
        ctx: ctx.clone(),
        last: last_id.unwrap_or(now),
        ready: VecDeque::new(),
        latest,
        only: None,
    }
}

/// The same, of one conference alone.
///
/// # Errors
/// `Invalid` for what is no id; `NotFound`, `Forbidden`; `Unavailable` for a past conference while
/// the database is away.
pub async fn subscribe_to_conference(
    ctx: &Context,
    last_id: Option<u64>,
    conference: &str,
) -> Result<Subscription, Error> {
    let id: ConferenceId = conference
        .parse()
        .map_err(|_| Error::field("conference", "invalid", "give the id of a conference"))?;
    conferences::get(ctx, id).await?;
    Ok(Subscription {
        only: Some(Subject::Conference(id)),
        ..subscribe(ctx, last_id)
    })
}

impl Subscription {
    /// Waits for the next event. Cancel safe.
    pub async fn next(&mut self) -> Delivery {
        loop {
            while let Some(event) = self.ready.pop_front() {
                self.last = event.id;
                if self.concerns(&event) {
                    return Delivery::Event(event);
                }
            }
            self.latest.mark_unchanged();
            match self.ctx.services().bus().after(self.last) {
                None => {
                    self.last = *self.latest.borrow();
                    return Delivery::Reset { latest: self.last };
                }
                Some(events) if events.is_empty() => {
                    if self.latest.changed().await.is_err() {
                        std::future::pending::<()>().await;
                    }
                }
                Some(events) => self.ready = events.into(),
            }
        }
    }

    /// The id to go on from: everything up to it was delivered, or concerns somebody else.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.last
    }

    fn concerns(&self, event: &Event) -> bool {
        let own = self.ctx.actor().seat.customer;
        let theirs = own.is_none() || own == event.customer;
        theirs && self.only.is_none_or(|only| only == event.subject)
    }
}

#[cfg(test)]
mod tests;
