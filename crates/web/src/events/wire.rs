//! What an event carries: the resource concerned, as its own GET answers it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use model::{ConferenceId, ConferenceView};
use serde::Serialize;
use services::{
    Context,
    events::{Event, Resource, resource},
};

use crate::{
    access_profiles::AccessProfile,
    api_keys::ApiKey,
    calls::Call,
    conference_managers::ConferenceManager,
    conference_rooms::ConferenceRoom,
    conferences::Conference,
    contacts::Contact,
    customers::Customer,
    devices::Device,
    sites::Site,
    users::{Endpoint, User},
};

/// A person with their live registrations.
#[derive(Debug, Serialize)]
struct Registration {
    #[serde(flatten)]
    user: User,
    endpoints: Vec<Endpoint>,
}

/// What is left of something deleted.
#[derive(Debug, Serialize)]
struct Deleted {
    kind: &'static str,
    id: String,
}

/// Conferences as they were last written: with a hundred pages open, each state of a large one is
/// written once and not a hundred times, ten times a second.
#[derive(Debug, Default)]
pub(crate) struct Written(Mutex<HashMap<ConferenceId, State>>);

/// A state of a conference, and its text.
type State = (Arc<ConferenceView>, Arc<str>);

/// Conferences that are remembered at most.
const REMEMBERED: usize = 256;

impl Written {
    fn conference(&self, view: Arc<ConferenceView>) -> Option<Arc<str>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The same state is the same allocation: nothing has to be compared.
        if let Some((of, text)) = known.get(&view.id)
            && Arc::ptr_eq(of, &view)
        {
            return Some(text.clone());
        }
        let text: Arc<str> = json(&Conference::from(view.clone()))?.into();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(view.id, (view, text.clone()));
        Some(text)
    }
}

/// The event's data, if this reader may see it.
pub(super) async fn data(ctx: &Context, written: &Written, event: &Event) -> Option<Arc<str>> {
    // What cannot be read is not for this reader, or gone by now: its own event says so.
    match resource(ctx, event).await.ok()? {
        Resource::Conference(view) => written.conference(view),
        other => text(other).map(Arc::from),
    }
}

fn text(resource: Resource) -> Option<String> {
    match resource {
        Resource::Customer(view) => json(&Customer::from(view)),
        Resource::Site(site) => json(&Site::from(site)),
        Resource::User(view) => json(&User::from(view)),
        Resource::Device(view) => json(&Device::from(view)),
        Resource::Room(view) => json(&ConferenceRoom::from(view)),
        Resource::Conference(view) => json(&Conference::from(view)),
        Resource::Manager(manager) => json(&ConferenceManager::from(manager)),
        Resource::Contact(contact) => json(&Contact::from(contact)),
        Resource::Call(view) => json(&Call::from(view)),
        Resource::Registration { user, endpoints } => json(&Registration {
            user: user.into(),
            endpoints: endpoints.into_iter().map(Endpoint::from).collect(),
        }),
        Resource::ApiKey(view) => json(&ApiKey::from(view)),
        Resource::Profile(profile) => json(&AccessProfile::from(profile)),
        Resource::Deleted { kind, id } => json(&Deleted { kind, id }),
    }
}

fn json(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok()
}

#[cfg(test)]
mod tests {
    use model::{CustomerId, RoomId, Timestamp};

    use super::*;

    #[test]
    fn the_same_state_is_written_once() {
        let id = "0198c0de-0000-7000-8000-000000000001";
        let view = ConferenceView {
            id: id.parse().unwrap(),
            room: id.parse::<RoomId>().unwrap(),
            customer: id.parse::<CustomerId>().unwrap(),
            version: 1,
            locked: false,
            recording: false,
            started_at: Timestamp::UNIX_EPOCH,
            ended_at: None,
            participants: Vec::new(),
            recordings: Vec::new(),
        };
        let written = Written::default();
        let first = Arc::new(view.clone());
        let one = written.conference(first.clone()).unwrap();
        let again = written.conference(first).unwrap();
        assert!(Arc::ptr_eq(&one, &again));
        let locked = Arc::new(ConferenceView {
            locked: true,
            ..view
        });
        let next = written.conference(locked).unwrap();
        assert!(next.contains("\"locked\":true"), "{next}");
    }
}
