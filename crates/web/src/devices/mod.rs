//! Phones and their SIP credentials.

mod wire;

use axum::http::StatusCode;
use model::{DeviceId, UserId};
use services::devices;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    answer::{Created, IfMatch, Problem, Tagged},
    door::{Ctx, Door},
    input::{Json, Nothing, PathId},
};
pub(crate) use wire::{Device, DeviceWithPassword, NewDevice};
use wire::{DeviceChanges, Devices};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(reset_password))
}

/// A user's phones, oldest first.
#[utoipa::path(get, path = "/users/{id}/devices", params(("id" = String, Path)),
    extensions(("x-permission" = json!("device.read"))),
    responses((status = 200, body = Devices)))]
async fn list(Ctx(ctx): Ctx, PathId(user): PathId<UserId>) -> Result<axum::Json<Devices>, Problem> {
    let views = devices::list(&ctx, user).await?;
    let items = views.into_iter().map(Device::from).collect();
    Ok(axum::Json(Devices { items }))
}

/// Give a user another phone; its SIP password is shown only here.
#[utoipa::path(post, path = "/users/{id}/devices", params(("id" = String, Path)),
    request_body = NewDevice,
    extensions(("x-permission" = json!("device.create"))),
    responses((status = 201, body = DeviceWithPassword)))]
async fn create(
    Ctx(ctx): Ctx,
    PathId(user): PathId<UserId>,
    Json(new): Json<NewDevice>,
) -> Result<Created<DeviceWithPassword>, Problem> {
    let created = devices::create(&ctx, user, new.into()).await?;
    Ok(Created(created.into()))
}

/// One phone.
#[utoipa::path(get, path = "/devices/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("device.read"))),
    responses((status = 200, body = Device)))]
async fn get(Ctx(ctx): Ctx, PathId(id): PathId<DeviceId>) -> Result<Tagged<Device>, Problem> {
    let view = devices::get(&ctx, id).await?;
    Ok(Tagged(view.into()))
}

/// Change what the body names.
#[utoipa::path(patch, path = "/devices/{id}", params(("id" = String, Path)),
    request_body = DeviceChanges,
    extensions(("x-permission" = json!("device.update"))),
    responses((status = 200, body = Device)))]
async fn update(
    Ctx(ctx): Ctx,
    PathId(id): PathId<DeviceId>,
    IfMatch(expected): IfMatch,
    Json(changes): Json<DeviceChanges>,
) -> Result<Tagged<Device>, Problem> {
    let view = devices::update(&ctx, id, changes.into(), expected).await?;
    Ok(Tagged(view.into()))
}

/// Delete a phone: its registrations end at once.
#[utoipa::path(delete, path = "/devices/{id}", params(("id" = String, Path)),
    extensions(("x-permission" = json!("device.delete"))),
    responses((status = 204)))]
async fn delete(
    Ctx(ctx): Ctx,
    PathId(id): PathId<DeviceId>,
    IfMatch(expected): IfMatch,
) -> Result<StatusCode, Problem> {
    devices::delete(&ctx, id, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A new SIP password, shown only here. The phone needs it to register again.
#[utoipa::path(post, path = "/devices/{id}/reset-password", params(("id" = String, Path)),
    extensions(("x-permission" = json!("device.reset_password"))),
    responses((status = 200, body = DeviceWithPassword)))]
async fn reset_password(
    Ctx(ctx): Ctx,
    PathId(id): PathId<DeviceId>,
    Json(Nothing {}): Json<Nothing>,
) -> Result<Tagged<DeviceWithPassword>, Problem> {
    let reset = devices::reset_password(&ctx, id).await?;
    Ok(Tagged(reset.into()))
}
