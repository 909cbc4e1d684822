//! What others want from a phone.

use sip::{
    Method,
    dialog::{Dialog, DialogId},
    transaction::ServerKey,
};

use super::{
    Answer, End, Flow, HeaderName, Instant, Machine, Record, Request, Response, Session, State,
    entropy,
};

const SDP: &str = "application/sdp";

impl Machine {
    pub(super) fn on_request(
        &mut self,
        now: Instant,
        key: ServerKey,
        flow: Flow,
        request: Request,
    ) {
        let number = self.number_of(&request);
        if let Some(session) = number.and_then(|number| self.sessions.get_mut(&number))
            && let Some(dialog) = &mut session.dialog
            && let Err(wrong) = dialog.receive(&request)
        {
            self.layer
                .respond(now, key, Response::reply(&request, wrong.status, None));
            return;
        }
        match (&request.method, number) {
            (Method::Invite, Some(number)) => self.on_reinvite(now, key, number, &request),
            (Method::Invite, None) if !request.is_in_dialog() => {
                self.on_invite(now, key, flow, request)
            }
            (Method::Bye, Some(number)) => {
                self.layer
                    .respond(now, key, Response::reply(&request, 200, None));
                self.end(now, number, End::ByeReceived);
            }
            (Method::Notify, Some(number)) => {
                self.layer
                    .respond(now, key, Response::reply(&request, 200, None));
                self.note(number, |record| {
                    record.refer = status_of_fragment(&request.body).or(record.refer)
                });
            }
            (Method::Update, Some(number)) if !request.body.is_empty() => {
                self.on_update(now, key, number, &request);
            }
            (Method::Options | Method::Notify | Method::Info | Method::Update, _) => {
                self.layer
                    .respond(now, key, Response::reply(&request, 200, Some("phone")));
            }
            _ => {
                self.layer
                    .respond(now, key, Response::reply(&request, 481, Some("phone")));
            }
        }
    }

    fn number_of(&self, request: &Request) -> Option<u32> {
        let id = DialogId::of_request(request)?;
        let is_it = |session: &Session| {
            session
                .dialog
                .as_ref()
                .is_some_and(|dialog| *dialog.id() == id)
        };
        self.sessions
            .iter()
            .find(|(_, session)| is_it(session))
            .map(|(number, _)| *number)
    }

    fn on_invite(&mut self, now: Instant, key: ServerKey, flow: Flow, request: Request) {
        let number = self.next_incoming;
        self.next_incoming += 2;
        let from = request
            .headers
            .from()
            .map(|from| from.to_string())
            .unwrap_or_default();
        let mut record = Record::new(true, from);
        let tag = format!("{:x}", entropy());
        match self.settings.answer {
            Answer::Silent => {
                self.shared.view().calls.insert(number, record);
                return self.layer.drop_request(key);
            }
            Answer::Refuse(status) => {
                (record.state, record.end) = (State::Ended, Some(End::Refused(status)));
                self.shared.view().calls.insert(number, record);
                self.layer
                    .respond(now, key, Response::reply(&request, status, Some(&tag)));
                return;
            }
            Answer::After(_) | Answer::Never => {}
        }
        let session = Session::open(flow, &self.settings.codecs, self.settings.tone);
        let (Ok(mut session), Ok(dialog)) = (session, Dialog::uas(&request, &tag)) else {
            self.layer
                .respond(now, key, Response::reply(&request, 400, Some(&tag)));
            return;
        };
        record.state = State::Ringing;
        self.shared.view().calls.insert(number, record);
        let ringing = dialog.response(&request, 180).with(
            HeaderName::Contact,
            session.contact(&self.settings.username),
        );
        self.layer.respond(now, key, ringing);
        session.dialog = Some(dialog);
        session.invited = Some((key, request));
        session.answer_at = self.when_to_take(now);
        self.sessions.insert(number, session);
    }

    /// Answers 200 with an answer, or with an offer where the INVITE had none.
    pub(super) fn take_call(&mut self, now: Instant, number: u32) {
        let Some(session) = self.sessions.get_mut(&number) else {
            return;
        };
        session.answer_at = None;
        let Some((key, request)) = session.invited.take() else {
            return;
        };
        let mut view = self.shared.view();
        let Some(record) = view.calls.get_mut(&number) else {
            return;
        };
        let body = describe(session, now, &request, record);
        let contact = session.contact(&self.settings.username);
        let Some(dialog) = &mut session.dialog else {
            return;
        };
        let Some(body) = body else {
            let response = dialog.response(&request, 488);
            self.layer.respond(now, key, response);
            drop(view);
            return self.end(now, number, End::Refused(488));
        };
        dialog.confirm();
        record.state = State::Answered;
        let response = dialog
            .response(&request, 200)
            .with(HeaderName::Contact, contact)
            .with(HeaderName::Supported, "replaces")
            .with_body(SDP, body);
        self.layer.respond(now, key, response);
    }

    fn on_reinvite(&mut self, now: Instant, key: ServerKey, number: u32, request: &Request) {
        let Some(session) = self.sessions.get_mut(&number) else {
            return;
        };
        let mut view = self.shared.view();
        let Some(record) = view.calls.get_mut(&number) else {
            return;
        };
        let body = describe(session, now, request, record);
        let contact = session.contact(&self.settings.username);
        let Some(dialog) = &session.dialog else {
            return;
        };
        let response = match body {
            Some(body) => dialog
                .response(request, 200)
                .with(HeaderName::Contact, contact)
                .with_body(SDP, body),
            None => dialog.response(request, 488),
        };
        self.layer.respond(now, key, response);
    }

    fn on_update(&mut self, now: Instant, key: ServerKey, number: u32, request: &Request) {
        self.on_reinvite(now, key, number, request);
    }

    pub(super) fn on_ack(&mut self, now: Instant, request: &Request) {
        let Some(number) = self.number_of(request) else {
            return;
        };
        let Some(session) = self.sessions.get_mut(&number) else {
            return;
        };
        if request.body.is_empty() || !session.waits_for_answer() {
            return;
        }
        if let Some(record) = self.shared.view().calls.get_mut(&number) {
            session.accept(now, &request.body, record);
        }
    }

    pub(super) fn on_cancel(&mut self, now: Instant, key: ServerKey) {
        let found = self
            .sessions
            .iter()
            .find_map(|(number, session)| match &session.invited {
                Some((invited, request)) if *invited == key => {
                    let response = session.dialog.as_ref()?.response(request, 487);
                    Some((*number, response))
                }
                _ => None,
            });
        if let Some((number, response)) = found {
            self.layer.respond(now, key, response);
            self.end(now, number, End::Cancelled);
        }
    }
}

/// The answer to the offer of a request, or an offer where it has none.
fn describe(
    session: &mut Session,
    now: Instant,
    request: &Request,
    record: &mut Record,
) -> Option<Vec<u8>> {
    if request.body.is_empty() {
        return Some(session.offer());
    }
    session.answer(now, &request.body, record)
}

/// The status in a `message/sipfrag` body (RFC 3515 §2.4.5).
fn status_of_fragment(body: &[u8]) -> Option<u16> {
    let line = String::from_utf8_lossy(body);
    line.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
}
