//! What moderators order.

use super::*;

fn three() -> (Story, [ParticipantId; 3]) {
    let mut story = Story::new(room());
    let ids = [
        story.arrive("201", Moderator),
        story.arrive("202", Plain),
        story.arrive("203", Plain),
    ];
    (story, ids)
}

#[test]
fn muting_is_idempotent_and_spares_moderators_when_all_are_meant() {
    let (mut story, [chair, ben, cleo]) = three();
    story.order(ConferenceAction::Mute(Selection::All)).unwrap();
    assert_eq!(
        [story.row(chair), story.row(ben), story.row(cleo)],
        ["joined", "joined muted", "joined muted"]
    );
    assert_eq!(story.heard("202"), Some((true, false)));
    let version = story.last.version;
    story.order(ConferenceAction::Mute(Selection::All)).unwrap();
    assert_eq!(
        story.last.version, version,
        "nothing changed, nothing is told"
    );
    story
        .order(ConferenceAction::Unmute(Selection::These(vec![ben])))
        .unwrap();
    assert_eq!(story.heard("202"), Some((false, false)));
    story
        .order(ConferenceAction::Mute(Selection::These(vec![chair])))
        .unwrap();
    assert_eq!(story.row(chair), "joined muted");
}

#[test]
fn unknown_ids_stop_the_whole_order() {
    let (mut story, [_, ben, _]) = three();
    let stranger = story.arrival("999", Plain).participant;
    let result = story.order(ConferenceAction::Mute(Selection::These(vec![
        ben, stranger,
    ])));
    assert_eq!(
        result,
        Err(SwitchError::UnknownParticipants(vec![stranger]))
    );
    assert_eq!(story.row(ben), "joined");
}

#[test]
fn the_kicked_get_a_hang_up_and_cannot_return() {
    let (mut story, [_, ben, _]) = three();
    story
        .order(ConferenceAction::Kick {
            who: Selection::These(vec![ben]),
            ban_secs: None,
        })
        .unwrap();
    assert_eq!(story.hang_ups(), [ben]);
    assert_eq!(story.row(ben), "kicked");
    story.tell(ConferenceInput::HungUp {
        participant: ben,
        cause: EndCause::Kicked,
    });
    assert_eq!(story.row(ben), "kicked");
    let again = story.arrival("202", Plain);
    assert_eq!(
        story.conference.admits(&again, story.now),
        Err(EndCause::Forbidden)
    );
}

#[test]
fn a_ban_ends_in_time_or_by_an_invitation() {
    let (mut story, [_, ben, cleo]) = three();
    story
        .order(ConferenceAction::Kick {
            who: Selection::These(vec![ben]),
            ban_secs: Some(60),
        })
        .unwrap();
    let again = story.arrival("202", Plain);
    story.wait(Duration::from_secs(59));
    assert!(story.conference.admits(&again, story.now).is_err());
    story.wait(Duration::from_secs(2));
    assert!(story.conference.admits(&again, story.now).is_ok());
    story
        .order(ConferenceAction::Kick {
            who: Selection::These(vec![cleo]),
            ban_secs: None,
        })
        .unwrap();
    let invitation = story.invitation("203", Plain);
    story
        .order(ConferenceAction::Invite(vec![invitation]))
        .unwrap();
    let again = story.arrival("203", Plain);
    assert!(story.conference.admits(&again, story.now).is_ok());
}

#[test]
fn a_withheld_number_is_put_out_and_the_row_says_that_it_is_not_banned() {
    let mut story = Story::new(room());
    let mut arrival = story.arrival("201", Plain);
    arrival.number.clear();
    let id = arrival.participant;
    story.tell(ConferenceInput::Arrived {
        arrival,
        leg: leg("201"),
    });
    story
        .order(ConferenceAction::Kick {
            who: Selection::These(vec![id]),
            ban_secs: None,
        })
        .unwrap();
    assert_eq!(story.row(id), "kicked (not_banned)");
}

#[test]
fn more_invitations_than_fit_call_none() {
    let mut story = Story::new(Room {
        max_participants: 3,
        ..room()
    });
    story.arrive("201", Moderator);
    let many = ["202", "203", "204"]
        .map(|number| story.invitation(number, Plain))
        .to_vec();
    assert_eq!(
        story.order(ConferenceAction::Invite(many)),
        Err(SwitchError::RoomFull { max: 3 })
    );
    assert!(
        !story
            .deeds
            .iter()
            .any(|deed| matches!(deed, ConferenceDeed::Dial(_)))
    );
}

#[test]
fn inviting_one_who_is_there_or_twice_calls_once() {
    let mut story = Story::new(room());
    story.call("201", Plain);
    let again = story.invitation("201", Plain);
    let twice = [
        story.invitation("202", Plain),
        story.invitation("202", Plain),
    ];
    story
        .order(ConferenceAction::Invite(
            [vec![again], twice.to_vec()].concat(),
        ))
        .unwrap();
    let dials = story
        .deeds
        .iter()
        .filter(|deed| matches!(deed, ConferenceDeed::Dial(_)))
        .count();
    assert_eq!(dials, 2, "201 once, 202 once");
}

#[test]
fn calling_again_continues_the_row() {
    let mut story = Story::new(room());
    story.arrive("200", Moderator);
    let invitation = story.invitation("201", Plain);
    let first = invitation.participant;
    story
        .order(ConferenceAction::Invite(vec![invitation]))
        .unwrap();
    story.tell(ConferenceInput::Failed {
        participant: first,
        cause: EndCause::Busy,
        reason: None,
    });
    let second = story.call("201", Plain);
    assert_eq!(story.row(first), "hidden");
    assert_eq!(story.row(second), "joined");
    assert_eq!(story.last.participants.len(), 2);
}

#[test]
fn a_number_that_cannot_be_called_is_a_failed_row_and_the_room_runs() {
    let mut story = Story::new(room());
    let mut invitation = story.invitation("0049301234", Plain);
    invitation.reach = Reach::Nowhere { reason: "no_trunk" };
    let id = invitation.participant;
    story
        .order(ConferenceAction::Invite(vec![invitation]))
        .unwrap();
    assert_eq!(story.row(id), "failed (no_trunk)");
    assert!(story.last.ended_at.is_none());
}

#[test]
fn ending_hangs_up_everyone_and_is_idempotent() {
    let (mut story, ids) = three();
    story.order(ConferenceAction::End).unwrap();
    story.order(ConferenceAction::End).unwrap();
    assert_eq!(story.hang_ups(), ids);
    assert!(story.last.ended_at.is_some());
    for participant in ids {
        story.tell(ConferenceInput::HungUp {
            participant,
            cause: EndCause::ConferenceEnded,
        });
    }
    assert!(story.is_over());
    assert_eq!(
        story.order(ConferenceAction::Lock),
        Err(SwitchError::NotRunning)
    );
}

#[test]
fn a_room_that_locks_on_start_does_so_when_all_called_are_in_or_out() {
    let mut story = Story::new(Room {
        lock_on_start: true,
        ..room()
    });
    let both = [
        story.invitation("201", Plain),
        story.invitation("202", Plain),
    ];
    let [anna, ben] = [both[0].participant, both[1].participant];
    story
        .order(ConferenceAction::Invite(both.to_vec()))
        .unwrap();
    story.tell(ConferenceInput::Answered {
        participant: anna,
        leg: leg("201"),
    });
    assert!(!story.last.locked);
    story.tell(ConferenceInput::Failed {
        participant: ben,
        cause: EndCause::NoAnswer,
        reason: None,
    });
    assert!(story.last.locked);
    story.order(ConferenceAction::Unlock).unwrap();
    story.wait(Duration::from_secs(30));
    assert!(!story.last.locked, "it locks by itself only once");
}

#[test]
fn the_conference_ends_when_its_last_moderator_leaves() {
    let mut story = Story::new(Room {
        end_when_moderator_leaves: true,
        ..room()
    });
    story.arrive("202", Plain);
    let chair = story.arrive("201", Moderator);
    assert!(story.last.ended_at.is_none());
    story.tell(ConferenceInput::HungUp {
        participant: chair,
        cause: EndCause::CallerHungUp,
    });
    assert!(story.last.ended_at.is_some());
}

#[test]
fn a_time_limit_warns_and_ends() {
    let mut story = Story::new(Room {
        time_limit_secs: Some(600),
        ..room()
    });
    story.arrive("201", Plain);
    story.wait(Duration::from_secs(545));
    assert!(story.media.contains(&MediaCommand::PlayToMix {
        mix: MixId(1),
        sound: Sound::Beep
    }));
    assert!(story.last.ended_at.is_none());
    story.wait(Duration::from_secs(60));
    assert!(story.last.ended_at.is_some());
}

#[test]
fn recording_follows_the_room_and_the_order() {
    let mut story = Story::new(Room {
        record: RecordPolicy::Always,
        ..room()
    });
    assert!(!story.last.recording, "an empty room is not recorded");
    story.arrive("201", Plain);
    assert!(story.last.recording);
    story.order(ConferenceAction::Record(false)).unwrap();
    assert!(!story.last.recording);
    assert!(
        story
            .media
            .contains(&MediaCommand::StopRecording { mix: MixId(1) })
    );
    story.arrive("202", Plain);
    assert!(!story.last.recording, "who ended it meant it");
    story.order(ConferenceAction::Record(true)).unwrap();
    assert!(story.last.recording);
    let ended = |story: &Story| {
        let files = story.last.recordings.iter();
        files
            .map(|file| (file.number, file.ended_at.is_some(), file.failure))
            .collect::<Vec<_>>()
    };
    assert_eq!(ended(&story), [(1, true, None), (2, false, None)]);
    story.order(ConferenceAction::End).unwrap();
    assert_eq!(ended(&story), [(1, true, None), (2, true, None)]);
}

/// Nobody is told that they are recorded before it is true, and nobody that they are not while
/// they are.
#[test]
fn what_fails_is_shown_once_and_not_tried_at_every_join() {
    let mut story = Story::new(Room {
        record: RecordPolicy::Always,
        ..room()
    });
    let told = MediaCommand::PlayToMix {
        mix: MixId(1),
        sound: Sound::Prompt(Prompt::Recording),
    };
    let file = |story: &Story| match story.media.last() {
        Some(MediaCommand::Record { path, .. }) => path.clone(),
        other => panic!("{other:?}"),
    };
    let failed = |path| {
        ConferenceInput::Media(MediaEvent::RecordingFailed {
            mix: MixId(1),
            path,
            failure: media::control::RecordingFailure::DiskFull,
        })
    };
    story.arrive("201", Plain);
    let records = |story: &Story| {
        let is_record = |command: &&MediaCommand| matches!(command, MediaCommand::Record { .. });
        story.media.iter().filter(is_record).count()
    };
    assert_eq!(records(&story), 1);
    assert!(!story.media.contains(&told));
    let first = story
        .media
        .iter()
        .find_map(|command| match command {
            MediaCommand::Record { path, .. } => Some(path.clone()),
            _ => None,
        })
        .unwrap();
    story.tell(failed(first.clone()));
    assert!(!story.last.recording);
    let shown: Vec<_> = story
        .last
        .recordings
        .iter()
        .map(|file| file.failure)
        .collect();
    assert_eq!(shown, [Some(model::RecordingFailure::DiskFull)]);
    assert!(story.last.recordings[0].ended_at.is_some());
    story.arrive("202", Plain);
    assert_eq!(records(&story), 1);
    story.order(ConferenceAction::Record(true)).unwrap();
    let second = file(&story);
    story.tell(failed(first));
    assert!(story.last.recording, "that was the other file");
    let second_file = story.last.recordings[1];
    assert_eq!((second_file.number, second_file.ended_at), (2, None));
    story.tell(ConferenceInput::Media(MediaEvent::RecordingBegan {
        mix: MixId(1),
        path: second,
    }));
    assert!(story.media.contains(&told));
}

#[test]
fn who_is_muted_on_the_way_in_comes_in_muted() {
    let mut story = Story::new(Room {
        lobby: true,
        ..room()
    });
    story.arrive("200", Moderator);
    let waiting = story.arrive("201", Plain);
    let invitation = story.invitation("202", Plain);
    let called = invitation.participant;
    story
        .order(ConferenceAction::Invite(vec![invitation]))
        .unwrap();
    story.order(ConferenceAction::Mute(Selection::All)).unwrap();
    story
        .order(ConferenceAction::Admit(Selection::These(vec![waiting])))
        .unwrap();
    story.tell(ConferenceInput::Answered {
        participant: called,
        leg: leg("202"),
    });
    for (id, number) in [(waiting, "201"), (called, "202")] {
        assert_eq!(story.row(id), "joined muted");
        assert_eq!(story.heard(number).map(|(muted, _)| muted), Some(true));
    }
}
