//! What a body holds: one thing, or several in a multipart (RFC 2046 §5.1, RFC 5621).

use bytes::Bytes;

use crate::header_name::HeaderName;
use crate::headers::Headers;
use crate::params::Params;
use crate::parse::malformed::{logical_lines, name_and_value};

/// Parts of one multipart that are looked at.
const MAX_PARTS: usize = 16;
/// Multiparts within each other that are looked into.
const MAX_DEPTH: usize = 3;

/// The part of a body that is of a type, `type/subtype` in lower case; none where there is no
/// such part and nothing that has to be understood. A body without a type is taken for it.
///
/// # Errors
/// The status that refuses the message: 415 where something else has to be understood, 400 where
/// a multipart cannot be read.
pub fn find(headers: &Headers, body: &Bytes, wanted: &str) -> Result<Option<Bytes>, u16> {
    find_within(headers, body, wanted, MAX_DEPTH)
}

fn find_within(
    headers: &Headers,
    body: &Bytes,
    wanted: &str,
    depth: usize,
) -> Result<Option<Bytes>, u16> {
    let kind = headers.content_type();
    if body.is_empty() {
        return Ok(None);
    }
    if kind.as_deref() == Some(wanted) || !headers.contains(&HeaderName::ContentType) {
        return Ok(Some(body.clone()));
    }
    let subtype = kind
        .as_deref()
        .and_then(|kind| kind.strip_prefix("multipart/"));
    let found = match subtype.filter(|_| depth > 0) {
        // What stands last is the best of several forms of the same (RFC 2046 §5.1.4).
        Some("alternative") => best_of(parts(headers, body)?, wanted, depth),
        Some(_) => all_of(parts(headers, body)?, wanted, depth)?,
        None => None,
    };
    if found.is_none() && !is_optional(headers) {
        return Err(415);
    }
    Ok(found)
}

fn best_of(parts: Vec<(Headers, Bytes)>, wanted: &str, depth: usize) -> Option<Bytes> {
    let found =
        |(headers, body): &(Headers, Bytes)| find_within(headers, body, wanted, depth - 1).ok()?;
    parts.iter().rev().find_map(found)
}

/// The first part of the type. Others are left alone unless they say that they must not be:
/// gateways put their own signalling beside the description and mark it or not.
fn all_of(parts: Vec<(Headers, Bytes)>, wanted: &str, depth: usize) -> Result<Option<Bytes>, u16> {
    let mut first = None;
    for (headers, body) in parts {
        match find_within(&headers, &body, wanted, depth - 1) {
            Ok(found) => first = first.or(found),
            Err(status) if handling(&headers).as_deref() == Some("required") => {
                return Err(status);
            }
            Err(_) => {}
        }
    }
    Ok(first)
}

/// Whether the sender lets a body that is not understood be ignored (RFC 3261 §20.11).
pub fn is_optional(headers: &Headers) -> bool {
    handling(headers).as_deref() == Some("optional")
}

fn handling(headers: &Headers) -> Option<String> {
    let value = headers.get(&HeaderName::ContentDisposition)?.text();
    let handling = params_of(&value)?.get("handling")?.to_ascii_lowercase();
    Some(handling)
}

/// What follows the first semicolon.
fn params_of(value: &str) -> Option<Params> {
    Params::of_header(&value[value.find(';')?..])
}

/// The parts of a multipart with their headers.
fn parts(headers: &Headers, body: &Bytes) -> Result<Vec<(Headers, Bytes)>, u16> {
    let kind = headers.get(&HeaderName::ContentType).ok_or(400_u16)?.text();
    let params = params_of(&kind);
    let boundary = params.as_ref().and_then(|params| params.get("boundary"));
    let delimiter = match boundary {
        Some(boundary) if !boundary.is_empty() => format!("--{boundary}"),
        _ => return Err(400),
    };
    let mut parts = Vec::new();
    let mut begun = None;
    let mut at = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let (here, next) = (at, at + line.len());
        at = next;
        let Some(rest) = line.strip_prefix(delimiter.as_bytes()) else {
            continue;
        };
        let last = rest.starts_with(b"--");
        let rest = rest.strip_prefix(b"--").unwrap_or(rest);
        if !rest.trim_ascii().is_empty() {
            continue;
        }
        if let Some(from) = begun.replace(next) {
            parts.push(part(&without_line_end(body.slice(from..here))));
        }
        if last || parts.len() == MAX_PARTS {
            return Ok(parts);
        }
    }
    // Without its last delimiter nobody knows what is missing.
    Err(400)
}

/// The line break before a delimiter belongs to the delimiter.
fn without_line_end(part: Bytes) -> Bytes {
    let end = match &part[..] {
        [rest @ .., b'\r', b'\n'] | [rest @ .., b'\n'] => rest.len(),
        all => all.len(),
    };
    part.slice(..end)
}

fn part(octets: &Bytes) -> (Headers, Bytes) {
    let mut headers = Headers::new();
    for line in logical_lines(octets) {
        if let Some((name, value)) = name_and_value(&line) {
            headers.push_value(name, value);
        }
    }
    let mut at = 0;
    for line in octets.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        if line.trim_ascii().is_empty() {
            return (headers, octets.slice(at..));
        }
    }
    (headers, Bytes::new())
}

#[cfg(test)]
mod tests;
