//! A leg that called us and has no final answer yet.

use bytes::Bytes;
use media::{
    control::Codec,
    sdp::{self, Refusal},
};
use model::EndCause;
use sip::{
    HeaderName, Method, Request, dialog::Dialog, session_timer::Agreed, transaction::ServerKey,
};

use crate::{
    call::Preference,
    leg::{
        Established, Leg, LegAlarm, News, State, described, introduce, ordered,
        provisional::{Rack, Reliable},
    },
    wire::{Alarm, Wire},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(super) server: ServerKey,
    pub(super) request: Request,
    pub(super) dialog: Dialog,
    /// None: a late offer is ours to make.
    offer: Option<sdp::Session>,
    session: Option<Agreed>,
    /// What the caller is to be told as soon as nothing is missing for it: sockets, a PRACK.
    wish: Option<Wish>,
    told: Told,
    agreement: Agreement,
    /// What waits for its PRACK, and the number of the last that did.
    pub(super) unconfirmed: Option<Reliable>,
    pub(super) rseq: Option<u32>,
}

/// What the caller is to be told.
#[derive(Debug, Clone, Copy)]
enum Wish {
    /// Something rings.
    Ring,
    /// What the called phone sends is to be heard before it answers.
    Listen(Preference),
    /// Yes.
    Answer(Preference),
}

/// What the caller was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    Ringing,
    /// That there is something to hear.
    Session,
}

/// How far the first offer and its answer are (RFC 3261 §13.2.1, RFC 3262 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Agreement {
    /// The caller's offer has no answer, or there is none.
    Open,
    /// Our answer went with a response that may be lost: the 200 repeats it.
    Shown,
    /// Our offer went with a reliable response: its PRACK has to answer.
    Offered,
    /// Nothing is open: the 200 says nothing of media.
    Complete,
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
            wish: None,
            told: Told::Nothing,
            agreement: Agreement::Open,
            unconfirmed: None,
            rseq: None,
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

    /// Whether the wish says more than was told, or is wished already.
    const fn lacks(&self, wish: Wish) -> bool {
        match (wish, self.wish) {
            (Wish::Answer(_), _) => true,
            (_, Some(Wish::Answer(_))) => false,
            (Wish::Listen(_), _) => !matches!(self.told, Told::Session),
            (Wish::Ring, None) => matches!(self.told, Told::Nothing),
            (Wish::Ring, Some(_)) => false,
        }
    }

    /// RFC 3262 §3: one reliable response at a time, and no 200 before one with a description is
    /// confirmed.
    fn waits_for_prack(&self, wish: Wish) -> bool {
        let Some(reliable) = &self.unconfirmed else {
            return false;
        };
        !matches!(wish, Wish::Answer(_)) || reliable.is_described()
    }

    /// Whether a description goes with it. Who offers nothing gets the offer with the first
    /// reliable response (RFC 3261 §13.2.1).
    fn needs_media(&self, wish: Wish) -> bool {
        match wish {
            Wish::Answer(_) => true,
            Wish::Listen(_) if self.offer.is_some() => true,
            Wish::Ring | Wish::Listen(_) => {
                self.offer.is_none() && self.agreement == Agreement::Open && self.insists()
            }
        }
    }
}

impl Leg {
    /// A phone rings: 180.
    pub(crate) fn ring(&mut self, wire: &mut Wire) {
        self.wish(Wish::Ring, wire);
    }

    /// The called phone has something to be heard before it answers: 183 with our answer, in that
    /// codec if the caller has it. [`News::Listening`] follows where the caller's phone can.
    pub(crate) fn listen(&mut self, wire: &mut Wire, prefer: Preference) {
        self.wish(Wish::Listen(prefer), wire);
    }

    /// Answers, with that codec if the caller has it.
    pub(crate) fn answer(&mut self, wire: &mut Wire, prefer: Preference) {
        self.wish(Wish::Answer(prefer), wire);
    }

    fn wish(&mut self, wish: Wish, wire: &mut Wire) {
        self.state = match std::mem::replace(&mut self.state, State::Over) {
            State::Incoming(mut incoming) if incoming.lacks(wish) => {
                incoming.wish = Some(wish);
                self.go_on(incoming, wire)
            }
            other => other,
        };
    }

    /// Tells what is wished, if nothing is missing for it.
    pub(super) fn go_on(&mut self, mut incoming: Box<Incoming>, wire: &mut Wire) -> State {
        let Some(wish) = incoming.wish else {
            return State::Incoming(incoming);
        };
        if incoming.waits_for_prack(wish) {
            return State::Incoming(incoming);
        }
        let described = incoming.needs_media(wish);
        if described && !self.media.is_open() {
            self.media.open(self.flow.peer.ip(), wire);
            return State::Incoming(incoming);
        }
        incoming.wish = None;
        match wish {
            Wish::Answer(prefer) => self.say_yes(incoming, prefer, wire),
            Wish::Listen(prefer) if incoming.offer.is_some() => {
                let Ok(body) = self.describe(&incoming, prefer, wire) else {
                    return self.no_common_codec(&incoming, wire);
                };
                incoming.told = Told::Session;
                incoming.agreement = if incoming.insists() {
                    Agreement::Complete
                } else {
                    Agreement::Shown
                };
                self.provisional(&mut incoming, 183, Some(body), wire);
                self.media.configure(self.flow.peer.ip(), wire);
                wire.tell(self.key, News::Listening);
                State::Incoming(incoming)
            }
            Wish::Ring | Wish::Listen(_) => self.say_ringing(incoming, described, wire),
        }
    }

    fn say_ringing(
        &mut self,
        mut incoming: Box<Incoming>,
        described: bool,
        wire: &mut Wire,
    ) -> State {
        if incoming.told != Told::Nothing {
            return State::Incoming(incoming);
        }
        let mut body = None;
        if described {
            let Ok(offer) = self.describe(&incoming, None, wire) else {
                return self.no_common_codec(&incoming, wire);
            };
            incoming.agreement = Agreement::Offered;
            body = Some(offer);
        }
        incoming.told = Told::Ringing;
        self.provisional(&mut incoming, 180, body, wire);
        State::Incoming(incoming)
    }

    /// Our answer to the caller's offer, or our offer. The answer is the same each time it is
    /// given (RFC 3261 §13.2.1).
    fn describe(
        &mut self,
        incoming: &Incoming,
        prefer: Preference,
        wire: &Wire,
    ) -> Result<Bytes, Refusal> {
        let prefer = self.media.codec().or(prefer).into_iter();
        match &incoming.offer {
            Some(offer) => {
                let order = ordered(&wire.config.codecs, prefer.chain(offer.codecs()));
                self.media.answer(offer, &order)
            }
            None => {
                let order = ordered(&wire.config.codecs, prefer);
                self.media.offer(&order).ok_or(Refusal::Address)
            }
        }
    }

    fn no_common_codec(&self, incoming: &Incoming, wire: &mut Wire) -> State {
        incoming.refuse(wire, 488, EndCause::NoCommonCodec);
        wire.tell(self.key, News::Ended(EndCause::NoCommonCodec));
        State::Over
    }

    fn say_yes(&mut self, incoming: Box<Incoming>, prefer: Preference, wire: &mut Wire) -> State {
        let complete = incoming.agreement == Agreement::Complete;
        let mut response = incoming.dialog.response(&incoming.request, 200);
        introduce(&mut response.headers, &self.flow);
        response
            .headers
            .push(HeaderName::Server, &*wire.config.agent);
        if let Some(session) = incoming.session {
            session.answer(&mut response);
        }
        if !complete {
            let Ok(body) = self.describe(&incoming, prefer, wire) else {
                return self.no_common_codec(&incoming, wire);
            };
            response = response.with_body("application/sdp", body);
        }
        wire.timers.cancel(Alarm::Leg(self.key, LegAlarm::Repeat));
        let Incoming {
            server,
            request,
            mut dialog,
            offer,
            session,
            unconfirmed,
            ..
        } = *incoming;
        dialog.confirm();
        let agreed = complete || offer.is_some();
        let mut established = Established::new(dialog, &request.headers, session);
        established.answered(server, &request, !agreed);
        established.awaits_prack(unconfirmed.map(|reliable| reliable.rack()));
        wire.respond(server, response);
        established.watch_session(self.key, wire);
        if agreed {
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
        let answer = match request.method {
            Method::Prack => self.pracked(&mut incoming, request, wire),
            Method::Update => self.updated(&incoming, request, wire),
            Method::Bye => {
                wire.respond(server, incoming.dialog.response(request, 200));
                incoming.refuse(wire, 487, EndCause::Cancelled);
                wire.tell(self.key, News::Ended(EndCause::Cancelled));
                return State::Over;
            }
            Method::Options | Method::Info => Ok(None),
            // RFC 3261 §14.2.
            Method::Invite => Err(500),
            Method::Refer => Err(603),
            Method::Notify | Method::Subscribe => Err(489),
            _ => Err(405),
        };
        let status = answer.as_ref().err().copied().unwrap_or(200);
        let mut response = incoming.dialog.response(request, status);
        introduce(&mut response.headers, &self.flow);
        if status == 500 {
            let after = wire.random() % 11;
            response
                .headers
                .push(HeaderName::RetryAfter, after.to_string());
        }
        if let Ok(Some(body)) = answer {
            response = response.with_body("application/sdp", body);
        }
        wire.respond(server, response);
        if incoming.agreement == Agreement::Offered && incoming.unconfirmed.is_none() {
            // The PRACK had to bring an answer, and brought none that we can use.
            return self.no_common_codec(&incoming, wire);
        }
        self.go_on(incoming, wire)
    }

    /// What the 200 to a PRACK carries, or the status that refuses it.
    fn pracked(
        &mut self,
        incoming: &mut Incoming,
        request: &Request,
        wire: &mut Wire,
    ) -> Result<Option<Bytes>, u16> {
        let rack = Rack::of(request);
        let confirms = |reliable: &mut Reliable| Some(reliable.rack()) == rack;
        if incoming.unconfirmed.take_if(confirms).is_none() {
            return Err(481);
        }
        wire.timers.cancel(Alarm::Leg(self.key, LegAlarm::Repeat));
        if incoming.agreement != Agreement::Offered {
            return self.updated(incoming, request, wire);
        }
        if let Ok(Some(answer)) = described(&request.headers, &request.body)
            && self.media.accept(&answer).is_ok()
        {
            incoming.agreement = Agreement::Complete;
            self.media.configure(self.flow.peer.ip(), wire);
            wire.tell(self.key, News::Listening);
        }
        Ok(None)
    }

    /// What the 200 to an UPDATE carries, or the status that refuses it (RFC 3311 §5.2): an offer
    /// is taken when no other is open. A PRACK may bring one too (RFC 3262 §5).
    fn updated(
        &mut self,
        incoming: &Incoming,
        request: &Request,
        wire: &mut Wire,
    ) -> Result<Option<Bytes>, u16> {
        let Some(offer) = described(&request.headers, &request.body)? else {
            return Ok(None);
        };
        match incoming.agreement {
            Agreement::Complete => self.take_offer(&offer, wire).map(Some),
            Agreement::Offered => Err(491),
            Agreement::Open | Agreement::Shown => Err(500),
        }
    }

    /// Answers a further offer of the peer before the call is answered, and does what it says.
    pub(super) fn take_offer(
        &mut self,
        offer: &sdp::Session,
        wire: &mut Wire,
    ) -> Result<Bytes, u16> {
        let answer = self.media.answer_again(offer, &wire.config.codecs)?;
        self.media.configure(self.flow.peer.ip(), wire);
        wire.tell(self.key, News::Renegotiated);
        Ok(answer)
    }
}
