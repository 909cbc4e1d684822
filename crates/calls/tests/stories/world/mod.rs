//! A world in virtual time: the engine, phones built on `sip`, a network between them that may
//! lose, double and reorder, a routing function, and media sockets that are only counted.
//!
//! A story says what people do and lets time pass; the ladder is what went over the wire.

mod garble;
mod phone;

use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use calls::{Engine, EngineConfig, Figures, Input, Listener, Now, Output, Ticket};
use media::control::{Codec, LegParams, LegStats, MediaCommand, MediaEvent, MediaLeg};
use model::*;
use sip::{Flow, Message, Parsed, Transport, digest::Secrets};

pub use phone::{Answering, CallPhase, Phone, PhoneCall};

/// How long a datagram travels.
pub const HOP: Duration = Duration::from_millis(10);

/// Names a phone of the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneId(pub usize);

/// What the network does to datagrams, in per mille.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    pub lost: u64,
    pub doubled: u64,
    pub late: u64,
    /// Sent by phones that are broken or hostile.
    pub garbled: u64,
}

/// Randomness that a seed repeats.
#[derive(Debug)]
pub struct Dice(AtomicU64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// SplitMix64.
    pub fn next(&self) -> u64 {
        let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        let mut z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}

impl Entropy for Dice {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let bytes = self.next().to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

/// What became of a media leg.
#[derive(Debug, Clone, Default)]
pub struct MediaSide {
    pub params: Option<LegParams>,
    pub bridged: Option<MediaLeg>,
    pub playing: Option<media::control::Sound>,
    pub mix: Option<media::control::MixId>,
    pub closed: bool,
}

enum Travelling {
    ToEngine { flow: Flow, bytes: bytes::Bytes },
    ToPhone { phone: PhoneId, bytes: bytes::Bytes },
    Media(MediaEvent),
    Opened { leg: MediaLeg, local: SocketAddr },
}

/// A person of the story.
#[derive(Debug, Clone)]
pub struct Person {
    pub user: UserId,
    pub extension: Extension,
    pub name: String,
    /// Ringing time; where calls go then is up to [`World::route`].
    pub ring_secs: u32,
    pub max_calls: u32,
}

/// See the module.
pub struct World {
    pub engine: Engine,
    pub now: Instant,
    began: Instant,
    pub dice: Arc<Dice>,
    pub faults: Faults,
    pub phones: Vec<Phone>,
    pub people: BTreeMap<String, Person>,
    devices: HashMap<String, Arc<DeviceFacts>>,
    /// Plans for numbers that are no extension, or that need a special one.
    pub plans: HashMap<String, RoutePlan>,
    pub customer: CustomerId,
    pub events: Vec<SwitchEvent>,
    pub replies: Vec<(Ticket, Result<SwitchReply, SwitchError>)>,
    pub media: BTreeMap<MediaLeg, MediaSide>,
    pub commands: Vec<MediaCommand>,
    /// `201 > INVITE`, `201 < 407`, …
    pub ladder: Vec<String>,
    pub record_ladder: bool,
    /// No more sockets for media.
    pub no_media: bool,
    /// How long it takes to open some.
    pub media_opens_after: Duration,
    /// The wall clock was set ahead, or back if negative, by so many seconds.
    pub clock_set_by: i64,
    air: BTreeMap<(Instant, u64), Travelling>,
    serial: u64,
    next_port: u16,
}

pub const SERVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 5060);
pub const WALL: &str = "2026-11-22T12:00:00Z";

pub fn config() -> EngineConfig {
    EngineConfig {
        realm: "convoke".into(),
        sip_domain: "convoke.internal".into(),
        agent: "Convoke".into(),
        listeners: vec![
            Listener {
                transport: Transport::Udp,
                address: SERVER,
            },
            Listener {
                transport: Transport::Tcp,
                address: SERVER,
            },
        ],
        own_addresses: vec![SERVER.ip()],
        private_targets: PrivateTargets::Allowed,
        digests: vec![sip::digest::Algorithm::Md5],
        nonce_key: [7; 32],
        codecs: vec![Codec::Opus, Codec::G722, Codec::Pcma, Codec::Pcmu],
        max_calls: 1000,
        max_bindings: 1000,
        max_conferences: 10,
        ping_every: None,
        session_expires: Duration::from_secs(1800),
        recordings: "/recordings".into(),
    }
}

impl World {
    pub fn new() -> Self {
        Self::seeded(1, config())
    }

    #[expect(clippy::disallowed_methods, reason = "an Instant to count from")]
    pub fn seeded(seed: u64, config: EngineConfig) -> Self {
        let began = Instant::now();
        let dice = Arc::new(Dice::new(seed));
        let wall = WALL.parse().unwrap();
        let now = Now {
            monotonic: began,
            wall,
        };
        Self {
            engine: Engine::new(config, dice.clone(), now),
            now: began,
            began,
            customer: CustomerId::mint(wall, &*dice),
            dice,
            faults: Faults::default(),
            phones: Vec::new(),
            people: BTreeMap::new(),
            devices: HashMap::new(),
            plans: HashMap::new(),
            events: Vec::new(),
            replies: Vec::new(),
            media: BTreeMap::new(),
            commands: Vec::new(),
            ladder: Vec::new(),
            record_ladder: true,
            no_media: false,
            media_opens_after: Duration::ZERO,
            clock_set_by: 0,
            air: BTreeMap::new(),
            serial: 0,
            next_port: 20_000,
        }
    }

    /// The time as the engine is given it.
    pub fn time(&self) -> Now {
        let wall: Timestamp = WALL.parse().unwrap();
        let wall = wall.checked_add(self.now - self.began).unwrap();
        let set = wall.as_microsecond() + self.clock_set_by * 1_000_000;
        Now {
            monotonic: self.now,
            wall: Timestamp::from_microsecond(set).unwrap(),
        }
    }

    /// A person with an extension.
    pub fn person(&mut self, extension: &str) -> UserId {
        let wall = self.time().wall;
        let user = UserId::mint(wall, &*self.dice);
        let person = Person {
            user,
            extension: Extension::parse(extension).unwrap(),
            name: format!("Person {extension}"),
            ring_secs: 20,
            max_calls: 10,
        };
        self.people.insert(extension.to_owned(), person);
        user
    }

    /// A phone of that person; `username` is its SIP username.
    pub fn phone_of(&mut self, extension: &str, username: &str) -> PhoneId {
        if !self.people.contains_key(extension) {
            self.person(extension);
        }
        let person = self.people[extension].clone();
        let secrets = Secrets::derive(username, "convoke", "secret");
        let facts = DeviceFacts {
            device: DeviceId::mint(self.time().wall, &*self.dice),
            user: person.user,
            customer: self.customer,
            sip_domain: "main.convoke.internal".into(),
            sip_username: SipUsername::parse(username).unwrap(),
            ha1_md5: secrets.md5,
            ha1_sha256: secrets.sha256,
            extension: Some(person.extension.clone()),
            name: person.name.as_str().into(),
            max_calls: person.max_calls,
        };
        self.devices.insert(username.to_owned(), Arc::new(facts));
        let id = PhoneId(self.phones.len());
        let last = u8::try_from(10 + id.0).unwrap();
        let address = SocketAddr::new(Ipv4Addr::new(198, 51, 100, last).into(), 5060);
        let dice = self.dice.clone();
        self.phones
            .push(Phone::new(username, address, dice, self.now));
        id
    }

    /// A registered phone of a person of its own.
    pub fn phone(&mut self, extension: &str) -> PhoneId {
        let id = self.phone_of(extension, extension);
        self.register(id);
        id
    }

    /// An address outside that nobody registered.
    pub fn stranger(&mut self, name: &str) -> PhoneId {
        let id = PhoneId(self.phones.len());
        let last = u8::try_from(10 + id.0).unwrap();
        let address = SocketAddr::new(Ipv4Addr::new(203, 0, 113, last).into(), 5060);
        let dice = self.dice.clone();
        self.phones.push(Phone::new(name, address, dice, self.now));
        id
    }

    pub fn facts(&self, username: &str) -> Arc<DeviceFacts> {
        self.devices[username].clone()
    }

    /// Another customer's device, for isolation stories.
    pub fn change_facts(&mut self, username: &str, change: impl FnOnce(&mut DeviceFacts)) {
        let mut facts = (*self.devices[username]).clone();
        change(&mut facts);
        self.devices.insert(username.to_owned(), Arc::new(facts));
    }

    /// Registers and waits for the 200.
    pub fn register(&mut self, phone: PhoneId) {
        self.act(phone, |phone| phone.register(3600));
        self.pass_ms(100);
        assert_eq!(self.phones[phone.0].last_register, Some(200), "registered");
    }

    /// Lets a person do something with a phone, now.
    pub fn act<R>(&mut self, phone: PhoneId, act: impl FnOnce(&mut Phone) -> R) -> R {
        let now = self.now;
        let phone_state = &mut self.phones[phone.0];
        phone_state.now = now;
        let result = act(phone_state);
        self.flush(phone);
        result
    }

    /// An order to the engine; its reply, where it comes at once.
    pub fn order(&mut self, command: SwitchCommand) -> Option<Result<SwitchReply, SwitchError>> {
        self.serial += 1;
        let ticket = Ticket(self.serial);
        self.input(Input::Command {
            ticket,
            command: Box::new(command),
        });
        let found = self.replies.iter().find(|(t, _)| *t == ticket)?;
        Some(found.1.clone())
    }

    pub fn input(&mut self, input: Input) {
        let now = self.time();
        self.engine.handle(now, input);
        self.drive();
    }

    /// What the driver in `switch` does.
    fn drive(&mut self) {
        while let Some(output) = self.engine.poll() {
            let now = self.time();
            match output {
                Output::Send { flow, bytes } => self.send_to_phone(flow, bytes),
                Output::OpenMedia { leg, .. } => {
                    if self.no_media {
                        self.engine.handle(now, Input::MediaRefused { leg });
                        continue;
                    }
                    assert!(
                        self.media.insert(leg, MediaSide::default()).is_none(),
                        "a leg is opened once"
                    );
                    self.next_port = self.next_port.wrapping_add(2).max(20_000);
                    let local = SocketAddr::new(SERVER.ip(), self.next_port);
                    if self.media_opens_after.is_zero() {
                        self.engine.handle(now, Input::MediaOpened { leg, local });
                    } else {
                        let opened = Travelling::Opened { leg, local };
                        self.travel(self.media_opens_after, opened);
                    }
                }
                Output::Media(command) => self.media_command(command),
                Output::FindCredentials { ticket, username } => {
                    let facts = self.devices.get(&username).cloned();
                    self.engine
                        .handle(now, Input::Credentials { ticket, facts });
                }
                Output::FindRoute { ticket, query } => {
                    let plan = Box::new(self.route(&query));
                    self.engine.handle(now, Input::Routed { ticket, plan });
                }
                Output::Reply { ticket, reply } => self.replies.push((ticket, reply)),
                Output::Event(event) => self.events.push(event),
            }
        }
    }

    /// The routing function of the story.
    pub fn route(&self, query: &RouteQuery) -> RoutePlan {
        if let Some(plan) = self.plans.get(&query.dialled) {
            let mut plan = plan.clone();
            for step in &mut plan.steps {
                if let (RouteAction::Conference(entry), Some(user)) =
                    (&mut step.action, query.entrant)
                {
                    entry.role = entry.role.max(entry.room.role_of(user));
                }
            }
            return plan;
        }
        match self.people.get(&query.dialled) {
            Some(person) => RoutePlan {
                steps: vec![ring(person)],
            },
            None => refuse(EndCause::UnknownNumber),
        }
    }

    /// Only legs that are open are told anything.
    fn open(&mut self, leg: MediaLeg) -> &mut MediaSide {
        let side = self.media.get_mut(&leg).expect("an opened leg");
        assert!(!side.closed, "nothing is said to {leg:?} after its Close");
        side
    }

    fn media_command(&mut self, command: MediaCommand) {
        match &command {
            MediaCommand::Configure { leg, params } => {
                self.open(*leg).params = Some(params.clone())
            }
            MediaCommand::Bridge { a, b } => {
                self.open(*a).bridged = Some(*b);
                self.open(*b).bridged = Some(*a);
                self.open(*a).mix = None;
                self.open(*b).mix = None;
            }
            MediaCommand::Unbridge { leg } => {
                if let Some(other) = self.open(*leg).bridged.take()
                    && let Some(side) = self.media.get_mut(&other)
                {
                    side.bridged = None;
                }
            }
            MediaCommand::Join { leg, mix, .. } => {
                let other = self.open(*leg).bridged.take();
                self.open(*leg).mix = Some(*mix);
                if let Some(side) = other.and_then(|other| self.media.get_mut(&other)) {
                    side.bridged = None;
                }
            }
            MediaCommand::Leave { leg } => self.open(*leg).mix = None,
            MediaCommand::Play { leg, sound, .. } => self.open(*leg).playing = Some(*sound),
            MediaCommand::StopPlaying { leg } => self.open(*leg).playing = None,
            MediaCommand::SetHearing { leg, .. } | MediaCommand::SendDigit { leg, .. } => {
                self.open(*leg);
            }
            MediaCommand::Close { leg } => {
                let leg = *leg;
                self.open(leg).closed = true;
                for side in self.media.values_mut() {
                    if side.bridged == Some(leg) {
                        side.bridged = None;
                    }
                }
                let stats = LegStats {
                    received: 100,
                    sent: 100,
                    ..LegStats::default()
                };
                let event = MediaEvent::Closed { leg, stats };
                self.travel(Duration::from_millis(1), Travelling::Media(event));
            }
            _ => {}
        }
        self.commands.push(command);
    }

    fn travel(&mut self, after: Duration, what: Travelling) {
        self.serial += 1;
        self.air.insert((self.now + after, self.serial), what);
    }

    /// How long this datagram takes, once for each time it arrives.
    fn fate(&self) -> Vec<Duration> {
        let faults = self.faults;
        if self.dice.below(1000) < faults.lost {
            return Vec::new();
        }
        let mut once = HOP;
        if self.dice.below(1000) < faults.late {
            once += Duration::from_millis(self.dice.below(120));
        }
        if self.dice.below(1000) < faults.doubled {
            return vec![once, once + Duration::from_millis(self.dice.below(60))];
        }
        vec![once]
    }

    fn send_to_phone(&mut self, flow: Flow, bytes: bytes::Bytes) {
        let found = self.phones.iter().position(|p| p.address == flow.peer);
        let Some(at) = found.filter(|at| self.phones[*at].plugged_in) else {
            if flow.transport.is_reliable() {
                let now = self.time();
                self.engine.handle(now, Input::SendFailed { flow });
            }
            return;
        };
        // Connections are as many as the server wants to make: a phone takes each.
        let phone = &mut self.phones[at];
        assert_eq!(
            phone.transport, flow.transport,
            "nothing changes its transport"
        );
        if flow.connection == 0 && flow.transport.is_reliable() {
            phone.connection += 100;
        } else {
            assert_eq!(
                phone.connection, flow.connection,
                "sent over a living stream"
            );
        }
        for after in self.fate() {
            let bytes = bytes.clone();
            let phone = PhoneId(at);
            self.travel(after, Travelling::ToPhone { phone, bytes });
        }
    }

    /// Puts on the wire what a phone has to send.
    pub fn flush(&mut self, phone: PhoneId) {
        let sent = self.phones[phone.0].take_sent();
        for (flow, bytes) in sent {
            self.note(phone, '>', &bytes);
            let bytes = match self.dice.below(1000) < self.faults.garbled {
                true => garble::garble(&self.dice, &bytes),
                false => bytes,
            };
            let to_engine = Flow {
                transport: flow.transport,
                local: flow.peer,
                peer: flow.local,
                connection: flow.connection,
            };
            for after in self.fate() {
                let bytes = bytes.clone();
                let flow = to_engine;
                self.travel(after, Travelling::ToEngine { flow, bytes });
            }
        }
    }

    fn note(&mut self, phone: PhoneId, arrow: char, bytes: &[u8]) {
        if !self.record_ladder {
            return;
        }
        let Ok(Parsed::Message(message)) = sip::parse::datagram(bytes) else {
            return;
        };
        let name = &self.phones[phone.0].username;
        let what = match &message {
            Message::Request(request) => request.method.to_string(),
            Message::Response(response) => {
                let method = response.headers.cseq().unwrap().method;
                format!("{} {method}", response.status)
            }
        };
        self.ladder.push(format!("{name} {arrow} {what}"));
    }

    /// Lets time pass.
    pub fn pass_ms(&mut self, ms: u64) {
        self.pass(Duration::from_millis(ms));
    }

    pub fn pass_secs(&mut self, secs: u64) {
        self.pass(Duration::from_secs(secs));
    }

    pub fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        loop {
            let air = self.air.first_key_value().map(|((at, _), _)| *at);
            let engine = self.engine.deadline();
            let phone = self.phones.iter().filter_map(Phone::deadline).min();
            let next = [air, engine, phone].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= until) else {
                break;
            };
            self.now = self.now.max(next);
            if air == Some(next) {
                let (_, travelling) = self.air.pop_first().unwrap();
                self.arrive(travelling);
            } else if engine == Some(next) {
                self.input(Input::Timer);
            } else {
                for at in 0..self.phones.len() {
                    self.phones[at].now = self.now;
                    self.phones[at].handle_timeout();
                    self.flush(PhoneId(at));
                }
            }
        }
        self.now = until;
    }

    fn arrive(&mut self, travelling: Travelling) {
        match travelling {
            Travelling::ToEngine { flow, bytes } => self.input(Input::Packet { flow, bytes }),
            Travelling::ToPhone { phone, bytes } => {
                self.note(phone, '<', &bytes);
                let now = self.now;
                self.phones[phone.0].now = now;
                self.phones[phone.0].receive(&bytes);
                self.flush(phone);
            }
            Travelling::Media(event) => self.input(Input::Media(event)),
            Travelling::Opened { leg, local } => self.input(Input::MediaOpened { leg, local }),
        }
    }

    /// Bytes that a phone of the story sends by hand.
    pub fn inject(&mut self, phone: PhoneId, bytes: impl Into<bytes::Bytes>) {
        let flow = Flow {
            transport: Transport::Udp,
            local: SERVER,
            peer: self.phones[phone.0].address,
            connection: 0,
        };
        let bytes = bytes.into();
        self.note(phone, '>', &bytes);
        self.travel(HOP, Travelling::ToEngine { flow, bytes });
    }

    /// The ended calls' records.
    pub fn records(&self) -> Vec<Arc<CallView>> {
        self.calls()
            .into_iter()
            .filter(|view| view.state == CallState::Ended)
            .collect()
    }

    /// Every view of a call that was told.
    pub fn calls(&self) -> Vec<Arc<CallView>> {
        self.events
            .iter()
            .filter_map(|event| match event {
                SwitchEvent::Call(view) => Some(view.clone()),
                _ => None,
            })
            .collect()
    }

    /// The one record of a story with one call.
    pub fn record(&self) -> Arc<CallView> {
        let records = self.records();
        assert_eq!(records.len(), 1, "one record: {records:#?}");
        records[0].clone()
    }

    pub fn clear_ladder(&mut self) {
        self.ladder.clear();
    }

    /// Compares what went over the wire since the last time.
    #[track_caller]
    pub fn expect_ladder(&mut self, expect: &[&str]) {
        let got = std::mem::take(&mut self.ladder);
        assert_eq!(got, expect, "\n{}", got.join("\n"));
    }

    /// Two media legs are connected to each other, both ways.
    pub fn bridges(&self) -> usize {
        let open = self.media.values().filter(|side| !side.closed);
        open.filter(|side| side.bridged.is_some()).count() / 2
    }

    /// Nothing is left behind: waits for the transactions to end, then looks at everything.
    #[track_caller]
    pub fn expect_clean(&mut self) {
        self.faults = Faults::default();
        self.pass_secs(140);
        let left: Vec<_> = self.media.iter().filter(|(_, side)| !side.closed).collect();
        assert!(left.is_empty(), "every media leg is closed: {left:?}");
        let figures = self.engine.figures();
        let clean = Figures {
            bindings: figures.bindings,
            timers: figures.timers,
            refused: figures.refused,
            ..Figures::default()
        };
        assert_eq!(figures, clean);
        let mut seen: HashMap<CallId, usize> = HashMap::new();
        for view in self.calls() {
            *seen.entry(view.id).or_default() += usize::from(view.state == CallState::Ended);
        }
        assert!(seen.values().all(|ended| *ended == 1), "one record a call");
    }
}

/// Rings a person's phones, and ends the call if nobody comes.
pub fn ring(person: &Person) -> RouteStep {
    RouteStep {
        action: RouteAction::Ring {
            user: person.user,
            extension: person.extension.clone(),
            name: person.name.clone(),
            ring_secs: person.ring_secs,
            tones: TonePlan::Europe,
        },
        setting: "dial_plan",
        reason: Reason::Dialled(person.extension.clone()),
        next: Next::default(),
    }
}

/// Ends the call at once.
pub fn refuse(cause: EndCause) -> RoutePlan {
    RoutePlan {
        steps: vec![RouteStep {
            action: RouteAction::Refuse(cause),
            setting: "dial_plan",
            reason: Reason::UnknownNumber("0".into()),
            next: Next::default(),
        }],
    }
}
