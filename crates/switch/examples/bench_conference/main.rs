//! What a participant of a conference costs, and one of a call: one room, or bridges of two, real
//! RTP in and out over loopback, the load made by another process.
//!
//! `cargo run --release -p convoke-switch --example bench_conference` prints the tables: rooms of
//! 15, 100 and 1,000 participants for G.711 and Opus, and 100 to 2,000 calls whose packets are
//! passed on. `--participants N --codec pcma|opus --talkers T --secs S` measures one room, with
//! `--calls yes` so many people in calls of two. CPU is what the kernel charged to the media
//! threads, which on loopback includes the delivery of what they send.

mod load;
mod room;
mod signal;

use std::{process::ExitCode, str::FromStr};

use media::control::Codec;

use crate::room::Figures;

/// What is measured.
#[derive(Debug, Clone)]
pub struct Setting {
    pub participants: usize,
    pub codec: Codec,
    pub talkers: usize,
    pub secs: u64,
    /// In calls of two, not in a room.
    pub calls: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.first().map(String::as_str) {
        Some("load") => setting(&arguments[1..]).and_then(|setting| load::run(&setting)),
        Some(_) => setting(&arguments).and_then(|setting| {
            heading(if setting.calls { "calls" } else { "conference" });
            let figures = room::measure(&setting)?;
            row(&setting, &figures);
            Ok(())
        }),
        None => table(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench_conference: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A reason in words.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn setting(arguments: &[String]) -> Result<Setting> {
    let mut setting = Setting {
        participants: 100,
        codec: Codec::Pcma,
        talkers: 3,
        secs: 5,
        calls: false,
    };
    for pair in arguments.chunks(2) {
        let [name, value] = pair else {
            return Err(format!("{} needs a value", pair[0]).into());
        };
        match name.as_str() {
            "--participants" => setting.participants = usize::from_str(value)?,
            "--talkers" => setting.talkers = usize::from_str(value)?,
            "--calls" => setting.calls = value == "yes",
            "--secs" => setting.secs = u64::from_str(value)?,
            "--codec" => {
                setting.codec = match value.as_str() {
                    "pcma" => Codec::Pcma,
                    "opus" => Codec::Opus,
                    "g722" => Codec::G722,
                    other => return Err(format!("no codec {other}; pcma, g722 or opus").into()),
                }
            }
            other => return Err(format!("no option {other}").into()),
        }
    }
    Ok(setting)
}

fn table() -> Result<()> {
    heading("conference");
    for codec in [Codec::Pcma, Codec::Opus] {
        let mut costs = Vec::new();
        for participants in [15, 100, 1_000] {
            let setting = Setting {
                participants,
                codec,
                talkers: 3,
                secs: 6,
                calls: false,
            };
            let figures = room::measure(&setting)?;
            row(&setting, &figures);
            costs.push(figures.micros_per_participant_second * participants as f64);
        }
        let at_100 = (costs[1] - costs[0]) / 85.0;
        let at_1000 = (costs[2] - costs[1]) / 900.0;
        println!(
            "  one more listener: {at_100:.0} µs/s from 15 to 100, {at_1000:.0} µs/s from 100 to 1,000 ({:+.0} %)",
            (at_1000 / at_100 - 1.0) * 100.0
        );
    }
    heading("calls, packets passed on");
    for calls in [100, 500, 1_000, 2_000] {
        let setting = Setting {
            participants: 2 * calls,
            codec: Codec::Pcma,
            talkers: 3,
            secs: 6,
            calls: true,
        };
        row(&setting, &room::measure(&setting)?);
    }
    Ok(())
}

fn heading(what: &str) {
    println!("{what}, {}", machine());
    println!(
        "  {:>5} {:>6} {:>14} {:>10} {:>10} {:>14} {:>12} {:>9} {:>8}",
        "codec",
        "people",
        "least packets/s",
        "p50 ms",
        "p99 ms",
        "CPU µs/person/s",
        "longest tick",
        "late",
        "left out"
    );
}

fn row(setting: &Setting, figures: &Figures) {
    println!(
        "  {:>5} {:>6} {:>15.1} {:>10.1} {:>10.1} {:>14.0} {:>9.1} ms {:>9} {:>8}",
        setting.codec.name(),
        setting.participants,
        figures.least_packets_per_second,
        figures.latency_p50_ms,
        figures.latency_p99_ms,
        figures.micros_per_participant_second,
        figures.longest_tick_ms,
        figures.late_ticks,
        figures.skipped_ticks,
    );
}

/// The machine and the commit, as far as they are known.
fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown CPU", |rest| {
            rest.trim_start_matches([' ', '\t', ':'])
        });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let commit = std::process::Command::new("git")
        .args(["rev-parse", "--short", "HEAD"])
        .output()
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .unwrap_or_default();
    format!("{cores} × {model}, commit {}", commit.trim())
}
