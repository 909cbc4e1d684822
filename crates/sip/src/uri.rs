//! URIs (RFC 3261 §19.1, RFC 3966): SIP ones in full, others as far as they must be passed on.

use std::borrow::Cow;
use std::fmt;

use crate::grammar::{escape, is_escaped, unescape};
use crate::host::Host;
use crate::params::Params;

/// Any URI that may stand where SIP wants one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Uri {
    /// `sip:` and `sips:`
    Sip(SipUri),
    /// `tel:`
    Tel(TelUri),
    /// Another scheme, kept as it is.
    Other {
        /// The scheme in lower case, without the colon.
        scheme: String,
        /// What follows the colon.
        rest: String,
    },
}

/// A `sip:` or `sips:` URI.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SipUri {
    /// Whether it is `sips:`.
    pub secure: bool,
    /// The user, still escaped.
    pub user: Option<String>,
    /// The password, still escaped.
    pub password: Option<String>,
    /// The host.
    pub host: Host,
    /// The port, where one is written.
    pub port: Option<u16>,
    /// Parameters, still escaped.
    pub params: Params,
    /// Headers after the question mark, still escaped.
    pub headers: Vec<(String, String)>,
}

/// A `tel:` URI.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TelUri {
    /// The number as written, with its visual separators.
    pub number: String,
    /// Parameters, such as `phone-context`.
    pub params: Params,
}

impl Uri {
    /// A URI, all of `text`.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        if scheme.eq_ignore_ascii_case("sip") {
            return SipUri::parse_rest(false, rest).map(Self::Sip);
        }
        if scheme.eq_ignore_ascii_case("sips") {
            return SipUri::parse_rest(true, rest).map(Self::Sip);
        }
        if scheme.eq_ignore_ascii_case("tel") {
            return TelUri::parse_rest(rest).map(Self::Tel);
        }
        let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        let is_rest = |byte: u8| byte.is_ascii_graphic() && !b"<>\"".contains(&byte);
        (is_scheme && !rest.is_empty() && rest.bytes().all(is_rest)).then(|| Self::Other {
            scheme: scheme.to_ascii_lowercase(),
            rest: rest.to_owned(),
        })
    }

    /// The SIP URI, where it is one.
    pub fn as_sip(&self) -> Option<&SipUri> {
        match self {
            Self::Sip(uri) => Some(uri),
            Self::Tel(_) | Self::Other { .. } => None,
        }
    }

    /// The user of a SIP URI without escapes, or the number of a telephone URI.
    pub fn user(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Sip(uri) => uri.user.as_deref().map(unescape),
            Self::Tel(uri) => Some(Cow::Borrowed(&uri.number)),
            Self::Other { .. } => None,
        }
    }

    /// The host of a SIP URI.
    pub fn host(&self) -> Option<&Host> {
        self.as_sip().map(|uri| &uri.host)
    }

    /// The scheme in lower case.
    pub fn scheme(&self) -> &str {
        match self {
            Self::Sip(uri) if uri.secure => "sips",
            Self::Sip(_) => "sip",
            Self::Tel(_) => "tel",
            Self::Other { scheme, .. } => scheme,
        }
    }

    /// Whether both mean the same (RFC 3261 §19.1.4; byte for byte with other schemes).
    pub fn equivalent(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sip(ours), Self::Sip(theirs)) => ours.equivalent(theirs),
            _ => self == other,
        }
    }
}

impl SipUri {
    /// A URI from a plain user name (escaped here as needed) and a host.
    pub fn new(user: Option<&str>, host: Host, port: Option<u16>) -> Self {
        Self {
            secure: false,
            user: user.map(|user| escape(user, |byte| is_user_byte(byte) && byte != b'%')),
            password: None,
            host,
            port,
            params: Params::new(),
            headers: Vec::new(),
        }
    }

    /// The value of a header behind the question mark, without its escapes: a Replaces in
    /// Refer-To, for instance.
    pub fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        let (_, value) = self
            .headers
            .iter()
            .find(|(have, _)| unescape(have).eq_ignore_ascii_case(name))?;
        Some(unescape(value))
    }

    /// Whether a `lr` parameter marks a loose router (RFC 3261 §19.1.1); escaped spellings of
    /// the name count, as RFC 4475 §3.1.1.4 asks.
    pub fn is_loose(&self) -> bool {
        self.params
            .iter()
            .any(|(name, _)| unescape(name).eq_ignore_ascii_case("lr"))
    }

    /// Whether both mean the same (RFC 3261 §19.1.4).
    pub fn equivalent(&self, other: &Self) -> bool {
        let plain = |part: &Option<String>| part.as_deref().map(|part| unescape(part).into_owned());
        let headers = |uri: &Self| {
            let plain = |(name, value): &(String, String)| {
                (
                    unescape(name).to_ascii_lowercase(),
                    unescape(value).into_owned(),
                )
            };
            let mut headers: Vec<_> = uri.headers.iter().map(plain).collect();
            headers.sort_unstable();
            headers
        };
        self.secure == other.secure
            && self.host == other.host
            && self.port == other.port
            && plain(&self.user) == plain(&other.user)
            && plain(&self.password) == plain(&other.password)
            && self.params.uri_equivalent(&other.params)
            && headers(self) == headers(other)
    }

    fn parse_rest(secure: bool, rest: &str) -> Option<Self> {
        let (user, password, rest) = match rest.split_once('@') {
            Some((info, rest)) => {
                let (user, password) = match info.split_once(':') {
                    Some((user, password)) => (user, Some(password)),
                    None => (info, None),
                };
                let fits = !user.is_empty()
                    && is_escaped(user, is_user_byte)
                    && password.is_none_or(|word| is_escaped(word, is_password_byte));
                if !fits {
                    return None;
                }
                (Some(user.to_owned()), password.map(str::to_owned), rest)
            }
            None => (None, None, rest),
        };
        let (host, port, rest) = Host::with_port(rest)?;
        let (params, headers) = match rest.split_once('?') {
            Some((params, headers)) => (params, uri_headers(headers)?),
            None => (rest, Vec::new()),
        };
        let params = Params::of_uri(params)?;
        Some(Self {
            secure,
            user,
            password,
            host,
            port,
            params,
            headers,
        })
    }
}

impl TelUri {
    fn parse_rest(rest: &str) -> Option<Self> {
        let end = rest.find(';').unwrap_or(rest.len());
        let (number, params) = rest.split_at(end);
        let is_digit = |byte: u8| byte.is_ascii_hexdigit() || b"+-.()*#".contains(&byte);
        let fits = !number.is_empty() && number.bytes().all(is_digit);
        let params = Params::of_uri(params)?;
        fits.then(|| Self {
            number: number.to_owned(),
            params,
        })
    }
}

/// Values may have what separates parameters: phones send a Replaces in Refer-To unescaped.
fn uri_headers(text: &str) -> Option<Vec<(String, String)>> {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()[]/?:+$".contains(&byte);
    let is_value = |byte: u8| is_name(byte) || b";=@".contains(&byte);
    text.split('&')
        .map(|header| {
            let (name, value) = header.split_once('=')?;
            let fits = !name.is_empty() && is_escaped(name, is_name) && is_escaped(value, is_value);
            fits.then(|| (name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// `user` of RFC 3261 §25.1 without the percent sign, and `#`, which phones send as dialled.
fn is_user_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/#".contains(&byte)
}

fn is_password_byte(byte: u8) -> bool {
    is_user_byte(byte) && !b";?/#".contains(&byte)
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sip(uri) => uri.fmt(f),
            Self::Tel(uri) => {
                write!(f, "tel:{}", uri.number)?;
                uri.params.write_uri(f)
            }
            Self::Other { scheme, rest } => write!(f, "{scheme}:{rest}"),
        }
    }
}

impl fmt::Display for SipUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.secure { "sips:" } else { "sip:" })?;
        if let Some(user) = &self.user {
            f.write_str(user)?;
            if let Some(password) = &self.password {
                write!(f, ":{password}")?;
            }
            f.write_str("@")?;
        }
        write!(f, "{}", self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        self.params.write_uri(f)?;
        for (at, (name, value)) in self.headers.iter().enumerate() {
            write!(f, "{}{name}={value}", if at == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

impl From<SipUri> for Uri {
    fn from(uri: SipUri) -> Self {
        Self::Sip(uri)
    }
}

#[cfg(test)]
mod tests;
