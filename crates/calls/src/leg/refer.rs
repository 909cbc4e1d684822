//! REFER within a dialog and the NOTIFYs that follow it (RFC 3515).

use sip::{HeaderName, Host, Method, Replaces, Request, Uri, transaction::ServerKey};

use crate::{
    leg::{Asked, Leg, State, introduce},
    screening::dialled,
    wire::{Purpose, Wire},
};

/// A transfer as asked for.
#[derive(Debug)]
pub(crate) struct ReferRequest {
    server: ServerKey,
    request: Request,
    /// CSeq of the REFER.
    pub(crate) cseq: u32,
    /// What is to be called, by number; none: Refer-To is missing or no address of ours.
    pub(crate) number: Option<String>,
    /// Whose number: another customer's are none of ours.
    pub(crate) host: Option<Host>,
    /// The dialog whose place is to be taken.
    pub(crate) replaces: Option<Replaces>,
}

impl ReferRequest {
    pub(crate) fn new(server: ServerKey, request: Request) -> Self {
        let target = request.headers.refer_to().ok().flatten();
        let method_fits = target.as_ref().is_some_and(|target| is_invite(&target.uri));
        let target = target.filter(|_| method_fits);
        let number = target.as_ref().and_then(|target| dialled(&target.uri));
        let host = target.as_ref().and_then(|target| target.uri.host());
        Self {
            cseq: request.headers.cseq().map_or(0, |cseq| cseq.number),
            replaces: target.as_ref().and_then(|target| replaces_in(&target.uri)),
            host: host.cloned(),
            number,
            server,
            request,
        }
    }
}

/// Refer-To may name another method than INVITE; nothing else is done for a phone.
fn is_invite(uri: &Uri) -> bool {
    uri.as_sip().is_none_or(|uri| {
        uri.params
            .get("method")
            .is_none_or(|method| method.eq_ignore_ascii_case("INVITE"))
    })
}

/// `?Replaces=…` of a URI, without its escapes.
fn replaces_in(uri: &Uri) -> Option<Replaces> {
    let uri = uri.as_sip()?;
    let (_, value) = uri
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("Replaces"))?;
    Replaces::parse(&unescape(value)?)
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                let value = digit(*high)? * 16 + digit(*low)?;
                bytes.push(u8::try_from(value).ok()?);
                rest = after;
            }
            (b'%', _) => return None,
            (other, _) => bytes.push(*other),
        }
    }
    String::from_utf8(bytes).ok()
}

impl Leg {
    /// 202, or why not.
    pub(crate) fn answer_refer(&mut self, wire: &mut Wire, refer: &ReferRequest, status: u16) {
        let mut response = sip::Response::reply(&refer.request, status, Some(&self.local_tag));
        introduce(&mut response.headers, &self.flow);
        wire.respond(refer.server, response);
    }

    /// Tells the transferor how far it is; a final status ends the subscription.
    pub(crate) fn notify_refer(&mut self, wire: &mut Wire, refer: u32, status: u16) {
        let State::Established(established) = &mut self.state else {
            return;
        };
        let state = if status < 200 {
            "active;expires=180"
        } else {
            "terminated;reason=noresource"
        };
        let fragment = format!("SIP/2.0 {status} {}\r\n", sip::reason_phrase(status));
        let mut notify = established
            .dialog
            .request(Method::Notify)
            .with(HeaderName::Event, format!("refer;id={refer}"))
            .with(HeaderName::SubscriptionState, state);
        introduce(&mut notify.headers, &self.flow);
        let notify = notify.with_body("message/sipfrag;version=2.0", fragment);
        wire.request(self.flow, notify, Purpose::Leg(self.key, Asked::Aside));
    }
}
