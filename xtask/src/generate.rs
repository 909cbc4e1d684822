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

/// Built with the whole workspace: another selection of packages would resolve other features, and
/// build the dependencies once more.
fn openapi(root: &Path) -> Result<String, Vec<String>> {
    let build = ["build", "--quiet", "--workspace", "--example", "openapi"];
    output(Command::new(env!("CARGO")).args(build).current_dir(root))?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
    output(&mut Command::new(target.join("debug/examples/openapi")))
}

fn output(command: &mut Command) -> Result<String, Vec<String>> {
    let output = command
        .output()
        .map_err(|error| vec![format!("{command:?} did not run: {error}")])?;
    if !output.status.success() {
        return Err(vec![String::from_utf8_lossy(&output.stderr).into_owned()]);
    }
    String::from_utf8(output.stdout).map_err(|_| vec![format!("{command:?} did not say UTF-8")])
}
