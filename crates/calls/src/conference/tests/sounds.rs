//! Talking, waiting, being alone.

use super::*;

#[test]
fn talking_shows_but_not_of_the_muted() {
    let mut story = Story::new(room());
    let anna = story.arrive("201", Plain);
    let talking = |talking| {
        ConferenceInput::Media(MediaEvent::Talking {
            leg: leg("201"),
            talking,
        })
    };
    story.tell(talking(true));
    assert_eq!(story.row(anna), "joined talking");
    story
        .order(ConferenceAction::Mute(Selection::These(vec![anna])))
        .unwrap();
    assert_eq!(story.row(anna), "joined muted");
    let version = story.last.version;
    story.tell(talking(false));
    assert_eq!(story.last.version, version, "nobody saw a difference");
}

#[test]
fn who_holds_is_not_heard_whatever_else_happens() {
    let mut story = Story::new(room());
    let anna = story.arrive("201", Plain);
    story.arrive("202", Plain);
    let held = |held| ConferenceInput::Held {
        participant: anna,
        held,
    };
    story.tell(held(true));
    assert_eq!(story.heard("201"), Some((true, false)));
    let these = Selection::These(vec![anna]);
    for action in [
        ConferenceAction::Mute(these.clone()),
        ConferenceAction::Unmute(these),
    ] {
        story.order(action).unwrap();
        assert_eq!(story.heard("201"), Some((true, false)));
    }
    story.tell(held(false));
    assert_eq!(story.heard("201"), Some((false, false)));
}

#[test]
fn nobody_hears_anybody_before_a_moderator_is_in() {
    let mut story = Story::new(Room {
        wait_for_moderator: true,
        ..room()
    });
    story.arrive("201", Plain);
    story.arrive("202", Plain);
    assert_eq!(story.heard("201"), Some((true, true)));
    assert_eq!(
        story.sounds("201"),
        [Sound::Prompt(Prompt::WaitForModerator)]
    );
    story.finish_sound("201");
    assert_eq!(story.sounds("201").last(), Some(&Sound::Music));
    let chair = story.arrive("203", Moderator);
    assert_eq!(
        [story.heard("201"), story.heard("202")],
        [Some((false, false)); 2]
    );
    assert!(
        story
            .media
            .contains(&MediaCommand::StopPlaying { leg: leg("201") })
    );
    story.tell(ConferenceInput::HungUp {
        participant: chair,
        cause: EndCause::CallerHungUp,
    });
    assert_eq!(story.heard("201"), Some((true, true)));
}

#[test]
fn music_plays_while_one_is_alone_and_stops_for_the_second() {
    let mut story = Story::new(Room {
        music_while_alone: true,
        ..room()
    });
    story.arrive("201", Plain);
    assert_eq!(story.sounds("201"), [Sound::Prompt(Prompt::Alone)]);
    story.finish_sound("201");
    story.arrive("202", Plain);
    assert!(
        story
            .media
            .contains(&MediaCommand::StopPlaying { leg: leg("201") })
    );
    assert!(story.sounds("202").is_empty());
}

#[test]
fn a_full_start_is_not_an_organ() {
    let mut story = Story::new(room());
    for number in 201..=210 {
        story.arrive(&number.to_string(), Plain);
    }
    let tones = story
        .media
        .iter()
        .filter(|c| {
            matches!(
                c,
                MediaCommand::PlayToMix {
                    sound: Sound::JoinTone,
                    ..
                }
            )
        })
        .count();
    assert_eq!(tones, 1);
    let mut quiet = Story::new(Room {
        announce: Announce::None,
        ..room()
    });
    quiet.arrive("201", Plain);
    assert!(
        !quiet
            .media
            .iter()
            .any(|c| matches!(c, MediaCommand::PlayToMix { .. }))
    );
}

#[test]
fn quality_is_shown_every_five_seconds_at_most() {
    let mut story = Story::new(room());
    story.arrive("201", Plain);
    let version = story.last.version;
    for _ in 0..10 {
        story.tell(loss("201", 2.0));
    }
    assert_eq!(story.last.version, version);
    story.wait(Duration::from_secs(6));
    assert_eq!(story.last.version, version + 1);
    assert_eq!(
        story.last.participants[0].quality.map(|q| q.loss_percent),
        Some(2.0)
    );
}

#[test]
fn who_is_cut_off_is_shown_at_once_and_who_is_back_too() {
    let mut story = Story::new(room());
    story.arrive("201", Plain);
    story.tell(loss("201", 2.0));
    for percent in [100.0, 3.0] {
        let version = story.last.version;
        for _ in 0..3 {
            story.tell(loss("201", percent));
        }
        assert_eq!(story.last.version, version + 1);
        let quality = story.last.participants[0].quality;
        assert_eq!(quality.map(|q| q.loss_percent), Some(percent));
    }
}

#[test]
fn nothing_is_said_of_the_network_before_a_phone_is_heard() {
    let mut story = Story::new(room());
    story.arrive("201", Plain);
    let never_heard = ConferenceInput::Media(MediaEvent::Stats {
        leg: leg("201"),
        stats: media::control::LegStats::default(),
    });
    story.tell(never_heard);
    story.wait(Duration::from_secs(6));
    assert_eq!(story.last.participants[0].quality, None);
    story.tell(loss("201", 0.0));
    story.wait(Duration::from_secs(6));
    assert!(story.last.participants[0].quality.is_some());
}

fn loss(number: &str, loss_percent: f32) -> ConferenceInput {
    ConferenceInput::Media(MediaEvent::Stats {
        leg: leg(number),
        stats: media::control::LegStats {
            received: 50,
            loss_percent,
            ..Default::default()
        },
    })
}
