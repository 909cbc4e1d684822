//! A file as an answer, whole or the part that a player asks for.

use std::{
    convert::Infallible,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use axum::{
    body::Body,
    extract::FromRequestParts,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use futures::stream::unfold;
use services::recordings::{Part, RecordingId};

/// What the switch writes.
pub(super) const MEDIA_TYPE: &str = "audio/ogg";
/// Read from the disk at once.
const CHUNK: u64 = 64 * 1024;

/// Which bytes are asked for: first and last, or how many of the end. Anything else means all of
/// them, as RFC 9110 §14.2 allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Range {
    All,
    From(u64, Option<u64>),
    End(u64),
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
        let last = last.trim();
        if first.is_empty() {
            return last.parse().ok().map(Self::End);
        }
        let last = if last.is_empty() {
            None
        } else {
            Some(last.parse().ok()?)
        };
        Some(Self::From(first.parse().ok()?, last))
    }

    /// Whether somebody begins to listen, or goes on.
    pub(super) const fn part(self) -> Part {
        match self {
            Self::All | Self::From(0, _) => Part::Beginning,
            Self::From(..) | Self::End(_) => Part::Later,
        }
    }

    /// First byte and count within a file of this size; none: all of it.
    fn within(self, bytes: u64) -> Option<(u64, u64)> {
        let (first, last) = match self {
            Self::All => return None,
            Self::From(first, last) => (first, last.unwrap_or(u64::MAX)),
            Self::End(count) => (bytes.saturating_sub(count), u64::MAX),
        };
        let last = last.min(bytes.checked_sub(1)?);
        (first <= last).then(|| (first, last - first + 1))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Range {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let text = parts.headers.get(header::RANGE);
        let text = text.and_then(|text| text.to_str().ok());
        Ok(text.and_then(Self::parse).unwrap_or(Self::All))
    }
}

/// The answer.
pub(super) struct Audio {
    id: RecordingId,
    file: File,
    bytes: u64,
    range: Range,
}

impl Audio {
    pub(super) const fn new(id: RecordingId, file: File, bytes: u64, range: Range) -> Self {
        Self {
            id,
            file,
            bytes,
            range,
        }
    }
}

impl IntoResponse for Audio {
    fn into_response(self) -> Response {
        let part = self.range.within(self.bytes);
        let (first, count) = part.unwrap_or((0, self.bytes));
        let mut response = Body::from_stream(chunks(self.file, first, count)).into_response();
        if part.is_some() {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        let last = (first + count).saturating_sub(1);
        let mut texts = vec![
            (header::CONTENT_TYPE, MEDIA_TYPE.to_owned()),
            (header::ACCEPT_RANGES, "bytes".to_owned()),
            (header::CONTENT_LENGTH, count.to_string()),
            // Sound is packed already, and parts of a packed answer would be parts of the pack.
            (header::CONTENT_ENCODING, "identity".to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("inline; filename=\"{}.opus\"", self.id),
            ),
        ];
        if part.is_some() {
            let range = format!("bytes {first}-{last}/{}", self.bytes);
            texts.push((header::CONTENT_RANGE, range));
        }
        for (name, text) in texts {
            if let Ok(value) = HeaderValue::try_from(text) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// The part of the file, read off the async threads. A file that ends early ends the answer early,
/// which its length tells the reader.
fn chunks(
    file: File,
    first: u64,
    count: u64,
) -> impl futures::Stream<Item = io::Result<Vec<u8>>> + Send + 'static {
    unfold((file, first, count), |(file, at, left)| async move {
        if left == 0 {
            return None;
        }
        let read = tokio::task::spawn_blocking(move || {
            let mut file = file;
            let mut chunk = Vec::new();
            file.seek(SeekFrom::Start(at))?;
            (&mut file).take(left.min(CHUNK)).read_to_end(&mut chunk)?;
            Ok::<_, io::Error>((file, chunk))
        });
        let (file, chunk) = read.await.ok()?.ok()?;
        let length = chunk.len() as u64;
        if length == 0 {
            return None;
        }
        Some((Ok(chunk), (file, at + length, left - length)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_lies_within_the_file() {
        for (text, expect) in [
            ("bytes=0-3", Some((0, 4))),
            ("bytes=4-", Some((4, 6))),
            ("bytes=4-100", Some((4, 6))),
            ("bytes=-3", Some((7, 3))),
            ("bytes=-30", Some((0, 10))),
            ("bytes=10-", None),
            ("bytes=5-4", None),
            ("bytes=-0", None),
            ("bytes=0-1,3-4", None),
            ("seconds=1-2", None),
        ] {
            let range = Range::parse(text).unwrap_or(Range::All);
            assert_eq!(range.within(10), expect, "{text}");
        }
        assert_eq!(Range::From(0, None).within(0), None);
    }
}
