//! What goes into the engine and what comes out: plain data, so that a test holds either end.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use media::control::{Codec, MediaCommand, MediaEvent, MediaLeg};
use model::{
    DeviceFacts, PrivateTargets, RoutePlan, RouteQuery, StoredBinding, SwitchCommand, SwitchError,
    SwitchEvent, SwitchReply, Timestamp,
};
use sip::{Flow, Transport};

/// The time, as an input: the monotonic clock for timers, the wall clock for records.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// For timers; never goes back.
    pub monotonic: Instant,
    /// For what people read; may jump, and nothing expires when it does.
    pub wall: Timestamp,
}

/// Names a question or a command, so that its answer finds it. The engine chooses those of its
/// questions, the driver those of its commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// How the engine is set up; nothing in it changes while it runs.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// The digest realm of the whole server.
    pub realm: Arc<str>,
    /// Suffix of customers' SIP domains: a host under it that is not the caller's own domain is
    /// another customer's, 404.
    pub sip_domain: Arc<str>,
    /// `Server` and `User-Agent`.
    pub agent: Arc<str>,
    /// Where we listen, in the order of preference for calls to outside addresses. A listener on
    /// all addresses has the unspecified one.
    pub listeners: Vec<Listener>,
    /// Every address of this machine: with the listeners' ports they are never called.
    pub own_addresses: Vec<IpAddr>,
    /// Whether phones and addresses outside may be in private networks and on this machine.
    pub private_targets: PrivateTargets,
    /// Challenge algorithms, the preferred first; an empty list means MD5.
    pub digests: Vec<sip::digest::Algorithm>,
    /// Key of the nonces' HMAC: random at each start.
    pub nonce_key: [u8; 32],
    /// Codecs offered, the preferred first.
    pub codecs: Vec<Codec>,
    /// INVITEs beyond this many calls are answered 503 with Retry-After.
    pub max_calls: usize,
    /// Bindings beyond this many are refused with 503.
    pub max_bindings: usize,
    /// Conferences beyond this many do not start.
    pub max_conferences: usize,
    /// How often each binding is asked with OPTIONS for its round trip; none: never.
    pub ping_every: Option<Duration>,
    /// Session-Expires asked for (RFC 4028), at least 90 s.
    pub session_expires: Duration,
    /// Where recordings of conferences are written.
    pub recordings: PathBuf,
}

/// A socket of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listener {
    /// Over what.
    pub transport: Transport,
    /// Bound to.
    pub address: SocketAddr,
}

/// Something happened.
#[derive(Debug)]
pub enum Input {
    /// A datagram, or one whole message of a stream. `flow.local` is the specific local address:
    /// a driver that listens on all addresses fills in the one the kernel routes to the peer.
    Packet {
        /// Where from, and where answers go.
        flow: Flow,
        /// As received.
        bytes: Bytes,
    },
    /// A whole message of a stream, decoded by [`sip::parse::StreamDecoder`].
    Message {
        /// Where from, and where answers go.
        flow: Flow,
        /// The message.
        message: Box<sip::Message>,
    },
    /// What a stream's decoder could not read: answered where that is possible.
    Malformed {
        /// Where from.
        flow: Flow,
        /// What was found.
        malformed: Box<sip::Malformed>,
    },
    /// A stream is gone.
    ConnectionClosed {
        /// As its messages came.
        flow: Flow,
    },
    /// A [`Output::Send`] could not be sent: no route, connection refused.
    SendFailed {
        /// As in the output.
        flow: Flow,
    },
    /// Whether messages have come faster than they were answered for a while. Until they have not,
    /// new calls are refused with 503 and Retry-After: those that run are looked after first.
    Behind(bool),
    /// A media worker says something.
    Media(MediaEvent),
    /// Answer to [`Output::OpenMedia`].
    MediaOpened {
        /// Which.
        leg: MediaLeg,
        /// Where the peer is to send RTP: never the unspecified address.
        local: SocketAddr,
    },
    /// Answer to [`Output::OpenMedia`]: no port or no worker is free.
    MediaRefused {
        /// Which.
        leg: MediaLeg,
    },
    /// Answer to [`Output::FindCredentials`].
    Credentials {
        /// As asked.
        ticket: Ticket,
        /// None: no such username, or disabled.
        facts: Option<Arc<DeviceFacts>>,
    },
    /// Answer to [`Output::FindRoute`].
    Routed {
        /// As asked.
        ticket: Ticket,
        /// What to do.
        plan: Box<RoutePlan>,
    },
    /// An order; answered by one [`Output::Reply`] with the same ticket, at once but for `Drain`.
    Command {
        /// Chosen by the sender.
        ticket: Ticket,
        /// What.
        command: Box<SwitchCommand>,
    },
    /// Bindings as they were before a restart. Those that ended meanwhile, or with their streams,
    /// are dropped, and what is left of their device is told.
    Restore(Vec<Arc<StoredBinding>>),
    /// [`crate::Engine::deadline`] is reached.
    Timer,
}

/// Something to do.
#[derive(Debug)]
pub enum Output {
    /// Send this. On a stream transport `flow.connection` 0 means: over the connection that is
    /// open to `flow.peer`, or a new one; [`Input::SendFailed`] where there can't be one.
    Send {
        /// How.
        flow: Flow,
        /// A whole message.
        bytes: Bytes,
    },
    /// Open sockets for a leg: answered by `MediaOpened` or `MediaRefused`. From then on the leg
    /// takes [`MediaCommand`]s, the last of which is `Close`.
    OpenMedia {
        /// Chosen by the engine, never used twice.
        leg: MediaLeg,
        /// Where its signalling comes from: decides the local address.
        peer: IpAddr,
    },
    /// For the media workers.
    Media(MediaCommand),
    /// Who is this? Answered by `Credentials`, also for unknown names.
    FindCredentials {
        /// For the answer.
        ticket: Ticket,
        /// As claimed; at most 80 characters.
        username: String,
    },
    /// Where does this go? Answered by `Routed`.
    FindRoute {
        /// For the answer.
        ticket: Ticket,
        /// Who dialled what.
        query: RouteQuery,
    },
    /// Answer to a command.
    Reply {
        /// As in the command.
        ticket: Ticket,
        /// What became of it.
        reply: Result<SwitchReply, SwitchError>,
    },
    /// For `services`.
    Event(SwitchEvent),
}
