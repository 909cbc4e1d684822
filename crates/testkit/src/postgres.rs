//! A PostgreSQL cluster for tests: one a process, a fresh database a test; and a [`Cluster`] of
//! its own for a test that stops it.
//!
//! A cluster lives in a temporary folder, listens on a free port of 127.0.0.1, and trades
//! durability for speed. It watches the process that started it and ends with it, however that
//! ends.

use std::{
    fs,
    io::{Read, Write},
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::ports::free_port;

/// What to do when there is none.
const INSTALL: &str = "PostgreSQL is needed for this test: install it with \
                       `apt-get install postgresql` (its server programs are looked for in \
                       /usr/lib/postgresql/*/bin and on the PATH)";

/// A new, empty database.
///
/// # Panics
/// If PostgreSQL is not installed or does not start, with a sentence that says what to do: a test
/// that cannot run has failed.
#[must_use]
pub fn database() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    cluster().database(&format!("test_{number}"))
}

/// Stops all connections to a database of [`database`] from being used or made: to a server it is
/// as if PostgreSQL had gone away. [`restore`] undoes it.
///
/// # Panics
/// If PostgreSQL does not do as told.
pub fn take_away(url: &str) {
    let name = database_name(url);
    cluster().psql(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
    cluster().psql(&format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    ));
}

/// Undoes [`take_away`].
///
/// # Panics
/// If PostgreSQL does not do as told.
pub fn restore(url: &str) {
    let name = database_name(url);
    cluster().psql(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
}

/// The folders that a database of [`database`] is written to: its tables and the write-ahead log,
/// for tests that look for secrets in them. What is in memory is written out first.
///
/// # Panics
/// If PostgreSQL does not do as told.
#[must_use]
pub fn folders(url: &str) -> [PathBuf; 2] {
    let cluster = cluster();
    cluster.psql("CHECKPOINT");
    let name = database_name(url);
    let oid = cluster.psql(&format!(
        "SELECT oid FROM pg_database WHERE datname = '{name}'"
    ));
    let tables = cluster.data.join("base").join(oid.trim());
    [tables, cluster.data.join("pg_wal")]
}

fn database_name(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

/// A PostgreSQL server.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    data: PathBuf,
    port: u16,
    account: Option<Account>,
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(Cluster::start)
}

/// The user that the server runs as: it refuses to run as root.
#[derive(Debug, Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

impl Account {
    /// None: we are not root, and run it as ourselves.
    fn unprivileged() -> Option<Self> {
        let status =
            fs::read_to_string("/proc/self/status").expect("a Linux machine has /proc/self/status");
        let root = status
            .lines()
            .any(|line| line.starts_with("Uid:") && line.split_whitespace().nth(2) == Some("0"));
        if !root {
            return None;
        }
        let accounts = fs::read_to_string("/etc/passwd").expect("/etc/passwd is readable");
        ["postgres", "nobody"].iter().find_map(|name| {
            let line = accounts
                .lines()
                .find(|line| line.split(':').next() == Some(name))?;
            let mut numbers = line.split(':').skip(2).map(str::parse);
            Some(Self {
                user: numbers.next()?.ok()?,
                group: numbers.next()?.ok()?,
            })
        })
    }
}

impl Cluster {
    /// Starts one.
    ///
    /// # Panics
    /// As [`database`].
    #[must_use]
    pub fn start() -> Self {
        let programs = programs().unwrap_or_else(|| panic!("{INSTALL}"));
        let account = Account::unprivileged();
        // Not TMPDIR, which may be closed to the server's user.
        let folder = tempfile::Builder::new()
            .prefix("convoke-postgres-")
            .tempdir_in("/tmp")
            .expect("the temporary folder is writable")
            .keep();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))
            .expect("our own folder can be closed to others");
        if let Some(account) = account {
            chown(&folder, Some(account.user), Some(account.group))
                .expect("root may give a folder away");
        }
        let data = folder.join("data");
        let mut initdb = command(&programs.join("initdb"), account, &folder);
        initdb.args(["--username=convoke", "--auth=trust", "--encoding=UTF8"]);
        initdb
            .args(["--locale=C", "--no-sync", "--pgdata"])
            .arg(&data);
        run(&mut initdb);
        let port = free_port().port();
        let cluster = Self {
            programs,
            folder,
            data,
            port,
            account,
        };
        cluster.launch();
        cluster
    }

    /// A new, empty database.
    ///
    /// # Panics
    /// If PostgreSQL does not do as told.
    #[must_use]
    pub fn database(&self, name: &str) -> String {
        self.psql(&format!("CREATE DATABASE {name}"));
        self.url(name)
    }

    /// Ends the server as an administrator would; connections are cut off.
    ///
    /// # Panics
    /// If it does not end.
    pub fn stop(&self) {
        let mut stop = command(&self.programs.join("pg_ctl"), self.account, &self.folder);
        stop.args(["stop", "--wait", "--silent", "--mode=fast", "--pgdata"]);
        run(stop.arg(&self.data));
    }

    /// Starts the stopped server again, on the same port.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start_again(&self) {
        self.launch();
    }

    /// Stops the server in the middle of whatever it does: connections stay, nothing answers.
    ///
    /// # Panics
    /// If it does not run.
    pub fn freeze(&self) {
        // The first one first: then there are no new ones.
        self.signal("-STOP");
    }

    /// Lets a frozen server go on.
    ///
    /// # Panics
    /// If it does not run.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let file = fs::read_to_string(self.data.join("postmaster.pid"));
        let first = file
            .ok()
            .and_then(|text| Some(text.lines().next()?.to_owned()));
        let first = first.expect("a running server has a postmaster.pid");
        send(signal, &first);
        let children = fs::read_to_string(format!("/proc/{first}/task/{first}/children"));
        for child in children.expect("Linux lists children").split_whitespace() {
            send(signal, child);
        }
    }

    /// Starts the server under a small shell that ends it when our end of the pipe closes: that
    /// happens when this process ends, by whatever cause. A server that was frozen goes on first;
    /// one that was stopped is not there any more, and another may have its number.
    fn launch(&self) {
        const WATCH: &str = "\"$1\" -D \"$2\" -p \"$3\" -k \"$4\" -c listen_addresses=127.0.0.1 \
                             -c fsync=off -c max_connections=200 -c log_min_messages=fatal \
                             >\"$4/log\" 2>&1 </dev/null & \
                             server=$!; cat >/dev/null; \
                             if head -n 1 \"$2/postmaster.pid\" | grep -qx $server; then \
                             kill -CONT $server $(cat /proc/$server/task/$server/children); \
                             kill -INT $server; wait $server; fi; \
                             [ -e \"$2/postmaster.pid\" ] || rm -rf \"$4\"";
        let folder = &self.folder;
        let mut shell = command(Path::new("/bin/sh"), self.account, folder);
        shell
            .args(["-c", WATCH, "sh"])
            .arg(self.programs.join("postgres"))
            .arg(&self.data)
            .arg(self.port.to_string())
            .arg(folder)
            .stdin(Stdio::piped())
            .process_group(0);
        let child = shell.spawn().expect("/bin/sh starts");
        // Kept open, and closed by the system at our end.
        std::mem::forget(child);
        for _ in 0..300 {
            let ready = Command::new(self.programs.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()])
                .status();
            if ready.is_ok_and(|status| status.success()) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        let mut log = String::new();
        if let Ok(mut file) = fs::File::open(folder.join("log")) {
            // What cannot be read is not shown; the panic says enough.
            drop(file.read_to_string(&mut log));
        }
        panic!("PostgreSQL did not start within 30 s: {log}");
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://convoke@127.0.0.1:{}/{database}", self.port)
    }

    fn psql(&self, sql: &str) -> String {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args([
            "-X",
            "-q",
            "-A",
            "-t",
            "-v",
            "ON_ERROR_STOP=1",
            "-d",
            &self.url("postgres"),
        ]);
        psql.stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = psql.spawn().expect("psql starts");
        child
            .stdin
            .take()
            .expect("stdin is a pipe")
            .write_all(sql.as_bytes())
            .expect("psql reads");
        let output = child.wait_with_output().expect("psql ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "psql: {sql}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// The newest server's programs.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, folder)| folder.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop().map(|(_, folder)| folder).or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|folder| folder.join("initdb").exists())
    })
}

fn command(program: &Path, account: Option<Account>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("LC_ALL", "C");
    if let Some(account) = account {
        command.uid(account.user).gid(account.group);
    }
    command
}

fn run(command: &mut Command) {
    let output = command.output().expect("PostgreSQL's programs start");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}

fn send(signal: &str, process: &str) {
    // One that has just ended needs no signal.
    drop(Command::new("kill").args([signal, process]).output());
}
