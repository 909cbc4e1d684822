//! The whole web side, put together.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{StatusCode, header},
    middleware::{from_fn_with_state, map_response},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::future::BoxFuture;
use model::Clock;
use services::Services;
use tokio::net::{TcpListener, UnixListener};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower_http::{catch_panic::CatchPanicLayer, compression::CompressionLayer};

use crate::{answer::Problem, api, door, door::Door, openapi, portal, serve};

/// Largest request body, in bytes.
pub(crate) const MAX_BODY: usize = 1024 * 1024;
/// A request is answered within this time, or with 503.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What an administrator may set about the web side.
#[derive(Clone)]
pub struct Config {
    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Requests a second of one key or person.
    pub requests_per_second: u32,
    /// Wrong keys and ended sessions a second from one address.
    pub failures_per_second: u32,
    /// The time, for limits and the log.
    pub clock: Arc<dyn Clock>,
}

impl Config {
    /// What holds unless something is set.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            trusted_proxies: Vec::new(),
            requests_per_second: 2_000,
            failures_per_second: 20,
            clock,
        }
    }
}

/// What monitoring asks, answered by the binary.
#[derive(Clone)]
pub struct Probes {
    /// Whether SIP, media and database are up; else what is not.
    pub ready: Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
    /// All figures, in the Prometheus text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
}

/// The web side of one server.
pub struct App {
    router: Router,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl App {
    /// Puts it together. Nothing listens yet.
    #[must_use]
    pub fn new(services: Services, config: Config, probes: Probes) -> Self {
        let tasks = TaskTracker::new();
        let stopping = CancellationToken::new();
        let door = Door::new(services, config, tasks.clone(), stopping.clone());
        Self {
            router: router(door, probes),
            tasks,
            stopping,
        }
    }

    /// The routes, for tests that bring their own requests.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Serves the command line of this machine, on a socket that only its owner can open, until
    /// `stop`.
    pub fn serve_control(&self, listener: UnixListener, stop: CancellationToken) {
        let serving = serve::serve_control(listener, self.router.clone(), self.tasks.clone(), stop);
        self.tasks.spawn(serving);
    }

    /// Serves until `stop`, then lets running requests end for a few seconds.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) {
        let ending = self.stopping.clone();
        let wait = stop.clone();
        self.tasks.spawn(async move {
            wait.cancelled().await;
            ending.cancel();
        });
        serve::serve(listener, self.router, self.tasks, stop).await;
    }
}

fn router(door: Door, probes: Probes) -> Router {
    let (routes, document) = api().split_for_parts();
    let document = openapi::complete(document);
    // From the inside out: a change runs to its end, once; who asks is known before; a panic and
    // a slow answer become problems; packed; with the headers of every answer; in the log.
    let api = routes
        .layer(from_fn_with_state(door.clone(), door::once))
        .layer(from_fn_with_state(door.clone(), door::finish))
        .layer(from_fn_with_state(door.clone(), door::enter))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(door.clone());
    api.merge(probe_routes(probes))
        .route("/api/openapi.json", openapi::serve(&document))
        .fallback(portal::serve)
        .layer(CatchPanicLayer::custom(door::caught))
        .layer(tower_http::timeout::TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            TIMEOUT,
        ))
        .layer(map_response(name_timeouts))
        .layer(CompressionLayer::new())
        .layer(from_fn_with_state(door.clone(), door::secure))
        .layer(from_fn_with_state(door, door::traced))
}

fn probe_routes(probes: Probes) -> Router {
    let Probes { ready, metrics } = probes;
    let plain = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route(
            "/readyz",
            get(move || {
                let answer = ready();
                async move {
                    match answer.await {
                        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
                        Err(what) => (StatusCode::SERVICE_UNAVAILABLE, format!("{what}\n")),
                    }
                }
            }),
        )
        .route(
            "/metrics",
            get(move || {
                let text = metrics();
                async move { (plain, text) }
            }),
        )
}

async fn method_not_allowed(_: Request) -> Response {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "Method not allowed",
        "This address does not take that method.",
    )
    .into_response()
}

/// The timeout answers without a body; every refusal is a problem.
async fn name_timeouts(response: Response) -> Response {
    let bare = response.status() == StatusCode::SERVICE_UNAVAILABLE
        && !response.headers().contains_key(header::CONTENT_TYPE);
    if bare {
        return Problem::unavailable("The answer took too long; try again shortly.")
            .into_response();
    }
    response
}
