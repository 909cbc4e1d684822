//! The server's side: a media plane with one room or with bridges of two, and what it cost.

use std::{
    io::{BufRead, BufReader, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    sync::{Arc, atomic::Ordering},
    thread,
    time::Duration,
};

use media::{
    control::{Inbound, LegParams, MediaCommand, MediaLeg, MixId},
    prompt::SoundLibrary,
};
use model::Entropy;
use switch::media::{MediaConfig, MediaPlane};

use crate::{
    Result, Setting,
    load::{PER_SOCKET, SETTLING},
};

/// What one room came to.
#[derive(Debug)]
pub struct Figures {
    pub least_packets_per_second: f64,
    pub latency_p50_ms: f64,
    pub latency_p99_ms: f64,
    pub micros_per_participant_second: f64,
    pub longest_tick_ms: f64,
    pub late_ticks: u64,
    pub skipped_ticks: u64,
}

struct Random;

impl Entropy for Random {
    fn fill(&self, buffer: &mut [u8]) {
        for (index, octet) in buffer.iter_mut().enumerate() {
            *octet = (index as u8).wrapping_mul(37) ^ std::process::id() as u8;
        }
    }
}

/// Measures one room.
pub fn measure(setting: &Setting) -> Result<Figures> {
    let config = MediaConfig {
        ports: (20_000, 29_999),
        ..MediaConfig::standard()
    };
    let library = Arc::new(SoundLibrary::build(|_| None));
    let mut plane = MediaPlane::start(&config, &library, Arc::new(Random))?;
    let mut load = start_load(setting)?;
    let mut lines = BufReader::new(load.stdout.take().ok_or("no output of the load")?).lines();
    let mut peers: Vec<SocketAddr> = Vec::new();
    for line in lines.by_ref() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        peers.push(line.parse()?);
    }
    let mut input = load.stdin.take().ok_or("no input of the load")?;
    let addresses = open_all(setting, &mut plane, &peers)?;
    for address in addresses {
        writeln!(input, "{address}")?;
    }
    input.flush()?;
    thread::sleep(SETTLING);
    let before = media_nanos()?;
    let mut slept = Duration::ZERO;
    let measured = Duration::from_secs(setting.secs);
    while slept < measured {
        let some = Duration::from_millis(100).min(measured - slept);
        thread::sleep(some);
        slept += some;
        while plane.try_event().is_some() {}
    }
    let cpu = media_nanos()? - before;
    let line = lines.next().ok_or("the load said nothing")??;
    load.wait()?;
    let numbers = line
        .split(' ')
        .map(str::parse)
        .collect::<std::result::Result<Vec<f64>, _>>()?;
    let [least, p50, p99, ..] = numbers[..] else {
        return Err(format!("the load said {line}").into());
    };
    Ok(figures(setting, &plane, cpu, [least, p50, p99]))
}

fn figures(setting: &Setting, plane: &MediaPlane, cpu: u64, load: [f64; 3]) -> Figures {
    let sum = |value: fn(&switch::media::Counters) -> u64| plane.counters().map(value).sum();
    let longest = plane
        .counters()
        .map(|counters| counters.longest_nanos.load(Ordering::Relaxed))
        .max();
    Figures {
        least_packets_per_second: load[0],
        latency_p50_ms: load[1],
        latency_p99_ms: load[2],
        micros_per_participant_second: cpu as f64
            / 1_000.0
            / setting.participants as f64
            / setting.secs as f64,
        longest_tick_ms: longest.unwrap_or(0) as f64 / 1e6,
        late_ticks: sum(|counters| counters.late.load(Ordering::Relaxed)),
        skipped_ticks: sum(|counters| counters.skipped.load(Ordering::Relaxed)),
    }
}

fn start_load(setting: &Setting) -> Result<Child> {
    // Before others where the system permits it, as the media threads go themselves: else a
    // busy machine would measure the load.
    let own = std::env::current_exe()?;
    let first = Command::new("chrt").args(["-r", "1", "true"]).status();
    let mut command = if first.is_ok_and(|status| status.success()) {
        let mut command = Command::new("chrt");
        command.args(["-r", "1"]).arg(own);
        command
    } else {
        Command::new(own)
    };
    Ok(command
        .arg("load")
        .args(["--participants", &setting.participants.to_string()])
        .args(["--talkers", &setting.talkers.to_string()])
        .args(["--secs", &setting.secs.to_string()])
        .args(["--calls", if setting.calls { "yes" } else { "no" }])
        .args(["--codec", &setting.codec.name().to_ascii_lowercase()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?)
}

fn open_all(
    setting: &Setting,
    plane: &mut MediaPlane,
    peers: &[SocketAddr],
) -> Result<Vec<SocketAddr>> {
    let mix = MixId(1);
    plane.command(MediaCommand::CreateMix { mix });
    let mut addresses = Vec::new();
    for participant in 0..setting.participants {
        let leg = MediaLeg(participant as u64);
        addresses.push(plane.open(leg, IpAddr::V4(Ipv4Addr::LOCALHOST))?);
        let remote = peers[participant / PER_SOCKET];
        plane.command(MediaCommand::Configure {
            leg,
            params: LegParams {
                remote,
                // Nobody reads reports there.
                remote_rtcp: SocketAddr::new(remote.ip(), 9),
                codec: setting.codec,
                payload_type: setting.codec.offered_payload_type(),
                telephone_event: None,
                event_clock: setting.codec.clock_rate(),
                inbound: Inbound {
                    payload_type: setting.codec.offered_payload_type(),
                    telephone_event: None,
                    other_law: None,
                },
                ptime_ms: 20,
                send: true,
                receive: true,
                may_latch: Vec::new(),
            },
        });
        if !setting.calls {
            plane.command(MediaCommand::Join {
                leg,
                mix,
                muted: false,
                deaf: false,
            });
        } else if participant % 2 == 1 {
            plane.command(MediaCommand::Bridge {
                a: MediaLeg(leg.0 - 1),
                b: leg,
            });
        }
    }
    Ok(addresses)
}

/// CPU time of all media threads, as the kernel counts it.
fn media_nanos() -> Result<u64> {
    let mut total = 0;
    for task in std::fs::read_dir("/proc/self/task")? {
        let path = task?.path();
        if !std::fs::read_to_string(path.join("comm"))?.starts_with("media-") {
            continue;
        }
        let stat = std::fs::read_to_string(path.join("schedstat"))?;
        let nanos = stat.split(' ').next().ok_or("no schedstat")?;
        total += nanos.parse::<u64>()?;
    }
    Ok(total)
}
