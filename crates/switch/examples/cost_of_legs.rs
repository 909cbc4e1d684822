//! Prints what opening, agreeing on, bridging and closing a leg costs, by thread:
//! `cargo run --release -p convoke-switch --example cost_of_legs`. What the kernel takes of it is
//! the same without `--release`, and `strace -c -f` counts the calls.
#![expect(
    clippy::disallowed_methods,
    reason = "a measurement reads the clock; it is no part of the product"
)]

use std::{
    collections::HashMap,
    fs,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use media::{
    control::{Codec, Inbound, LegParams, MediaCommand, MediaEvent, MediaLeg},
    prompt::SoundLibrary,
};
use switch::media::{MediaConfig, MediaPlane};

const ROUNDS: u64 = 20;
const LEGS: u64 = 200;

struct Zero;

impl model::Entropy for Zero {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

/// Nanoseconds on a processor, by the name of the thread.
fn threads() -> HashMap<String, u64> {
    let mut all = HashMap::new();
    for task in fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten()
    {
        let read = |name: &str| fs::read_to_string(task.path().join(name)).unwrap_or_default();
        let name = read("comm").trim().to_owned();
        let nanos = read("schedstat");
        let nanos = nanos.split(' ').next().and_then(|text| text.parse().ok());
        *all.entry(name).or_default() += nanos.unwrap_or(0);
    }
    all
}

/// User and system time of the process, in clock ticks of 10 ms.
fn times() -> (u64, u64) {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or("")
        .split_whitespace()
        .collect();
    let field = |at: usize| {
        fields
            .get(at)
            .and_then(|text| text.parse().ok())
            .unwrap_or(0)
    };
    (field(11), field(12))
}

fn params(port: u16) -> LegParams {
    LegParams {
        remote: SocketAddr::from(([127, 0, 0, 1], port)),
        remote_rtcp: SocketAddr::from(([127, 0, 0, 1], 9)),
        codec: Codec::Pcma,
        payload_type: 8,
        telephone_event: Some(101),
        event_clock: 8_000,
        inbound: Inbound {
            payload_type: 8,
            telephone_event: Some(101),
            other_law: None,
        },
        ptime_ms: 20,
        send: false,
        receive: true,
        may_latch: vec![[127, 0, 0, 1].into()],
    }
}

fn round(plane: &mut MediaPlane, round: u64) -> Result<(), std::io::Error> {
    let legs: Vec<MediaLeg> = (0..LEGS)
        .map(|number| MediaLeg(round * LEGS + number))
        .collect();
    for pair in legs.chunks_exact(2) {
        for &leg in pair {
            plane.open(leg, [127, 0, 0, 1].into())?;
            plane.command(MediaCommand::Configure {
                leg,
                params: params(9),
            });
        }
        plane.command(MediaCommand::Bridge {
            a: pair[0],
            b: pair[1],
        });
        // As calls come, rather than all at once.
        std::thread::sleep(Duration::from_micros(200));
    }
    for &leg in &legs {
        plane.command(MediaCommand::Close { leg });
    }
    let mut closed = 0;
    while closed < LEGS {
        match plane.try_event() {
            Some(MediaEvent::Closed { .. }) => closed += 1,
            Some(_) => {}
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    Ok(())
}

fn main() -> Result<(), std::io::Error> {
    let start = Instant::now();
    let library = Arc::new(SoundLibrary::build(|_| None));
    println!("all sounds made in {} ms", start.elapsed().as_millis());
    let config = MediaConfig {
        ports: (20_000, 29_999),
        workers: 1,
        dscp: 46,
        told: None,
    };
    let mut plane = MediaPlane::start(&config, &library, Arc::new(Zero))?;
    round(&mut plane, 0)?;
    let (before, times_before) = (threads(), times());
    for number in 1..=ROUNDS {
        round(&mut plane, number)?;
    }
    let legs = ROUNDS * LEGS;
    for (name, nanos) in threads() {
        let spent = nanos - before.get(&name).copied().unwrap_or(0);
        println!("{name:<16} {:>6} ns a leg", spent / legs);
    }
    let (user, system) = times();
    println!(
        "user {} ns, system {} ns a leg",
        (user - times_before.0) * 10_000_000 / legs,
        (system - times_before.1) * 10_000_000 / legs
    );
    Ok(())
}
