//! Calls that come about.

use model::*;

use crate::world::*;

#[test]
fn one_phone_calls_another_and_hangs_up() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.clear_ladder();

    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(100);
    world.expect_ladder(&[
        "201 > INVITE",
        "201 < 407 INVITE",
        "201 > ACK",
        "201 > INVITE",
        "202 < INVITE",
        "202 > 180 INVITE",
        "201 < 180 INVITE",
    ]);
    world.act(ben, |phone| phone.answer());
    world.pass_ms(100);
    world.expect_ladder(&[
        "202 > 200 INVITE",
        "202 < ACK",
        "201 < 200 INVITE",
        "201 > ACK",
    ]);
    assert_eq!(world.bridges(), 1);
    world.pass_secs(30);
    world.act(anna, |phone| phone.hang_up());
    world.pass_ms(100);
    world.expect_ladder(&["201 > BYE", "201 < 200 BYE", "202 < BYE", "202 > 200 BYE"]);
    let record = world.record();
    assert_eq!(record.cause, Some(EndCause::CallerHungUp));
    assert_eq!(record.from.number, "201");
    assert_eq!(record.to.number, "202");
    assert_eq!(record.legs.len(), 2);
    assert_eq!(record.legs[0].codec, "PCMA");
    assert_eq!(record.steps.len(), 1);
    let talked = record.ended_at.unwrap().as_second() - record.answered_at.unwrap().as_second();
    assert!((30..=31).contains(&talked), "{talked}");
    world.expect_clean();
}
