//! The real binary under load: started on free ports with a folder of its own, asked over HTTP,
//! and measured by what the kernel says it used.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use testkit::ports::free_port;

/// The key that the server is started with.
pub const KEY: &str = "bench-key-that-only-this-process-knows";

/// A running server. It is ended when this goes.
pub struct Server {
    child: Child,
    /// Where it answers HTTP.
    pub http: SocketAddr,
    /// Where it answers SIP.
    pub sip: SocketAddr,
    /// From the start of the process to the first 200 of `/readyz`.
    pub ready_after: Duration,
}

/// Processor time and memory of a process.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// User and system time.
    pub cpu: Duration,
    /// Resident memory, in bytes.
    pub resident: u64,
}

impl Server {
    /// Starts the release binary that lies beside this one.
    pub fn start(data_dir: &Path, media_ports: &str) -> Result<Self, String> {
        let (http, sip) = (free_port(), free_port());
        let mut command = Command::new(binary()?);
        command
            .args(["serve", "--data-dir"])
            .arg(data_dir)
            .args(["--http", &http.to_string(), "--sip", &sip.to_string()])
            .args(["--media-ports", media_ports, "--log", "warn"])
            .env("CONVOKE_BOOTSTRAP_TOKEN", KEY)
            .env(
                "CONVOKE_BOOTSTRAP_PASSWORD",
                "a long password for the bench 27",
            )
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        let begun = now();
        let child = command
            .spawn()
            .map_err(|error| format!("the server did not start: {error}"))?;
        let mut server = Self {
            child,
            http,
            sip,
            ready_after: Duration::ZERO,
        };
        while begun.elapsed() < Duration::from_secs(60) {
            if server
                .request("GET", "/readyz", None)
                .is_ok_and(|(status, _)| status == 200)
            {
                server.ready_after = begun.elapsed();
                return Ok(server);
            }
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!("the server ended at its start: {status}"));
            }
            thread::sleep(Duration::from_millis(2));
        }
        Err("the server was not ready within a minute".to_owned())
    }

    /// One request over a connection of its own.
    pub fn request(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(u16, Value), String> {
        let told = |error: std::io::Error| format!("{method} {path}: {error}");
        let stream = TcpStream::connect(self.http).map_err(told)?;
        exchange(&stream, method, path, body).map_err(told)
    }

    /// A connection that stays open, for many requests.
    pub fn connect(&self) -> Result<TcpStream, String> {
        let stream = TcpStream::connect(self.http).map_err(|error| error.to_string())?;
        stream
            .set_nodelay(true)
            .map_err(|error| error.to_string())?;
        Ok(stream)
    }

    /// What it has used so far.
    pub fn usage(&self) -> Usage {
        usage(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Our own child: it is ended and waited for, so that no port stays taken.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One HTTP/1.1 exchange over an open connection.
pub fn exchange(
    mut stream: &TcpStream,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> std::io::Result<(u16, Value)> {
    let body = body.map(ToString::to_string).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {KEY}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    let mut text = Vec::new();
    let mut part = [0; 16 * 1024];
    loop {
        if let Some((at, length)) = head_of(&text)
            && text.len() >= at + length
        {
            let status = String::from_utf8_lossy(&text[9..12]).parse().unwrap_or(0);
            return Ok((
                status,
                serde_json::from_slice(&text[at..at + length]).unwrap_or(Value::Null),
            ));
        }
        match stream.read(&mut part)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            length => text.extend_from_slice(&part[..length]),
        }
    }
}

/// Where the body begins and how long it is.
fn head_of(text: &[u8]) -> Option<(usize, usize)> {
    let at = text.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&text[..at]).to_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    Some((
        at,
        length
            .and_then(|length| length.trim().parse().ok())
            .unwrap_or(0),
    ))
}

fn usage(process: u32) -> Usage {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let number = |index: usize| {
        fields
            .get(index)
            .and_then(|f| f.parse::<u64>().ok())
            .unwrap_or(0)
    };
    // Fields 14, 15 and 24 of proc(5), less the two before the closing bracket; 100 ticks a second.
    Usage {
        cpu: Duration::from_millis((number(11) + number(12)) * 10),
        resident: number(21) * 4096,
    }
}

fn binary() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let path = own.with_file_name("convoke");
    if path.exists() {
        Ok(path)
    } else {
        Err(format!("{} is missing: build it first", path.display()))
    }
}

/// The monotonic clock.
#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
pub fn now() -> Instant {
    Instant::now()
}
