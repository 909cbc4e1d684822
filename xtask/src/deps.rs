//! Which crate may know which: a crate exists because it forbids something.

mod sources;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What each crate may know, its own tests included.
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("sip", &[]),
    ("media", &[]),
    ("calls", &["model", "sip", "media"]),
    ("store", &["model"]),
    ("jobs", &["model", "store"]),
    ("services", &["model", "store", "jobs"]),
    ("web", &["model", "services"]),
    ("switch", &["model", "sip", "media", "calls", "services"]),
    (
        "convoke",
        &[
            "model", "sip", "media", "calls", "store", "jobs", "services", "web", "switch",
        ],
    ),
    ("testkit", &["sip", "media"]),
    ("bench", &["model", "store", "testkit"]),
    ("e2e", &["testkit"]),
    ("xtask", &[]),
];

/// What only its tests may know besides; `testkit` is for the tests of all.
const IN_TESTS: &[(&str, &[&str])] = &[("web", &["store"])];

/// Libraries that only one crate may name, each with its reason.
const ONLY: &[(&str, &str, &str)] = &[
    ("sea-orm", "store", "SQL and the ORM stay in store"),
    (
        "sea-orm-migration",
        "store",
        "SQL and the ORM stay in store",
    ),
    ("axum", "web", "HTTP stays in web"),
    (
        "socket2",
        "switch",
        "sockets for SIP and RTP stay in switch",
    ),
    ("opus", "media", "codecs stay in media"),
];

/// Crates that are no part of the product.
const TESTS: &[&str] = &["testkit", "bench", "e2e", "xtask"];

/// Sans-IO crates: what they may never link, in their tests neither.
const NO_IO: &[&str] = &["model", "sip", "media", "calls"];
const IO: &[&str] = &[
    "tokio",
    "mio",
    "socket2",
    "libc",
    "rand",
    "async-std",
    "reqwest",
];

/// A crate of the workspace.
#[derive(Debug, Clone)]
struct Package {
    name: String,
    folder: PathBuf,
    needs: Vec<Need>,
}

/// A crate that another names in its manifest, `convoke-` cut off.
#[derive(Debug, Clone)]
struct Need {
    name: String,
    kind: Kind,
}

/// What it is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Product,
    Tests,
    Build,
}

/// Reads `cargo metadata` and the sources, and compares.
pub fn check(root: &Path) -> Result<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1"])
        .current_dir(root)
        .output()
        .map_err(|error| vec![format!("cargo metadata did not run: {error}")])?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| vec![format!("cargo metadata could not be read: {error}")])?;
    let manifest = fs::read_to_string(root.join("Cargo.toml"))
        .map_err(|error| vec![format!("Cargo.toml could not be read: {error}")])?;
    let packages = packages(&metadata);
    let mut faults = compare(&packages);
    faults.extend(nobody_needs(&manifest, &packages));
    for package in &packages {
        sources::check(package, &mut faults);
    }
    if faults.is_empty() {
        Ok(format!("check-deps: {} crates", packages.len()))
    } else {
        Err(faults)
    }
}

fn packages(metadata: &serde_json::Value) -> Vec<Package> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let short = |name: &serde_json::Value| text(name).trim_start_matches("convoke-").to_owned();
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let need = |dependency: &serde_json::Value| Need {
        name: short(&dependency["name"]),
        kind: match dependency["kind"].as_str() {
            Some("dev") => Kind::Tests,
            Some("build") => Kind::Build,
            _ => Kind::Product,
        },
    };
    list(&metadata["packages"])
        .iter()
        .map(|package| Package {
            name: short(&package["name"]),
            folder: Path::new(&text(&package["manifest_path"]))
                .parent()
                .map_or_else(PathBuf::new, Path::to_path_buf),
            needs: list(&package["dependencies"]).iter().map(need).collect(),
        })
        .collect()
}

fn compare(packages: &[Package]) -> Vec<String> {
    let mut faults = Vec::new();
    let ours: Vec<&str> = packages.iter().map(|package| &*package.name).collect();
    for package in packages {
        let name = &*package.name;
        if row(ALLOWED, name).is_none() {
            faults.push(format!("{name}: not in the table of `cargo xtask`"));
        }
        for need in &package.needs {
            let of = |table| row(table, name).is_some_and(|row| row.contains(&&*need.name));
            let in_tests = need.kind == Kind::Tests && (need.name == "testkit" || of(IN_TESTS));
            if ours.contains(&&*need.name) && !of(ALLOWED) && !in_tests {
                faults.push(format!(
                    "{name} → {}: not in the table of ARCHITECTURE.md",
                    need.name
                ));
            }
            for (library, home, reason) in ONLY {
                if need.name == *library && name != *home && !TESTS.contains(&name) {
                    faults.push(format!("{name} → {library}: {reason}"));
                }
            }
            if NO_IO.contains(&name) && IO.contains(&&*need.name) {
                faults.push(format!("{name} → {}: {name} is sans-IO", need.name));
            }
        }
    }
    faults
}

fn row<'a>(table: &'a [(&str, &'a [&'a str])], name: &str) -> Option<&'a [&'a str]> {
    let row = table.iter().find(|(package, _)| *package == name);
    row.map(|(_, allowed)| *allowed)
}

/// Libraries for all that no crate takes.
fn nobody_needs(manifest: &str, packages: &[Package]) -> Vec<String> {
    let needed: BTreeMap<&str, ()> = packages
        .iter()
        .flat_map(|package| &package.needs)
        .map(|need| (&*need.name, ()))
        .collect();
    manifest
        .lines()
        .skip_while(|line| *line != "[workspace.dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split_once(" = "))
        .filter(|(name, _)| !needed.contains_key(name))
        .map(|(name, _)| format!("Cargo.toml: no crate needs `{name}`; remove it"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, needs: &[(&str, Kind)]) -> Package {
        Package {
            name: name.to_owned(),
            folder: PathBuf::new(),
            needs: needs
                .iter()
                .map(|(name, kind)| Need {
                    name: (*name).to_owned(),
                    kind: *kind,
                })
                .collect(),
        }
    }

    fn check(name: &str, need: &str, kind: Kind) -> usize {
        let mut packages: Vec<Package> = ALLOWED
            .iter()
            .map(|(other, _)| package(other, &[]))
            .filter(|other| other.name != name)
            .collect();
        packages.push(package(name, &[(need, kind)]));
        compare(&packages).len()
    }

    #[test]
    fn the_table_is_kept() {
        let product = |name, need| check(name, need, Kind::Product);
        assert_eq!(product("calls", "sip"), 0);
        assert_eq!(product("web", "sip"), 1);
        assert_eq!(product("sip", "model"), 1);
        assert_eq!(product("calls", "tokio"), 1);
        assert_eq!(product("web", "sea-orm"), 1);
        assert_eq!(product("web", "testkit"), 1);
        assert_eq!(product("convoke", "testkit"), 1);
        assert_eq!(product("testkit", "store"), 1);
        assert_eq!(product("testkit", "media"), 0);
        assert_eq!(product("e2e", "testkit"), 0);
        assert_eq!(product("unheard-of", "serde"), 1);
    }

    #[test]
    fn tests_know_testkit_and_what_the_table_says() {
        let tests = |name, need| check(name, need, Kind::Tests);
        assert_eq!(tests("store", "testkit"), 0);
        assert_eq!(tests("web", "store"), 0);
        assert_eq!(tests("switch", "store"), 1);
        assert_eq!(tests("calls", "services"), 1);
        assert_eq!(tests("calls", "tokio"), 1);
        assert_eq!(tests("web", "socket2"), 1);
    }

    #[test]
    fn what_no_crate_needs_is_found() {
        let manifest = "[workspace.dependencies]\nslab = \"0.4\"\nrand = \"0.10\"\n\n[x]\ny = 1\n";
        let packages = [package("convoke", &[("rand", Kind::Product)])];
        let found = nobody_needs(manifest, &packages);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("`slab`"), "{found:?}");
    }
}
