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
