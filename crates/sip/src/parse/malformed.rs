//! Messages that cannot be understood, and what can still be answered to them.

use bytes::Bytes;

use super::{Fault, MAX_HEADERS};
use crate::flow::{Flow, Transport};
use crate::grammar::{stable_hash, trim};
use crate::header_name::HeaderName;
use crate::headers::{HeaderValue, Headers};
use crate::host::Host;
use crate::message::Response;

/// A message that is refused before anything else looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// What a request of this kind is answered: 400, 414, 505 or 513.
    pub status: u16,
    /// What is wrong, in words that may go into the answer and into counters.
    pub reason: &'static str,
    /// Whether a stream it came over cannot be read on.
    pub(super) breaks_stream: bool,
    /// What was found for an answer; none for responses, ACKs, and where Via is unusable.
    answer: Option<Box<Headers>>,
}

impl Malformed {
    pub(super) fn new(fault: Fault, buffer: &[u8]) -> Self {
        Self {
            status: fault.status,
            reason: fault.reason,
            breaks_stream: fault.framing,
            answer: salvage(buffer).map(Box::new),
        }
    }

    /// The stateless answer and where it goes, or `None`: the message is dropped. The answer
    /// to a repeated message is the same, byte for byte.
    pub fn reply(&self, flow: &Flow) -> Option<(Flow, Bytes)> {
        let mut response = Response::new(self.status);
        self.reason.clone_into(&mut response.reason);
        response.headers = (**self.answer.as_ref()?).clone();
        let value = response.headers.get(&HeaderName::Via)?.text().into_owned();
        let reply_flow = match response.headers.top_via() {
            Ok(mut via) => {
                let reply_flow = via.reply_flow(flow);
                via.note_source(flow);
                response.headers.set_top_via(&via);
                reply_flow
            }
            Err(_) => {
                let mut reply_flow = *flow;
                let asks_rport = value.to_ascii_lowercase().contains(";rport");
                if flow.transport == Transport::Udp && !asks_rport {
                    reply_flow.peer.set_port(sent_by_port(&value)?);
                }
                reply_flow
            }
        };
        Some((reply_flow, response.to_bytes()))
    }
}

/// The headers of an answer, read line by line without the rules that the message has broken:
/// all Vias, and the first From, To, Call-ID and CSeq.
fn salvage(buffer: &[u8]) -> Option<Headers> {
    let mut lines = logical_lines(buffer);
    let start = lines.next()?;
    let is_response = start
        .get(..4)
        .is_some_and(|head| head.eq_ignore_ascii_case(b"SIP/"));
    if is_response || start.starts_with(b"ACK ") {
        return None;
    }
    let mut headers = Headers::new();
    for line in lines.take(MAX_HEADERS) {
        let Some((name, value)) = name_and_value(&line) else {
            continue;
        };
        let wanted = match name {
            HeaderName::Via => true,
            HeaderName::From | HeaderName::To | HeaderName::CallId | HeaderName::CSeq => {
                !headers.contains(&name)
            }
            _ => false,
        };
        if wanted {
            headers.push_value(name, value);
        }
    }
    let via = headers.get(&HeaderName::Via)?.text();
    sent_by_port(&via)?;
    if let Ok(to) = headers.to().as_ref()
        && to.tag().is_none()
    {
        let parts = headers.iter().map(|(_, value)| value.as_bytes());
        let tag = format!("{:016x}", stable_hash(parts));
        headers.set(HeaderName::To, to.clone().with_tag(&tag).to_string());
    }
    Some(headers)
}

/// Lines with their continuations joined, up to the empty line.
pub(crate) fn logical_lines(buffer: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let mut lines = buffer.split(|byte| *byte == b'\n').peekable();
    std::iter::from_fn(move || {
        let mut line = end_trimmed(lines.next()?).to_vec();
        if line.is_empty() {
            return None;
        }
        while let Some(next) = lines.next_if(|next| matches!(next.first(), Some(b' ' | b'\t'))) {
            line.push(b' ');
            line.extend_from_slice(end_trimmed(next));
        }
        Some(line)
    })
}

fn end_trimmed(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A header line, read as far as it can be; control characters become spaces.
pub(crate) fn name_and_value(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = HeaderName::parse(trim(std::str::from_utf8(&line[..colon]).ok()?))?;
    let value = line[colon + 1..].trim_ascii();
    let plain = |byte: &u8| if byte.is_ascii_control() { b' ' } else { *byte };
    Some((
        name,
        HeaderValue::received(value.iter().map(plain).collect()),
    ))
}

/// The port to answer a Via at that may be broken behind its first semicolon, or have an
/// unknown version.
fn sent_by_port(via: &str) -> Option<u16> {
    let end = via.find([';', ',']).unwrap_or(via.len());
    let (_, rest) = via[..end].split_once('/')?;
    let (_, rest) = rest.split_once('/')?;
    let (_, sent_by) = trim(rest).split_once([' ', '\t'])?;
    let (_, port, _) = Host::with_port(trim(sent_by))?;
    Some(port.unwrap_or(5060))
}
