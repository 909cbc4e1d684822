//! A leg that called us and has no final answer yet.

use std::time::{Duration, Instant};

use media::{control::Codec, sdp};
use model::EndCause;
use sip::{
    HeaderName, Method, Request, Response, dialog::Dialog, session_timer::Agreed,
    transaction::ServerKey,
};

use crate::{
    call::Preference,
    leg::{Established, Leg, LegAlarm, News, State, introduce, ordered},
    wire::{Alarm, Wire},
};

/// RFC 3261 §17.1.1.1.
pub(crate) const T1: Duration = Duration::from_millis(500);
/// How long a reliable provisional response or a 2xx is repeated.
pub(crate) const GIVE_UP: Duration = Duration::from_secs(32);

/// See the module.
#[derive(Debug)]
pub(crate) struct Incoming {
    server: ServerKey,
    request: Request,
    pub(super) dialog: Dialog,
    /// None: a late offer is ours to make.
    offer: Option<sdp::Session>,
    session: Option<Agreed>,
    /// The answer waits for sockets.
    answering: Option<Preference>,
    ringing: Ringing,
}

/// How it was told that something rings.
#[derive(Debug)]
enum Ringing {
    /// Not yet.
    No,
    /// By a plain 180.
    Told,
    /// By a 180 that waits for its PRACK (RFC 3262 §3).
    Reliably {
        response: Box<Response>,
        rseq: u32,
        wait: Duration,
        until: Instant,
    },
}

impl Incoming {
    pub(crate) fn new(
        server: ServerKey,
        request: Request,
        dialog: Dialog,
        offer: Option<sdp::Session>,
        session: Option<Agreed>,
    ) -> Self {
        Self {
            server,
            request,
            dialog,
            offer,
            session,
            answering: None,
            ringing: Ringing::No,
        }
    }

    pub(super) fn offered_codecs(&self) -> Vec<Codec> {
        self.offer
            .as_ref()
            .map(sdp::Session::codecs)
            .unwrap_or_default()
    }

    /// The final answer that is not a yes.
    pub(super) fn refuse(&self, wire: &mut Wire, status: u16, cause: EndCause) {
        let mut response = self.dialog.response(&self.request, status);
        if status == 503 {
            response.headers.push(HeaderName::RetryAfter, "5");
        }
        if cause == EndCause::AnsweredElsewhere {
            let reason = "SIP;cause=200;text=\"Call completed elsewhere\"";
            response.headers.push(HeaderName::Reason, reason);
        }
        if let Some(server) = Some(&wire.config.agent).filter(|agent| !agent.is_empty()) {
            response.headers.push(HeaderName::Server, &**server);
        }
        wire.respond(self.server, response);
    }
}

impl Leg {
    /// A phone rings: 180, reliably where the caller insists on it.
    pub(crate) fn ring(&mut self, wire: &mut Wire) {
        let State::Incoming(incoming) = &mut self.state else {
            return;
        };
        if !matches!(incoming.ringing, Ringing::No) {
            return;
        }
        let mut response = incoming.dialog.response(&incoming.request, 180);
        introduce(&mut response.headers, &self.flow);
        let insists = |tags: Vec<String>| tags.iter().any(|tag| tag.eq_ignore_ascii_case("100rel"));
        if insists(incoming.request.headers.require()) {
            let rseq = u32::try_from(wire.random() % 0x0fff_ffff).unwrap_or(0) + 1;
            response.headers.push(HeaderName::Require, "100rel");
            response.headers.push(HeaderName::RSeq, rseq.to_string());
            let now = wire.now.monotonic;
            wire.timers
                .set(Alarm::Leg(self.key, LegAlarm::Repeat), now + T1);
            incoming.ringing = Ringing::Reliably {
                response: Box::new(response.clone()),
                rseq,
                wait: T1,
                until: now + GIVE_UP,
            };
        } else {
            incoming.ringing = Ringing::Told;
        }
        wire.respond(incoming.server, response);
    }

    /// Answers, with that codec if the caller has it.
    pub(crate) fn answer(&mut self, wire: &mut Wire, prefer: Preference) {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Incoming(mut incoming) => {
                incoming.answering = Some(prefer);
                if self.media.is_open() {
                    self.state = self.go_on_answering(incoming, wire);
                } else {
                    self.media.open(self.flow.peer.ip(), wire);
                    self.state = State::Incoming(incoming);
                }
            }
            other => self.state = other,
        }
    }

    /// The sockets are there: 200, if it was decided to answer.
    pub(super) fn go_on_answering(&mut self, incoming: Box<Incoming>, wire: &mut Wire) -> State {
        let Some(prefer) = incoming.answering else {
            return State::Incoming(incoming);
        };
        let body = match &incoming.offer {
            Some(offer) => {
                let order = ordered(
                    &wire.config.codecs,
                    prefer.into_iter().chain(offer.codecs()),
                );
                self.media.answer(offer, &order)
            }
            None => {
                let order = ordered(&wire.config.codecs, prefer);
                self.media.offer(&order).ok_or(sdp::Refusal::Address)
            }
        };
        let Ok(body) = body else {
            incoming.refuse(wire, 488, EndCause::NoCommonCodec);
            wire.tell(self.key, News::Ended(EndCause::NoCommonCodec));
            return State::Over;
        };
        let mut response = incoming.dialog.response(&incoming.request, 200);
        introduce(&mut response.headers, &self.flow);
        response
            .headers
            .push(HeaderName::Server, &*wire.config.agent);
        if let Some(session) = incoming.session {
            session.answer(&mut response);
        }
        let response = response.with_body("application/sdp", body);
        wire.timers.cancel(Alarm::Leg(self.key, LegAlarm::Repeat));
        let unconfirmed = incoming.unconfirmed();
        let Incoming {
            server,
            request,
            mut dialog,
            offer,
            session,
            ..
        } = *incoming;
        dialog.confirm();
        let mut established = Established::new(dialog, &request.headers, session);
        established.answered(server, &request, offer.is_none());
        established.awaits_prack(unconfirmed);
        wire.respond(server, response);
        established.watch_session(self.key, wire);
        if offer.is_some() {
            self.media.configure(self.flow.peer.ip(), wire);
            wire.tell(self.key, News::Answered);
        }
        State::Established(Box::new(established))
    }

    /// CANCEL: the caller gave up in time (RFC 3261 §9.2).
    pub(crate) fn cancelled(&mut self, wire: &mut Wire) {
        if let State::Incoming(incoming) = &self.state {
            incoming.refuse(wire, 487, EndCause::Cancelled);
            self.state = State::Over;
            wire.tell(self.key, News::Ended(EndCause::Cancelled));
        }
    }

    pub(super) fn repeat_ringing(&mut self, mut incoming: Box<Incoming>, wire: &mut Wire) -> State {
        let now = wire.now.monotonic;
        if let Ringing::Reliably {
            response,
            wait,
            until,
            ..
        } = &mut incoming.ringing
        {
            if now >= *until {
                // RFC 3262 §3: without a PRACK the INVITE is refused with a 5xx.
                incoming.refuse(wire, 504, EndCause::NetworkFailure);
                wire.tell(self.key, News::Ended(EndCause::NetworkFailure));
                return State::Over;
            }
            *wait *= 2;
            wire.timers
                .set(Alarm::Leg(self.key, LegAlarm::Repeat), now + *wait);
            wire.respond(incoming.server, (**response).clone());
        }
        State::Incoming(incoming)
    }

    /// A request to the early dialog.
    pub(super) fn early_request(
        &mut self,
        mut incoming: Box<Incoming>,
        server: ServerKey,
        request: &Request,
        wire: &mut Wire,
    ) -> State {
        if incoming.dialog.receive(request).is_err() {
            let response = incoming.dialog.response(request, 500);
            wire.respond(server, response.with(HeaderName::RetryAfter, "1"));
            return State::Incoming(incoming);
        }
        let status = match request.method {
            Method::Prack => incoming.pracked(request, self.key, wire),
            Method::Bye => {
                wire.respond(server, incoming.dialog.response(request, 200));
                incoming.refuse(wire, 487, EndCause::Cancelled);
                wire.tell(self.key, News::Ended(EndCause::Cancelled));
                return State::Over;
            }
            // The first offer has no answer yet (RFC 3311 §5.2).
            Method::Update if !request.body.is_empty() => 491,
            Method::Update | Method::Options => 200,
            // RFC 3261 §14.2.
            Method::Invite => 500,
            Method::Info => 200,
            Method::Refer => 603,
            Method::Notify | Method::Subscribe => 489,
            _ => 405,
        };
        let mut response = incoming.dialog.response(request, status);
        introduce(&mut response.headers, &self.flow);
        if status == 500 {
            response.headers.push(HeaderName::RetryAfter, "3");
        }
        wire.respond(server, response);
        State::Incoming(incoming)
    }
}

impl Incoming {
    fn pracked(&mut self, request: &Request, key: crate::leg::LegKey, wire: &mut Wire) -> u16 {
        let unconfirmed = self.unconfirmed();
        if unconfirmed.is_none() || Rack::of(request) != unconfirmed {
            return 481;
        }
        self.ringing = Ringing::Told;
        wire.timers.cancel(Alarm::Leg(key, LegAlarm::Repeat));
        200
    }

    /// The reliable ringing whose PRACK has not come yet.
    fn unconfirmed(&self) -> Option<Rack> {
        let Ringing::Reliably { rseq, .. } = &self.ringing else {
            return None;
        };
        Some(Rack {
            rseq: *rseq,
            cseq: self.request.headers.cseq().map_or(0, |cseq| cseq.number),
        })
    }
}

/// Which provisional response of ours a PRACK is for (RFC 3262 §7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rack {
    rseq: u32,
    cseq: u32,
}

impl Rack {
    pub(super) fn of(prack: &Request) -> Option<Self> {
        let value = prack.headers.get(&HeaderName::RAck)?;
        let (rseq, cseq) = rack_of(Some(&value.text()))?;
        Some(Self { rseq, cseq })
    }
}

/// RSeq and CSeq number of a RAck (RFC 3262 §7.2).
fn rack_of(text: Option<&str>) -> Option<(u32, u32)> {
    let mut words = text?.split_ascii_whitespace();
    let rseq = words.next()?.parse().ok()?;
    let cseq = words.next()?.parse().ok()?;
    (words.next() == Some("INVITE")).then_some((rseq, cseq))
}
