//! The house's own checks: `cargo xtask tidy | check-deps | generate [--check]`.
//!
//! Each rule says its reason when it is broken. Nothing here may need a network or a service.

mod deps;
mod generate;
mod tidy;

use std::{path::PathBuf, process::ExitCode};

fn root() -> PathBuf {
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest
        .parent()
        .map_or_else(|| PathBuf::from("."), PathBuf::from)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["tidy"] => tidy::check(&root()),
        ["check-deps"] => deps::check(&root()),
        ["generate"] => generate::run(&root(), false),
        ["generate", "--check"] => generate::run(&root(), true),
        _ => Err(vec![
            "usage: cargo xtask tidy | check-deps | generate [--check]".to_owned(),
        ]),
    };
    match result {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(faults) => {
            for fault in &faults {
                eprintln!("{fault}");
            }
            eprintln!("{} to mend", faults.len());
            ExitCode::FAILURE
        }
    }
}
