//! What every part of the engine works with: the transaction layer, the timers, the outputs,
//! ids and randomness. A leg is given it to act; it knows no call.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Instant,
};

use media::control::{MediaCommand, MediaLeg, MixId, PlayId};
use model::{CallId, ConferenceId, DeviceId, Entropy, LegId, ParticipantId};
use sip::{
    Flow, Request, Response,
    transaction::{ClientKey, Layer, ServerKey},
};

use crate::{
    EngineConfig, Now, Output, Ticket,
    leg::{Asked, LegAlarm, LegKey, News},
    registrar::BindingId,
    timers::Timers,
};

/// A deadline of something in the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Alarm {
    /// A leg's own.
    Leg(LegKey, LegAlarm),
    /// The ringing time of a step.
    RingOver(CallId),
    /// The record is given without the last numbers.
    RecordDue(CallId),
    /// A binding of the device ends.
    Binding(DeviceId),
    /// A binding is asked for its round trip.
    Ping(DeviceId, BindingId),
    /// A conference's own.
    Conference(ConferenceId),
}

/// What a client transaction is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Purpose {
    /// A leg's request.
    Leg(LegKey, Asked),
    /// A ping of a binding, with when it was sent.
    Ping(DeviceId, BindingId, Instant),
}

/// See the module.
pub(crate) struct Wire {
    pub(crate) config: Arc<EngineConfig>,
    pub(crate) layer: Layer,
    pub(crate) timers: Timers<Alarm>,
    pub(crate) now: Now,
    pub(crate) clients: HashMap<ClientKey, Purpose>,
    /// INVITEs whose fate a leg must hear of: CANCEL, and a 2xx without ACK.
    pub(crate) servers: HashMap<ServerKey, LegKey>,
    pub(crate) news: VecDeque<(LegKey, News)>,
    entropy: Arc<dyn Entropy>,
    out: VecDeque<Output>,
    serial: u64,
}

impl Wire {
    pub(crate) fn new(
        config: Arc<EngineConfig>,
        layer: Layer,
        entropy: Arc<dyn Entropy>,
        now: Now,
    ) -> Self {
        Self {
            config,
            layer,
            timers: Timers::default(),
            now,
            clients: HashMap::new(),
            servers: HashMap::new(),
            news: VecDeque::new(),
            entropy,
            out: VecDeque::new(),
            serial: 0,
        }
    }

    pub(crate) fn put(&mut self, output: Output) {
        self.out.push_back(output);
    }

    pub(crate) fn take(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    pub(crate) fn media(&mut self, command: MediaCommand) {
        self.out.push_back(Output::Media(command));
    }

    pub(crate) fn tell(&mut self, leg: LegKey, news: News) {
        self.news.push_back((leg, news));
    }

    /// Answers a request.
    pub(crate) fn respond(&mut self, key: ServerKey, response: Response) {
        if response.status >= 300 {
            self.servers.remove(&key);
        }
        self.layer.respond(self.now.monotonic, key, response);
    }

    /// Answers someone who shall not make us remember anything.
    pub(crate) fn respond_stateless(&mut self, key: ServerKey, response: Response) {
        self.servers.remove(&key);
        self.layer.respond_stateless(key, response);
    }

    /// The leg wants to hear of the fate of this INVITE.
    pub(crate) fn serves(&mut self, key: ServerKey, leg: LegKey) {
        self.servers.insert(key, leg);
    }

    /// Cancels an INVITE of ours; its end is reported as its response or timeout.
    pub(crate) fn cancel(&mut self, client: ClientKey, reason: Option<&str>) {
        self.layer
            .cancel_because(self.now.monotonic, client, reason);
    }

    /// Sends the ACK of a 2xx, and again whenever that is repeated.
    pub(crate) fn acknowledge(&mut self, client: ClientKey, flow: Flow, ack: Request) {
        let entropy = self.random();
        self.layer.acknowledge(client, flow, ack, entropy);
    }

    /// Sends a request in a transaction of its own. What can't be sent reports a timeout.
    pub(crate) fn request(&mut self, flow: Flow, request: Request, purpose: Purpose) -> ClientKey {
        let branch = self.random();
        let key = self
            .layer
            .request(self.now.monotonic, flow, request, branch);
        self.clients.insert(key, purpose);
        key
    }

    /// A number never used before in this engine.
    fn serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    pub(crate) fn ticket(&mut self) -> Ticket {
        Ticket(self.serial())
    }

    pub(crate) fn leg_key(&mut self) -> LegKey {
        LegKey(self.serial())
    }

    pub(crate) fn binding_id(&mut self) -> BindingId {
        BindingId(self.serial())
    }

    pub(crate) fn play_id(&mut self) -> PlayId {
        PlayId(self.serial())
    }

    pub(crate) fn mix_id(&mut self) -> MixId {
        MixId(self.serial())
    }

    pub(crate) fn call_id(&self) -> CallId {
        CallId::mint(self.now.wall, &*self.entropy)
    }

    pub(crate) fn leg_id(&self) -> LegId {
        LegId::mint(self.now.wall, &*self.entropy)
    }

    pub(crate) fn conference_id(&self) -> ConferenceId {
        ConferenceId::mint(self.now.wall, &*self.entropy)
    }

    pub(crate) fn participant_id(&self) -> ParticipantId {
        ParticipantId::mint(self.now.wall, &*self.entropy)
    }

    /// Unpredictable bits.
    pub(crate) fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        u64::from_ne_bytes(bytes)
    }

    /// A tag or the like: 64 unpredictable bits.
    pub(crate) fn token(&self) -> String {
        format!("{:016x}", self.random())
    }

    /// A SIP Call-ID: 128 unpredictable bits.
    pub(crate) fn sip_call_id(&self) -> String {
        format!("{:016x}{:016x}", self.random(), self.random())
    }
}

impl LegKey {
    /// Its media: the same number.
    pub(crate) const fn media(self) -> MediaLeg {
        MediaLeg(self.0)
    }
}
