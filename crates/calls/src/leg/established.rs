//! A leg that was answered: re-INVITE and UPDATE from either side, session timer, digits.

use std::time::{Duration, Instant};

use media::sdp;
use model::EndCause;
use sip::{
    Flow, HeaderName, Headers, Method, Request, Response,
    dialog::Dialog,
    session_timer::{Agreed, LONGEST_SECS, Policy, SMALLEST_SECS},
    transaction::{ClientKey, ServerKey},
};

use crate::{
    leg::{
        Asked, GIVE_UP, Leg, LegAlarm, LegKey, MediaEnd, News, Rack, ReferRequest, State, Why,
        described, introduce, ordered,
    },
    wire::{Alarm, Purpose, Wire},
};

/// Until a refresh that could not be sent is tried again.
const UNSENT_AGAIN: Duration = Duration::from_secs(5);

/// See the module.
#[derive(Debug)]
pub(crate) struct Established {
    pub(crate) dialog: Dialog,
    /// Our INVITE that made it: what forks of it are recognised by.
    pub(super) invite: Option<(ClientKey, Request)>,
    /// An INVITE of theirs whose 200 was not acknowledged yet.
    unacknowledged: Option<Unacknowledged>,
    session: Option<Agreed>,
    /// The peer takes UPDATE: refreshes need no offer.
    takes_update: bool,
    refresh: Refresh,
    /// A PRACK that may still come, crossed by our 200: it is answered 2xx (RFC 3262 §3), because
    /// a 481 to it ends the call on many phones.
    pub(super) unconfirmed: Option<Rack>,
    /// Since when refreshes cannot be sent.
    unsent_since: Option<Instant>,
    /// When silence was last a reason to ask.
    probed: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Unacknowledged {
    server: ServerKey,
    cseq: u32,
    /// The ACK brings the answer to an offer of ours.
    answers: bool,
}

/// A request of ours that refreshes the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refresh {
    /// None is out.
    Idle,
    /// An UPDATE is out.
    Update,
    /// An INVITE is out since then.
    Invite { client: ClientKey, since: Instant },
}

impl Refresh {
    const fn is_invite(self) -> bool {
        matches!(self, Self::Invite { .. })
    }
}

impl Established {
    pub(crate) fn new(dialog: Dialog, theirs: &Headers, session: Option<Agreed>) -> Self {
        let takes_update = theirs.allow().iter().any(|method| method == "UPDATE");
        Self {
            dialog,
            invite: None,
            unacknowledged: None,
            session,
            takes_update,
            refresh: Refresh::Idle,
            unconfirmed: None,
            unsent_since: None,
            probed: None,
        }
    }

    /// The PRACK of our ringing has not come yet.
    pub(super) fn awaits_prack(&mut self, rack: Option<Rack>) {
        self.unconfirmed = rack;
    }

    /// We called them, by this INVITE.
    pub(crate) fn invited(&mut self, client: ClientKey, invite: Request) {
        self.invite = Some((client, invite));
    }

    pub(crate) fn invite(&self) -> Option<&(ClientKey, Request)> {
        self.invite.as_ref()
    }

    /// They called us, and the 200 is out.
    pub(crate) fn answered(&mut self, server: ServerKey, invite: &Request, answers: bool) {
        let cseq = invite.headers.cseq().map_or(0, |cseq| cseq.number);
        self.unacknowledged = Some(Unacknowledged {
            server,
            cseq,
            answers,
        });
    }

    /// Whether a BYE would overtake the ACK: the callee waits for it (RFC 3261 §15).
    pub(crate) fn waits_for_ack(&self) -> bool {
        self.unacknowledged.is_some()
    }

    /// Their INVITE, while the ACK of our 200 is not there.
    pub(super) fn unacknowledged(&self) -> Option<ServerKey> {
        self.unacknowledged.map(|waiting| waiting.server)
    }

    /// The ACK of the 2xx to our first INVITE.
    pub(crate) fn acknowledge(&self, flow: Flow, wire: &mut Wire) {
        if let Some((client, invite)) = &self.invite {
            let cseq = invite.headers.cseq().map_or(1, |cseq| cseq.number);
            wire.acknowledge(*client, flow, self.dialog.ack(cseq));
        }
    }

    /// Sets the deadlines that RFC 4028 §10 asks for.
    pub(crate) fn watch_session(&self, key: LegKey, wire: &mut Wire) {
        let now = wire.now.monotonic;
        let (refresh, expire) = (
            Alarm::Leg(key, LegAlarm::Refresh),
            Alarm::Leg(key, LegAlarm::Expire),
        );
        wire.timers.cancel(refresh);
        wire.timers.cancel(expire);
        let Some(agreed) = self.session else {
            // The peer knows no session timers: we ask by ourselves whether it is still there.
            wire.timers
                .set(refresh, now + wire.config.session_expires / 2);
            return;
        };
        if let Some(after) = agreed.refresh_after() {
            wire.timers.set(refresh, now + after);
        }
        wire.timers.set(expire, now + agreed.expires_after());
    }

    /// Whether silence is a reason to ask now: muted phones send nothing for the whole call, and
    /// are not asked more often than a session timer would.
    pub(crate) fn may_probe(&mut self, wire: &Wire) -> bool {
        let now = wire.now.monotonic;
        let every = wire.config.session_expires / 2;
        let recent = self
            .probed
            .is_some_and(|at| now.saturating_duration_since(at) < every);
        if !recent {
            self.probed = Some(now);
        }
        !recent
    }

    /// Asks the peer whether it is still there, with the session as it is.
    pub(crate) fn refresh(
        &mut self,
        key: LegKey,
        flow: Flow,
        media: &mut MediaEnd,
        wire: &mut Wire,
    ) {
        if self.refresh != Refresh::Idle || self.unacknowledged.is_some() {
            // What is under way will show it; an INVITE that is never answered is given up, or it
            // would keep the peer from holding and resuming for ever.
            let now = wire.now.monotonic;
            if let Refresh::Invite { client, since } = &mut self.refresh
                && now.saturating_duration_since(*since) >= GIVE_UP
            {
                *since = now;
                wire.cancel(*client, None);
            }
            let again = now + Duration::from_secs(5);
            wire.timers.set(Alarm::Leg(key, LegAlarm::Refresh), again);
            return;
        }
        let mut request = if self.takes_update {
            self.refresh = Refresh::Update;
            self.dialog.request(Method::Update)
        } else {
            let codecs = ordered(&wire.config.codecs, media.codec());
            let Some(offer) = media.offer(&codecs) else {
                return;
            };
            let request = self.dialog.request(Method::Invite);
            request.with_body("application/sdp", offer)
        };
        introduce(&mut request.headers, &flow);
        request
            .headers
            .push(HeaderName::UserAgent, &*wire.config.agent);
        if let Some(agreed) = self.session {
            agreed.refresh(&mut request);
        }
        let client = wire.request(flow, request, Purpose::Leg(key, Asked::Refresh));
        if self.refresh == Refresh::Idle {
            let since = wire.now.monotonic;
            self.refresh = Refresh::Invite { client, since };
            wire.timers
                .set(Alarm::Leg(key, LegAlarm::Refresh), since + GIVE_UP);
        }
    }
}

fn policy(wire: &Wire) -> Policy {
    let secs = u32::try_from(wire.config.session_expires.as_secs()).unwrap_or(u32::MAX);
    Policy {
        secs,
        min_secs: SMALLEST_SECS,
    }
}

impl Leg {
    pub(super) fn established_alarm(
        &mut self,
        mut established: Box<Established>,
        alarm: LegAlarm,
        wire: &mut Wire,
    ) -> State {
        match alarm {
            LegAlarm::Refresh => {
                established.refresh(self.key, self.flow, &mut self.media, wire);
                State::Established(established)
            }
            LegAlarm::Expire => self.lost(*established, EndCause::MediaTimeout, wire),
            LegAlarm::Repeat => State::Established(established),
        }
    }

    /// A refresh could not be sent: a phone whose stream broke comes back over another, and the
    /// call goes on meanwhile.
    pub(super) fn refresh_unsent(
        &mut self,
        mut established: Box<Established>,
        wire: &mut Wire,
    ) -> State {
        established.refresh = Refresh::Idle;
        self.media.withdraw();
        let now = wire.now.monotonic;
        let since = *established.unsent_since.get_or_insert(now);
        // Where a session timer runs, its end is the end.
        if established.session.is_none() && now.saturating_duration_since(since) >= GIVE_UP {
            return self.lost(*established, EndCause::NetworkFailure, wire);
        }
        let again = Alarm::Leg(self.key, LegAlarm::Refresh);
        wire.timers.set(again, now + UNSENT_AGAIN);
        State::Established(established)
    }

    /// The peer is gone: a BYE all the same, in case it is not.
    fn lost(&mut self, established: Established, cause: EndCause, wire: &mut Wire) -> State {
        wire.tell(self.key, News::Ended(cause));
        self.leave(established, Why::of(cause), wire)
    }

    /// The answer to a refresh of ours.
    pub(super) fn refreshed(
        &mut self,
        mut established: Box<Established>,
        client: ClientKey,
        response: Option<&Response>,
        wire: &mut Wire,
    ) -> State {
        let Some(response) = response else {
            return self.lost(*established, EndCause::NetworkFailure, wire);
        };
        if response.is_provisional() {
            return State::Established(established);
        }
        established.unsent_since = None;
        let how = std::mem::replace(&mut established.refresh, Refresh::Idle);
        if response.is_success() {
            return self.refresh_done(established, (client, how), response, wire);
        }
        self.media.withdraw();
        let now = wire.now.monotonic;
        let refresh = Alarm::Leg(self.key, LegAlarm::Refresh);
        match response.status {
            408 | 481 => return self.lost(*established, EndCause::NetworkFailure, wire),
            491 => {
                // RFC 3261 §14.1: who made the dialog waits longer, so that one goes first.
                let tens = if self.inbound {
                    wire.random() % 200
                } else {
                    210 + wire.random() % 190
                };
                wire.timers
                    .set(refresh, now + Duration::from_millis(tens * 10));
            }
            422 => {
                let floor = response.headers.min_se().unwrap_or(0).min(LONGEST_SECS);
                let session = established.session.as_mut();
                let wait = match session.filter(|agreed| agreed.secs < floor) {
                    Some(agreed) => {
                        agreed.secs = floor;
                        Duration::from_millis(100)
                    }
                    // It refuses what it asks for: no reason to hurry.
                    None => Duration::from_secs(30),
                };
                wire.timers.set(refresh, now + wait);
            }
            405 | 501 if how == Refresh::Update => {
                established.takes_update = false;
                wire.timers.set(refresh, now + Duration::from_millis(10));
            }
            _ if established.session.is_none() => established.watch_session(self.key, wire),
            _ => wire.timers.set(refresh, now + Duration::from_secs(30)),
        }
        State::Established(established)
    }

    /// The answer to our offer, in a message; an unusable one settles the offer as well.
    fn accept(&mut self, headers: &Headers, body: &bytes::Bytes) -> bool {
        let answer = described(headers, body).ok().flatten();
        let agreed = answer.is_some_and(|answer| self.media.accept(&answer).is_ok());
        self.media.withdraw();
        agreed
    }

    fn refresh_done(
        &mut self,
        mut established: Box<Established>,
        (client, how): (ClientKey, Refresh),
        response: &Response,
        wire: &mut Wire,
    ) -> State {
        let method = if how.is_invite() {
            Method::Invite
        } else {
            Method::Update
        };
        established.dialog.receive_response(&method, response);
        if how.is_invite() {
            let cseq = response.headers.cseq().map_or(0, |cseq| cseq.number);
            let ack = established.dialog.ack(cseq);
            wire.acknowledge(client, self.flow, ack);
            if self.accept(&response.headers, &response.body) {
                self.media.configure(self.flow.peer.ip(), wire);
                wire.tell(self.key, News::Renegotiated);
            }
        }
        established.session = policy(wire).agreed(response).or(established.session);
        established.watch_session(self.key, wire);
        State::Established(established)
    }

    /// A request of the peer within the dialog.
    pub(super) fn in_dialog(
        &mut self,
        mut established: Box<Established>,
        server: ServerKey,
        flow: Flow,
        request: Request,
        wire: &mut Wire,
    ) -> State {
        if established.dialog.receive(&request).is_err() {
            let response = established.dialog.response(&request, 500);
            wire.respond(server, response.with(HeaderName::RetryAfter, "1"));
            return State::Established(established);
        }
        // The phone is where its latest request came from (RFC 5626 §5.3).
        self.flow = flow;
        match request.method {
            Method::Invite | Method::Update => {
                self.renegotiate(established, server, &request, wire)
            }
            Method::Bye => {
                wire.respond(server, established.dialog.response(&request, 200));
                wire.tell(self.key, News::Ended(self.hung_up_by_peer()));
                State::Over
            }
            Method::Refer => {
                let refer = ReferRequest::new(server, request);
                wire.tell(self.key, News::Refer(Box::new(refer)));
                State::Established(established)
            }
            _ => {
                let prack = request.method == Method::Prack;
                let status = if prack && is_awaited(&request, &mut established.unconfirmed) {
                    200
                } else {
                    self.small_request(&request, wire)
                };
                let mut response = established.dialog.response(&request, status);
                introduce(&mut response.headers, &self.flow);
                wire.respond(server, response);
                State::Established(established)
            }
        }
    }

    fn small_request(&self, request: &Request, wire: &mut Wire) -> u16 {
        match request.method {
            Method::Options => 200,
            Method::Info => match info_digit(request) {
                Ok(Some(digit)) => {
                    wire.tell(self.key, News::Digit(digit));
                    200
                }
                Ok(None) => 200,
                Err(status) => status,
            },
            Method::Prack | Method::Notify => 481,
            Method::Subscribe => 489,
            _ => 405,
        }
    }

    /// A re-INVITE or UPDATE of the peer: hold, resume, another codec, or only a refresh.
    fn renegotiate(
        &mut self,
        mut established: Box<Established>,
        server: ServerKey,
        request: &Request,
        wire: &mut Wire,
    ) -> State {
        let is_invite = request.method == Method::Invite;
        // Glare (RFC 3261 §14.2, RFC 3311 §5.2): an offer of ours is on the way.
        if self.media.is_offering() || established.refresh.is_invite() {
            let response = established.dialog.response(request, 491);
            wire.respond(server, response);
            return State::Established(established);
        }
        let session = match policy(wire).accept(request) {
            Ok(session) => session,
            Err(short) => {
                let response = established.dialog.response(request, 422);
                let min = short.min_se.to_string();
                wire.respond(server, response.with(HeaderName::MinSe, min));
                return State::Established(established);
            }
        };
        let offer = described(&request.headers, &request.body);
        let answer = offer.and_then(|offer| {
            let body = self.renegotiated_body(offer.as_ref(), is_invite, wire)?;
            Ok((offer, body))
        });
        let (offer, body) = match answer {
            Ok(answer) => answer,
            Err(status) => {
                wire.respond(server, established.dialog.response(request, status));
                return State::Established(established);
            }
        };
        let mut response = established.dialog.response(request, 200);
        introduce(&mut response.headers, &self.flow);
        if let Some(agreed) = session {
            agreed.answer(&mut response);
        }
        if let Some(body) = body {
            response = response.with_body("application/sdp", body);
        }
        if is_invite {
            established.answered(server, request, offer.is_none());
            wire.serves(server, self.key);
        }
        wire.respond(server, response);
        established.session = session.or(established.session);
        established.watch_session(self.key, wire);
        if offer.is_some() {
            self.media.configure(self.flow.peer.ip(), wire);
            wire.tell(self.key, News::Renegotiated);
        }
        State::Established(established)
    }

    /// What our 200 carries, or the status that refuses.
    fn renegotiated_body(
        &mut self,
        offer: Option<&sdp::Session>,
        is_invite: bool,
        wire: &Wire,
    ) -> Result<Option<bytes::Bytes>, u16> {
        let Some(offer) = offer else {
            if !is_invite {
                return Ok(None);
            }
            let order = ordered(&wire.config.codecs, self.media.codec());
            return self.media.offer(&order).map(Some).ok_or(500);
        };
        self.media
            .answer_again(offer, &wire.config.codecs)
            .map(Some)
    }

    /// The ACK of a 200 of ours.
    pub(super) fn acknowledged(
        &mut self,
        mut established: Box<Established>,
        server: Option<ServerKey>,
        ack: &Request,
        wire: &mut Wire,
    ) -> State {
        // What satisfied the transaction satisfies the leg, whatever number it has.
        let number = ack.headers.cseq().map_or(0, |cseq| cseq.number);
        let fits = |w: &Unacknowledged| w.cseq == number || Some(w.server) == server;
        let Some(waiting) = established.unacknowledged.filter(fits) else {
            return State::Established(established);
        };
        established.unacknowledged = None;
        if !waiting.answers {
            wire.tell(self.key, News::Acknowledged);
            return State::Established(established);
        }
        let first = self.media.codec().is_none();
        if self.accept(&ack.headers, &ack.body) {
            self.media.configure(self.flow.peer.ip(), wire);
            wire.tell(
                self.key,
                if first {
                    News::Answered
                } else {
                    News::Renegotiated
                },
            );
            wire.tell(self.key, News::Acknowledged);
            return State::Established(established);
        }
        if first {
            return self.lost(*established, EndCause::NoCommonCodec, wire);
        }
        State::Established(established)
    }

    /// Our 200 was never acknowledged (RFC 3261 §13.3.1.4): the call is ended with a BYE.
    pub(crate) fn never_acknowledged(&mut self, wire: &mut Wire) {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Established(mut established) => {
                established.unacknowledged = None;
                self.state = self.lost(*established, EndCause::NetworkFailure, wire);
            }
            State::Leaving(leaving) => self.state = self.leaving_now(leaving, wire),
            other => self.state = other,
        }
    }
}

/// Whether the PRACK is the one that still may come; it comes once.
pub(super) fn is_awaited(prack: &Request, unconfirmed: &mut Option<Rack>) -> bool {
    let rack = Rack::of(prack);
    unconfirmed
        .take_if(|awaited| Some(*awaited) == rack)
        .is_some()
}

/// The key in an INFO of `application/dtmf-relay` or `application/dtmf`; none in an empty one.
fn info_digit(request: &Request) -> Result<Option<u8>, u16> {
    if request.body.is_empty() {
        return Ok(None);
    }
    let body = std::str::from_utf8(&request.body).map_err(|_| 400_u16)?;
    let text = match request.headers.content_type().as_deref() {
        Some("application/dtmf-relay") => body
            .lines()
            .filter_map(|line| line.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("signal"))
            .map(|(_, value)| value.trim())
            .ok_or(400_u16)?,
        Some("application/dtmf") => body.trim(),
        _ if sip::body::is_optional(&request.headers) => return Ok(None),
        _ => return Err(415),
    };
    digit(text).map(Some).ok_or(400)
}

/// `0`-`9`, `*`, `#`, `A`-`D`, or the numbers 10 and 11 that some gateways send for `*` and `#`.
fn digit(text: &str) -> Option<u8> {
    match text.as_bytes() {
        b"10" => Some(b'*'),
        b"11" => Some(b'#'),
        [key @ (b'0'..=b'9' | b'*' | b'#' | b'A'..=b'D')] => Some(*key),
        [key @ b'a'..=b'd'] => Some(key.to_ascii_uppercase()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_by_info_are_read_in_the_ways_phones_send_them() {
        let request = |kind: &str, body: &'static str| {
            let uri = sip::Uri::parse("sip:convoke@192.0.2.1").unwrap();
            Request::new(Method::Info, uri).with_body(kind, body)
        };
        for (kind, body, expect) in [
            (
                "application/dtmf-relay",
                "Signal=5\r\nDuration=160\r\n",
                Ok(Some(b'5')),
            ),
            (
                "application/dtmf-relay",
                "Signal= #\nDuration= 250",
                Ok(Some(b'#')),
            ),
            ("application/dtmf-relay", "Duration=160\r\n", Err(400)),
            ("application/dtmf", "d", Ok(Some(b'D'))),
            ("application/dtmf", "10", Ok(Some(b'*'))),
            ("application/dtmf", "99", Err(400)),
            ("text/plain", "5", Err(415)),
            ("text/plain", "", Ok(None)),
        ] {
            assert_eq!(info_digit(&request(kind, body)), expect, "{kind} {body:?}");
        }
    }
}
