//! `make bench`: the figures of `docs/figures.md`, measured with the release binary on loopback.
//!
//! Everything it loads is a server of its own on 127.0.0.1, bounded in count and time. It prints a
//! table with the machine and the commit; nothing in it is estimated.

mod pages;
mod phones;
mod seed;
mod server;
mod storms;

use std::{process::Command, time::Duration};

use phones::{Bank, Calls, Phone};
use server::{Server, exchange, now};

/// One line of the table.
struct Figure {
    work: &'static str,
    goal: &'static str,
    measured: String,
}

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let wants = |name: &str| asked.is_empty() || asked.iter().any(|given| given == name);
    let mut figures = Vec::new();
    let mut failed = false;
    type Bench = fn() -> Result<Vec<Figure>, String>;
    let benches: [(&str, Bench); 7] = [
        ("idle", idle),
        ("register", register),
        ("calls", calls),
        ("users", users),
        ("pages", pages),
        ("power", storms::power),
        ("flood", storms::flood),
    ];
    for (name, bench) in benches {
        if !wants(name) {
            continue;
        }
        match bench() {
            Ok(measured) => figures.extend(measured),
            Err(error) => {
                eprintln!("{name}: {error}");
                failed = true;
            }
        }
    }
    println!("\n{}\n", machine());
    println!("| work | goal | measured |\n| --- | --- | --- |");
    for figure in figures {
        println!(
            "| {} | {} | {} |",
            figure.work, figure.goal, figure.measured
        );
    }
    if failed {
        std::process::exit(1);
    }
}

fn machine() -> String {
    let first = |path: &str, key: &str| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let line = text
            .lines()
            .find(|line| line.starts_with(key))
            .unwrap_or_default();
        line.split(':').nth(1).unwrap_or_default().trim().to_owned()
    };
    let commit = Command::new("git")
        .args(["rev-parse", "--short", "HEAD"])
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = first("/proc/meminfo", "MemTotal")
        .trim_end_matches(" kB")
        .parse::<u64>()
        .unwrap_or(0)
        >> 20;
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    format!(
        "{cores} × {}, {memory} GiB, load {load}, commit {commit}",
        first("/proc/cpuinfo", "model name")
    )
}

fn micros(cpu: Duration, count: usize) -> f64 {
    cpu.as_secs_f64() * 1e6 / count.max(1) as f64
}

fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64().max(0.001)
}

fn percentile(values: &mut [Duration], percent: usize) -> Duration {
    values.sort_unstable();
    values
        .get((values.len() * percent / 100).min(values.len().saturating_sub(1)))
        .copied()
        .unwrap_or_default()
}

/// A folder with this many users, each with a phone.
fn seeded(users: usize) -> Result<(tempfile::TempDir, Vec<Phone>), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    // The first start makes provider, customer and key; the users are put in beside it.
    drop(Server::start(folder.path(), "40000-40099")?);
    let phones = seed::users(folder.path(), users)?;
    Ok((folder, phones))
}

/// A server that nobody uses, started a second time.
fn idle() -> Result<Vec<Figure>, String> {
    let (folder, _) = seeded(0)?;
    let server = Server::start(folder.path(), "40000-40099")?;
    std::thread::sleep(Duration::from_secs(5));
    let before = server.usage();
    std::thread::sleep(Duration::from_secs(10));
    let after = server.usage();
    Ok(vec![Figure {
        work: "a server without users, idle: memory; start to ready; CPU",
        goal: "< 60 MB",
        measured: format!(
            "{} MB; {:.2} s; {:.1} ms a second",
            after.resident >> 20,
            server.ready_after.as_secs_f64(),
            after.cpu.saturating_sub(before.cpu).as_secs_f64() * 1e2
        ),
    }])
}

fn register() -> Result<Vec<Figure>, String> {
    let (folder, phones) = seeded(10_000)?;
    let server = Server::start(folder.path(), "40000-40099")?;
    let ready = server.ready_after;
    let idle = server.usage();
    let mut bank = Bank::new("127.0.0.1", server.sip).map_err(|error| error.to_string())?;
    // All phones once, as after a power cut; then again and again, as on any day.
    let (first, bytes) = registrations(&server, &mut bank, &phones, 1);
    let resident = server.usage().resident;
    let (later, _) = registrations(&server, &mut bank, &phones, 5);
    drop(server);
    let kept = binding_memory()?;
    Ok(vec![
        Figure {
            work: "start to ready, 10,000 users in SQLite",
            goal: "< 1 s",
            measured: format!("{:.2} s", ready.as_secs_f64()),
        },
        Figure {
            work: "memory with 10,000 users; and with 10,000 bindings",
            goal: "< 200 MB; < 2 KB a binding",
            measured: format!(
                "{} MB; {} MB, {bytes:.0} B a binding",
                idle.resident >> 20,
                resident >> 20
            ),
        },
        Figure {
            work: "memory of a binding, its transaction forgotten",
            goal: "< 2 KB a binding",
            measured: format!("{kept:.0} B"),
        },
        Figure {
            work: "REGISTER with digest, challenge included: first ones",
            goal: "10,000/s a core, < 100 µs CPU",
            measured: first,
        },
        Figure {
            work: "REGISTER with digest, challenge included: refreshes",
            goal: "10,000/s a core, < 100 µs CPU",
            measured: later,
        },
    ])
}

/// By how much the server grows for each of 10,000 phones that register when the transactions of as
/// many others, which it had to remember for 32 s (RFC 3261 §17.2.2), have left their memory free.
fn binding_memory() -> Result<f64, String> {
    const REMEMBERED: Duration = Duration::from_secs(35);
    let (folder, phones) = seeded(20_000)?;
    let server = Server::start(folder.path(), "40000-40099")?;
    let mut bank = Bank::new("127.0.0.1", server.sip).map_err(|error| error.to_string())?;
    let (these, others) = phones.split_at(phones.len() / 2);
    let _ = registrations(&server, &mut bank, these, 1);
    std::thread::sleep(REMEMBERED);
    let (_, bytes) = registrations(&server, &mut bank, others, 1);
    Ok(bytes)
}

/// Registers all phones so many times. Says what one costs, and by how much the server grew for
/// each phone.
fn registrations(
    server: &Server,
    bank: &mut Bank,
    phones: &[Phone],
    rounds: usize,
) -> (String, f64) {
    let before = server.usage();
    let (mut done, mut failed, mut took) = (0, 0, Duration::ZERO);
    for _ in 0..rounds {
        let outcome = bank.register(phones, 200);
        done += outcome.done;
        failed += outcome.failed;
        took += outcome.took;
    }
    // What is written behind belongs to the cost.
    std::thread::sleep(Duration::from_millis(1_500));
    let after = server.usage();
    let cpu = after.cpu.saturating_sub(before.cpu);
    let grown = after.resident.saturating_sub(before.resident) as f64 / phones.len() as f64;
    let text = format!(
        "{:.0}/s, {:.0} µs CPU each, {failed} of {} failed",
        rate(done, took),
        micros(cpu, done),
        phones.len() * rounds
    );
    (text, grown)
}

fn calls() -> Result<Vec<Figure>, String> {
    let (folder, phones) = seeded(4_000)?;
    let server = Server::start(folder.path(), "30000-49999")?;
    let told = |error: std::io::Error| error.to_string();
    let mut callers = Bank::new("127.0.0.1", server.sip).map_err(told)?;
    let mut called = Bank::new("127.0.0.1", server.sip).map_err(told)?;
    let (from, to) = phones.split_at(phones.len() / 2);
    callers.register(from, 200);
    called.register(to, 200);
    let mut figures = Vec::new();
    // The last round comes after the overload: it shows that nothing of it stays.
    for (round, (per_second, count, work, goal)) in (1..).zip([
        (500, 5_000, "calls at 500/s: set-up p99", "< 20 ms"),
        (
            1_000,
            10_000,
            "calls at 1,000/s, INVITE to BYE",
            "1,000/s a core, < 500 µs CPU",
        ),
        (
            3_000,
            15_000,
            "overload: calls at 3,000/s",
            "80 % of capacity served, the rest 503",
        ),
        (500, 5_000, "calls at 500/s right after", "< 20 ms"),
    ]) {
        let before = server.usage();
        let mut run = Calls {
            callers: &mut callers,
            called: &mut called,
            round,
        };
        let mut outcome = run.run(from, to, per_second, count);
        std::thread::sleep(Duration::from_millis(500));
        let cpu = server.usage().cpu.saturating_sub(before.cpu);
        figures.push(Figure {
            work,
            goal,
            measured: format!(
                "{:.1} ms p99, {:.0}/s, {:.0} µs CPU each, {} of {count} failed{}",
                percentile(&mut outcome.setups, 99).as_secs_f64() * 1e3,
                rate(outcome.done, outcome.took),
                micros(cpu, outcome.done),
                outcome.failed,
                refusals(&outcome)
            ),
        });
    }
    Ok(figures)
}

/// What refused calls, if anything did.
fn refusals(outcome: &phones::Outcome) -> String {
    let each = outcome.refusals.iter();
    each.map(|(status, count)| format!(", {count} with {status}"))
        .collect()
}

fn users() -> Result<Vec<Figure>, String> {
    let (folder, _) = seeded(100_000)?;
    let server = Server::start(folder.path(), "40000-40099")?;
    let stream = server.connect()?;
    let mut times = Vec::new();
    let sorts = ["last_name", "-email", "extension", "state", "-created_at"];
    let words = ["an", "berg", "77", "example", "marta", "zz", "9"];
    for turn in 0..400 {
        let (word, sort) = (words[turn % words.len()], sorts[turn % sorts.len()]);
        let path = format!("/api/v1/users?q={word}&sort={sort}&limit=50");
        let begun = now();
        let (status, page) =
            exchange(&stream, "GET", &path, None).map_err(|error| error.to_string())?;
        times.push(begun.elapsed());
        if status != 200 || page["items"].as_array().is_none() {
            return Err(format!("{path}: {status} {page}"));
        }
        if let Some(next) = page["next"].as_str() {
            let path = format!("{path}&cursor={next}");
            let begun = now();
            let (status, _) =
                exchange(&stream, "GET", &path, None).map_err(|error| error.to_string())?;
            times.push(begun.elapsed());
            if status != 200 {
                return Err(format!("{path}: {status}"));
            }
        }
    }
    let p99 = percentile(&mut times, 99);
    Ok(vec![Figure {
        work: "users list, 100,000 users, search, any sort, next page: p99",
        goal: "< 20 ms",
        measured: format!(
            "{:.1} ms over {} requests",
            p99.as_secs_f64() * 1e3,
            times.len()
        ),
    }])
}

fn pages() -> Result<Vec<Figure>, String> {
    const PAGES: usize = 100;
    let (folder, _) = seeded(10)?;
    let server = Server::start(folder.path(), "40000-40099")?;
    let mut times = pages::run(&server, PAGES, 200)?;
    let count = times.len();
    Ok(vec![Figure {
        work: "lock or unlock of a running conference, until the last of 100 event streams has it: p99",
        goal: "< 200 ms",
        measured: format!(
            "{:.1} ms, p50 {:.1} ms over {count} actions",
            percentile(&mut times, 99).as_secs_f64() * 1e3,
            percentile(&mut times, 50).as_secs_f64() * 1e3
        ),
    }])
}
