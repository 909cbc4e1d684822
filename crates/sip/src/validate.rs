//! Answers to requests that are well-formed but that this element cannot serve
//! (RFC 3261 §8.2), in the order in which a user agent server looks.
//!
//! What comes out of the reading of a message as a whole, for the server core:
//!
//! | what is wrong | outcome | decided in |
//! | --- | --- | --- |
//! | a response or ACK that cannot be read; no usable Via | dropped | [`crate::parse`] |
//! | syntax, repeated or contradicting headers, wrong lengths | 400 | [`crate::parse`] |
//! | a start line too long; a message too large | 414; 513 | [`crate::parse`] |
//! | a version other than 2.0 | 505 | [`crate::parse`] |
//! | a scheme that is neither `sip`, `sips` nor `tel` | 416 | here |
//! | no hops left | 483 | here |
//! | a method that is not served; not known | 405; 501 with Allow | here |
//! | an extension that is required and not supported | 420 with Unsupported | here |
//! | a body of a type or encoding that is not understood | 415 with Accept | here |
//! | an INVITE whose sender takes no SDP | 406 with Accept | here |
//! | a request within a dialog that is not there; CANCEL of nothing | 481 | server core; [`crate::transaction`] |
//! | too many transactions | 503 with Retry-After | [`crate::transaction`] |

use crate::body;
use crate::header_name::HeaderName;
use crate::message::{Request, Response};
use crate::method::Method;
use crate::uri::Uri;

/// What an element can do.
#[derive(Clone, Debug)]
pub struct Capabilities {
    /// Methods that it serves, besides ACK and CANCEL.
    pub methods: Vec<Method>,
    /// Option tags of extensions that it supports.
    pub extensions: Vec<String>,
    /// Body types that it understands, `type/subtype` in lower case.
    pub content_types: Vec<String>,
}

impl Capabilities {
    /// The value of an Allow header.
    pub fn allow(&self) -> String {
        let names = self
            .methods
            .iter()
            .map(Method::as_str)
            .chain(["ACK", "CANCEL"]);
        names.collect::<Vec<_>>().join(", ")
    }

    /// The value of a Supported header.
    pub fn supported(&self) -> String {
        self.extensions.join(", ")
    }

    /// The value of an Accept header.
    pub fn accept(&self) -> String {
        self.content_types.join(", ")
    }
}

/// A refusal with the headers that it must carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// The status.
    pub status: u16,
    /// Headers that explain it.
    pub headers: Vec<(HeaderName, String)>,
}

impl Rejection {
    fn plain(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
        }
    }

    fn with(status: u16, name: HeaderName, value: String) -> Self {
        Self {
            status,
            headers: vec![(name, value)],
        }
    }

    /// The response that says so.
    pub fn response(&self, request: &Request, to_tag: Option<&str>) -> Response {
        let response = Response::reply(request, self.status, to_tag);
        self.headers
            .iter()
            .fold(response, |response, (name, value)| {
                response.with(name.clone(), value)
            })
    }
}

/// Whether an element with these capabilities can serve a request that [`crate::parse`] has
/// let through. ACK and CANCEL always pass: they are never answered with a refusal.
pub fn request(request: &Request, capabilities: &Capabilities) -> Result<(), Rejection> {
    if matches!(request.method, Method::Ack | Method::Cancel) {
        return Ok(());
    }
    if matches!(request.uri, Uri::Other { .. }) {
        return Err(Rejection::plain(416));
    }
    // An element that ends the request, as a registrar or a dialog's side does, needs no hops.
    let ends_here = request.method == Method::Register || request.is_in_dialog();
    if request.headers.max_forwards() == Some(0) && !ends_here {
        return Err(Rejection::plain(483));
    }
    if !capabilities.methods.contains(&request.method) {
        let status = if matches!(request.method, Method::Other(_)) {
            501
        } else {
            405
        };
        return Err(Rejection::with(
            status,
            HeaderName::Allow,
            capabilities.allow(),
        ));
    }
    let is_unsupported = |tag: &String| {
        !capabilities
            .extensions
            .iter()
            .any(|known| known.eq_ignore_ascii_case(tag))
    };
    let unsupported: Vec<String> = request
        .headers
        .require()
        .into_iter()
        .filter(is_unsupported)
        .collect();
    if !unsupported.is_empty() {
        return Err(Rejection::with(
            420,
            HeaderName::Unsupported,
            unsupported.join(", "),
        ));
    }
    check_body(request, capabilities)?;
    check_accept(request, capabilities)
}

fn check_body(request: &Request, capabilities: &Capabilities) -> Result<(), Rejection> {
    let headers = &request.headers;
    if request.body.is_empty() || body::is_optional(headers) {
        return Ok(());
    }
    let encoded = headers.get(&HeaderName::ContentEncoding);
    if encoded.is_some_and(|encoding| !encoding.text().eq_ignore_ascii_case("identity")) {
        return Err(Rejection::with(
            415,
            HeaderName::AcceptEncoding,
            "identity".to_owned(),
        ));
    }
    let understood = headers
        .content_type()
        .is_some_and(|media| capabilities.content_types.contains(&media));
    if understood || !headers.contains(&HeaderName::ContentType) {
        return Ok(());
    }
    Err(Rejection::with(
        415,
        HeaderName::Accept,
        capabilities.accept(),
    ))
}

fn check_accept(request: &Request, capabilities: &Capabilities) -> Result<(), Rejection> {
    let Some(ranges) = request.headers.accept() else {
        return Ok(());
    };
    let takes_sdp = ["application/sdp", "application/*", "*/*"]
        .iter()
        .any(|range| ranges.iter().any(|wanted| wanted == range));
    if request.method != Method::Invite || takes_sdp {
        return Ok(());
    }
    Err(Rejection::with(
        406,
        HeaderName::Accept,
        capabilities.accept(),
    ))
}

#[cfg(test)]
mod tests;
