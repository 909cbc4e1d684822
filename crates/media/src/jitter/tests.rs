use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::signal::moment;

/// A stream of 20 ms of µ-law a packet, and a buffer that is ticked every 20 ms.
struct Run {
    buffer: JitterBuffer,
    start: Instant,
    ptime: u64,
    /// What each tick gave, in the order of pulls.
    heard: Vec<Heard>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    /// The number that was in the packet, and how long after its arrival it was pulled, in ms.
    Number(u8, u64),
    Missing,
    Pause,
    Nothing,
}

/// One packet: when it comes in ms, sequence, timestamp.
type Coming = (u64, u16, u32);

impl Run {
    fn new() -> Self {
        Self {
            buffer: JitterBuffer::new(Codec::Pcmu),
            start: moment(),
            ptime: 20,
            heard: Vec::new(),
        }
    }

    fn at(&self, ms: u64) -> Instant {
        self.start + Duration::from_millis(ms)
    }

    fn put(&mut self, (ms, sequence, timestamp): Coming) -> Put {
        let mut payload = vec![sequence as u8; self.ptime as usize * 8];
        // When it came, for the measure of delay.
        payload[1..9].copy_from_slice(&ms.to_be_bytes());
        let arrival = Arrival {
            ssrc: 1,
            sequence,
            timestamp,
            payload: &payload,
            level: None,
        };
        self.buffer.put(self.at(ms), &arrival)
    }

    /// Ticks at `phase` + 20 n ms until `end`, with packets put in when they come.
    fn play(&mut self, mut packets: Vec<Coming>, phase: u64, end: u64) -> &[Heard] {
        packets.sort_by_key(|packet| packet.0);
        let mut packets = packets.into_iter().peekable();
        for now in (phase..end).step_by(20) {
            while let Some(packet) = packets.next_if(|packet| packet.0 <= now) {
                self.put(packet);
            }
            self.tick(now);
        }
        &self.heard
    }

    fn tick(&mut self, now: u64) {
        self.buffer.tick(self.at(now));
        let mut pulled = 0;
        loop {
            let heard = match self.buffer.pull() {
                Pull::Done => break,
                Pull::Packet { payload, .. } => {
                    let came = u64::from_be_bytes(payload[1..9].try_into().unwrap());
                    Heard::Number(payload[0], now - came)
                }
                Pull::Missing { .. } => Heard::Missing,
                Pull::Pause { .. } => Heard::Pause,
            };
            self.heard.push(heard);
            pulled += 1;
            assert!(pulled < 10, "a tick without an end");
        }
        if pulled == 0 {
            self.heard.push(Heard::Nothing);
        }
    }

    fn numbers(&self) -> Vec<u8> {
        self.heard
            .iter()
            .filter_map(|heard| match heard {
                Heard::Number(number, _) => Some(*number),
                _ => None,
            })
            .collect()
    }

    fn count(&self, what: Heard) -> usize {
        self.heard.iter().filter(|heard| **heard == what).count()
    }

    /// Delays of packets after the first second, in ms.
    fn delays(&self) -> Vec<u64> {
        let mut delays: Vec<u64> = self
            .heard
            .iter()
            .skip(50)
            .filter_map(|heard| match heard {
                Heard::Number(_, delay) => Some(*delay),
                _ => None,
            })
            .collect();
        delays.sort_unstable();
        delays
    }
}

/// Packets each `ptime` ms without any trouble.
fn steady(count: u16, ptime: u64) -> Vec<Coming> {
    (0..count)
        .map(|n| {
            let ms = u64::from(n) * ptime;
            (ms, n, (ms * 8) as u32)
        })
        .collect()
}

/// Deterministic numbers below `below`.
fn noise(below: u64) -> impl FnMut() -> u64 {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    }
}

#[test]
fn a_steady_stream_comes_out_whole_and_soon() {
    for phase in [1, 7, 13, 19] {
        let mut run = Run::new();
        run.play(steady(200, 20), phase, 4_000);
        assert_eq!(
            run.numbers(),
            (0..200).map(|n| n as u8).collect::<Vec<_>>()[..run.numbers().len()]
        );
        assert!(run.numbers().len() >= 198);
        assert_eq!(run.count(Heard::Missing), 0);
        let delays = run.delays();
        assert!(*delays.last().unwrap() <= 28, "phase {phase}: {delays:?}");
    }
}

#[test]
fn reordered_packets_are_put_right() {
    let mut packets = steady(100, 20);
    // Each tenth comes 7 ms after the one that follows it.
    for n in (10..100).step_by(10) {
        packets[n].0 += 27;
    }
    let mut run = Run::new();
    run.play(packets, 3, 2_000);
    let numbers = run.numbers();
    assert!(numbers.is_sorted(), "{numbers:?}");
    // The first few come too late for a delay that has yet to grow.
    assert!(numbers.len() >= 93, "{} of 100", numbers.len());
}

#[test]
fn a_loss_is_missing_once() {
    let mut packets = steady(50, 20);
    packets.remove(20);
    let mut run = Run::new();
    run.play(packets, 5, 990);
    assert_eq!(run.count(Heard::Missing), 1);
    let place = run.heard.iter().position(|h| *h == Heard::Missing).unwrap();
    assert!(matches!(run.heard[place - 1], Heard::Number(19, _)));
    assert!(matches!(run.heard[place + 1], Heard::Number(21, _)));
}

/// The packet after the lost one is offered for recovery if it is there already.
#[test]
fn the_packet_after_a_loss_is_shown() {
    let mut run = Run::new();
    run.put((0, 0, 0));
    run.buffer.tick(run.at(21));
    assert!(matches!(run.buffer.pull(), Pull::Packet { .. }));
    run.put((40, 2, 320));
    run.buffer.tick(run.at(41));
    match run.buffer.pull() {
        Pull::Missing {
            units: 160,
            next: Some(next),
        } => assert_eq!(next[0], 2),
        other => panic!("{other:?}"),
    }
    run.buffer.tick(run.at(61));
    assert!(matches!(run.buffer.pull(), Pull::Packet { .. }));
}

#[test]
fn copies_and_stragglers_are_refused() {
    let mut run = Run::new();
    assert_eq!(run.put((0, 5, 0)), Put::Kept);
    assert_eq!(run.put((0, 5, 0)), Put::Duplicate);
    assert_eq!(run.put((20, 6, 160)), Put::Kept);
    run.tick(20);
    run.tick(40);
    assert_eq!(run.put((41, 5, 0)), Put::Late);
    assert_eq!(run.buffer.stats().duplicates, 1);
    assert_eq!(run.buffer.stats().late, 1);
    let empty = Arrival {
        ssrc: 1,
        sequence: 7,
        timestamp: 320,
        payload: &[],
        level: None,
    };
    assert_eq!(run.buffer.put(run.at(42), &empty), Put::Refused);
    let huge = Arrival {
        payload: &[0; 1_400],
        ..empty
    };
    assert_eq!(run.buffer.put(run.at(42), &huge), Put::Refused);
}

#[test]
fn sequence_and_timestamp_wrap() {
    let packets = (0..300_u64)
        .map(|n| {
            let sequence = 65_400_u16.wrapping_add(n as u16);
            (
                n * 20,
                sequence,
                (u32::MAX - 16_000).wrapping_add(n as u32 * 160),
            )
        })
        .collect();
    let mut run = Run::new();
    run.play(packets, 11, 5_900);
    assert_eq!(run.count(Heard::Missing) + run.count(Heard::Pause), 0);
    assert!(run.numbers().len() >= 294);
}

#[test]
fn packets_of_other_lengths() {
    for (ptime, least) in [(10, 390), (30, 130), (40, 97), (60, 64)] {
        let count = 4_000 / ptime as u16;
        let mut run = Run {
            ptime,
            ..Run::new()
        };
        run.play(steady(count, ptime), 9, 3_950);
        assert_eq!(run.count(Heard::Missing), 0, "{ptime} ms");
        assert!(
            run.numbers().len() >= least,
            "{ptime} ms: {}",
            run.numbers().len()
        );
    }
}

/// Discontinuous transmission: time passes, sequence numbers do not.
#[test]
fn a_pause_of_the_sender_is_no_loss() {
    let mut packets = steady(50, 20);
    packets.extend((0..50).map(|n| (2_000 + n * 20, 50 + n as u16, (2_000 + n as u32 * 20) * 8)));
    let mut run = Run::new();
    run.play(packets, 5, 2_990);
    assert!(run.count(Heard::Missing) <= 3);
    assert!(run.count(Heard::Pause) >= 45);
    assert!(run.numbers().len() >= 98);
    assert!(*run.delays().last().unwrap() <= 30);
}

/// Some phones stop their clock while they are silent.
#[test]
fn a_clock_that_stopped_in_a_pause_sets_a_new_pace() {
    let mut packets = steady(50, 20);
    packets.extend((0..100).map(|n| (2_000 + n * 20, 50 + n as u16, (1_000 + n as u32 * 20) * 8)));
    let mut run = Run::new();
    run.play(packets, 5, 3_990);
    assert!(run.numbers().len() >= 148, "{}", run.numbers().len());
    assert!(*run.delays().last().unwrap() <= 30, "{:?}", run.delays());
}

#[test]
fn events_between_audio_are_no_loss() {
    let mut run = Run::new();
    for n in 0..60_u16 {
        let ms = u64::from(n) * 20;
        if (20..30).contains(&n) {
            run.buffer.skip(1, n);
        } else {
            run.put((ms, n, u32::from(n) * 160));
        }
        run.tick(ms + 5);
    }
    assert_eq!(run.count(Heard::Missing), 0, "{:?}", run.heard);
    assert!(run.numbers().len() >= 48);
}

/// An event so far ahead that it pushes the first packet out before that was played.
#[test]
fn events_at_the_very_beginning_have_no_time() {
    let mut run = Run::new();
    run.put((0, 0, 0));
    run.buffer.skip(1, 40);
    run.tick(20);
    run.put((820, 41, 41 * 160));
    for now in (840..900).step_by(20) {
        run.tick(now);
    }
    assert_eq!(run.numbers(), [41]);
}

#[test]
fn a_restarted_sender_is_followed_after_two_packets() {
    let mut packets = steady(50, 20);
    packets.extend(
        (0..50_u64).map(|n| (1_000 + n * 20, 9_000 + n as u16, 7_000_000 + n as u32 * 160)),
    );
    let mut run = Run::new();
    run.play(packets, 5, 1_990);
    assert!(run.numbers().len() >= 97, "{}", run.numbers().len());
    assert_eq!(run.buffer.stats().restarts, 2);
}

#[test]
fn a_stray_packet_changes_nothing() {
    let mut packets = steady(100, 20);
    packets.push((1_001, 40_000, 9_999_999));
    let mut run = Run::new();
    run.play(packets, 5, 1_990);
    assert_eq!(run.count(Heard::Missing), 0);
    assert!(run.numbers().len() >= 98);
}

#[test]
fn another_source_begins_at_once() {
    let mut run = Run::new();
    run.play(steady(20, 20), 5, 400);
    let payload = [200; 160];
    let arrival = Arrival {
        ssrc: 2,
        sequence: 1,
        timestamp: 1,
        payload: &payload,
        level: None,
    };
    assert_eq!(run.buffer.put(run.at(400), &arrival), Put::Restarted);
    run.buffer.tick(run.at(425));
    assert!(matches!(
        run.buffer.pull(),
        Pull::Packet {
            payload: [200, ..],
            ..
        }
    ));
}

/// 30 ms of jitter: nearly all is heard, in order, and not later than it must be.
#[test]
fn the_delay_grows_with_jitter_and_shrinks_after_it() {
    let mut jitter = noise(31);
    let mut packets = steady(1_500, 20);
    for packet in packets.iter_mut().take(1_000) {
        packet.0 += jitter();
    }
    let mut run = Run::new();
    run.play(packets, 5, 29_000);
    let numbers = run.numbers();
    assert!(numbers.len() >= 1_420, "{} of 1450", numbers.len());
    assert!(run.buffer.stats().late < 30, "{:?}", run.buffer.stats());
    let during = &run.heard[500..1_000];
    let late = during.iter().filter_map(|heard| match heard {
        Heard::Number(_, delay) => Some(*delay),
        _ => None,
    });
    assert!(late.max().unwrap() <= 85);
    let after = match run.heard.last().unwrap() {
        Heard::Number(_, delay) => *delay,
        other => panic!("{other:?}"),
    };
    assert!(after <= 50, "{after} ms, long after the jitter");
}

#[test]
fn five_in_a_hundred_lost_with_jitter() {
    let (mut jitter, mut lost) = (noise(31), noise(100));
    let mut packets: Vec<Coming> = steady(3_000, 20)
        .into_iter()
        .filter(|_| lost() >= 5)
        .collect();
    let sent = packets.len();
    for packet in &mut packets {
        packet.0 += jitter();
    }
    let mut run = Run::new();
    run.play(packets, 5, 60_000);
    let heard = run.numbers().len();
    assert!(heard * 100 >= sent * 97, "{heard} of {sent}");
}

/// A phone whose clock runs 0.5 % fast or slow (a hundred times what a bad one does): the delay
/// stays bounded over two minutes, and ticks are left out or put in rarely.
#[test]
fn drift_of_the_clocks_is_taken_up() {
    for micros in [19_900, 20_100] {
        let packets = (0..6_000_u64)
            .map(|n| (n * micros / 1_000, n as u16, n as u32 * 160))
            .collect();
        let mut run = Run::new();
        run.play(packets, 5, 118_000);
        let stats = run.buffer.stats();
        let delays = run.delays();
        assert!(
            *delays.last().unwrap() <= 65,
            "{micros}: {}",
            delays.last().unwrap()
        );
        assert!(stats.dropped + stats.inserted <= 60, "{micros}: {stats:?}");
        assert!(
            run.numbers().len() >= 5_800,
            "{micros}: {}",
            run.numbers().len()
        );
    }
}

/// While someone is heard speaking nothing is left out.
#[test]
fn speech_is_not_cut() {
    let mut run = Run::new();
    for n in 0..400_u64 {
        // A burst: for 40 ms nothing comes, then all at once.
        let ms = if (50..53).contains(&n) {
            53 * 20
        } else {
            n * 20
        };
        run.put((ms, n as u16, n as u32 * 160));
        if ms == n * 20 {
            run.tick(ms + 5);
        }
        run.buffer.heard(if n < 200 { 20 } else { 90 });
        if n == 199 {
            assert_eq!(run.buffer.stats().dropped, 0);
        }
    }
}

#[test]
fn a_flood_keeps_only_the_newest() {
    let mut run = Run::new();
    for n in 0..500_u16 {
        run.put((0, n, u32::from(n) * 160));
    }
    assert!(run.buffer.depth() <= 32);
    run.play(Vec::new(), 20, 3_000);
    assert!(run.numbers().ends_with(&[(499_u16 & 0xFF) as u8]));
}

#[test]
fn samples_wait_for_their_tick() {
    let mut fifo = PcmFifo::new();
    let mut out = [1; 160];
    assert_eq!(fifo.take(&mut out), 0);
    assert_eq!(out, [0; 160]);
    for round in 0..300_i16 {
        fifo.space()[..240].fill(round);
        fifo.commit(240);
        while fifo.len() >= 160 {
            assert_eq!(fifo.take(&mut out), 160);
            assert!(
                out.iter()
                    .all(|&sample| sample == round || sample == round - 1)
            );
        }
    }
    fifo.clear();
    fifo.space()[..100].fill(0);
    fifo.commit(100);
    assert_eq!(fifo.take(&mut out), 100);
    assert!(fifo.is_empty());
    for _ in 0..5 {
        fifo.space().fill(9);
        fifo.commit(crate::codec::MAX_PACKET_SAMPLES);
    }
    assert!(fifo.len() <= 2 * crate::codec::MAX_PACKET_SAMPLES);
}

proptest! {
    /// Whatever comes whenever, every tick ends, and never more than a few packets wait.
    #[test]
    fn no_stream_breaks_it(
        packets in prop::collection::vec(
            (0_u64..90, any::<u16>(), any::<u32>(), 0_u8..6, 0_usize..700), 1..300),
    ) {
        let mut buffer = JitterBuffer::new(Codec::Pcma);
        let start = moment();
        let (mut now, mut sequence, mut timestamp) = (0, 0_u16, 0_u32);
        for (later, a, b, what, octets) in packets {
            now += later;
            let at = start + Duration::from_millis(now);
            sequence = sequence.wrapping_add(1);
            timestamp = timestamp.wrapping_add(160);
            match what {
                0 => (sequence, timestamp) = (a, b),
                1 => sequence = sequence.wrapping_add(a % 40),
                2 => timestamp = timestamp.wrapping_add(b % 20_000),
                3 => {
                    buffer.skip(0, sequence.wrapping_add(a % 3));
                    sequence = sequence.wrapping_add(b as u16 % 3);
                }
                _ => {}
            }
            let payload = vec![0; octets];
            let arrival = Arrival {
                ssrc: u32::from(what == 5 && a % 20 == 0), sequence, timestamp,
                payload: &payload, level: (a % 2 == 0).then_some(b as u8),
            };
            buffer.put(at, &arrival);
            buffer.tick(at);
            let mut units = 0;
            for pulls in 0.. {
                prop_assert!(pulls < 1_000, "a tick without an end");
                match buffer.pull() {
                    Pull::Done => break,
                    Pull::Packet { units: n, .. } | Pull::Missing { units: n, .. }
                        | Pull::Pause { units: n } => units += n,
                }
            }
            prop_assert!(units <= 2 * (160 + 640), "{units} units in one tick");
            prop_assert!(buffer.depth() <= 32);
        }
    }
}

#[test]
fn a_standstill_is_over_when_it_is_over() {
    let mut run = Run::new();
    run.play(steady(50, 20), 7, 1_000);
    // Nothing is done for 1.9 s, while packets come and are noted.
    let before = run.heard.len();
    let rest = steady(200, 20).split_off(50);
    run.play(rest, 2_907, 4_000);
    let soon = &run.heard[before..before + 6];
    assert!(
        soon.iter().any(|heard| matches!(heard, Heard::Number(..))),
        "{soon:?}"
    );
    let late = run.heard.iter().skip(before + 40);
    let longest = late.filter_map(|heard| match heard {
        Heard::Number(_, delay) => Some(*delay),
        _ => None,
    });
    assert!(longest.max() < Some(100));
}

/// A digit that is pressed during a standstill: what comes first afterwards has no time.
#[test]
fn events_of_a_standstill_have_no_time() {
    let mut run = Run::new();
    run.play(steady(50, 20), 7, 1_047);
    for n in 50..55 {
        run.buffer.skip(1, n);
    }
    for n in 55..70 {
        run.put((u64::from(n) * 20, n, u32::from(n) * 160));
    }
    let before = run.heard.len();
    for now in (1_407..1_700).step_by(20) {
        run.tick(now);
    }
    let soon = &run.heard[before..before + 12];
    assert!(
        soon.iter().any(|heard| matches!(heard, Heard::Number(..))),
        "{soon:?}"
    );
}
