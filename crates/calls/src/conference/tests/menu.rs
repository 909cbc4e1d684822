//! The telephone menu.

use super::*;

fn acts(story: &Story) -> Vec<&'static str> {
    story
        .deeds
        .iter()
        .filter_map(|deed| match deed {
            ConferenceDeed::PhoneAct { action, .. } => Some(*action),
            _ => None,
        })
        .collect()
}

#[test]
fn star_six_mutes_me_and_unmutes_me() {
    let mut story = Story::new(room());
    let anna = story.arrive("201", Plain);
    story.keys("201", "*6");
    assert_eq!(story.row(anna), "joined muted");
    assert_eq!(story.heard("201"), Some((true, false)));
    story.keys("201", "*6");
    assert_eq!(story.row(anna), "joined");
}

#[test]
fn in_a_webinar_the_floor_is_given_not_taken() {
    let mut story = Story::new(Room {
        webinar: true,
        ..room()
    });
    let anna = story.arrive("201", Plain);
    assert_eq!(story.row(anna), "joined muted");
    story.keys("201", "*6");
    assert_eq!(story.row(anna), "joined muted");
    story
        .order(ConferenceAction::Unmute(Selection::These(vec![anna])))
        .unwrap();
    assert_eq!(story.row(anna), "joined");
}

#[test]
fn star_five_raises_and_lowers_the_hand() {
    let mut story = Story::new(room());
    let anna = story.arrive("201", Plain);
    story.keys("201", "*5");
    assert_eq!(story.row(anna), "joined hand");
    story
        .order(ConferenceAction::LowerHand(Selection::All))
        .unwrap();
    assert_eq!(story.row(anna), "joined");
}

#[test]
fn moderators_keys_are_theirs_alone() {
    let mut story = Story::new(room());
    let chair = story.arrive("201", Moderator);
    let ben = story.arrive("202", Plain);
    story.keys("202", "*4*7*3");
    assert!(!story.last.locked && story.last.ended_at.is_none());
    assert_eq!([story.row(chair), story.row(ben)], ["joined", "joined"]);
    story.keys("201", "*4*7");
    assert!(story.last.locked);
    assert_eq!(story.row(ben), "joined muted");
    story.keys("201", "*7*3");
    assert_eq!(
        acts(&story),
        [
            "conference.locked",
            "conference.muted",
            "conference.unmuted",
            "conference.ended"
        ]
    );
    assert!(story.last.ended_at.is_some());
}

#[test]
fn star_one_calls_someone_in() {
    let mut story = Story::new(room());
    let chair = story.arrive("201", Moderator);
    story.keys("201", "*1205#");
    let asked = ConferenceDeed::CallIn {
        by: chair,
        dialled: "205".to_owned(),
    };
    assert!(story.deeds.contains(&asked));
    let invitation = story.invitation("205", Plain);
    story.tell(ConferenceInput::CalledIn {
        by: chair,
        invitation: Some(invitation.clone()),
    });
    assert!(story.deeds.contains(&ConferenceDeed::Dial(invitation)));
    story.tell(ConferenceInput::CalledIn {
        by: chair,
        invitation: None,
    });
    assert_eq!(story.sounds("201").last(), Some(&Sound::Error));
}

#[test]
fn a_number_without_hash_is_complete_after_a_while() {
    let mut story = Story::new(room());
    let chair = story.arrive("201", Moderator);
    story.keys("201", "*1205");
    story.wait(Duration::from_secs(7));
    assert!(story.deeds.contains(&ConferenceDeed::CallIn {
        by: chair,
        dialled: "205".to_owned()
    }));
}

#[test]
fn half_a_sequence_is_forgotten() {
    let mut story = Story::new(room());
    let anna = story.arrive("201", Plain);
    story.keys("201", "*");
    story.wait(Duration::from_secs(5));
    story.keys("201", "6");
    assert_eq!(story.row(anna), "joined");
}
