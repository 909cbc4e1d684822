//! Writing, in the order of RFC 8866 §5. Whatever could begin a line of its own is left out.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::{Attribute, Host, Media, Session};

pub(super) fn session(session: &Session) -> String {
    let mut out = String::with_capacity(512);
    let origin = &session.origin;
    line(&mut out, "v=0");
    line(
        &mut out,
        &format!(
            "o={} {} {} IN {}",
            origin.username,
            origin.session_id,
            origin.version,
            host(&origin.host)
        ),
    );
    line(&mut out, &format!("s={}", session.name));
    if let Some(connection) = &session.connection {
        line(&mut out, &format!("c=IN {}", host(connection)));
    }
    line(&mut out, "t=0 0");
    attributes(&mut out, &session.attributes);
    for section in &session.media {
        media(&mut out, section);
    }
    out
}

fn media(out: &mut String, media: &Media) {
    let mut head = format!("m={} {} {}", media.kind, media.port, media.protocol);
    for format in &media.formats {
        // Writing to a string does not fail.
        let _ = write!(head, " {format}");
    }
    line(out, &head);
    if let Some(connection) = &media.connection {
        line(out, &format!("c=IN {}", host(connection)));
    }
    attributes(out, &media.attributes);
}

fn attributes(out: &mut String, attributes: &[Attribute]) {
    for attribute in attributes {
        match &attribute.value {
            Some(value) => line(out, &format!("a={}:{value}", attribute.name)),
            None => line(out, &format!("a={}", attribute.name)),
        }
    }
}

fn host(host: &Host) -> String {
    match host {
        Host::Ip(IpAddr::V4(address)) => format!("IP4 {address}"),
        Host::Ip(IpAddr::V6(address)) => format!("IP6 {address}"),
        Host::Name(name) => format!("IP4 {name}"),
    }
}

/// One line: control characters of a value that was not parsed can not begin another.
fn line(out: &mut String, text: &str) {
    out.extend(text.chars().filter(|c| !c.is_control() || *c == '\t'));
    out.push_str("\r\n");
}
