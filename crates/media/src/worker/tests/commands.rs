use super::phone::{MIX, Stage};
use crate::control::{Codec, MediaCommand, MediaEvent, MediaLeg, MixId, PlayId, Sound};

/// Commands for legs and mixes that are not there, and nonsense for one that is.
fn strays() -> Vec<MediaCommand> {
    let leg = MediaLeg(99);
    vec![
        MediaCommand::Configure {
            leg,
            params: Stage::params(9, Codec::Opus),
        },
        MediaCommand::Bridge {
            a: leg,
            b: MediaLeg(1),
        },
        MediaCommand::Bridge {
            a: MediaLeg(1),
            b: MediaLeg(1),
        },
        MediaCommand::Unbridge { leg },
        MediaCommand::Unbridge { leg: MediaLeg(1) },
        MediaCommand::Join {
            leg: MediaLeg(1),
            mix: MixId(77),
            muted: false,
            deaf: false,
        },
        MediaCommand::SetHearing {
            leg,
            muted: true,
            deaf: true,
        },
        MediaCommand::SetHearing {
            leg: MediaLeg(1),
            muted: true,
            deaf: true,
        },
        MediaCommand::Leave { leg },
        MediaCommand::DestroyMix { mix: MixId(77) },
        MediaCommand::Play {
            leg,
            play: PlayId(1),
            sound: Sound::Beep,
            repeat: true,
        },
        MediaCommand::StopPlaying { leg },
        MediaCommand::PlayToMix {
            mix: MixId(77),
            sound: Sound::Beep,
        },
        MediaCommand::SendDigit {
            leg,
            digit: b'1',
            duration_ms: 100,
        },
        MediaCommand::SendDigit {
            leg: MediaLeg(1),
            digit: b'x',
            duration_ms: 100,
        },
        MediaCommand::StopRecording { mix: MixId(77) },
        MediaCommand::Close { leg },
    ]
}

#[test]
fn orders_for_what_is_gone_change_nothing() {
    let mut stage = Stage::new();
    stage.phone(1, Codec::Pcma, 500.0);
    for command in strays() {
        stage.order(command);
    }
    stage.run(200);
    assert_eq!(stage.phones[&1].headers.len(), 10);
    assert!(stage.events.is_empty());
    assert_eq!(stage.worker.legs(), 1);
}

#[test]
fn closing_leaves_nothing() {
    let mut stage = Stage::new();
    for number in 1..=4 {
        stage.phone(number, Codec::Pcma, 500.0);
    }
    stage.conference();
    stage.bridge(3, 4);
    stage.run(200);
    for number in 1..=4 {
        stage.order(MediaCommand::Close {
            leg: MediaLeg(number),
        });
    }
    stage.order(MediaCommand::DestroyMix { mix: MIX });
    let mut retired = 0;
    while stage.worker.retired().is_some() {
        retired += 1;
    }
    assert_eq!(retired, 4);
    assert!(stage.worker.is_idle());
}

#[test]
fn a_leg_that_moves_to_another_worker_goes_on() {
    let mut stage = Stage::new();
    stage.phone(1, Codec::Pcma, 500.0);
    stage.phone(2, Codec::Pcma, 900.0);
    stage.conference();
    stage.run(500);
    let (_, leg) = stage.worker.surrender(MediaLeg(1)).unwrap();
    let last = *stage.phones[&1].headers.last().unwrap();
    let mut other = Stage::new();
    other.now = stage.now;
    other.worker.skip(1_234);
    let place = other.worker.adopt(leg);
    let mut phone = stage.phones.remove(&1).unwrap();
    phone.place = place;
    phone.headers.clear();
    other.phones.insert(1, phone);
    other.phone(3, Codec::Pcma, 1_500.0);
    other.conference();
    other.run(1_000);
    assert_eq!(other.hears(1, &[500.0, 900.0, 1_500.0]), [1_500.0]);
    assert_eq!(other.hears(3, &[500.0, 900.0, 1_500.0]), [500.0]);
    let first = other.phones[&1].headers[0];
    assert_eq!(first.sequence, last.sequence.wrapping_add(1));
    assert_eq!(first.timestamp, last.timestamp.wrapping_add(160));
    assert_eq!(stage.worker.legs(), 1);
}

/// A refresh of the session says what was said before: not a sample differs for anybody.
#[test]
fn a_refresh_is_not_heard() {
    use Codec::{G722, Opus, Pcma};
    let story = |refreshed: bool, bridged: bool| {
        let mut stage = Stage::new();
        for (number, codec) in [(1, Opus), (2, Pcma), (3, G722)] {
            stage.phone(number, codec, 300.0 + 400.0 * number as f32);
        }
        stage.conference();
        if bridged {
            stage.bridge(1, 2);
        }
        for turn in 0..5 {
            stage.run(300);
            if refreshed {
                let number = turn % 3 + 1;
                let codec = stage.phones[&number].codec;
                stage.order(MediaCommand::Configure {
                    leg: MediaLeg(number),
                    params: Stage::params(number, codec),
                });
            }
        }
        [1, 2, 3].map(|number| {
            let phone = stage.phones.remove(&number).unwrap();
            (phone.heard, phone.headers)
        })
    };
    for bridged in [false, true] {
        assert!(
            story(true, bridged) == story(false, bridged),
            "bridged: {bridged}"
        );
    }
}

/// Whatever ends the listening to one who talks ends the indicator.
#[test]
fn one_who_is_no_longer_heard_is_not_shown_as_talking() {
    let leg = MediaLeg(1);
    let other_codec = MediaCommand::Configure {
        leg,
        params: Stage::params(1, Codec::Opus),
    };
    let mut held = Stage::params(1, Codec::Pcma);
    held.receive = false;
    for end in [
        MediaCommand::Leave { leg },
        MediaCommand::Bridge {
            a: leg,
            b: MediaLeg(2),
        },
        MediaCommand::Configure { leg, params: held },
        other_codec,
    ] {
        let mut stage = Stage::new();
        stage.phone(1, Codec::Pcma, 500.0);
        stage.phone(2, Codec::Pcma, 900.0);
        stage.conference();
        stage.run(1_000);
        // What it hears afterwards may be of another codec.
        stage.phones.remove(&1);
        stage.order(end.clone());
        stage.tick();
        let told: Vec<bool> = stage
            .events
            .iter()
            .filter_map(|event| match event {
                MediaEvent::Talking { leg: of, talking } if *of == leg => Some(*talking),
                _ => None,
            })
            .collect();
        assert_eq!(told, [true, false], "{end:?}");
    }
}
