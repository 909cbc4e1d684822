//! Many open event streams on one conference, and how long an action takes to reach the last.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    thread,
    time::Duration,
};

use serde_json::json;

use crate::server::{KEY, Server, exchange, now};

/// What a page may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(5);

/// A page's stream and what it has received of the event that comes.
struct Page {
    stream: TcpStream,
    text: Vec<u8>,
}

impl Page {
    fn open(server: &Server) -> std::io::Result<Self> {
        let mut stream = TcpStream::connect(server.http)?;
        write!(
            stream,
            "GET /api/v1/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {KEY}\r\n\r\n"
        )?;
        let mut first = [0; 12];
        stream.read_exact(&mut first)?;
        if &first[9..] != b"200" {
            return Err(std::io::Error::other("an event stream was refused"));
        }
        stream.set_nonblocking(true)?;
        Ok(Self {
            stream,
            text: Vec::new(),
        })
    }

    /// Whether it has heard of this by now.
    fn has(&mut self, event: &[u8]) -> std::io::Result<bool> {
        let mut part = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut part) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(length) => self.text.extend_from_slice(&part[..length]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(self.text.windows(event.len()).any(|part| part == event))
    }
}

/// Starts a conference that nobody is in yet: it waits for its people for minutes.
fn conference(server: &Server) -> Result<String, String> {
    let made = |what: &str, (status, body): (u16, serde_json::Value)| {
        let id = body["id"].as_str().unwrap_or_default().to_owned();
        if status == 201 && !id.is_empty() {
            Ok(id)
        } else {
            Err(format!("{what}: {status} {body}"))
        }
    };
    let (_, customers) = server.request("GET", "/api/v1/customers", None)?;
    let room = json!({
        "customer_id": customers["items"][0]["id"], "number": "8800", "name": "Bench"
    });
    let room = made(
        "room",
        server.request("POST", "/api/v1/conference-rooms", Some(&room))?,
    )?;
    let start = format!("/api/v1/conference-rooms/{room}/start");
    made("start", server.request("POST", &start, Some(&json!({})))?)
}

/// Locks and unlocks a running conference so many times. Each time is from the request to the last
/// page's event.
pub fn run(server: &Server, pages: usize, actions: usize) -> Result<Vec<Duration>, String> {
    let told = |error: std::io::Error| error.to_string();
    let id = conference(server)?;
    let mut open = Vec::new();
    for _ in 0..pages {
        open.push(Page::open(server).map_err(told)?);
    }
    let stream = server.connect()?;
    let mut times = Vec::new();
    for turn in 0..actions {
        let lock = turn % 2 == 0;
        let action = if lock { "lock" } else { "unlock" };
        for page in &mut open {
            page.text.clear();
        }
        // The whole conference as it is now comes with the event.
        let event = format!("\"locked\":{lock}");
        let path = format!("/api/v1/conferences/{id}/{action}");
        let begun = now();
        let (status, body) = thread::scope(|scope| {
            let asked = scope.spawn(|| exchange(&stream, "POST", &path, Some(&json!({}))));
            let mut waiting: Vec<&mut Page> = open.iter_mut().collect();
            while !waiting.is_empty() && begun.elapsed() < PATIENCE {
                let mut still = Vec::new();
                for page in waiting {
                    if !page.has(event.as_bytes())? {
                        still.push(page);
                    }
                }
                waiting = still;
                thread::sleep(Duration::from_micros(200));
            }
            if !waiting.is_empty() {
                return Err(std::io::Error::other("a page was not told of the action"));
            }
            times.push(begun.elapsed());
            asked
                .join()
                .unwrap_or_else(|_| Err(std::io::Error::other("the request was not made")))
        })
        .map_err(told)?;
        if status != 200 {
            return Err(format!("{path}: {status} {body}"));
        }
        thread::sleep(Duration::from_millis(10));
    }
    Ok(times)
}
