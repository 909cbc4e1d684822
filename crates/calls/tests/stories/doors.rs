//! Who gets a place in a room, and who only stands at its door.

use media::control::MediaLeg;
use model::*;

use crate::{
    conferences::{in_mix, invitation, keys, open_room, order, room, start, states, user, view},
    world::*,
};

fn pin(room: &mut Room) {
    room.participant_pin = Some(Pin::parse("123456").unwrap());
}

fn newest_leg(world: &World) -> MediaLeg {
    *world.media.iter().rfind(|(_, s)| !s.closed).unwrap().0
}

#[test]
fn who_stands_at_the_door_keeps_nobody_out_and_does_not_stand_there_for_ever() {
    let mut world = World::new();
    let (anna, ben, cleo) = (world.phone("201"), world.phone("202"), world.phone("203"));
    let mut room = room(&world, "800");
    room.max_participants = 1;
    pin(&mut room);
    open_room(&mut world, &room, ConferenceRole::Participant);
    world.act(ben, |phone| phone.call("800"));
    world.pass_ms(500);
    let leg = newest_leg(&world);
    keys(&mut world, leg, "*");
    world.act(cleo, |phone| phone.call("800"));
    world.pass_ms(500);
    let late = newest_leg(&world);
    // Anna says the PIN and is in; there is no place behind her.
    world.act(anna, |phone| phone.call("800"));
    world.pass_ms(500);
    let first = newest_leg(&world);
    keys(&mut world, first, "123456#");
    assert_eq!(in_mix(&world), 1);
    keys(&mut world, late, "123456#");
    world.pass_secs(16);
    assert!(
        world.phones[cleo.0].talking().is_none(),
        "told that it is full"
    );
    assert_eq!(in_mix(&world), 1);
    for _ in 0..6 {
        keys(&mut world, leg, "*");
        world.pass_secs(8);
    }
    world.pass_secs(16);
    assert!(world.phones[ben.0].talking().is_none(), "time is up");
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(10);
    world.expect_clean();
}

#[test]
fn a_start_puts_nobody_out_who_stands_at_the_door() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    let mut room = room(&world, "800");
    room.max_participants = 2;
    pin(&mut room);
    open_room(&mut world, &room, ConferenceRole::Participant);
    world.act(ben, |phone| phone.call("800"));
    world.pass_ms(500);
    let leg = newest_leg(&world);
    world.phone("203");
    let both = ["201", "203"].map(|who| invitation(&world, who, user(&world, who)));
    let conference = start(&mut world, &room, both.to_vec());
    world.pass_ms(300);
    assert!(world.phones[anna.0].ringing().is_some());
    assert!(world.phones[ben.0].talking().is_some());
    // Anna declines, and Ben has her place.
    world.act(anna, |phone| phone.refuse(603));
    world.pass_ms(300);
    keys(&mut world, leg, "123456#");
    assert_eq!(in_mix(&world), 1);
    order(&mut world, conference, ConferenceAction::End);
    world.pass_secs(2);
    world.expect_clean();
}

#[test]
fn who_is_called_may_come_by_another_phone_and_is_there_once() {
    let mut world = World::new();
    let desk = world.phone("201");
    let mobile = world.phone_of("201", "201-2");
    world.phone("202");
    let mut room = room(&world, "800");
    room.max_participants = 2;
    open_room(&mut world, &room, ConferenceRole::Participant);
    let both = ["201", "202"].map(|who| invitation(&world, who, user(&world, who)));
    let conference = start(&mut world, &room, both.to_vec());
    world.pass_ms(300);
    assert!(world.phones[desk.0].ringing().is_some());
    world.register(mobile);
    world.clear_ladder();
    world.act(mobile, |phone| phone.call("800"));
    world.pass_secs(1);
    assert!(world.phones[mobile.0].talking().is_some());
    assert!(world.phones[desk.0].ringing().is_none());
    assert!(world.ladder.contains(&"201 < CANCEL".to_owned()));
    assert_eq!(
        states(&world),
        [ParticipantState::Ringing, ParticipantState::Joined]
    );
    order(&mut world, conference, ConferenceAction::End);
    world.pass_secs(2);
    world.expect_clean();
}

#[test]
fn an_empty_room_does_not_end_while_somebody_is_called() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    let room = room(&world, "800");
    world.act(anna, |phone| phone.answering = Answering::AtOnce);
    world.act(ben, |phone| phone.answering = Answering::Silent);
    let anna_only = vec![invitation(&world, "201", user(&world, "201"))];
    let conference = start(&mut world, &room, anna_only);
    world.pass_secs(1);
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(3);
    let invite = ConferenceAction::Invite(vec![invitation(&world, "202", user(&world, "202"))]);
    order(&mut world, conference, invite);
    world.pass_secs(4);
    assert!(view(&world).ended_at.is_none());
    order(&mut world, conference, ConferenceAction::End);
    world.pass_secs(40);
    world.expect_clean();
}
