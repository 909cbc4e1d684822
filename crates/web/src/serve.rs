//! The listening socket: connections with bounds on their number and on how slowly they may begin,
//! and a stop that lets running requests end.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::Body,
    extract::{ConnectInfo, Request},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream, UnixListener},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

/// Connections at the same time; more wait in the kernel's queue.
const CONNECTIONS: usize = 8_192;
/// A client that takes longer to say what it wants is not one of ours.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// A stop waits this long for running requests.
const GRACE: Duration = Duration::from_secs(5);

/// Serves until `stop`, then lets running requests and changes end.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let connections = TaskTracker::new();
    while let Some(place) = stop
        .run_until_cancelled(places.clone().acquire_owned())
        .await
    {
        let accepted = stop.run_until_cancelled(listener.accept()).await;
        let (stream, peer) = match accepted {
            None => break,
            Some(Ok(accepted)) => accepted,
            Some(Err(error)) => {
                // Out of file handles, mostly: what is open goes on, new ones wait.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let connection = connection(stream, peer, router.clone(), stop.clone());
        connections.spawn(async move {
            connection.await;
            drop(place);
        });
    }
    connections.close();
    if tokio::time::timeout(GRACE, connections.wait())
        .await
        .is_err()
    {
        tracing::warn!(
            open = connections.len(),
            "requests are still running; stopping anyway"
        );
    }
    tasks.close();
    // A change that has begun is brought to its end: it may have committed already.
    if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
        tracing::warn!(
            running = tasks.len(),
            "changes are still running; stopping anyway"
        );
    }
}

/// Came over the socket in the data folder: who can open it is who runs the server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FromControlSocket;

/// Serves the command line of this machine until `stop`.
pub(crate) async fn serve_control(
    listener: UnixListener,
    router: Router,
    tasks: TaskTracker,
    stop: CancellationToken,
) {
    let nobody = SocketAddr::from(([127, 0, 0, 1], 0));
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let router = router.clone().layer(Extension(FromControlSocket));
        tasks.spawn(talk(stream, nobody, router, stop.clone()));
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, stop: CancellationToken) {
    // Events are small and must not wait for more.
    if stream.set_nodelay(true).is_ok() {
        talk(stream, peer, router, stop).await;
    }
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    router: Router,
    stop: CancellationToken,
) {
    let service = tower::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let router = router.clone();
        async move { Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|e| match e {})) }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(30))
        .max_concurrent_streams(100);
    let connection =
        builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, error, "a connection broke");
    }
}
