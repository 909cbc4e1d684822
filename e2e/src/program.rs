//! Programs of the machine, and the binary under test.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

/// A program of the machine, ready to be given arguments.
///
/// # Panics
/// If it is not installed, with a sentence that says how to get it.
#[must_use]
pub fn command(program: &str, package: &str) -> Command {
    let found = std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    });
    assert!(
        found,
        "{program} is needed for this test: install it with `apt-get install {package}`"
    );
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    command
}

/// The `convoke` binary of the build that this test belongs to.
///
/// # Panics
/// If it has not been built.
#[must_use]
pub fn convoke() -> PathBuf {
    let own = std::env::current_exe().expect("a running program knows its file");
    let binary = own
        .parent()
        .and_then(|deps| deps.parent())
        .map(|folder| folder.join("convoke"))
        .expect("a test lies in target/PROFILE/deps");
    assert!(
        binary.is_file(),
        "{} is missing: run `cargo build -p convoke` first",
        binary.display()
    );
    binary
}

/// A file or folder of the source tree.
#[must_use]
pub fn source(path: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(path)
}
