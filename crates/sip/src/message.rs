//! Requests and responses, and how they are written.

use bytes::{BufMut, Bytes, BytesMut};

use crate::grammar::escape;
use crate::header_name::HeaderName;
use crate::headers::{HeaderValue, Headers};
use crate::method::Method;
use crate::uri::Uri;

/// A SIP message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The Request-URI.
    pub uri: Uri,
    /// The headers.
    pub headers: Headers,
    /// The body.
    pub body: Bytes,
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status, 100 to 699.
    pub status: u16,
    /// The reason phrase.
    pub reason: String,
    /// The headers.
    pub headers: Headers,
    /// The body.
    pub body: Bytes,
}

impl Message {
    /// The headers of either.
    pub fn headers(&self) -> &Headers {
        match self {
            Self::Request(request) => &request.headers,
            Self::Response(response) => &response.headers,
        }
    }

    /// The message as on the wire.
    pub fn to_bytes(&self) -> Bytes {
        match self {
            Self::Request(request) => request.to_bytes(),
            Self::Response(response) => response.to_bytes(),
        }
    }
}

impl Request {
    /// A request without headers.
    pub fn new(method: Method, uri: Uri) -> Self {
        Self {
            method,
            uri,
            headers: Headers::new(),
            body: Bytes::new(),
        }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: impl AsRef<str>) -> Self {
        self.headers.push(name, value);
        self
    }

    /// The same with a body and its type.
    #[must_use]
    pub fn with_body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.headers.set(HeaderName::ContentType, content_type);
        self.body = body.into();
        self
    }

    /// Whether To has a tag: the request belongs to a dialog.
    pub fn is_in_dialog(&self) -> bool {
        self.headers.to().is_ok_and(|to| to.tag().is_some())
    }

    /// The request as on the wire. Nothing in it can begin a line of its own.
    pub fn to_bytes(&self) -> Bytes {
        let uri = self.uri.to_string();
        let uri = escape(&uri, |byte| byte.is_ascii_graphic());
        let mut out = buffer(&self.headers, &self.body, uri.len());
        out.put_slice(self.method.as_str().as_bytes());
        out.put_u8(b' ');
        out.put_slice(uri.as_bytes());
        out.put_slice(b" SIP/2.0\r\n");
        finish(out, &self.headers, &self.body)
    }
}

impl Response {
    /// A response without headers, with the usual reason phrase.
    pub fn new(status: u16) -> Self {
        let reason = reason_phrase(status).to_owned();
        Self {
            status,
            reason,
            headers: Headers::new(),
            body: Bytes::new(),
        }
    }

    /// The response to a request (RFC 3261 §8.2.6): Via, From, To, Call-ID and CSeq are copied,
    /// To gets the tag where it has none and this is not a 100; Record-Route is copied into
    /// what can make a dialog (§12.1.1), Timestamp into a 100.
    pub fn reply(request: &Request, status: u16, to_tag: Option<&str>) -> Self {
        let mut response = Self::new(status);
        let from = &request.headers;
        let headers = &mut response.headers;
        *headers = Headers::with_capacity(12);
        headers.copy(&HeaderName::Via, from);
        if (101..300).contains(&status) {
            headers.copy(&HeaderName::RecordRoute, from);
        }
        headers.copy(&HeaderName::From, from);
        match (from.to(), to_tag) {
            (Ok(to), Some(tag)) if to.tag().is_none() && status != 100 => {
                headers.push(HeaderName::To, to.with_tag(tag).to_string());
            }
            _ => headers.copy(&HeaderName::To, from),
        }
        headers.copy(&HeaderName::CallId, from);
        headers.copy(&HeaderName::CSeq, from);
        if status == 100 {
            headers.copy(&HeaderName::Timestamp, from);
        }
        response
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: impl AsRef<str>) -> Self {
        self.headers.push(name, value);
        self
    }

    /// The same with a body and its type.
    #[must_use]
    pub fn with_body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.headers.set(HeaderName::ContentType, content_type);
        self.body = body.into();
        self
    }

    /// Whether it is a 1xx.
    pub fn is_provisional(&self) -> bool {
        self.status < 200
    }

    /// Whether it is a 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The response as on the wire. Nothing in it can begin a line of its own.
    pub fn to_bytes(&self) -> Bytes {
        let reason = HeaderValue::new(&self.reason);
        let mut out = buffer(&self.headers, &self.body, reason.as_bytes().len());
        out.put_slice(b"SIP/2.0 ");
        out.put_slice(self.status.to_string().as_bytes());
        out.put_u8(b' ');
        out.put_slice(reason.as_bytes());
        out.put_slice(b"\r\n");
        finish(out, &self.headers, &self.body)
    }
}

impl From<Request> for Message {
    fn from(request: Request) -> Self {
        Self::Request(request)
    }
}

impl From<Response> for Message {
    fn from(response: Response) -> Self {
        Self::Response(response)
    }
}

fn buffer(headers: &Headers, body: &Bytes, start_line: usize) -> BytesMut {
    const START_LINE_AND_LENGTH: usize = 64;
    BytesMut::with_capacity(START_LINE_AND_LENGTH + start_line + headers.written_len() + body.len())
}

fn finish(mut out: BytesMut, headers: &Headers, body: &Bytes) -> Bytes {
    headers.write(&mut out);
    out.put_slice(b"Content-Length: ");
    out.put_slice(body.len().to_string().as_bytes());
    out.put_slice(b"\r\n\r\n");
    out.put_slice(body);
    out.freeze()
}

/// The usual reason phrase of a status; that of its class where it is not a known one.
pub fn reason_phrase(status: u16) -> &'static str {
    if let Ok(at) = REASONS.binary_search_by_key(&status, |(known, _)| *known) {
        return REASONS[at].1;
    }
    match status / 100 {
        1 => "Session Progress",
        2 => "OK",
        3 => "Redirection",
        4 => "Request Failure",
        5 => "Server Failure",
        _ => "Global Failure",
    }
}

const REASONS: &[(u16, &str)] = &[
    (100, "Trying"),
    (180, "Ringing"),
    (181, "Call Is Being Forwarded"),
    (182, "Queued"),
    (183, "Session Progress"),
    (200, "OK"),
    (202, "Accepted"),
    (204, "No Notification"),
    (300, "Multiple Choices"),
    (301, "Moved Permanently"),
    (302, "Moved Temporarily"),
    (305, "Use Proxy"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (406, "Not Acceptable"),
    (407, "Proxy Authentication Required"),
    (408, "Request Timeout"),
    (410, "Gone"),
    (413, "Request Entity Too Large"),
    (414, "Request-URI Too Long"),
    (415, "Unsupported Media Type"),
    (416, "Unsupported URI Scheme"),
    (420, "Bad Extension"),
    (421, "Extension Required"),
    (422, "Session Interval Too Small"),
    (423, "Interval Too Brief"),
    (439, "First Hop Lacks Outbound Support"),
    (480, "Temporarily Unavailable"),
    (481, "Call/Transaction Does Not Exist"),
    (482, "Loop Detected"),
    (483, "Too Many Hops"),
    (484, "Address Incomplete"),
    (485, "Ambiguous"),
    (486, "Busy Here"),
    (487, "Request Terminated"),
    (488, "Not Acceptable Here"),
    (489, "Bad Event"),
    (491, "Request Pending"),
    (493, "Undecipherable"),
    (500, "Server Internal Error"),
    (501, "Not Implemented"),
    (502, "Bad Gateway"),
    (503, "Service Unavailable"),
    (504, "Server Time-out"),
    (505, "Version Not Supported"),
    (513, "Message Too Large"),
    (600, "Busy Everywhere"),
    (603, "Decline"),
    (604, "Does Not Exist Anywhere"),
    (606, "Not Acceptable"),
    (607, "Unwanted"),
];
