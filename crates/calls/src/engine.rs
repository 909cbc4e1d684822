//! The engine: one machine that holds transactions, bindings, calls and conferences, and hands
//! each input to the part that it concerns.

use std::{
    collections::{BTreeSet, HashMap},
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Instant,
};

use media::control::{MediaEvent, MediaLeg};
use model::{BlockedSource, CallId, CustomerId, DeviceId, Entropy, LiveState, Party, UserId};
use sip::{
    Flow, Message, Parsed,
    dialog::DialogId,
    digest::{self, Authenticator},
    transaction::{self, Event, Layer},
};

use crate::{
    EngineConfig, Input, Now, Output, Ticket,
    auth::Parked,
    call::{BusyUsers, Call, Closing, ConferenceSeat, Record, Stage},
    guard::{self, Guard},
    leg::{Asked, Dial, Leg, LegKey, LegParts, LegStart, News, Outgoing},
    registrar::Location,
    rooms::Rooms,
    screening::Served,
    streams::{Stream, Streams},
    wire::{Alarm, Purpose, Wire},
};

/// For whom the routing function was asked.
#[derive(Debug, Clone)]
pub(crate) enum RouteAsker {
    /// A call.
    Call(CallId),
    /// Someone who keyed a number into a conference's menu.
    Menu {
        /// Where they sit.
        seat: ConferenceSeat,
        /// What they keyed.
        number: String,
    },
}

/// See the module.
pub struct Engine {
    pub(crate) wire: Wire,
    pub(crate) legs: HashMap<LegKey, Leg>,
    pub(crate) calls: HashMap<CallId, Call>,
    pub(crate) dialogs: Dialogs,
    streams: Streams,
    pub(crate) location: Location,
    pub(crate) busy: BusyUsers,
    pub(crate) rooms: Rooms,
    pub(crate) guard: Guard,
    pub(crate) authenticator: Authenticator,
    pub(crate) served: Served,
    /// SIP domains of customers, as their devices' facts say.
    pub(crate) domains: HashMap<CustomerId, Arc<str>>,
    /// Requests that wait for the credentials of who they say they are.
    pub(crate) parked: HashMap<Ticket, Parked>,
    pub(crate) asked_routes: HashMap<Ticket, RouteAsker>,
    /// Calls that may have changed since the last telling.
    pub(crate) touched: BTreeSet<CallId>,
    pub(crate) drains: Option<Vec<Ticket>>,
    /// More comes in than can be answered.
    pub(crate) behind: bool,
    /// Pings without an answer yet.
    pub(crate) pings: usize,
    pub(crate) tally: Tally,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("figures", &self.figures())
            .finish_non_exhaustive()
    }
}

/// How much there is of everything: for metrics and for tests that nothing is left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Calls, answered or not.
    pub calls: usize,
    /// Legs, those included that only wait for SIP to end.
    pub legs: usize,
    /// SIP transactions.
    pub transactions: usize,
    /// Registered contacts.
    pub bindings: usize,
    /// Running conferences.
    pub conferences: usize,
    /// Questions without an answer.
    pub waiting: usize,
    /// Deadlines.
    pub timers: usize,
    /// Requests refused because there were too many transactions.
    pub refused: u64,
}

/// What was counted since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Messages that could not be read, datagrams and streams.
    pub malformed: u64,
    /// Wrong digests, and digests of unknown names.
    pub auth_failures: u64,
}

/// Dialogs by our own tag in them.
#[derive(Debug, Default)]
pub(crate) struct Dialogs {
    by_tag: HashMap<Box<str>, LegKey>,
    /// INVITEs that made a call, while it lasts: what comes with the same ids over another way
    /// has been forked on its way to us (RFC 3261 §8.2.2.2).
    by_invite: HashMap<InviteId, LegKey>,
}

/// Call-ID, From tag and CSeq number of an INVITE.
pub(crate) type InviteId = (Box<str>, Box<str>, u32);

impl Dialogs {
    pub(crate) fn insert(&mut self, local_tag: &str, leg: LegKey) {
        self.by_tag.insert(local_tag.into(), leg);
    }

    pub(crate) fn remove(&mut self, local_tag: &str) {
        self.by_tag.remove(local_tag);
    }

    pub(crate) fn invited(&mut self, id: InviteId, leg: LegKey) {
        self.by_invite.insert(id, leg);
    }

    pub(crate) fn is_known(&self, id: &InviteId) -> bool {
        self.by_invite.contains_key(id)
    }

    fn forget_invite(&mut self, id: &InviteId, leg: LegKey) {
        if self.by_invite.get(id) == Some(&leg) {
            self.by_invite.remove(id);
        }
    }

    pub(crate) fn leg_of(&self, local_tag: &str) -> Option<LegKey> {
        self.by_tag.get(local_tag).copied()
    }
}

impl Engine {
    /// An engine without bindings or calls.
    #[must_use]
    pub fn new(config: EngineConfig, entropy: Arc<dyn Entropy>, now: Now) -> Self {
        let config = Arc::new(config);
        let algorithms = if config.digests.is_empty() {
            vec![digest::Algorithm::Md5]
        } else {
            config.digests.clone()
        };
        let challenge = digest::Config::new(&config.realm, algorithms);
        let authenticator = Authenticator::new(challenge, config.nonce_key, now.monotonic);
        let layer = Layer::new(transaction::Config::default());
        Self {
            rooms: Rooms::new(config.max_conferences),
            wire: Wire::new(config, layer, entropy, now),
            legs: HashMap::new(),
            calls: HashMap::new(),
            dialogs: Dialogs::default(),
            streams: Streams::default(),
            location: Location::default(),
            busy: BusyUsers::default(),
            guard: Guard::default(),
            authenticator,
            served: Served::default(),
            domains: HashMap::new(),
            parked: HashMap::new(),
            asked_routes: HashMap::new(),
            touched: BTreeSet::new(),
            drains: None,
            behind: false,
            pings: 0,
            tally: Tally::default(),
        }
    }

    /// Takes in what happened; what is to be done comes out of [`Engine::poll`].
    pub fn handle(&mut self, now: Now, input: Input) {
        let before = std::mem::replace(&mut self.wire.now, now);
        self.follow_clock(before);
        match input {
            Input::Packet { flow, bytes } => match sip::parse::datagram(&bytes) {
                Ok(Parsed::Message(message)) => self.receive(flow, message),
                Ok(Parsed::KeepAlive) => {}
                Ok(Parsed::BindingRequest(transaction)) => self.keep_alive(flow, transaction),
                Err(malformed) => self.malformed(flow, &malformed),
            },
            Input::Message { flow, message } => self.receive(flow, *message),
            Input::Malformed { flow, malformed } => self.malformed(flow, &malformed),
            Input::ConnectionClosed { flow } => self.connection_closed(flow),
            Input::SendFailed { flow } => self.wire.layer.flow_failed(flow),
            Input::Behind(behind) => self.behind = behind,
            Input::Media(event) => self.media_event(event),
            Input::MediaOpened { leg, local } => self.media_opened(leg, local),
            Input::MediaRefused { leg } => {
                self.with_leg(LegKey(leg.0), |leg, wire| leg.media_refused(wire));
            }
            Input::Credentials { ticket, facts } => self.credentials(ticket, facts),
            Input::Routed { ticket, plan } => self.routed(ticket, plan),
            Input::Command { ticket, command } => self.command(ticket, *command),
            Input::Restore(bindings) => self.restore(bindings),
            Input::Timer => {}
        }
        self.wire.layer.handle_timeout(now.monotonic);
        self.alarms();
        self.settle();
    }

    /// The next thing to do, in order.
    pub fn poll(&mut self) -> Option<Output> {
        self.wire.take()
    }

    /// When [`Input::Timer`] is due at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let layer = self.wire.layer.deadline();
        match (layer, self.wire.timers.next()) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }

    /// How much there is of everything.
    #[must_use]
    pub fn figures(&self) -> Figures {
        Figures {
            calls: self.calls.len(),
            legs: self.legs.len(),
            transactions: self.wire.layer.len(),
            bindings: self.location.len(),
            conferences: self.rooms.len(),
            waiting: self.parked.len() + self.asked_routes.len(),
            timers: self.wire.timers.len(),
            refused: self.wire.layer.refused(),
        }
    }

    /// What was counted since the start.
    #[must_use]
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// No call and no goodbye is under way.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.calls.is_empty() && self.legs.is_empty()
    }

    /// The sources whose wrong passwords are dropped now, by address: the visible ban list.
    #[must_use]
    pub fn blocked_sources(&self) -> Vec<BlockedSource> {
        let now = self.wire.now;
        let wall = |at: Instant| {
            let ago = now.monotonic.saturating_duration_since(at);
            let ahead = at.saturating_duration_since(now.monotonic);
            let past = now.wall.checked_sub(ago).unwrap_or(now.wall);
            past.checked_add(ahead).unwrap_or(past)
        };
        self.guard
            .blocked(now.monotonic)
            .into_iter()
            // A phone that has registered from there meanwhile is answered again.
            .filter(|block| !self.location.knows(block.network))
            .map(|block| BlockedSource {
                address: block.network,
                prefix: guard::prefix(block.network),
                since: wall(block.since),
                until: wall(block.until),
                failures: block.failures,
                username: block.username.into(),
            })
            .collect()
    }

    fn receive(&mut self, flow: Flow, message: Message) {
        self.wire
            .layer
            .receive(self.wire.now.monotonic, flow, message);
    }

    /// Answers a phone that asks whether its path through a NAT is open still. Without a binding
    /// there is no path to keep: silence makes the phone register again (RFC 5626 §4.4.2).
    fn keep_alive(&mut self, flow: Flow, transaction: sip::stun::TransactionId) {
        if self.location.knows(flow.peer.ip()) {
            let bytes = sip::stun::binding_response(transaction, flow.peer);
            self.wire.put(Output::Send { flow, bytes });
        }
    }

    fn malformed(&mut self, flow: Flow, malformed: &sip::Malformed) {
        self.tally.malformed += 1;
        if let Some((flow, bytes)) = malformed.reply(&flow) {
            self.wire.put(Output::Send { flow, bytes });
        }
    }

    /// Runs until nothing is left to be said inside.
    fn settle(&mut self) {
        loop {
            if let Some(event) = self.wire.layer.poll() {
                self.transaction_event(event);
            } else if let Some((leg, news)) = self.wire.news.pop_front() {
                self.on_news(leg, news);
                self.bury(leg);
            } else if !self.run_conferences() {
                break;
            }
        }
        self.tell_changes();
        self.drain_if_idle();
    }

    fn transaction_event(&mut self, event: Event) {
        match event {
            Event::Send { flow, bytes } => self.wire.put(Output::Send { flow, bytes }),
            Event::Request { key, flow, request } => self.request(key, flow, request),
            Event::Ack { key, request, .. } => {
                let served = key.and_then(|key| self.wire.servers.remove(&key));
                let of_dialog = || DialogId::of_request(&request).and_then(|id| self.find(&id));
                if let Some(leg) = served.or_else(of_dialog) {
                    self.with_leg(leg, |leg, wire| leg.ack(key, &request, wire));
                }
            }
            Event::Cancel { key, .. } => {
                if let Some(leg) = self.wire.servers.get(&key).copied() {
                    self.with_leg(leg, |leg, wire| leg.cancelled(wire));
                } else {
                    self.cancel_parked(key);
                }
            }
            Event::AckTimeout { key } => {
                if let Some(leg) = self.wire.servers.remove(&key) {
                    self.with_leg(leg, |leg, wire| leg.never_acknowledged(wire));
                }
            }
            Event::Response {
                key,
                flow,
                response,
            } => {
                if self.wire.clients.contains_key(&key) {
                    self.response(key, Some(&response));
                } else {
                    self.late_answer(key, flow, &response);
                }
            }
            Event::Timeout { key } => self.response(key, None),
            Event::TransportError { key } => self.unsent(key),
            Event::StrayResponse { flow, response } => self.stray(flow, &response),
        }
    }

    /// A request could not be sent: a phone in a call may be reached over another flow by now.
    fn unsent(&mut self, key: transaction::ClientKey) {
        let purpose = self.wire.clients.get(&key).copied();
        let Some(Purpose::Leg(leg, asked @ (Asked::Refresh | Asked::Bye))) = purpose else {
            return self.response(key, None);
        };
        self.wire.clients.remove(&key);
        let device = self.legs.get(&leg).and_then(|leg| leg.device);
        let anew = device.and_then(|device| self.location.latest_flow(device));
        self.with_leg(leg, |leg, wire| leg.unsent(key, asked, anew, wire));
    }

    fn response(&mut self, key: transaction::ClientKey, response: Option<&sip::Response>) {
        let Some(purpose) = self.wire.clients.get(&key).copied() else {
            return;
        };
        let provisional = response.is_some_and(sip::Response::is_provisional);
        let success = response.is_some_and(sip::Response::is_success);
        // A first INVITE may be answered again, by another fork: its leg forgets it.
        let more = provisional || success && matches!(purpose, Purpose::Leg(_, Asked::Invite));
        if !more {
            self.wire.clients.remove(&key);
        }
        match purpose {
            Purpose::Leg(leg, asked) => {
                self.with_leg(leg, |leg, wire| leg.response(key, asked, response, wire));
            }
            Purpose::Ping(device, binding, sent) if !provisional => {
                self.pinged(device, binding, response.map(|_| sent));
            }
            Purpose::Ping(..) => {}
        }
    }

    fn alarms(&mut self) {
        let now = self.wire.now.monotonic;
        while let Some(alarm) = self.wire.timers.pop_due(now) {
            match alarm {
                Alarm::Leg(leg, alarm) => {
                    self.with_leg(leg, |leg, wire| leg.alarm(alarm, wire));
                }
                Alarm::RingOver(call) => self.ring_over(call),
                Alarm::RecordDue(call) => self.give_record(call),
                Alarm::Binding(device) => self.binding_ends(device),
                Alarm::Ping(device, binding) => self.ping(device, binding),
                Alarm::Conference(conference) => {
                    self.tell_conference(conference, crate::conference::ConferenceInput::Timer);
                }
            }
        }
    }

    fn media_opened(&mut self, leg: MediaLeg, local: SocketAddr) {
        let key = LegKey(leg.0);
        if self
            .with_leg(key, |leg, wire| leg.media_opened(local, wire))
            .is_none()
        {
            // Nobody wants it any more.
            self.wire.media(media::control::MediaCommand::Close { leg });
        }
    }

    fn media_event(&mut self, event: MediaEvent) {
        let (leg, close) = match &event {
            MediaEvent::RecordingBegan { mix, .. } | MediaEvent::RecordingFailed { mix, .. } => {
                let mix = *mix;
                return self.mix_event(mix, event);
            }
            MediaEvent::Closed { leg, stats } => (*leg, Some(*stats)),
            MediaEvent::Digit { leg, .. }
            | MediaEvent::Talking { leg, .. }
            | MediaEvent::Played { leg, .. }
            | MediaEvent::Silent { leg, .. }
            | MediaEvent::Stats { leg, .. } => (*leg, None),
        };
        let key = LegKey(leg.0);
        if let Some(stats) = close {
            self.with_leg(key, |leg, wire| leg.media_closed(stats, wire));
            return;
        }
        match &event {
            MediaEvent::Stats { stats, .. } => {
                let stats = *stats;
                self.with_leg(key, |leg, wire| wire.tell(leg.key, News::Stats(stats)));
            }
            MediaEvent::Silent { secs, .. } if *secs >= 60 => {
                self.with_leg(key, |leg, wire| leg.probe(wire));
            }
            _ => {}
        }
        let seat = self.legs.get(&key).and_then(|leg| self.seat_of(leg.call));
        if let Some(seat) = seat {
            let input = crate::conference::ConferenceInput::Media(event);
            self.tell_conference(seat.conference, input);
        }
    }

    fn seat_of(&self, call: CallId) -> Option<ConferenceSeat> {
        self.calls.get(&call)?.stage.seat().map(|seat| seat.seat)
    }

    fn connection_closed(&mut self, flow: Flow) {
        self.wire.layer.flow_failed(flow);
        let legs = self.streams.legs_of(Stream::Open(flow.connection));
        for leg in &legs {
            self.with_leg(*leg, |leg, wire| leg.stream_closed(wire));
        }
        self.unreachable_over(flow);
        self.find_callers(legs);
    }

    /// A phone registered: callers of it whose stream broke are answered over the new one.
    pub(crate) fn registered_anew(&mut self, device: DeviceId) {
        self.find_callers(self.streams.legs_of(Stream::Lost(device)));
    }

    /// The answers to callers whose stream is gone go over the newest of their phone.
    fn find_callers(&mut self, legs: Vec<LegKey>) {
        for key in legs {
            let caller = self.legs.get(&key).and_then(Leg::lost_caller);
            if let Some(flow) = caller.and_then(|device| self.location.latest_flow(device)) {
                self.with_leg(key, |leg, wire| leg.caller_found(flow, wire));
            }
        }
    }

    /// The leg whose dialog that is.
    pub(crate) fn find(&self, id: &DialogId) -> Option<LegKey> {
        let key = self.dialogs.leg_of(&id.local_tag)?;
        self.legs.get(&key).filter(|leg| leg.is_dialog(id))?;
        Some(key)
    }

    /// Acts on a leg, and cleans up behind it.
    pub(crate) fn with_leg<R>(
        &mut self,
        key: LegKey,
        act: impl FnOnce(&mut Leg, &mut Wire) -> R,
    ) -> Option<R> {
        let leg = self.legs.get_mut(&key)?;
        let stream = leg.stream();
        let result = act(leg, &mut self.wire);
        leg.settle(&mut self.wire);
        self.streams.moved(key, stream, leg.stream());
        self.bury(key);
        Some(result)
    }

    /// Forgets a leg that has nothing left to say and whose call has heard so.
    pub(crate) fn bury(&mut self, key: LegKey) {
        let heard = |engine: &Self| !engine.wire.news.iter().any(|(leg, _)| *leg == key);
        let over = self.legs.get(&key).is_some_and(Leg::is_over);
        if over
            && heard(self)
            && let Some(leg) = self.legs.remove(&key)
        {
            self.dialogs.remove(leg.local_tag());
            self.streams.moved(key, leg.stream(), None);
            if let Some(invite) = &leg.invite {
                self.dialogs.forget_invite(invite, key);
            }
            leg.forget(&mut self.wire);
        }
    }

    /// Acts on a call with its stage taken out.
    pub(crate) fn with_call(
        &mut self,
        id: CallId,
        act: impl FnOnce(&mut Self, &mut Call, Stage) -> Stage,
    ) {
        let Some(mut call) = self.calls.remove(&id) else {
            return;
        };
        let stage = call.take_stage();
        call.stage = act(self, &mut call, stage);
        self.calls.insert(id, call);
        self.touch(id);
        self.finish_if_closed(id);
    }

    /// The call may have changed.
    pub(crate) fn touch(&mut self, id: CallId) {
        self.touched.insert(id);
    }

    /// A call that nobody knows of yet.
    pub(crate) fn new_call(&self, customer: CustomerId, from: Party, to: Party) -> Call {
        let id = self.wire.call_id();
        let at = self.wire.now.wall;
        Call {
            customer,
            record: Record::new(id, customer, from, to, at),
            stage: Stage::Closing(Closing {
                cause: model::EndCause::NetworkFailure,
                at,
            }),
            legs: Vec::new(),
            transfers: 0,
            told: Vec::new(),
            takeover: None,
        }
    }

    /// Calls someone in a new leg of the call.
    pub(crate) fn dial(&mut self, call: &mut Call, dial: Dial) -> LegKey {
        let parts = LegParts {
            device: dial.device,
            ..self.leg_parts(call, dial.to.clone(), dial.flow)
        };
        let start = LegStart::Outgoing(Box::new(Outgoing::new(dial)));
        let key = self.add_leg(call, parts, start);
        self.with_leg(key, |leg, wire| leg.begin(wire));
        key
    }

    pub(crate) fn leg_parts(&mut self, call: &Call, party: Party, flow: Flow) -> LegParts {
        LegParts {
            key: self.wire.leg_key(),
            call: call.id(),
            record: self.wire.leg_id(),
            party,
            flow,
            device: None,
            sip_call_id: self.wire.sip_call_id(),
            local_tag: self.wire.token(),
            session_id: self.wire.random(),
        }
    }

    pub(crate) fn add_leg(&mut self, call: &mut Call, parts: LegParts, start: LegStart) -> LegKey {
        let key = parts.key;
        let leg = Leg::new(parts, start);
        call.record.leg_began(
            leg.record,
            leg.party.clone(),
            leg.inbound(),
            leg.sip_call_id(),
            self.wire.now.wall,
        );
        call.legs.push(key);
        self.dialogs.insert(leg.local_tag(), key);
        self.streams.moved(key, None, leg.stream());
        self.legs.insert(key, leg);
        key
    }

    pub(crate) fn is_established(&self, key: LegKey) -> bool {
        self.legs.get(&key).is_some_and(Leg::is_established)
    }

    pub(crate) fn has_media(&self, key: LegKey) -> bool {
        self.legs.get(&key).is_some_and(Leg::has_media)
    }

    pub(crate) fn party_of(&self, key: LegKey) -> Party {
        self.legs.get(&key).map_or_else(
            || Party {
                user: None,
                number: String::new(),
                name: String::new(),
            },
            |leg| leg.party.clone(),
        )
    }

    pub(crate) fn source_of(&self, key: LegKey) -> IpAddr {
        self.legs
            .get(&key)
            .map_or(IpAddr::from([0, 0, 0, 0]), Leg::source)
    }

    pub(crate) fn codecs_of(&self, key: LegKey) -> Vec<media::control::Codec> {
        self.legs
            .get(&key)
            .map(Leg::offered_codecs)
            .unwrap_or_default()
    }

    fn seated(&self, call: CallId) -> Option<(&Call, LegKey)> {
        let call = self.calls.get(&call)?;
        call.stage.seat().map(|seat| (call, seat.leg))
    }

    /// Where the participant's signalling comes from.
    pub(crate) fn source_of_call(&self, call: CallId) -> Option<IpAddr> {
        let (_, leg) = self.seated(call)?;
        Some(self.source_of(leg))
    }

    /// Who the participant is.
    pub(crate) fn party_of_call(&self, call: CallId) -> Option<(CustomerId, Party)> {
        let (call, leg) = self.seated(call)?;
        Some((call.customer, self.party_of(leg)))
    }
}

impl LiveState for Engine {
    fn endpoints(&self, user: UserId) -> usize {
        self.location.of_user(user).count()
    }

    fn calls(&self, user: UserId) -> usize {
        self.busy.calls(user)
    }
}
