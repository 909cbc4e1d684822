//! Two transaction layers and a network between them that loses, doubles and delays.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::{Duration, Instant};

use bytes::Bytes;
use proptest::prelude::*;
use sip::parse::{self, Parsed};
use sip::transaction::{ClientKey, Config, Event, Layer, ServerKey};
use sip::{Flow, HeaderName, Method, Request, Response, Transport, Uri};

/// A network and what is done over it.
#[derive(Clone, Debug)]
pub struct Network {
    /// Of a hundred datagrams, how many are lost.
    loss: u64,
    /// Of a hundred datagrams, how many come twice.
    doubled: u64,
    /// The longest way of a datagram, in milliseconds.
    delay: u64,
    /// Where chance begins.
    seed: u64,
    /// What is asked, one after the other.
    asked: Vec<Asked>,
}

/// One request.
#[derive(Clone, Debug)]
struct Asked {
    invite: bool,
    /// When the caller loses patience, in milliseconds.
    cancel_after: Option<u64>,
    /// When the callee answers, in milliseconds, and what.
    answer_after: u64,
    status: u16,
}

/// Any network.
pub fn network() -> impl Strategy<Value = Network> {
    let asked = (
        any::<bool>(),
        proptest::option::of(0..8000_u64),
        0..6000_u64,
        200..700_u16,
    );
    let asked = asked.prop_map(|(invite, cancel_after, answer_after, status)| Asked {
        invite,
        cancel_after,
        answer_after,
        status,
    });
    let many = proptest::collection::vec(asked, 1..12);
    (0..60_u64, 0..40_u64, 0..1500_u64, any::<u64>(), many).prop_map(
        |(loss, doubled, delay, seed, asked)| Network {
            loss,
            doubled,
            delay,
            seed,
            asked,
        },
    )
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Caller,
    Callee,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Arrive(Side, Bytes),
    Ask(usize),
    Cancel(usize),
    Answer(usize),
}

struct World<'a> {
    network: &'a Network,
    now: Instant,
    chance: u64,
    order: u64,
    agenda: BinaryHeap<Reverse<(Instant, u64, Deed)>>,
    caller: Layer,
    callee: Layer,
    asked: BTreeMap<usize, ClientKey>,
    numbers: BTreeMap<ClientKey, usize>,
    /// How each request ended for its caller: final responses and time-outs.
    ends: BTreeMap<usize, u32>,
    arrived: Vec<(ServerKey, Request, bool)>,
}

/// Lets everything happen, and sees that it ends.
#[expect(clippy::disallowed_methods, reason = "virtual time begins somewhere")]
pub fn run(network: &Network) {
    let mut world = World {
        network,
        now: Instant::now(),
        chance: network.seed | 1,
        order: 0,
        agenda: BinaryHeap::new(),
        caller: Layer::new(Config::default()),
        callee: Layer::new(Config::default()),
        asked: BTreeMap::new(),
        numbers: BTreeMap::new(),
        ends: BTreeMap::new(),
        arrived: Vec::new(),
    };
    for number in 0..network.asked.len() {
        world.plan(100 * u64::try_from(number).unwrap_or(0), Deed::Ask(number));
    }
    let end = world.now + Duration::from_secs(300);
    while world.step(end) {}
    assert_eq!(world.caller.len(), 0, "the caller's transactions end");
    assert_eq!(world.callee.len(), 0, "the callee's transactions end");
    for number in 0..network.asked.len() {
        assert_eq!(
            world.ends.get(&number),
            Some(&1),
            "request {number} ends once"
        );
    }
}

impl World<'_> {
    /// Does what comes next in time; `false` when nothing does before `end`.
    fn step(&mut self, end: Instant) -> bool {
        let planned = self.agenda.peek().map(|Reverse((at, ..))| *at);
        let timer = [self.caller.deadline(), self.callee.deadline()]
            .into_iter()
            .flatten()
            .min();
        let Some(next) = planned
            .into_iter()
            .chain(timer)
            .min()
            .filter(|next| *next <= end)
        else {
            return false;
        };
        self.now = self.now.max(next);
        if planned == Some(next) {
            if let Some(Reverse((_, _, deed))) = self.agenda.pop() {
                self.act(deed);
            }
        } else {
            self.caller.handle_timeout(self.now);
            self.callee.handle_timeout(self.now);
        }
        while let Some(event) = self.caller.poll() {
            self.on_caller(event);
        }
        while let Some(event) = self.callee.poll() {
            self.on_callee(event);
        }
        true
    }

    fn act(&mut self, deed: Deed) {
        match deed {
            Deed::Arrive(side, bytes) => {
                let Ok(Parsed::Message(message)) = parse::datagram(&bytes) else {
                    panic!("{bytes:?}")
                };
                let layer = if side == Side::Caller {
                    &mut self.caller
                } else {
                    &mut self.callee
                };
                layer.receive(self.now, flow(side), message);
            }
            Deed::Ask(number) => self.ask(number),
            Deed::Cancel(number) => {
                if let Some(key) = self.asked.get(&number) {
                    self.caller.cancel(self.now, *key);
                }
            }
            Deed::Answer(at) => {
                let (key, request, answered) = &mut self.arrived[at];
                if !std::mem::replace(answered, true) {
                    let status = self.network.asked[number(request)].status;
                    let response = Response::reply(request, status, Some("callee"));
                    self.callee.respond(self.now, *key, response);
                }
            }
        }
    }

    fn ask(&mut self, number: usize) {
        let asked = &self.network.asked[number];
        let method = if asked.invite {
            Method::Invite
        } else {
            Method::Options
        };
        let request = Request::new(method.clone(), to())
            .with(HeaderName::From, "<sip:caller@x>;tag=caller")
            .with(HeaderName::To, "<sip:callee@x>")
            .with(HeaderName::CallId, number.to_string())
            .with(HeaderName::CSeq, format!("{} {method}", number + 1));
        let entropy = self.draw();
        let key = self
            .caller
            .request(self.now, flow(Side::Caller), request, entropy);
        self.asked.insert(number, key);
        self.numbers.insert(key, number);
        // A ringing INVITE has no time limit of its own: each caller gives up at last.
        self.plan(asked.cancel_after.unwrap_or(100_000), Deed::Cancel(number));
    }

    fn on_caller(&mut self, event: Event) {
        match event {
            Event::Send { bytes, .. } => self.carry(Side::Callee, &bytes),
            Event::Response { key, response, .. } => {
                if response.is_provisional() {
                    return;
                }
                *self.ends.entry(self.numbers[&key]).or_default() += 1;
                let invite = self.network.asked[self.numbers[&key]].invite;
                if invite && response.is_success() {
                    let cseq = format!("{} ACK", self.numbers[&key] + 1);
                    let mut ack = Request::new(Method::Ack, to());
                    for name in [HeaderName::From, HeaderName::To, HeaderName::CallId] {
                        ack.headers.copy(&name, &response.headers);
                    }
                    let entropy = self.draw();
                    let ack = ack.with(HeaderName::CSeq, cseq);
                    self.caller
                        .acknowledge(key, flow(Side::Caller), ack, entropy);
                }
            }
            Event::Timeout { key } => *self.ends.entry(self.numbers[&key]).or_default() += 1,
            Event::StrayResponse { .. } => {}
            other => panic!("{other:?}"),
        }
    }

    fn on_callee(&mut self, event: Event) {
        match event {
            Event::Send { bytes, .. } => self.carry(Side::Caller, &bytes),
            Event::Request { key, request, .. } => {
                let after = self.network.asked[number(&request)].answer_after;
                if request.method == Method::Invite && self.draw().is_multiple_of(2) {
                    let ringing = Response::reply(&request, 180, Some("callee"));
                    self.callee.respond(self.now, key, ringing);
                }
                self.arrived.push((key, request, false));
                self.plan(after, Deed::Answer(self.arrived.len() - 1));
            }
            Event::Cancel { key, .. } => {
                let arrived = self
                    .arrived
                    .iter_mut()
                    .find(|(have, _, answered)| *have == key && !answered);
                let Some((_, request, answered)) = arrived else {
                    panic!("cancelled after its end")
                };
                *answered = true;
                let response = Response::reply(request, 487, Some("callee"));
                assert!(self.callee.respond(self.now, key, response));
            }
            Event::Ack { .. } | Event::AckTimeout { .. } => {}
            other => panic!("{other:?}"),
        }
    }

    /// Carries a datagram, perhaps twice, perhaps not at all.
    fn carry(&mut self, to: Side, bytes: &Bytes) {
        if self.draw() % 100 < self.network.loss {
            return;
        }
        let copies = if self.draw() % 100 < self.network.doubled {
            2
        } else {
            1
        };
        for _ in 0..copies {
            let after = self.draw() % (self.network.delay + 1);
            self.plan(after, Deed::Arrive(to, bytes.clone()));
        }
    }

    fn plan(&mut self, after_millis: u64, deed: Deed) {
        self.order += 1;
        let at = self.now + Duration::from_millis(after_millis);
        self.agenda.push(Reverse((at, self.order, deed)));
    }

    /// Xorshift.
    fn draw(&mut self) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance >> 3
    }
}

fn number(request: &Request) -> usize {
    request
        .headers
        .call_id()
        .ok()
        .and_then(|id| id.parse().ok())
        .unwrap_or_default()
}

fn to() -> Uri {
    Uri::parse("sip:callee@192.0.2.2").unwrap_or_else(|| panic!("a URI"))
}

fn flow(side: Side) -> Flow {
    let (caller, callee) = (([192, 0, 2, 1], 5060).into(), ([192, 0, 2, 2], 5060).into());
    let (local, peer) = if side == Side::Caller {
        (caller, callee)
    } else {
        (callee, caller)
    };
    Flow {
        transport: Transport::Udp,
        local,
        peer,
        connection: 0,
    }
}
