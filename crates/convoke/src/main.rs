//! The `convoke` binary: command line, configuration, wiring, start and stop.
//!
//! Nothing is decided here that a door or the switch could decide: this crate reads the options,
//! makes the clock, the entropy and the parts, connects them, and ends them in order.
//! Start reading at `cli.rs` and `serve.rs`.

mod admin;
mod check;
mod cli;
mod client;
mod conference;
mod config;
mod failure;
mod foundation;
mod key;
mod logs;
mod machine;
mod prompts;
mod reserve;
mod serve;
mod table;
mod user;

use std::{io::Write, process::ExitCode};

use clap::{CommandFactory, Parser};

use cli::{AdminVerb, Cli, Verb};
use client::Client;
use failure::Failure;

fn main() -> ExitCode {
    machine::bound_arenas();
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("convoke: the runtime could not be started: {error}");
            return ExitCode::from(2);
        }
    };
    match runtime.block_on(carry_out(cli)) {
        Ok(said) => say(&said),
        Err(failure) => {
            eprintln!("convoke: {}", failure.message);
            ExitCode::from(failure.code)
        }
    }
}

/// Prints the answer. Who reads it may have had enough, as `head` has: that is no fault.
fn say(said: &str) -> ExitCode {
    if said.is_empty() {
        return ExitCode::SUCCESS;
    }
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{}", said.trim_end_matches('\n')).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("convoke: the answer could not be printed: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

async fn carry_out(cli: Cli) -> Result<String, Failure> {
    match cli.verb.unwrap_or(Verb::Serve(cli.serve)) {
        Verb::Serve(serve) => {
            let config = serve.complete()?;
            logs::begin(&config)?;
            serve::run(config).await?;
            Ok(String::new())
        }
        Verb::User(remote) => {
            Ok(user::run(&Client::new(&remote.data_dir), remote.verb, remote.json).await?)
        }
        Verb::Conference(remote) => {
            Ok(conference::run(&Client::new(&remote.data_dir), remote.verb, remote.json).await?)
        }
        Verb::Admin(cli::Admin {
            verb: AdminVerb::ResetPassword(reset),
        }) => admin::reset_password(reset.serve.complete()?, reset.username).await,
        Verb::Check(serve) => check::run(serve.complete()?).await,
        Verb::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "convoke", &mut script);
            Ok(String::from_utf8_lossy(&script).into_owned())
        }
    }
}
