//! The server machines (RFC 3261 §17.2, RFC 6026 §7.1).

use std::time::{Duration, Instant};

use bytes::Bytes;

use super::table::{Id, Key, Timers};
use super::{Config, Event, Layer, ServerKey};
use crate::flow::Flow;
use crate::grammar::stable_hash;
use crate::header_name::HeaderName;
use crate::message::{Request, Response};
use crate::method::Method;
use crate::via::Via;

/// A transaction in which the other side sent the request.
pub(super) struct Server {
    pub id: Id,
    pub timers: Timers,
    /// What the ACK of a 2xx will say.
    pub ack: Option<Id>,
    /// Where the request came from.
    source: Flow,
    /// Where responses go.
    reply_flow: Flow,
    /// Where they go once that connection is gone.
    reply_anew: Flow,
    state: State,
}

enum State {
    /// A request other than INVITE without final response: Trying, Proceeding.
    Asked { provisional: Option<Bytes> },
    /// Answered: Completed.
    Answered { response: Bytes },
    /// INVITE without final response: Proceeding.
    Invited {
        trying: Bytes,
        provisional: Option<Bytes>,
        to_tag: Option<String>,
        cancelled: bool,
    },
    /// INVITE answered 300 to 699: Completed.
    Rejected { response: Bytes, interval: Duration },
    /// The ACK of that has come.
    Confirmed,
    /// INVITE answered 2xx; the response is kept until its ACK has come.
    Accepted {
        response: Option<Bytes>,
        interval: Duration,
    },
}

impl Layer {
    /// Answers a request. `false` when its transaction is over, or has its final response.
    pub fn respond(&mut self, now: Instant, key: ServerKey, response: Response) -> bool {
        let config = &self.config;
        let Some(server) = self.table.server(key.0) else {
            return false;
        };
        let flow = server.reply_flow;
        let reliable = flow.transport.is_reliable();
        let bytes = response.to_bytes();
        match &mut server.state {
            State::Asked { provisional } if response.is_provisional() => {
                *provisional = Some(bytes.clone());
            }
            State::Asked { .. } if reliable => self.table.remove(key.0),
            State::Asked { .. } => {
                server.state = State::Answered {
                    response: bytes.clone(),
                };
                server.timers = Timers {
                    repeat: None,
                    end: Some(now + config.patience()),
                };
                self.table.note_answered(key.0);
            }
            State::Invited {
                provisional,
                to_tag,
                ..
            } if response.is_provisional() => {
                if response.status > 100 {
                    *to_tag = response.headers.to_tag();
                }
                *provisional = Some(bytes.clone());
                server.timers.repeat = None;
            }
            State::Invited { .. } => {
                server.answer_invite(now, config, &response, bytes.clone());
                if let Some(ack) = server.ack.clone() {
                    self.table.expect_ack(key.0, ack);
                }
            }
            State::Answered { .. }
            | State::Rejected { .. }
            | State::Confirmed
            | State::Accepted { .. } => return false,
        }
        self.table.schedule(key.0);
        self.send(flow, bytes);
        true
    }

    /// Answers a request and forgets it: a repeated request is a new one. For challenges and
    /// other refusals of strangers, who shall not make this side remember them
    /// (RFC 3261 §26.3.2.4).
    pub fn respond_stateless(&mut self, key: ServerKey, response: Response) {
        if let Some(server) = self.table.server(key.0) {
            let flow = server.reply_flow;
            self.table.remove(key.0);
            self.send(flow, response.to_bytes());
        }
    }

    /// The connection of a request is gone: its answers go over a new one to the sender (RFC 3261
    /// §18.2.2).
    pub fn answer_anew(&mut self, key: ServerKey) {
        if let Some(server) = self.table.server(key.0) {
            server.reply_flow = server.reply_anew;
        }
    }

    /// The sender of a request is reached over this flow from now on.
    pub fn answer_over(&mut self, key: ServerKey, flow: Flow) {
        if let Some(server) = self.table.server(key.0) {
            server.reply_flow = flow;
        }
    }

    /// Forgets a request without an answer.
    pub fn drop_request(&mut self, key: ServerKey) {
        if self.table.server(key.0).is_some() {
            self.table.remove(key.0);
        }
    }

    pub(super) fn receive_request(&mut self, now: Instant, flow: Flow, mut request: Request) {
        let Ok(mut via) = request.headers.top_via() else {
            return;
        };
        let reply_flow = via.reply_flow(&flow);
        let reply_anew = via.reply_flow_anew(&flow);
        let id = server_id(&via, &request);
        via.note_source(&flow);
        request.headers.set_top_via(&via);
        match request.method {
            Method::Ack => self.receive_ack(now, flow, &id, request),
            Method::Cancel => self.receive_cancel(flow, reply_flow, &id, request),
            _ => match self.table.find_server(&id) {
                Some(key) => self.receive_repeated(key),
                None => self.receive_new(now, (flow, reply_flow, reply_anew), id, request),
            },
        }
    }

    fn receive_repeated(&mut self, key: Key) {
        let Some(server) = self.table.server(key) else {
            return;
        };
        let flow = server.reply_flow;
        let response = match &server.state {
            State::Asked { provisional } => provisional.clone(),
            State::Invited {
                trying,
                provisional,
                ..
            } => Some(provisional.as_ref().unwrap_or(trying).clone()),
            State::Answered { response } | State::Rejected { response, .. } => {
                Some(response.clone())
            }
            State::Accepted { response, .. } => response.clone(),
            State::Confirmed => None,
        };
        if let Some(bytes) = response {
            self.send(flow, bytes);
        }
    }

    fn receive_new(
        &mut self,
        now: Instant,
        (flow, reply_flow, reply_anew): (Flow, Flow, Flow),
        id: Id,
        request: Request,
    ) {
        if self.table.len() >= self.config.max_transactions && !self.table.forget_oldest_answered()
        {
            self.refused += 1;
            let retry = self.config.retry_after_secs.to_string();
            let response = Response::reply(&request, 503, Some(&stable_tag(&request)))
                .with(HeaderName::RetryAfter, retry);
            self.send(reply_flow, response.to_bytes());
            return;
        }
        let (state, timers) = if request.method == Method::Invite {
            let trying = Response::reply(&request, 100, None).to_bytes();
            let state = State::Invited {
                trying,
                provisional: None,
                to_tag: None,
                cancelled: false,
            };
            (
                state,
                Timers {
                    repeat: Some(now + self.config.trying_after),
                    end: None,
                },
            )
        } else {
            // Whoever asked has given up by then.
            let end = Some(now + self.config.patience());
            (
                State::Asked { provisional: None },
                Timers { repeat: None, end },
            )
        };
        let server = Server {
            id,
            timers,
            ack: None,
            source: flow,
            reply_flow,
            reply_anew,
            state,
        };
        let key = ServerKey(self.table.insert_server(server));
        self.events.push_back(Event::Request { key, flow, request });
    }

    fn receive_ack(&mut self, now: Instant, flow: Flow, id: &str, request: Request) {
        // The ACK of a 2xx is a transaction of its own; some phones reuse the INVITE's branch.
        let acknowledged = ack_id(&request.headers);
        let acknowledged = acknowledged.and_then(|ack| self.table.find_acknowledged(&ack));
        let invite = ack_server_id(id);
        let key = acknowledged.or_else(|| self.table.find_server(&invite));
        let Some((key, server)) = key.and_then(|key| Some((key, self.table.server(key)?))) else {
            self.events.push_back(Event::Ack {
                key: None,
                flow,
                request,
            });
            return;
        };
        match &mut server.state {
            State::Rejected { .. } if server.reply_flow.transport.is_reliable() => {
                self.table.remove(key);
            }
            State::Rejected { .. } => {
                server.state = State::Confirmed;
                server.timers = Timers {
                    repeat: None,
                    end: Some(now + self.config.t4),
                };
                self.table.schedule(key);
            }
            State::Accepted { response, .. } => {
                if response.take().is_some() {
                    server.timers.repeat = None;
                    self.table.schedule(key);
                    let key = Some(ServerKey(key));
                    self.events.push_back(Event::Ack { key, flow, request });
                }
            }
            State::Asked { .. }
            | State::Answered { .. }
            | State::Invited { .. }
            | State::Confirmed => {}
        }
    }

    /// Answers a CANCEL (RFC 3261 §9.2). It needs no transaction: the answer is always the
    /// same. A CANCEL from another address than the INVITE's is not believed.
    fn receive_cancel(&mut self, flow: Flow, reply_flow: Flow, id: &str, request: Request) {
        let invite = self.table.find_server(&ack_server_id(id));
        let invite = invite.and_then(|key| Some((key, self.table.server(key)?)));
        let invite = invite.filter(|(_, server)| server.source.peer.ip() == flow.peer.ip());
        let (status, tag, cancelled) = match invite {
            Some((
                key,
                Server {
                    state:
                        State::Invited {
                            to_tag, cancelled, ..
                        },
                    ..
                },
            )) => {
                let first = !std::mem::replace(cancelled, true);
                (200, to_tag.clone(), first.then_some(key))
            }
            Some(_) => (200, None, None),
            None => (481, None, None),
        };
        let tag = tag.unwrap_or_else(|| stable_tag(&request));
        self.send(
            reply_flow,
            Response::reply(&request, status, Some(&tag)).to_bytes(),
        );
        if let Some(key) = cancelled {
            self.events.push_back(Event::Cancel {
                key: ServerKey(key),
                flow,
                request,
            });
        }
    }

    pub(super) fn server_due(&mut self, now: Instant, key: Key) {
        let Some(server) = self.table.server(key) else {
            return;
        };
        if server.timers.end.is_some_and(|end| end <= now) {
            let unacknowledged = matches!(
                server.state,
                State::Accepted {
                    response: Some(_),
                    ..
                }
            );
            self.table.remove(key);
            if unacknowledged {
                self.events.push_back(Event::AckTimeout {
                    key: ServerKey(key),
                });
            }
            return;
        }
        let flow = server.reply_flow;
        server.timers.repeat = None;
        let bytes = match &mut server.state {
            State::Invited {
                trying,
                provisional,
                ..
            } if provisional.is_none() => {
                *provisional = Some(trying.clone());
                Some(trying.clone())
            }
            State::Rejected { response, interval }
            | State::Accepted {
                response: Some(response),
                interval,
            } => {
                *interval = (*interval * 2).min(self.config.t2);
                server.timers.repeat = Some(now + *interval);
                Some(response.clone())
            }
            _ => None,
        };
        self.table.schedule(key);
        if let Some(bytes) = bytes {
            self.send(flow, bytes);
        }
    }
}

impl Server {
    /// The final response to an INVITE. A 2xx is repeated over reliable transports too, since
    /// its ACK comes from the far end (RFC 3261 §13.3.1.4).
    fn answer_invite(&mut self, now: Instant, config: &Config, response: &Response, bytes: Bytes) {
        let interval = config.t1;
        let repeats = response.is_success() || !self.reply_flow.transport.is_reliable();
        self.timers = Timers {
            repeat: repeats.then(|| now + interval),
            end: Some(now + config.patience()),
        };
        self.state = if response.is_success() {
            self.ack = ack_id(&response.headers);
            State::Accepted {
                response: Some(bytes),
                interval,
            }
        } else {
            State::Rejected {
                response: bytes,
                interval,
            }
        };
    }
}

/// What a request's transaction is found by (RFC 3261 §17.2.3): branch, `sent-by` and method;
/// without a branch of RFC 3261 what RFC 2543 compared, but for the tag of To, which the ACK
/// has and its INVITE has not.
fn server_id(via: &Via, request: &Request) -> Id {
    let headers = &request.headers;
    let method = request.method.as_str();
    let (host, port) = (&via.host, via.port.unwrap_or(0));
    if via.has_unique_branch() {
        let branch = via.branch().unwrap_or_default();
        return format!("{method} {branch} {host}:{port}").into();
    }
    let number = headers.cseq().map_or(0, |cseq| cseq.number);
    let call_id = headers.call_id().unwrap_or_default();
    let tag = headers.from_tag().unwrap_or_default();
    format!(
        "{method} {via}\n{}\n{call_id}\n{number}\n{tag}",
        request.uri
    )
    .into()
}

/// The id of the INVITE that an ACK or CANCEL with this id belongs to.
fn ack_server_id(id: &str) -> String {
    let rest = id.split_once(' ').map_or("", |(_, rest)| rest);
    format!("INVITE {rest}")
}

/// What a 2xx to an INVITE and its ACK have in common: the dialog and the CSeq number.
fn ack_id(headers: &crate::headers::Headers) -> Option<Id> {
    let call_id = headers.call_id().ok()?;
    let number = headers.cseq().ok()?.number;
    let from = headers.from_tag().unwrap_or_default();
    let to = headers.to_tag()?;
    Some(format!("{call_id}\n{number}\n{from}\n{to}").into())
}

/// A tag for answers that leave nothing behind: the same for the same request.
fn stable_tag(request: &Request) -> String {
    let names = [HeaderName::Via, HeaderName::CallId, HeaderName::From];
    let parts = names.iter().filter_map(|name| request.headers.get(name));
    format!(
        "{:016x}",
        stable_hash(parts.map(crate::headers::HeaderValue::as_bytes))
    )
}
