//! Dialogs (RFC 3261 §12): what stays between two sides from the first answer to the BYE.

use std::fmt;

use crate::grammar::stable_hash;
use crate::header_name::HeaderName;
use crate::headers::typed::{HeaderError, Replaces};
use crate::message::{Request, Response};
use crate::method::Method;
use crate::name_addr::NameAddr;
use crate::uri::{SipUri, Uri};

/// What identifies a dialog on one side (RFC 3261 §12).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DialogId {
    /// The Call-ID.
    pub call_id: String,
    /// The tag of this side.
    pub local_tag: String,
    /// The tag of the other side; empty where it follows RFC 2543 and has none.
    pub remote_tag: String,
}

impl DialogId {
    /// The dialog that a received request within one belongs to; `None` without a tag in To.
    pub fn of_request(request: &Request) -> Option<Self> {
        Some(Self {
            call_id: request.headers.call_id().ok()?.into_owned(),
            local_tag: request.headers.to_tag()?,
            remote_tag: request.headers.from_tag().unwrap_or_default(),
        })
    }

    /// The dialog that a received response belongs to; `None` without a tag in To.
    pub fn of_response(response: &Response) -> Option<Self> {
        Some(Self {
            call_id: response.headers.call_id().ok()?.into_owned(),
            local_tag: response.headers.from_tag()?,
            remote_tag: response.headers.to_tag()?,
        })
    }

    /// The dialog that a received Replaces header names (RFC 3891 §3).
    pub fn of_replaces(replaces: &Replaces) -> Self {
        Self {
            call_id: replaces.call_id.clone(),
            local_tag: replaces.to_tag.clone(),
            remote_tag: replaces.from_tag.clone(),
        }
    }
}

impl fmt::Display for DialogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};{};{}", self.call_id, self.local_tag, self.remote_tag)
    }
}

/// How far a dialog is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Made by a provisional response.
    Early,
    /// Made or confirmed by a 2xx.
    Confirmed,
}

/// A request within a dialog that came with a CSeq below one seen before (RFC 3261 §12.2.2):
/// to be answered with this status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfOrder {
    /// Always 500.
    pub status: u16,
}

/// One side of a dialog.
#[derive(Clone, Debug)]
pub struct Dialog {
    id: DialogId,
    state: State,
    local: NameAddr,
    remote: NameAddr,
    remote_target: Uri,
    route_set: Vec<NameAddr>,
    local_cseq: u32,
    remote_cseq: Option<u32>,
}

impl Dialog {
    /// The side that received the request (RFC 3261 §12.1.1), early until
    /// [`Dialog::confirm`]. `local_tag` is the one that the responses carry in To.
    pub fn uas(request: &Request, local_tag: &str) -> Result<Self, HeaderError> {
        let headers = &request.headers;
        let remote = headers.from()?;
        let remote_target = headers
            .contact()
            .map_or_else(|| remote.uri.clone(), |contact| contact.uri);
        let id = DialogId {
            call_id: headers.call_id()?.into_owned(),
            local_tag: local_tag.to_owned(),
            remote_tag: remote.tag().unwrap_or_default().to_owned(),
        };
        Ok(Self {
            state: State::Early,
            local: headers.to()?.with_tag(local_tag),
            remote,
            remote_target,
            route_set: headers.record_routes()?,
            local_cseq: first_cseq(&id),
            remote_cseq: Some(headers.cseq()?.number),
            id,
        })
    }

    /// The side that sent the request, from a response with a tag in To (RFC 3261 §12.1.2);
    /// `Ok(None)` without one. Each tag is a dialog of its own: a forked request makes several.
    pub fn uac(request: &Request, response: &Response) -> Result<Option<Self>, HeaderError> {
        let headers = &response.headers;
        let remote = headers.to()?;
        let Some(remote_tag) = remote.tag().map(str::to_owned) else {
            return Ok(None);
        };
        let local = request.headers.from()?;
        let mut route_set = headers.record_routes()?;
        route_set.reverse();
        let contact = headers.contact().map(|contact| contact.uri);
        Ok(Some(Self {
            id: DialogId {
                call_id: request.headers.call_id()?.into_owned(),
                local_tag: local.tag().unwrap_or_default().to_owned(),
                remote_tag,
            },
            state: if response.is_success() {
                State::Confirmed
            } else {
                State::Early
            },
            local,
            remote,
            remote_target: contact.unwrap_or_else(|| request.uri.clone()),
            route_set,
            local_cseq: request.headers.cseq()?.number,
            remote_cseq: None,
        }))
    }

    /// What identifies it.
    pub fn id(&self) -> &DialogId {
        &self.id
    }

    /// How far it is.
    pub fn state(&self) -> State {
        self.state
    }

    /// Marks it confirmed: this side has sent a 2xx.
    pub fn confirm(&mut self) {
        self.state = State::Confirmed;
    }

    /// This side's address with its tag: From of what it sends.
    pub fn local(&self) -> &NameAddr {
        &self.local
    }

    /// The other side's address with its tag: To of what this side sends.
    pub fn remote(&self) -> &NameAddr {
        &self.remote
    }

    /// The other side's Contact.
    pub fn remote_target(&self) -> &Uri {
        &self.remote_target
    }

    /// The proxies between both sides, nearest first.
    pub fn route_set(&self) -> &[NameAddr] {
        &self.route_set
    }

    /// The CSeq number that this side used last.
    pub fn local_cseq(&self) -> u32 {
        self.local_cseq
    }

    /// Takes note of a received request within the dialog, before it is acted on. Gaps in the
    /// sequence are legal; ACK and CANCEL carry the number of their INVITE and are not checked.
    pub fn receive(&mut self, request: &Request) -> Result<(), OutOfOrder> {
        let Ok(cseq) = request.headers.cseq() else {
            return Err(OutOfOrder { status: 500 });
        };
        if !matches!(request.method, Method::Ack | Method::Cancel) {
            if self.remote_cseq.is_some_and(|last| cseq.number <= last) {
                return Err(OutOfOrder { status: 500 });
            }
            self.remote_cseq = Some(cseq.number);
        }
        if refreshes_target(&request.method)
            && let Some(contact) = request.headers.contact()
        {
            self.remote_target = contact.uri;
        }
        Ok(())
    }

    /// Takes note of a received response to a request that this side sent within the dialog, or
    /// that made it: confirms it and refreshes the remote target on 2xx. The route set of an
    /// early dialog is computed anew from the 2xx (RFC 3261 §13.2.2.4).
    pub fn receive_response(&mut self, method: &Method, response: &Response) {
        if !response.is_success() || !refreshes_target(method) {
            return;
        }
        if *method == Method::Invite && self.state == State::Early {
            self.state = State::Confirmed;
            if let Ok(mut routes) = response.headers.record_routes() {
                routes.reverse();
                self.route_set = routes;
            }
        }
        if let Some(contact) = response.headers.contact() {
            self.remote_target = contact.uri;
        }
    }

    /// A request within the dialog with the next CSeq (RFC 3261 §12.2.1.1): Request-URI, Route,
    /// From, To, Call-ID, CSeq and Max-Forwards are there; Via comes from the transaction layer,
    /// Contact from the caller. For ACK see [`Dialog::ack`].
    pub fn request(&mut self, method: Method) -> Request {
        self.local_cseq = self
            .local_cseq
            .saturating_add(1)
            .min(i32::MAX.unsigned_abs());
        self.request_numbered(method, self.local_cseq)
    }

    /// The ACK of a 2xx to the INVITE with that CSeq number (RFC 3261 §13.2.2.4).
    pub fn ack(&self, cseq: u32) -> Request {
        self.request_numbered(Method::Ack, cseq)
    }

    fn request_numbered(&self, method: Method, cseq: u32) -> Request {
        let (uri, routes) = self.targets();
        let numbered = format!("{cseq} {method}");
        let mut request = Request::new(method, uri);
        for route in routes {
            request.headers.push(HeaderName::Route, route.to_string());
        }
        request
            .with(HeaderName::From, self.local.to_string())
            .with(HeaderName::To, self.remote.to_string())
            .with(HeaderName::CallId, &self.id.call_id)
            .with(HeaderName::CSeq, numbered)
            .with(HeaderName::MaxForwards, "70")
    }

    /// Request-URI and Route headers: with a strict router first, it gets the Request-URI and
    /// the remote target goes to the end of the route (RFC 3261 §12.2.1.1).
    fn targets(&self) -> (Uri, Vec<NameAddr>) {
        match self.route_set.split_first() {
            Some((first, rest)) if !first.uri.as_sip().is_some_and(SipUri::is_loose) => {
                let mut uri = first.uri.clone();
                if let Uri::Sip(uri) = &mut uri {
                    uri.headers.clear();
                    uri.params.remove("method");
                }
                let target = NameAddr::new(self.remote_target.clone());
                (uri, rest.iter().cloned().chain([target]).collect())
            }
            _ => (self.remote_target.clone(), self.route_set.clone()),
        }
    }

    /// The response to a request within the dialog, with this side's tag.
    pub fn response(&self, request: &Request, status: u16) -> Response {
        Response::reply(request, status, Some(&self.id.local_tag))
    }

    /// The Replaces header with which somebody else takes the *other* side's place here: what
    /// this side's other party sends in a REFER names the dialog as this side knows it
    /// (RFC 3891 §3: `to-tag` is the tag of who receives the header, this side).
    pub fn replaces(&self) -> Replaces {
        Replaces {
            call_id: self.id.call_id.clone(),
            to_tag: self.id.local_tag.clone(),
            from_tag: self.id.remote_tag.clone(),
            early_only: false,
        }
    }

    /// The Replaces header with which somebody else takes *this* side's place at the other
    /// side: `to-tag` is the other side's.
    pub fn replaces_us(&self) -> Replaces {
        let Replaces {
            call_id,
            to_tag,
            from_tag,
            early_only,
        } = self.replaces();
        Replaces {
            call_id,
            to_tag: from_tag,
            from_tag: to_tag,
            early_only,
        }
    }
}

/// Methods whose Contact becomes the remote target (RFC 3261 §12.2, RFC 3311, RFC 6665).
fn refreshes_target(method: &Method) -> bool {
    matches!(
        method,
        Method::Invite | Method::Update | Method::Subscribe | Method::Notify | Method::Refer
    )
}

/// Where the receiving side's own sequence begins: anywhere below 2³¹ with room to count, and
/// differently in each dialog.
fn first_cseq(id: &DialogId) -> u32 {
    let hash = stable_hash([id.call_id.as_bytes(), id.local_tag.as_bytes()]);
    u32::try_from(hash % 1_000_000).unwrap_or(0) + 1
}

#[cfg(test)]
mod tests;
