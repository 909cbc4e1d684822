//! The media end of a leg: its socket, and what offer and answer agreed on (RFC 3264).

use std::net::{IpAddr, SocketAddr};

use bytes::Bytes;
use media::{
    control::{Codec, LegParams, MediaCommand},
    sdp::{self, Capabilities, Direction, LocalMedia, Negotiated, Refusal, Session},
};

use sip::Headers;

use crate::{Output, leg::LegKey, wire::Wire};

/// Where the sockets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sockets {
    /// Nobody asked for them.
    None,
    /// Asked for.
    Asked,
    /// Asked for, but no longer wanted.
    Unwanted,
    /// Open here.
    Open(SocketAddr),
    /// `Close` was sent.
    Closing,
    /// Gone for good.
    Gone,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct MediaEnd {
    key: LegKey,
    sockets: Sockets,
    session_id: u64,
    version: u64,
    /// Our last description.
    last: Option<Session>,
    /// An offer of ours without an answer yet.
    pending: Option<Session>,
    agreed: Option<Negotiated>,
}

impl MediaEnd {
    pub(crate) fn new(key: LegKey, session_id: u64) -> Self {
        Self {
            key,
            sockets: Sockets::None,
            // Some phones read the number as 63 bits with a sign.
            session_id: session_id >> 2,
            version: 0,
            last: None,
            pending: None,
            agreed: None,
        }
    }

    /// Asks for sockets that reach the peer.
    pub(crate) fn open(&mut self, peer: IpAddr, wire: &mut Wire) {
        if self.sockets == Sockets::None {
            self.sockets = Sockets::Asked;
            let leg = self.key.media();
            wire.put(Output::OpenMedia { leg, peer });
        }
    }

    /// They are open; whether they are still wanted.
    pub(crate) fn opened(&mut self, local: SocketAddr, wire: &mut Wire) -> bool {
        match self.sockets {
            Sockets::Asked => {
                self.sockets = Sockets::Open(local);
                true
            }
            Sockets::Unwanted => {
                self.sockets = Sockets::Open(local);
                self.close(wire);
                false
            }
            _ => false,
        }
    }

    /// There are none.
    pub(crate) fn refused(&mut self) {
        self.sockets = Sockets::Gone;
    }

    /// Gives the sockets back; whether they are gone already.
    pub(crate) fn close(&mut self, wire: &mut Wire) -> bool {
        match self.sockets {
            Sockets::None => self.sockets = Sockets::Gone,
            Sockets::Asked => self.sockets = Sockets::Unwanted,
            Sockets::Open(_) => {
                self.sockets = Sockets::Closing;
                let leg = self.key.media();
                wire.media(MediaCommand::Close { leg });
            }
            Sockets::Unwanted | Sockets::Closing | Sockets::Gone => {}
        }
        self.is_gone()
    }

    /// The worker says that they are closed.
    pub(crate) fn closed(&mut self) {
        self.sockets = Sockets::Gone;
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.sockets, Sockets::Open(_))
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.sockets == Sockets::Gone
    }

    /// The codec agreed on.
    pub(crate) fn codec(&self) -> Option<Codec> {
        self.agreed.map(|agreed| agreed.codec)
    }

    /// Whether the peer holds us: it takes nothing or sends nothing by its own wish.
    pub(crate) fn is_held(&self) -> bool {
        self.agreed
            .is_some_and(|agreed| !agreed.direction.sends() || !agreed.direction.receives())
    }

    /// Whether an offer of ours waits for its answer.
    pub(crate) fn is_offering(&self) -> bool {
        self.pending.is_some()
    }

    /// An offer: a first one, or one that keeps what was agreed.
    pub(crate) fn offer(&mut self, codecs: &[Codec]) -> Option<Bytes> {
        let local = self.local()?;
        let wanted = capabilities(codecs);
        let offer = match &self.last {
            Some(last) => sdp::offer_again(last, &local, wanted),
            None => sdp::offer(&local, wanted),
        };
        let offer = self.describe(offer);
        let bytes = Bytes::from(offer.to_bytes());
        self.pending = Some(offer);
        Some(bytes)
    }

    /// Answers an offer of the peer.
    pub(crate) fn answer(&mut self, offer: &Session, codecs: &[Codec]) -> Result<Bytes, Refusal> {
        let local = self.local().ok_or(Refusal::Address)?;
        let (answer, agreed) = sdp::answer(offer, &local, capabilities(codecs))?;
        let answer = self.describe(answer);
        self.agreed = Some(agreed);
        Ok(Bytes::from(answer.to_bytes()))
    }

    /// Answers a further offer of the peer: the codec stays if it can.
    pub(crate) fn answer_again(&mut self, offer: &Session, ours: &[Codec]) -> Result<Bytes, u16> {
        let order = ordered(ours, self.codec().into_iter().chain(offer.codecs()));
        self.answer(offer, &order).map_err(|_| 488)
    }

    /// The peer shows what its answer to our offer will be; the answer itself is still to come.
    pub(crate) fn preview(&mut self, answer: &Session) -> Result<(), Refusal> {
        let offer = self.pending.as_ref().ok_or(Refusal::Mismatch)?;
        self.agreed = Some(sdp::accept(offer, answer)?);
        Ok(())
    }

    /// The peer answered our offer.
    pub(crate) fn accept(&mut self, answer: &Session) -> Result<(), Refusal> {
        let agreed = self.preview(answer);
        self.pending = None;
        agreed
    }

    /// Our offer is settled, or refused: what was agreed before stays.
    pub(crate) fn withdraw(&mut self) {
        self.pending = None;
    }

    /// Tells the worker what was agreed on. `signalling` is where the peer's SIP comes from: it
    /// may send RTP from there too.
    pub(crate) fn configure(&self, signalling: IpAddr, wire: &mut Wire) {
        let (Some(agreed), true) = (self.agreed, self.is_open()) else {
            return;
        };
        let params = LegParams {
            remote: agreed.remote,
            remote_rtcp: agreed.remote_rtcp,
            codec: agreed.codec,
            payload_type: agreed.payload_type,
            telephone_event: agreed.telephone_event,
            event_clock: agreed.event_clock,
            inbound: agreed.inbound,
            ptime_ms: agreed.ptime_ms,
            send: agreed.direction.sends(),
            receive: agreed.direction.receives(),
            may_latch: vec![signalling],
        };
        let leg = self.key.media();
        wire.media(MediaCommand::Configure { leg, params });
    }

    fn local(&self) -> Option<LocalMedia> {
        let Sockets::Open(at) = self.sockets else {
            return None;
        };
        Some(LocalMedia {
            address: at.ip(),
            port: at.port(),
            rtcp_port: at.port().saturating_add(1),
            session_id: self.session_id,
            version: self.version + 1,
            direction: Direction::SendRecv,
        })
    }

    /// Takes note of a description of ours: its version counts up only if it says anything new
    /// (RFC 3264 §8).
    fn describe(&mut self, session: Session) -> Session {
        let session = match &self.last {
            Some(last) if session.same_but_version(last) => last.clone(),
            _ => {
                self.version += 1;
                session
            }
        };
        self.last = Some(session.clone());
        session
    }
}

/// The description in a message, where it has one; else the status that refuses it.
pub(crate) fn described(headers: &Headers, body: &Bytes) -> Result<Option<Session>, u16> {
    match sip::body::find(headers, body, "application/sdp")? {
        Some(description) => Session::parse(&description).map(Some).map_err(|_| 400),
        None => Ok(None),
    }
}

const fn capabilities(codecs: &[Codec]) -> Capabilities<'_> {
    Capabilities {
        codecs,
        telephone_event: true,
    }
}

/// Our codecs with the preferred ones first.
pub(crate) fn ordered(ours: &[Codec], preferred: impl IntoIterator<Item = Codec>) -> Vec<Codec> {
    let mut order: Vec<Codec> = Vec::with_capacity(ours.len());
    for codec in preferred.into_iter().chain(ours.iter().copied()) {
        if ours.contains(&codec) && !order.contains(&codec) {
            order.push(codec);
        }
    }
    order
}
