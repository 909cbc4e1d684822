//! The way in and out.

use super::*;

#[test]
fn a_caller_of_an_open_room_is_in_and_heard() {
    let mut story = Story::new(room());
    let anna = story.arrive("201", Plain);
    assert_eq!(story.row(anna), "joined");
    assert_eq!(story.heard("201"), Some((false, false)));
}

#[test]
fn a_pin_is_asked_for_and_the_moderators_makes_a_moderator() {
    let settings = Room {
        participant_pin: pin("1234"),
        moderator_pin: pin("9876"),
        ..room()
    };
    let mut story = Story::new(settings);
    let anna = story.arrive("201", Plain);
    assert_eq!(story.row(anna), "hidden");
    assert_eq!(story.heard("201"), None);
    story.keys("201", "1234#");
    assert_eq!(story.row(anna), "joined");
    let ben = story.arrive("202", Plain);
    story.keys("202", "9876#");
    let role = story
        .last
        .participants
        .iter()
        .find(|p| p.id == ben)
        .map(|p| p.role);
    assert_eq!(role, Some(Moderator));
}

#[test]
fn three_wrong_pins_end_the_call_and_are_counted() {
    let mut story = Story::new(Room {
        participant_pin: pin("1234"),
        ..room()
    });
    let anna = story.arrive("201", Plain);
    story.keys("201", "1111#2222#3333#");
    let wrong = story
        .deeds
        .iter()
        .filter(|d| matches!(d, ConferenceDeed::WrongPin { .. }))
        .count();
    assert_eq!(wrong, 3);
    assert!(story.hang_ups().is_empty(), "the reason is said first");
    story.finish_sound("201");
    assert_eq!(story.hang_ups(), [anna]);
    assert_eq!(story.row(anna), "hidden");
}

#[test]
fn silence_at_the_pin_prompt_ends_after_three_prompts() {
    let mut story = Story::new(Room {
        participant_pin: pin("1234"),
        ..room()
    });
    story.arrive("201", Plain);
    story.wait(Duration::from_secs(60));
    assert_eq!(
        story.sounds("201").last(),
        Some(&Sound::Prompt(Prompt::TooManyAttempts))
    );
}

#[test]
fn with_only_a_moderators_pin_hash_alone_goes_in() {
    let mut story = Story::new(Room {
        moderator_pin: pin("9876"),
        ..room()
    });
    let anna = story.arrive("201", Plain);
    story.keys("201", "#");
    assert_eq!(story.row(anna), "joined");
    let ben = story.arrive("202", Plain);
    story.wait(Duration::from_secs(13));
    assert_eq!(story.row(ben), "joined");
}

#[test]
fn a_lock_while_the_pin_is_keyed_keeps_the_caller_out() {
    let mut story = Story::new(Room {
        participant_pin: pin("1234"),
        ..room()
    });
    let anna = story.arrive("201", Plain);
    story.order(ConferenceAction::Lock).unwrap();
    story.keys("201", "1234#");
    assert_eq!(story.row(anna), "hidden");
    assert_eq!(
        story.sounds("201").last(),
        Some(&Sound::Prompt(Prompt::Locked))
    );
    story.finish_sound("201");
    assert_eq!(story.hang_ups(), [anna]);
}

#[test]
fn a_locked_room_admits_no_one() {
    let mut story = Story::new(room());
    story.arrive("201", Moderator);
    story.order(ConferenceAction::Lock).unwrap();
    let late = story.arrival("202", Plain);
    assert_eq!(
        story.conference.admits(&late, story.now),
        Err(EndCause::Forbidden)
    );
    story.order(ConferenceAction::Unlock).unwrap();
    assert_eq!(story.conference.admits(&late, story.now), Ok(()));
}

#[test]
fn a_full_room_admits_no_one() {
    let mut story = Story::new(Room {
        max_participants: 2,
        ..room()
    });
    story.arrive("201", Plain);
    let ben = story.arrive("202", Plain);
    let late = story.arrival("203", Plain);
    assert_eq!(
        story.conference.admits(&late, story.now),
        Err(EndCause::Forbidden)
    );
    story.tell(ConferenceInput::HungUp {
        participant: ben,
        cause: EndCause::CallerHungUp,
    });
    assert_eq!(story.conference.admits(&late, story.now), Ok(()));
}

#[test]
fn the_lobby_holds_callers_until_they_are_admitted() {
    let mut story = Story::new(Room {
        lobby: true,
        ..room()
    });
    let chair = story.arrive("201", Moderator);
    assert_eq!(story.row(chair), "joined");
    let ben = story.arrive("202", Plain);
    assert_eq!(story.row(ben), "lobby");
    assert_eq!(story.heard("202"), Some((true, true)));
    story
        .order(ConferenceAction::Admit(Selection::These(vec![ben])))
        .unwrap();
    assert_eq!(story.row(ben), "joined");
    assert_eq!(story.heard("202"), Some((false, false)));
}

#[test]
fn the_invited_pass_pin_and_lobby() {
    let settings = Room {
        participant_pin: pin("1234"),
        lobby: true,
        ..room()
    };
    let mut story = Story::new(settings);
    let anna = story.call("201", Plain);
    assert_eq!(story.row(anna), "joined");
}

#[test]
fn call_outs_show_why_they_failed() {
    for (cause, reason, expect) in [
        (EndCause::Busy, None, "busy (busy)"),
        (EndCause::NoAnswer, None, "no_answer (no_answer)"),
        (EndCause::Offline, None, "failed (offline)"),
        (EndCause::Declined, None, "failed (declined)"),
        (
            EndCause::Failed(500),
            Some("not_allowed"),
            "failed (not_allowed)",
        ),
    ] {
        let mut story = Story::new(room());
        let invitation = story.invitation("201", Plain);
        let participant = invitation.participant;
        story
            .order(ConferenceAction::Invite(vec![invitation]))
            .unwrap();
        assert_eq!(story.row(participant), "calling");
        story.tell(ConferenceInput::Ringing { participant });
        assert_eq!(story.row(participant), "ringing");
        story.tell(ConferenceInput::Failed {
            participant,
            cause,
            reason,
        });
        assert_eq!(story.row(participant), expect);
    }
}

#[test]
fn an_answer_that_crosses_the_end_is_hung_up() {
    let mut story = Story::new(room());
    let invitation = story.invitation("201", Plain);
    let participant = invitation.participant;
    story
        .order(ConferenceAction::Invite(vec![invitation]))
        .unwrap();
    story.order(ConferenceAction::End).unwrap();
    assert_eq!(story.hang_ups(), [participant]);
    story.tell(ConferenceInput::Answered {
        participant,
        leg: leg("201"),
    });
    assert_eq!(story.heard("201"), None, "it never reaches the mix");
    assert!(!story.is_over());
    story.tell(ConferenceInput::HungUp {
        participant,
        cause: EndCause::Cancelled,
    });
    assert!(story.is_over());
}

#[test]
fn an_empty_room_ends_and_a_started_one_waits_longer() {
    let mut story = Story::new(room());
    story.wait(Duration::from_secs(299));
    assert!(!story.is_over());
    let anna = story.arrive("201", Plain);
    story.wait(Duration::from_secs(60));
    story.tell(ConferenceInput::HungUp {
        participant: anna,
        cause: EndCause::CallerHungUp,
    });
    assert_eq!(story.row(anna), "left (caller_hung_up)");
    assert!(!story.is_over());
    story.wait(Duration::from_secs(6));
    assert!(story.is_over());
    assert!(story.last.ended_at.is_some());
}

#[test]
fn an_attended_transfer_into_the_room_continues_the_row() {
    let mut story = Story::new(room());
    let anna = story.arrive("201", Plain);
    let arrival = story.arrival("205", Plain);
    story.tell(ConferenceInput::Replaced {
        participant: anna,
        arrival,
        leg: leg("205"),
    });
    assert_eq!(story.row(anna), "joined");
    assert_eq!(story.last.participants[0].target, "205");
    assert_eq!(story.heard("205"), Some((false, false)));
}

/// Another phone goes on in the place of a participant; whether the room lets it.
fn replace(story: &mut Story, id: ParticipantId, number: &str) -> bool {
    let arrival = Arrival {
        participant: id,
        ..story.arrival(number, Plain)
    };
    let admitted = story
        .conference
        .admits_in_place(&arrival, story.now)
        .is_ok();
    if admitted {
        let leg = leg(number);
        story.tell(ConferenceInput::Replaced {
            participant: id,
            arrival,
            leg,
        });
    }
    admitted
}

#[test]
fn who_takes_a_place_at_the_prompt_keys_the_pin() {
    let mut story = Story::new(Room {
        participant_pin: pin("1234"),
        ..room()
    });
    let anna = story.arrive("201", Plain);
    story.keys("201", "0000#12");
    assert!(replace(&mut story, anna, "202"));
    assert_eq!(
        (story.row(anna).as_str(), story.heard("202")),
        ("hidden", None)
    );
    assert_eq!(story.sounds("202"), [Sound::Prompt(Prompt::EnterPin)]);
    story.keys("202", "34#");
    assert_eq!(story.row(anna), "hidden", "nothing keyed before counts");
    story.keys("202", "1111#");
    assert_eq!(
        story.sounds("202").last(),
        Some(&Sound::Prompt(Prompt::TooManyAttempts)),
        "the tries do"
    );
    assert!(!replace(&mut story, anna, "203"), "no way in by a farewell");
}

#[test]
fn who_takes_a_place_in_the_lobby_waits_there() {
    let mut story = Story::new(Room {
        lobby: true,
        ..room()
    });
    story.arrive("200", Moderator);
    let anna = story.arrive("201", Plain);
    assert!(replace(&mut story, anna, "202"));
    assert_eq!(story.row(anna), "lobby");
    assert_eq!(story.heard("202"), Some((true, true)));
    story.order(ConferenceAction::Lock).unwrap();
    assert!(
        !replace(&mut story, anna, "203"),
        "a locked room admits no one"
    );
}

#[test]
fn the_banned_take_nobodys_place() {
    let mut story = Story::new(room());
    let anna = story.arrive("201", Plain);
    let ben = story.arrive("202", Plain);
    let kick = ConferenceAction::Kick {
        who: Selection::These(vec![ben]),
        ban_secs: None,
    };
    story.order(kick).unwrap();
    assert!(!replace(&mut story, anna, "202"));
    story.order(ConferenceAction::Lock).unwrap();
    assert!(
        replace(&mut story, anna, "203"),
        "a seat of a locked room stays one"
    );
    assert_eq!(story.row(anna), "joined");
}

#[test]
fn a_ban_holds_for_the_persons_other_phones() {
    let mut story = Story::new(Room {
        participant_pin: pin("1234"),
        ..room()
    });
    let anna = story.arrive("201", Plain);
    story.keys("201", "1234#");
    let second = story.arrival("201", Plain);
    let (other, at) = (second.participant, leg("9"));
    story.tell(ConferenceInput::Arrived {
        arrival: second,
        leg: at,
    });
    let kick = ConferenceAction::Kick {
        who: Selection::These(vec![anna]),
        ban_secs: None,
    };
    story.order(kick).unwrap();
    assert_eq!(story.hang_ups(), [anna, other]);
    story.keys("9", "1234#");
    assert_eq!(story.heard("9"), None);
}

#[test]
fn a_farewell_that_nobody_hears_ends() {
    let mut story = Story::new(Room {
        participant_pin: pin("1234"),
        ..room()
    });
    let anna = story.arrive("201", Plain);
    story.keys("201", "1#2#3#");
    story.wait(Duration::from_secs(16));
    assert_eq!(story.hang_ups(), [anna]);
}

#[test]
fn a_caller_who_comes_again_continues_their_row() {
    let mut story = Story::new(room());
    story.arrive("200", Moderator);
    for _ in 0..50 {
        let anna = story.arrive("201", Plain);
        story.tell(ConferenceInput::HungUp {
            participant: anna,
            cause: EndCause::CallerHungUp,
        });
    }
    assert_eq!(story.last.participants.len(), 2);
}

#[test]
fn rows_of_those_who_are_gone_are_bounded() {
    let mut story = Story::new(room());
    story.arrive("200", Moderator);
    for number in 0..400 {
        let invitation = Invitation {
            reach: Reach::Nowhere { reason: "no_trunk" },
            ..story.invitation(&format!("004930{number:04}"), Plain)
        };
        story
            .order(ConferenceAction::Invite(vec![invitation]))
            .unwrap();
    }
    let rows = story.last.participants.len();
    assert!((200..=220).contains(&rows), "{rows}");
}
