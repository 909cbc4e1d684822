//! The binary as a shell sees it: help, exit codes, one clear line for what is wrong.

use std::process::{Command, Output};

fn convoke(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_convoke"))
        .args(arguments)
        .output()
        .expect("the binary can be started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn help_names_every_verb_and_option() {
    let verbs = text(&convoke(&["--help"]).stdout);
    for verb in ["serve", "user", "conference", "admin", "check"] {
        assert!(verbs.contains(verb), "{verb} is missing in:\n{verbs}");
    }
    let options = text(&convoke(&["serve", "--help"]).stdout);
    for option in [
        "--data-dir",
        "--http",
        "--sip",
        "--media-ports",
        "--media-address",
        "--database",
        "--config",
        "--sip-digest",
        "--key-file",
    ] {
        assert!(
            options.contains(option),
            "{option} is missing in:\n{options}"
        );
    }
}

#[test]
fn a_bad_option_is_named_on_one_line_with_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let output = convoke(&[
        "serve",
        "--media-ports",
        "5-1",
        "--data-dir",
        &data.display().to_string(),
    ]);
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(
        error.contains("--media-ports") && error.trim().lines().count() == 1,
        "{error}"
    );
    assert!(!data.exists(), "nothing is written");
}

#[test]
fn a_verb_without_a_server_says_how_to_start_one() {
    let folder = tempfile::tempdir().unwrap();
    let output = convoke(&[
        "user",
        "list",
        "--data-dir",
        &folder.path().display().to_string(),
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("convoke serve"));
}

#[test]
fn check_finds_a_fresh_folder_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let output = convoke(&["check", "--data-dir", &data.display().to_string()]);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}{}", text(&output.stderr));
    assert!(said.contains("database       ok"), "{said}");
}

/// A server on a folder of its own, ended with the test.
struct Running {
    process: std::process::Child,
    http: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    address.to_string()
}

impl Running {
    fn start(data: &str, password: &str) -> Self {
        let http = free_port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_convoke"));
        command
            .args(["serve", "--data-dir", data, "--http", &http])
            .args(["--sip", &free_port()])
            .env("CONVOKE_BOOTSTRAP_PASSWORD", password)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null());
        let process = command.spawn().expect("the binary can be started");
        let running = Self { process, http };
        for _ in 0..300 {
            if running
                .ask("GET /readyz", "", "")
                .starts_with("HTTP/1.1 200")
            {
                return running;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        panic!("the server never became ready");
    }

    /// The answer as it comes; nothing while nobody listens.
    fn ask(&self, what: &str, headers: &str, body: &str) -> String {
        use std::io::{Read, Write};
        let Ok(mut stream) = std::net::TcpStream::connect(&self.http) else {
            return String::new();
        };
        let length = body.len();
        let request = format!(
            "{what} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n{headers}\r\n{body}",
            self.http
        );
        let mut answer = Vec::new();
        stream.write_all(request.as_bytes()).expect("it listens");
        // A connection that ends early has said what it had to say.
        let _end = stream.read_to_end(&mut answer);
        text(&answer)
    }

    /// The session's cookie.
    fn sign_in(&self, password: &str) -> Option<String> {
        let body =
            format!("{{\"account_name\":\"\",\"username\":\"admin\",\"password\":\"{password}\"}}");
        let answer = self.ask("POST /api/v1/session", "", &body);
        let cookie = answer
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "))?;
        Some(cookie.split(';').next()?.to_owned())
    }
}

#[test]
fn a_reset_password_holds_at_once_in_the_server_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let server = Running::start(&data, "correct-horse-battery");
    let cookie = server.sign_in("correct-horse-battery").expect("signed in");
    let me = || server.ask("GET /api/v1/me", &format!("cookie: {cookie}\r\n"), "");
    assert!(me().starts_with("HTTP/1.1 200"), "{}", me());
    let output = convoke(&["admin", "reset-password", "--data-dir", &data]);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}{}", text(&output.stderr));
    let password = said.rsplit(' ').next().unwrap().trim();
    assert!(me().starts_with("HTTP/1.1 401"), "the session goes on");
    assert!(server.sign_in("correct-horse-battery").is_none());
    assert!(server.sign_in(password).is_some(), "{said}");
    let other = convoke(&[
        "conference",
        "rooms",
        "--customer",
        "nobody",
        "--data-dir",
        &data,
    ]);
    assert!(text(&other.stderr).contains("no customer `nobody`"));
    let missing = convoke(&["user", "show", "999", "--data-dir", &data]);
    assert!(text(&missing.stderr).contains("no user has the extension 999"));
}
