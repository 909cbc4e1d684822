//! INVITE with Replaces (RFC 3891): a phone takes the place of another, or fails to.

use std::time::Duration;

use media::control::Sound;
use model::*;
use sip::HeaderName;

use crate::{
    conferences::{invitation, start, states, user},
    world::*,
};

struct Office {
    world: World,
    anna: PhoneId,
    ben: PhoneId,
    cleo: PhoneId,
    /// Anna's other phone.
    mobile: PhoneId,
}

/// Anna, who has two phones, talks with Ben on one of them.
fn talking() -> Office {
    let mut office = quiet();
    let Office {
        world, anna, ben, ..
    } = &mut office;
    world.act(*ben, |phone| phone.answering = Answering::AtOnce);
    world.act(*anna, |phone| phone.call("202"));
    world.pass_ms(500);
    assert_eq!(world.bridges(), 1);
    world.clear_ladder();
    office
}

/// Everybody's phones are registered.
fn quiet() -> Office {
    let mut world = World::new();
    let (anna, ben, cleo) = (world.phone("201"), world.phone("202"), world.phone("203"));
    let mobile = world.phone_of("201", "201-2");
    world.register(mobile);
    world.clear_ladder();
    Office {
        world,
        anna,
        ben,
        cleo,
        mobile,
    }
}

/// A phone asks for the place of another in its first call.
fn take(world: &mut World, taker: PhoneId, from: PhoneId, flag: &str) {
    let replaces = world.phones[from.0].replaces_header(0) + flag;
    world.act(taker, |phone| {
        phone.extra.push((HeaderName::Replaces, replaces));
        phone.call("201")
    });
}

fn is_talking(world: &World, phone: PhoneId) -> bool {
    world.phones[phone.0].talking().is_some()
}

/// The record of the call that was to be taken; the taker's INVITE has one of its own.
fn record(world: &World) -> std::sync::Arc<CallView> {
    let mut records = world.records().into_iter();
    records.find(|record| record.legs.len() > 1).unwrap()
}

fn place_of(world: &World, line: &str) -> usize {
    let found = world.ladder.iter().rposition(|have| have == line);
    found.unwrap_or_else(|| panic!("{line} in {:?}", world.ladder))
}

/// What makes a takeover fail, and the final status of its INVITE.
type Failure = (fn(&mut World, PhoneId), u16);

const FAILURES: [Failure; 4] = [
    (|world, _| world.no_media = true, 503),
    (
        |world, mobile| {
            let unusable = |offer: String| offer.replace("198.51.100.", "224.2.1.");
            world.phones[mobile.0].rewrites_offer = Some(unusable);
        },
        488,
    ),
    (
        |world, _| world.media_opens_after = Duration::from_millis(500),
        487,
    ),
    (
        |world, mobile| world.phones[mobile.0].sends_ack = false,
        200,
    ),
];

#[test]
fn a_takeover_that_fails_takes_nothing() {
    for (fails, status) in FAILURES {
        let Office {
            mut world,
            anna,
            ben,
            mobile,
            ..
        } = talking();
        fails(&mut world, mobile);
        take(&mut world, mobile, anna, "");
        world.pass_ms(100);
        if status == 487 {
            world.act(mobile, |phone| phone.cancel());
        }
        for _ in 0..40 {
            world.pass_secs(1);
            assert_eq!(world.bridges(), 1, "they talk on: {status}");
        }
        assert_eq!(world.phones[mobile.0].last().status, Some(status));
        for phone in [anna, ben] {
            assert!(is_talking(&world, phone), "{status}");
        }
        assert!(status == 200 || !is_talking(&world, mobile));
        world.act(ben, |phone| phone.hang_up());
        world.pass_secs(1);
        assert_eq!(record(&world).cause, Some(EndCause::CalleeHungUp));
        world.expect_clean();
    }
}

#[test]
fn the_old_phone_is_let_go_when_the_new_one_is_there() {
    let Office {
        mut world,
        anna,
        ben,
        mobile,
        ..
    } = talking();
    world.media_opens_after = Duration::from_millis(100);
    take(&mut world, mobile, anna, "");
    world.pass_ms(120);
    assert_eq!(world.bridges(), 1, "meanwhile they talk");
    assert!(is_talking(&world, anna));
    world.pass_secs(1);
    assert!(place_of(&world, "201-2 > ACK") < place_of(&world, "201 < BYE"));
    assert!(is_talking(&world, mobile) && is_talking(&world, ben));
    assert!(!is_talking(&world, anna));
    assert_eq!(world.bridges(), 1);
    world.act(mobile, |phone| phone.hang_up());
    world.pass_secs(1);
    assert!(!is_talking(&world, ben));
    world.expect_clean();
}

#[test]
fn who_has_as_many_calls_as_allowed_may_move_one_of_them() {
    let Office {
        mut world,
        anna,
        mobile,
        ..
    } = talking();
    for username in ["201", "201-2"] {
        world.change_facts(username, |facts| facts.max_calls = 1);
    }
    take(&mut world, mobile, anna, "");
    world.pass_secs(1);
    assert!(is_talking(&world, mobile), "{:?}", world.ladder);
    assert!(!is_talking(&world, anna));
    assert_eq!(world.bridges(), 1);
}

#[test]
fn the_other_end_hangs_up_while_the_new_phone_is_on_its_way() {
    for (opens_after, status) in [(100, 480), (0, 200)] {
        let Office {
            mut world,
            anna,
            ben,
            mobile,
            ..
        } = talking();
        world.media_opens_after = Duration::from_millis(opens_after);
        take(&mut world, mobile, anna, "");
        world.pass_ms(25);
        world.act(ben, |phone| phone.hang_up());
        world.pass_secs(2);
        assert_eq!(world.phones[mobile.0].last().status, Some(status));
        for phone in [anna, ben, mobile] {
            assert!(!is_talking(&world, phone), "{opens_after}");
        }
        assert_eq!(record(&world).cause, Some(EndCause::CalleeHungUp));
        world.expect_clean();
    }
}

#[test]
fn the_old_phone_hangs_up_first() {
    for opens_after in [100, 0] {
        let Office {
            mut world,
            anna,
            ben,
            mobile,
            ..
        } = talking();
        world.media_opens_after = Duration::from_millis(opens_after);
        take(&mut world, mobile, anna, "");
        world.pass_ms(25);
        world.act(anna, |phone| phone.hang_up());
        world.pass_secs(1);
        assert!(is_talking(&world, mobile) && is_talking(&world, ben));
        assert_eq!(world.bridges(), 1);
        world.act(ben, |phone| phone.hang_up());
        world.pass_secs(1);
        assert!(!is_talking(&world, mobile));
        assert_eq!(record(&world).legs[0].cause, Some(EndCause::CallerHungUp));
        world.expect_clean();
    }
}

#[test]
fn the_old_phone_hangs_up_and_the_new_one_never_comes() {
    let Office {
        mut world,
        anna,
        ben,
        mobile,
        ..
    } = talking();
    world.media_opens_after = Duration::from_millis(500);
    take(&mut world, mobile, anna, "");
    world.pass_ms(100);
    world.act(anna, |phone| phone.hang_up());
    world.pass_ms(100);
    assert!(is_talking(&world, ben), "Ben waits");
    world.act(mobile, |phone| phone.cancel());
    world.pass_secs(1);
    assert_eq!(world.phones[mobile.0].last().status, Some(487));
    assert!(!is_talking(&world, ben));
    assert_eq!(record(&world).cause, Some(EndCause::Cancelled));
    world.expect_clean();
}

#[test]
fn one_phone_at_a_time_is_on_its_way_into_a_place() {
    let Office {
        mut world,
        anna,
        ben,
        cleo,
        mobile,
    } = talking();
    world.media_opens_after = Duration::from_millis(200);
    take(&mut world, mobile, anna, "");
    world.pass_ms(100);
    take(&mut world, cleo, ben, "");
    world.pass_secs(1);
    assert_eq!(world.phones[cleo.0].last().status, Some(491));
    assert!(is_talking(&world, mobile) && is_talking(&world, ben));
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(1);
    world.expect_clean();
}

/// Ben has sent Anna, who is at her desk, to Cleo, whose phone rings.
fn transferring() -> Office {
    let mut office = talking();
    let Office {
        world, ben, cleo, ..
    } = &mut office;
    world.act(*ben, |phone| {
        phone.refer(0, "<sip:203@main.convoke.internal>");
    });
    world.pass_ms(300);
    assert!(world.phones[cleo.0].ringing().is_some());
    office
}

#[test]
fn a_takeover_that_fails_does_not_harm_a_transfer() {
    for (fails, status) in FAILURES {
        let Office {
            mut world,
            anna,
            ben,
            cleo,
            mobile,
        } = transferring();
        fails(&mut world, mobile);
        take(&mut world, mobile, anna, "");
        world.pass_ms(100);
        if status == 487 {
            world.act(mobile, |phone| phone.cancel());
        }
        world.pass_ms(100);
        world.act(cleo, |phone| phone.answer());
        world.pass_secs(40);
        for phone in [anna, cleo] {
            assert!(is_talking(&world, phone), "{status}");
        }
        assert!(!is_talking(&world, ben));
        assert_eq!(world.bridges(), 1);
        world.act(cleo, |phone| phone.hang_up());
        world.pass_secs(1);
        world.expect_clean();
    }
}

#[test]
fn who_is_transferred_moves_to_another_phone_while_the_target_answers() {
    let Office {
        mut world,
        anna,
        cleo,
        mobile,
        ..
    } = transferring();
    world.media_opens_after = Duration::from_millis(200);
    take(&mut world, mobile, anna, "");
    world.pass_ms(100);
    world.act(cleo, |phone| phone.answer());
    world.pass_ms(50);
    assert!(is_talking(&world, anna), "the mobile has no answer yet");
    assert_eq!(world.bridges(), 1);
    world.pass_secs(1);
    assert!(is_talking(&world, mobile) && is_talking(&world, cleo));
    assert!(!is_talking(&world, anna));
    assert_eq!(world.bridges(), 1);
    world.act(cleo, |phone| phone.hang_up());
    world.pass_secs(1);
    world.expect_clean();
}

#[test]
fn who_comes_in_the_place_of_a_transferred_one_hears_that_it_rings() {
    let Office {
        mut world,
        anna,
        cleo,
        mobile,
        ..
    } = transferring();
    world.media_opens_after = Duration::from_millis(200);
    take(&mut world, mobile, anna, "");
    world.pass_ms(100);
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    assert!(is_talking(&world, mobile));
    let open = world.media.values().filter(|side| !side.closed);
    let rings = |side: &MediaSide| matches!(side.playing, Some(Sound::Ringback(_)));
    assert_eq!(open.filter(|side| rings(side)).count(), 1);
    world.act(cleo, |phone| phone.answer());
    world.pass_secs(1);
    assert_eq!(world.bridges(), 1);
    world.act(cleo, |phone| phone.hang_up());
    world.pass_secs(1);
    world.expect_clean();
}

#[test]
fn a_transfer_asked_for_while_its_sender_is_being_replaced_goes_on() {
    let Office {
        mut world,
        anna,
        ben,
        cleo,
        mobile,
    } = talking();
    world.media_opens_after = Duration::from_millis(200);
    take(&mut world, mobile, anna, "");
    world.pass_ms(100);
    world.act(anna, |phone| {
        phone.refer(0, "<sip:203@main.convoke.internal>");
    });
    world.pass_secs(1);
    assert!(!is_talking(&world, mobile), "the place is given up");
    assert!(is_talking(&world, anna) && is_talking(&world, ben));
    world.act(cleo, |phone| phone.answer());
    world.pass_secs(1);
    assert!(is_talking(&world, cleo) && is_talking(&world, ben));
    world.act(cleo, |phone| phone.hang_up());
    world.pass_secs(1);
    world.expect_clean();
}

/// Ben calls Anna; her desk phone rings, her mobile does not.
fn ringing() -> Office {
    let mut office = quiet();
    let Office {
        world, ben, mobile, ..
    } = &mut office;
    world.act(*mobile, |phone| phone.answering = Answering::Refuse(500));
    world.act(*ben, |phone| phone.call("201"));
    world.pass_ms(500);
    world.clear_ladder();
    office
}

#[test]
fn a_call_that_rings_is_picked_up_with_another_phone_of_the_same_person() {
    for flag in ["", ";early-only"] {
        let Office {
            mut world,
            anna,
            ben,
            mobile,
            ..
        } = ringing();
        take(&mut world, mobile, anna, flag);
        world.pass_secs(1);
        assert!(is_talking(&world, mobile) && is_talking(&world, ben));
        assert!(world.phones[anna.0].ringing().is_none());
        assert_eq!(world.bridges(), 1);
        world.act(mobile, |phone| phone.hang_up());
        world.pass_secs(1);
        assert!(!is_talking(&world, ben));
        let record = record(&world);
        assert_eq!(record.cause, Some(EndCause::CalleeHungUp), "{flag}");
        assert!(record.answered_at.is_some());
        world.expect_clean();
    }
}

#[test]
fn a_pickup_that_fails_lets_it_ring_on() {
    for (fails, status) in FAILURES {
        let Office {
            mut world,
            anna,
            ben,
            mobile,
            ..
        } = ringing();
        fails(&mut world, mobile);
        take(&mut world, mobile, anna, "");
        world.pass_ms(100);
        if status == 487 {
            world.act(mobile, |phone| phone.cancel());
        }
        world.pass_secs(1);
        world.no_media = false;
        assert!(world.phones[anna.0].ringing().is_some(), "{status}");
        world.act(anna, |phone| phone.answer());
        world.pass_secs(40);
        assert!(is_talking(&world, anna) && is_talking(&world, ben));
        world.act(ben, |phone| phone.hang_up());
        world.pass_secs(1);
        world.expect_clean();
    }
}

#[test]
fn early_only_takes_nothing_that_is_answered() {
    let Office {
        mut world,
        anna,
        ben,
        mobile,
        ..
    } = talking();
    take(&mut world, mobile, anna, ";early-only");
    world.pass_secs(1);
    assert_eq!(world.phones[mobile.0].last().status, Some(486));
    assert!(is_talking(&world, anna) && is_talking(&world, ben));
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(1);
    world.expect_clean();
}

#[test]
fn a_phone_that_answers_while_it_is_being_picked_up() {
    for (flag, stays) in [(";early-only", true), ("", false)] {
        let Office {
            mut world,
            anna,
            ben,
            mobile,
            ..
        } = ringing();
        world.media_opens_after = Duration::from_millis(100);
        take(&mut world, mobile, anna, flag);
        world.pass_ms(50);
        world.act(anna, |phone| phone.answer());
        world.pass_secs(2);
        assert!(is_talking(&world, ben));
        assert_eq!(is_talking(&world, anna), stays, "{flag}");
        assert_eq!(is_talking(&world, mobile), !stays, "{flag}");
        assert_eq!(world.bridges(), 1);
        world.act(ben, |phone| phone.hang_up());
        world.pass_secs(1);
        world.expect_clean();
    }
}

#[test]
fn nobody_takes_the_place_of_who_is_not_answered_or_rings_elsewhere() {
    let Office {
        mut world,
        anna,
        ben,
        cleo,
        mobile,
    } = ringing();
    let tablet = world.phone_of("202", "202-2");
    world.register(tablet);
    // Ben's own call, which waits for an answer; and what rings at Anna's.
    for (taker, from) in [(tablet, ben), (cleo, anna)] {
        take(&mut world, taker, from, "");
        world.pass_secs(1);
        assert_eq!(world.phones[taker.0].last().status, Some(481));
    }
    assert!(world.phones[anna.0].ringing().is_some());
    world.act(anna, |phone| phone.answer());
    world.pass_secs(1);
    assert!(is_talking(&world, anna) && is_talking(&world, ben));
    assert!(!is_talking(&world, mobile));
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(1);
    world.expect_clean();
}

#[test]
fn a_conference_s_call_is_picked_up_with_another_phone() {
    let Office {
        mut world,
        anna,
        mobile,
        ..
    } = quiet();
    world.act(mobile, |phone| phone.answering = Answering::Refuse(500));
    let room = crate::conferences::room(&world, "800");
    let host = invitation(&world, "201", user(&world, "201"));
    start(&mut world, &room, vec![host]);
    world.pass_ms(500);
    assert_eq!(states(&world), [ParticipantState::Ringing]);
    take(&mut world, mobile, anna, "");
    world.pass_secs(1);
    assert_eq!(world.phones[mobile.0].last().status, Some(200));
    assert!(world.phones[anna.0].ringing().is_none());
    assert_eq!(states(&world), [ParticipantState::Joined]);
    world.act(mobile, |phone| phone.hang_up());
    world.pass_secs(10);
    world.expect_clean();
}
