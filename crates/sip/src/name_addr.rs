//! `name-addr` and `addr-spec` with header parameters: From, To, Contact, Route and their like.

use std::fmt;

use crate::grammar::{quoted, trim, write_quoted};
use crate::params::Params;
use crate::uri::Uri;

/// An address with a display name and parameters (RFC 3261 §20.10).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NameAddr {
    /// The display name without quotes and escapes.
    pub display: Option<String>,
    /// The URI.
    pub uri: Uri,
    /// Parameters of the header, not of the URI.
    pub params: Params,
}

impl NameAddr {
    /// An address without name and parameters.
    pub fn new(uri: impl Into<Uri>) -> Self {
        Self {
            display: None,
            uri: uri.into(),
            params: Params::new(),
        }
    }

    /// The same with a display name; an empty one is none.
    pub fn with_display(mut self, display: &str) -> Self {
        self.display = (!display.is_empty()).then(|| display.to_owned());
        self
    }

    /// The same with a tag.
    pub fn with_tag(mut self, tag: &str) -> Self {
        self.params.set("tag", Some(tag));
        self
    }

    /// The tag of From or To.
    pub fn tag(&self) -> Option<&str> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }

    /// The `expires` parameter of a Contact, in seconds; too large a number is the largest.
    pub fn expires(&self) -> Option<u32> {
        self.params
            .get("expires")
            .and_then(crate::grammar::saturating_number)
    }

    /// One address, all of `text`. Outside angle brackets a URI may not have a question mark,
    /// comma or parameters of its own (RFC 3261 §20).
    pub fn parse(text: &str) -> Option<Self> {
        let text = trim(text);
        let (display, rest) = if text.starts_with('"') {
            let (display, rest) = quoted(text)?;
            (Some(display), trim(rest))
        } else if let Some(at) = text.find('<') {
            let display = trim(&text[..at]);
            if !display.chars().all(is_display_char) {
                return None;
            }
            (Some(display.to_owned()), &text[at..])
        } else {
            let end = text.find(';').unwrap_or(text.len());
            let (uri, params) = text.split_at(end);
            let uri = trim(uri);
            if uri.contains(['?', ',']) {
                return None;
            }
            let (uri, params) = (Uri::parse(uri)?, Params::of_header(params)?);
            return Some(Self {
                display: None,
                uri,
                params,
            });
        };
        let (uri, params) = rest.strip_prefix('<')?.split_once('>')?;
        Some(Self {
            display: display.filter(|display| !display.is_empty()),
            uri: Uri::parse(uri)?,
            params: Params::of_header(params)?,
        })
    }
}

impl From<Uri> for NameAddr {
    fn from(uri: Uri) -> Self {
        Self::new(uri)
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = &self.display {
            write_quoted(f, display)?;
            f.write_str(" ")?;
        }
        write!(f, "<{}>", self.uri)?;
        self.params.write_header(f)
    }
}

/// Wider than `token`: what phones leave unquoted, without anything that could be a delimiter.
fn is_display_char(c: char) -> bool {
    !c.is_control() && !"\",;<>\\".contains(c) || c == '\t'
}

#[cfg(test)]
mod tests;
