//! A phone: a small user agent on `sip`, that does what its person says.

mod early;

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use media::{
    control::Codec,
    sdp::{self, Capabilities, Direction, LocalMedia, Session},
};
use sip::{
    Flow, HeaderName, Message, Method, NameAddr, Parsed, Request, Response, SipUri, Transport, Uri,
    dialog::{Dialog, DialogId},
    digest,
    transaction::{ClientKey, Config, Event, Layer, ServerKey},
};

use super::{Dice, SERVER};

/// What a phone does with an INVITE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// Rings until its person answers.
    Ring,
    /// Answers at once.
    AtOnce,
    /// Rings and answers after so many milliseconds.
    After(u64),
    /// Refuses with this status.
    Refuse(u16),
    /// Rings with a 180 that wants a PRACK.
    RingReliably,
    /// Has media before its person answers: 183 with its answer.
    Early,
    /// The same with a 183 that wants a PRACK.
    EarlyReliably,
    /// Says nothing at all.
    Silent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallPhase {
    Calling,
    Ringing,
    Talking,
    Over,
}

/// One call of a phone.
pub struct PhoneCall {
    pub phase: CallPhase,
    pub dialog: Option<Dialog>,
    pub invite: Request,
    pub client: Option<ClientKey>,
    pub server: Option<ServerKey>,
    /// Final status of a call that was refused.
    pub status: Option<u16>,
    pub direction: Direction,
    pub remote_sdp: Option<Session>,
    local_sdp: Option<Session>,
    /// The ACK of a late offer must carry the answer.
    sdp_version: u64,
    late_offer: bool,
    /// The last number of a reliable provisional response of its own.
    rseq: u32,
    answer_at: Option<Instant>,
}

/// A description as a body with its type.
fn wrapped(wraps: Option<Wrap>, description: Vec<u8>) -> (&'static str, Vec<u8>) {
    let Some(wraps) = wraps else {
        return ("application/sdp", description);
    };
    let (kind, body) = wraps(&String::from_utf8_lossy(&description));
    (kind, body.into_bytes())
}

/// Puts a description into a body of another kind.
type Wrap = fn(&str) -> (&'static str, String);

/// See the module.
pub struct Phone {
    pub username: String,
    pub address: SocketAddr,
    pub now: Instant,
    pub password: String,
    pub answering: Answering,
    pub codecs: Vec<Codec>,
    pub calls: Vec<PhoneCall>,
    pub last_register: Option<u16>,
    pub last_response: Option<Response>,
    /// Responses by status to requests that are no INVITE, in order.
    pub statuses: Vec<(Method, u16)>,
    pub requests: Vec<Request>,
    /// Bodies of NOTIFY.
    pub notified: Vec<String>,
    pub plugged_in: bool,
    pub transport: Transport,
    /// Of a stream to the server.
    pub connection: u64,
    pub sends_ack: bool,
    /// Extra headers of the next INVITE.
    pub extra: Vec<(HeaderName, String)>,
    pub supports_timer: bool,
    pub takes_update: bool,
    pub refuse_reinvite: Option<u16>,
    /// The Contact of its 3xx.
    pub redirects_to: Option<String>,
    /// Changes its offers by hand, to what no codec of ours is named in.
    pub rewrites_offer: Option<fn(String) -> String>,
    pub contacts: Vec<String>,
    /// Where it wants RTP.
    pub media_port: u16,
    /// Puts what it says of media into a body of another kind.
    pub wraps: Option<Wrap>,
    /// Leaves the answer out of its 200, once it was given.
    pub omits_answer: bool,
    layer: Layer,
    dice: Arc<Dice>,
    outbox: Vec<(Flow, Bytes)>,
    waiting: Vec<(ClientKey, Request)>,
    register_call_id: String,
    cseq: u32,
}

impl Phone {
    pub fn new(username: &str, address: SocketAddr, dice: Arc<Dice>, now: Instant) -> Self {
        Self {
            username: username.to_owned(),
            address,
            now,
            password: "secret".to_owned(),
            answering: Answering::Ring,
            codecs: vec![Codec::Pcma, Codec::Pcmu],
            calls: Vec::new(),
            last_register: None,
            last_response: None,
            statuses: Vec::new(),
            requests: Vec::new(),
            notified: Vec::new(),
            plugged_in: true,
            transport: Transport::Udp,
            connection: 0,
            sends_ack: true,
            extra: Vec::new(),
            supports_timer: false,
            takes_update: true,
            refuse_reinvite: None,
            redirects_to: None,
            rewrites_offer: None,
            contacts: vec![format!("<sip:{username}@{address}>")],
            media_port: 40_000,
            omits_answer: false,
            wraps: None,
            layer: Layer::new(Config {
                trying_after: Duration::from_secs(3600),
                ..Config::default()
            }),
            register_call_id: format!("reg-{:x}", dice.next()),
            dice,
            outbox: Vec::new(),
            waiting: Vec::new(),
            cseq: 1,
        }
    }

    pub fn deadline(&self) -> Option<Instant> {
        let answers = self.calls.iter().filter_map(|call| call.answer_at).min();
        let layer = self.layer.deadline();
        [answers, layer].into_iter().flatten().min()
    }

    pub fn take_sent(&mut self) -> Vec<(Flow, Bytes)> {
        self.pump();
        let sent = std::mem::take(&mut self.outbox);
        if self.plugged_in { sent } else { Vec::new() }
    }

    fn flow(&self) -> Flow {
        Flow {
            transport: self.transport,
            local: self.address,
            peer: SERVER,
            connection: self.connection,
        }
    }

    fn token(&self) -> String {
        format!("{:x}", self.dice.next())
    }

    fn own_uri(&self) -> Uri {
        Uri::parse(&format!("sip:{}@main.convoke.internal", self.username)).unwrap()
    }

    fn contact(&self) -> String {
        format!("<sip:{}@{}>", self.username, self.address)
    }

    fn send(&mut self, request: Request) -> ClientKey {
        let entropy = self.dice.next();
        let flow = self.flow();
        let key = self.layer.request(self.now, flow, request.clone(), entropy);
        self.waiting.push((key, request));
        key
    }

    /// A request out of a dialog.
    pub fn request(&mut self, method: Method, to: &Uri) -> Request {
        self.cseq += 1;
        let from = NameAddr::new(self.own_uri()).with_tag(&self.token());
        Request::new(method.clone(), to.clone())
            .with(HeaderName::From, from.to_string())
            .with(HeaderName::To, NameAddr::new(to.clone()).to_string())
            .with(HeaderName::CallId, self.token())
            .with(HeaderName::CSeq, format!("{} {method}", self.cseq))
            .with(HeaderName::MaxForwards, "70")
            .with(HeaderName::Contact, self.contact())
    }

    pub fn send_request(&mut self, request: Request) {
        self.send(request);
    }

    pub fn register(&mut self, expires: u32) {
        let contacts = self.contacts.clone();
        self.register_as(&contacts, Some(expires), &self.username.clone());
    }

    pub fn register_as(&mut self, contacts: &[String], expires: Option<u32>, aor: &str) {
        self.last_register = None;
        let registrar = Uri::parse("sip:main.convoke.internal").unwrap();
        let aor = Uri::parse(&format!("sip:{aor}@main.convoke.internal")).unwrap();
        let mut request = self.request(Method::Register, &registrar);
        request
            .headers
            .set(HeaderName::To, NameAddr::new(aor).to_string());
        request
            .headers
            .set(HeaderName::CallId, &self.register_call_id);
        request.headers.remove(&HeaderName::Contact);
        for contact in contacts {
            request.headers.push(HeaderName::Contact, contact);
        }
        if let Some(expires) = expires {
            request
                .headers
                .push(HeaderName::Expires, expires.to_string());
        }
        for (name, value) in std::mem::take(&mut self.extra) {
            request.headers.push(name, value);
        }
        self.send(request);
    }

    fn local_media(&self, version: u64, direction: Direction) -> LocalMedia {
        LocalMedia {
            address: self.address.ip(),
            port: self.media_port,
            rtcp_port: self.media_port + 1,
            session_id: 1,
            version,
            direction,
        }
    }

    fn offer(&self, version: u64, direction: Direction) -> Session {
        sdp::offer(
            &self.local_media(version, direction),
            Capabilities {
                codecs: &self.codecs,
                telephone_event: true,
            },
        )
    }

    /// Calls a number; the index of the call.
    pub fn call(&mut self, number: &str) -> usize {
        let offer = self.offer(1, Direction::SendRecv);
        self.invite(number, Some(offer))
    }

    /// The same without an offer.
    pub fn call_late(&mut self, number: &str) -> usize {
        self.invite(number, None)
    }

    fn invite(&mut self, number: &str, offer: Option<Session>) -> usize {
        let to = Uri::Sip(SipUri::new(
            Some(number),
            sip::Host::parse("main.convoke.internal").unwrap(),
            None,
        ));
        let mut request = self.request(Method::Invite, &to);
        if self.takes_update {
            request.headers.push(
                HeaderName::Allow,
                "INVITE, ACK, CANCEL, BYE, UPDATE, REFER, NOTIFY, INFO",
            );
        }
        if self.supports_timer {
            request.headers.push(HeaderName::Supported, "timer");
        }
        for (name, value) in std::mem::take(&mut self.extra) {
            request.headers.push(name, value);
        }
        if let Some(offer) = &offer {
            let mut body = offer.to_bytes();
            if let Some(rewrite) = self.rewrites_offer {
                body = rewrite(String::from_utf8_lossy(&body).into_owned()).into_bytes();
            }
            let (kind, body) = wrapped(self.wraps, body);
            request = request.with_body(kind, body);
        } else if self.wraps.is_some() {
            let (kind, body) = wrapped(self.wraps, Vec::new());
            request = request.with_body(kind, body);
        }
        let client = self.send(request.clone());
        self.calls.push(PhoneCall {
            phase: CallPhase::Calling,
            dialog: None,
            invite: request,
            client: Some(client),
            server: None,
            status: None,
            direction: Direction::SendRecv,
            remote_sdp: None,
            late_offer: offer.is_none(),
            rseq: 16,
            local_sdp: offer,
            sdp_version: 1,
            answer_at: None,
        });
        self.calls.len() - 1
    }

    pub fn last(&self) -> &PhoneCall {
        self.calls.last().expect("a call")
    }

    /// The call that is ringing here.
    pub fn ringing(&self) -> Option<usize> {
        self.calls
            .iter()
            .position(|call| call.phase == CallPhase::Ringing)
    }

    pub fn talking(&self) -> Option<usize> {
        self.calls
            .iter()
            .position(|call| call.phase == CallPhase::Talking)
    }

    /// Answers what rings.
    pub fn answer(&mut self) {
        if let Some(at) = self.ringing() {
            self.answer_call(at);
        }
    }

    fn answer_call(&mut self, at: usize) {
        let codecs = self.codecs.clone();
        let capabilities = Capabilities {
            codecs: &codecs,
            telephone_event: true,
        };
        let local = self.local_media(1, Direction::SendRecv);
        let omits_answer = self.omits_answer;
        let wraps = self.wraps;
        let call = &mut self.calls[at];
        let (Some(server), Some(dialog)) = (call.server, call.dialog.as_mut()) else {
            return;
        };
        call.answer_at = None;
        let described = match Session::parse(&call.invite.body) {
            Ok(offer) => match sdp::answer(&offer, &local, capabilities) {
                Ok((answer, _)) => {
                    call.remote_sdp = Some(offer);
                    answer
                }
                Err(_) => {
                    let refusal = dialog.response(&call.invite, 488);
                    call.phase = CallPhase::Over;
                    self.layer.respond(self.now, server, refusal);
                    return;
                }
            },
            Err(_) => sdp::offer(&local, capabilities),
        };
        dialog.confirm();
        call.phase = CallPhase::Talking;
        let said_before = call.local_sdp.replace(described.clone()).is_some();
        let contact = format!("<sip:{}@{}>", self.username, self.address);
        let mut response = dialog
            .response(&call.invite, 200)
            .with(HeaderName::Contact, contact);
        if !(said_before && omits_answer) {
            let (kind, body) = wrapped(wraps, described.to_bytes());
            response = response.with_body(kind, body);
        }
        if self.takes_update {
            response
                .headers
                .push(HeaderName::Allow, "INVITE, ACK, CANCEL, BYE, UPDATE");
        }
        if self.supports_timer
            && let Some(asked) = call.invite.headers.session_expires()
        {
            response.headers.push(HeaderName::Require, "timer");
            response.headers.push(
                HeaderName::SessionExpires,
                format!("{};refresher=uac", asked.secs),
            );
        }
        self.layer.respond(self.now, server, response);
    }

    /// Refuses what rings.
    pub fn refuse(&mut self, status: u16) {
        if let Some(at) = self.ringing() {
            let call = &mut self.calls[at];
            call.phase = CallPhase::Over;
            if let (Some(server), Some(dialog)) = (call.server, &call.dialog) {
                let response = dialog.response(&call.invite, status);
                self.layer.respond(self.now, server, response);
            }
        }
    }

    /// Gives up a call that is not answered.
    pub fn cancel(&mut self) {
        let client = self.last().client;
        if let Some(client) = client {
            self.layer.cancel(self.now, client);
        }
    }

    /// Hangs up an answered call.
    pub fn hang_up(&mut self) {
        if let Some(at) = self.talking() {
            self.hang_up_call(at);
        }
    }

    pub fn hang_up_call(&mut self, at: usize) {
        self.calls[at].phase = CallPhase::Over;
        if let Some(bye) = self.in_dialog(at, Method::Bye) {
            self.send(bye);
        }
    }

    /// A request within a call's dialog.
    pub fn in_dialog(&mut self, at: usize, method: Method) -> Option<Request> {
        let contact = self.contact();
        let dialog = self.calls[at].dialog.as_mut()?;
        Some(dialog.request(method).with(HeaderName::Contact, contact))
    }

    /// Holds or resumes: a re-INVITE with that direction.
    pub fn reinvite(&mut self, direction: Direction) {
        let at = self.talking().expect("a call to hold");
        self.calls[at].sdp_version += 1;
        self.calls[at].direction = direction;
        let offer = self.offer(self.calls[at].sdp_version, direction);
        let request = self.in_dialog(at, Method::Invite).unwrap();
        let request = request.with_body("application/sdp", offer.to_bytes());
        self.calls[at].local_sdp = Some(offer);
        self.calls[at].invite = request.clone();
        let client = self.send(request);
        self.calls[at].client = Some(client);
    }

    pub fn refer(&mut self, at: usize, refer_to: &str) {
        let request = self.in_dialog(at, Method::Refer).unwrap();
        self.send(request.with(HeaderName::ReferTo, refer_to));
    }

    /// The Replaces header that names this call to the server.
    pub fn replaces_header(&self, at: usize) -> String {
        let replaces = self.calls[at].dialog.as_ref().unwrap().replaces_us();
        format!(
            "{};to-tag={};from-tag={}",
            replaces.call_id, replaces.to_tag, replaces.from_tag
        )
    }

    /// The same within a URI.
    pub fn replaces(&self, at: usize) -> String {
        let header = self.replaces_header(at);
        header.replace(';', "%3B").replace('=', "%3D")
    }

    pub fn handle_timeout(&mut self) {
        self.layer.handle_timeout(self.now);
        for at in 0..self.calls.len() {
            if self.calls[at].answer_at.is_some_and(|due| due <= self.now) {
                self.answer_call(at);
                self.calls[at].answer_at = None;
            }
        }
    }

    pub fn receive(&mut self, bytes: &[u8]) {
        if let Ok(Parsed::Message(message)) = sip::parse::datagram(bytes) {
            if let Message::Response(response) = &message {
                self.last_response = Some(response.clone());
            }
            let flow = self.flow();
            self.layer.receive(self.now, flow, message);
        }
    }

    fn pump(&mut self) {
        while let Some(event) = self.layer.poll() {
            match event {
                Event::Send { flow, bytes } => self.outbox.push((flow, bytes)),
                Event::Request { key, request, .. } => self.on_request(key, request),
                Event::Response { key, response, .. } => self.on_response(key, &response),
                Event::Cancel { key, request, .. } => self.on_cancel(key, request),
                Event::Ack { request, .. } => self.on_ack(&request),
                Event::Timeout { key } | Event::TransportError { key } => {
                    for call in &mut self.calls {
                        if call.client == Some(key) && call.phase == CallPhase::Calling {
                            call.phase = CallPhase::Over;
                        }
                    }
                }
                Event::AckTimeout { .. } | Event::StrayResponse { .. } => {}
            }
        }
    }

    fn on_cancel(&mut self, key: ServerKey, cancel: Request) {
        self.requests.push(cancel);
        for call in &mut self.calls {
            if call.server == Some(key) && call.phase == CallPhase::Ringing {
                call.phase = CallPhase::Over;
                call.answer_at = None;
                let response = call.dialog.as_ref().unwrap().response(&call.invite, 487);
                self.layer.respond(self.now, key, response);
                return;
            }
        }
        // Rings silently.
    }

    fn on_ack(&mut self, ack: &Request) {
        let id = DialogId::of_request(ack);
        for call in &mut self.calls {
            if call.dialog.as_ref().map(Dialog::id) == id.as_ref() && !ack.body.is_empty() {
                call.remote_sdp = Session::parse(&ack.body).ok();
            }
        }
    }

    fn on_request(&mut self, key: ServerKey, request: Request) {
        self.requests.push(request.clone());
        if let Some(id) = DialogId::of_request(&request) {
            let found = self
                .calls
                .iter()
                .position(|call| call.dialog.as_ref().map(Dialog::id) == Some(&id));
            match found {
                Some(at) => self.on_in_dialog(at, key, &request),
                None => {
                    let response = Response::reply(&request, 481, None);
                    self.layer.respond(self.now, key, response);
                }
            }
            return;
        }
        if request.method == Method::Invite {
            self.on_invite(key, request);
        } else {
            let response = Response::reply(&request, 200, Some(&self.token()));
            self.layer.respond(self.now, key, response);
        }
    }

    fn on_invite(&mut self, key: ServerKey, request: Request) {
        let dialog = Dialog::uas(&request, &self.token()).unwrap();
        let ringing = dialog.response(&request, 180);
        let redirects = matches!(self.answering, Answering::Refuse(300..400));
        let contact = match self.redirects_to.clone().filter(|_| redirects) {
            Some(elsewhere) => elsewhere,
            None => self.contact(),
        };
        let (phase, reply) = match self.answering {
            Answering::Ring | Answering::After(_) => (CallPhase::Ringing, Some(ringing)),
            Answering::AtOnce => (CallPhase::Ringing, None),
            Answering::Silent | Answering::Early | Answering::EarlyReliably => {
                (CallPhase::Ringing, None)
            }
            Answering::Refuse(status) => (CallPhase::Over, Some(dialog.response(&request, status))),
            Answering::RingReliably => (
                CallPhase::Ringing,
                Some(
                    ringing
                        .with(HeaderName::Require, "100rel")
                        .with(HeaderName::RSeq, "16"),
                ),
            ),
        };
        if let Some(reply) = reply {
            let reply = reply.with(HeaderName::Contact, contact);
            self.layer.respond(self.now, key, reply);
        }
        let answer_at = match self.answering {
            Answering::After(ms) => Some(self.now + Duration::from_millis(ms)),
            _ => None,
        };
        self.calls.push(PhoneCall {
            phase,
            dialog: Some(dialog),
            invite: request,
            client: None,
            server: Some(key),
            status: None,
            direction: Direction::SendRecv,
            remote_sdp: None,
            local_sdp: None,
            sdp_version: 1,
            late_offer: false,
            rseq: 16,
            answer_at,
        });
        match self.answering {
            Answering::AtOnce => self.answer_call(self.calls.len() - 1),
            Answering::Early => self.show(183, false),
            Answering::EarlyReliably => self.show(183, true),
            _ => {}
        }
    }

    fn on_in_dialog(&mut self, at: usize, key: ServerKey, request: &Request) {
        let codecs = self.codecs.clone();
        let contact = self.contact();
        let version = self.calls[at].sdp_version;
        let local = self.local_media(version, self.calls[at].direction);
        let refuse = self.refuse_reinvite;
        let call = &mut self.calls[at];
        let dialog = call.dialog.as_mut().unwrap();
        if dialog.receive(request).is_err() {
            let response = dialog.response(request, 500);
            self.layer.respond(self.now, key, response);
            return;
        }
        let mut response = dialog
            .response(request, 200)
            .with(HeaderName::Contact, contact);
        match request.method {
            Method::Bye => call.phase = CallPhase::Over,
            Method::Notify => {
                self.notified
                    .push(String::from_utf8_lossy(&request.body).trim().to_owned());
            }
            Method::Invite | Method::Update => {
                if let Some(status) = refuse {
                    response = dialog.response(request, status);
                } else if let Ok(offer) = Session::parse(&request.body) {
                    let capabilities = Capabilities {
                        codecs: &codecs,
                        telephone_event: true,
                    };
                    let (answer, _) = sdp::answer(&offer, &local, capabilities).unwrap();
                    response = response.with_body("application/sdp", answer.to_bytes());
                }
                if let Some(expires) = request.headers.get(&HeaderName::SessionExpires) {
                    let value = expires.text().into_owned();
                    response.headers.push(HeaderName::SessionExpires, value);
                }
            }
            _ => {}
        }
        self.layer.respond(self.now, key, response);
    }

    fn on_response(&mut self, key: ClientKey, response: &Response) {
        let method = response.headers.cseq().unwrap().method;
        let sent = self
            .waiting
            .iter()
            .find(|(client, _)| *client == key)
            .map(|(_, request)| request.clone());
        if response.is_provisional() {
            if let Some(at) = self.calls.iter().position(|c| c.client == Some(key)) {
                self.early(at, response);
            }
            return;
        }
        let challenged = matches!(response.status, 401 | 407);
        if challenged
            && let Some(request) = &sent
            && let Some(again) = self.answer_challenge(request, response)
        {
            self.waiting.retain(|(client, _)| *client != key);
            let client = self.send(again.clone());
            for call in &mut self.calls {
                if call.client == Some(key) {
                    call.client = Some(client);
                    call.invite = again.clone();
                }
            }
            return;
        }
        match method {
            Method::Register => self.last_register = Some(response.status),
            Method::Invite => return self.on_invite_final(key, response),
            _ => {}
        }
        self.statuses.push((method, response.status));
    }

    fn answer_challenge(&mut self, request: &Request, response: &Response) -> Option<Request> {
        let challenge = response.headers.challenges().into_iter().next()?;
        let name = if response.status == 401 {
            HeaderName::Authorization
        } else {
            HeaderName::ProxyAuthorization
        };
        if request.headers.contains(&name) && !challenge.stale {
            return None;
        }
        let cnonce = self.token();
        let uri = request.uri.to_string();
        let answer = digest::respond(
            &challenge,
            &self.username,
            &self.password,
            &request.method,
            &uri,
            1,
            &cnonce,
        )?;
        let mut again = request.clone();
        self.cseq += 1;
        let number = request.headers.cseq().unwrap().number + 1;
        again
            .headers
            .set(HeaderName::CSeq, format!("{number} {}", request.method));
        self.cseq = self.cseq.max(number);
        again.headers.set(name, answer.to_string());
        Some(again)
    }

    fn on_invite_final(&mut self, key: ClientKey, response: &Response) {
        let Some(at) = self.calls.iter().position(|c| c.client == Some(key)) else {
            return;
        };
        let codecs = self.codecs.clone();
        let local = self.local_media(1, self.calls[at].direction);
        let call = &mut self.calls[at];
        call.status = Some(response.status);
        if !response.is_success() {
            if call.phase == CallPhase::Calling {
                call.phase = CallPhase::Over;
            }
            return;
        }
        let known = call.dialog.as_ref().map(|d| d.id().clone()) == DialogId::of_response(response);
        match call.dialog.as_mut().filter(|_| known) {
            Some(dialog) => dialog.receive_response(&Method::Invite, response),
            None => call.dialog = Dialog::uac(&call.invite, response).ok().flatten(),
        }
        let first = call.phase == CallPhase::Calling;
        if first {
            call.phase = CallPhase::Talking;
        }
        call.remote_sdp = Session::parse(&response.body)
            .ok()
            .or(call.remote_sdp.take());
        let cseq = response.headers.cseq().unwrap().number;
        let mut ack = call.dialog.as_ref().unwrap().ack(cseq);
        if call.late_offer
            && let Some(offer) = &call.remote_sdp
        {
            let capabilities = Capabilities {
                codecs: &codecs,
                telephone_event: true,
            };
            if let Ok((answer, _)) = sdp::answer(offer, &local, capabilities) {
                ack = ack.with_body("application/sdp", answer.to_bytes());
            }
        }
        if self.sends_ack {
            let entropy = self.dice.next();
            let flow = self.flow();
            self.layer.acknowledge(key, flow, ack, entropy);
        }
    }
}
