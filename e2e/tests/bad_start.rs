//! What a server says that cannot start, and how one ends that is told to.

use std::{
    fs,
    net::{TcpListener, UdpSocket},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    time::Duration,
};

use e2e::{program, scene::Scene, server::Server};
use tempfile::TempDir;
use testkit::{ports::free_port, softphone::wait};

/// Ports that no other test uses.
const MEDIA: (u16, u16) = (31_000, 31_003);

/// `convoke serve` on a new folder of `home` and free ports, with these arguments as well.
fn serve(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program::convoke());
    command
        .arg("serve")
        .current_dir(home)
        .env_clear()
        .stdin(Stdio::null());
    let given = |option: &str| arguments.contains(&option);
    for (option, value) in [
        ("--http", free_port().to_string()),
        ("--sip", free_port().to_string()),
        ("--data-dir", "data".to_owned()),
    ] {
        if !given(option) {
            command.args([option, &value]);
        }
    }
    let child = command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.expect("the binary can be run");
    if wait(Duration::from_secs(20), || child.try_wait().ok().flatten()).is_none() {
        let _ = child.kill();
        panic!("it started in spite of {arguments:?}");
    }
    child
        .wait_with_output()
        .expect("our own child can be waited for")
}

/// Everything in a folder and the folders in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).expect("the folder can be read");
    for entry in entries.map(|entry| entry.expect("an entry can be read").path()) {
        if entry.is_dir() {
            found.extend(files(&entry));
        }
        found.push(entry);
    }
    found.sort();
    found
}

/// One line that holds these words, exit code 2, and nothing left behind.
#[track_caller]
fn check(home: &TempDir, arguments: &[&str], words: &[&str]) {
    let before = files(home.path());
    let output = serve(home.path(), arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    let lines: Vec<&str> = said
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    // The command line's own parser adds its usage below the line that counts.
    let usage = said.contains("--help");
    assert!(
        lines.len() == 1 || usage,
        "{arguments:?} is answered by more than a line: {said}"
    );
    for word in words {
        assert!(
            lines[0].contains(word),
            "{arguments:?}: `{word}` is missing in: {}",
            lines[0]
        );
    }
    assert_eq!(
        files(home.path()),
        before,
        "{arguments:?} left something behind"
    );
}

#[test]
fn a_second_server_on_one_folder() {
    let server = Server::start();
    let home = tempfile::tempdir().expect("a temporary folder");
    let folder = server.data_dir().display().to_string();
    check(
        &home,
        &["--data-dir", &folder],
        &["--data-dir", "another server"],
    );
    assert!(server.is_healthy());
}

#[test]
fn a_wrong_start_names_the_option_and_writes_nothing() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let http = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let http = http
        .local_addr()
        .map(|address| (http, address.to_string()))
        .expect("an address");
    check(&home, &["--http", &http.1], &["--http", &http.1]);
    let udp = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let address = udp.local_addr().expect("an address").to_string();
    check(&home, &["--sip", &address], &["--sip", &address]);
    check(&home, &["--http", "nowhere"], &["--http", "nowhere"]);
    check(&home, &["--sip", "127.0.0.1"], &["--sip", "127.0.0.1"]);
    check(&home, &["--media-ports", "9-3"], &["--media-ports", "9-3"]);
    check(
        &home,
        &["--media-address", "here"],
        &["--media-address", "here"],
    );
    check(&home, &["--sip-digest", "crc"], &["--sip-digest", "crc"]);
    check(&home, &["--audit-kept-days", "0"], &["--audit-kept-days"]);
    check(
        &home,
        &["--database", "mysql://x"],
        &["--database", "mysql"],
    );
    check(&home, &["--config", "no.toml"], &["--config", "no.toml"]);
    check(&home, &["--no-such-option"], &["--no-such-option"]);

    fs::write(home.path().join("bad.toml"), "htttp = \"127.0.0.1:1\"\n")
        .expect("a file can be written");
    check(
        &home,
        &["--config", "bad.toml"],
        &["--config", "bad.toml", "htttp"],
    );
    fs::write(home.path().join("worse.toml"), "http = [\n").expect("a file can be written");
    check(
        &home,
        &["--config", "worse.toml"],
        &["--config", "worse.toml"],
    );
    fs::write(home.path().join("file"), "").expect("a file can be written");
    check(&home, &["--data-dir", "file"], &["--data-dir", "file"]);
    check(
        &home,
        &["--database", "sqlite:no/such/folder/x.db"],
        &["--database"],
    );
}

#[test]
fn a_folder_that_can_hold_no_socket_is_named_before_anything_is_written() {
    let home = tempfile::tempdir().expect("a temporary folder");
    // The path of a Unix socket has 107 octets at most.
    let long = format!("{}/data", "long".repeat(30));
    check(&home, &["--data-dir", &long], &["--data-dir", &long]);
    let taken = home.path().join("taken");
    fs::create_dir_all(taken.join("control.sock")).expect("a folder can be made");
    check(
        &home,
        &["--data-dir", "taken"],
        &["--data-dir", "control.sock"],
    );
}

#[test]
fn media_ports_that_others_hold_are_named_before_anything_is_written() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let held: Vec<UdpSocket> = (MEDIA.0..=MEDIA.1)
        .map(|port| UdpSocket::bind(("127.0.0.1", port)).expect("the port is free"))
        .collect();
    let ports = format!("{}-{}", MEDIA.0, MEDIA.1);
    check(
        &home,
        &["--media-ports", &ports],
        &["--media-ports", &ports, "127.0.0.1"],
    );
    drop(held);
}

#[test]
fn a_database_that_cannot_be_reached_is_named() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let nobody = free_port();
    let url = format!("postgres://convoke:hidden-word@{nobody}/x");
    check(&home, &["--database", &url], &["--database"]);
    check(
        &home,
        &["--database", &url, "--data-dir", "a/b/c"],
        &["--database"],
    );
    let output = serve(home.path(), &["--database", &url]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !said.contains("hidden-word"),
        "the database's password is shown: {said}"
    );
}

#[test]
fn a_missing_key_is_named_while_the_database_needs_it() {
    let mut scene = Scene::with_people(Server::start(), 1);
    assert_eq!(
        scene.server.stop().code(),
        Some(0),
        "SIGTERM is a good end: {}",
        scene.server.log()
    );
    let data = scene.server.data_dir();
    let (key, away) = (data.join("secret.key"), scene.server.folder().join("away"));
    fs::rename(&key, &away).expect("the key can be moved");
    let data_dir = data.to_string_lossy();
    let output = serve(scene.server.folder(), &["--data-dir", &data_dir]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    let last = said.lines().last().unwrap_or_default();
    assert!(
        last.contains("secret.key") && last.contains("--key-file"),
        "{said}"
    );
    assert!(
        !key.exists(),
        "a new key would make the secrets unreadable for good"
    );
    fs::rename(&away, &key).expect("the key can be moved back");
    scene.server.start_again();
    drop(scene.phone(0, 0.0));
}

/// A check of what is not there says so, and makes nothing.
#[test]
fn a_mistyped_folder_is_not_well() {
    let home = TempDir::new().expect("a folder");
    let output = Command::new(program::convoke())
        .args(["check", "--data-dir", "nope"])
        .current_dir(home.path())
        .env_clear()
        .output()
        .expect("the binary can be run");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("--data-dir nope: there is no such folder"),
        "{said}"
    );
    assert_eq!(files(home.path()), Vec::<PathBuf>::new());
}
