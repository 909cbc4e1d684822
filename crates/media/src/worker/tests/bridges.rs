use super::phone::{EVENTS, MIX, Stage, assert_continuous};
use crate::control::{Codec, MediaCommand, MediaLeg, PlayId, Sound};

const TONES: [f32; 2] = [500.0, 1_100.0];

fn two(codecs: [Codec; 2]) -> Stage {
    let mut stage = Stage::new();
    stage.phone(1, codecs[0], TONES[0]);
    stage.phone(2, codecs[1], TONES[1]);
    stage.bridge(1, 2);
    stage
}

/// A press by RFC 4733: three packets while it lasts, three of its end.
fn press(stage: &mut Stage, leg: u64, event: u8) {
    let timestamp = stage.phones[&leg].timestamp;
    for (step, ended) in [
        (1, false),
        (2, false),
        (3, false),
        (4, true),
        (4, true),
        (4, true),
    ] {
        let phone = stage.phones.get_mut(&leg).unwrap();
        let held = phone.timestamp;
        phone.timestamp = timestamp;
        let duration = (step * phone.codec.tick_units() as u16).to_be_bytes();
        let flags = if ended { 0x8A } else { 0x0A };
        let packet = phone.packet(EVENTS, &[event, flags, duration[0], duration[1]]);
        phone.sequence = phone.sequence.wrapping_add(1);
        phone.timestamp = held;
        let (place, address) = (phone.place, phone.address);
        stage.inject(place, address, &packet);
        if !ended || step == 4 {
            stage.tick();
        }
    }
}

#[test]
fn the_same_codec_is_passed_on_unchanged() {
    for codec in [Codec::Pcma, Codec::G722, Codec::Opus] {
        let mut stage = two([codec; 2]);
        stage.run(1_000);
        assert_eq!(stage.hears(1, &TONES), [TONES[1]], "{codec:?}");
        assert_eq!(stage.hears(2, &TONES), [TONES[0]], "{codec:?}");
        assert_continuous(&stage.phones[&2].headers, codec.tick_units());
        assert_eq!(stage.phones[&2].headers[0].ssrc, 0x5EED_0002);
    }
}

#[test]
fn different_codecs_are_translated() {
    for codecs in [
        [Codec::Pcma, Codec::Pcmu],
        [Codec::Pcma, Codec::Opus],
        [Codec::G722, Codec::Opus],
        [Codec::G722, Codec::Pcma],
    ] {
        let mut stage = two(codecs);
        stage.run(1_500);
        assert_eq!(stage.hears(1, &TONES), [TONES[1]], "{codecs:?}");
        assert_eq!(stage.hears(2, &TONES), [TONES[0]], "{codecs:?}");
        assert_continuous(&stage.phones[&2].headers, codecs[1].tick_units());
    }
}

#[test]
fn a_relayed_packet_waits_for_no_tick() {
    let mut stage = two([Codec::Pcma; 2]);
    let packet = stage.phones.get_mut(&1).unwrap().next_packet().unwrap();
    let (place, address) = (stage.phones[&1].place, stage.phones[&1].address);
    stage.inject(place, address, &packet);
    assert_eq!(stage.phones[&2].headers.len(), 1);
}

#[test]
fn a_lost_packet_stays_visible() {
    let mut stage = two([Codec::Pcma; 2]);
    // An odd number, so that both directions lose.
    stage.lose_one_in = Some(9);
    stage.run(1_000);
    let headers = &stage.phones[&2].headers;
    let gaps = headers
        .windows(2)
        .filter(|pair| pair[1].sequence == pair[0].sequence.wrapping_add(2))
        .count();
    assert!(gaps >= 4, "{gaps}");
}

#[test]
fn digits_are_told_and_passed_on() {
    for codecs in [[Codec::Pcma, Codec::Pcma], [Codec::Pcma, Codec::Opus]] {
        let mut stage = two(codecs);
        stage.run(200);
        press(&mut stage, 1, 5);
        stage.run(300);
        press(&mut stage, 1, 11);
        stage.run(600);
        assert_eq!(stage.digits(1), "5#", "{codecs:?}");
        let mut passed: Vec<u8> = stage.phones[&2]
            .events
            .iter()
            .filter(|(_, payload)| payload[1] & 0x80 != 0)
            .map(|(_, payload)| payload[0])
            .collect();
        passed.dedup();
        assert_eq!(passed, [5, 11], "{codecs:?}");
        assert!(
            stage.phones[&2]
                .events
                .iter()
                .all(|(header, _)| header.ssrc == 0x5EED_0002)
        );
    }
}

/// Opus on both sides, but one counts the durations of keys by 8000 Hz: they are made anew.
#[test]
fn digits_between_different_clocks_keep_their_length() {
    let mut stage = Stage::new();
    stage.phone(1, Codec::Opus, TONES[0]);
    let mut params = Stage::params(2, Codec::Opus);
    params.event_clock = 8_000;
    stage.phone_with(2, TONES[1], params);
    stage.bridge(1, 2);
    stage.run(200);
    press(&mut stage, 1, 5);
    stage.run(600);
    assert_eq!(stage.digits(1), "5");
    let events = &stage.phones[&2].events;
    let lengths = events
        .iter()
        .map(|(_, payload)| u16::from_be_bytes([payload[2], payload[3]]));
    assert_eq!(lengths.max(), Some(800));
    assert_eq!(stage.hears(2, &TONES), [TONES[0]]);
}

#[test]
fn a_digit_for_one_without_events_is_a_tone() {
    let mut stage = Stage::new();
    let mut params = Stage::params(1, Codec::Pcma);
    params.telephone_event = None;
    stage.phone_with(1, TONES[0], params);
    stage.order(MediaCommand::SendDigit {
        leg: MediaLeg(1),
        digit: b'5',
        duration_ms: 200,
    });
    stage.run(200);
    let phone = &stage.phones[&1];
    assert!(phone.events.is_empty());
    assert!(phone.hears(770.0, 150) > -25.0);
    assert!(phone.hears(1_336.0, 150) > -25.0);
}

#[test]
fn a_digit_by_events_has_one_timestamp_and_three_ends() {
    let mut stage = Stage::new();
    stage.phone(1, Codec::Opus, TONES[0]);
    stage.run(100);
    stage.order(MediaCommand::SendDigit {
        leg: MediaLeg(1),
        digit: b'#',
        duration_ms: 100,
    });
    stage.run(400);
    let events = &stage.phones[&1].events;
    assert!(events.iter().all(|(header, payload)| {
        payload[0] == 11 && header.timestamp == events[0].0.timestamp
    }));
    assert!(events[0].0.marker);
    let ends = events.iter().filter(|(_, payload)| payload[1] & 0x80 != 0);
    assert_eq!(ends.count(), 3);
}

#[test]
fn from_bridge_to_mix_and_back_the_stream_is_one() {
    let mut stage = two([Codec::Pcma; 2]);
    stage.phone(3, Codec::Pcma, 1_900.0);
    stage.run(500);
    stage.conference();
    stage.run(800);
    let tones = [TONES[0], TONES[1], 1_900.0];
    assert_eq!(stage.hears(1, &tones), [TONES[1], 1_900.0]);
    stage.bridge(1, 2);
    stage.run(500);
    assert_eq!(stage.hears(1, &tones), [TONES[1]]);
    let headers = &stage.phones[&1].headers;
    for pair in headers.windows(2) {
        assert_eq!(pair[1].ssrc, pair[0].ssrc);
        assert_eq!(pair[1].sequence, pair[0].sequence.wrapping_add(1));
        let step = pair[1].timestamp.wrapping_sub(pair[0].timestamp);
        assert!((1..=480).contains(&step), "{step}");
    }
    stage.order(MediaCommand::DestroyMix { mix: MIX });
}

#[test]
fn a_held_peer_hears_music_while_the_other_is_not_heard() {
    let mut stage = two([Codec::Pcma; 2]);
    stage.run(400);
    stage.order(MediaCommand::Play {
        leg: MediaLeg(2),
        play: PlayId(1),
        sound: Sound::Music,
        repeat: true,
    });
    stage.run(600);
    assert_eq!(stage.hears(2, &TONES), [0.0; 0]);
    assert_eq!(stage.hears(1, &TONES), [TONES[1]]);
    stage.order(MediaCommand::StopPlaying { leg: MediaLeg(2) });
    stage.run(600);
    assert_eq!(stage.hears(2, &TONES), [TONES[0]]);
}

#[test]
fn undone_both_hear_nothing() {
    let mut stage = two([Codec::Pcma, Codec::Opus]);
    stage.run(400);
    stage.order(MediaCommand::Unbridge { leg: MediaLeg(2) });
    stage.run(600);
    for leg in [1, 2] {
        assert_eq!(stage.hears(leg, &TONES), [0.0; 0]);
    }
}
