//! `convoke serve`: reserves, opens, wires, says that it is ready, and ends in order.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use services::{
    Bootstrap, FirstStart, Options, Services, SipIdentity,
    switchboard::{self, Order, Switchboard},
};
use switch::{
    media::{MediaConfig, MediaPlane},
    signalling::{Algorithm, Setup, Signalling, SipSocket},
};
use tokio::{
    net::{TcpListener, UnixListener},
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
    task::JoinHandle,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::{Config, DigestAlgorithm},
    failure::{Failure, chain},
    foundation,
    machine::{SystemClock, SystemEntropy},
    prompts,
    reserve::{self, Reserved},
};

/// Commands that may wait for the switch; more are answered 503.
const WAITING_COMMANDS: usize = 1_024;

/// Runs the server until it is told to stop.
///
/// # Errors
/// What kept it from starting, named by its option.
pub async fn run(config: Config) -> Result<(), Failure> {
    let mut reserved = reserve::reserve(&config).await?;
    // Sounds take a while to be made; the database is opened meanwhile.
    let media = tokio::task::spawn_blocking({
        let config = config.clone();
        move || start_media(&config)
    });
    let metrics = PrometheusBuilder::new()
        .install_recorder()
        .map_err(|error| Failure::start(format!("metrics could not be started: {error}")))?;
    let store = foundation::open(&config).await?;
    reserved.held.keep();
    let media = media
        .await
        .map_err(|error| Failure::start(format!("sounds could not be made: {error}")))??;
    let (switchboard, orders) = switchboard::channel(WAITING_COMMANDS);
    let (services, first) =
        start_services(&config, store.clone(), switchboard.clone(), &reserved.sip).await?;
    let Reserved {
        http,
        sip,
        control,
        held: _held,
    } = reserved;
    let started = async {
        let signalling =
            start_switch(&config, sip, &services, media, (switchboard, orders)).await?;
        Running::start(&config, services, signalling, (http, control), metrics)
    };
    let started = started.await;
    // The administrator is there from now on: whatever else went wrong, the password is shown.
    welcome(started.as_ref().ok(), first);
    started?.until_told(&config).await?;
    store
        .close()
        .await
        .map_err(|error| Failure::refused(format!("the database did not close: {}", chain(&error))))
}

fn start_media(config: &Config) -> Result<MediaPlane, Failure> {
    let sounds = Arc::new(prompts::library(&config.data_dir));
    let standard = MediaConfig::standard();
    let media_config = MediaConfig {
        ports: config.media_ports,
        workers: config.media_workers.unwrap_or(standard.workers),
        told: config.media_address,
        ..standard
    };
    MediaPlane::start(&media_config, &sounds, Arc::new(SystemEntropy)).map_err(|error| {
        Failure::start(format!(
            "--media-workers: media could not be started: {error}"
        ))
    })
}

async fn start_switch(
    config: &Config,
    sockets: Vec<SipSocket>,
    services: &Services,
    media: MediaPlane,
    (switchboard, orders): (Switchboard, mpsc::Receiver<Order>),
) -> Result<Signalling, Failure> {
    let recordings = config.data_dir.join("recordings");
    foundation::make_folder(&recordings)?;
    let bindings = services
        .reconcile()
        .await
        .map_err(|error| failed("the last run could not be settled", &error))?;
    let digests = config.sip_digest.iter().copied().map(algorithm).collect();
    let setup = Setup {
        sockets,
        sip_domain: config.sip_domain.clone(),
        private_targets: config.private_targets,
        digests,
        recordings,
        bindings,
    };
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    Signalling::start(
        setup,
        services.clone(),
        media,
        orders,
        switchboard,
        clock,
        entropy,
    )
    .map_err(|error| Failure::start(format!("--sip: {error}")))
}

/// A server that does its work.
struct Running {
    address: SocketAddr,
    signalling: Signalling,
    told: Told,
    tasks: TaskTracker,
    web: JoinHandle<()>,
    stop_web: CancellationToken,
    services: JoinHandle<()>,
    stop_services: CancellationToken,
}

impl Running {
    fn start(
        config: &Config,
        services: Services,
        signalling: Signalling,
        (http, control): (TcpListener, UnixListener),
        metrics: PrometheusHandle,
    ) -> Result<Self, Failure> {
        let (tasks, stop_web, stop_services) = (
            TaskTracker::new(),
            CancellationToken::new(),
            CancellationToken::new(),
        );
        let told = Told::listen()?;
        let address = http
            .local_addr()
            .map_err(|error| Failure::start(format!("--http: {error}")))?;
        let app = web::App::new(
            services.clone(),
            web_config(config),
            probes(&services, metrics),
        );
        app.serve_control(control, stop_web.clone());
        let web = tasks.spawn(app.serve(http, stop_web.clone()));
        let stop = stop_services.clone();
        let services = tasks.spawn(async move { services.run(stop).await });
        if config.is_exposed() {
            tracing::warn!(
                "--http {address}: passwords and sessions go over plain HTTP; put a proxy that \
                 does HTTPS in front and name it with --trusted-proxies"
            );
        }
        Ok(Self {
            address,
            signalling,
            told,
            tasks,
            web,
            stop_web,
            services,
            stop_services,
        })
    }

    async fn until_told(mut self, config: &Config) -> Result<(), Failure> {
        // A server without one of its parts would look alive and carry nothing: it ends, and what
        // looks after it starts it again.
        let failed = tokio::select! {
            () = self.told.stops() => None,
            () = self.signalling.ended() => Some("the switch"),
            _ = self.web => Some("the web side"),
            _ = self.services => Some("the services"),
        };
        // A second signal does not wait for the grace time.
        let grace = Duration::from_secs(config.grace_secs);
        self.signalling.stop(grace, self.told.stops()).await;
        self.stop_web.cancel();
        self.stop_services.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        match failed {
            None => Ok(()),
            Some(part) => Err(Failure::refused(format!(
                "{part} ended by itself; the log says why"
            ))),
        }
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

fn welcome(running: Option<&Running>, first: Option<FirstStart>) {
    if let Some(running) = running {
        println!("Convoke is ready: http://{}", running.address);
    }
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
