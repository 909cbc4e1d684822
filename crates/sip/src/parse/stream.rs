//! Messages out of a byte stream (RFC 3261 §18.3, RFC 5626 §4.4.1).

use bytes::{Buf, BytesMut};

use super::malformed::{logical_lines, name_and_value};
use super::{Fault, Framing, MAX_MESSAGE, Malformed, content_length, message};
use crate::header_name::HeaderName;
use crate::message::Message;

/// What a stream held next.
#[expect(clippy::large_enum_variant, reason = "taken apart at once, never kept")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamItem {
    /// A message.
    Message(Message),
    /// A keep-alive, to be answered with one CRLF.
    Ping,
}

/// Cuts a stream into messages. It never holds more than one message of the allowed size and
/// what one read brought.
#[derive(Debug, Default)]
pub struct StreamDecoder {
    buffer: BytesMut,
    /// How far the end of the headers has been looked for.
    scanned: usize,
    /// The whole length of the message at the front, once its headers are there.
    length: Option<usize>,
    broken: bool,
}

impl StreamDecoder {
    /// A decoder at the beginning of a connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds what was read. Drain [`StreamDecoder::next_item`] before the next read.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.broken {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// Whether it is no longer known where a message begins: send what there is to answer and
    /// close the connection.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// How many bytes of a message wait for their rest: for limits on slow senders. Line breaks
    /// before a message are none of it (RFC 3261 §7.5): some phones keep a stream alive by one.
    pub fn pending(&self) -> usize {
        if self.buffer.iter().all(|byte| matches!(byte, b'\r' | b'\n')) {
            return 0;
        }
        self.buffer.len()
    }

    /// The next item, or `None` until more is pushed.
    pub fn next_item(&mut self) -> Option<Result<StreamItem, Malformed>> {
        if self.broken {
            return None;
        }
        if self.length.is_none() {
            if self.buffer.starts_with(b"\r\n\r\n") {
                self.buffer.advance(4);
                return Some(Ok(StreamItem::Ping));
            }
            if b"\r\n\r\n".starts_with(&self.buffer) {
                return None;
            }
            while self.buffer.starts_with(b"\r\n") {
                self.buffer.advance(2);
            }
            match self.measure() {
                Ok(length) => self.length = length,
                Err(fault) => return Some(Err(self.fail(fault))),
            }
        }
        let length = self.length.filter(|length| self.buffer.len() >= *length)?;
        let bytes = self.buffer.split_to(length).freeze();
        self.length = None;
        self.scanned = 0;
        Some(
            message(&bytes, Framing::Stream)
                .map(StreamItem::Message)
                .map_err(|fault| {
                    let malformed = Malformed::new(fault, &bytes);
                    self.broken = malformed.breaks_stream;
                    malformed
                }),
        )
    }

    /// The length of the message at the front, or `None` while its headers are incomplete.
    fn measure(&mut self) -> Result<Option<usize>, Fault> {
        let from = self.scanned.saturating_sub(3);
        let Some(at) = self.buffer[from..]
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
        else {
            self.scanned = self.buffer.len();
            return if self.scanned > MAX_MESSAGE {
                Err(TOO_LARGE)
            } else {
                Ok(None)
            };
        };
        let head = from + at + 4;
        let mut length = None;
        for line in logical_lines(&self.buffer[..head]).skip(1) {
            if let Some((HeaderName::ContentLength, value)) = name_and_value(&line)
                && length.replace(content_length(&value)?).is_some()
            {
                return Err(Fault::framing("More than one Content-Length"));
            }
        }
        let length = length.ok_or(Fault::framing("No Content-Length"))?;
        let total = head.saturating_add(length);
        if total > MAX_MESSAGE {
            Err(TOO_LARGE)
        } else {
            Ok(Some(total))
        }
    }

    fn fail(&mut self, fault: Fault) -> Malformed {
        self.broken = true;
        let malformed = Malformed::new(fault, &self.buffer);
        self.buffer = BytesMut::new();
        malformed
    }
}

const TOO_LARGE: Fault = Fault {
    status: 513,
    reason: "Message Too Large",
    framing: true,
};
