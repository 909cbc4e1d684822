//! Who is signed in, and what they may do.

use axum::http::StatusCode;
use model::Secret;
use serde::Serialize;
use services::sessions;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    access_profiles::Grant,
    answer::Problem,
    audit::Actor,
    door::{Ctx, Door},
    input::Json,
};

/// The routes of this feature.
pub(crate) fn routes() -> OpenApiRouter<Door> {
    OpenApiRouter::new()
        .routes(routes!(me))
        .routes(routes!(change_password))
}

/// A customer, in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct OwnCustomer {
    id: String,
    #[schema(example = "Acme GmbH")]
    name: String,
    #[schema(example = "acme")]
    account_name: String,
}

/// Who asks, and what they may do, so that a page shows nothing else.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Me {
    principal: Actor,
    /// The access profile's name.
    #[schema(example = "customer_administrator")]
    profile: String,
    /// What they may do.
    grants: Vec<Grant>,
    /// Null: one of the provider's.
    customer: Option<OwnCustomer>,
    /// The person's site.
    site_id: Option<String>,
    email: Option<String>,
    /// The person's number, or the one that a conference manager is called at.
    #[schema(example = "201")]
    extension: Option<String>,
    /// A conference manager's rooms; null: all of the customer's.
    room_ids: Option<Vec<String>>,
    /// Of a browser's session: sent back as `X-CSRF-Token` with every change.
    csrf_token: Option<String>,
}

impl From<sessions::Me> for Me {
    fn from(me: sessions::Me) -> Self {
        let user = me.user.as_ref();
        let own = user.and_then(|user| user.extension.as_ref());
        let extension = own.or(me.manager.as_ref().map(|manager| &manager.extension));
        Self {
            profile: me.profile,
            grants: me.grants.iter().map(Grant::from).collect(),
            customer: me.customer.as_ref().map(|customer| OwnCustomer {
                id: customer.id.to_string(),
                name: customer.name.to_string(),
                account_name: customer.account_name.to_string(),
            }),
            site_id: user.and_then(|user| user.site).map(|id| id.to_string()),
            email: user
                .and_then(|user| user.email.as_ref())
                .map(ToString::to_string),
            extension: extension.map(ToString::to_string),
            room_ids: me
                .rooms
                .map(|rooms| rooms.iter().map(ToString::to_string).collect()),
            csrf_token: me.csrf.map(|csrf| csrf.expose().to_owned()),
            principal: Actor::new(&me.principal, me.name),
        }
    }
}

/// Who asks, and what they may do.
#[utoipa::path(get, path = "/me",
    extensions(("x-permission" = json!("none"))),
    responses((status = 200, body = Me)))]
async fn me(Ctx(ctx): Ctx) -> Result<axum::Json<Me>, Problem> {
    let me = sessions::me(&ctx).await?;
    Ok(axum::Json(me.into()))
}

crate::body! {
    /// A change of one's own password.
    pub(crate) struct PasswordChange {
        /// The one until now.
        #[schema(value_type = String, format = Password, write_only)]
        required current_password: Secret,
        /// The one from now on.
        #[schema(value_type = String, format = Password, write_only)]
        required new_password: Secret,
    }
}

/// Change one's own password; all other sessions end.
#[utoipa::path(post, path = "/me/password", request_body = PasswordChange,
    extensions(("x-permission" = json!("session"))),
    responses((status = 204)))]
async fn change_password(
    Ctx(ctx): Ctx,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode, Problem> {
    sessions::change_password(&ctx, change.current_password, change.new_password).await?;
    Ok(StatusCode::NO_CONTENT)
}
