//! Hosts in URIs and Via headers.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A host: a name, kept in lower case, or an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Host {
    /// A domain name, not yet resolved.
    Name(String),
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address; written in brackets.
    V6(Ipv6Addr),
}

impl Host {
    /// A host alone, IPv6 in brackets.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(inner) = text.strip_prefix('[') {
            return ipv6(inner.strip_suffix(']')?).map(Self::V6);
        }
        if let Ok(address) = text.parse() {
            return Some(Self::V4(address));
        }
        is_name(text).then(|| Self::Name(text.to_ascii_lowercase()))
    }

    /// The address, where it is one.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Name(_) => None,
            Self::V4(address) => Some((*address).into()),
            Self::V6(address) => Some((*address).into()),
        }
    }

    /// `host[:port]` at the start of `text`, and what follows.
    pub(crate) fn with_port(text: &str) -> Option<(Self, Option<u16>, &str)> {
        let end = match text.strip_prefix('[') {
            Some(inner) => inner.find(']')? + 2,
            None => text.find([':', ';', '?', ' ', '\t']).unwrap_or(text.len()),
        };
        let host = Self::parse(&text[..end])?;
        let rest = &text[end..];
        let Some(after) = rest.trim_start_matches([' ', '\t']).strip_prefix(':') else {
            return Some((host, None, rest));
        };
        let after = after.trim_start_matches([' ', '\t']);
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let port = after[..digits].parse().ok().filter(|port| *port != 0)?;
        Some((host, Some(port), &after[digits..]))
    }
}

impl From<IpAddr> for Host {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6(address),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::V4(address) => write!(f, "{address}"),
            Self::V6(address) => write!(f, "[{address}]"),
        }
    }
}

/// An IPv6 address without brackets. The grammar of RFC 3261 asked for a third colon before an
/// embedded IPv4 address, which RFC 5954 corrected: senders of that time still get through
/// (RFC 5118 §4.10).
pub(crate) fn ipv6(text: &str) -> Option<Ipv6Addr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let at = text.find(":::")?;
    let after = &text[at + 3..];
    after.parse::<Ipv4Addr>().ok()?;
    format!("{}::{after}", &text[..at]).parse().ok()
}

/// A name by RFC 3261 §25.1, with the underscore that real networks have. One that ends in a
/// number is refused: resolvers would take `127.1` for an address.
fn is_name(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253
        && name.split('.').all(label)
        && !name
            .rsplit('.')
            .next()
            .is_some_and(|top| top.bytes().all(|byte| byte.is_ascii_digit()))
}
