//! Who comes in: peers, credentials, cookies, cross-site checks, limits, headers.
//!
//! Every request passes [`enter`], which finds out who asks and refuses changes that another site
//! made a browser send. Handlers take [`Ctx`], which is there only for those who may come in.

pub(crate) mod cookie;
mod enter;
mod headers;
mod idempotency;
mod limit;
mod origin;
mod peer;
mod refusal;
mod trace;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use services::Services;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub(crate) use enter::{Credentials, Ctx, context_of, enter};
pub(crate) use headers::secure;
pub(crate) use idempotency::once;
pub(crate) use origin::same_origin;
pub(crate) use peer::Peer;
pub(crate) use trace::{caught, finish, traced};

use crate::{
    Config,
    events::{Places, Written},
};

/// What all handlers share; a cheap clone.
#[derive(Clone)]
pub(crate) struct Door {
    inner: Arc<Inner>,
}

struct Inner {
    services: Services,
    config: Config,
    requests: limit::Limiter,
    failures: limit::Limiter,
    tasks: TaskTracker,
    stopping: CancellationToken,
    event_places: Arc<Places>,
    written: Written,
    /// Counts requests, so that each has an id that its log lines and its answer share.
    count: AtomicU64,
}

impl Door {
    /// The door to these services.
    pub(crate) fn new(
        services: Services,
        config: Config,
        tasks: TaskTracker,
        stopping: CancellationToken,
    ) -> Self {
        let requests = limit::Limiter::new(config.requests_per_second, 4);
        let failures = limit::Limiter::new(config.failures_per_second, 10);
        Self {
            inner: Arc::new(Inner {
                services,
                config,
                requests,
                failures,
                tasks,
                stopping,
                event_places: Arc::default(),
                written: Written::default(),
                count: AtomicU64::new(1),
            }),
        }
    }

    /// The operations.
    pub(crate) fn services(&self) -> &Services {
        &self.inner.services
    }

    /// Tasks that a stop waits for.
    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.inner.tasks
    }

    /// Ends when the server stops.
    pub(crate) fn stopping(&self) -> &CancellationToken {
        &self.inner.stopping
    }

    /// Who reads the event stream.
    pub(crate) fn event_places(&self) -> &Arc<Places> {
        &self.inner.event_places
    }

    /// What the event stream wrote last.
    pub(crate) fn written(&self) -> &Written {
        &self.inner.written
    }

    fn next_number(&self) -> u64 {
        self.inner.count.fetch_add(1, Ordering::Relaxed)
    }

    fn now_millis(&self) -> i64 {
        self.inner.config.clock.now().as_millisecond()
    }
}
