//! What a phone does by itself: orders, and the answers to its requests.

use sip::{Method, NameAddr, Uri, dialog::Dialog, digest};

use super::{
    Answer, End, Flow, HeaderName, Instant, Machine, Order, Purpose, Request, Response, Session,
    State, entropy,
};
use crate::softphone::session::contact;

const SDP: &str = "application/sdp";

impl Machine {
    pub(super) fn carry_out(&mut self, now: Instant, order: Order) {
        match order {
            Order::Register(secs) => self.register(now, secs),
            Order::Call(number, target) => self.invite(now, number, &target),
            Order::Answer(number) => self.take_call(now, number),
            Order::HangUp(number) => self.hang_up(now, number),
            Order::Hold(number, holds) => self.reinvite(now, number, holds),
            Order::Refer(number, target) => {
                let target = self.address_of(&target);
                self.refer(now, number, &target);
            }
            Order::ReferReplacing(number, other) => self.refer_replacing(now, number, other),
            Order::Press(number, digits) => {
                if let Some(session) = self.sessions.get_mut(&number) {
                    session.audio.press(&digits);
                }
            }
            Order::CutOff(number, cut_off) => {
                if let Some(session) = self.sessions.get_mut(&number) {
                    session.audio.cut_off = cut_off;
                }
            }
            Order::Tone(hertz) => {
                self.settings.tone = hertz;
                self.sessions
                    .values_mut()
                    .for_each(|session| session.audio.set_tone(hertz));
            }
            Order::Behave(answer) => self.settings.answer = answer,
            Order::Stop => {}
        }
    }

    fn address_of(&self, target: &str) -> String {
        if target.contains(':') {
            target.to_owned()
        } else {
            format!("sip:{target}@{}", self.settings.domain)
        }
    }

    fn register(&mut self, now: Instant, secs: u32) {
        let Some(uri) = Uri::parse(&format!("sip:{}", self.settings.domain)) else {
            return;
        };
        self.registration.1 += 1;
        let (call_id, cseq) = &self.registration;
        let own = format!("<{}>", self.address_of(&self.settings.username));
        let request = Request::new(Method::Register, uri)
            .with(HeaderName::MaxForwards, "70")
            .with(HeaderName::From, format!("{own};tag={:x}", entropy()))
            .with(HeaderName::To, own)
            .with(HeaderName::CallId, call_id)
            .with(HeaderName::CSeq, format!("{cseq} REGISTER"))
            .with(
                HeaderName::Contact,
                contact(&self.flow, &self.settings.username),
            )
            .with(HeaderName::Expires, secs.to_string())
            .with(HeaderName::UserAgent, "Convoke test phone");
        self.ask(now, self.flow, Purpose::Register, request, false);
    }

    fn invite(&mut self, now: Instant, number: u32, target: &str) {
        let target = self.address_of(target);
        let session = Session::open(self.flow, &self.settings.codecs, self.settings.tone);
        let (Some(uri), Ok(mut session)) = (Uri::parse(&target), session) else {
            return self.end(now, number, End::Timeout);
        };
        let own = self.address_of(&self.settings.username);
        let mut request = Request::new(Method::Invite, uri)
            .with(HeaderName::MaxForwards, "70")
            .with(HeaderName::From, format!("<{own}>;tag={:x}", entropy()))
            .with(HeaderName::To, format!("<{target}>"))
            .with(HeaderName::CallId, format!("{:016x}", entropy()))
            .with(HeaderName::CSeq, "1 INVITE")
            .with(
                HeaderName::Contact,
                session.contact(&self.settings.username),
            )
            .with(
                HeaderName::Allow,
                "INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY, REFER, UPDATE, INFO",
            )
            .with(HeaderName::Supported, "replaces, timer")
            .with(HeaderName::UserAgent, "Convoke test phone");
        if !self.settings.late_offer {
            request = request.with_body(SDP, session.offer());
        }
        let key = self.ask(now, self.flow, Purpose::Invite(number), request, false);
        session.asked = Some(key);
        self.sessions.insert(number, session);
    }

    fn hang_up(&mut self, now: Instant, number: u32) {
        let Some(session) = self.sessions.get_mut(&number) else {
            return;
        };
        if let Some(key) = session.asked {
            session.given_up = true;
            self.layer.cancel(now, key);
            return;
        }
        if let Some((key, request)) = session.invited.take() {
            self.layer
                .respond(now, key, Response::reply(&request, 486, Some("busy")));
            return self.end(now, number, End::HungUp);
        }
        if let Some(dialog) = &mut session.dialog {
            let (request, flow) = (dialog.request(Method::Bye), session.flow);
            self.ask(now, flow, Purpose::Other(number), request, false);
        }
        self.end(now, number, End::HungUp);
    }

    fn reinvite(&mut self, now: Instant, number: u32, holds: bool) {
        let Some(session) = self.sessions.get_mut(&number) else {
            return;
        };
        session.hold(holds);
        let (body, contact, flow) = (
            session.offer(),
            session.contact(&self.settings.username),
            session.flow,
        );
        let Some(dialog) = &mut session.dialog else {
            return;
        };
        let request = dialog
            .request(Method::Invite)
            .with(HeaderName::Contact, contact)
            .with_body(SDP, body);
        self.ask(now, flow, Purpose::Reinvite(number), request, false);
    }

    fn refer(&mut self, now: Instant, number: u32, target: &str) {
        let Some(session) = self.sessions.get_mut(&number) else {
            return;
        };
        let (contact, flow) = (session.contact(&self.settings.username), session.flow);
        let Some(dialog) = &mut session.dialog else {
            return;
        };
        let request = dialog
            .request(Method::Refer)
            .with(HeaderName::Contact, &contact)
            .with(HeaderName::ReferTo, format!("<{target}>"))
            .with(HeaderName::ReferredBy, contact);
        self.ask(now, flow, Purpose::Other(number), request, false);
    }

    fn refer_replacing(&mut self, now: Instant, number: u32, other: u32) {
        let Some(other) = self.sessions.get(&other) else {
            return;
        };
        let (
            Some(dialog),
            Some(NameAddr {
                uri: Uri::Sip(mut uri),
                ..
            }),
        ) = (&other.dialog, other.remote_address())
        else {
            return;
        };
        let replaces = escape(&dialog.replaces_us().to_string());
        uri.headers = vec![("Replaces".to_owned(), replaces)];
        let target = Uri::Sip(uri).to_string();
        self.refer(now, number, &target);
    }

    pub(super) fn on_response(
        &mut self,
        now: Instant,
        key: super::ClientKey,
        flow: Flow,
        response: Response,
    ) {
        if response.is_provisional() {
            if let Some(Purpose::Invite(number)) =
                self.pending.get(&key).map(|pending| pending.purpose)
            {
                self.on_progress(now, number, &response);
            }
            return;
        }
        self.keep_answer(&response);
        let Some(pending) = self.pending.remove(&key) else {
            return;
        };
        if matches!(response.status, 401 | 407) && !pending.authorised {
            return self.ask_again(now, flow, pending, &response);
        }
        match pending.purpose {
            Purpose::Register => self.shared.view().registration = Some(response.status),
            Purpose::Invite(number) => {
                self.on_invite_answered(now, key, number, &pending.request, &response)
            }
            Purpose::Reinvite(number) => {
                self.on_reinvite_answered(now, key, number, &pending.request, &response)
            }
            Purpose::Other(_) => {}
        }
    }

    fn ask_again(
        &mut self,
        now: Instant,
        flow: Flow,
        pending: super::Pending,
        response: &Response,
    ) {
        let super::Pending {
            purpose,
            mut request,
            ..
        } = pending;
        let number = match purpose {
            Purpose::Register => None,
            Purpose::Invite(number) | Purpose::Reinvite(number) | Purpose::Other(number) => {
                Some(number)
            }
        };
        let credentials = response.headers.challenges().first().and_then(|challenge| {
            let (username, password) = (&self.settings.username, &self.settings.password);
            let cnonce = format!("{:x}", entropy());
            digest::respond(
                challenge,
                username,
                password,
                &request.method,
                &request.uri.to_string(),
                1,
                &cnonce,
            )
        });
        let Some(credentials) = credentials else {
            return self.refused(now, purpose, response.status);
        };
        let name = if response.status == 401 {
            HeaderName::Authorization
        } else {
            HeaderName::ProxyAuthorization
        };
        request.headers.set(name, credentials.to_string());
        let session = number.and_then(|number| self.sessions.get_mut(&number));
        let next = match (purpose, session.and_then(|session| session.dialog.as_mut())) {
            // In a dialog the number after the last one; the dialog has to know it.
            (Purpose::Reinvite(_) | Purpose::Other(_), Some(dialog)) => {
                dialog.request(request.method.clone());
                dialog.local_cseq()
            }
            _ => request.headers.cseq().map_or(1, |cseq| cseq.number) + 1,
        };
        if purpose == Purpose::Register {
            self.registration.1 = next;
        }
        let cseq = format!("{next} {}", request.method);
        request.headers.set(HeaderName::CSeq, cseq);
        let key = self.ask(now, flow, purpose, request, true);
        if let Purpose::Invite(number) = purpose
            && let Some(session) = self.sessions.get_mut(&number)
        {
            session.asked = Some(key);
            if session.given_up {
                self.layer.cancel(now, key);
            }
        }
    }

    fn refused(&mut self, now: Instant, purpose: Purpose, status: u16) {
        match purpose {
            Purpose::Register => self.shared.view().registration = Some(status),
            Purpose::Invite(number) => self.end(now, number, End::Refused(status)),
            Purpose::Reinvite(_) | Purpose::Other(_) => {}
        }
    }

    fn on_progress(&mut self, now: Instant, number: u32, response: &Response) {
        let Some(session) = self.sessions.get_mut(&number) else {
            return;
        };
        let mut view = self.shared.view();
        let Some(record) = view.calls.get_mut(&number) else {
            return;
        };
        record.statuses.push(response.status);
        if response.status >= 180 && record.state == State::Begun {
            record.state = State::Ringing;
        }
        if !response.body.is_empty() && session.waits_for_answer() {
            session.accept(now, &response.body, record);
        }
    }

    fn on_invite_answered(
        &mut self,
        now: Instant,
        key: super::ClientKey,
        number: u32,
        request: &Request,
        response: &Response,
    ) {
        self.note(number, |record| record.statuses.push(response.status));
        let Some(session) = self.sessions.get_mut(&number) else {
            return;
        };
        session.asked = None;
        if !response.is_success() {
            let end = if session.given_up {
                End::HungUp
            } else {
                End::Refused(response.status)
            };
            return self.end(now, number, end);
        }
        session.dialog = Dialog::uac(request, response).ok().flatten();
        let mut body = None;
        if let Some(record) = self.shared.view().calls.get_mut(&number) {
            record.state = State::Answered;
            if session.waits_for_answer() {
                session.accept(now, &response.body, record);
            } else if request.body.is_empty() {
                body = session.answer(now, &response.body, record);
            }
        }
        let Some(dialog) = &session.dialog else {
            return;
        };
        let mut ack = dialog.ack(request.headers.cseq().map_or(1, |cseq| cseq.number));
        if let Some(body) = body {
            ack = ack.with_body(SDP, body);
        }
        let (flow, given_up) = (session.flow, session.given_up);
        self.layer.acknowledge(key, flow, ack, entropy());
        if given_up {
            self.hang_up(now, number);
        }
    }

    fn on_reinvite_answered(
        &mut self,
        now: Instant,
        key: super::ClientKey,
        number: u32,
        request: &Request,
        response: &Response,
    ) {
        let Some(session) = self.sessions.get_mut(&number) else {
            return;
        };
        if !response.is_success() {
            return;
        }
        if let Some(record) = self.shared.view().calls.get_mut(&number) {
            session.accept(now, &response.body, record);
        }
        let Some(dialog) = &mut session.dialog else {
            return;
        };
        dialog.receive_response(&Method::Invite, response);
        let ack = dialog.ack(request.headers.cseq().map_or(1, |cseq| cseq.number));
        let flow = session.flow;
        self.layer.acknowledge(key, flow, ack, entropy());
    }

    /// Takes the calls that have rung long enough.
    pub(super) fn take_due_calls(&mut self, now: Instant) {
        let due: Vec<u32> = self
            .sessions
            .iter()
            .filter(|(_, session)| session.answer_at.is_some_and(|at| at <= now))
            .map(|(number, _)| *number)
            .collect();
        for number in due {
            self.take_call(now, number);
        }
    }

    /// What the phone does with a call that begins to ring now.
    pub(super) fn when_to_take(&self, now: Instant) -> Option<Instant> {
        match self.settings.answer {
            Answer::After(time) => Some(now + time),
            Answer::Never | Answer::Refuse(_) | Answer::Silent => None,
        }
    }
}

/// Everything but letters and digits as %XX.
fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
