//! Files made from the code: `openapi.json`, and the portal's types made from that.

use std::{fs, path::Path, process::Command};

/// Writes the generated files, or with `check` says which are not current.
pub fn run(root: &Path, check: bool) -> Result<String, Vec<String>> {
    let document = openapi(root)?;
    let path = root.join("openapi.json");
    if check {
        let committed = fs::read_to_string(&path).unwrap_or_default();
        if committed != document {
            return Err(vec![
                "openapi.json is not current: run `cargo xtask generate` and commit it".to_owned(),
            ]);
        }
        return Ok("generate: openapi.json is current".to_owned());
    }
    fs::write(&path, document).map_err(|error| vec![format!("openapi.json: {error}")])?;
    Ok("generate: openapi.json written; run `npm run types` in portal/ for its types".to_owned())
}

fn openapi(root: &Path) -> Result<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args([
            "run",
            "--quiet",
            "-p",
            "convoke-web",
            "--example",
            "openapi",
        ])
        .current_dir(root)
        .output()
        .map_err(|error| vec![format!("cargo did not run: {error}")])?;
    if !output.status.success() {
        return Err(vec![String::from_utf8_lossy(&output.stderr).into_owned()]);
    }
    String::from_utf8(output.stdout).map_err(|_| vec!["openapi.json is not UTF-8".to_owned()])
}
