//! Sessions on the wire.

use std::net::IpAddr;

use model::Secret;
use serde::Serialize;
use services::sessions::SessionView;
use utoipa::ToSchema;

use crate::{answer::time, me::Me};

/// A browser's session, as its owner sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Session {
    id: String,
    /// The one that asks.
    current: bool,
    /// From which address it was begun.
    #[schema(example = "192.0.2.10")]
    source: Option<String>,
    /// As the browser says.
    user_agent: String,
    created_at: String,
    /// Within a minute.
    last_used_at: String,
    /// When it ends whatever is done.
    expires_at: String,
}

impl From<SessionView> for Session {
    fn from(view: SessionView) -> Self {
        Self {
            id: view.id.to_string(),
            current: view.current,
            source: view.source.map(|source| source.to_string()),
            user_agent: view.user_agent,
            created_at: time(view.created_at),
            last_used_at: time(view.last_used_at),
            expires_at: time(view.expires_at),
        }
    }
}

/// All of one's sessions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Sessions {
    pub(super) items: Vec<Session>,
}

/// A session just begun. Its cookie is in the header.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SignedIn {
    session: Session,
    me: Me,
    /// Sent back as `X-CSRF-Token` with every change.
    csrf_token: String,
}

impl From<services::sessions::SignedIn> for SignedIn {
    fn from(signed_in: services::sessions::SignedIn) -> Self {
        Self {
            session: signed_in.session.into(),
            me: signed_in.me.into(),
            csrf_token: signed_in.csrf.expose().to_owned(),
        }
    }
}

crate::body! {
    /// The sign-in page's fields.
    pub(crate) struct SignIn {
        /// Empty: the default customer or the provider.
        #[schema(example = "main")]
        optional account_name: Option<String>,
        /// Username or email.
        #[schema(example = "anna.berg")]
        required username: String,
        /// The password.
        #[schema(value_type = String, format = Password, write_only)]
        required password: Secret,
    }
}

impl SignIn {
    /// With what is known of the browser.
    pub(super) fn into_services(
        self,
        source: IpAddr,
        user_agent: String,
    ) -> services::sessions::SignIn {
        services::sessions::SignIn {
            account_name: self.account_name.unwrap_or_default(),
            username: self.username,
            password: self.password,
            source,
            user_agent,
        }
    }
}
