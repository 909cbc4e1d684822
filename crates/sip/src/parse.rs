//! From bytes to messages, strict where two readers could disagree, tolerant where RFC 4475
//! asks for it.
//!
//! Refused as malformed: bare CR or LF, control characters, two of a header that may be there
//! once, a CSeq that names another method, a body shorter than announced, anything over the
//! limits below. Accepted: folding, white space around names and delimiters, compact forms,
//! any case, unknown methods, schemes, transports and headers, bytes that are not UTF-8.

use bytes::Bytes;

use crate::grammar::{saturating_number, trim};
use crate::header_name::HeaderName;
use crate::headers::typed::Contacts;
use crate::headers::{HeaderValue, Headers};
use crate::message::{Message, Request, Response};
use crate::method::Method;
use crate::stun;
use crate::uri::Uri;

pub mod malformed;
mod stream;

pub use malformed::Malformed;
pub use stream::{StreamDecoder, StreamItem};

/// The largest message, headers and body, in bytes.
pub const MAX_MESSAGE: usize = 64 * 1024;
/// The most header lines of a message.
pub const MAX_HEADERS: usize = 128;
/// The longest header line or start line, in bytes, continuations included.
pub const MAX_HEADER: usize = 8 * 1024;
/// The most Via hops. RFC 4475 §3.1.1.7 has a valid request with 34.
pub const MAX_VIAS: usize = 40;

/// What a datagram held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed {
    /// A message.
    Message(Message),
    /// Line ends, zeros or STUN that keep a path through a NAT open and need no answer.
    KeepAlive,
    /// A Binding request of STUN, by which a phone asks whether the path is open still.
    BindingRequest(stun::TransactionId),
}

/// What is wrong with a message, before it is known whether an answer is possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    status: u16,
    reason: &'static str,
    /// Whether it is uncertain where in a stream the message ends.
    framing: bool,
}

impl Fault {
    const fn bad(reason: &'static str) -> Self {
        Self {
            status: 400,
            reason,
            framing: false,
        }
    }

    const fn framing(reason: &'static str) -> Self {
        Self {
            status: 400,
            reason,
            framing: true,
        }
    }
}

/// Reads one datagram. Bytes after the announced body are ignored (RFC 3261 §18.3).
pub fn datagram(datagram: &[u8]) -> Result<Parsed, Malformed> {
    if datagram
        .iter()
        .all(|byte| matches!(byte, 0 | b'\r' | b'\n'))
    {
        return Ok(Parsed::KeepAlive);
    }
    if stun::is_stun(datagram) {
        let request = stun::binding_request(datagram);
        return Ok(request.map_or(Parsed::KeepAlive, Parsed::BindingRequest));
    }
    let blank = datagram
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count();
    let buffer = Bytes::copy_from_slice(&datagram[blank..]);
    match message(&buffer, Framing::Datagram) {
        Ok(message) => Ok(Parsed::Message(message)),
        Err(fault) => Err(Malformed::new(fault, &buffer)),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Framing {
    /// The datagram ends the body where no Content-Length does.
    Datagram,
    /// The buffer ends exactly where Content-Length said.
    Stream,
}

enum StartLine {
    Request(Method, Uri),
    Response(u16, String),
}

fn message(buffer: &Bytes, framing: Framing) -> Result<Message, Fault> {
    if buffer.len() > MAX_MESSAGE {
        return Err(Fault {
            status: 513,
            reason: "Message Too Large",
            framing: true,
        });
    }
    let (first, mut at) = line(buffer, 0)?;
    let start = start_line(&buffer[..first])?;
    let (headers, announced) = read_headers(buffer, &mut at)?;
    let available = buffer.len() - at;
    let length = match (announced, framing) {
        (Some(length), _) if length > available => {
            return Err(Fault::framing("Body shorter than Content-Length"));
        }
        (Some(length), _) => length,
        (None, Framing::Datagram) => available,
        (None, Framing::Stream) => return Err(Fault::framing("No Content-Length")),
    };
    let body = buffer.slice(at..at + length);
    match start {
        StartLine::Request(method, uri) => {
            let request = Request {
                method,
                uri,
                headers,
                body,
            };
            check_request(&request)?;
            Ok(Message::Request(request))
        }
        StartLine::Response(status, reason) => {
            check_common(&headers)?;
            Ok(Message::Response(Response {
                status,
                reason,
                headers,
                body,
            }))
        }
    }
}

/// All headers up to the empty line, and the announced length of the body; `at` is where they
/// begin and then where the body does.
fn read_headers(buffer: &Bytes, at: &mut usize) -> Result<(Headers, Option<usize>), Fault> {
    let mut headers = Headers::with_capacity(20);
    let mut announced = None;
    loop {
        let (end, next) = line(buffer, *at)?;
        if end == *at {
            *at = next;
            return Ok((headers, announced));
        }
        let (name, value, next) = header(buffer, *at, end, next)?;
        *at = next;
        if name == HeaderName::ContentLength {
            if announced.replace(content_length(&value)?).is_some() {
                return Err(Fault::framing("More than one Content-Length"));
            }
            continue;
        }
        if headers.len() >= MAX_HEADERS {
            return Err(Fault::bad("Too many headers"));
        }
        if name.is_single() && headers.contains(&name) {
            return Err(Fault::bad("Repeated header"));
        }
        headers.push_value(name, value);
    }
}

/// The end of the line that begins at `at`, and where the next one begins.
fn line(buffer: &[u8], at: usize) -> Result<(usize, usize), Fault> {
    let rest = &buffer[at..];
    let Some(length) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
        return Err(Fault::framing("No empty line after the headers"));
    };
    if rest[length..].starts_with(b"\r\n") {
        Ok((at + length, at + length + 2))
    } else {
        Err(Fault::framing("Bare CR or LF"))
    }
}

/// One header with its continuation lines, and where the next line begins.
fn header(
    buffer: &Bytes,
    start: usize,
    mut end: usize,
    mut next: usize,
) -> Result<(HeaderName, HeaderValue, usize), Fault> {
    let first = &buffer[start..end];
    let colon = first
        .iter()
        .position(|byte| *byte == b':')
        .ok_or(Fault::bad("Header line without a colon"))?;
    let name = std::str::from_utf8(&first[..colon])
        .ok()
        .and_then(|name| HeaderName::parse(name.trim_end_matches([' ', '\t'])))
        .ok_or(Fault::bad("Malformed header name"))?;
    let (from, to) = trimmed(buffer, start + colon + 1, end);
    let mut value = buffer.slice(from..to);
    if matches!(buffer.get(next), Some(b' ' | b'\t')) {
        let mut joined = value.to_vec();
        while matches!(buffer.get(next), Some(b' ' | b'\t')) {
            let begin = next;
            (end, next) = line(buffer, begin)?;
            let (from, to) = trimmed(buffer, begin, end);
            if from < to && !joined.is_empty() {
                joined.push(b' ');
            }
            joined.extend_from_slice(&buffer[from..to]);
        }
        value = Bytes::from(joined);
    }
    if end - start > MAX_HEADER {
        return Err(Fault::bad("Header too long"));
    }
    if !is_clean(&value) {
        return Err(Fault::bad("Control character in a header"));
    }
    Ok((name, HeaderValue::received(value), next))
}

fn trimmed(buffer: &[u8], mut from: usize, mut to: usize) -> (usize, usize) {
    while from < to && matches!(buffer[from], b' ' | b'\t') {
        from += 1;
    }
    while from < to && matches!(buffer[to - 1], b' ' | b'\t') {
        to -= 1;
    }
    (from, to)
}

/// Whether control characters stand only where `quoted-pair` allows them (RFC 3261 §25.1).
fn is_clean(value: &[u8]) -> bool {
    let is_control = |byte: u8| (byte < b' ' && byte != b'\t') || byte == 0x7f;
    if !value.iter().copied().any(is_control) {
        return true;
    }
    let (mut quoted, mut escaped) = (false, false);
    for byte in value {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if is_control(*byte) => return false,
            _ => {}
        }
    }
    true
}

fn start_line(line: &[u8]) -> Result<StartLine, Fault> {
    if line.len() > MAX_HEADER {
        return Err(Fault {
            status: 414,
            reason: "Request-URI Too Long",
            framing: false,
        });
    }
    if line
        .get(..4)
        .is_some_and(|head| head.eq_ignore_ascii_case(b"SIP/"))
    {
        return status_line(line);
    }
    let line = std::str::from_utf8(line).map_err(|_| Fault::bad("Malformed request line"))?;
    let mut parts = line.split(' ');
    let (Some(method), Some(uri), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Fault::bad("Malformed request line"));
    };
    let method = Method::parse(method).ok_or(Fault::bad("Malformed method"))?;
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        let is_sip = version
            .get(..4)
            .is_some_and(|head| head.eq_ignore_ascii_case("SIP/"));
        let status = if is_sip { 505 } else { 400 };
        return Err(Fault {
            status,
            reason: "Version Not Supported",
            framing: false,
        });
    }
    let uri = Uri::parse(uri).ok_or(Fault::bad("Malformed Request-URI"))?;
    Ok(StartLine::Request(method, uri))
}

fn status_line(line: &[u8]) -> Result<StartLine, Fault> {
    let fault = Fault::bad("Malformed status line");
    let rest = line
        .get(..8)
        .filter(|head| head.eq_ignore_ascii_case(b"SIP/2.0 "))
        .ok_or(fault)?;
    let rest = &line[rest.len()..];
    let digits = rest
        .get(..3)
        .filter(|code| code.iter().all(u8::is_ascii_digit))
        .ok_or(fault)?;
    let status = digits
        .iter()
        .fold(0, |value, digit| value * 10 + u16::from(digit - b'0'));
    let reason = &rest[3..];
    let reason = if reason.is_empty() {
        reason
    } else {
        reason.strip_prefix(b" ").ok_or(fault)?
    };
    if !(100..700).contains(&status) || !is_clean(reason) {
        return Err(fault);
    }
    let reason = HeaderValue::new(&crate::grammar::text(reason));
    Ok(StartLine::Response(status, reason.text().into_owned()))
}

fn content_length(value: &HeaderValue) -> Result<usize, Fault> {
    let fault = Fault::framing("Malformed Content-Length");
    let number = saturating_number(trim(&value.text())).ok_or(fault)?;
    usize::try_from(number).map_err(|_| fault)
}

/// What must be right in requests and responses alike.
fn check_common(headers: &Headers) -> Result<Method, Fault> {
    let vias = headers
        .vias()
        .map_err(|_| Fault::bad("Missing or malformed Via"))?;
    if vias.len() > MAX_VIAS {
        return Err(Fault::bad("Too many Via hops"));
    }
    headers
        .from()
        .map_err(|_| Fault::bad("Missing or malformed From"))?;
    headers
        .to()
        .map_err(|_| Fault::bad("Missing or malformed To"))?;
    headers
        .call_id()
        .map_err(|_| Fault::bad("Missing or malformed Call-ID"))?;
    let cseq = headers
        .cseq()
        .map_err(|_| Fault::bad("Missing or malformed CSeq"))?;
    headers
        .record_routes()
        .map_err(|_| Fault::bad("Malformed Record-Route"))?;
    Ok(cseq.method)
}

fn check_request(request: &Request) -> Result<(), Fault> {
    let headers = &request.headers;
    if check_common(headers)? != request.method {
        return Err(Fault::bad("CSeq names another method"));
    }
    if request
        .uri
        .as_sip()
        .is_some_and(|uri| !uri.headers.is_empty())
    {
        return Err(Fault::bad("Headers in the Request-URI"));
    }
    if headers.contains(&HeaderName::MaxForwards) && headers.max_forwards().is_none() {
        return Err(Fault::bad("Malformed Max-Forwards"));
    }
    headers
        .routes()
        .map_err(|_| Fault::bad("Malformed Route"))?;
    headers
        .refer_to()
        .map_err(|_| Fault::bad("Malformed Refer-To"))?;
    headers
        .replaces()
        .map_err(|_| Fault::bad("Malformed Replaces"))?;
    match headers.contacts() {
        Ok(Contacts::Star) if request.method != Method::Register => {
            Err(Fault::bad("Contact of a star outside REGISTER"))
        }
        Ok(_) => Ok(()),
        Err(_) => Err(Fault::bad("Malformed Contact")),
    }
}

#[cfg(test)]
mod tests;
