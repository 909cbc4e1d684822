//! What a phone says before a call is answered: early media, reliable responses, UPDATE.

use media::sdp::{self, Capabilities, Direction, Session};
use sip::{HeaderName, Method, Request, Response, dialog::Dialog};

use super::{Phone, PhoneCall};

impl PhoneCall {
    /// What it said of its own media last.
    pub fn local_sdp(&self) -> &Session {
        self.local_sdp.as_ref().unwrap()
    }
}

impl Phone {
    /// Sends a provisional response with its answer for the call that rings last.
    pub fn show(&mut self, status: u16, reliably: bool) {
        match self.answer_to(&self.last().invite) {
            Some(answer) => self.progress(status, Some(answer), reliably),
            None => self.refuse(488),
        }
    }

    /// Sends a provisional response for the call that rings last.
    pub fn progress(&mut self, status: u16, answer: Option<Session>, reliably: bool) {
        let contact = self.contact();
        let call = self.calls.last_mut().unwrap();
        let dialog = call.dialog.as_ref().unwrap();
        let mut response = dialog
            .response(&call.invite, status)
            .with(HeaderName::Contact, contact);
        if reliably {
            call.rseq += 1;
            response = response
                .with(HeaderName::Require, "100rel")
                .with(HeaderName::RSeq, call.rseq.to_string());
        }
        if let Some(answer) = answer {
            response = response.with_body("application/sdp", answer.to_bytes());
            call.local_sdp = Some(answer);
        }
        let server = call.server.unwrap();
        self.layer.respond(self.now, server, response);
    }

    /// Its answer to the offer in an INVITE.
    fn answer_to(&self, invite: &Request) -> Option<Session> {
        let offer = Session::parse(&invite.body).ok()?;
        self.answer_offer(&offer)
    }

    fn answer_offer(&self, offer: &Session) -> Option<Session> {
        let local = self.local_media(1, Direction::SendRecv);
        let capabilities = Capabilities {
            codecs: &self.codecs,
            telephone_event: true,
        };
        let (answer, _) = sdp::answer(offer, &local, capabilities).ok()?;
        Some(answer)
    }

    /// Sends UPDATE with an offer in the dialog of its last call, early or not.
    pub fn update(&mut self, direction: Direction) {
        let at = self.calls.len() - 1;
        let offer = self.offer(9, direction);
        let update = self.in_dialog(at, Method::Update).unwrap();
        self.send_request(update.with_body("application/sdp", offer.to_bytes()));
    }

    /// A provisional response to a call of its own.
    pub(super) fn early(&mut self, at: usize, response: &Response) {
        let described = Session::parse(&response.body).ok();
        let offered = described.clone().filter(|_| self.calls[at].late_offer);
        let answer = offered.and_then(|offer| self.answer_offer(&offer));
        let answer = answer.filter(|_| !self.omits_answer);
        let call = &mut self.calls[at];
        if call.dialog.is_none() {
            call.dialog = Dialog::uac(&call.invite, response).ok().flatten();
        }
        call.remote_sdp = described.or(call.remote_sdp.take());
        let reliable = response.headers.require().contains(&"100rel".to_owned());
        let (true, Some(dialog)) = (reliable, call.dialog.as_mut()) else {
            return;
        };
        let rseq = response.headers.get(&HeaderName::RSeq).unwrap();
        let rseq = rseq.text().into_owned();
        let cseq = call.invite.headers.cseq().unwrap().number;
        let prack = dialog.request(Method::Prack);
        let mut prack = prack.with(HeaderName::RAck, format!("{rseq} {cseq} INVITE"));
        if let Some(answer) = answer {
            call.late_offer = false;
            prack = prack.with_body("application/sdp", answer.to_bytes());
        }
        self.send(prack);
    }
}
