//! The ordered list of a message's headers. What they mean is read in [`typed`].

use std::borrow::Cow;
use std::fmt;

use bytes::{BufMut, Bytes, BytesMut};

use crate::grammar::{single_line, text};
use crate::header_name::HeaderName;

pub mod typed;

/// The value of a header as one line without the white space around it: a slice of the
/// received message, or owned.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct HeaderValue(Bytes);

impl HeaderValue {
    /// A value to send. Control characters become spaces, so that no value can begin another
    /// header.
    pub fn new(value: &str) -> Self {
        Self(Bytes::copy_from_slice(single_line(value).trim().as_bytes()))
    }

    /// A received value, already one line.
    pub(crate) fn received(value: Bytes) -> Self {
        Self(value)
    }

    /// The bytes as they came.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As text: UTF-8, or Latin-1 where it is not that.
    pub fn text(&self) -> Cow<'_, str> {
        text(&self.0)
    }
}

impl fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}

/// A message's headers in their order. `Content-Length` is not among them: the parser has used
/// it, and the writer writes the true one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<(HeaderName, HeaderValue)>);

impl Headers {
    /// No headers.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// How many header lines there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a header at the end.
    pub fn push(&mut self, name: HeaderName, value: impl AsRef<str>) {
        self.push_value(name, HeaderValue::new(value.as_ref()));
    }

    /// Adds a header at the end, with a value taken from another message.
    pub fn push_value(&mut self, name: HeaderName, value: HeaderValue) {
        if name != HeaderName::ContentLength {
            self.0.push((name, value));
        }
    }

    /// Adds a header before all others of its name, at the top of the message.
    pub fn prepend(&mut self, name: HeaderName, value: impl AsRef<str>) {
        self.0.insert(0, (name, HeaderValue::new(value.as_ref())));
    }

    /// Replaces all headers of that name by one, where the first was.
    pub fn set(&mut self, name: HeaderName, value: impl AsRef<str>) {
        let value = HeaderValue::new(value.as_ref());
        let Some(at) = self.0.iter().position(|(have, _)| *have == name) else {
            return self.push_value(name, value);
        };
        self.0[at].1 = value;
        let mut index = 0;
        self.0.retain(|(have, _)| {
            index += 1;
            *have != name || index - 1 == at
        });
    }

    /// Replaces the first header of that name only.
    pub(crate) fn replace_first(&mut self, name: &HeaderName, value: &str) {
        if let Some((_, old)) = self.0.iter_mut().find(|(have, _)| have == name) {
            *old = HeaderValue::new(value);
        }
    }

    /// Removes all headers of that name.
    pub fn remove(&mut self, name: &HeaderName) {
        self.0.retain(|(have, _)| have != name);
    }

    /// The first value under that name.
    pub fn get(&self, name: &HeaderName) -> Option<&HeaderValue> {
        self.get_all(name).next()
    }

    /// All values under that name, in order.
    pub fn get_all(&self, name: &HeaderName) -> impl Iterator<Item = &HeaderValue> {
        self.0
            .iter()
            .filter(move |(have, _)| have == name)
            .map(|(_, value)| value)
    }

    /// Whether the header is there.
    pub fn contains(&self, name: &HeaderName) -> bool {
        self.get(name).is_some()
    }

    /// All headers in order.
    pub fn iter(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// Copies every header of that name from another message, byte for byte.
    pub fn copy(&mut self, name: &HeaderName, from: &Self) {
        for value in from.get_all(name) {
            self.push_value(name.clone(), value.clone());
        }
    }

    /// How many bytes [`Headers::write`] will need.
    pub(crate) fn written_len(&self) -> usize {
        self.0
            .iter()
            .map(|(name, value)| name.as_str().len() + value.0.len() + 4)
            .sum()
    }

    pub(crate) fn write(&self, out: &mut BytesMut) {
        for (name, value) in &self.0 {
            out.put_slice(name.as_str().as_bytes());
            out.put_slice(b": ");
            out.put_slice(&value.0);
            out.put_slice(b"\r\n");
        }
    }
}
