//! What an event carries: the resource concerned, as its own GET answers it.

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

/// The event's data, if this reader may see it.
pub(super) async fn data(ctx: &Context, event: &Event) -> Option<String> {
    // What cannot be read is not for this reader, or gone by now: its own event says so.
    let resource = resource(ctx, event).await.ok()?;
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
