//! What an event is about, whole and as this actor may see it.

use std::sync::Arc;

use model::{
    AccessProfile, CallView, ConferenceManager, ConferenceView, Contact, Endpoint, Model,
    Operation, Site,
};

use super::{Event, Subject};
use crate::{
    Context, Error, access_profiles, api_keys::ApiKeyView, calls, conference_managers,
    conference_rooms, conferences, contacts, customers, devices, gate::Target, sites, users,
};

/// A resource as the stream shows it.
#[derive(Debug, Clone, PartialEq)]
pub enum Resource {
    /// A customer.
    Customer(customers::CustomerView),
    /// A site.
    Site(Arc<Site>),
    /// A person.
    User(users::UserView),
    /// A phone.
    Device(devices::DeviceView),
    /// A conference room.
    Room(conference_rooms::RoomView),
    /// A conference.
    Conference(Arc<ConferenceView>),
    /// A conference manager account.
    Manager(Arc<ConferenceManager>),
    /// A contact.
    Contact(Arc<Contact>),
    /// A call.
    Call(Arc<CallView>),
    /// A person's registrations.
    Registration {
        /// The person.
        user: users::UserView,
        /// What is registered.
        endpoints: Vec<Endpoint>,
    },
    /// A key.
    ApiKey(ApiKeyView),
    /// An access profile.
    Profile(Arc<AccessProfile>),
    /// It is gone: its kind and id are all there is to say.
    Deleted {
        /// `user`, …
        kind: &'static str,
        /// Its id.
        id: String,
    },
}

/// The resource that an event is about, as it is now.
///
/// # Errors
/// `NotFound` and `Forbidden`: not for this actor, skip the event; `Unavailable` for a past call
/// or conference while the database is away.
pub async fn resource(ctx: &Context, event: &Event) -> Result<Resource, Error> {
    if event.name.ends_with(".deleted") {
        return gone(ctx, event);
    }
    Ok(match event.subject {
        Subject::Customer(id) => Resource::Customer(customers::get(ctx, id).await?),
        Subject::Site(id) => Resource::Site(sites::get(ctx, id).await?),
        Subject::User(id) => Resource::User(users::get(ctx, id).await?),
        Subject::Device(id) => Resource::Device(devices::get(ctx, id).await?),
        Subject::Room(id) => Resource::Room(conference_rooms::get(ctx, id).await?),
        Subject::Conference(id) => Resource::Conference(conferences::get(ctx, id).await?),
        Subject::Manager(id) => Resource::Manager(conference_managers::get(ctx, id).await?),
        Subject::Contact(id) => Resource::Contact(contacts::get(ctx, id).await?),
        Subject::Call(id) => Resource::Call(calls::get(ctx, id).await?),
        Subject::Registration(id) => Resource::Registration {
            user: users::get(ctx, id).await?,
            endpoints: users::endpoints(ctx, id).await?,
        },
        Subject::ApiKey(id) => Resource::ApiKey(crate::api_keys::get(ctx, id).await?),
        Subject::Profile(id) => Resource::Profile(access_profiles::get(ctx, id).await?),
        Subject::Session(_) | Subject::Job(_) => return Err(Error::NotFound("resource")),
    })
}

/// Of a thing that is gone nobody knows whose it was, beyond its customer: those are told who may
/// read all of that kind there, and conference managers of rooms.
fn gone(ctx: &Context, event: &Event) -> Result<Resource, Error> {
    let (model, id) = match event.subject {
        Subject::Customer(id) => (Model::Customer, id.to_string()),
        Subject::Site(id) => (Model::Site, id.to_string()),
        Subject::User(id) | Subject::Registration(id) => (Model::User, id.to_string()),
        Subject::Device(id) => (Model::Device, id.to_string()),
        Subject::Room(id) => (Model::ConferenceRoom, id.to_string()),
        Subject::Conference(id) => (Model::Conference, id.to_string()),
        Subject::Manager(id) => (Model::ConferenceManager, id.to_string()),
        Subject::Contact(id) => (Model::Contact, id.to_string()),
        Subject::Call(id) => (Model::Call, id.to_string()),
        Subject::ApiKey(id) => (Model::ApiKey, id.to_string()),
        Subject::Profile(id) => (Model::AccessProfile, id.to_string()),
        Subject::Session(_) | Subject::Job(_) => return Err(Error::NotFound("resource")),
    };
    let mut target = event
        .customer
        .map_or_else(Target::provider, Target::customer);
    if let Subject::Room(room) = event.subject {
        target.room = Some(room);
    }
    ctx.require(model, Operation::Read, &target)?;
    Ok(Resource::Deleted {
        kind: model.as_str(),
        id,
    })
}
