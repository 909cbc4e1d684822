//! What a registration and a call cost the engine, without sockets: microseconds of CPU and bytes
//! of memory. `cargo run --release -p convoke-calls --example engine_cost`

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement that cannot go on has failed, and it measures time"
)]

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, atomic::AtomicU64, atomic::Ordering},
    time::{Duration, Instant},
};

use calls::{Engine, EngineConfig, Input, Listener, Now, Output};
use media::control::Codec;
use model::{
    CustomerId, DeviceFacts, DeviceId, Entropy, Extension, Next, PrivateTargets, RouteAction,
    RoutePlan, RouteStep, SipUsername, Timestamp, TonePlan, UserId,
};
use sip::{
    Flow, Message, Method, Parsed, Response, Transport,
    digest::{self, Secrets},
};

const SERVER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 5060);
const PHONES: u32 = 10_000;
const CALLS: u32 = 5_000;

struct Counter(AtomicU64);

impl Entropy for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let next = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            chunk.copy_from_slice(
                &next.wrapping_mul(0xbf58_476d_1ce4_e5b9).to_le_bytes()[..chunk.len()],
            );
        }
    }
}

struct Bench {
    engine: Engine,
    began: Instant,
    virtual_time: Duration,
    spent: Duration,
    ports: u16,
    sent: Vec<(SocketAddr, Message)>,
    devices: Vec<Arc<DeviceFacts>>,
}

fn main() {
    let mut bench = Bench::new();
    let before = resident();
    let mut each = Vec::new();
    for phone in 0..PHONES {
        bench.spent = Duration::ZERO;
        bench.register(phone);
        each.push(bench.spent);
    }
    let per_register = median(&mut each);
    bench.rest(Duration::from_secs(40));
    let bytes = (resident() - before) / u64::from(PHONES);
    println!(
        "REGISTER with digest (two requests): {} us",
        per_register.as_micros()
    );
    println!("memory a binding: {bytes} bytes");
    let mut each = Vec::new();
    for call in 0..CALLS {
        bench.spent = Duration::ZERO;
        bench.call(call * 2 % PHONES, (call * 2 + 1) % PHONES, call);
        each.push(bench.spent);
        if call % 100 == 0 {
            bench.rest(Duration::from_secs(1));
        }
    }
    let per_call = median(&mut each);
    println!(
        "call, INVITE to BYE on both legs: {} us",
        per_call.as_micros()
    );
    bench.rest(Duration::from_secs(140));
    println!("left: {:?}", bench.engine.figures());
}

impl Bench {
    fn new() -> Self {
        let entropy = Arc::new(Counter(AtomicU64::new(1)));
        let began = Instant::now();
        let wall: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let config = EngineConfig {
            realm: "convoke".into(),
            sip_domain: "convoke.internal".into(),
            agent: "Convoke".into(),
            listeners: vec![Listener {
                transport: Transport::Udp,
                address: SERVER,
            }],
            own_addresses: vec![SERVER.ip()],
            private_targets: PrivateTargets::Allowed,
            digests: vec![digest::Algorithm::Md5],
            nonce_key: [7; 32],
            codecs: vec![Codec::Opus, Codec::Pcma],
            max_calls: 10_000,
            max_bindings: 100_000,
            max_conferences: 10,
            ping_every: None,
            session_expires: Duration::from_secs(1800),
            recordings: "/recordings".into(),
        };
        let now = Now {
            monotonic: began,
            wall,
        };
        let customer = CustomerId::mint(wall, &*entropy);
        Self {
            engine: Engine::new(config, entropy.clone(), now),
            devices: (0..PHONES)
                .map(|phone| facts(phone, customer, &entropy))
                .collect(),
            began,
            virtual_time: Duration::ZERO,
            spent: Duration::ZERO,
            ports: 20_000,
            sent: Vec::new(),
        }
    }

    fn now(&self) -> Now {
        let wall: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        Now {
            monotonic: self.began + self.virtual_time,
            wall: wall.checked_add(self.virtual_time).unwrap(),
        }
    }

    fn rest(&mut self, time: Duration) {
        let until = self.virtual_time + time;
        while self.virtual_time < until {
            self.virtual_time += Duration::from_millis(100);
            self.input(Input::Timer);
        }
        self.sent.clear();
    }

    /// Only the engine's own time is counted.
    fn input(&mut self, input: Input) {
        let now = self.now();
        let started = Instant::now();
        self.engine.handle(now, input);
        self.spent += started.elapsed();
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Send { flow, bytes } => {
                    if let Ok(Parsed::Message(message)) = sip::parse::datagram(&bytes) {
                        self.sent.push((flow.peer, message));
                    }
                }
                Output::OpenMedia { leg, .. } => {
                    self.ports = self.ports.wrapping_add(2).max(20_000);
                    let local = SocketAddr::new(SERVER.ip(), self.ports);
                    self.input(Input::MediaOpened { leg, local });
                }
                Output::Media(media::control::MediaCommand::Close { leg }) => {
                    let stats = media::control::LegStats::default();
                    let closed = media::control::MediaEvent::Closed { leg, stats };
                    self.input(Input::Media(closed));
                }
                Output::FindCredentials { ticket, username } => {
                    let facts = username
                        .parse::<usize>()
                        .ok()
                        .map(|at| self.devices[at].clone());
                    self.input(Input::Credentials { ticket, facts });
                }
                Output::FindRoute { ticket, query } => {
                    let plan = Box::new(self.route(&query.dialled));
                    self.input(Input::Routed { ticket, plan });
                }
                Output::Media(_) | Output::Reply { .. } | Output::Event(_) => {}
            }
        }
    }

    fn route(&self, dialled: &str) -> RoutePlan {
        let facts = &self.devices[dialled.parse::<usize>().unwrap()];
        RoutePlan {
            steps: vec![RouteStep {
                action: RouteAction::Ring {
                    user: facts.user,
                    extension: facts.extension.clone().unwrap(),
                    name: facts.name.to_string(),
                    ring_secs: 20,
                    tones: TonePlan::Europe,
                },
                setting: "dial_plan",
                reason: "an extension".to_owned(),
                next: Next::default(),
            }],
        }
    }

    fn receive(&mut self, phone: u32, text: &str) {
        let flow = Flow {
            transport: Transport::Udp,
            local: SERVER,
            peer: address(phone),
            connection: 0,
        };
        let bytes = bytes::Bytes::copy_from_slice(text.as_bytes());
        self.input(Input::Packet { flow, bytes });
    }

    fn taken(&mut self, phone: u32) -> Vec<Message> {
        let (mine, others) = std::mem::take(&mut self.sent)
            .into_iter()
            .partition(|(peer, _)| *peer == address(phone));
        self.sent = others;
        mine.into_iter().map(|(_, message)| message).collect()
    }

    fn authorized(&mut self, phone: u32, method: &Method, uri: &str) -> String {
        let messages = self.taken(phone);
        let challenged = messages.iter().find_map(|message| match message {
            Message::Response(response) => response.headers.challenges().into_iter().next(),
            Message::Request(_) => None,
        });
        let name = phone.to_string();
        digest::respond(&challenged.unwrap(), &name, "secret", method, uri, 1, "c")
            .unwrap()
            .to_string()
    }

    fn register(&mut self, phone: u32) {
        let uri = "sip:main.convoke.internal";
        let request = |cseq: u32, more: &str| {
            let at = address(phone);
            format!(
                "REGISTER {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {at};branch=z9hG4bKr{phone}x{cseq};rport\r\n\
                 Max-Forwards: 70\r\nFrom: <sip:{phone}@main.convoke.internal>;tag=f{phone}\r\n\
                 To: <sip:{phone}@main.convoke.internal>\r\nCall-ID: r{phone}\r\n\
                 CSeq: {cseq} REGISTER\r\nContact: <sip:{phone}@{at}>\r\nExpires: 3600\r\n\
                 User-Agent: Phone 1.0\r\n{more}Content-Length: 0\r\n\r\n"
            )
        };
        self.receive(phone, &request(1, ""));
        let answer = self.authorized(phone, &Method::Register, uri);
        self.receive(phone, &request(2, &format!("Authorization: {answer}\r\n")));
        let ok = self.taken(phone);
        assert!(matches!(&ok[..], [Message::Response(response)] if response.status == 200));
    }

    fn call(&mut self, from: u32, to: u32, serial: u32) {
        let uri = format!("sip:{to}@main.convoke.internal");
        let sdp = "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n\
                   m=audio 40000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n\
                   a=rtpmap:101 telephone-event/8000\r\n";
        let request = |method: &str, cseq: u32, tag: &str, more: &str, body: &str| {
            let (at, length) = (address(from), body.len());
            format!(
                "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {at};branch=z9hG4bKi{serial}x{cseq}{method};rport\r\n\
                 Max-Forwards: 70\r\nFrom: <sip:{from}@main.convoke.internal>;tag=c{serial}\r\n\
                 To: <{uri}>{tag}\r\nCall-ID: i{serial}\r\nCSeq: {cseq} {method}\r\n\
                 Contact: <sip:{from}@{at}>\r\nContent-Type: application/sdp\r\n{more}\
                 Content-Length: {length}\r\n\r\n{body}"
            )
        };
        self.receive(from, &request("INVITE", 1, "", "", sdp));
        let answer = self.authorized(from, &Method::Invite, &uri);
        let proof = format!("Proxy-Authorization: {answer}\r\n");
        self.receive(from, &request("INVITE", 2, "", &proof, sdp));
        let Some(Message::Request(invite)) = self.taken(to).into_iter().next() else {
            panic!("no INVITE");
        };
        for status in [180, 200] {
            let contact = format!("<sip:{to}@{}>", address(to));
            let mut reply = Response::reply(&invite, status, Some("callee"))
                .with(sip::HeaderName::Contact, contact);
            if status == 200 {
                reply = reply.with_body("application/sdp", sdp.as_bytes().to_vec());
            }
            let text = String::from_utf8(reply.to_bytes().to_vec()).unwrap();
            self.receive(to, &text);
        }
        let answered = self
            .taken(from)
            .into_iter()
            .find_map(|message| match message {
                Message::Response(response) if response.status == 200 => Some(response),
                _ => None,
            });
        let tag = format!(";tag={}", answered.unwrap().headers.to_tag().unwrap());
        self.receive(from, &request("ACK", 2, &tag, "", ""));
        self.taken(to);
        self.receive(from, &request("BYE", 3, &tag, "", ""));
        let bye = self
            .taken(to)
            .into_iter()
            .find_map(|message| match message {
                Message::Request(request) if request.method == Method::Bye => Some(request),
                _ => None,
            });
        let reply = Response::reply(&bye.unwrap(), 200, None);
        let text = String::from_utf8(reply.to_bytes().to_vec()).unwrap();
        self.receive(to, &text);
        self.taken(from);
    }
}

fn address(phone: u32) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::from(0x0a00_0000 + phone).into(), 5060)
}

fn facts(phone: u32, customer: CustomerId, entropy: &Arc<Counter>) -> Arc<DeviceFacts> {
    let name = phone.to_string();
    let secrets = Secrets::derive(&name, "convoke", "secret");
    Arc::new(DeviceFacts {
        device: DeviceId::mint(Timestamp::UNIX_EPOCH, &**entropy),
        user: UserId::mint(Timestamp::UNIX_EPOCH, &**entropy),
        customer,
        sip_domain: "main.convoke.internal".into(),
        sip_username: SipUsername::parse(&name).unwrap(),
        ha1_md5: secrets.md5,
        ha1_sha256: secrets.sha256,
        extension: Extension::parse(&format!("{phone:05}")).ok(),
        name: format!("Person {phone}").into(),
        max_calls: 0,
    })
}

/// The middle one: what others do on the machine meanwhile makes some of them long.
fn median(each: &mut [Duration]) -> Duration {
    each.sort_unstable();
    each[each.len() / 2]
}

/// Bytes of this process in memory.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4096
}
