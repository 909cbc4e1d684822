//! Calls that do not come about, and how they end.

use model::*;

use crate::world::*;

#[test]
fn a_caller_who_gives_up_stops_the_ringing() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    world.clear_ladder();
    world.act(anna, |phone| phone.cancel());
    world.pass_ms(100);
    world.expect_ladder(&[
        "201 > CANCEL",
        "201 < 200 CANCEL",
        "201 < 487 INVITE",
        "202 < CANCEL",
        "201 > ACK",
        "202 > 200 CANCEL",
        "202 > 487 INVITE",
        "202 < ACK",
    ]);
    assert_eq!(world.record().cause, Some(EndCause::Cancelled));
    assert!(world.phones[ben.0].ringing().is_none());
    world.expect_clean();
}
