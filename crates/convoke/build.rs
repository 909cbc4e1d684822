//! Puts the spoken prompts into the binary, where `make prompts` has made them.

use std::{env, fs, io::Write, path::PathBuf};

fn main() -> std::io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../..");
    let folder = root.join("prompts/out/en");
    // The folder itself is watched, so that prompts made later are taken in by the next build.
    println!("cargo::rerun-if-changed={}", root.join("prompts").display());
    let mut names: Vec<PathBuf> = fs::read_dir(&folder)
        .map(|entries| {
            entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .collect()
        })
        .unwrap_or_default();
    names.retain(|path| path.extension().is_some_and(|ending| ending == "wav"));
    names.sort();
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default()).join("prompts.rs");
    let mut file = fs::File::create(out)?;
    writeln!(file, "&[")?;
    for path in names {
        let key = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default()
            .to_owned();
        writeln!(
            file,
            "    ({key:?}, include_bytes!({:?}).as_slice()),",
            path.display().to_string()
        )?;
    }
    writeln!(file, "]")
}
