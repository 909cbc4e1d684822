use std::sync::Arc;

use super::phone::{MIX, Stage, assert_continuous};
use crate::control::{Codec, MediaCommand, MediaEvent, MediaLeg, MixId, PlayId, Sound};
use crate::prompt::SoundLibrary;

const TONES: [f32; 3] = [500.0, 900.0, 1_700.0];

fn three(codecs: [Codec; 3]) -> Stage {
    let mut stage = Stage::new();
    for (number, (codec, hertz)) in codecs.into_iter().zip(TONES).enumerate() {
        stage.phone(number as u64 + 1, codec, hertz);
    }
    stage.conference();
    stage
}

#[test]
fn each_hears_the_others_and_not_itself() {
    use Codec::{G722, Opus, Pcma, Pcmu};
    for codecs in [
        [Pcma, Pcma, Pcma],
        [Pcmu, Pcma, Pcmu],
        [G722, G722, Pcma],
        [Opus, Opus, Opus],
        [Opus, Pcma, G722],
    ] {
        let mut stage = three(codecs);
        stage.run(1_500);
        for leg in 1..=3 {
            let others: Vec<_> = (0..3)
                .filter(|index| *index + 1 != leg as usize)
                .map(|index| TONES[index])
                .collect();
            assert_eq!(stage.hears(leg, &TONES), others, "leg {leg} of {codecs:?}");
            let own = stage.phones[&leg].hears(TONES[leg as usize - 1], 300);
            assert!(
                own < -45.0,
                "leg {leg} of {codecs:?} hears itself at {own} dB"
            );
            let codec = codecs[leg as usize - 1];
            assert_continuous(&stage.phones[&leg].headers, codec.tick_units());
        }
    }
}

#[test]
fn everyone_gets_fifty_packets_a_second_from_the_first_tick() {
    let mut stage = three([Codec::Pcma; 3]);
    stage.run(2_000);
    for phone in stage.phones.values() {
        assert_eq!(phone.headers.len(), 100);
    }
}

#[test]
fn a_muted_one_is_silent_within_a_tick_and_fades() {
    let mut stage = three([Codec::Pcma; 3]);
    stage.run(1_000);
    stage.hearing(1, true, false);
    let before = stage.phones[&2].heard.len();
    stage.run(20);
    let heard = &stage.phones[&2].heard;
    // The first tick fades within 5 ms; what is left of the 900 Hz and 1700 Hz stays.
    let rest = super::phone::goertzel(&heard[before + 40..], TONES[0], 8_000);
    assert!(rest < -30.0, "{rest}");
    stage.run(300);
    assert_eq!(stage.hears(2, &TONES), [TONES[2]]);
    assert_eq!(stage.hears(1, &TONES), [TONES[1], TONES[2]]);
    stage.hearing(1, false, false);
    stage.run(400);
    assert_eq!(stage.hears(2, &TONES), [TONES[0], TONES[2]]);
}

#[test]
fn muting_does_not_click() {
    let mut stage = three([Codec::Pcma; 3]);
    stage.phones.get_mut(&2).unwrap().amplitude = 0.0;
    stage.phones.get_mut(&3).unwrap().amplitude = 0.0;
    stage.phones.get_mut(&1).unwrap().hertz = 200.0;
    stage.run(1_000);
    stage.hearing(1, true, false);
    let before = stage.phones[&2].heard.len();
    stage.run(100);
    let steepest = stage.phones[&2].heard[before - 2..]
        .windows(2)
        .map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs())
        .max();
    // A sine of 200 Hz at 8000 changes by 1257 a sample at most; a cut would by up to 8000.
    assert!(steepest < Some(1_700), "{steepest:?}");
}

/// Whatever ends one voice, the others hear no step in it.
#[test]
fn one_who_leaves_does_not_click() {
    let leg = MediaLeg(1);
    let ends = [
        MediaCommand::Leave { leg },
        MediaCommand::Close { leg },
        MediaCommand::Join {
            leg,
            mix: MixId(2),
            muted: false,
            deaf: false,
        },
        MediaCommand::Configure {
            leg,
            params: Stage::params(1, Codec::Pcmu),
        },
    ];
    for end in ends {
        let mut stage = three([Codec::Pcma; 3]);
        stage.order(MediaCommand::CreateMix { mix: MixId(2) });
        stage.phones.get_mut(&2).unwrap().amplitude = 0.0;
        stage.phones.get_mut(&3).unwrap().amplitude = 0.0;
        stage.phones.get_mut(&1).unwrap().hertz = 200.0;
        stage.run(1_000);
        let before = stage.phones[&2].heard.len();
        stage.order(end.clone());
        stage.phones.remove(&1);
        stage.run(100);
        let heard = &stage.phones[&2].heard[before - 2..];
        let steepest = crate::signal::largest_step(heard);
        assert!(steepest < 1_700, "{steepest} by {end:?}");
        assert!(heard[60..].iter().all(|sample| sample.abs() < 100));
    }
}

#[test]
fn a_deaf_one_gets_silence_and_is_heard() {
    let mut stage = three([Codec::Pcma, Codec::Opus, Codec::Pcma]);
    stage.hearing(2, false, true);
    stage.run(1_000);
    assert_eq!(stage.hears(2, &TONES), [0.0; 0]);
    assert_eq!(stage.phones[&2].headers.len(), 50);
    assert_eq!(stage.hears(1, &TONES), [TONES[1], TONES[2]]);
}

#[test]
fn one_who_left_is_gone() {
    let mut stage = three([Codec::Pcma; 3]);
    stage.run(1_000);
    stage.order(MediaCommand::Leave { leg: MediaLeg(1) });
    stage.run(500);
    assert_eq!(stage.hears(2, &TONES), [TONES[2]]);
    assert_eq!(stage.hears(1, &TONES), [0.0; 0]);
    assert_continuous(&stage.phones[&1].headers, 160);
}

#[test]
fn on_hold_nothing_is_sent_and_nothing_taken() {
    let mut stage = three([Codec::Pcma; 3]);
    stage.run(1_000);
    let mut params = Stage::params(1, Codec::Pcma);
    params.send = false;
    params.receive = false;
    stage.order(MediaCommand::Configure {
        leg: MediaLeg(1),
        params: params.clone(),
    });
    let before = stage.phones[&1].headers.len();
    stage.run(1_000);
    assert_eq!(stage.phones[&1].headers.len(), before);
    assert_eq!(stage.hears(2, &TONES), [TONES[2]]);
    params.send = true;
    params.receive = true;
    stage.order(MediaCommand::Configure {
        leg: MediaLeg(1),
        params,
    });
    stage.run(1_000);
    assert_eq!(stage.hears(2, &TONES), [TONES[0], TONES[2]]);
    assert_eq!(stage.hears(1, &TONES), [TONES[1], TONES[2]]);
}

/// A telephone system that holds us plays its music on hold: nobody wants to hear that. Who never
/// listened, a door station, is heard.
#[test]
fn the_music_of_one_who_holds_is_not_heard() {
    let mut stage = three([Codec::Pcma; 3]);
    let mut source = Stage::params(4, Codec::Pcma);
    source.send = false;
    stage.phone_with(4, 2_300.0, source);
    stage.join(4, false, false);
    stage.run(1_000);
    let mut params = Stage::params(1, Codec::Pcma);
    params.send = false;
    stage.order(MediaCommand::Configure {
        leg: MediaLeg(1),
        params: params.clone(),
    });
    stage.run(600);
    let all = [TONES[0], TONES[1], TONES[2], 2_300.0];
    assert_eq!(stage.hears(2, &all), [TONES[2], 2_300.0]);
    let ended = MediaEvent::Talking {
        leg: MediaLeg(1),
        talking: false,
    };
    assert!(stage.events.contains(&ended));
    params.send = true;
    stage.order(MediaCommand::Configure {
        leg: MediaLeg(1),
        params,
    });
    stage.run(600);
    assert_eq!(stage.hears(2, &all), [TONES[0], TONES[2], 2_300.0]);
    assert_eq!(stage.hears(1, &all), [TONES[1], TONES[2], 2_300.0]);
}

#[test]
fn a_new_codec_in_the_middle_goes_on() {
    let mut stage = three([Codec::Pcma; 3]);
    stage.run(600);
    let old = stage.phones.remove(&1).unwrap();
    let params = Stage::params(1, Codec::Opus);
    stage.order(MediaCommand::Configure {
        leg: MediaLeg(1),
        params: params.clone(),
    });
    // The same phone with another codec: its place in the worker stays.
    let mut elsewhere = Stage::new();
    elsewhere.phone_with(1, TONES[0], params);
    let mut phone = elsewhere.phones.remove(&1).unwrap();
    phone.place = old.place;
    phone.ssrc = old.ssrc;
    phone.sequence = old.sequence;
    stage.phones.insert(1, phone);
    stage.run(1_500);
    assert_eq!(stage.hears(2, &TONES), [TONES[0], TONES[2]]);
    assert_eq!(stage.hears(1, &TONES), [TONES[1], TONES[2]]);
    let last = old.headers.last().unwrap();
    let first = stage.phones[&1].headers[0];
    assert_eq!(first.sequence, last.sequence.wrapping_add(1));
    assert_eq!(first.ssrc, last.ssrc);
}

#[test]
fn packets_of_other_lengths_are_heard_and_made() {
    for (ptime, codec) in [
        (10, Codec::Pcma),
        (30, Codec::Pcma),
        (40, Codec::G722),
        (60, Codec::Pcmu),
        (10, Codec::Opus),
        (60, Codec::Opus),
    ] {
        let mut stage = Stage::new();
        let mut params = Stage::params(1, codec);
        params.ptime_ms = ptime;
        stage.phone_with(1, TONES[0], params);
        // The simulated phone sends once a tick at most.
        stage.phones.get_mut(&1).unwrap().ptime_ms = ptime.max(20);
        stage.phone(2, Codec::Pcma, TONES[1]);
        stage.conference();
        stage.run(1_800);
        assert_eq!(stage.hears(2, &TONES), [TONES[0]], "{codec:?} {ptime} ms");
        assert_eq!(stage.hears(1, &TONES), [TONES[1]], "{codec:?} {ptime} ms");
        let headers = &stage.phones[&1].headers;
        assert_continuous(headers, codec.clock_rate() / 1_000 * u32::from(ptime));
        assert!(headers.len().abs_diff(1_800 / usize::from(ptime)) <= 1);
    }
}

#[test]
fn losses_are_concealed() {
    let mut stage = three([Codec::Pcma; 3]);
    stage.lose_one_in = Some(17);
    stage.run(3_000);
    for leg in 1..=3 {
        let phone = &stage.phones[&leg];
        assert_eq!(phone.headers.len(), 150);
        let others = TONES
            .iter()
            .enumerate()
            .filter(|(index, _)| *index as u64 + 1 != leg);
        for (_, hertz) in others {
            let level = phone.hears(*hertz, 1_000);
            assert!(level > -16.0, "leg {leg} hears {hertz} at {level} dB");
        }
    }
    let lost = |event: &MediaEvent| match event {
        MediaEvent::Stats { stats, .. } => stats.lost,
        _ => 0,
    };
    stage.run(6_000);
    assert!(stage.events.iter().map(lost).max() > Some(5));
}

#[test]
fn the_loudest_of_many_are_heard_and_the_rest_are_not() {
    let mut stage = Stage::new();
    for number in 1..=20 {
        let hertz = 300.0 + 100.0 * number as f32;
        let phone = stage.phone(number, Codec::Pcma, hertz);
        phone.amplitude = if number <= 3 { 6_000.0 } else { 0.0 };
    }
    stage.conference();
    stage.run(1_000);
    let phone = &stage.phones[&20];
    for (number, loud) in [(1, true), (2, true), (3, true), (4, false)] {
        let level = phone.hears(300.0 + 100.0 * number as f32, 300);
        assert_eq!(level > -25.0, loud, "{number} at {level} dB");
    }
    // Another one speaks up, louder: heard within 200 ms.
    stage.phones.get_mut(&9).unwrap().amplitude = 9_000.0;
    stage.run(500);
    assert!(stage.phones[&20].hears(1_200.0, 300) > -25.0);
}

#[test]
fn one_who_begins_to_speak_is_heard_in_every_codec() {
    for codec in [Codec::Pcmu, Codec::G722, Codec::Opus] {
        let mut stage = three([codec; 3]);
        stage.phones.get_mut(&1).unwrap().amplitude = 0.0;
        stage.run(1_000);
        assert_eq!(stage.hears(2, &TONES), [TONES[2]]);
        stage.phones.get_mut(&1).unwrap().amplitude = 8_000.0;
        stage.run(440);
        assert_eq!(stage.hears(2, &TONES), [TONES[0], TONES[2]], "{codec:?}");
        assert_eq!(stage.hears(1, &TONES), [TONES[1], TONES[2]], "{codec:?}");
        assert_continuous(&stage.phones[&1].headers, codec.tick_units());
    }
}

#[test]
fn talking_is_told_and_ends() {
    let mut stage = three([Codec::Pcma, Codec::Opus, Codec::G722]);
    stage.run(1_000);
    for leg in 1..=3 {
        stage.phones.get_mut(&leg).unwrap().amplitude = 0.0;
    }
    stage.run(3_000);
    for leg in 1..=3 {
        let told: Vec<_> = stage
            .events
            .iter()
            .filter_map(|event| match event {
                MediaEvent::Talking { leg: of, talking } if of.0 == leg => Some(*talking),
                _ => None,
            })
            .collect();
        assert_eq!(told, [true, false], "leg {leg}");
    }
}

#[test]
fn a_tone_for_all_is_heard_by_all() {
    let mut stage = three([Codec::Pcma, Codec::Opus, Codec::G722]);
    for leg in 1..=3 {
        stage.phones.get_mut(&leg).unwrap().amplitude = 0.0;
    }
    stage.run(1_000);
    stage.order(MediaCommand::PlayToMix {
        mix: MIX,
        sound: Sound::JoinTone,
    });
    stage.run(400);
    for phone in stage.phones.values() {
        let rate = phone.codec.pcm_rate() as usize;
        let loudest = phone.heard[phone.heard.len() - rate * 2 / 5..].iter().max();
        assert!(loudest > Some(&1_000), "{:?} {loudest:?}", phone.codec);
    }
}

#[test]
fn a_sound_for_one_replaces_what_it_hears_and_ends() {
    let mut stage = three([Codec::Pcma; 3]);
    stage.run(1_000);
    let beep = |repeat| MediaCommand::Play {
        leg: MediaLeg(1),
        play: PlayId(5),
        sound: Sound::Music,
        repeat,
    };
    stage.order(beep(true));
    stage.run(600);
    assert_eq!(stage.hears(1, &TONES), [0.0; 0]);
    assert_eq!(stage.hears(2, &TONES), [TONES[0], TONES[2]]);
    stage.order(MediaCommand::StopPlaying { leg: MediaLeg(1) });
    stage.run(600);
    assert_eq!(stage.hears(1, &TONES), [TONES[1], TONES[2]]);
    let played = MediaEvent::Played {
        leg: MediaLeg(1),
        play: PlayId(5),
    };
    assert!(stage.events.contains(&played));
    assert_continuous(&stage.phones[&1].headers, 160);
}

#[test]
fn a_sound_says_when_it_ended() {
    let mut stage = three([Codec::G722; 3]);
    stage.order(MediaCommand::Play {
        leg: MediaLeg(2),
        play: PlayId(9),
        sound: Sound::Beep,
        repeat: false,
    });
    stage.run(3_000);
    let played = MediaEvent::Played {
        leg: MediaLeg(2),
        play: PlayId(9),
    };
    assert_eq!(
        stage
            .events
            .iter()
            .filter(|event| **event == played)
            .count(),
        1
    );
}

/// A sound whose packets are not made yet begins when they are, and after half a second in any
/// case; not a beat of it is lost, and nothing else is heard meanwhile.
#[test]
fn a_sound_waits_for_its_packets_but_not_for_ever() {
    for made_after_ms in [Some(100), None] {
        let library = Arc::new(SoundLibrary::build(|_| None));
        let mut stage = Stage::with(&library);
        for number in 1..=2 {
            stage.phone(number, Codec::Opus, TONES[0]).amplitude = 0.0;
        }
        stage.run(500);
        stage.order(MediaCommand::Play {
            leg: MediaLeg(1),
            play: PlayId(1),
            sound: Sound::Beep,
            repeat: false,
        });
        let begin = stage.phones[&1].heard.len();
        if let Some(ms) = made_after_ms {
            stage.run(ms);
            library.encode(Sound::Beep).unwrap();
        }
        stage.run(1_000);
        let waited = made_after_ms.unwrap_or(500) as usize * 48;
        let heard = &stage.phones[&1].heard[begin..];
        let beep = |part: &[i16]| super::phone::goertzel(part, 1_000.0, 48_000);
        assert!(beep(&heard[..waited]) < -50.0, "{made_after_ms:?}");
        let level = beep(&heard[waited + 480..][..48 * 160]);
        assert!(level > -28.0, "{made_after_ms:?}: {level}");
        assert_continuous(&stage.phones[&1].headers, 960);
        assert!(stage.events.iter().any(|event| matches!(
            event,
            MediaEvent::Played {
                leg: MediaLeg(1),
                ..
            }
        )));
    }
}

#[test]
fn what_all_hear_is_recorded_without_gaps() {
    let mut stage = three([Codec::Pcma; 3]);
    stage.worker.record(MIX, true);
    stage.run(1_000);
    stage.worker.record(MIX, false);
    stage.run(100);
    let recorded = &stage.sends.recorded;
    assert_eq!(recorded.len(), 50);
    assert!(recorded.windows(2).all(|pair| pair[1].0 == pair[0].0 + 1));
    let pcm: Vec<i16> = recorded[25..]
        .iter()
        .flat_map(|tick| tick.2.clone())
        .collect();
    for hertz in TONES {
        assert!(super::phone::goertzel(&pcm, hertz, 8_000) > -20.0);
    }
}

#[test]
fn silence_of_a_peer_is_told_every_ten_seconds() {
    let mut stage = three([Codec::Pcma; 3]);
    stage.phones.get_mut(&3).unwrap().quiet = true;
    stage.run(21_000);
    let told: Vec<_> = stage
        .events
        .iter()
        .filter_map(|event| match event {
            MediaEvent::Silent { leg, secs } => Some((leg.0, *secs)),
            _ => None,
        })
        .collect();
    assert_eq!(told, [(3, 10), (3, 20)]);
}

#[test]
fn the_end_of_a_mix_leaves_silence() {
    let mut stage = three([Codec::Pcma; 3]);
    stage.run(500);
    stage.order(MediaCommand::DestroyMix { mix: MIX });
    stage.run(500);
    for leg in 1..=3 {
        assert_eq!(stage.hears(leg, &TONES), [0.0; 0]);
        assert_continuous(&stage.phones[&leg].headers, 160);
    }
}
