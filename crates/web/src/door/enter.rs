//! Who asks: a key or a session, looked up once a request, before anything else is read.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Extensions, HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use model::{Principal, Secret};
use services::Context;

use super::{Door, Peer, cookie, limit::Caller, origin, peer};
use crate::{answer::Problem, serve::FromControlSocket};

/// What a caller proved itself with; kept while an event stream lasts, to see it revoked.
#[derive(Debug, Clone)]
pub(crate) enum Credentials {
    /// `Authorization: Bearer`.
    Key(Secret),
    /// The cookie.
    Session(Secret),
}

impl Credentials {
    /// A key counts before a cookie: a page's scripts can't send a key by accident.
    fn of(headers: &HeaderMap, peer: Peer) -> Result<Option<Self>, Problem> {
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            return Ok(cookie::get(headers, peer.secure).map(Self::Session));
        };
        let text = value.to_str().unwrap_or_default();
        let (scheme, key) = text.split_once(' ').unwrap_or((text, ""));
        if !scheme.eq_ignore_ascii_case("bearer") || key.trim().is_empty() {
            return Err(Problem::unauthenticated());
        }
        Ok(Some(Self::Key(Secret::new(key.trim()))))
    }

    /// Who that is now.
    pub(crate) async fn context(&self, door: &Door, peer: Peer) -> Result<Context, Problem> {
        let source = Some(peer.address);
        let context = match self {
            Self::Key(key) => door.services().context_of_key(key, source).await,
            Self::Session(token) => door.services().context_of_session(token, source).await,
        };
        Ok(context?)
    }
}

/// Who asks, found out by [`enter`]: a handler that takes it is closed to everyone else.
pub(crate) struct Ctx(pub(crate) Context);

#[derive(Clone)]
struct Entered(Context);

/// Who asks, if anybody was found.
pub(crate) fn context_of(extensions: &Extensions) -> Option<&Context> {
    extensions.get::<Entered>().map(|entered| &entered.0)
}

/// The same caller, with a context that knows more of the request.
pub(super) fn enter_again(extensions: &mut Extensions, context: Context) {
    extensions.insert(Entered(context));
}

impl FromRequestParts<Door> for Ctx {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Door) -> Result<Self, Problem> {
        let context = context_of(&parts.extensions);
        context
            .map(|context| Self(context.clone()))
            .ok_or_else(Problem::unauthenticated)
    }
}

impl FromRequestParts<Door> for Credentials {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Problem> {
        let peer = peer::of(parts, door);
        Self::of(&parts.headers, peer)?.ok_or_else(Problem::unauthenticated)
    }
}

/// Finds out who asks. A request without credentials goes on: signing in needs none.
pub(crate) async fn enter(State(door): State<Door>, request: Request, next: Next) -> Response {
    match entered(&door, request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn entered(door: &Door, request: Request) -> Result<Request, Problem> {
    let (mut parts, body) = request.into_parts();
    let peer = peer::of(&parts, door);
    if parts.extensions.get::<FromControlSocket>().is_some() {
        let system = door.services().system().through(model::Door::Cli);
        parts.extensions.insert(Entered(system));
    } else if let Some(credentials) = Credentials::of(&parts.headers, peer)? {
        match authenticate(door, &credentials, peer).await {
            Ok(context) => {
                admit(door, &parts.method, &parts.headers, &context)?;
                parts.extensions.insert(Entered(context));
            }
            // An old cookie must not keep anyone from signing in, or from seeing that they have to.
            Err(problem) if problem.is_unauthenticated() => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(Request::from_parts(parts, body))
}

async fn authenticate(
    door: &Door,
    credentials: &Credentials,
    peer: Peer,
) -> Result<Context, Problem> {
    let caller = Caller::Address(peer.address);
    let failures = &door.inner.failures;
    let context = credentials.context(door, peer).await;
    if context.as_ref().is_err_and(Problem::is_unauthenticated) {
        // Counted after the look-up: who sends the right key is let in whatever others at the
        // same address do.
        failures
            .take(caller, door.now_millis())
            .map_err(Problem::rate_limited)?;
    }
    context
}

fn admit(
    door: &Door,
    method: &Method,
    headers: &HeaderMap,
    context: &Context,
) -> Result<(), Problem> {
    let id = match &context.actor().principal {
        Principal::User(id) | Principal::Phone(Some(id)) => id.uuid(),
        Principal::ConferenceManager { id, .. } => id.uuid(),
        Principal::ApiKey(id) => id.uuid(),
        Principal::Phone(None) | Principal::System => return Ok(()),
    };
    tracing::Span::current().record("actor", tracing::field::display(id));
    let caller = Caller::Known(id.into_bytes());
    let requests = &door.inner.requests;
    requests
        .take(caller, door.now_millis())
        .map_err(Problem::rate_limited)?;
    if let Some(token) = context.csrf()
        && !method.is_safe()
    {
        origin::same_origin(headers)?;
        origin::csrf(headers, &token)?;
    }
    Ok(())
}
