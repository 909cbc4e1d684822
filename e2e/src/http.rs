//! Requests to the API, each over a connection of its own.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::Value;

/// An answer of the server.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Status line and headers.
    pub head: String,
    /// The body as JSON; null when it is none.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// The answer, if it has this status.
    ///
    /// # Panics
    /// If it has another.
    #[track_caller]
    #[must_use]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// A text field.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn text_at(&self, pointer: &str) -> String {
        let text = self.body.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_else(|| panic!("no text at {pointer} of {:#}", self.body))
            .to_owned()
    }

    /// Its `id`.
    #[track_caller]
    pub fn id(&self) -> String {
        self.text_at("/id")
    }
}

/// Sends a request and reads the answer to its end.
///
/// # Errors
/// When the connection fails or breaks.
pub fn request(
    server: SocketAddr,
    method: &str,
    path: &str,
    key: Option<&str>,
    body: Option<&Value>,
) -> io::Result<Answer> {
    exchange(server, method, path, &bearer(key), body)
}

fn bearer(key: Option<&str>) -> String {
    key.map(|key| format!("Authorization: Bearer {key}\r\n"))
        .unwrap_or_default()
}

fn exchange(
    server: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: Option<&Value>,
) -> io::Result<Answer> {
    let mut stream = send(server, method, path, headers, body)?;
    let mut octets = Vec::new();
    stream.read_to_end(&mut octets)?;
    parse(&String::from_utf8_lossy(&octets)).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// Asks for a stream and hands out the connection.
pub(crate) fn open(server: SocketAddr, path: &str, key: &str) -> io::Result<TcpStream> {
    send(server, "GET", path, &bearer(Some(key)), None)
}

/// HTTP 1.0, so that what comes is not chunked and ends with the connection.
fn send(
    server: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: Option<&Value>,
) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect_timeout(&server, Duration::from_secs(5))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let (kind, body) = match body {
        Some(body) => ("Content-Type: application/json\r\n", body.to_string()),
        None => ("", String::new()),
    };
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.0\r\nHost: {server}\r\n{headers}{kind}Content-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body.as_bytes())?;
    Ok(stream)
}

fn parse(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    // A body that was cut off is no answer.
    if length.is_some_and(|length| body.len() < length) {
        return None;
    }
    Some(Answer {
        status: head.split(' ').nth(1)?.parse().ok()?,
        head: head.to_owned(),
        body: serde_json::from_str(body).unwrap_or(Value::Null),
        text: body.to_owned(),
    })
}

/// A person who is signed in, by cookie, as a page is.
#[derive(Debug, Clone)]
pub struct Session {
    server: SocketAddr,
    cookie: String,
    token: String,
}

impl Session {
    /// Signs in.
    ///
    /// # Panics
    /// If the server refuses.
    #[track_caller]
    #[must_use]
    pub fn sign_in(server: SocketAddr, account_name: &str, username: &str, password: &str) -> Self {
        let body = serde_json::json!({
            "account_name": account_name, "username": username, "password": password,
        });
        let answer = request(server, "POST", "/api/v1/session", None, Some(&body))
            .expect("the server answers");
        assert!(
            matches!(answer.status, 200 | 201),
            "{username} cannot sign in: {}",
            answer.text
        );
        let cookies: Vec<&str> = answer
            .head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
            .filter_map(|(_, value)| value.split(';').next())
            .collect();
        let token = answer.body["csrf_token"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        Self {
            server,
            cookie: cookies.join("; "),
            token,
        }
    }

    /// What is secret of it: the cookie's value, and what a page sends with every change.
    #[must_use]
    pub fn secrets(&self) -> [String; 2] {
        let value = self.cookie.split_once('=').map(|(_, value)| value);
        [value.unwrap_or_default().to_owned(), self.token.clone()]
    }

    /// A GET as this person.
    ///
    /// # Panics
    /// If the server does not answer.
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path, None)
    }

    /// A POST as this person.
    ///
    /// # Panics
    /// If the server does not answer.
    #[must_use]
    pub fn post(&self, path: &str, body: Value) -> Answer {
        self.request("POST", path, Some(&body))
    }

    fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let (server, token) = (self.server, &self.token);
        let headers = format!(
            "Cookie: {}\r\nOrigin: http://{server}\r\nX-CSRF-Token: {token}\r\n",
            self.cookie
        );
        exchange(server, method, &format!("/api/v1{path}"), &headers, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }
}
