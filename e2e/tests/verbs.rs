//! The verbs of the command line on the server that runs: what they do and what they print.

use std::{process::Command, time::Duration};

use e2e::{
    scene::{Scene, rows},
    server::Server,
};
use serde_json::Value;
use testkit::softphone::{Phone, Settings, wait};

/// What a verb printed that was carried out.
#[track_caller]
fn said(server: &Server, arguments: &[&str]) -> String {
    let output = server.verb(arguments);
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {error}");
    words
}

/// The same with `--json`.
#[track_caller]
fn json(server: &Server, arguments: &[&str]) -> Value {
    let words = said(server, &[arguments, &["--json"]].concat());
    serde_json::from_str(&words).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {words}"))
}

/// The word after this name, on its line.
#[track_caller]
fn word<'a>(words: &'a str, name: &str) -> &'a str {
    let line = words.lines().find_map(|line| line.split_once(name));
    line.and_then(|(_, rest)| rest.split_whitespace().next())
        .unwrap_or_else(|| panic!("no `{name}` in {words}"))
}

#[test]
fn a_user_is_made_found_shown_and_deleted() {
    let server = Server::start();
    let make = [
        "user",
        "create",
        "--first-name",
        "Anna",
        "--last-name",
        "Berg",
        "--email",
        "anna@example.com",
        "--extension",
        "201",
    ];
    let made = said(&server, &make);
    // What is printed is all that a phone needs.
    let (username, password) = (word(&made, "SIP username"), word(&made, "SIP password"));
    assert_eq!(word(&made, "SIP domain"), "main.convoke.internal");
    let phone = Phone::start(Settings::new(server.sip, username, password));
    assert_eq!(phone.expect("a free port").register(), Ok(()));

    let made = json(
        &server,
        &[
            "user",
            "create",
            "--first-name",
            "Ben",
            "--last-name",
            "Cole",
            "--email",
            "ben@example.com",
            "--extension",
            "202",
            "--role",
            "operator",
        ],
    );
    let ben = made["id"].as_str().expect("an id");
    assert_eq!(made["role"], "operator");
    assert!(made["device"]["sip"]["password"].is_string());

    let list = said(&server, &["user", "list"]);
    assert!(
        list.starts_with("EXTENSION") && list.contains("Anna") && list.contains("ben@example.com"),
        "{list}"
    );
    assert!(list.trim_end().ends_with("2 of 2"), "{list}");
    let found = json(&server, &["user", "list", "-q", "ben"]);
    assert_eq!(found["total"], 1);
    assert_eq!(found["items"][0]["id"], ben);
    for name in ["202", ben] {
        assert_eq!(json(&server, &["user", "show", name])["id"], ben);
        assert!(said(&server, &["user", "show", name]).contains("ben@example.com"));
    }

    let deleted = json(&server, &["user", "delete", ben]);
    assert_eq!(deleted["deleted"], ben);
    assert_eq!(said(&server, &["user", "delete", "201"]), "deleted\n");
    assert_eq!(json(&server, &["user", "list"])["total"], 0);
    let again = server.verb(&["user", "show", "201"]);
    assert_eq!(again.status.code(), Some(1));
}

#[test]
fn a_conference_is_run_from_the_command_line() {
    let scene = Scene::with_people(Server::start(), 3);
    let server = &scene.server;
    let _phones: Vec<Phone> = (0..3).map(|index| scene.phone(index, 440.0)).collect();
    let room = said(
        server,
        &[
            "conference",
            "create-room",
            "--number",
            "800",
            "--name",
            "Board",
        ],
    );
    assert!(room.contains("Board"), "{room}");
    let other = ["conference", "create-room", "--number", "801", "--name"];
    let other = json(server, &[&other[..], &["Other"]].concat());
    assert_eq!(other["number"], "801");
    let rooms = said(server, &["conference", "rooms"]);
    assert!(rooms.contains("800") && rooms.trim_end().ends_with("2 of 2"));
    assert_eq!(json(server, &["conference", "rooms"])["total"], 2);

    let started = ["conference", "start", "800", "202", "--host", "201"];
    let started = json(server, &started);
    let id = started["id"].as_str().expect("an id");
    assert_eq!(rows(&started).len(), 2, "{started:#}");
    let _ = scene.wait_joined(id, 2);
    let invited = said(server, &["conference", "invite", id, "203"]);
    assert!(invited.contains("203"), "{invited}");
    let _ = scene.wait_joined(id, 3);

    let list = said(server, &["conference", "list"]);
    assert!(list.contains(id) && list.trim_end().ends_with("1 of 1"));
    assert!(list.contains("800") && list.contains("Board"), "{list}");
    let list = json(server, &["conference", "list", "--customer", "main"]);
    assert_eq!(list["items"][0]["id"], id);
    let shown = said(server, &["conference", "show", id]);
    assert!(shown.starts_with(&format!("{id} running\n")), "{shown}");
    assert_eq!(shown.matches("joined").count(), 3, "{shown}");

    let muted = json(server, &["conference", "mute-all", id]);
    let muted = rows(&muted).iter().filter(|row| row["muted"] == true);
    assert_eq!(muted.count(), 2, "all but the host");
    let locked = said(server, &["conference", "lock", "800"]);
    assert!(locked.starts_with(&format!("{id} running, locked\n")));
    assert_eq!(json(server, &["conference", "unlock", id])["locked"], false);
    let nowhere = server.verb(&["conference", "end", "801"]);
    assert!(!nowhere.status.success());
    let why = String::from_utf8_lossy(&nowhere.stderr).into_owned();
    assert!(
        why.contains("no conference runs in a room with the number 801"),
        "{why}"
    );
    let _ = said(server, &["conference", "end", "800"]);
    let ended = wait(Duration::from_secs(10), || {
        let shown = json(server, &["conference", "show", id]);
        (shown["state"] == "ended").then_some(())
    });
    assert!(ended.is_some(), "{:#}", scene.conference(id));
    assert_eq!(json(server, &["conference", "list"])["total"], 0);
}

/// `head` takes what it wants and goes; nobody is told of a fault.
#[test]
fn a_reader_who_has_had_enough_is_no_fault() {
    // Nobody reads at all: `true` has gone when the first line is written.
    let line = "\"$0\" completions bash | true; echo \"${PIPESTATUS[0]}\"";
    let output = Command::new("bash")
        .args(["-c", line])
        .arg(e2e::program::convoke())
        .output()
        .expect("a shell");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said, "");
    assert_eq!(output.stdout, b"0\n");
}
