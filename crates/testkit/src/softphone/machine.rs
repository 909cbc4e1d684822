//! The phone's thread: reads its sockets, carries out orders, keeps its timers.

mod incoming;
mod outgoing;

use std::{
    collections::{BTreeMap, HashMap},
    io::ErrorKind,
    net::{SocketAddr, UdpSocket},
    sync::{Arc, mpsc::Receiver},
    time::{Duration, Instant},
};

use sip::{
    Flow, HeaderName, Request, Response, Transport,
    parse::{Parsed, datagram},
    transaction::{ClientKey, Config, Event, Layer},
};

use super::{Answer, End, Order, Record, Settings, Shared, State, entropy, now, session::Session};

/// What was asked by a request of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Register,
    Invite(u32),
    Reinvite(u32),
    Other(u32),
}

struct Pending {
    purpose: Purpose,
    request: Request,
    authorised: bool,
}

pub(super) struct Machine {
    settings: Settings,
    socket: UdpSocket,
    flow: Flow,
    shared: Arc<Shared>,
    orders: Receiver<Order>,
    layer: Layer,
    sessions: BTreeMap<u32, Session>,
    pending: HashMap<ClientKey, Pending>,
    next_incoming: u32,
    registration: (String, u32),
}

impl Machine {
    pub(super) fn new(
        settings: Settings,
        socket: UdpSocket,
        address: SocketAddr,
        shared: Arc<Shared>,
        orders: Receiver<Order>,
    ) -> Self {
        let flow = Flow {
            transport: Transport::Udp,
            local: address,
            peer: settings.server,
            connection: 0,
        };
        Self {
            settings,
            socket,
            flow,
            shared,
            orders,
            layer: Layer::new(Config::default()),
            sessions: BTreeMap::new(),
            pending: HashMap::new(),
            next_incoming: 2,
            registration: (format!("{:016x}", entropy()), 0),
        }
    }

    pub(super) fn run(mut self) {
        loop {
            let now = now();
            while let Ok(order) = self.orders.try_recv() {
                if matches!(order, Order::Stop) {
                    return;
                }
                self.carry_out(now, order);
            }
            self.listen(now);
            self.layer.handle_timeout(now);
            self.take_due_calls(now);
            while let Some(event) = self.layer.poll() {
                self.on_event(now, event);
            }
            self.media(now);
        }
    }

    /// Reads what has come, for a few milliseconds.
    fn listen(&mut self, now: Instant) {
        let mut buffer = vec![0_u8; 65_536];
        match self.socket.recv_from(&mut buffer) {
            Ok((length, peer)) => {
                let flow = Flow { peer, ..self.flow };
                if let Ok(Parsed::Message(message)) = datagram(&buffer[..length]) {
                    self.layer.receive(now, flow, message);
                }
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            // The server's port is closed for now: what was sent is repeated by the timers.
            Err(_) => std::thread::sleep(Duration::from_millis(3)),
        }
    }

    fn media(&mut self, now: Instant) {
        let mut view = self.shared.view();
        for (number, session) in &mut self.sessions {
            if let Some(record) = view.calls.get_mut(number) {
                session.audio.receive(now, record);
                session.audio.send(now, record);
            }
        }
    }

    fn on_event(&mut self, now: Instant, event: Event) {
        match event {
            Event::Send { flow, bytes } => {
                // What is lost here is as lost as in a network.
                let _ = self.socket.send_to(&bytes, flow.peer);
            }
            Event::Request { key, flow, request } => self.on_request(now, key, flow, request),
            Event::Ack { request, .. } => self.on_ack(now, &request),
            Event::Cancel { key, .. } => self.on_cancel(now, key),
            Event::Response {
                key,
                flow,
                response,
            } => self.on_response(now, key, flow, response),
            Event::Timeout { key } | Event::TransportError { key } => self.on_timeout(now, key),
            Event::AckTimeout { .. } | Event::StrayResponse { .. } => {}
        }
    }

    fn on_timeout(&mut self, now: Instant, key: ClientKey) {
        match self.pending.remove(&key).map(|pending| pending.purpose) {
            Some(Purpose::Register) => self.shared.view().registration = Some(408),
            Some(Purpose::Invite(number)) => self.end(now, number, End::Timeout),
            Some(Purpose::Reinvite(_) | Purpose::Other(_)) | None => {}
        }
    }

    /// Writes into a call's record.
    fn note(&self, number: u32, write: impl FnOnce(&mut Record)) {
        if let Some(record) = self.shared.view().calls.get_mut(&number) {
            write(record);
        }
    }

    fn end(&mut self, now: Instant, number: u32, end: End) {
        self.sessions.remove(&number);
        self.note(number, |record| {
            record.state = State::Ended;
            record.end.get_or_insert(end);
            record.ended_at.get_or_insert(now);
        });
    }

    fn ask(
        &mut self,
        now: Instant,
        flow: Flow,
        purpose: Purpose,
        request: Request,
        authorised: bool,
    ) -> ClientKey {
        let key = self.layer.request(now, flow, request.clone(), entropy());
        self.pending.insert(
            key,
            Pending {
                purpose,
                request,
                authorised,
            },
        );
        key
    }

    /// Keeps a final answer for those who compare refusals.
    fn keep_answer(&self, response: &Response) {
        const OF_THE_REQUEST: [HeaderName; 5] = [
            HeaderName::Via,
            HeaderName::From,
            HeaderName::To,
            HeaderName::CallId,
            HeaderName::CSeq,
        ];
        let lines: Vec<String> = response
            .headers
            .iter()
            .filter(|(name, _)| !OF_THE_REQUEST.contains(name))
            .map(|(name, value)| format!("{name}: {}", without_nonce(&value.text())))
            .collect();
        self.shared.view().answers.push((
            response.status,
            format!("{}\n{}", response.reason, lines.join("\n")),
        ));
    }
}

/// The text with the nonce's value replaced by its length.
fn without_nonce(text: &str) -> String {
    let Some(at) = text.find("nonce=\"").map(|at| at + 7) else {
        return text.to_owned();
    };
    let length = text[at..].find('"').unwrap_or(0);
    format!("{}[{length}]{}", &text[..at], &text[at + length..])
}
