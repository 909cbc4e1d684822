//! `;name=value` parameters, of headers and of URIs.

use std::fmt;

use crate::grammar::{is_escaped, is_token, quoted, trim, unescape, write_quoted};

/// More parameters than this on one element make it malformed.
pub const MAX_PARAMS: usize = 64;

/// An ordered set of parameters; names are compared without case and occur once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Params(Vec<(String, Option<String>)>);

impl Params {
    /// No parameters.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value of a parameter; empty for one that stands without a value.
    pub fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self
            .0
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(value.as_deref().unwrap_or(""))
    }

    /// Whether the parameter is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets a parameter, in place where it is already there.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        let value = value.map(str::to_owned);
        match self
            .0
            .iter_mut()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
        {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// Removes a parameter.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Parameters of a header (`generic-param`): `rest` is empty or begins with a semicolon.
    pub(crate) fn of_header(rest: &str) -> Option<Self> {
        let mut params = Self::new();
        let mut rest = trim(rest);
        while !rest.is_empty() {
            rest = trim(rest.strip_prefix(';')?);
            let end = rest.find([';', '=']).unwrap_or(rest.len());
            let name = trim(&rest[..end]);
            if !is_token(name.as_bytes()) {
                return None;
            }
            rest = &rest[end..];
            let value = match rest.strip_prefix('=') {
                Some(after) => {
                    let (value, after) = header_value(trim(after))?;
                    rest = trim(after);
                    Some(value)
                }
                None => None,
            };
            params.add(name, value)?;
        }
        Some(params)
    }

    /// Parameters of a SIP URI: `rest` is empty or begins with a semicolon, nothing but them.
    pub(crate) fn of_uri(rest: &str) -> Option<Self> {
        let mut params = Self::new();
        if rest.is_empty() {
            return Some(params);
        }
        for param in rest.strip_prefix(';')?.split(';') {
            let (name, value) = match param.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (param, None),
            };
            let fits = |text: &str| !text.is_empty() && is_escaped(text, is_param_byte);
            if !fits(name) || !value.is_none_or(fits) {
                return None;
            }
            params.add(name, value.map(str::to_owned))?;
        }
        Some(params)
    }

    fn add(&mut self, name: &str, value: Option<String>) -> Option<()> {
        if self.0.len() >= MAX_PARAMS || self.has(name) {
            return None;
        }
        self.0.push((name.to_owned(), value));
        Some(())
    }

    /// Writes them after a URI: values stand as they are.
    pub(crate) fn write_uri(&self, f: &mut impl fmt::Write) -> fmt::Result {
        for (name, value) in self.iter() {
            write!(f, ";{name}")?;
            if let Some(value) = value {
                write!(f, "={value}")?;
            }
        }
        Ok(())
    }

    /// Writes them after a header's value: quoted where a value is no token or host.
    pub(crate) fn write_header(&self, f: &mut impl fmt::Write) -> fmt::Result {
        for (name, value) in self.iter() {
            write!(f, ";{name}")?;
            match value {
                Some(value) if !value.is_empty() && value.bytes().all(is_value_byte) => {
                    write!(f, "={value}")?;
                }
                Some(value) => {
                    f.write_char('=')?;
                    write_quoted(f, value)?;
                }
                None => {}
            }
        }
        Ok(())
    }

    /// Two sets of URI parameters as RFC 3261 §19.1.4 compares them: those in both must agree,
    /// and `user`, `ttl`, `method`, `maddr` and `transport` may not be in one only.
    pub(crate) fn uri_equivalent(&self, other: &Self) -> bool {
        let agrees = |ours: &Self, theirs: &Self| {
            ours.iter().all(|(name, value)| match theirs.get(name) {
                Some(there) => unescape(there).eq_ignore_ascii_case(&unescape(value.unwrap_or(""))),
                None => !["user", "ttl", "method", "maddr", "transport"]
                    .iter()
                    .any(|special| name.eq_ignore_ascii_case(special)),
            })
        };
        agrees(self, other) && agrees(other, self)
    }
}

fn header_value(text: &str) -> Option<(String, &str)> {
    if text.starts_with('"') {
        return quoted(text);
    }
    let end = text.find(';').unwrap_or(text.len());
    let value = trim(&text[..end]);
    let fits = !value.is_empty() && value.bytes().all(is_value_byte);
    fits.then(|| (value.to_owned(), &text[end..]))
}

/// Wider than `token / host`: phones put base64 and URIs there unquoted, and no byte of these
/// can be taken for a delimiter.
fn is_value_byte(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\";,<>\\".contains(&byte)
}

fn is_param_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.!~*'()[]/:&+$".contains(&byte)
}
