//! A reader of `GET /events`, as an open page is.

use std::{
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde_json::Value;
use testkit::softphone::wait;

use crate::{http, now};

/// One event.
#[derive(Debug, Clone)]
pub struct Event {
    /// When it was read.
    pub at: Instant,
    /// Its name, such as `conference.started`.
    pub name: String,
    /// Its id.
    pub id: String,
    /// The resource concerned.
    pub data: Value,
}

/// An open event stream; it is closed when this goes.
pub struct Events {
    stream: TcpStream,
    seen: Arc<Mutex<Vec<Event>>>,
}

impl Events {
    /// Opens a stream and waits until the server has accepted it.
    ///
    /// # Panics
    /// If it does not.
    pub fn open(server: SocketAddr, key: &str) -> Self {
        let stream =
            http::open(server, "/api/v1/events", key).expect("the event stream can be asked for");
        stream
            .set_read_timeout(None)
            .expect("a socket takes a timeout");
        let mut reader = BufReader::new(stream.try_clone().expect("a socket can be cloned"));
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            let length = reader
                .read_line(&mut line)
                .expect("the event stream answers");
            assert!(
                length > 0 && !line.contains(" 40"),
                "the event stream was refused: {line}"
            );
        }
        let seen = Arc::new(Mutex::new(Vec::new()));
        let into = Arc::clone(&seen);
        std::thread::spawn(move || read(reader, &into));
        Self { stream, seen }
    }

    fn seen(&self) -> MutexGuard<'_, Vec<Event>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All events so far.
    pub fn all(&self) -> Vec<Event> {
        self.seen().clone()
    }

    /// Waits up to `patience` for an event that is wanted.
    pub fn wait_for(&self, patience: Duration, wanted: impl Fn(&Event) -> bool) -> Option<Event> {
        wait(patience, || {
            self.seen().iter().find(|event| wanted(event)).cloned()
        })
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        // Closed already when the server went first.
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }
}

fn read(reader: BufReader<TcpStream>, into: &Mutex<Vec<Event>>) {
    let mut event = (String::new(), String::new(), String::new());
    for line in reader.lines().map_while(Result::ok) {
        match line
            .split_once(':')
            .map(|(name, value)| (name, value.trim_start()))
        {
            Some(("event", value)) => value.clone_into(&mut event.0),
            Some(("id", value)) => value.clone_into(&mut event.1),
            Some(("data", value)) => event.2.push_str(value),
            None if line.is_empty() && !event.0.is_empty() => {
                let (name, id, data) = std::mem::take(&mut event);
                let data = serde_json::from_str(&data).unwrap_or(Value::Null);
                let mut seen = into.lock().unwrap_or_else(PoisonError::into_inner);
                seen.push(Event {
                    at: now(),
                    name,
                    id,
                    data,
                });
            }
            _ => {}
        }
    }
}
