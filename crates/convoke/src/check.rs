//! `convoke check`: looks at everything a start needs, and says what is wrong. It may run beside a
//! running server and changes nothing in the folder that a start would not; it makes none.

use std::{fmt::Write, io};

use services::audit::SIGNED_HEADS;
use store::Store;

use crate::{
    config::Config,
    failure::{Failure, chain},
    foundation, prompts,
};

/// The report; with a fault it is the failure.
///
/// # Errors
/// Any fault, or what kept the check from being made.
pub async fn run(config: Config) -> Result<String, Failure> {
    let mut report = format!(
        "configuration  ok: HTTP {}, SIP {}, media {}–{}\n",
        config.http,
        config
            .sip
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" "),
        config.media_ports.0,
        config.media_ports.1,
    );
    if !config.data_dir.is_dir() {
        return Err(Failure::start(format!(
            "--data-dir {}: there is no such folder; the first start makes it",
            config.data_dir.display()
        )));
    }
    let store = foundation::open(&config).await?;
    let _ = writeln!(report, "key            ok: {}", config.key_file.display());
    let found = store.check().await.map_err(|error| {
        Failure::refused(format!(
            "the database could not be checked: {}",
            chain(&error)
        ))
    })?;
    let mut faults = found.faults;
    if faults.is_empty() {
        let _ = writeln!(
            report,
            "database       ok, {} audit rows verified",
            found.audit_rows
        );
    }
    faults.extend(signed_heads(&config, &store, &mut report).await?);
    let library = prompts::library(&config.data_dir);
    let keys: Vec<&str> = library
        .missing()
        .iter()
        .map(|prompt| prompt.key())
        .collect();
    if keys.is_empty() {
        report.push_str("prompts        ok\n");
    } else {
        let _ = writeln!(
            report,
            "prompts        tones stand in for {}: run `make prompts` before the build",
            keys.join(", ")
        );
    }
    // Best effort: the answer is complete, and the process ends.
    let _ = store.close().await;
    if faults.is_empty() {
        return Ok(report.trim_end().to_owned());
    }
    for fault in &faults {
        let _ = writeln!(report, "fault          {fault}");
    }
    Err(Failure::refused(report.trim_end()))
}

/// Whether the database still has the audit log that was signed each hour: what is wrong, if not.
async fn signed_heads(
    config: &Config,
    store: &Store,
    report: &mut String,
) -> Result<Vec<String>, Failure> {
    let file = config.data_dir.join(SIGNED_HEADS);
    let lines = match std::fs::read_to_string(&file) {
        Ok(lines) => lines,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Ok(vec![format!("{}: {error}", file.display())]),
    };
    let reader = store.read();
    let found = reader.audit().check_heads(&lines).await.map_err(|error| {
        Failure::refused(format!(
            "the audit log could not be checked: {}",
            chain(&error)
        ))
    })?;
    match (found.held, found.faults.is_empty()) {
        (0, true) => {
            report.push_str("signed heads   none yet: the server signs them each hour\n");
        }
        (held, true) => {
            let _ = writeln!(report, "signed heads   ok, {held} hold");
        }
        (_, false) => {}
    }
    Ok(found.faults)
}
