//! The small pieces of RFC 3261 §25.1 that every header is made of: tokens, quoted strings,
//! escapes, comma lists.

use std::borrow::Cow;
use std::fmt;

/// A `token` of RFC 3261 §25.1, known to hold nothing else: safe to write anywhere on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Token(String);

impl Token {
    /// The token, or `None` when `text` is empty or has a character that no token may have.
    pub fn parse(text: &str) -> Option<Self> {
        is_token(text.as_bytes()).then(|| Self(text.to_owned()))
    }

    /// The token as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a byte may stand in a `token`.
pub fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

/// Whether the bytes are a whole `token`.
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().copied().all(is_token_byte)
}

/// Linear white space once folding has been undone: space and tab.
pub(crate) fn is_space(c: char) -> bool {
    c == ' ' || c == '\t'
}

/// Removes linear white space at both ends.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Bytes as text: UTF-8 where they are that, Latin-1 where not (old phones put it into names).
pub(crate) fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

/// Text that is safe as a header value: every control character becomes a space.
pub(crate) fn single_line(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_control) {
        Cow::Owned(
            text.chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect(),
        )
    } else {
        Cow::Borrowed(text)
    }
}

/// Reads a quoted string at the start of `text` (which begins with the quote): its content
/// without escapes and control characters, and what follows the closing quote.
pub(crate) fn quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut content = String::new();
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => {
                escaped = false;
                if !c.is_control() {
                    content.push(c);
                }
            }
            '\\' => escaped = true,
            '"' => return Some((content, &inner[at + 1..])),
            _ if c.is_control() && c != '\t' => {}
            _ => content.push(c),
        }
    }
    None
}

/// Writes a quoted string, escaping what must be and dropping control characters.
pub(crate) fn write_quoted(f: &mut impl fmt::Write, content: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in content.chars() {
        match c {
            '"' | '\\' => {
                f.write_char('\\')?;
                f.write_char(c)?;
            }
            _ if c.is_control() => {}
            _ => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

/// Splits a list at the commas that are outside quotes and angle brackets. `None` when a quote
/// or bracket is left open, or an element is empty.
pub(crate) fn list(text: &str) -> Option<Vec<&str>> {
    let mut elements = Vec::new();
    let (mut start, mut quoted, mut escaped, mut angle) = (0, false, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' if !angle => quoted = !quoted,
            _ if quoted => {}
            b'<' => angle = true,
            b'>' => angle = false,
            b',' if !angle => {
                elements.push(trim(&text[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    elements.push(trim(&text[start..]));
    (!quoted && !angle && elements.iter().all(|element| !element.is_empty())).then_some(elements)
}

/// Undoes `%XX` escapes. What is not valid UTF-8 afterwards is read as Latin-1.
pub(crate) fn unescape(escaped: &str) -> Cow<'_, str> {
    if !escaped.contains('%') {
        return Cow::Borrowed(escaped);
    }
    let bytes = escaped.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], hex_pair(bytes, at + 1)) {
            (b'%', Some(byte)) => {
                plain.push(byte);
                at += 3;
            }
            (byte, _) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(text(&plain).into_owned())
}

/// Writes `plain` with every byte that `keep` does not want as `%XX`.
pub(crate) fn escape(plain: &str, keep: impl Fn(u8) -> bool) -> String {
    let mut escaped = String::with_capacity(plain.len());
    for byte in plain.bytes() {
        if byte.is_ascii() && keep(byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push('%');
            for digit in [byte >> 4, byte & 15] {
                escaped.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
    escaped
}

/// Whether every byte is wanted by `keep` or part of a whole `%XX` escape.
pub(crate) fn is_escaped(text: &str, keep: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%' {
            if hex_pair(bytes, at + 1).is_none() {
                return false;
            }
            at += 3;
        } else if keep(bytes[at]) {
            at += 1;
        } else {
            return false;
        }
    }
    true
}

fn hex_pair(bytes: &[u8], at: usize) -> Option<u8> {
    let pair = bytes.get(at..at + 2)?;
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
    };
    Some(digit(pair[0])? << 4 | digit(pair[1])?)
}

/// A decimal number that may be too large for `u32`: then the largest. `None` if not a number.
pub(crate) fn saturating_number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}

/// FNV-1a, so that a stateless answer to a repeated request is the same answer.
pub(crate) fn stable_hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.iter().chain(&[0]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

#[cfg(test)]
mod tests;
