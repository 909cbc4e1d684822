//! Size and wording budgets of `ARCHITECTURE.md`, over every file that git knows.

use std::{fs, path::Path, process::Command};

/// A file longer than this has more than one subject.
const MOST_LINES: usize = 800;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &[
    "utils", "util", "helpers", "helper", "common", "manager", "misc",
];

/// Checks all files that git tracks, or would track.
pub fn check(root: &Path) -> Result<String, Vec<String>> {
    let files = tracked(root)?;
    let mut faults = Vec::new();
    for file in &files {
        let path = root.join(file);
        check_name(file, &mut faults);
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        check_text(file, &text, &mut faults);
    }
    check_paths(root, "ARCHITECTURE.md", &mut faults);
    if faults.is_empty() {
        Ok(format!("tidy: {} files", files.len()))
    } else {
        Err(faults)
    }
}

fn tracked(root: &Path) -> Result<Vec<String>, Vec<String>> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .map_err(|error| vec![format!("git ls-files did not run: {error}")])?;
    if !output.status.success() {
        return Err(vec![
            "tidy needs a git checkout to know which files are ours".to_owned(),
        ]);
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_owned)
        .collect())
}

fn is_code(file: &str) -> bool {
    [".rs", ".ts", ".tsx", ".css", ".mjs", ".js"]
        .iter()
        .any(|ending| file.ends_with(ending))
}

fn check_name(file: &str, faults: &mut Vec<String>) {
    if !is_code(file) {
        return;
    }
    let path = Path::new(file);
    let stem = path
        .file_stem()
        .and_then(|s| s.to_str())
        .unwrap_or_default();
    let folder = path
        .parent()
        .and_then(|p| p.file_name())
        .and_then(|s| s.to_str())
        .unwrap_or_default();
    for name in [stem, folder] {
        if EMPTY_NAMES.contains(&name) {
            faults.push(format!(
                "{file}: `{name}` says nothing; name it after what it holds"
            ));
        }
    }
}

fn check_text(file: &str, text: &str, faults: &mut Vec<String>) {
    let generated = file.ends_with("schema.d.ts") || file.ends_with("schema.ts");
    if is_code(file) && !generated {
        let lines = text.lines().count();
        if lines > MOST_LINES {
            faults.push(format!(
                "{file}: {lines} lines; at most {MOST_LINES}, better 400"
            ));
        }
    }
    // Spelt apart, so that this file does not name itself.
    let words = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("todo", "!("),
        concat!("unimple", "mented!("),
    ];
    let machine = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/fa", "rm/"),
    ];
    let prose = is_code(file) || file.ends_with(".md") || file.ends_with(".ftl");
    for (index, line) in text.lines().enumerate() {
        let at = index + 1;
        if is_code(file) {
            for word in words {
                if line.contains(word) {
                    faults.push(format!("{file}:{at}: `{word}`: do it, or leave it out"));
                }
            }
        }
        if prose && machine.iter().any(|path| line.contains(path)) {
            faults.push(format!("{file}:{at}: a path of somebody's machine"));
        }
        if file.ends_with("package-lock.json") && line.contains("\"resolved\"") {
            faults.push(format!(
                "{file}:{at}: names a registry host; see portal/.npmrc"
            ));
        }
    }
}

/// Every path that the document names in backquotes must exist.
fn check_paths(root: &Path, document: &str, faults: &mut Vec<String>) {
    let Ok(text) = fs::read_to_string(root.join(document)) else {
        faults.push(format!("{document} is missing"));
        return;
    };
    for quoted in text.split('`').skip(1).step_by(2) {
        let looks_like_path = quoted.contains('/')
            && !quoted.contains(|c: char| c.is_whitespace() || "{}<>*$:(".contains(c))
            && !quoted.starts_with('/');
        if looks_like_path && !root.join(quoted).exists() {
            faults.push(format!("{document}: `{quoted}` does not exist"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(file: &str, text: &str) -> usize {
        let mut faults = Vec::new();
        check_name(file, &mut faults);
        check_text(file, text, &mut faults);
        faults.len()
    }

    #[test]
    fn long_files_and_empty_names_are_found() {
        assert_eq!(faults("crates/a/src/utils.rs", ""), 1);
        assert_eq!(faults("crates/a/src/common/x.rs", ""), 1);
        assert_eq!(faults("crates/a/src/x.rs", &"\n".repeat(801)), 1);
        assert_eq!(faults("crates/a/src/x.rs", &"\n".repeat(800)), 0);
    }

    #[test]
    fn words_that_postpone_are_found() {
        assert_eq!(faults("crates/a/src/x.rs", concat!("// TO", "DO later")), 1);
        assert_eq!(faults("docs/x.md", concat!("see /ro", "ot/x")), 1);
        assert_eq!(faults("portal/package-lock.json", "\"resolved\": \"x\""), 1);
    }
}
