//! What people dial or invite: numbers and `#sip:` addresses.

use std::fmt;

use crate::{Extension, Invalid, has_control};

/// A thing to call, as typed into the invite dialog or a phone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DialTarget {
    /// Digits, with `+`, `*` and `#` where dialled; separators removed.
    Number(Box<str>),
    /// `#sip:user@host[:port]` or `#sip:@host`.
    Sip(SipAddress),
}

/// An address outside, called without a trunk.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SipAddress {
    /// Optional.
    pub user: Option<Box<str>>,
    /// Name, IPv4, or IPv6 in brackets.
    pub host: Box<str>,
    /// 5060 unless given.
    pub port: Option<u16>,
}

impl DialTarget {
    /// Reads a number (with spaces, hyphens, dots, slashes and brackets as people write them) or
    /// `#sip:user@host`.
    ///
    /// # Errors
    /// `required` or `invalid`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Invalid {
                code: "required",
                message: "give a number or #sip:user@host",
            });
        }
        if let Some(rest) = text.strip_prefix("#sip:") {
            return SipAddress::parse(rest).map(Self::Sip);
        }
        let number: String = text
            .chars()
            .filter(|c| !" -./()\u{a0}".contains(*c))
            .collect();
        let digits = number.strip_prefix('+').unwrap_or(&number);
        let fits = digits
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'*' || b == b'#');
        if digits.is_empty() || number.len() > 32 || !fits {
            return Err(Invalid {
                code: "invalid",
                message: "a target is a number of up to 32 digits, or #sip:user@host",
            });
        }
        Ok(Self::Number(number.into_boxed_str()))
    }

    /// The extension, where the number could be one.
    #[must_use]
    pub fn as_extension(&self) -> Option<Extension> {
        match self {
            Self::Number(number) => Extension::parse(number).ok(),
            Self::Sip(_) => None,
        }
    }
}

impl fmt::Display for DialTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => f.write_str(number),
            Self::Sip(address) => write!(f, "#sip:{address}"),
        }
    }
}

impl SipAddress {
    fn parse(text: &str) -> Result<Self, Invalid> {
        let bad = Invalid {
            code: "invalid",
            message: "a SIP address looks like #sip:user@host, #sip:user@host:5060 or #sip:@host",
        };
        let (user, rest) = text.rsplit_once('@').ok_or(bad)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/%".contains(&b);
        if has_control(text) || user.len() > 128 || !user.bytes().all(plain) {
            return Err(bad);
        }
        let (host, port) = if let Some(end) = rest.strip_prefix('[').and_then(|r| r.find(']')) {
            let address = &rest[1..=end];
            if address.parse::<std::net::Ipv6Addr>().is_err() {
                return Err(bad);
            }
            (&rest[..end + 2], rest[end + 2..].strip_prefix(':'))
        } else {
            match rest.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (rest, None),
            }
        };
        let name = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
        let bracketed = host.starts_with('[');
        if host.is_empty() || host.len() > 253 || !(bracketed || host.bytes().all(name)) {
            return Err(bad);
        }
        let port = port.map(|p| p.parse().map_err(|_| bad)).transpose()?;
        Ok(Self {
            user: (!user.is_empty()).then(|| user.into()),
            host: host.into(),
            port,
        })
    }
}

impl fmt::Display for SipAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(user) = &self.user {
            f.write_str(user)?;
        }
        write!(f, "@{}", self.host)?;
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_numbers_or_sip_addresses() {
        for (text, expect) in [
            ("202", Ok("202")),
            (" +49 (30) 1234-56 ", Ok("+4930123456")),
            ("*97", Ok("*97")),
            ("#sip:a@127.0.0.1:5099", Ok("#sip:a@127.0.0.1:5099")),
            ("#sip:@host.example", Ok("#sip:@host.example")),
            ("#sip:a@[::1]:5070", Ok("#sip:a@[::1]:5070")),
            ("#sip:a@[::1", Err("invalid")),
            ("#sip:a@ho st", Err("invalid")),
            ("#sip:a\r\nb@host", Err("invalid")),
            ("#sip:host", Err("invalid")),
            ("hello", Err("invalid")),
            ("+", Err("invalid")),
            ("", Err("required")),
        ] {
            let got = DialTarget::parse(text)
                .map(|t| t.to_string())
                .map_err(|e| e.code);
            assert_eq!(got.as_deref(), expect.as_ref().map(|s| *s), "{text:?}");
        }
    }
}
