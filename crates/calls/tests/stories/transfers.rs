//! Transfers: blind, attended, into a room, and those that come to nothing.

use media::{control::Sound, sdp::Direction};
use model::*;
use sip::HeaderName;

use crate::world::*;

struct Three {
    world: World,
    anna: PhoneId,
    ben: PhoneId,
    cleo: PhoneId,
}

/// Anna talks with Ben; Cleo is there.
fn three() -> Three {
    let mut world = World::new();
    let (anna, ben, cleo) = (world.phone("201"), world.phone("202"), world.phone("203"));
    world.act(ben, |phone| phone.answering = Answering::AtOnce);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    assert_eq!(world.bridges(), 1);
    world.clear_ladder();
    Three {
        world,
        anna,
        ben,
        cleo,
    }
}

#[test]
fn a_blind_transfer_by_the_caller() {
    let Three {
        mut world,
        anna,
        ben,
        cleo,
    } = three();
    world.act(anna, |phone| {
        phone.refer(0, "<sip:203@main.convoke.internal>");
    });
    world.pass_ms(200);
    assert_eq!(world.phones[anna.0].statuses.last().unwrap().1, 202);
    assert_eq!(
        world.phones[anna.0].notified,
        ["SIP/2.0 100 Trying", "SIP/2.0 180 Ringing"]
    );
    let rings = |world: &World| {
        let plays = |side: &&MediaSide| matches!(side.playing, Some(Sound::Ringback(_)));
        world.media.values().filter(plays).count()
    };
    assert_eq!(rings(&world), 1, "Ben hears that it rings");
    world.act(cleo, |phone| phone.answer());
    world.pass_ms(300);
    assert_eq!(rings(&world), 0);
    assert_eq!(world.bridges(), 1);
    assert_eq!(
        world.phones[anna.0].notified.last().unwrap(),
        "SIP/2.0 200 OK"
    );
    assert!(world.phones[anna.0].talking().is_none(), "Anna is let go");
    assert!(world.phones[ben.0].talking().is_some());
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(1);
    let record = world.record();
    assert_eq!(record.legs.len(), 3);
    assert_eq!(record.legs[0].cause, Some(EndCause::Transferred));
    let targets: Vec<_> = record.steps.iter().map(|s| s.target.as_str()).collect();
    assert_eq!(targets, ["202", "203"]);
    world.expect_clean();
}

#[test]
fn a_blind_transferor_who_hangs_up_at_once() {
    let Three {
        mut world,
        anna,
        ben,
        cleo,
    } = three();
    world.act(ben, |phone| {
        phone.refer(0, "<sip:203@main.convoke.internal>");
    });
    world.pass_ms(15);
    world.act(ben, |phone| phone.hang_up());
    world.pass_ms(300);
    assert!(world.phones[cleo.0].ringing().is_some());
    world.act(cleo, |phone| phone.answer());
    world.pass_ms(300);
    assert_eq!(world.bridges(), 1);
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    assert_eq!(world.record().cause, Some(EndCause::CallerHungUp));
    world.expect_clean();
}

#[test]
fn a_blind_transfer_to_nowhere_is_undone() {
    for (target, status) in [
        ("203", "SIP/2.0 486 Busy Here"),
        ("999", "SIP/2.0 404 Not Found"),
    ] {
        let Three {
            mut world,
            anna,
            ben,
            cleo,
        } = three();
        world.act(cleo, |phone| phone.answering = Answering::Refuse(486));
        world.act(anna, |phone| {
            phone.refer(0, &format!("<sip:{target}@main.convoke.internal>"));
        });
        world.pass_ms(500);
        assert_eq!(world.phones[anna.0].notified.last().unwrap(), status);
        assert_eq!(world.bridges(), 1, "they talk again");
        assert!(world.phones[anna.0].talking().is_some());
        assert!(world.phones[ben.0].talking().is_some());
        world.act(ben, |phone| phone.hang_up());
        world.pass_secs(1);
        assert_eq!(world.record().cause, Some(EndCause::CalleeHungUp));
        world.expect_clean();
    }
}

#[test]
fn the_transferred_one_hangs_up_while_it_rings() {
    let Three {
        mut world,
        anna,
        ben,
        cleo,
    } = three();
    world.act(anna, |phone| {
        phone.refer(0, "<sip:203@main.convoke.internal>");
    });
    world.pass_ms(300);
    world.act(ben, |phone| phone.hang_up());
    world.pass_ms(300);
    assert!(world.phones[cleo.0].ringing().is_none());
    assert!(world.phones[anna.0].talking().is_none());
    assert_eq!(world.record().cause, Some(EndCause::CalleeHungUp));
    world.expect_clean();
}

/// Anna holds Ben and calls Cleo; the index of that call.
fn consult(three: &mut Three, answered: bool) -> usize {
    let Three {
        world, anna, cleo, ..
    } = three;
    world.act(*anna, |phone| phone.reinvite(Direction::SendOnly));
    world.pass_ms(200);
    let call = world.act(*anna, |phone| phone.call("203"));
    world.pass_ms(300);
    if answered {
        world.act(*cleo, |phone| phone.answer());
        world.pass_ms(300);
    }
    call
}

#[test]
fn an_attended_transfer_joins_the_two_others() {
    let mut three = three();
    let call = consult(&mut three, true);
    let Three {
        mut world,
        anna,
        ben,
        cleo,
    } = three;
    assert_eq!(world.bridges(), 2);
    world.act(anna, |phone| {
        let replaces = phone.replaces(call);
        phone.refer(
            0,
            &format!("<sip:203@main.convoke.internal?Replaces={replaces}>"),
        );
    });
    world.pass_ms(500);
    assert_eq!(
        world.phones[anna.0].notified.last().unwrap(),
        "SIP/2.0 200 OK"
    );
    assert!(
        world.phones[anna.0].talking().is_none(),
        "Anna is out of both"
    );
    assert_eq!(world.bridges(), 1);
    assert!(
        world
            .media
            .values()
            .all(|side| side.closed || side.playing.is_none())
    );
    world.act(cleo, |phone| phone.hang_up());
    world.pass_secs(1);
    assert!(world.phones[ben.0].talking().is_none());
    let records = world.records();
    assert_eq!(records.len(), 2);
    assert_eq!(records[0].cause, Some(EndCause::Transferred));
    world.expect_clean();
}

#[test]
fn an_attended_transfer_while_it_still_rings() {
    let mut three = three();
    let call = consult(&mut three, false);
    let Three {
        mut world,
        anna,
        ben,
        cleo,
    } = three;
    world.act(anna, |phone| {
        let replaces = phone.replaces(call);
        phone.refer(
            0,
            &format!("<sip:203@main.convoke.internal?Replaces={replaces}>"),
        );
    });
    world.pass_ms(500);
    assert!(world.phones[anna.0].talking().is_none());
    assert!(world.phones[cleo.0].ringing().is_some(), "it rings on");
    world.act(cleo, |phone| phone.answer());
    world.pass_ms(500);
    assert_eq!(world.bridges(), 1);
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(1);
    assert!(world.phones[cleo.0].talking().is_none());
    world.expect_clean();
}

#[test]
fn nobody_transfers_with_a_dialog_that_is_not_theirs() {
    let mut three = three();
    let _ = consult(&mut three, true);
    let Three {
        mut world,
        anna,
        ben,
        cleo,
    } = three;
    // Ben names Cleo's dialog.
    let replaces = world.phones[cleo.0].replaces(0);
    world.act(ben, |phone| {
        phone.refer(
            0,
            &format!("<sip:203@main.convoke.internal?Replaces={replaces}>"),
        );
    });
    world.pass_ms(300);
    assert_eq!(world.phones[ben.0].statuses.last().unwrap().1, 481);
    assert_eq!(world.bridges(), 2);
    // And a dialog that is none.
    world.act(anna, |phone| {
        phone.refer(0, "<sip:203@x?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>");
    });
    world.pass_ms(300);
    assert_eq!(world.phones[anna.0].statuses.last().unwrap().1, 481);
    for phone in [ben, cleo] {
        world.act(phone, |phone| phone.hang_up());
    }
    world.pass_secs(1);
    world.expect_clean();
}

#[test]
fn an_invite_with_replaces_takes_over_a_call() {
    let Three {
        mut world,
        anna,
        ben,
        cleo,
    } = three();
    let replaces = world.phones[anna.0].replaces_header(0);
    world.act(cleo, |phone| {
        phone.extra.push((HeaderName::Replaces, replaces));
        phone.call("201")
    });
    world.pass_ms(500);
    assert!(world.phones[anna.0].talking().is_none());
    assert!(world.phones[cleo.0].talking().is_some());
    assert_eq!(world.bridges(), 1);
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(1);
    assert!(world.phones[cleo.0].talking().is_none());
    world.expect_clean();
}

#[test]
fn a_phone_that_takes_over_from_one_who_is_transferred_is_answered() {
    for answers in [true, false] {
        let Three {
            mut world,
            anna,
            ben,
            cleo,
        } = three();
        world.act(anna, |phone| {
            phone.refer(0, "<sip:203@main.convoke.internal>");
        });
        world.pass_ms(300);
        let mobile = world.phone_of("202", "202-2");
        world.register(mobile);
        let replaces = world.phones[ben.0].replaces_header(0);
        world.act(mobile, |phone| {
            phone.extra.push((HeaderName::Replaces, replaces));
            phone.call("202")
        });
        world.pass_ms(300);
        assert!(world.phones[ben.0].talking().is_none());
        let other = if answers {
            world.act(cleo, |phone| phone.answer());
            cleo
        } else {
            world.act(cleo, |phone| phone.refuse(486));
            anna
        };
        world.pass_ms(500);
        for phone in [mobile, other] {
            assert!(world.phones[phone.0].talking().is_some(), "{answers}");
        }
        assert_eq!(world.bridges(), 1);
        world.act(mobile, |phone| phone.hang_up());
        world.pass_secs(1);
        assert!(world.phones[other.0].talking().is_none());
        world.expect_clean();
    }
}

#[test]
fn a_dialog_of_nobody_is_481() {
    let Three {
        mut world,
        anna,
        cleo,
        ..
    } = three();
    world.act(cleo, |phone| {
        let unknown = "x;to-tag=y;from-tag=z".to_owned();
        phone.extra.push((HeaderName::Replaces, unknown));
        phone.call("201")
    });
    world.pass_ms(500);
    assert_eq!(world.phones[cleo.0].last().status, Some(481));
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    world.expect_clean();
}

#[test]
fn numbers_of_another_customer_and_what_is_none_are_not_dialled() {
    for (refer_to, status) in [
        ("<sip:203@acme.convoke.internal>", 404),
        ("<sip:20%0A3@main.convoke.internal>", 400),
        ("<sip:203@phones.example.com>", 202),
    ] {
        let Three {
            mut world,
            anna,
            ben,
            cleo,
        } = three();
        world.act(anna, |phone| phone.refer(0, refer_to));
        world.pass_ms(200);
        let answered = world.phones[anna.0].statuses.last().unwrap().1;
        assert_eq!(answered, status, "{refer_to}");
        assert_eq!(world.phones[cleo.0].ringing().is_some(), status == 202);
        world.act(ben, |phone| phone.hang_up());
        world.pass_secs(1);
        world.expect_clean();
    }
}
