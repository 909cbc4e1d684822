//! Transactions (RFC 3261 §17, RFC 6026): a request and its responses, over transports that
//! lose, double and reorder.
//!
//! [`Layer`] holds all of them. Received messages and the time go in by [`Layer::receive`] and
//! [`Layer::handle_timeout`]; what is to be sent and what the user of the layer must know comes
//! out of [`Layer::poll`], to be drained after each call. Beyond the letter of §17 it does what
//! every user agent core would otherwise do again: it repeats a 2xx to an INVITE until its ACK
//! comes (§13.3.1.4), repeats the ACK when a 2xx is repeated (§13.2.2.4), sends 100 after
//! 200 ms, answers CANCEL, and holds a CANCEL back until a provisional response is there (§9.1).
//!
//! Number of transactions and cost of each step are bounded: a transaction has at most one
//! timer that counts, in a heap whose outdated entries are skipped when they come up.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::flow::Flow;
use crate::message::{Message, Request, Response};

mod client;
mod server;
mod table;

use table::{Key, Table};

/// Times and limits.
#[derive(Clone, Debug)]
pub struct Config {
    /// Estimate of a round trip: 500 ms.
    pub t1: Duration,
    /// The longest interval between repeated requests and 2xx: 4 s.
    pub t2: Duration,
    /// How long a message stays in the network: 5 s.
    pub t4: Duration,
    /// After which time an INVITE that has no response yet gets a 100: 200 ms.
    pub trying_after: Duration,
    /// How many transactions there may be. Above it the oldest answered ones other than INVITE
    /// are forgotten before their time, which costs no more than a repeated request being
    /// handled again; when there are none, requests are answered 503.
    pub max_transactions: usize,
    /// Retry-After of such a 503, in seconds.
    pub retry_after_secs: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            t1: Duration::from_millis(500),
            t2: Duration::from_secs(4),
            t4: Duration::from_secs(5),
            trying_after: Duration::from_millis(200),
            max_transactions: 131_072,
            retry_after_secs: 5,
        }
    }
}

impl Config {
    /// 64 × T1: timers B, F, H, J, L and M.
    fn patience(&self) -> Duration {
        self.t1 * 64
    }
}

/// A transaction in which the other side sent the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerKey(Key);

/// A transaction in which this side sent the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientKey(Key);

/// What comes out of the layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Send these bytes.
    Send {
        /// Where.
        flow: Flow,
        /// What.
        bytes: Bytes,
    },
    /// A new request, other than ACK and CANCEL: answer it by [`Layer::respond`] or
    /// [`Layer::respond_stateless`].
    Request {
        /// Its transaction.
        key: ServerKey,
        /// Where it came from.
        flow: Flow,
        /// The request, with `received` and `rport` in its top Via.
        request: Request,
    },
    /// The ACK of a 2xx; once for each 2xx, unless `key` is `None`.
    Ack {
        /// The INVITE's transaction; `None` when it is long over or was never here.
        key: Option<ServerKey>,
        /// Where it came from.
        flow: Flow,
        /// The ACK.
        request: Request,
    },
    /// An INVITE without final response was cancelled. The CANCEL has been answered; the INVITE
    /// is to be answered 487.
    Cancel {
        /// The INVITE's transaction.
        key: ServerKey,
        /// Where it came from.
        flow: Flow,
        /// The CANCEL; its Reason says why.
        request: Request,
    },
    /// A response other than 100: provisional ones, one final, and with INVITE the first 2xx of
    /// each further fork.
    Response {
        /// The request's transaction.
        key: ClientKey,
        /// Where it came from.
        flow: Flow,
        /// The response.
        response: Response,
    },
    /// No final response came in time (timer B or F, or none after a CANCEL).
    Timeout {
        /// The request's transaction, over now.
        key: ClientKey,
    },
    /// The request could not be sent, or its connection broke before a final response.
    TransportError {
        /// The request's transaction, over now.
        key: ClientKey,
    },
    /// A 2xx to an INVITE was never acknowledged: the session is to be ended with a BYE.
    AckTimeout {
        /// The INVITE's transaction, over now.
        key: ServerKey,
    },
    /// A 2xx to an INVITE whose transaction is over: to be acknowledged and ended with a BYE,
    /// if it is not known what it belongs to.
    StrayResponse {
        /// Where it came from.
        flow: Flow,
        /// The response.
        response: Response,
    },
}

/// All transactions of an element.
pub struct Layer {
    config: Config,
    table: Table,
    events: VecDeque<Event>,
    refused: u64,
}

impl Layer {
    /// A layer without transactions.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            table: Table::default(),
            events: VecDeque::new(),
            refused: 0,
        }
    }

    /// Takes in a received message.
    pub fn receive(&mut self, now: Instant, flow: Flow, message: Message) {
        match message {
            Message::Request(request) => self.receive_request(now, flow, request),
            Message::Response(response) => self.receive_response(now, flow, response),
        }
    }

    /// The next event, until there is none.
    pub fn poll(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`Layer::handle_timeout`] must be called at the latest. It may be earlier than
    /// needed, never later.
    pub fn deadline(&self) -> Option<Instant> {
        self.table.deadline()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(key) = self.table.due(now) {
            if self.table.server(key).is_some() {
                self.server_due(now, key);
            } else {
                self.client_due(now, key);
            }
        }
    }

    /// Sends a request without a transaction, such as the ACK of a 2xx whose transaction is
    /// over. Its Via is put on top.
    pub fn send_request(&mut self, flow: Flow, mut request: Request, entropy: u64) {
        client::put_via(
            &mut request,
            &flow,
            &client::branch(entropy, Key::default()),
        );
        self.send(flow, request.to_bytes());
    }

    /// How many transactions there are.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.table.len() == 0
    }

    /// How many requests have been answered 503 because there were too many.
    pub fn refused(&self) -> u64 {
        self.refused
    }

    fn send(&mut self, flow: Flow, bytes: Bytes) {
        self.events.push_back(Event::Send { flow, bytes });
    }
}

#[cfg(test)]
mod tests;
