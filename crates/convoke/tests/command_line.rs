//! The binary as a shell sees it: help, exit codes, one clear line for what is wrong.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use testkit::{ports::free_port, softphone::wait};

fn convoke(arguments: &[&str]) -> Output {
    convoke_in(&[], arguments)
}

/// With these variables in the environment, and none but these.
fn convoke_in(variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_convoke"))
        .env_clear()
        .envs(variables.iter().copied())
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
    fs::create_dir(&data).unwrap();
    let output = convoke(&["check", "--data-dir", &data.display().to_string()]);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}{}", text(&output.stderr));
    assert!(said.contains("database       ok"), "{said}");
}

#[test]
fn an_option_before_a_verb_is_refused_rather_than_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    for (arguments, verb, option) in [
        (
            &["--media-workers", "0", "serve", "--http", "nowhere"][..],
            "serve",
            "--media-workers",
        ),
        (&["--data-dir", &data, "user", "list"], "user", "--data-dir"),
        (&["--data-dir", &data, "check"], "check", "--data-dir"),
    ] {
        let output = convoke(arguments);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
        let first = error.lines().next().unwrap_or_default();
        assert!(
            first.contains(verb) && first.contains(option),
            "{arguments:?}: {error}"
        );
    }
    // From the environment they are for whatever verb it is.
    fs::create_dir(&data).unwrap();
    let variables = [("CONVOKE_DATA_DIR", data.as_str())];
    assert!(convoke_in(&variables, &["check"]).status.success());
    // And without a verb they are those of `serve`.
    let output = convoke(&["--http", "nowhere"]);
    assert!(text(&output.stderr).contains("--http: `nowhere`"));
}

#[test]
fn every_option_is_read_from_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let below = file.join("below").display().to_string();
    let data = folder.path().join("data").display().to_string();
    let wrong = [
        ("CONVOKE_DATA_DIR", below.as_str(), "--data-dir"),
        ("CONVOKE_CONFIG", &below, "--config"),
        ("CONVOKE_KEY_FILE", &below, "--key-file"),
        ("CONVOKE_HTTP", "nowhere", "--http"),
        ("CONVOKE_SIP", "nowhere", "--sip"),
        ("CONVOKE_MEDIA_PORTS", "9-3", "--media-ports"),
        ("CONVOKE_MEDIA_ADDRESS", "here", "--media-address"),
        ("CONVOKE_MEDIA_WORKERS", "0", "--media-workers"),
        ("CONVOKE_DATABASE", "mysql://x", "--database"),
        ("CONVOKE_SIP_DOMAIN", "a..b", "--sip-domain"),
        ("CONVOKE_SIP_DIGEST", "crc", "--sip-digest"),
        ("CONVOKE_GRACE_SECS", "long", "--grace-secs"),
        ("CONVOKE_LOG_FORMAT", "xml", "--log-format"),
        ("CONVOKE_LOG", "a=b=c", "--log"),
        ("CONVOKE_TRUSTED_PROXIES", "me", "--trusted-proxies"),
        (
            "CONVOKE_SIP_PRIVATE_TARGETS",
            "maybe",
            "--sip-private-targets",
        ),
        ("CONVOKE_AUDIT_KEPT_DAYS", "0", "--audit-kept-days"),
    ];
    for (variable, value, option) in wrong {
        let (http, sip) = (free_port().to_string(), free_port().to_string());
        let mut variables = vec![
            ("CONVOKE_DATA_DIR", data.as_str()),
            ("CONVOKE_HTTP", &http),
            ("CONVOKE_SIP", &sip),
        ];
        variables.retain(|(name, _)| *name != variable);
        variables.push((variable, value));
        let output = convoke_in(&variables, &["serve"]);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{variable}: {error}");
        assert!(error.contains(option), "{variable}: {error}");
    }
    let help = text(&convoke(&["serve", "--help"]).stdout);
    let named: BTreeSet<&str> = help
        .split(|c: char| !c.is_ascii_uppercase() && c != '_')
        .filter(|word| word.starts_with("CONVOKE_") && !word.contains("BOOTSTRAP"))
        .collect();
    let tried = wrong.iter().map(|(variable, ..)| *variable).collect();
    assert_eq!(named, tried);
}

#[test]
fn the_command_line_beats_the_environment_which_beats_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("convoke.toml");
    let data = folder.path().join("data");
    let lines = format!(
        "data_dir = {data:?}\nhttp = \"127.0.0.1:1\"\nsip = \"127.0.0.1:2\"\n\
         media_ports = \"30000-30009\"\n"
    );
    fs::write(&file, lines).unwrap();
    fs::create_dir(&data).unwrap();
    let file = file.display().to_string();
    let variables = [
        ("CONVOKE_CONFIG", file.as_str()),
        ("CONVOKE_HTTP", "127.0.0.1:3"),
        ("CONVOKE_SIP", "127.0.0.1:4"),
    ];
    let output = convoke_in(&variables, &["check", "--http", "127.0.0.1:5"]);
    let said = text(&output.stdout);
    assert!(output.status.success(), "{said}{}", text(&output.stderr));
    let first = said.lines().next().unwrap_or_default();
    assert_eq!(
        first,
        "configuration  ok: HTTP 127.0.0.1:5, SIP 127.0.0.1:4, media 30000–30009"
    );
    assert!(
        data.join("convoke.db").exists(),
        "the file's folder is used"
    );
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

impl Running {
    fn start(data: &str, password: &str) -> Self {
        Self::start_with(data, password, &[], Stdio::null())
    }

    fn start_with(data: &str, password: &str, arguments: &[&str], log: Stdio) -> Self {
        let http = free_port().to_string();
        let mut command = Command::new(env!("CARGO_BIN_EXE_convoke"));
        command
            .args(["serve", "--data-dir", data, "--http", &http])
            .args(["--sip", &free_port().to_string()])
            .args(arguments)
            .env("CONVOKE_BOOTSTRAP_PASSWORD", password)
            .stdout(Stdio::null())
            .stderr(log);
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

/// What a server logs that starts, lets somebody in and stops.
fn logged(folder: &Path, format: &str) -> String {
    let data = folder.join(format).display().to_string();
    let log = folder.join(format!("{format}.log"));
    let arguments = ["--log-format", format, "--log", "debug"];
    let stderr = File::create(&log).expect("a file can be made").into();
    let mut server = Running::start_with(&data, "correct-horse-battery", &arguments, stderr);
    assert!(server.sign_in("correct-horse-battery").is_some());
    let told = Command::new("kill")
        .args(["-TERM", &server.process.id().to_string()])
        .status();
    assert!(told.is_ok_and(|status| status.success()));
    let ended = wait(Duration::from_secs(20), || {
        server.process.try_wait().ok().flatten()
    });
    assert_eq!(ended.and_then(|status| status.code()), Some(0));
    fs::read_to_string(log).expect("the log can be read")
}

#[test]
fn a_log_in_json_has_one_object_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let objects = |log: &str| {
        log.lines()
            .map(|line| serde_json::from_str(line).unwrap_or_default())
            .collect::<Vec<serde_json::Value>>()
    };
    let log = logged(folder.path(), "json");
    let lines = objects(&log);
    assert!(lines.len() > 3, "{log}");
    for line in &lines {
        let has = |name: &str| line[name].is_string();
        assert!(has("timestamp") && has("level") && has("target"), "{log}");
    }
    let stop = |line: &serde_json::Value| line["fields"]["message"] == "told to stop";
    assert!(lines.iter().any(stop), "{log}");
    // As text, no line is one.
    let log = logged(folder.path(), "text");
    assert!(log.contains("told to stop"), "{log}");
    assert!(!objects(&log).iter().any(serde_json::Value::is_object));
}
