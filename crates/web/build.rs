//! Bundles the portal when it is stale, and makes a table of its files for the binary.
//!
//! `CONVOKE_PORTAL_DIST` names a bundle that was made before; then nothing is built.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::SystemTime,
};

use flate2::{Compression, write::GzEncoder};

/// What the bundle is made from.
const INPUTS: [&str; 8] = [
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "tsconfig.json",
    "public",
    "scripts",
    "src",
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            println!("cargo::error={sentence}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CONVOKE_PORTAL_DIST");
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let dist = match env::var_os("CONVOKE_PORTAL_DIST") {
        Some(dist) => PathBuf::from(dist),
        None => bundle(&here.join("../../portal"))?,
    };
    if !dist.join("index.html").is_file() {
        return Err(format!(
            "{} has no index.html: it is not a bundle of the portal",
            dist.display()
        ));
    }
    println!("cargo::rerun-if-changed={}", dist.display());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    write_table(&dist, &out).map_err(|error| format!("embed the portal's files: {error}"))
}

/// Makes the bundle if anything that it is made from is newer.
fn bundle(portal: &Path) -> Result<PathBuf, String> {
    let dist = portal.join("dist");
    let mut newest = SystemTime::UNIX_EPOCH;
    for input in INPUTS {
        let input = portal.join(input);
        if input.exists() {
            println!("cargo::rerun-if-changed={}", input.display());
            newest = newest.max(newest_in(&input));
        }
    }
    if modified(&dist.join("index.html")).is_some_and(|made| made >= newest) {
        return Ok(dist);
    }
    let lock = modified(&portal.join("package-lock.json"));
    let installed = modified(&portal.join("node_modules/.package-lock.json"));
    if installed.is_none() || installed < lock {
        npm(portal, &["ci", "--no-audit", "--no-fund"])?;
    }
    npm(portal, &["run", "build"])?;
    Ok(dist)
}

fn npm(portal: &Path, arguments: &[&str]) -> Result<(), String> {
    let act = format!("npm {}", arguments.join(" "));
    let output = Command::new("npm")
        .args(arguments)
        .current_dir(portal)
        .output()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                "the portal is bundled by Node.js: install Node 20 or newer with npm, or set \
                 CONVOKE_PORTAL_DIST to a bundle"
                    .to_owned()
            }
            _ => format!("{act}: {error}"),
        })?;
    if output.status.success() {
        return Ok(());
    }
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    for line in text.lines().rev().take(30).collect::<Vec<_>>().iter().rev() {
        println!("cargo::warning={line}");
    }
    Err(format!(
        "`{act}` in portal/ failed; its last lines are above"
    ))
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|data| data.modified()).ok()
}

fn newest_in(path: &Path) -> SystemTime {
    let mut newest = modified(path).unwrap_or(SystemTime::UNIX_EPOCH);
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        newest = newest.max(newest_in(&entry.path()));
    }
    newest
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            // The bundler's own notes.
            continue;
        }
        if path.is_dir() {
            files(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// A Rust table of all files, each as it is and gzipped where that is smaller.
fn write_table(dist: &Path, out: &Path) -> io::Result<()> {
    let mut found = Vec::new();
    files(dist, &mut found)?;
    found.sort();
    let mut table = String::from("&[\n");
    for (number, path) in found.iter().enumerate() {
        let content = fs::read(path)?;
        let plain = out.join(format!("portal-{number}"));
        fs::write(&plain, &content)?;
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&content)?;
        let gzipped = encoder.finish()?;
        let packed = out.join(format!("portal-{number}.gz"));
        let smaller = gzipped.len() < content.len() * 9 / 10;
        fs::write(&packed, if smaller { &gzipped[..] } else { &[] })?;
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        let name = path.strip_prefix(dist).unwrap_or(path);
        let name = name.to_string_lossy().replace('\\', "/");
        table.push_str(&format!(
            "    File {{ path: {name:?}, tag: \"\\\"{:016x}\\\"\", plain: include_bytes!({:?}), \
             gzip: include_bytes!({:?}) }},\n",
            hasher.finish(),
            plain.display().to_string(),
            packed.display().to_string(),
        ));
    }
    table.push_str("]\n");
    fs::write(out.join("portal.rs"), table)
}
