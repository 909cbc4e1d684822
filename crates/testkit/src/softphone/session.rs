//! One call of a phone: its dialog, its offers and answers, its audio.

use std::{io, net::IpAddr, time::Instant};

use media::{
    control::Codec,
    sdp::{self, Capabilities, Direction, LocalMedia},
};
use sip::{
    Flow, NameAddr, Request,
    dialog::Dialog,
    transaction::{ClientKey, ServerKey},
};

use super::{Record, audio::Audio, entropy};

pub(super) struct Session {
    pub(super) flow: Flow,
    pub(super) audio: Audio,
    pub(super) dialog: Option<Dialog>,
    /// The INVITE of ours that has no final answer.
    pub(super) asked: Option<ClientKey>,
    /// The INVITE that this phone has not answered.
    pub(super) invited: Option<(ServerKey, Request)>,
    /// When the call is taken.
    pub(super) answer_at: Option<Instant>,
    /// Hung up while the INVITE had no answer: a 2xx that crosses is ended.
    pub(super) given_up: bool,
    address: IpAddr,
    codecs: Vec<Codec>,
    ours: Option<sdp::Session>,
    /// Our last description is an offer that is not answered.
    waits_for_answer: bool,
    session_id: u64,
    version: u64,
    holds: bool,
}

impl Session {
    pub(super) fn open(flow: Flow, codecs: &[Codec], tone: f32) -> io::Result<Self> {
        Ok(Self {
            flow,
            audio: Audio::open(flow.local.ip(), tone)?,
            dialog: None,
            asked: None,
            invited: None,
            answer_at: None,
            given_up: false,
            address: flow.local.ip(),
            codecs: codecs.to_vec(),
            ours: None,
            waits_for_answer: false,
            session_id: entropy() >> 2,
            version: 0,
            holds: false,
        })
    }

    fn local(&mut self) -> LocalMedia {
        self.version += 1;
        LocalMedia {
            address: self.address,
            port: self.audio.port(),
            rtcp_port: self.audio.port() + 1,
            session_id: self.session_id,
            version: self.version,
            direction: if self.holds {
                Direction::SendOnly
            } else {
                Direction::SendRecv
            },
        }
    }

    pub(super) fn hold(&mut self, holds: bool) {
        self.holds = holds;
    }

    /// An offer, the first or a new one.
    pub(super) fn offer(&mut self) -> Vec<u8> {
        let local = self.local();
        let capabilities = Capabilities {
            codecs: &self.codecs,
            telephone_event: true,
        };
        let offer = match &self.ours {
            Some(previous) => sdp::offer_again(previous, &local, capabilities),
            None => sdp::offer(&local, capabilities),
        };
        let body = offer.to_bytes();
        self.ours = Some(offer);
        self.waits_for_answer = true;
        body
    }

    /// The answer to an offer; none when nothing is in common.
    pub(super) fn answer(
        &mut self,
        now: Instant,
        offer: &[u8],
        record: &mut Record,
    ) -> Option<Vec<u8>> {
        let offer = sdp::Session::parse(offer).ok()?;
        let local = self.local();
        let capabilities = Capabilities {
            codecs: &self.codecs,
            telephone_event: true,
        };
        let (answer, agreed) = sdp::answer(&offer, &local, capabilities).ok()?;
        let body = answer.to_bytes();
        self.ours = Some(answer);
        self.waits_for_answer = false;
        self.agreed(now, agreed, record);
        Some(body)
    }

    /// Takes the answer to the offer that waits for one; anything else is not for us.
    pub(super) fn accept(&mut self, now: Instant, answer: &[u8], record: &mut Record) {
        let (Some(ours), Ok(answer)) = (&self.ours, sdp::Session::parse(answer)) else {
            return;
        };
        if let Ok(agreed) = sdp::accept(ours, &answer) {
            self.waits_for_answer = false;
            self.agreed(now, agreed, record);
        }
    }

    pub(super) fn waits_for_answer(&self) -> bool {
        self.waits_for_answer
    }

    fn agreed(&mut self, now: Instant, agreed: sdp::Negotiated, record: &mut Record) {
        record.held = !agreed.direction.receives() && !self.holds;
        record.codec = Some(agreed.codec);
        self.audio.agree(now, agreed);
    }

    /// Where this phone can be reached, for Contact.
    pub(super) fn contact(&self, username: &str) -> String {
        contact(&self.flow, username)
    }

    /// Whom the other side is, for Refer-To.
    pub(super) fn remote_address(&self) -> Option<NameAddr> {
        self.dialog
            .as_ref()
            .map(|dialog| NameAddr::new(dialog.remote().uri.clone()))
    }
}

pub(super) fn contact(flow: &Flow, username: &str) -> String {
    format!("<sip:{username}@{}>", flow.local)
}
