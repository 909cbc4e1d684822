use std::{net::UdpSocket, sync::LazyLock, time::Duration};

use media::control::{Codec, Inbound, LegParams};

use super::*;

static LIBRARY: LazyLock<Arc<SoundLibrary>> =
    LazyLock::new(|| Arc::new(SoundLibrary::build(|_| None)));

struct Counting(std::sync::atomic::AtomicU64);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        for octet in buffer {
            let next = self
                .0
                .fetch_add(0x9E37_79B9, std::sync::atomic::Ordering::Relaxed);
            *octet = (next >> 13) as u8;
        }
    }
}

fn plane(ports: (u16, u16), workers: usize) -> MediaPlane {
    let config = MediaConfig {
        ports,
        workers,
        dscp: 46,
        told: None,
    };
    let entropy = Arc::new(Counting(std::sync::atomic::AtomicU64::new(1)));
    MediaPlane::start(&config, &LIBRARY, entropy).unwrap()
}

/// A phone on a socket of its own, which sends one loud sample again and again.
struct Phone {
    leg: MediaLeg,
    socket: UdpSocket,
    to: SocketAddr,
    sequence: u16,
    /// Its loud octet, or silence.
    octet: u8,
    received: Vec<Vec<u8>>,
}

const SILENCE: u8 = 0xD5;

/// A-law both ways.
fn params(remote: SocketAddr) -> LegParams {
    LegParams {
        remote,
        remote_rtcp: SocketAddr::new(remote.ip(), remote.port() + 1),
        codec: Codec::Pcma,
        payload_type: 8,
        telephone_event: None,
        event_clock: 8_000,
        inbound: Inbound {
            payload_type: 8,
            telephone_event: None,
            other_law: None,
        },
        ptime_ms: 20,
        send: true,
        receive: true,
        may_latch: Vec::new(),
    }
}

impl Phone {
    fn new(plane: &mut MediaPlane, number: u64, address: &str, octet: u8) -> Self {
        let socket = UdpSocket::bind((address, 0)).unwrap();
        socket.set_nonblocking(true).unwrap();
        let leg = MediaLeg(number);
        let local = if address.contains(':') {
            "::1"
        } else {
            "127.0.0.1"
        };
        let to = plane.open(leg, local.parse().unwrap()).unwrap();
        let remote = socket.local_addr().unwrap();
        plane.command(MediaCommand::Configure {
            leg,
            params: params(remote),
        });
        Self {
            leg,
            socket,
            to,
            sequence: 0,
            octet,
            received: Vec::new(),
        }
    }

    fn turn(&mut self) {
        let mut packet = [self.octet; 172];
        for (index, at) in (12..172).enumerate() {
            // A square wave rather than a constant, which is no sound.
            if index % 8 < 4 && self.octet != SILENCE {
                packet[at] = self.octet ^ 0x80;
            }
        }
        let [high, low] = self.sequence.to_be_bytes();
        let timestamp = (u32::from(self.sequence) * 160).to_be_bytes();
        packet[..4].copy_from_slice(&[0x80, 8, high, low]);
        packet[4..8].copy_from_slice(&timestamp);
        packet[8..12].copy_from_slice(&[0, 0, 0, self.leg.0 as u8]);
        self.sequence += 1;
        self.socket.send_to(&packet, self.to).unwrap();
        let mut buffer = [0; 1_500];
        while let Ok((length, source)) = self.socket.recv_from(&mut buffer) {
            assert_eq!(source, self.to);
            self.received.push(buffer[..length].to_vec());
        }
    }

    fn hears_sound(&self) -> bool {
        self.received.iter().rev().take(10).any(|packet| {
            let pcm = packet[12..]
                .iter()
                .map(|octet| media::codec::alaw_to_linear(*octet));
            pcm.map(|sample| i32::from(sample).abs()).max() > Some(1_000)
        })
    }
}

fn run(phones: &mut [&mut Phone], ms: u64) {
    for _ in 0..ms / 20 {
        for phone in phones.iter_mut() {
            phone.turn();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn wait_for(plane: &mut MediaPlane, wanted: impl Fn(&MediaEvent) -> bool) -> MediaEvent {
    for _ in 0..1_000 {
        match plane.try_event() {
            Some(event) if wanted(&event) => return event,
            Some(_) => {}
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    panic!("the event did not come");
}

const LOUD: u8 = 0xAA;

#[test]
fn legs_of_a_mix_hear_each_other_over_real_sockets() {
    let mut plane = plane((42_000, 42_099), 1);
    let mut talker = Phone::new(&mut plane, 1, "127.0.0.2", LOUD);
    let mut listener = Phone::new(&mut plane, 2, "127.0.0.3", SILENCE);
    let mix = MixId(1);
    plane.command(MediaCommand::CreateMix { mix });
    for leg in [talker.leg, listener.leg] {
        plane.command(MediaCommand::Join {
            leg,
            mix,
            muted: false,
            deaf: false,
        });
    }
    run(&mut [&mut talker, &mut listener], 1_000);
    assert!(listener.hears_sound());
    assert!(!talker.hears_sound());
    assert!(listener.received.len() > 40, "{}", listener.received.len());
    wait_for(&mut plane, |event| {
        *event
            == MediaEvent::Talking {
                leg: MediaLeg(1),
                talking: true,
            }
    });
}

#[test]
fn every_port_comes_back() {
    let mut plane = plane((42_100, 42_107), 2);
    assert_eq!(plane.free_ports(), 4);
    for round in 0..3 {
        for number in 0..4 {
            plane
                .open(MediaLeg(round * 4 + number), "127.0.0.1".parse().unwrap())
                .unwrap();
        }
        let error = plane
            .open(MediaLeg(99), "127.0.0.1".parse().unwrap())
            .unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrNotAvailable);
        for number in 0..4 {
            let leg = MediaLeg(round * 4 + number);
            if number % 2 == 0 {
                // One that came to a worker, one that did not.
                plane.command(MediaCommand::StopPlaying { leg });
            }
            plane.command(MediaCommand::Close { leg });
            wait_for(
                &mut plane,
                |event| matches!(event, MediaEvent::Closed { leg: closed, .. } if *closed == leg),
            );
        }
        assert_eq!((plane.free_ports(), plane.legs()), (4, 0));
    }
}

/// Legs 1 and 2 in one mix, 3 and 4 in another: they come to two workers.
fn two_mixes(plane: &mut MediaPlane) {
    for (mix, legs) in [(1, [1, 2]), (2, [3, 4])] {
        plane.command(MediaCommand::CreateMix { mix: MixId(mix) });
        for leg in legs {
            plane.command(MediaCommand::Join {
                leg: MediaLeg(leg),
                mix: MixId(mix),
                muted: false,
                deaf: false,
            });
        }
    }
}

#[test]
fn a_leg_moves_to_the_worker_of_its_new_mix_and_is_heard_there() {
    let mut plane = plane((42_200, 42_299), 2);
    let mut phones: Vec<Phone> = [(1, LOUD), (2, SILENCE), (3, LOUD), (4, SILENCE)]
        .into_iter()
        .map(|(number, octet)| Phone::new(&mut plane, number, "127.0.0.4", octet))
        .collect();
    two_mixes(&mut plane);
    let at = |plane: &MediaPlane, leg| match plane.legs.get(&MediaLeg(leg)) {
        Some(Home::At(worker)) => *worker,
        _ => usize::MAX,
    };
    assert_eq!(at(&plane, 1), at(&plane, 2));
    assert_ne!(at(&plane, 1), at(&plane, 3));
    let all = |phones: &mut Vec<Phone>, ms| {
        let mut all: Vec<&mut Phone> = phones.iter_mut().collect();
        run(&mut all, ms);
    };
    all(&mut phones, 600);
    // The listener of the first mix goes to the second; what is said next waits for it.
    for (leg, muted) in [(1, true), (2, false)] {
        plane.command(MediaCommand::Join {
            leg: MediaLeg(leg),
            mix: MixId(2),
            muted: false,
            deaf: false,
        });
        plane.command(MediaCommand::SetHearing {
            leg: MediaLeg(leg),
            muted,
            deaf: false,
        });
    }
    for _ in 0..20 {
        plane.try_event();
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(at(&plane, 2), at(&plane, 3));
    all(&mut phones, 800);
    assert!(phones[1].hears_sound());
    let sources: HashSet<&[u8]> = phones[1]
        .received
        .iter()
        .map(|packet| &packet[8..12])
        .collect();
    assert_eq!(sources.len(), 1, "the leg keeps its source identifier");
    // A bridge between workers moves one as well.
    plane.command(MediaCommand::CreateMix { mix: MixId(3) });
    plane.command(MediaCommand::Bridge {
        a: MediaLeg(3),
        b: MediaLeg(4),
    });
    all(&mut phones, 400);
    assert!(phones[3].hears_sound());
    assert!(!phones[1].hears_sound());
}

#[test]
fn ipv6_legs_are_served() {
    if UdpSocket::bind("[::1]:0").is_err() {
        return; // A machine without IPv6.
    }
    let mut plane = plane((42_300, 42_399), 1);
    let mut a = Phone::new(&mut plane, 1, "::1", LOUD);
    let mut b = Phone::new(&mut plane, 2, "127.0.0.5", SILENCE);
    plane.command(MediaCommand::Bridge { a: a.leg, b: b.leg });
    run(&mut [&mut a, &mut b], 400);
    assert!(b.hears_sound());
    assert!(!a.received.is_empty());
}

#[test]
fn a_recording_of_a_mix_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("room.wav");
    let mut plane = plane((42_400, 42_499), 1);
    let mut talker = Phone::new(&mut plane, 1, "127.0.0.6", LOUD);
    let mix = MixId(1);
    plane.command(MediaCommand::CreateMix { mix });
    plane.command(MediaCommand::Join {
        leg: talker.leg,
        mix,
        muted: false,
        deaf: false,
    });
    plane.command(MediaCommand::Record {
        mix,
        path: path.clone(),
    });
    run(&mut [&mut talker], 1_000);
    plane.command(MediaCommand::StopRecording { mix });
    std::thread::sleep(Duration::from_millis(100));
    drop(plane);
    let wav = media::wav::read(&std::fs::read(path).unwrap()).unwrap();
    let seconds = wav.samples.len() as f32 / wav.sample_rate as f32;
    assert!((0.8..=1.3).contains(&seconds), "{seconds}");
    assert!(wav.samples.iter().any(|sample| *sample > 1_000));
}

/// Conferences that begin at the same time, before anybody is in them.
#[test]
fn empty_mixes_are_spread_over_the_workers() {
    let mut plane = plane((42_600, 42_607), 2);
    for mix in 1..=4 {
        plane.command(MediaCommand::CreateMix { mix: MixId(mix) });
    }
    let at = |plane: &MediaPlane| -> Vec<usize> {
        plane.threads.iter().map(|thread| thread.mixes).collect()
    };
    assert_eq!(at(&plane), [2, 2]);
    for mix in 1..=4 {
        plane.command(MediaCommand::DestroyMix { mix: MixId(mix) });
    }
    assert_eq!(at(&plane), [0, 0]);
}

#[test]
fn a_busy_machine_takes_no_more_legs() {
    let mut plane = plane((42_700, 42_707), 1);
    let local = "127.0.0.1".parse().unwrap();
    plane.threads[0].counters.load.store(950, Ordering::Relaxed);
    let error = plane.open(MediaLeg(1), local).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ResourceBusy);
    plane.threads[0].counters.load.store(100, Ordering::Relaxed);
    plane.open(MediaLeg(1), local).unwrap();
}

/// A sound of which no packets are made yet is heard all the same, soon.
#[test]
fn a_sound_is_made_when_it_is_first_played() {
    let mut plane = plane((42_800, 42_807), 1);
    let mut phone = Phone::new(&mut plane, 1, "127.0.0.7", SILENCE);
    plane.command(MediaCommand::Play {
        leg: phone.leg,
        play: media::control::PlayId(1),
        sound: media::control::Sound::Error,
        repeat: true,
    });
    run(&mut [&mut phone], 600);
    assert!(phone.hears_sound());
}

#[tokio::test]
async fn events_wake_a_runtime() {
    let mut plane = plane((42_500, 42_599), 1);
    plane
        .open(MediaLeg(1), "127.0.0.1".parse().unwrap())
        .unwrap();
    plane.command(MediaCommand::Close { leg: MediaLeg(1) });
    let event = tokio::time::timeout(Duration::from_secs(5), plane.event()).await;
    let event = event.unwrap().unwrap();
    assert!(matches!(
        event,
        MediaEvent::Closed {
            leg: MediaLeg(1),
            ..
        }
    ));
}

#[test]
fn ports_come_back_as_fast_as_calls_come_and_go() {
    const LEGS: u64 = 5_000;
    const AT_ONCE: u64 = 1_000;
    let mut plane = plane((10_000, 15_999), 1);
    let all = plane.free_ports();
    let remote = UdpSocket::bind("127.0.0.1:0").unwrap();
    let remote = remote.local_addr().unwrap();
    let begun = super::super::thread::clock();
    for number in 0..LEGS + AT_ONCE {
        if number < LEGS {
            let leg = MediaLeg(number);
            plane.open(leg, "127.0.0.1".parse().unwrap()).unwrap();
            let params = params(remote);
            plane.command(MediaCommand::Configure { leg, params });
        }
        if let Some(leg) = number.checked_sub(AT_ONCE).map(MediaLeg) {
            plane.command(MediaCommand::Close { leg });
        }
    }
    let rest = begun.elapsed();
    while plane.legs() > 0 && begun.elapsed() < rest + Duration::from_secs(5) {
        while plane.try_event().is_some() {}
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(plane.free_ports(), all);
    let late = begun.elapsed() - rest;
    assert!(late < Duration::from_millis(400), "it took {late:?}");
}

/// What a leg's numbers are at its end.
fn close(plane: &mut MediaPlane, leg: MediaLeg) -> LegStats {
    plane.command(MediaCommand::Close { leg });
    let event = wait_for(
        plane,
        |event| matches!(event, MediaEvent::Closed { leg: closed, .. } if *closed == leg),
    );
    match event {
        MediaEvent::Closed { stats, .. } => stats,
        other => panic!("{other:?} is no end"),
    }
}

#[test]
fn what_came_before_anybody_listened_is_not_played_in_a_burst() {
    let mut plane = plane((42_300, 42_399), 2);
    let mut caller = Phone::new(&mut plane, 1, "127.0.0.2", SILENCE);
    let mut gateway = Phone::new(&mut plane, 2, "127.0.0.3", LOUD);
    for _ in 0..100 {
        gateway.turn();
    }
    std::thread::sleep(Duration::from_millis(20));
    gateway.octet = SILENCE;
    let (a, b) = (caller.leg, gateway.leg);
    plane.command(MediaCommand::Bridge { a, b });
    run(&mut [&mut caller, &mut gateway], 300);
    assert!(!caller.received.is_empty());
    assert!(caller.received.len() <= 16, "{}", caller.received.len());
    assert!(!caller.hears_sound());
    assert_eq!(close(&mut plane, b).lost, 0);
}

#[test]
fn nobody_makes_us_send_to_ourselves() {
    let mut plane = plane((42_400, 42_499), 1);
    // From our own address, from which packets are taken whatever port they come from.
    let mut phones = [1, 2].map(|number| Phone::new(&mut plane, number, "127.0.0.1", LOUD));
    let [a, b] = [phones[0].leg, phones[1].leg];
    plane.command(MediaCommand::Bridge { a, b });
    let [one, other] = &mut phones;
    run(&mut [one, other], 100);
    for (leg, to) in [(a, other.to), (b, one.to)] {
        let params = params(to);
        plane.command(MediaCommand::Configure { leg, params });
    }
    run(&mut [one, other], 500);
    for leg in [a, b] {
        let sent = close(&mut plane, leg).sent;
        assert!(sent < 60, "{sent}");
    }
}

#[test]
fn a_leg_that_is_ordered_about_after_its_end_is_counted_off_once() {
    let mut plane = plane((42_500, 42_599), 2);
    let phones = [1, 2, 3].map(|number| Phone::new(&mut plane, number, "127.0.0.2", SILENCE));
    for phone in &phones {
        plane.settle(phone.leg, 0);
    }
    let mix = MixId(1);
    plane.mixes.insert(mix, 1);
    plane.order(1, MediaCommand::CreateMix { mix });
    let leg = phones[0].leg;
    plane.command(MediaCommand::Close { leg });
    plane.command(MediaCommand::Join {
        leg,
        mix,
        muted: false,
        deaf: false,
    });
    let _ = wait_for(&mut plane, |event| {
        matches!(event, MediaEvent::Closed { .. })
    });
    std::thread::sleep(Duration::from_millis(50));
    assert!(plane.try_event().is_none());
    let legs: Vec<usize> = plane.threads.iter().map(|thread| thread.legs).collect();
    assert_eq!(legs, [2, 0]);
}
