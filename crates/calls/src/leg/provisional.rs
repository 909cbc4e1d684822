//! Provisional responses of ours, reliable where the caller insists on it (RFC 3262 §3).

use std::time::{Duration, Instant};

use bytes::Bytes;
use model::EndCause;
use sip::{HeaderName, Request, Response};

use crate::{
    leg::{Incoming, Leg, LegAlarm, News, State, introduce},
    wire::{Alarm, Wire},
};

/// RFC 3261 §17.1.1.1.
const T1: Duration = Duration::from_millis(500);
/// How long a reliable provisional response or a 2xx is repeated.
pub(crate) const GIVE_UP: Duration = Duration::from_secs(32);

/// A provisional response that is repeated until its PRACK comes.
#[derive(Debug)]
pub(super) struct Reliable {
    response: Box<Response>,
    rack: Rack,
    wait: Duration,
    until: Instant,
}

impl Reliable {
    pub(super) const fn rack(&self) -> Rack {
        self.rack
    }

    /// Whether it carries an offer or an answer.
    pub(super) fn is_described(&self) -> bool {
        !self.response.body.is_empty()
    }
}

impl Incoming {
    /// Whether the caller wants provisional responses reliably.
    pub(super) fn insists(&self) -> bool {
        let tags = self.request.headers.require();
        tags.iter().any(|tag| tag.eq_ignore_ascii_case("100rel"))
    }
}

impl Leg {
    /// Sends a provisional response.
    pub(super) fn provisional(
        &self,
        incoming: &mut Incoming,
        status: u16,
        body: Option<Bytes>,
        wire: &mut Wire,
    ) {
        let mut response = incoming.dialog.response(&incoming.request, status);
        introduce(&mut response.headers, &self.flow);
        if let Some(body) = body {
            response = response.with_body("application/sdp", body);
        }
        if incoming.insists() {
            let first = || u32::try_from(wire.random() % 0x0fff_ffff).unwrap_or(0);
            let rseq = incoming.rseq.unwrap_or_else(first) + 1;
            response.headers.push(HeaderName::Require, "100rel");
            response.headers.push(HeaderName::RSeq, rseq.to_string());
            let cseq = incoming.request.headers.cseq();
            let now = wire.now.monotonic;
            let repeat = Alarm::Leg(self.key, LegAlarm::Repeat);
            wire.timers.set(repeat, now + T1);
            incoming.rseq = Some(rseq);
            incoming.unconfirmed = Some(Reliable {
                response: Box::new(response.clone()),
                rack: Rack {
                    rseq,
                    cseq: cseq.map_or(0, |cseq| cseq.number),
                },
                wait: T1,
                until: now + GIVE_UP,
            });
        }
        wire.respond(incoming.server, response);
    }

    pub(super) fn repeat_reliable(
        &mut self,
        mut incoming: Box<Incoming>,
        wire: &mut Wire,
    ) -> State {
        let now = wire.now.monotonic;
        let Some(reliable) = &mut incoming.unconfirmed else {
            return State::Incoming(incoming);
        };
        if now >= reliable.until {
            // RFC 3262 §3: without a PRACK the INVITE is refused with a 5xx.
            incoming.refuse(wire, 504, EndCause::NetworkFailure);
            wire.tell(self.key, News::Ended(EndCause::NetworkFailure));
            return State::Over;
        }
        reliable.wait *= 2;
        let repeat = Alarm::Leg(self.key, LegAlarm::Repeat);
        wire.timers.set(repeat, now + reliable.wait);
        wire.respond(incoming.server, (*reliable.response).clone());
        State::Incoming(incoming)
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
