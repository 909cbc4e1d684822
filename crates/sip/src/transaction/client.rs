//! The client machines (RFC 3261 §17.1, RFC 6026 §7.2).

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::table::{Id, Key, Timers};
use super::{ClientKey, Event, Layer};
use crate::flow::Flow;
use crate::header_name::HeaderName;
use crate::message::{Request, Response};
use crate::method::Method;
use crate::via::{MAGIC_COOKIE, Via};

/// A transaction in which this side sent the request.
pub(super) struct Client {
    pub id: Id,
    pub timers: Timers,
    pub flow: Flow,
    state: State,
}

enum State {
    /// A request other than INVITE without final response: Trying, Proceeding. `quiet` is the
    /// CANCEL of an INVITE, whose fate interests nobody.
    Asked {
        request: Bytes,
        interval: Duration,
        proceeding: bool,
        quiet: bool,
    },
    /// Its final response has come: Completed.
    Answered,
    /// INVITE without final response: Calling, Proceeding.
    Calling {
        request: Box<Request>,
        bytes: Bytes,
        interval: Duration,
        proceeding: bool,
        cancel: bool,
        /// Reason of the CANCEL (RFC 3326).
        reason: Option<String>,
    },
    /// INVITE answered 300 to 699, with the ACK of that: Completed.
    Rejected { ack: Bytes },
    /// INVITE answered 2xx by these forks.
    Accepted { forks: Vec<Fork> },
}

/// A fork that answered 2xx: its tag, and its ACK once there is one.
struct Fork {
    tag: String,
    ack: Option<(Flow, Bytes)>,
}

/// More forks of one INVITE than this are not told apart.
const MAX_FORKS: usize = 16;

impl Layer {
    /// Sends a request, other than ACK and CANCEL, and watches over it. Its Via is put on top;
    /// `entropy` makes the branch one that nobody can guess. An INVITE that has a provisional
    /// response may ring without limit: whoever sent it must [`Layer::cancel`] it at last.
    pub fn request(
        &mut self,
        now: Instant,
        flow: Flow,
        mut request: Request,
        entropy: u64,
    ) -> ClientKey {
        let interval = self.config.t1;
        let repeat = (!flow.transport.is_reliable()).then(|| now + interval);
        let timers = Timers {
            repeat,
            end: Some(now + self.config.patience()),
        };
        let mut sent = Bytes::new();
        let key = self.table.insert_client(|key| {
            let branch = branch(entropy, key);
            put_via(&mut request, &flow, &branch);
            let bytes = request.to_bytes();
            sent = bytes.clone();
            let id = client_id(&branch, &request.method);
            let state = if request.method == Method::Invite {
                let request = Box::new(request);
                State::Calling {
                    request,
                    bytes,
                    interval,
                    proceeding: false,
                    cancel: false,
                    reason: None,
                }
            } else {
                State::Asked {
                    request: bytes,
                    interval,
                    proceeding: false,
                    quiet: false,
                }
            };
            Client {
                id,
                timers,
                flow,
                state,
            }
        });
        self.send(flow, sent);
        ClientKey(key)
    }

    /// Cancels an INVITE that has no final response; `false` when there is nothing to cancel.
    /// The CANCEL waits for a provisional response. What comes in the end is a `Response`,
    /// usually 487, or a `Timeout`.
    pub fn cancel(&mut self, now: Instant, key: ClientKey) -> bool {
        self.cancel_because(now, key, None)
    }

    /// [`Layer::cancel`] with a Reason header (RFC 3326), such as that another phone answered.
    pub fn cancel_because(&mut self, now: Instant, key: ClientKey, why: Option<&str>) -> bool {
        let Some(client) = self.table.client(key.0) else {
            return false;
        };
        let State::Calling {
            proceeding,
            cancel,
            reason,
            ..
        } = &mut client.state
        else {
            return false;
        };
        if std::mem::replace(cancel, true) {
            return true;
        }
        *reason = why.map(str::to_owned);
        if *proceeding {
            self.send_cancel(now, key.0);
        }
        true
    }

    /// Sends the ACK of a 2xx and, as long as the INVITE's transaction lives, again whenever
    /// that 2xx is repeated.
    pub fn acknowledge(&mut self, key: ClientKey, flow: Flow, mut ack: Request, entropy: u64) {
        put_via(&mut ack, &flow, &branch(entropy, Key::default()));
        let bytes = ack.to_bytes();
        let tag = ack.headers.to_tag().unwrap_or_default();
        if let Some(client) = self.table.client(key.0)
            && let State::Accepted { forks } = &mut client.state
            && let Some(fork) = forks.iter_mut().find(|fork| fork.tag == tag)
        {
            fork.ack = Some((flow, bytes.clone()));
        }
        self.send(flow, bytes);
    }

    /// Takes note that what was sent over this flow did not arrive, or that its connection is
    /// gone: requests that wait for a response there have failed.
    pub fn flow_failed(&mut self, flow: Flow) {
        for key in self.table.clients_on(&flow) {
            let Some(client) = self.table.client(key) else {
                continue;
            };
            if client.flow.transport != flow.transport {
                continue;
            }
            let waits = match client.state {
                State::Asked { quiet, .. } => !quiet,
                State::Calling { .. } => true,
                State::Answered | State::Rejected { .. } => false,
                State::Accepted { .. } => continue,
            };
            self.table.remove(key);
            if waits {
                self.events.push_back(Event::TransportError {
                    key: ClientKey(key),
                });
            }
        }
    }

    pub(super) fn receive_response(&mut self, now: Instant, flow: Flow, response: Response) {
        let headers = &response.headers;
        let (Ok(via), Ok(cseq)) = (headers.top_via(), headers.cseq()) else {
            return;
        };
        let id = client_id(via.branch().unwrap_or_default(), &cseq.method);
        let Some(key) = self.table.find_client(&id) else {
            if cseq.method == Method::Invite && response.is_success() {
                self.events
                    .push_back(Event::StrayResponse { flow, response });
            }
            return;
        };
        if cseq.method == Method::Invite {
            self.receive_invite_response(now, key, flow, response);
        } else {
            self.receive_plain_response(now, key, flow, response);
        }
    }

    fn receive_plain_response(&mut self, now: Instant, key: Key, flow: Flow, response: Response) {
        let Some(client) = self.table.client(key) else {
            return;
        };
        let State::Asked {
            proceeding, quiet, ..
        } = &mut client.state
        else {
            return;
        };
        let quiet = *quiet;
        if response.is_provisional() {
            *proceeding = true;
        } else if client.flow.transport.is_reliable() {
            self.table.remove(key);
        } else {
            client.state = State::Answered;
            client.timers = Timers {
                repeat: None,
                end: Some(now + self.config.t4),
            };
            self.table.schedule(key);
        }
        if response.status > 100 && !quiet {
            self.events.push_back(Event::Response {
                key: ClientKey(key),
                flow,
                response,
            });
        }
    }

    fn receive_invite_response(&mut self, now: Instant, key: Key, flow: Flow, response: Response) {
        let Some(client) = self.table.client(key) else {
            return;
        };
        let is_news = match &mut client.state {
            State::Calling { .. } if response.is_provisional() => {
                self.invite_proceeds(now, key);
                response.status > 100
            }
            State::Calling { .. } if response.is_success() => {
                let tag = response.headers.to_tag().unwrap_or_default();
                client.state = State::Accepted {
                    forks: vec![Fork { tag, ack: None }],
                };
                client.timers = Timers {
                    repeat: None,
                    end: Some(now + self.config.patience()),
                };
                self.table.schedule(key);
                true
            }
            State::Calling { .. } => {
                self.invite_refused(now, key, &response);
                true
            }
            State::Rejected { ack } if response.status >= 300 => {
                let (flow, ack) = (client.flow, ack.clone());
                self.send(flow, ack);
                false
            }
            State::Accepted { forks } if response.is_success() => {
                let tag = response.headers.to_tag().unwrap_or_default();
                match forks.iter().find(|fork| fork.tag == tag) {
                    Some(fork) => {
                        if let Some((flow, ack)) = fork.ack.clone() {
                            self.send(flow, ack);
                        }
                        false
                    }
                    None if forks.len() < MAX_FORKS => {
                        forks.push(Fork { tag, ack: None });
                        true
                    }
                    None => false,
                }
            }
            _ => false,
        };
        if is_news {
            self.events.push_back(Event::Response {
                key: ClientKey(key),
                flow,
                response,
            });
        }
    }

    /// The first provisional response ends repeating, and lets a CANCEL go that waited for it.
    fn invite_proceeds(&mut self, now: Instant, key: Key) {
        let Some(client) = self.table.client(key) else {
            return;
        };
        let State::Calling {
            proceeding, cancel, ..
        } = &mut client.state
        else {
            return;
        };
        if std::mem::replace(proceeding, true) {
            return;
        }
        let cancel = *cancel;
        client.timers = Timers::default();
        if cancel {
            self.send_cancel(now, key);
        }
    }

    /// A final response from 300 on is acknowledged here.
    fn invite_refused(&mut self, now: Instant, key: Key, response: &Response) {
        let Some(client) = self.table.client(key) else {
            return;
        };
        let State::Calling { request, .. } = &client.state else {
            return;
        };
        let flow = client.flow;
        let ack = ack_of_refusal(request, response).to_bytes();
        if flow.transport.is_reliable() {
            self.table.remove(key);
        } else {
            client.timers = Timers {
                repeat: None,
                end: Some(now + self.config.patience()),
            };
            client.state = State::Rejected { ack: ack.clone() };
            self.table.schedule(key);
        }
        self.send(flow, ack);
    }

    /// Sends the CANCEL in a transaction of its own, with the INVITE's branch, and gives the
    /// INVITE 64 × T1 to end (RFC 3261 §9.1).
    fn send_cancel(&mut self, now: Instant, key: Key) {
        let end = Some(now + self.config.patience());
        let interval = self.config.t1;
        let Some(client) = self.table.client(key) else {
            return;
        };
        let State::Calling {
            request, reason, ..
        } = &client.state
        else {
            return;
        };
        let mut cancel = cancel_of(request);
        if let Some(reason) = reason {
            cancel.headers.push(HeaderName::Reason, reason);
        }
        client.timers = Timers { repeat: None, end };
        let flow = client.flow;
        self.table.schedule(key);
        let branch = cancel.headers.top_via().ok();
        let branch = branch.as_ref().and_then(Via::branch).unwrap_or_default();
        let id = client_id(branch, &Method::Cancel);
        let bytes = cancel.to_bytes();
        let repeat = (!flow.transport.is_reliable()).then(|| now + interval);
        let state = State::Asked {
            request: bytes.clone(),
            interval,
            proceeding: false,
            quiet: true,
        };
        self.table.insert_client(|_| Client {
            id,
            timers: Timers { repeat, end },
            flow,
            state,
        });
        self.send(flow, bytes);
    }

    pub(super) fn client_due(&mut self, now: Instant, key: Key) {
        let t2 = self.config.t2;
        let Some(client) = self.table.client(key) else {
            return;
        };
        let flow = client.flow;
        if client.timers.end.is_some_and(|end| end <= now) {
            let waits = match client.state {
                State::Asked { quiet, .. } => !quiet,
                State::Calling { .. } => true,
                State::Answered | State::Rejected { .. } | State::Accepted { .. } => false,
            };
            self.table.remove(key);
            if waits {
                self.events.push_back(Event::Timeout {
                    key: ClientKey(key),
                });
            }
            return;
        }
        client.timers.repeat = None;
        let bytes = match &mut client.state {
            State::Asked {
                request,
                interval,
                proceeding,
                ..
            } => {
                *interval = if *proceeding {
                    t2
                } else {
                    (*interval * 2).min(t2)
                };
                client.timers.repeat = Some(now + *interval);
                Some(request.clone())
            }
            State::Calling {
                bytes,
                interval,
                proceeding: false,
                ..
            } => {
                *interval *= 2;
                client.timers.repeat = Some(now + *interval);
                Some(bytes.clone())
            }
            _ => None,
        };
        self.table.schedule(key);
        if let Some(bytes) = bytes {
            self.send(flow, bytes);
        }
    }
}

/// A branch that names its transaction and cannot be guessed.
pub(super) fn branch(entropy: u64, key: Key) -> String {
    format!(
        "{MAGIC_COOKIE}{entropy:016x}{:x}.{:x}",
        key.index, key.generation
    )
}

pub(super) fn put_via(request: &mut Request, flow: &Flow, branch: &str) {
    request
        .headers
        .prepend(HeaderName::Via, Via::sent(flow, branch).to_string());
}

fn client_id(branch: &str, method: &Method) -> Id {
    format!("{method} {branch}").into()
}

/// The ACK of a 300 to 699 (RFC 3261 §17.1.1.3).
fn ack_of_refusal(invite: &Request, response: &Response) -> Request {
    let mut ack = companion(invite, Method::Ack);
    ack.headers.remove(&HeaderName::To);
    ack.headers.copy(&HeaderName::To, &response.headers);
    ack
}

/// The CANCEL of an INVITE (RFC 3261 §9.1).
fn cancel_of(invite: &Request) -> Request {
    companion(invite, Method::Cancel)
}

/// A request that goes the way of an INVITE, with its topmost Via only.
fn companion(invite: &Request, method: Method) -> Request {
    let headers = &invite.headers;
    let number = headers.cseq().map_or(0, |cseq| cseq.number);
    let mut request = Request::new(method, invite.uri.clone());
    if let Some(via) = headers.get(&HeaderName::Via) {
        request.headers.push_value(HeaderName::Via, via.clone());
    }
    for name in [
        HeaderName::Route,
        HeaderName::From,
        HeaderName::To,
        HeaderName::CallId,
    ] {
        request.headers.copy(&name, headers);
    }
    let numbered = format!("{number} {}", request.method);
    request
        .with(HeaderName::CSeq, numbered)
        .with(HeaderName::MaxForwards, "70")
}
