//! Conferences as their participants' phones see them.

use std::net::SocketAddr;

use media::{
    control::{LegStats, MediaCommand, MediaEvent, MediaLeg},
    sdp::Direction,
};
use model::*;

use crate::world::*;

pub fn room(world: &World, number: &str) -> Room {
    let wall = world.time().wall;
    Room {
        id: RoomId::mint(wall, &*world.dice),
        customer: world.customer,
        number: Extension::parse(number).unwrap(),
        name: DisplayName::parse("Weekly").unwrap(),
        owner: None,
        moderators: Vec::new(),
        participant_pin: None,
        moderator_pin: None,
        max_participants: DEFAULT_MAX_PARTICIPANTS,
        lobby: false,
        lock_on_start: false,
        join_muted: false,
        webinar: false,
        wait_for_moderator: false,
        announce: Announce::Tone,
        music_while_alone: false,
        record: RecordPolicy::Off,
        end_when_moderator_leaves: false,
        time_limit_secs: None,
        call_out: Vec::new(),
        version: 1,
        created_at: wall,
    }
}

/// Makes the number lead into the room, with that role.
pub fn open_room(world: &mut World, room: &Room, role: ConferenceRole) {
    let plan = RoutePlan {
        steps: vec![RouteStep {
            action: RouteAction::Conference(Box::new(RoomEntry {
                room: room.clone(),
                role,
            })),
            setting: "dial_plan",
            reason: Reason::Dialled(room.number.clone()),
            next: Next::default(),
        }],
    };
    world.plans.insert(room.number.to_string(), plan);
}

pub fn view(world: &World) -> std::sync::Arc<ConferenceView> {
    let last = world.events.iter().rev().find_map(|event| match event {
        SwitchEvent::Conference { view, .. } => Some(view.clone()),
        _ => None,
    });
    last.expect("a conference was told of")
}

pub fn states(world: &World) -> Vec<ParticipantState> {
    view(world)
        .participants
        .iter()
        .map(|row| row.state)
        .collect()
}

pub fn in_mix(world: &World) -> usize {
    let open = world.media.values().filter(|side| !side.closed);
    open.filter(|side| side.mix.is_some()).count()
}

pub fn invitation(world: &World, target: &str, reach: Reach) -> Invitation {
    Invitation {
        participant: ParticipantId::mint(world.time().wall, &*world.dice),
        target: DialTarget::parse(target).unwrap(),
        name: format!("Guest {target}"),
        role: ConferenceRole::Participant,
        reach,
    }
}

pub fn user(world: &World, extension: &str) -> Reach {
    Reach::User {
        user: world.people[extension].user,
        ring_secs: 20,
    }
}

pub fn start(world: &mut World, room: &Room, invitations: Vec<Invitation>) -> ConferenceId {
    let conference = ConferenceId::mint(world.time().wall, &*world.dice);
    let reply = world.order(SwitchCommand::StartConference {
        conference,
        room: Box::new(room.clone()),
        invitations,
    });
    assert!(
        matches!(reply, Some(Ok(SwitchReply::Conference(_)))),
        "{reply:?}"
    );
    conference
}

pub fn order(world: &mut World, conference: ConferenceId, action: ConferenceAction) {
    let reply = world.order(SwitchCommand::Conference { conference, action });
    assert!(matches!(reply, Some(Ok(_))), "{reply:?}");
}

#[test]
fn those_who_dial_the_number_meet_in_the_room() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    let room = room(&world, "800");
    open_room(&mut world, &room, ConferenceRole::Participant);
    world.act(anna, |phone| phone.call("800"));
    world.act(ben, |phone| phone.call("800"));
    world.pass_secs(1);
    assert_eq!(states(&world), [ParticipantState::Joined; 2]);
    assert_eq!((in_mix(&world), world.engine.figures().conferences), (2, 1));
    let calls = world.calls();
    assert_eq!(calls.last().unwrap().conference, Some(view(&world).id));
    world.act(anna, |phone| phone.hang_up());
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(7);
    assert!(view(&world).ended_at.is_some());
    assert_eq!(world.records().len(), 2);
    world.expect_clean();
}

#[test]
fn a_started_conference_calls_everyone_at_once() {
    let mut world = World::new();
    let phones: Vec<PhoneId> = ["201", "202", "203"].map(|name| world.phone(name)).to_vec();
    world.person("204");
    let guest = world.stranger("guest");
    let outside: SocketAddr = world.phones[guest.0].address;
    let room = room(&world, "800");
    let own = Reach::Address { address: SERVER };
    let invitations = vec![
        invitation(&world, "201", user(&world, "201")),
        invitation(&world, "202", user(&world, "202")),
        invitation(&world, "203", user(&world, "203")),
        invitation(&world, "204", user(&world, "204")),
        invitation(
            &world,
            "#sip:a@203.0.113.13",
            Reach::Address { address: outside },
        ),
        invitation(&world, "#sip:a@192.0.2.1", own),
        invitation(&world, "0049301234", Reach::Nowhere { reason: "no_trunk" }),
    ];
    world.act(phones[1], |phone| phone.answering = Answering::Refuse(486));
    world.clear_ladder();
    let conference = start(&mut world, &room, invitations);
    world.pass_ms(100);
    use ParticipantState::{Busy, Failed, Joined, NoAnswer, Ringing};
    assert_eq!(
        states(&world),
        [Ringing, Busy, Ringing, Failed, Ringing, Failed, Failed]
    );
    let reasons: Vec<_> = view(&world)
        .participants
        .iter()
        .filter_map(|row| row.reason.clone())
        .collect();
    for reason in ["offline", "not_allowed", "no_trunk"] {
        assert!(
            reasons.iter().any(|have| have == reason),
            "{reason}: {reasons:?}"
        );
    }
    world.act(phones[0], |phone| phone.answer());
    world.act(guest, |phone| phone.answer());
    world.pass_secs(25);
    assert_eq!(
        states(&world),
        [Joined, Busy, NoAnswer, Failed, Joined, Failed, Failed]
    );
    assert_eq!(in_mix(&world), 2);
    order(&mut world, conference, ConferenceAction::End);
    world.pass_secs(5);
    assert!(world.phones[guest.0].talking().is_none());
    assert_eq!(world.engine.figures().conferences, 0);
    world.expect_clean();
}

#[test]
fn a_room_that_runs_is_not_started_again_and_a_full_one_calls_nobody() {
    let mut world = World::new();
    world.phone("201");
    let mut room = room(&world, "800");
    let anna_only = vec![invitation(&world, "201", user(&world, "201"))];
    let first = start(&mut world, &room, anna_only);
    let again = world.order(SwitchCommand::StartConference {
        conference: ConferenceId::mint(world.time().wall, &*world.dice),
        room: Box::new(room.clone()),
        invitations: Vec::new(),
    });
    assert_eq!(again, Some(Err(SwitchError::AlreadyRunning(first))));
    order(&mut world, first, ConferenceAction::End);
    world.pass_secs(2);
    room.id = RoomId::mint(world.time().wall, &*world.dice);
    room.max_participants = 1;
    let invitations = vec![
        invitation(&world, "201", user(&world, "201")),
        invitation(&world, "202", Reach::Nowhere { reason: "no_trunk" }),
    ];
    let full = world.order(SwitchCommand::StartConference {
        conference: ConferenceId::mint(world.time().wall, &*world.dice),
        room: Box::new(room),
        invitations,
    });
    assert_eq!(full, Some(Err(SwitchError::RoomFull { max: 1 })));
    assert_eq!(world.engine.figures().conferences, 0);
    world.expect_clean();
}

#[test]
fn a_locked_room_is_403_and_the_kicked_get_bye() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    let room = room(&world, "800");
    open_room(&mut world, &room, ConferenceRole::Participant);
    world.act(anna, |phone| phone.call("800"));
    world.pass_ms(500);
    let conference = view(&world).id;
    order(&mut world, conference, ConferenceAction::Lock);
    world.act(ben, |phone| phone.call("800"));
    world.pass_ms(500);
    assert_eq!(world.phones[ben.0].last().status, Some(403));
    order(&mut world, conference, ConferenceAction::Unlock);
    world.act(ben, |phone| phone.call("800"));
    world.pass_ms(500);
    assert_eq!(in_mix(&world), 2);
    let rows = view(&world);
    let kicked = rows
        .participants
        .iter()
        .find(|row| row.target == "202" && row.state == ParticipantState::Joined)
        .unwrap();
    let who = Selection::These(vec![kicked.id]);
    world.clear_ladder();
    order(
        &mut world,
        conference,
        ConferenceAction::Kick {
            who,
            ban_secs: None,
        },
    );
    world.pass_secs(5);
    assert!(world.ladder.contains(&"202 < BYE".to_owned()));
    world.act(ben, |phone| phone.call("800"));
    world.pass_ms(500);
    assert_eq!(world.phones[ben.0].last().status, Some(403), "banned");
    world.act(anna, |phone| phone.hang_up());
    world.expect_clean();
}

#[test]
fn an_invited_one_who_is_called_by_several_phones_answers_once() {
    let mut world = World::new();
    let desk = world.phone("201");
    let mobile = world.phone_of("201", "201-2");
    world.register(mobile);
    let room = room(&world, "800");
    let anna_only = vec![invitation(&world, "201", user(&world, "201"))];
    let conference = start(&mut world, &room, anna_only);
    world.pass_ms(100);
    world.act(desk, |phone| phone.answer());
    world.act(mobile, |phone| phone.answer());
    world.pass_secs(1);
    assert_eq!(in_mix(&world), 1);
    let talking = [desk, mobile].map(|phone| world.phones[phone.0].talking().is_some());
    assert_ne!(talking[0], talking[1]);
    order(&mut world, conference, ConferenceAction::End);
    world.expect_clean();
}

#[test]
fn ending_a_conference_stops_what_still_rings() {
    let mut world = World::new();
    let anna = world.phone("201");
    let room = room(&world, "800");
    let anna_only = vec![invitation(&world, "201", user(&world, "201"))];
    let conference = start(&mut world, &room, anna_only);
    world.pass_ms(100);
    world.clear_ladder();
    order(&mut world, conference, ConferenceAction::End);
    world.pass_secs(1);
    assert!(
        world.ladder.contains(&"201 < CANCEL".to_owned()),
        "{:?}",
        world.ladder
    );
    assert!(world.phones[anna.0].ringing().is_none());
    world.expect_clean();
}

#[test]
fn a_blind_transfer_into_a_room() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    let room = room(&world, "800");
    open_room(&mut world, &room, ConferenceRole::Participant);
    world.act(ben, |phone| phone.answering = Answering::AtOnce);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    world.act(anna, |phone| {
        phone.refer(0, "<sip:800@main.convoke.internal>");
    });
    world.pass_secs(1);
    assert!(world.phones[anna.0].talking().is_none());
    assert_eq!((in_mix(&world), world.bridges()), (1, 0));
    assert_eq!(states(&world), [ParticipantState::Joined]);
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(5);
    assert_eq!(world.records().len(), 1);
    world.expect_clean();
}

/// The one participant's role and state, as the pages show them.
fn only_row(world: &World) -> (ConferenceRole, ParticipantState) {
    let view = view(world);
    let [row] = view.participants.as_slice() else {
        panic!("{view:#?}");
    };
    (row.role, row.state)
}

#[test]
fn a_blind_transfer_passes_no_role_on() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    let mut room = room(&world, "800");
    room.owner = Some(world.people["201"].user);
    room.participant_pin = Some(Pin::parse("1234").unwrap());
    open_room(&mut world, &room, ConferenceRole::Participant);
    for (by, pin) in [(anna, "1234#"), (ben, "")] {
        let (caller, called, number) = if by == anna {
            (anna, ben, "202")
        } else {
            (ben, anna, "201")
        };
        world.act(called, |phone| phone.answering = Answering::AtOnce);
        world.act(caller, |phone| phone.call(number));
        world.pass_ms(500);
        let leg = *world.media.iter().rfind(|(_, s)| !s.closed).unwrap().0;
        world.act(by, |phone| {
            let at = phone.talking().unwrap();
            phone.refer(at, "<sip:800@main.convoke.internal>");
        });
        world.pass_secs(1);
        assert_eq!(in_mix(&world), usize::from(pin.is_empty()), "{pin}");
        keys(&mut world, leg, pin);
        let role = if pin.is_empty() {
            ConferenceRole::Owner
        } else {
            ConferenceRole::Participant
        };
        assert_eq!(only_row(&world), (role, ParticipantState::Joined));
        world.act(called, |phone| phone.hang_up());
        world.pass_secs(10);
    }
    world.expect_clean();
}

#[test]
fn an_attended_transfer_into_a_room_keeps_the_seat() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    let room = room(&world, "800");
    open_room(&mut world, &room, ConferenceRole::Participant);
    world.act(ben, |phone| phone.answering = Answering::AtOnce);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    let call = world.act(anna, |phone| phone.call("800"));
    world.pass_ms(500);
    world.act(anna, |phone| {
        let replaces = phone.replaces(call);
        phone.refer(
            0,
            &format!("<sip:800@main.convoke.internal?Replaces={replaces}>"),
        );
    });
    world.pass_secs(1);
    assert!(world.phones[anna.0].talking().is_none());
    assert_eq!(in_mix(&world), 1);
    let rows = view(&world);
    let joined: Vec<_> = rows
        .participants
        .iter()
        .filter(|row| row.state == ParticipantState::Joined)
        .map(|row| row.target.as_str())
        .collect();
    assert_eq!(joined, ["202"]);
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(5);
    world.expect_clean();
}

/// Keys, one after the other, as RFC 4733 brings them.
pub fn keys(world: &mut World, leg: MediaLeg, digits: &str) {
    for digit in digits.bytes() {
        world.input(calls::Input::Media(MediaEvent::Digit { leg, digit }));
        world.pass_ms(200);
    }
}

#[test]
fn ten_wrong_pins_from_one_source_are_enough() {
    let mut world = World::new();
    let anna = world.phone("201");
    let mut room = room(&world, "800");
    room.participant_pin = Some(Pin::parse("123456").unwrap());
    open_room(&mut world, &room, ConferenceRole::Participant);
    let mut answered = 0;
    for _ in 0..6 {
        world.act(anna, |phone| phone.call("800"));
        world.pass_ms(500);
        if world.phones[anna.0].last().status != Some(200) {
            break;
        }
        answered += 1;
        let leg = *world.media.iter().rfind(|(_, s)| !s.closed).unwrap().0;
        for _ in 0..3 {
            if world.media[&leg].closed {
                break;
            }
            keys(&mut world, leg, "000000#");
            world.pass_secs(6);
        }
        world.act(anna, |phone| phone.hang_up());
        world.pass_secs(10);
    }
    assert!((3..=5).contains(&answered), "{answered}");
    assert_eq!(world.phones[anna.0].last().status, Some(403));
    assert_eq!(in_mix(&world), 0);
    let joins = world
        .commands
        .iter()
        .filter(|c| matches!(c, MediaCommand::Join { .. }));
    assert_eq!(joins.count(), 0);
    let told = |event: &SwitchEvent| matches!(event, SwitchEvent::Conference { .. });
    assert!(!world.events.iter().any(told), "nobody came in");
    world.expect_clean();
}

#[test]
fn a_room_begins_with_the_first_who_is_let_in_or_by_order() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    let mut room = room(&world, "800");
    room.participant_pin = Some(Pin::parse("1234").unwrap());
    room.lock_on_start = true;
    open_room(&mut world, &room, ConferenceRole::Participant);
    world.act(anna, |phone| phone.call("800"));
    world.pass_ms(500);
    let leg = *world.media.iter().rfind(|(_, s)| !s.closed).unwrap().0;
    assert!(world.calls().last().unwrap().conference.is_none());
    // While Anna is at the door the room does not run, and can be started.
    let conference = start(&mut world, &room, Vec::new());
    keys(&mut world, leg, "1234#");
    assert_eq!(view(&world).id, conference);
    assert_eq!(world.calls().last().unwrap().conference, Some(conference));
    assert_eq!(in_mix(&world), 1);
    assert!(view(&world).locked, "the start was ordered");
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(10);
    // By dialling in it begins too, and does not lock behind the first.
    for (phone, count) in [(anna, 1), (ben, 2)] {
        world.act(phone, |phone| phone.call("800"));
        world.pass_ms(500);
        let leg = *world.media.iter().rfind(|(_, s)| !s.closed).unwrap().0;
        keys(&mut world, leg, "1234#");
        assert_eq!(in_mix(&world), count);
    }
    assert_ne!(view(&world).id, conference);
    for phone in [anna, ben] {
        world.act(phone, |phone| phone.hang_up());
    }
    world.expect_clean();
}

#[test]
fn guesses_of_some_keep_neither_the_owner_nor_the_innocent_out() {
    let mut world = World::new();
    let guessers: Vec<PhoneId> = (0..4).map(|n| world.phone(&format!("30{n}"))).collect();
    let (owner, ben) = (world.phone("201"), world.phone("202"));
    let mut room = room(&world, "800");
    room.participant_pin = Some(Pin::parse("123456").unwrap());
    room.owner = Some(world.people["201"].user);
    open_room(&mut world, &room, ConferenceRole::Participant);
    for phone in guessers.iter().cycle().take(16) {
        world.act(*phone, |phone| phone.call("800"));
        world.pass_ms(500);
        if world.phones[phone.0].talking().is_none() {
            continue;
        }
        let leg = *world.media.iter().rfind(|(_, s)| !s.closed).unwrap().0;
        for _ in 0..3 {
            if !world.media[&leg].closed {
                keys(&mut world, leg, "000000#");
            }
        }
        world.act(*phone, |phone| phone.hang_up());
        world.pass_secs(10);
    }
    world.act(guessers[0], |phone| phone.call("800"));
    world.pass_ms(500);
    assert_eq!(world.phones[guessers[0].0].last().status, Some(403));
    world.act(owner, |phone| phone.call("800"));
    world.pass_ms(500);
    assert_eq!(in_mix(&world), 1);
    world.act(ben, |phone| phone.call("800"));
    world.pass_ms(500);
    let leg = *world.media.iter().rfind(|(_, s)| !s.closed).unwrap().0;
    keys(&mut world, leg, "123456#");
    assert_eq!(in_mix(&world), 2);
    for phone in [owner, ben] {
        world.act(phone, |phone| phone.hang_up());
    }
    world.expect_clean();
}

/// Anna is in the room and talks with Ben in another call, whose index it is.
fn consulting(world: &mut World, room: &Room) -> (PhoneId, PhoneId, usize) {
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    open_room(world, room, ConferenceRole::Participant);
    world.act(ben, |phone| phone.answering = Answering::AtOnce);
    world.act(anna, |phone| phone.call("800"));
    world.pass_ms(500);
    let call = world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    (anna, ben, call)
}

#[test]
fn a_participant_transfers_the_consulted_into_their_seat() {
    let mut world = World::new();
    let room = room(&world, "800");
    let (anna, ben, call) = consulting(&mut world, &room);
    world.act(anna, |phone| {
        let replaces = phone.replaces(call);
        phone.refer(0, &format!("<sip:202@h?Replaces={replaces}>"));
    });
    world.pass_secs(1);
    assert_eq!(
        world.phones[anna.0].notified.last().unwrap(),
        "SIP/2.0 200 OK"
    );
    assert!(world.phones[anna.0].talking().is_none());
    assert_eq!((in_mix(&world), world.bridges()), (1, 0));
    assert_eq!(view(&world).participants[0].target, "202");
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(10);
    assert_eq!(world.records().len(), 2);
    world.expect_clean();
}

#[test]
fn a_moderator_refers_the_room_to_a_number_and_others_may_not() {
    for (role, status) in [
        (ConferenceRole::Moderator, 202),
        (ConferenceRole::Participant, 403),
    ] {
        let mut world = World::new();
        let (anna, cleo) = (world.phone("201"), world.phone("203"));
        let room = room(&world, "800");
        open_room(&mut world, &room, role);
        world.act(anna, |phone| phone.call("800"));
        world.pass_ms(500);
        world.act(anna, |phone| phone.refer(0, "<sip:203@h>"));
        world.pass_ms(500);
        assert_eq!(world.phones[anna.0].statuses.last().unwrap().1, status);
        assert_eq!(world.phones[cleo.0].ringing().is_some(), status == 202);
        world.act(anna, |phone| phone.hang_up());
        world.act(cleo, |phone| phone.refuse(486));
        world.expect_clean();
    }
}

#[test]
fn an_invite_with_replaces_takes_a_seat_and_a_locked_door_does_not_matter() {
    let mut world = World::new();
    let room = room(&world, "800");
    let (anna, ben, _) = consulting(&mut world, &room);
    world.act(ben, |phone| phone.hang_up());
    world.pass_ms(500);
    let conference = view(&world).id;
    order(&mut world, conference, ConferenceAction::Lock);
    let replaces = world.phones[anna.0].replaces_header(0);
    world.act(ben, |phone| {
        phone.extra.push((sip::HeaderName::Replaces, replaces));
        phone.call("800")
    });
    world.pass_ms(500);
    assert_eq!(world.phones[ben.0].last().status, Some(200));
    assert!(world.phones[anna.0].talking().is_none());
    assert_eq!(in_mix(&world), 1);
    assert_eq!(view(&world).participants[0].target, "202");
    world.act(ben, |phone| phone.hang_up());
    world.expect_clean();
}

#[test]
fn a_phone_that_forwards_is_not_followed_and_the_row_says_so() {
    let mut world = World::new();
    let ben = world.phone("202");
    let cleo = world.phone("203");
    let mobile = world.phone_of("203", "203-2");
    world.register(mobile);
    for phone in [ben, cleo] {
        world.act(phone, |phone| {
            phone.answering = Answering::Refuse(302);
            phone.redirects_to = Some("<sip:201@main.convoke.internal>".to_owned());
        });
    }
    world.act(mobile, |phone| phone.answering = Answering::AtOnce);
    let room = room(&world, "800");
    let invited = ["202", "203"].map(|target| {
        let reach = user(&world, target);
        invitation(&world, target, reach)
    });
    start(&mut world, &room, invited.to_vec());
    world.pass_secs(1);
    let failed = &view(&world).participants[0];
    assert_eq!(failed.state, ParticipantState::Failed);
    assert_eq!(failed.reason.as_deref(), Some("forwarded"));
    // Another phone of the same person may still answer.
    assert_eq!(states(&world)[1], ParticipantState::Joined);
    world.act(mobile, |phone| phone.hang_up());
    world.pass_secs(10);
    assert_eq!(world.records().len(), 2);
    world.expect_clean();
}

#[test]
fn a_room_does_not_hear_the_music_of_who_puts_it_on_hold() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    let room = room(&world, "800");
    open_room(&mut world, &room, ConferenceRole::Participant);
    for phone in [anna, ben] {
        world.act(phone, |phone| phone.call("800"));
        world.pass_secs(1);
    }
    let anna_media = *world.media.keys().next().unwrap();
    let muted = |world: &World| {
        let last = world
            .commands
            .iter()
            .rev()
            .find_map(|command| match command {
                MediaCommand::SetHearing { leg, muted, .. } if *leg == anna_media => Some(*muted),
                _ => None,
            });
        last.unwrap()
    };
    let talking = true;
    world.input(calls::Input::Media(MediaEvent::Talking {
        leg: anna_media,
        talking,
    }));
    assert!(!muted(&world));
    for (direction, held) in [
        (Direction::SendOnly, true),
        (Direction::SendRecv, false),
        (Direction::Inactive, true),
        (Direction::SendRecv, false),
    ] {
        world.act(anna, |phone| phone.reinvite(direction));
        world.pass_secs(1);
        assert_eq!(muted(&world), held, "{direction:?}");
        let anna = &view(&world).participants[0];
        assert_eq!((anna.muted, anna.talking), (false, !held));
    }
    for phone in [anna, ben] {
        world.act(phone, |phone| phone.hang_up());
    }
    world.expect_clean();
}

#[test]
fn who_comes_in_another_s_place_is_not_held_by_what_that_one_did() {
    let mut world = World::new();
    let room = room(&world, "800");
    let (anna, ben, _) = consulting(&mut world, &room);
    world.act(ben, |phone| phone.hang_up());
    world.pass_ms(500);
    world.act(anna, |phone| phone.reinvite(Direction::SendOnly));
    world.pass_ms(500);
    let replaces = world.phones[anna.0].replaces_header(0);
    world.act(ben, |phone| {
        phone.extra.push((sip::HeaderName::Replaces, replaces));
        phone.call("800")
    });
    world.pass_ms(500);
    assert_eq!(view(&world).participants[0].target, "202");
    let last = world
        .commands
        .iter()
        .rev()
        .find_map(|command| match command {
            MediaCommand::SetHearing { muted, .. } => Some(*muted),
            _ => None,
        });
    assert_eq!(last, Some(false), "Ben is heard");
    world.act(ben, |phone| phone.hang_up());
    world.expect_clean();
}

#[test]
fn every_page_sees_at_once_that_a_phone_is_cut_off() {
    let mut world = World::new();
    let room = room(&world, "800");
    open_room(&mut world, &room, ConferenceRole::Participant);
    let anna = world.phone("201");
    world.act(anna, |phone| phone.call("800"));
    world.pass_secs(1);
    let leg = *world.media.keys().next().unwrap();
    for loss_percent in [100.0, 0.0] {
        let told = world.events.len();
        world.input(calls::Input::Media(MediaEvent::Stats {
            leg,
            stats: LegStats {
                received: 50,
                loss_percent,
                ..LegStats::default()
            },
        }));
        let row = &view(&world).participants[0];
        assert_eq!(row.quality.map(|q| q.loss_percent), Some(loss_percent));
        let change = ConferenceChange::Participant(row.id);
        assert!(world.events[told..].iter().any(
            |event| matches!(event, SwitchEvent::Conference { change: is, .. } if *is == change)
        ));
    }
    world.act(anna, |phone| phone.hang_up());
    world.expect_clean();
}
