//! Which crate may know which: a crate exists because it forbids something.

use std::{collections::BTreeMap, path::Path, process::Command};

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
];

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

/// Sans-IO crates: what they may never link.
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

/// Reads `cargo metadata` and compares.
pub fn check(root: &Path) -> Result<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version=1"])
        .current_dir(root)
        .output()
        .map_err(|error| vec![format!("cargo metadata did not run: {error}")])?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)
        .map_err(|error| vec![format!("cargo metadata could not be read: {error}")])?;
    let packages = dependencies(&metadata);
    let faults = compare(&packages);
    if faults.is_empty() {
        Ok(format!("check-deps: {} crates", packages.len()))
    } else {
        Err(faults)
    }
}

/// Package → names of its normal dependencies, `convoke-` cut off.
fn dependencies(metadata: &serde_json::Value) -> BTreeMap<String, Vec<String>> {
    let short = |name: &serde_json::Value| {
        name.as_str()
            .unwrap_or_default()
            .trim_start_matches("convoke-")
            .to_owned()
    };
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    list(&metadata["packages"])
        .iter()
        .map(|package| {
            let needs = list(&package["dependencies"])
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| short(&dependency["name"]))
                .collect();
            (short(&package["name"]), needs)
        })
        .collect()
}

fn compare(packages: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut faults = Vec::new();
    for (package, needs) in packages {
        let allowed = ALLOWED
            .iter()
            .find(|(name, _)| name == package)
            .map(|(_, allowed)| *allowed);
        for need in needs {
            let ours = packages.contains_key(need);
            if need == "testkit" && package != "e2e" {
                faults.push(format!("{package} → testkit: testkit is for tests only"));
            } else if ours && allowed.is_some_and(|allowed| !allowed.contains(&need.as_str())) {
                faults.push(format!(
                    "{package} → {need}: not in the table of ARCHITECTURE.md"
                ));
            }
            for (library, home, reason) in ONLY {
                if need == library && package != home && package != "testkit" && package != "e2e" {
                    faults.push(format!("{package} → {library}: {reason}"));
                }
            }
            if NO_IO.contains(&package.as_str()) && IO.contains(&need.as_str()) {
                faults.push(format!("{package} → {need}: {package} is sans-IO"));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(package: &str, need: &str) -> usize {
        let mut packages: BTreeMap<String, Vec<String>> = ALLOWED
            .iter()
            .map(|(name, _)| ((*name).to_owned(), Vec::new()))
            .collect();
        packages.insert("testkit".to_owned(), Vec::new());
        packages.insert(package.to_owned(), vec![need.to_owned()]);
        compare(&packages).len()
    }

    #[test]
    fn the_table_is_kept() {
        assert_eq!(check("calls", "sip"), 0);
        assert_eq!(check("web", "sip"), 1);
        assert_eq!(check("sip", "model"), 1);
        assert_eq!(check("calls", "tokio"), 1);
        assert_eq!(check("web", "sea-orm"), 1);
        assert_eq!(check("web", "testkit"), 1);
    }
}
