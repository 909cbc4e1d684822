//! What manifests cannot tell: who opens sockets, and which named crate nobody uses.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Kind, Package, TESTS};

/// Names that open sockets, of std and tokio alike, and whose they are.
const SOCKETS: &[(&str, &[&str])] = &[
    ("UdpSocket", &["switch"]),
    ("UnixDatagram", &[]),
    ("TcpSocket", &[]),
    ("TcpListener", &["switch", "web", "convoke"]),
    ("TcpStream", &["switch", "web"]),
    ("UnixListener", &["web", "convoke"]),
    ("UnixStream", &["convoke"]),
];

/// Packages whose library has another name.
const RENAMED: &[(&str, &str)] = &[("md-5", "md5")];

/// Looks into the sources of one crate.
pub fn check(package: &Package, faults: &mut Vec<String>) {
    let source = code(&package.folder.join("src"));
    if !TESTS.contains(&&*package.name) {
        faults.extend(sockets(&package.name, &source));
    }
    let all = code(&package.folder);
    for need in &package.needs {
        // What the product does not use itself belongs to the dev-dependencies.
        let place = match need.kind {
            Kind::Product => &source,
            Kind::Tests | Kind::Build => &all,
        };
        if !is_used(&need.name, place) {
            faults.push(format!(
                "{} → {}: named in Cargo.toml, used nowhere; remove it",
                package.name, need.name
            ));
        }
    }
}

fn sockets(package: &str, source: &str) -> Vec<String> {
    SOCKETS
        .iter()
        .filter(|(_, homes)| !homes.contains(&package))
        .filter(|(name, _)| words(source).any(|word| word == *name))
        .map(|(name, homes)| {
            format!(
                "{package}: `{name}` is for {}: sockets for SIP and RTP stay in switch",
                match homes {
                    [] => "nobody".to_owned(),
                    homes => homes.join(", "),
                }
            )
        })
        .collect()
}

/// A crate is used where a path begins with its name, or where it is taken in by that.
fn is_used(package: &str, source: &str) -> bool {
    let renamed = RENAMED.iter().find(|(name, _)| *name == package);
    let library = renamed.map_or_else(|| package.replace('-', "_"), |(_, name)| (*name).to_owned());
    let begins_path = |at: usize| {
        let before = source[..at].chars().next_back();
        let after = &source[at + library.len()..];
        let fresh = !before.is_some_and(|c| c.is_alphanumeric() || "_:".contains(c));
        fresh && (after.starts_with("::") || source[..at].ends_with("use ") && !is_word(after))
    };
    source
        .match_indices(&library)
        .any(|(at, _)| begins_path(at) || global(source, at))
}

/// `::name::`, a path from the root of all crates.
fn global(source: &str, at: usize) -> bool {
    let before = source[..at].strip_suffix("::");
    before.is_some_and(|before| !is_word(&before.chars().rev().collect::<String>()))
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

fn words(source: &str) -> impl Iterator<Item = &str> {
    source.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// Every Rust file of a folder, without the comments.
fn code(folder: &Path) -> String {
    let mut text = String::new();
    for file in files(folder) {
        let source = fs::read_to_string(file).unwrap_or_default();
        for line in source.lines() {
            if !line.trim_start().starts_with("//") {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    text
}

/// The Rust files below a folder; what is a crate of its own, such as a fuzz target, is not below.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() && !path.join("Cargo.toml").exists() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_used_by_the_paths_that_begin_with_it() {
        for (package, source, expect) in [
            ("md-5", "use md5::Digest;", true),
            ("serde_json", "let x = serde_json::json!({});", true),
            ("clap_complete", "use clap_complete;", true),
            ("metrics", "::metrics::counter!();", true),
            ("media", "use crate::media::MediaPlane;", false),
            ("media", "let multimedia::x = 1;", false),
            ("rand", "let rand = 1;", false),
            ("bytes", "use bytes_of::x;", false),
        ] {
            assert_eq!(is_used(package, source), expect, "{package}: {source}");
        }
    }

    #[test]
    fn sockets_are_opened_where_the_table_says() {
        let udp = "use tokio::net::UdpSocket;";
        assert!(sockets("switch", udp).is_empty());
        assert_eq!(sockets("services", udp).len(), 1);
        assert_eq!(sockets("convoke", udp).len(), 1);
        let tcp = "std::net::TcpListener::bind(at)";
        assert!(sockets("web", tcp).is_empty());
        assert_eq!(sockets("calls", tcp).len(), 1);
        assert!(sockets("calls", "struct MyUdpSockets;").is_empty());
    }
}
