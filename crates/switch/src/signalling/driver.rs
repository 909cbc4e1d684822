//! The loop around [`calls::Engine`]: what the sockets, the media workers and `services` say goes
//! in with the time, what the engine orders is done. It decides nothing.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use calls::{Engine, Figures, Input, Now, Output, Tally, Ticket};
use media::control::MediaLeg;
use metrics::{Gauge, gauge};
use model::{Clock, SwitchCommand, SwitchError, SwitchEvent, SwitchReply};
use services::{Services, lines, routing, switchboard::Order};
use sip::{Flow, Transport};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::{
    datagrams::{Datagrams, Reader},
    local_address::LocalAddresses,
    streams::{FromStream, Streams},
    trace,
};
use crate::media::MediaPlane;

/// Datagrams of one socket before anything else has its turn.
const BATCH: u64 = 64;
/// Events of the media workers before anything else has its turn.
const EVENTS: usize = 256;
/// A socket that was never empty for this long brings more than can be answered. The kernel's
/// buffer holds about twice as much before it drops, and phones send again after half a second.
const TOO_LONG: Duration = Duration::from_millis(150);

/// What comes to the driver.
#[derive(Debug)]
pub(super) struct Inlets {
    pub streams: mpsc::Receiver<FromStream>,
    pub orders: mpsc::Receiver<Order>,
}

/// Owns the engine and everything it reaches.
pub(super) struct Driver {
    pub engine: Engine,
    pub services: Services,
    pub events: mpsc::Sender<SwitchEvent>,
    pub clock: Arc<dyn Clock>,
    pub media: MediaPlane,
    pub sockets: Vec<Datagrams>,
    pub reader: Reader,
    pub streams: Streams,
    pub local: LocalAddresses,
    pub replies: HashMap<Ticket, oneshot::Sender<Result<SwitchReply, SwitchError>>>,
    pub last_ticket: u64,
    pub behind: bool,
    /// The last leg got no sockets: said once, not for every call of a busy hour.
    pub without_media: bool,
    pub counted: Tally,
    pub gauges: Gauges,
    pub shown: Figures,
}

/// What there is at the moment, for monitoring.
pub(super) struct Gauges {
    calls: Gauge,
    bindings: Gauge,
    conferences: Gauge,
}

impl Gauges {
    /// All at zero: what is not there is shown, too.
    pub fn new() -> Self {
        let shown = |gauge: Gauge| {
            gauge.set(0.0);
            gauge
        };
        Self {
            calls: shown(gauge!("convoke_calls")),
            bindings: shown(gauge!("convoke_bindings")),
            conferences: shown(gauge!("convoke_conferences")),
        }
    }
}

impl Driver {
    /// Runs until the stop; what is in flight then is sent first.
    pub async fn run(mut self, mut inlets: Inlets, stop: CancellationToken) {
        self.carry_out();
        self.count();
        loop {
            let deadline = self.engine.deadline().map(tokio::time::Instant::from_std);
            tokio::select! {
                () = stop.cancelled() => break,
                index = self.reader.ready(&self.sockets) => self.datagrams(index),
                Some(from) = inlets.streams.recv() => self.stream(from),
                Some(order) = inlets.orders.recv() => self.order(order),
                event = self.media.event() => self.media_event(event).await,
                () = sleep_until(deadline), if deadline.is_some() => {}
            }
            if self.engine.deadline().is_some_and(|at| at <= instant()) {
                self.tell(Input::Timer);
            }
            self.count();
        }
    }

    /// Shows what the engine counted, where it changed.
    fn count(&mut self) {
        let tally = self.engine.tally();
        if tally != self.counted {
            self.counted = tally;
            metrics::counter!("convoke_sip_malformed_total").absolute(tally.malformed);
            metrics::counter!("convoke_sip_auth_failures_total").absolute(tally.auth_failures);
        }
        let figures = self.engine.figures();
        for (gauge, is, was) in [
            (&self.gauges.calls, figures.calls, self.shown.calls),
            (&self.gauges.bindings, figures.bindings, self.shown.bindings),
            (
                &self.gauges.conferences,
                figures.conferences,
                self.shown.conferences,
            ),
        ] {
            if is != was {
                gauge.set(is as f64);
            }
        }
        self.shown = figures;
    }

    fn datagrams(&mut self, socket: usize) {
        let Some(bound) = self.sockets.get(socket).map(|socket| socket.address) else {
            return;
        };
        let mut taken = 0;
        while taken < BATCH {
            let Some((peer, bytes)) = self.reader.take(&self.sockets[socket]) else {
                break;
            };
            taken += 1;
            let Some(local) = self.local_for(bound, peer) else {
                continue;
            };
            let flow = Flow {
                transport: Transport::Udp,
                local,
                peer,
                connection: 0,
            };
            trace::message("in", &flow, &bytes);
            self.tell(Input::Packet { flow, bytes });
        }
        metrics::counter!("convoke_sip_datagrams_total").increment(taken);
        self.keep_up(socket, taken < BATCH);
    }

    /// Tells the engine when a socket has not been empty for too long, and when it is again.
    fn keep_up(&mut self, socket: usize, emptied: bool) {
        let now = instant();
        let full_since = &mut self.sockets[socket].full_since;
        *full_since = (!emptied).then(|| full_since.unwrap_or(now));
        let too_long = |socket: &Datagrams| {
            socket
                .full_since
                .is_some_and(|since| now.saturating_duration_since(since) > TOO_LONG)
        };
        let behind = self.sockets.iter().any(too_long);
        if behind != self.behind {
            self.behind = behind;
            metrics::gauge!("convoke_sip_behind").set(f64::from(u8::from(behind)));
            self.tell(Input::Behind(behind));
        }
    }

    /// The specific address of ours that this peer reaches.
    fn local_for(&mut self, bound: SocketAddr, peer: SocketAddr) -> Option<SocketAddr> {
        if !bound.ip().is_unspecified() {
            return Some(bound);
        }
        let local = self.local.towards(peer.ip(), instant()).ok()?;
        Some(SocketAddr::new(local, bound.port()))
    }

    fn stream(&mut self, from: FromStream) {
        match from {
            FromStream::Accepted(stream, peer) => self.streams.accepted(stream, peer),
            FromStream::Message(flow, message) => {
                self.streams.alive(flow.connection);
                if trace::is_on() {
                    trace::message("in", &flow, &message.to_bytes());
                }
                self.tell(Input::Message { flow, message });
            }
            FromStream::Malformed(flow, malformed) => {
                self.tell(Input::Malformed {
                    flow,
                    malformed: Box::new(malformed),
                });
            }
            FromStream::Closed(flow) => {
                for flow in self.streams.closed(flow.connection) {
                    self.tell(Input::SendFailed { flow });
                }
                self.tell(Input::ConnectionClosed { flow });
            }
        }
    }

    /// Takes what else has come too, so that many events cost one wake-up.
    async fn media_event(&mut self, event: std::io::Result<media::control::MediaEvent>) {
        match event {
            Ok(event) => {
                self.tell(Input::Media(event));
                for _ in 1..EVENTS {
                    let Some(event) = self.media.try_event() else {
                        break;
                    };
                    self.tell(Input::Media(event));
                }
            }
            Err(error) => {
                tracing::error!(%error, "media events cannot be waited for");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }

    fn order(&mut self, order: Order) {
        if order.command == SwitchCommand::AreYouThere && !self.media.is_alive() {
            // The asker may have gone.
            let _ = order.reply.send(Err(SwitchError::Unavailable));
            return;
        }
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        self.replies.insert(ticket, order.reply);
        self.tell(Input::Command {
            ticket,
            command: Box::new(order.command),
        });
    }

    /// Feeds the engine and does what it orders.
    fn tell(&mut self, input: Input) {
        let now = self.now();
        self.engine.handle(now, input);
        self.carry_out();
    }

    fn carry_out(&mut self) {
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Send { flow, bytes } => self.send(flow, bytes),
                Output::OpenMedia { leg, peer } => self.open_media(leg, peer),
                Output::Media(command) => self.media.command(command),
                Output::FindCredentials { ticket, username } => {
                    let facts = lines::find(&self.services.directory(), &username);
                    let now = self.now();
                    self.engine
                        .handle(now, Input::Credentials { ticket, facts });
                }
                Output::FindRoute { ticket, query } => {
                    let plan = routing::plan(&self.services.directory(), &query, &self.engine);
                    let now = self.now();
                    self.engine.handle(
                        now,
                        Input::Routed {
                            ticket,
                            plan: Box::new(plan),
                        },
                    );
                }
                Output::Reply { ticket, reply } => {
                    if let Some(asker) = self.replies.remove(&ticket) {
                        // The asker may have gone: its request timed out.
                        let _ = asker.send(reply);
                    }
                }
                Output::Event(event) => self.event(event),
            }
        }
    }

    fn now(&self) -> Now {
        now(&*self.clock)
    }

    fn send(&mut self, flow: Flow, bytes: Bytes) {
        trace::message("out", &flow, &bytes);
        let is_response = bytes.starts_with(b"SIP/2.0 ");
        let sent = match flow.transport {
            Transport::Udp => self.send_datagram(flow, &bytes),
            Transport::Tcp => self.streams.send(flow, bytes),
            Transport::Tls | Transport::Ws | Transport::Wss => false,
        };
        if !sent {
            metrics::counter!("convoke_sip_sends_failed_total").increment(1);
            // A response too large for a datagram, or one too many for a queue, says nothing of
            // the requests that wait for answers from there.
            if !is_response {
                let now = self.now();
                self.engine.handle(now, Input::SendFailed { flow });
            }
        }
    }

    fn send_datagram(&self, flow: Flow, bytes: &[u8]) -> bool {
        let fits = |socket: &&Datagrams| {
            let bound = socket.address;
            bound.is_ipv4() == flow.peer.is_ipv4()
                && bound.port() == flow.local.port()
                && (bound.ip() == flow.local.ip() || bound.ip().is_unspecified())
        };
        let Some(socket) = self.sockets.iter().find(fits) else {
            return false;
        };
        match socket.socket.try_send_to(bytes, flow.peer) {
            Ok(_) => true,
            // A full buffer is like a loss on the way: the transaction layer sends again.
            Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
        }
    }

    fn open_media(&mut self, leg: MediaLeg, peer: IpAddr) {
        let now = self.now();
        let local = match self.local.towards(peer, now.monotonic) {
            Ok(local) => local,
            Err(error) => {
                tracing::warn!(%peer, %error, "there is no route for media");
                self.engine.handle(now, Input::MediaRefused { leg });
                return;
            }
        };
        let opened = self.media.open(leg, local);
        let was_without = std::mem::replace(&mut self.without_media, opened.is_err());
        let input = match opened {
            Ok(local) => {
                if was_without {
                    tracing::info!("media ports can be opened again");
                }
                Input::MediaOpened { leg, local }
            }
            Err(error) => {
                metrics::counter!("convoke_media_legs_refused_total").increment(1);
                if !was_without {
                    tracing::warn!(%error, "no media port could be opened; calls get 503");
                }
                Input::MediaRefused { leg }
            }
        };
        self.engine.handle(now, input);
    }

    fn event(&mut self, event: SwitchEvent) {
        if self.events.try_send(event).is_err() {
            // The sink waits for nothing: it is this far behind only if the machine is.
            metrics::counter!("convoke_switch_events_dropped_total").increment(1);
            tracing::error!("an event of the switch found no place and was dropped");
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the driver is where the monotonic clock enters"
)]
pub(super) fn instant() -> Instant {
    Instant::now()
}

async fn sleep_until(deadline: Option<tokio::time::Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// The time for the engine: the monotonic clock is the driver's, the wall clock is handed in.
pub(super) fn now(clock: &dyn Clock) -> Now {
    Now {
        monotonic: instant(),
        wall: clock.now(),
    }
}
