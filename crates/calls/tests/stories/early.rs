//! What is heard before a call is answered: early media, and offers in early dialogs.

use media::{control::Sound, sdp::Direction};
use model::*;
use sip::{HeaderName, Method, Response};

use crate::world::*;

/// Anna calls Ben, who does that.
fn calling(answering: Answering) -> (World, PhoneId, PhoneId) {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.act(ben, |phone| phone.answering = answering);
    world.clear_ladder();
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(200);
    (world, anna, ben)
}

/// Ben's number leads on to Cleo when he does not take it.
fn then_cleo(world: &mut World) -> PhoneId {
    let cleo = world.phone("203");
    let mut plan = RoutePlan {
        steps: vec![ring(&world.people["202"]), ring(&world.people["203"])],
    };
    plan.steps[0].next.busy = Some(1);
    plan.steps[0].next.no_answer = Some(1);
    world.plans.insert("202".to_owned(), plan);
    cleo
}

fn insists_on_100rel(world: &mut World, phone: PhoneId) {
    world.act(phone, |phone| {
        let insists = (HeaderName::Require, "100rel".to_owned());
        phone.extra.push(insists);
    });
}

fn finish(mut world: World, phone: PhoneId) {
    world.act(phone, |phone| phone.hang_up());
    world.pass_secs(1);
    assert_eq!(world.records().len(), 1);
    world.expect_clean();
}

/// Where the server sends what is for each phone, in the order of their legs.
fn targets(world: &World) -> Vec<u16> {
    let params = world.media.values().filter_map(|side| side.params.as_ref());
    params.map(|params| params.remote.port()).collect()
}

fn playing(world: &World) -> Vec<Sound> {
    let open = world.media.values().filter(|side| !side.closed);
    open.filter_map(|side| side.playing).collect()
}

fn last_response(world: &World, phone: PhoneId) -> Response {
    world.phones[phone.0].last_response.clone().unwrap()
}

#[test]
fn the_caller_hears_what_the_only_phone_sends_before_it_answers() {
    for status in [183, 180] {
        let (mut world, anna, ben) = calling(Answering::Silent);
        world.act(ben, |phone| phone.show(status, false));
        world.pass_ms(100);
        world.expect_ladder(&[
            "201 > INVITE",
            "201 < 407 INVITE",
            "201 > ACK",
            "201 > INVITE",
            "202 < INVITE",
            &format!("202 > {status} INVITE"),
            "201 < 183 INVITE",
        ]);
        assert_eq!(world.bridges(), 1);
        assert!(world.phones[anna.0].last().remote_sdp.is_some());
        let calls = world.calls();
        assert_eq!(calls.last().unwrap().state, CallState::Ringing);
        assert_eq!(calls.last().unwrap().answered_at, None);
        let shown = last_response(&world, anna).body;

        world.act(ben, |phone| phone.answer());
        world.pass_ms(100);
        world.expect_ladder(&[
            "202 > 200 INVITE",
            "202 < ACK",
            "201 < 200 INVITE",
            "201 > ACK",
        ]);
        assert_eq!(world.bridges(), 1);
        // RFC 3261 §13.2.1: the answer is the same each time.
        assert_eq!(last_response(&world, anna).body, shown);
        let record = world.calls().last().unwrap().clone();
        assert_eq!(record.state, CallState::Answered);
        finish(world, anna);
    }
}

#[test]
fn ringing_that_turns_into_an_announcement_is_heard() {
    let (mut world, anna, ben) = calling(Answering::Ring);
    assert_eq!(world.bridges(), 0);
    world.act(ben, |phone| phone.show(183, false));
    world.pass_ms(100);
    assert!(world.ladder.contains(&"201 < 180 INVITE".to_owned()));
    assert!(world.ladder.contains(&"201 < 183 INVITE".to_owned()));
    assert_eq!(world.bridges(), 1);
    world.act(ben, |phone| phone.answer());
    world.pass_ms(100);
    assert_eq!(world.bridges(), 1);
    finish(world, anna);
}

#[test]
fn the_200_may_repeat_the_answer_leave_it_out_or_give_another() {
    for (omits, port, expect) in [
        (false, 41_000, 41_000),
        (true, 0, 41_000),
        (false, 42_000, 42_000),
    ] {
        let (mut world, anna, ben) = calling(Answering::Silent);
        world.act(ben, |phone| {
            phone.media_port = 41_000;
            phone.show(183, false);
        });
        world.pass_ms(100);
        assert_eq!(targets(&world), [40_000, 41_000]);
        world.act(ben, |phone| {
            phone.media_port = port;
            phone.omits_answer = omits;
            phone.answer();
        });
        world.pass_ms(100);
        assert_eq!(targets(&world), [40_000, expect], "{omits} {port}");
        assert_eq!(world.bridges(), 1);
        assert!(world.phones[ben.0].talking().is_some());
        finish(world, anna);
    }
}

#[test]
fn a_caller_who_gives_up_an_announcement_cancels_it() {
    let (mut world, anna, ben) = calling(Answering::Early);
    assert_eq!(world.bridges(), 1);
    world.clear_ladder();
    world.act(anna, |phone| phone.cancel());
    world.pass_ms(100);
    world.expect_ladder(&[
        "201 > CANCEL",
        "201 < 200 CANCEL",
        "201 < 487 INVITE",
        "201 > ACK",
        "202 < CANCEL",
        "202 > 200 CANCEL",
        "202 > 487 INVITE",
        "202 < ACK",
    ]);
    assert!(world.phones[ben.0].ringing().is_none());
    assert_eq!(world.record().cause, Some(EndCause::Cancelled));
    world.expect_clean();
}

#[test]
fn an_announcement_that_ends_in_busy_is_486() {
    let (mut world, anna, ben) = calling(Answering::Early);
    world.act(ben, |phone| phone.refuse(486));
    world.pass_ms(100);
    assert_eq!(world.phones[anna.0].last().status, Some(486));
    assert_eq!(world.record().cause, Some(EndCause::Busy));
    world.expect_clean();
}

#[test]
fn after_an_announcement_the_next_phone_is_heard_to_ring() {
    for declined in [true, false] {
        let mut world = World::new();
        let (anna, ben) = (world.phone("201"), world.phone("202"));
        let cleo = then_cleo(&mut world);
        world.act(ben, |phone| phone.answering = Answering::Early);
        world.act(anna, |phone| phone.call("202"));
        world.pass_ms(200);
        assert_eq!(world.bridges(), 1);
        if declined {
            world.act(ben, |phone| phone.refuse(486));
        } else {
            world.pass_secs(20);
        }
        world.pass_ms(200);
        // Her phone has our media by now and no tone of its own.
        assert!(world.phones[cleo.0].ringing().is_some());
        assert_eq!(world.bridges(), 0);
        assert_eq!(playing(&world), [Sound::Ringback(Default::default())]);
        world.act(cleo, |phone| phone.answer());
        world.pass_ms(200);
        assert_eq!((world.bridges(), playing(&world)), (1, vec![]));
        finish(world, anna);
    }
}

#[test]
fn one_announcement_follows_another() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    let cleo = then_cleo(&mut world);
    for phone in [ben, cleo] {
        world.act(phone, |phone| phone.answering = Answering::Early);
    }
    world.phones[cleo.0].codecs = vec![media::control::Codec::Pcmu];
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(200);
    world.act(ben, |phone| phone.refuse(486));
    world.pass_ms(200);
    assert_eq!((world.bridges(), playing(&world)), (1, vec![]));
    world.act(cleo, |phone| phone.answer());
    world.pass_ms(200);
    assert_eq!(world.bridges(), 1);
    finish(world, anna);
}

#[test]
fn of_several_phones_none_is_heard_until_one_is_left() {
    let mut world = World::new();
    let (anna, desk) = (world.phone("201"), world.phone("202"));
    let mobile = world.phone_of("202", "202-2");
    world.register(mobile);
    world.act(desk, |phone| phone.answering = Answering::Early);
    world.clear_ladder();
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(200);
    assert_eq!(world.bridges(), 0);
    assert!(world.ladder.contains(&"201 < 180 INVITE".to_owned()));
    assert!(!world.ladder.contains(&"201 < 183 INVITE".to_owned()));
    world.act(mobile, |phone| phone.refuse(486));
    world.pass_ms(200);
    assert_eq!(world.bridges(), 1);
    assert!(world.ladder.contains(&"201 < 183 INVITE".to_owned()));
    world.act(desk, |phone| phone.answer());
    world.pass_ms(200);
    assert_eq!(world.bridges(), 1);
    finish(world, anna);
}

#[test]
fn who_is_transferred_hears_the_announcement_instead_of_our_tone() {
    let (mut world, anna, _) = calling(Answering::AtOnce);
    let cleo = world.phone("203");
    world.act(cleo, |phone| phone.answering = Answering::Silent);
    world.act(anna, |phone| {
        phone.refer(0, "<sip:203@main.convoke.internal>");
    });
    world.pass_ms(200);
    world.act(cleo, |phone| phone.progress(180, None, false));
    world.pass_ms(100);
    assert_eq!(playing(&world), [Sound::Ringback(Default::default())]);
    world.act(cleo, |phone| phone.show(183, false));
    world.pass_ms(100);
    assert_eq!((world.bridges(), playing(&world)), (1, vec![]));
    world.act(cleo, |phone| phone.answer());
    world.pass_ms(200);
    assert_eq!(world.bridges(), 1);
    finish(world, cleo);
}

#[test]
fn a_caller_without_an_offer_hears_its_own_tone() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.act(ben, |phone| phone.answering = Answering::Early);
    world.clear_ladder();
    world.act(anna, |phone| phone.call_late("202"));
    world.pass_ms(200);
    assert!(world.ladder.contains(&"201 < 180 INVITE".to_owned()));
    assert_eq!(world.bridges(), 0);
    world.act(ben, |phone| phone.answer());
    world.pass_ms(200);
    assert_eq!(world.bridges(), 1);
    finish(world, anna);
}

#[test]
fn reliable_early_media_is_confirmed_on_both_sides_and_the_200_is_bare() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.act(ben, |phone| {
        phone.answering = Answering::EarlyReliably;
        phone.omits_answer = true;
    });
    insists_on_100rel(&mut world, anna);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(200);
    for line in [
        "202 < PRACK",
        "201 < 183 INVITE",
        "201 > PRACK",
        "201 < 200 PRACK",
    ] {
        assert!(
            world.ladder.contains(&line.to_owned()),
            "{line}: {:?}",
            world.ladder
        );
    }
    assert_eq!(world.bridges(), 1);
    world.act(ben, |phone| phone.answer());
    world.pass_ms(200);
    assert_eq!(last_response(&world, anna).status, 200);
    assert!(last_response(&world, anna).body.is_empty());
    assert_eq!(world.bridges(), 1);
    finish(world, anna);
}

#[test]
fn a_description_waits_for_the_prack_of_the_ringing_and_the_200_for_its_own() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    insists_on_100rel(&mut world, anna);
    world.clear_ladder();
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(45);
    // The 180 is on its way when the announcement comes, and the 183 when Ben answers.
    world.act(ben, |phone| phone.show(183, false));
    world.pass_ms(20);
    world.act(ben, |phone| phone.answer());
    world.pass_ms(500);
    let first = world
        .ladder
        .iter()
        .position(|line| line == "201 < 180 INVITE");
    let told: Vec<&String> = world.ladder[first.unwrap()..]
        .iter()
        .filter(|line| line.starts_with("201"))
        .collect();
    assert_eq!(
        told,
        [
            "201 < 180 INVITE",
            "201 > PRACK",
            "201 < 200 PRACK",
            "201 < 183 INVITE",
            "201 > PRACK",
            "201 < 200 PRACK",
            "201 < 200 INVITE",
            "201 > ACK",
        ],
    );
    assert_eq!(world.bridges(), 1);
    finish(world, anna);
}

#[test]
fn who_offers_nothing_and_insists_gets_the_offer_with_the_first_reliable_ringing() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    insists_on_100rel(&mut world, anna);
    world.act(anna, |phone| phone.call_late("202"));
    world.pass_ms(200);
    assert!(world.phones[anna.0].last().remote_sdp.is_some());
    let prack = world.phones[anna.0].statuses.last();
    assert_eq!(prack, Some(&(Method::Prack, 200)));
    // It has our media now and may have no tone of its own.
    assert_eq!(playing(&world), [Sound::Ringback(Default::default())]);
    world.act(ben, |phone| phone.answer());
    world.pass_ms(200);
    assert!(last_response(&world, anna).body.is_empty());
    assert_eq!((world.bridges(), playing(&world)), (1, vec![]));
    finish(world, anna);
}

#[test]
fn a_prack_that_owes_an_answer_and_brings_none_ends_the_call() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    insists_on_100rel(&mut world, anna);
    world.act(anna, |phone| {
        phone.omits_answer = true;
        phone.call_late("202")
    });
    world.pass_ms(300);
    assert_eq!(world.phones[anna.0].last().status, Some(488));
    assert!(world.phones[ben.0].ringing().is_none());
    assert_eq!(world.record().cause, Some(EndCause::NoCommonCodec));
    world.expect_clean();
}

#[test]
fn an_offer_of_the_caller_waits_until_its_first_is_answered() {
    let (mut world, anna, ben) = calling(Answering::Ring);
    let update = |world: &mut World| {
        world.act(anna, |phone| phone.update(Direction::SendOnly));
        world.pass_ms(100);
        let (method, status) = world.phones[anna.0].statuses.last().unwrap();
        assert_eq!(*method, Method::Update);
        *status
    };
    // RFC 3311 §5.2: what was received first has no answer yet.
    assert_eq!(update(&mut world), 500);
    let retry = last_response(&world, anna);
    assert!(retry.headers.contains(&HeaderName::RetryAfter));
    // An answer in a response that may be lost is none.
    world.act(ben, |phone| phone.show(183, false));
    world.pass_ms(100);
    assert_eq!(update(&mut world), 500);
    world.act(anna, |phone| phone.cancel());
    world.pass_secs(1);
    world.record();
    world.expect_clean();
}

#[test]
fn an_offer_of_the_caller_is_answered_after_reliable_early_media() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.act(ben, |phone| phone.answering = Answering::Early);
    insists_on_100rel(&mut world, anna);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(200);
    world.act(anna, |phone| phone.update(Direction::SendOnly));
    world.pass_ms(100);
    let answer = last_response(&world, anna);
    assert_eq!(answer.status, 200);
    assert!(String::from_utf8_lossy(&answer.body).contains("recvonly"));
    let sends: Vec<bool> = world
        .media
        .values()
        .filter_map(|side| side.params.as_ref())
        .map(|params| params.send)
        .collect();
    assert_eq!(sends, [false, true]);
    world.act(ben, |phone| phone.answer());
    world.pass_ms(200);
    assert_eq!(world.bridges(), 1);
    finish(world, anna);
}

#[test]
fn an_offer_of_the_called_is_491_until_its_answer_is_certain() {
    for (reliably, expect) in [(false, 491), (true, 200)] {
        let (mut world, anna, ben) = calling(Answering::Silent);
        world.act(ben, |phone| phone.show(183, reliably));
        world.pass_ms(100);
        world.act(ben, |phone| {
            phone.media_port = 43_000;
            phone.update(Direction::SendRecv);
        });
        world.pass_ms(100);
        let last = world.phones[ben.0].statuses.last();
        assert_eq!(last, Some(&(Method::Update, expect)));
        let port = if reliably { 43_000 } else { 40_000 };
        assert_eq!(targets(&world), [40_000, port]);
        // What was agreed last stays, whatever the 200 repeats.
        world.act(ben, |phone| {
            phone.media_port = 40_000;
            phone.answer();
        });
        world.pass_ms(200);
        assert_eq!(targets(&world), [40_000, port]);
        assert_eq!(world.bridges(), 1);
        finish(world, anna);
    }
}

#[test]
fn of_forks_behind_a_phone_the_first_is_heard_and_the_one_that_answers_talks() {
    let (mut world, anna, ben) = calling(Answering::Silent);
    world.act(ben, |phone| phone.show(183, false));
    world.pass_ms(100);
    let invite = world.phones[ben.0].last().invite.clone();
    let answer = world.phones[ben.0].last().local_sdp().to_bytes();
    let other = String::from_utf8_lossy(&answer).replace("m=audio 40000", "m=audio 45000");
    let contact = format!("<sip:202@{}>", world.phones[ben.0].address);
    let fork = |status: u16| {
        Response::reply(&invite, status, Some("another"))
            .with(HeaderName::Contact, &contact)
            .with_body("application/sdp", other.clone())
    };
    world.inject(ben, fork(183).to_bytes());
    world.pass_ms(100);
    assert_eq!(targets(&world), [40_000, 40_000]);
    world.act(ben, |phone| {
        phone.media_port = 46_000;
        phone.show(183, false);
    });
    world.pass_ms(100);
    assert_eq!(targets(&world), [40_000, 46_000]);
    world.inject(ben, fork(200).to_bytes());
    world.pass_ms(100);
    assert_eq!(targets(&world), [40_000, 45_000]);
    assert_eq!(world.bridges(), 1);
    finish(world, anna);
}
