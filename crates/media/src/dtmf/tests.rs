use std::time::Duration;

use super::*;
use crate::signal::{amplitude_of, moment};

const KEYS_IN_ORDER: &[u8; 16] = b"0123456789*#ABCD";

#[test]
fn keys_and_events() {
    for (event, &key) in KEYS_IN_ORDER.iter().enumerate() {
        assert_eq!(event_of(key), Some(event as u8));
        assert_eq!(digit_of(event as u8), Some(key));
    }
    assert_eq!(event_of(b'x'), None);
    assert_eq!(digit_of(16), None);
}

/// Feeds packets (ms, timestamp, event, ended, duration) and gives the keys told.
fn check(packets: &[(u64, u32, u8, bool, u16)], expect: &str) {
    let mut receiver = EventReceiver::new(8_000);
    let start = moment();
    let mut told = Vec::new();
    let mut last = 0;
    for &(ms, timestamp, event, ended, duration) in packets {
        let [high, low] = duration.to_be_bytes();
        let now = start + Duration::from_millis(ms);
        told.extend(receiver.poll(now));
        let keys = receiver.receive(
            now,
            timestamp,
            &[event, u8::from(ended) << 7 | 10, high, low],
        );
        told.extend(keys.into_iter().flatten());
        last = ms;
    }
    told.extend(receiver.poll(start + Duration::from_millis(last + 200)));
    assert_eq!(String::from_utf8(told).unwrap(), expect);
}

#[test]
fn a_press_is_told_once() {
    check(
        &[
            (0, 1_000, 5, false, 160),
            (20, 1_000, 5, false, 320),
            (40, 1_000, 5, false, 480),
            (60, 1_000, 5, true, 640),
            (60, 1_000, 5, true, 640),
            (60, 1_000, 5, true, 640),
        ],
        "5",
    );
}

#[test]
fn a_lost_beginning_and_a_lost_end() {
    check(&[(60, 1_000, 1, true, 640)], "1");
    check(
        &[(0, 1_000, 1, false, 160), (20, 1_000, 1, false, 320)],
        "1",
    );
    check(&[(0, 1_000, 1, false, 160)], "1");
    check(
        &[(0, 1_000, 1, false, 160), (90, 2_000, 2, false, 160)],
        "12",
    );
}

#[test]
fn the_same_key_twice() {
    check(
        &[
            (0, 1_000, 7, false, 160),
            (40, 1_000, 7, true, 480),
            (100, 1_800, 7, false, 160),
            (140, 1_800, 7, true, 480),
        ],
        "77",
    );
}

#[test]
fn stragglers_and_other_events_say_nothing() {
    check(
        &[
            (0, 1_000, 7, true, 480),
            (100, 1_800, 8, true, 480),
            (110, 1_000, 7, true, 480),
            (120, 1_800, 9, true, 480),
            (300, 9_000, 16, true, 480),
        ],
        "78",
    );
}

/// A sender that began anew chooses its timestamps at random.
#[test]
fn a_press_much_later_is_one_whatever_its_timestamp() {
    check(
        &[
            (0, 3_000_000_000, 7, true, 480),
            (2_500, 2_000_000_000, 8, true, 480),
            (5_000, 1_500_000_000, 8, true, 480),
        ],
        "788",
    );
}

#[test]
fn a_press_of_another_stream_is_one_at_once() {
    let mut receiver = EventReceiver::new(8_000);
    let start = moment();
    assert_eq!(
        receiver.receive(start, 3_000_000_000, &[7, 10, 0, 160]),
        [None, None]
    );
    receiver.restart();
    let soon = start + Duration::from_millis(30);
    assert_eq!(
        receiver.receive(soon, 2_000_000_000, &[8, 0x8A, 2, 0]),
        [Some(b'7'), Some(b'8')]
    );
}

/// Held for longer than the duration field can say: further segments with later timestamps.
#[test]
fn nobody_presses_keys_without_pause() {
    let mut receiver = EventReceiver::new(8_000);
    let start = moment();
    let mut told = 0;
    // A new press in every packet, 6,400 packets a second, for two seconds.
    for number in 0..12_800_u32 {
        let now = start + Duration::from_micros(u64::from(number) * 156);
        let event = [10, 5][number as usize % 2];
        let keys = receiver.receive(now, number, &[event, 0x8a, 0, 0]);
        told += keys.iter().flatten().count();
    }
    assert!((25..=40).contains(&told), "{told}");
    // Twelve a second, come all at once after a delay, are all there.
    let mut receiver = EventReceiver::new(8_000);
    let keys = (0..8_u32).flat_map(|number| {
        let payload = [u8::try_from(number).unwrap(), 0x8a, 1, 64];
        receiver.receive(start, number * 1_000, &payload)
    });
    assert_eq!(keys.flatten().count(), 8);
}

#[test]
fn a_long_press_is_one() {
    check(
        &[
            (0, 1_000, 3, false, 160),
            (8_000, 1_000, 3, false, 0xFFFF),
            (8_020, 1_000 + 0xFFFF, 3, false, 160),
            (8_100, 1_000 + 0xFFFF, 3, true, 800),
        ],
        "3",
    );
}

#[test]
fn what_is_sent_is_received_whatever_is_lost() {
    for lost in 0..64_u32 {
        let mut sender = EventSender::new(b'#', 100, 77, 8_000).unwrap();
        let mut receiver = EventReceiver::new(8_000);
        let start = moment();
        let mut told = Vec::new();
        let mut packets = 0;
        while let Some(packet) = sender.tick() {
            assert_eq!(packet.marker, packets == 0);
            assert_eq!(packet.timestamp, 77);
            if lost >> packets & 1 == 0 {
                let now = start + Duration::from_millis(packets * 20);
                let keys = receiver.receive(now, packet.timestamp, &packet.payload);
                told.extend(keys.into_iter().flatten());
            }
            packets += 1;
        }
        assert_eq!(packets, 7, "five of 100 ms, of which the last twice more");
        told.extend(receiver.poll(start + Duration::from_millis(900)));
        assert_eq!(told, b"#", "lost {lost:b}");
    }
}

#[test]
fn durations_are_kept_in_bounds() {
    let last = |ms, clock| {
        let mut sender = EventSender::new(b'1', ms, 0, clock).unwrap();
        std::iter::from_fn(|| sender.tick()).last().unwrap().payload
    };
    assert_eq!(last(0, 8_000), [1, 0x8A, 1, 64]);
    assert_eq!(last(60_000, 8_000)[1], 0x8A);
    assert_eq!(last(60_000, 48_000)[1], 0x8A);
    assert!(EventSender::new(b'?', 100, 0, 8_000).is_none());
}

#[test]
fn tones_are_the_keys_frequencies() {
    for rate in [8_000, 16_000, 48_000] {
        for (key, row, column) in [
            (b'1', 697.0, 1_209.0),
            (b'D', 941.0, 1_633.0),
            (b'8', 852.0, 1_336.0),
        ] {
            let mut out = vec![0; rate as usize / 10];
            let mut tone = DigitTone::new(key, 100, rate).unwrap();
            assert!(!tone.fill(&mut out));
            for (hertz, sounds) in [
                (row, true),
                (column, true),
                (770.0, false),
                (1_477.0, false),
            ] {
                let amplitude = amplitude_of(hertz, rate, &out);
                assert_eq!(
                    amplitude > 6_500.0,
                    sounds,
                    "{key} at {rate}: {hertz} {amplitude}"
                );
            }
            assert!(!tone.fill(&mut out));
            assert!(out.iter().all(|&sample| sample == 0));
        }
    }
    assert!(DigitTone::new(b'E', 100, 8_000).is_none());
}
