//! SIP sockets and the loop around the call engine.
//!
//! [`Signalling::start`] gives every socket its reader and the engine its driver, one task that
//! owns the engine. Nothing in here decides about calls.

mod datagrams;
mod driver;
mod local_address;
mod sockets;
mod streams;
mod trace;

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use calls::{Engine, EngineConfig, Listener};
use media::control::Codec;
use model::{Clock, Entropy, PrivateTargets, StoredBinding, SwitchCommand};
use services::{
    Services,
    switchboard::{Order, Switchboard},
};
use sip::Transport;
use tokio::{net::UdpSocket, sync::mpsc, task::JoinHandle, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use datagrams::{Datagrams, Reader};
use driver::{Driver, Gauges, Inlets};
use local_address::LocalAddresses;
use streams::Streams;

pub use sip::digest::Algorithm;
pub use sockets::{BindError, SipSocket};

use crate::media::MediaPlane;

/// Messages of streams that may wait for the engine before more is not read.
const WAITING_MESSAGES: usize = 256;
/// How long the last BYEs may take to leave at a stop.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How the switch is set up.
#[derive(Debug)]
pub struct Setup {
    /// Bound sockets.
    pub sockets: Vec<SipSocket>,
    /// Suffix of customers' SIP domains.
    pub sip_domain: String,
    /// Whether phones and addresses outside may be in private networks and on this machine.
    pub private_targets: PrivateTargets,
    /// Digest algorithms, the preferred first.
    pub digests: Vec<Algorithm>,
    /// Where conferences are recorded.
    pub recordings: PathBuf,
    /// Bindings from before the restart.
    pub bindings: Vec<Arc<StoredBinding>>,
}

/// A running switch.
#[derive(Debug)]
pub struct Signalling {
    tasks: TaskTracker,
    driver: JoinHandle<()>,
    stop: CancellationToken,
    switchboard: Switchboard,
}

impl Signalling {
    /// Starts the readers and the driver.
    ///
    /// # Errors
    /// A socket could not be handed to the runtime.
    pub fn start(
        setup: Setup,
        services: Services,
        media: MediaPlane,
        orders: mpsc::Receiver<Order>,
        switchboard: Switchboard,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> io::Result<Self> {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let config = engine_config(&setup, &services, &*entropy);
        let now = driver::now(&*clock);
        let mut engine = Engine::new(config, entropy, now);
        engine.handle(now, calls::Input::Restore(setup.bindings));
        let (to_streams, streams) = mpsc::channel(WAITING_MESSAGES);
        let connections = Streams::new(tasks.clone(), stop.clone(), to_streams);
        let mut sockets = Vec::new();
        for socket in setup.sockets {
            connections.listen(tokio::net::TcpListener::from_std(socket.tcp)?);
            sockets.push(Datagrams {
                address: socket.address,
                socket: UdpSocket::from_std(socket.udp)?,
                full_since: None,
            });
        }
        let driver = Driver {
            engine,
            events: services.switch_events(),
            services,
            clock,
            media,
            sockets,
            reader: Reader::new(),
            streams: connections,
            local: LocalAddresses::default(),
            replies: HashMap::new(),
            last_ticket: 0,
            behind: false,
            without_media: false,
            counted: calls::Tally::default(),
            gauges: Gauges::new(),
            shown: calls::Figures::default(),
        };
        let driver = tasks.spawn(driver.run(Inlets { streams, orders }, stop.clone()));
        Ok(Self {
            tasks,
            driver,
            stop,
            switchboard,
        })
    }

    /// Waits for the driver to end: unless it is stopped, only a defect ends it.
    pub async fn ended(&mut self) {
        if let Err(failed) = (&mut self.driver).await {
            tracing::error!(%failed, "the switch failed");
        }
    }

    /// Takes no new calls, lets running ones end within the grace time, ends the rest, and
    /// returns when the last message is sent. `hurry` cuts the grace time short.
    pub async fn stop(self, grace: Duration, hurry: impl Future<Output = ()>) {
        tokio::select! {
            drained = timeout(grace, self.switchboard.command(SwitchCommand::Drain)) => {
                if drained.is_err() {
                    tracing::info!("the grace time is over; the calls that still run are ended");
                }
            }
            () = hurry => tracing::info!("told again; the calls that still run are ended"),
        }
        let end = self.switchboard.command(SwitchCommand::EndAll);
        if timeout(LAST_WORDS, end).await.is_err() {
            tracing::warn!("not every call could be told of the stop");
        }
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

fn engine_config(setup: &Setup, services: &Services, entropy: &dyn Entropy) -> EngineConfig {
    let listeners: Vec<Listener> = setup
        .sockets
        .iter()
        .flat_map(|socket| {
            [Transport::Udp, Transport::Tcp].map(|transport| Listener {
                transport,
                address: socket.address,
            })
        })
        .collect();
    let mut nonce_key = [0; 32];
    entropy.fill(&mut nonce_key);
    EngineConfig {
        realm: services.realm(),
        sip_domain: setup.sip_domain.as_str().into(),
        agent: concat!("Convoke/", env!("CARGO_PKG_VERSION")).into(),
        own_addresses: own_addresses(&listeners),
        listeners,
        private_targets: setup.private_targets,
        digests: setup.digests.clone(),
        nonce_key,
        codecs: vec![Codec::Opus, Codec::G722, Codec::Pcma, Codec::Pcmu],
        max_calls: 20_000,
        max_bindings: 200_000,
        max_conferences: 5_000,
        ping_every: Some(Duration::from_secs(60)),
        session_expires: Duration::from_secs(1_800),
        recordings: setup.recordings.clone(),
    }
}

/// Addresses that must never be called with a listener's port: they are this server.
fn own_addresses(listeners: &[Listener]) -> Vec<IpAddr> {
    let mut local = LocalAddresses::default();
    let mut addresses: Vec<IpAddr> = listeners
        .iter()
        .map(|l| SocketAddr::ip(&l.address))
        .collect();
    for probe in ["127.0.0.1", "::1", "192.0.2.1", "2001:db8::1"] {
        if let Ok(probe) = probe.parse()
            && let Ok(ours) = local.towards(probe, driver::instant())
        {
            addresses.push(ours);
        }
    }
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// The address of ours that leads out of this machine, for phones to register at.
#[must_use]
pub fn outward_address() -> IpAddr {
    let mut local = LocalAddresses::default();
    let documentation = IpAddr::from([192, 0, 2, 1]);
    local
        .towards(documentation, driver::instant())
        .unwrap_or(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST))
}
