//! Structured logs on standard error, as text or JSON.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::{config::Config, failure::Failure};

/// Begins logging.
///
/// # Errors
/// The filter cannot be read.
pub fn begin(config: &Config) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&config.log).map_err(|error| {
        Failure::start(format!(
            "--log: `{}` is not a filter such as `info,switch=debug`: {error}",
            config.log
        ))
    })?;
    let registry = tracing_subscriber::registry().with(filter);
    let begun = if config.log_json {
        registry
            .with(fmt::layer().json().with_writer(std::io::stderr))
            .try_init()
    } else {
        registry
            .with(
                fmt::layer()
                    .with_ansi(std::io::stderr().is_terminal())
                    .with_writer(std::io::stderr),
            )
            .try_init()
    };
    begun.map_err(|error| Failure::start(format!("logs could not be started: {error}")))
}
