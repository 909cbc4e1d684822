//! The HTTP door: REST with its OpenAPI document, sessions, the event stream, the portal's files.
//!
//! A folder a feature, with the same name as in `services` and in the portal. A handler reads the
//! request strictly, calls the one operation of `services`, and writes its answer down: it decides
//! nothing. What goes over the wire is a type of this crate.
//!
//! This crate must never open a database, talk to phones, or check a permission: `services` does.
//!
//! Start reading at [`App`] and `api()` below, then `users/mod.rs`, then `input/mod.rs`.

mod access_profiles;
mod answer;
mod api_keys;
mod app;
mod audit;
mod blocked_sources;
mod calls;
mod conference_managers;
mod conference_rooms;
mod conferences;
mod contacts;
mod customers;
mod devices;
mod door;
mod events;
mod input;
mod me;
mod openapi;
mod portal;
mod recordings;
mod serve;
mod session;
mod sites;
mod users;

pub use app::{App, Config, Probes};

use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// Everything under `/api/v1`: a table of contents.
fn api() -> OpenApiRouter<door::Door> {
    let features = OpenApiRouter::new()
        .merge(session::routes())
        .merge(me::routes())
        .merge(customers::routes())
        .merge(sites::routes())
        .merge(users::routes())
        .merge(devices::routes())
        .merge(conference_rooms::routes())
        .merge(conference_managers::routes())
        .merge(conferences::routes())
        .merge(recordings::routes())
        .merge(contacts::routes())
        .merge(calls::routes())
        .merge(api_keys::routes())
        .merge(access_profiles::routes())
        .merge(audit::routes())
        .merge(blocked_sources::routes())
        .merge(events::routes());
    OpenApiRouter::new().nest("/api/v1", features)
}

/// The OpenAPI 3.1 document of everything, made without a running server.
#[must_use]
pub fn openapi() -> OpenApi {
    openapi::complete(api().into_openapi())
}

/// The same as the text that is committed as `openapi.json`.
#[must_use]
pub fn openapi_json() -> String {
    // Plain data: it always serialises.
    let mut json = openapi().to_pretty_json().unwrap_or_default();
    json.push('\n');
    json
}
