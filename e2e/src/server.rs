//! The real server, as a process of its own.

use std::{
    fs::{self, File},
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;
use testkit::{ports::free_port, softphone::wait};

use crate::{
    events::Events,
    http::{self, Answer},
    program,
};

/// The provider administrator's key that servers of tests begin with.
pub const KEY: &str = "end-to-end-provider-key-0123456789";
/// The first administrator's password.
pub const PASSWORD: &str = "seventeen quiet harbours";

/// How a server is started.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where SIP listens; a free port of 127.0.0.1 unless given.
    pub sip: Option<SocketAddr>,
    /// The database, SQLite in the data folder unless given.
    pub database: Option<String>,
    /// A program with arguments that the binary is started by.
    pub under: Vec<String>,
    /// More arguments.
    pub arguments: Vec<String>,
}

/// A server. Its process is ended, by its id, when this goes.
pub struct Server {
    child: Option<Child>,
    options: Options,
    folder: TempDir,
    /// Where it answers HTTP.
    pub http: SocketAddr,
    /// Where it answers SIP.
    pub sip: SocketAddr,
}

impl Server {
    /// Starts one with a data folder of its own and waits until it is ready.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(Options::default())
    }

    /// Starts one and waits until it is ready.
    ///
    /// # Panics
    /// If it does not become ready, with what it logged.
    #[must_use]
    pub fn start_with(options: Options) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("convoke-e2e-")
            .tempdir()
            .expect("a temporary folder");
        let http = free_port();
        let sip = options.sip.unwrap_or_else(free_port);
        let mut server = Self {
            child: None,
            options,
            folder,
            http,
            sip,
        };
        server.start_again();
        server
    }

    /// Starts the ended one again, on the same data and addresses.
    ///
    /// # Panics
    /// If it does not become ready, with what it logged.
    pub fn start_again(&mut self) {
        assert!(self.child.is_none(), "the server runs");
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_file())
            .expect("a log file");
        let child = self
            .command()
            .stdout(log.try_clone().expect("a file can be cloned"))
            .stderr(log)
            .spawn()
            .expect("the server's binary can be run");
        self.child = Some(child);
        let ready = wait(Duration::from_secs(60), || {
            if let Some(status) = self
                .child
                .as_mut()
                .and_then(|child| child.try_wait().ok().flatten())
            {
                panic!("the server ended at its start, {status}:\n{}", self.log());
            }
            let answer = http::request(self.http, "GET", "/readyz", None, None).ok()?;
            (answer.status == 200).then_some(())
        });
        assert!(
            ready.is_some(),
            "the server is not ready after a minute:\n{}",
            self.log()
        );
    }

    fn command(&self) -> Command {
        let binary = program::convoke();
        let mut command = match self.options.under.split_first() {
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(binary);
                command
            }
            None => Command::new(binary),
        };
        command
            .args(["serve", "--media-ports", "22000-25999", "--data-dir"])
            .arg(self.data_dir())
            .args([
                "--http",
                &self.http.to_string(),
                "--sip",
                &self.sip.to_string(),
            ])
            .args(&self.options.arguments)
            .env("CONVOKE_BOOTSTRAP_TOKEN", KEY)
            .env("CONVOKE_BOOTSTRAP_PASSWORD", PASSWORD)
            .stdin(Stdio::null());
        if let Some(database) = &self.options.database {
            command.args(["--database", database]);
        }
        command
    }

    /// Its data folder.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// A folder for other files of the test.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it has printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// Its process id.
    ///
    /// # Panics
    /// If it does not run.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.as_ref().expect("the server runs").id()
    }

    /// Ends it as a power cut would.
    pub fn kill_9(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("our own child can be killed");
            child.wait().expect("our own child can be waited for");
        }
    }

    /// SIGTERM; says how it ended, within 20 seconds.
    ///
    /// # Panics
    /// If it does not end.
    pub fn stop(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.ends(Duration::from_secs(20))
    }

    /// Sends it a signal, such as `TERM`.
    ///
    /// # Panics
    /// If it does not run.
    pub fn signal(&self, name: &str) {
        let told = program::command("kill", "procps")
            .args([&format!("-{name}"), &self.process().to_string()])
            .status();
        assert!(
            told.is_ok_and(|status| status.success()),
            "the signal could not be sent"
        );
    }

    /// How it ended, waiting up to `patience`.
    ///
    /// # Panics
    /// If it does not end.
    pub fn ends(&mut self, patience: Duration) -> ExitStatus {
        let mut child = self.child.take().expect("the server runs");
        let status = wait(patience, || child.try_wait().ok().flatten());
        if status.is_none() {
            let _ = child.kill();
        }
        status.unwrap_or_else(|| panic!("the server did not end:\n{}", self.log()))
    }

    /// A verb of the command line, carried out on its folder.
    ///
    /// # Panics
    /// If the binary cannot be run.
    #[must_use]
    pub fn verb(&self, arguments: &[&str]) -> Output {
        Command::new(program::convoke())
            .args(arguments)
            .arg("--data-dir")
            .arg(self.data_dir())
            .stdin(Stdio::null())
            .output()
            .expect("the binary can be run")
    }

    /// A figure of `/metrics`, by its name.
    #[must_use]
    pub fn figure(&self, name: &str) -> Option<f64> {
        let answer = http::request(self.http, "GET", "/metrics", None, None).ok()?;
        let line = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok();
        answer.text.lines().find_map(line)
    }

    /// One request with a key.
    ///
    /// # Errors
    /// When the connection fails or breaks.
    pub fn try_as(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> io::Result<Answer> {
        http::request(
            self.http,
            method,
            &format!("/api/v1{path}"),
            Some(key),
            body,
        )
    }

    /// A GET as the provider's administrator.
    ///
    /// # Panics
    /// If the server does not answer.
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        self.try_as(KEY, "GET", path, None)
            .unwrap_or_else(|error| panic!("GET {path}: {error}\n{}", self.log()))
    }

    /// A POST as the provider's administrator.
    ///
    /// # Panics
    /// If the server does not answer.
    #[must_use]
    pub fn post(&self, path: &str, body: Value) -> Answer {
        self.try_as(KEY, "POST", path, Some(&body))
            .unwrap_or_else(|error| panic!("POST {path}: {error}\n{}", self.log()))
    }

    /// A PATCH as the provider's administrator.
    ///
    /// # Panics
    /// If the server does not answer.
    #[must_use]
    pub fn patch(&self, path: &str, body: Value) -> Answer {
        self.try_as(KEY, "PATCH", path, Some(&body))
            .unwrap_or_else(|error| panic!("PATCH {path}: {error}\n{}", self.log()))
    }

    /// Whether the process lives and says so.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        http::request(self.http, "GET", "/healthz", None, None)
            .is_ok_and(|answer| answer.status == 200)
    }

    /// An event stream as the provider's administrator.
    #[must_use]
    pub fn events(&self) -> Events {
        Events::open(self.http, KEY)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- the server's log ---\n{}", self.log());
        }
    }
}
