//! `convoke serve`: binds, opens, wires, says that it is ready, and ends in order.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use services::{Bootstrap, FirstStart, Options, Services, SipIdentity, switchboard};
use switch::{
    media::{MediaConfig, MediaPlane},
    signalling::{Algorithm, Setup, Signalling, SipSocket},
};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::{Config, DigestAlgorithm},
    failure::{Failure, chain},
    foundation,
    machine::{SystemClock, SystemEntropy},
    prompts,
};

/// Commands that may wait for the switch; more are answered 503.
const WAITING_COMMANDS: usize = 1_024;

/// Runs the server until it is told to stop.
///
/// # Errors
/// What kept it from starting, named by its option.
pub async fn run(config: Config) -> Result<(), Failure> {
    // Sockets first: a port in use stops the start while nothing is written.
    let http = bind_http(config.http)?;
    let sockets = bind_sip(&config)?;
    let _held = foundation::hold(&config.data_dir)?;
    let sounds = tokio::task::spawn_blocking({
        let data_dir = config.data_dir.clone();
        move || prompts::library(&data_dir)
    });
    let metrics = PrometheusBuilder::new()
        .install_recorder()
        .map_err(|error| Failure::start(format!("metrics could not be started: {error}")))?;
    let store = foundation::open(&config).await?;
    let recordings = config.data_dir.join("recordings");
    foundation::make_folder(&recordings)?;
    let (switchboard, orders) = switchboard::channel(WAITING_COMMANDS);
    let (services, first) =
        start_services(&config, store.clone(), switchboard.clone(), &sockets).await?;
    let bindings = services
        .reconcile()
        .await
        .map_err(|error| failed("the last run could not be settled", &error))?;
    let no_sounds = |error: &tokio::task::JoinError| {
        Failure::start(format!("sounds could not be made: {error}"))
    };
    let sounds = sounds.await.map_err(|error| no_sounds(&error))?;
    let media = start_media(&config, sounds)?;
    let setup = Setup {
        sockets,
        sip_domain: config.sip_domain.clone(),
        private_targets: config.private_targets,
        digests: config
            .sip_digest
            .iter()
            .map(|digest| algorithm(*digest))
            .collect(),
        recordings,
        bindings,
    };
    let clock = Arc::new(SystemClock);
    let signalling = Signalling::start(
        setup,
        services.clone(),
        media,
        orders,
        switchboard,
        clock,
        Arc::new(SystemEntropy),
    )
    .map_err(|error| Failure::start(format!("--sip: {error}")))?;
    serve_until_told(&config, services, signalling, http, metrics, first).await?;
    store
        .close()
        .await
        .map_err(|error| Failure::refused(format!("the database did not close: {}", chain(&error))))
}

fn start_media(
    config: &Config,
    sounds: media::prompt::SoundLibrary,
) -> Result<MediaPlane, Failure> {
    let standard = MediaConfig::standard();
    let media_config = MediaConfig {
        ports: config.media_ports,
        workers: config.media_workers.unwrap_or(standard.workers),
        told: config.media_address,
        ..standard
    };
    MediaPlane::start(&media_config, &Arc::new(sounds), Arc::new(SystemEntropy)).map_err(|error| {
        Failure::start(format!(
            "--media-workers: media could not be started: {error}"
        ))
    })
}

async fn serve_until_told(
    config: &Config,
    services: Services,
    mut signalling: Signalling,
    http: TcpListener,
    metrics: PrometheusHandle,
    first: Option<FirstStart>,
) -> Result<(), Failure> {
    let (tasks, stop_web, stop_services) = (
        TaskTracker::new(),
        CancellationToken::new(),
        CancellationToken::new(),
    );
    let mut told = Told::listen()?;
    let http_address = http
        .local_addr()
        .map_err(|error| Failure::start(format!("--http: {error}")))?;
    let listener = tokio::net::TcpListener::from_std(http)
        .map_err(|error| Failure::start(format!("--http: {error}")))?;
    let app = web::App::new(
        services.clone(),
        web_config(config),
        probes(&services, metrics),
    );
    let control = config.data_dir.join("control.sock");
    app.serve_control(&control, stop_web.clone())
        .map_err(|error| Failure::start(format!("--data-dir {}: {error}", control.display())))?;
    let web = tasks.spawn(app.serve(listener, stop_web.clone()));
    let stop = stop_services.clone();
    let serving = tasks.spawn(async move { services.run(stop).await });
    welcome(http_address, first);
    if config.is_exposed() {
        tracing::warn!(
            "--http {http_address}: passwords and sessions go over plain HTTP; put a proxy that \
             does HTTPS in front and name it with --trusted-proxies"
        );
    }
    // A server without one of its parts would look alive and carry nothing: it ends, and what
    // looks after it starts it again.
    let failed = tokio::select! {
        () = told.stops() => None,
        () = signalling.ended() => Some("the switch"),
        _ = web => Some("the web side"),
        _ = serving => Some("the services"),
    };
    // A second signal does not wait for the grace time.
    let grace = Duration::from_secs(config.grace_secs);
    signalling.stop(grace, told.stops()).await;
    stop_web.cancel();
    stop_services.cancel();
    tasks.close();
    tasks.wait().await;
    // The socket's file has no use without the server.
    let _ = std::fs::remove_file(&control);
    match failed {
        None => Ok(()),
        Some(part) => Err(Failure::refused(format!(
            "{part} ended by itself; the log says why"
        ))),
    }
}

/// The signals that end a server.
struct Told {
    terminated: Signal,
    interrupted: Signal,
}

impl Told {
    fn listen() -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::start(format!("signals: {error}"));
        Ok(Self {
            terminated: signal(SignalKind::terminate()).map_err(failed)?,
            interrupted: signal(SignalKind::interrupt()).map_err(failed)?,
        })
    }

    async fn stops(&mut self) {
        tokio::select! {
            _ = self.terminated.recv() => tracing::info!("told to stop"),
            _ = self.interrupted.recv() => tracing::info!("interrupted"),
        }
    }
}

fn bind_http(address: SocketAddr) -> Result<TcpListener, Failure> {
    let refused = |error: std::io::Error| Failure::start(format!("--http: {address}: {error}"));
    let listener = TcpListener::bind(address).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    Ok(listener)
}

fn bind_sip(config: &Config) -> Result<Vec<SipSocket>, Failure> {
    let mut sockets = Vec::new();
    for address in &config.sip {
        match SipSocket::bind(*address) {
            Ok(socket) => sockets.push(socket),
            Err(error) if config.sip_is_default && error.is_family_missing() => {}
            Err(error) => return Err(Failure::start(format!("--sip: {error}"))),
        }
    }
    if sockets.is_empty() {
        return Err(Failure::start(
            "--sip: this machine has no address to listen on",
        ));
    }
    Ok(sockets)
}

async fn start_services(
    config: &Config,
    store: store::Store,
    switchboard: switchboard::Switchboard,
    sockets: &[SipSocket],
) -> Result<(Services, Option<FirstStart>), Failure> {
    let secret = |name: &str| {
        std::env::var(name)
            .ok()
            .filter(|text| !text.is_empty())
            .map(model::Secret::new)
    };
    let port = sockets.first().map_or(5060, |socket| socket.address.port());
    let options = Options {
        store,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        data_dir: config.data_dir.clone(),
        switchboard,
        sip: SipIdentity {
            domain: config.sip_domain.clone(),
            server: server_name(config, sockets),
            port,
            private_targets: config.private_targets,
        },
        audit_kept_days: config.audit_kept_days,
        bootstrap: Bootstrap {
            token: secret("CONVOKE_BOOTSTRAP_TOKEN"),
            password: secret("CONVOKE_BOOTSTRAP_PASSWORD"),
        },
    };
    Services::start(options)
        .await
        .map_err(|error| failed("the server could not be set up", &error))
}

/// What phones are told to register at: an address that was asked for, or the one that leads out
/// of this machine.
fn server_name(config: &Config, sockets: &[SipSocket]) -> String {
    let asked = sockets
        .iter()
        .map(|socket| socket.address.ip())
        .find(|ip| !ip.is_unspecified());
    config
        .media_address
        .or(asked)
        .unwrap_or_else(switch::signalling::outward_address)
        .to_string()
}

const fn algorithm(digest: DigestAlgorithm) -> Algorithm {
    match digest {
        DigestAlgorithm::Md5 => Algorithm::Md5,
        DigestAlgorithm::Sha256 => Algorithm::Sha256,
    }
}

fn web_config(config: &Config) -> web::Config {
    web::Config {
        trusted_proxies: config.trusted_proxies.clone(),
        ..web::Config::new(Arc::new(SystemClock))
    }
}

fn probes(services: &Services, metrics: PrometheusHandle) -> web::Probes {
    let services = services.clone();
    web::Probes {
        ready: Arc::new(move || {
            let services = services.clone();
            Box::pin(async move { services.ready().await.map_err(|error| chain(&error)) })
        }),
        metrics: Arc::new(move || metrics.render()),
    }
}

fn welcome(http: SocketAddr, first: Option<FirstStart>) {
    println!("Convoke is ready: http://{http}");
    let Some(first) = first else { return };
    println!("Sign in as {} (account name left empty)", first.username);
    match first.password {
        Some(password) => println!("Password, shown only now: {}", password.expose()),
        None => println!("with the password given by CONVOKE_BOOTSTRAP_PASSWORD"),
    }
}

fn failed(what: &str, error: &dyn std::error::Error) -> Failure {
    Failure::start(format!("{what}: {}", chain(error)))
}
