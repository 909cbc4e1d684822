//! What a phone that we call says before its final answer: early dialogs, reliable responses
//! (RFC 3262), descriptions, and requests of its own.

use bytes::Bytes;
use media::sdp;
use sip::{
    HeaderName, Method, Request, Response,
    dialog::{Dialog, DialogId},
    transaction::{ClientKey, ServerKey},
};

use crate::{
    leg::{Leg, Outgoing, State, Why, described, introduce, outgoing::Step},
    wire::Wire,
};

/// Early dialogs of one INVITE: a proxy beyond the phone may fork it.
const EARLY: usize = 8;

/// Our INVITE, and who answers it so far.
#[derive(Debug)]
pub(super) struct Invited {
    pub(super) client: ClientKey,
    pub(super) request: Request,
    pub(super) early: Vec<Early>,
    /// The first of them that had media: it is the one that is heard.
    heard: Option<usize>,
    pub(super) why: Why,
}

#[derive(Debug)]
pub(super) struct Early {
    pub(super) dialog: Dialog,
    rseq: Option<u32>,
    said: Said,
}

/// What a phone has said of its media before its 200.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Nothing,
    /// What its answer will be, in a response that may be lost.
    Shown(sdp::Session),
    /// Its answer, in a reliable response: the 200 need not repeat it (RFC 3262 §5).
    Answered(sdp::Session),
    /// Its answer, and then an offer that we have answered (RFC 3311).
    Renewed,
}

/// What came of a provisional response.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) prack: Option<Request>,
    /// A description that is to be followed.
    pub(super) shown: Option<sdp::Session>,
}

impl Leg {
    /// Whether the 200 leaves something agreed. Only the first description of a dialog is an
    /// answer (RFC 3261 §13.2.1), but phones and gateways that send another in their 200 mean
    /// that one: the announcement came from elsewhere.
    pub(super) fn settled(&mut self, said: Said, response: &Response) -> bool {
        let before = match said {
            Said::Nothing => None,
            Said::Shown(answer) | Said::Answered(answer) => Some(answer),
            Said::Renewed => {
                self.media.withdraw();
                return true;
            }
        };
        let last = described(&response.headers, &response.body).ok().flatten();
        let mut answers = last.into_iter().chain(before);
        let agreed = answers.any(|answer| self.media.preview(&answer).is_ok());
        self.media.withdraw();
        agreed
    }

    /// A request from a phone that has not answered yet.
    pub(super) fn early_callee_request(
        &mut self,
        mut outgoing: Box<Outgoing>,
        server: ServerKey,
        request: &Request,
        wire: &mut Wire,
    ) -> State {
        let id = DialogId::of_request(request);
        let invited = match &mut outgoing.step {
            Step::Opening => None,
            Step::Invited(invited) | Step::Cancelled(invited) => Some(invited),
        };
        let early = invited.and_then(|invited| {
            let is_it = |early: &Early| Some(early.dialog.id()) == id.as_ref();
            let at = invited.early.iter().position(is_it)?;
            let is_heard = invited.heard == Some(at);
            Some((invited.early.get_mut(at)?, is_heard))
        });
        let Some((early, is_heard)) = early else {
            wire.respond(server, Response::reply(request, 481, None));
            return State::Outgoing(outgoing);
        };
        let answer = match request.method {
            _ if early.dialog.receive(request).is_err() => Err(500),
            Method::Update => match described(&request.headers, &request.body) {
                Ok(Some(offer)) => self.early_offer(&mut early.said, is_heard, &offer, wire),
                Ok(None) => Ok(None),
                Err(status) => Err(status),
            },
            Method::Options | Method::Info => Ok(None),
            Method::Bye => Err(403),
            _ => Err(481),
        };
        let status = answer.as_ref().err().copied().unwrap_or(200);
        let mut response = early.dialog.response(request, status);
        introduce(&mut response.headers, &self.flow);
        if status == 500 {
            response.headers.push(HeaderName::RetryAfter, "1");
        }
        if let Ok(Some(body)) = answer {
            response = response.with_body("application/sdp", body);
        }
        wire.respond(server, response);
        State::Outgoing(outgoing)
    }

    /// An offer by UPDATE is taken once ours has its answer for good (RFC 3311 §5.2), and only of
    /// the one that is heard.
    fn early_offer(
        &mut self,
        said: &mut Said,
        is_heard: bool,
        offer: &sdp::Session,
        wire: &mut Wire,
    ) -> Result<Option<Bytes>, u16> {
        if !is_heard || !matches!(said, Said::Answered(_) | Said::Renewed) {
            return Err(491);
        }
        let answer = self.take_offer(offer, wire)?;
        *said = Said::Renewed;
        Ok(Some(answer))
    }
}

impl Invited {
    pub(super) const fn new(client: ClientKey, request: Request) -> Self {
        Self {
            client,
            request,
            early: Vec::new(),
            heard: None,
            why: Why::of(model::EndCause::Cancelled),
        }
    }

    /// The INVITE once more, as a new request of the same call.
    pub(super) fn again(self) -> Request {
        let mut request = self.request;
        let cseq = request.headers.cseq().map_or(1, |cseq| cseq.number);
        let next = format!("{} INVITE", cseq + 1);
        request.headers.set(HeaderName::CSeq, next);
        request
    }

    /// The dialog that a 2xx makes or confirms, and what was said in it before.
    pub(super) fn confirm(&mut self, response: &Response) -> Option<(Dialog, Said)> {
        let id = DialogId::of_response(response)?;
        let at = self.early.iter().position(|early| *early.dialog.id() == id);
        match at {
            Some(at) => {
                let mut early = self.early.swap_remove(at);
                early.dialog.receive_response(&Method::Invite, response);
                Some((early.dialog, early.said))
            }
            None => Some((Dialog::uac(&self.request, response).ok()??, Said::Nothing)),
        }
    }

    /// The early dialog that a provisional response makes or belongs to.
    fn early(&mut self, response: &Response) -> Option<usize> {
        let id = DialogId::of_response(response)?;
        let known = self.early.iter().position(|early| *early.dialog.id() == id);
        if known.is_some() || self.early.len() >= EARLY {
            return known;
        }
        self.early.push(Early {
            dialog: Dialog::uac(&self.request, response).ok()??,
            rseq: None,
            said: Said::Nothing,
        });
        Some(self.early.len() - 1)
    }

    /// Takes in a provisional response; a reliable one is answered by a PRACK, each once and in
    /// their order (RFC 3262 §4).
    pub(super) fn progress(&mut self, response: &Response) -> Progress {
        let Some(at) = self.early(response) else {
            return Progress::default();
        };
        let description = described(&response.headers, &response.body).ok().flatten();
        let cseq = self.request.headers.cseq().map_or(1, |cseq| cseq.number);
        let Some(early) = self.early.get_mut(at) else {
            return Progress::default();
        };
        let mut prack = None;
        if let Some(rseq) = reliable(response) {
            let last = early.rseq.replace(rseq);
            if last.is_some_and(|last| last.checked_add(1) != Some(rseq)) {
                early.rseq = last;
                return Progress::default();
            }
            let rack = format!("{rseq} {cseq} INVITE");
            prack = Some(
                early
                    .dialog
                    .request(Method::Prack)
                    .with(HeaderName::RAck, rack),
            );
        }
        let shown = description.and_then(|description| {
            let heard = *self.heard.get_or_insert(at) == at;
            let news = early.says(description, prack.is_some());
            news.filter(|_| heard)
        });
        Progress { prack, shown }
    }
}

impl Early {
    /// Takes note of a description; gives it back if it is to be followed.
    fn says(&mut self, description: sdp::Session, reliably: bool) -> Option<sdp::Session> {
        let known = match &self.said {
            Said::Nothing => None,
            Said::Shown(known) => Some(known),
            // Whatever follows the answer is none (RFC 3261 §13.2.1).
            Said::Answered(_) | Said::Renewed => return None,
        };
        let shown = (known != Some(&description)).then(|| description.clone());
        self.said = if reliably {
            Said::Answered(description)
        } else {
            Said::Shown(description)
        };
        shown
    }
}

/// The number of a reliable provisional response (RFC 3262 §4).
fn reliable(response: &Response) -> Option<u32> {
    let required = response.headers.require();
    let insists = required
        .iter()
        .any(|tag| tag.eq_ignore_ascii_case("100rel"));
    let rseq = response
        .headers
        .get(&HeaderName::RSeq)
        .filter(|_| insists)?;
    rseq.text().trim().parse().ok()
}
