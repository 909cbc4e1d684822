//! Calls that do not come about, and how they end.

use calls::Input;
use model::*;
use sip::{HeaderName, Method};

use crate::{
    conferences::{invitation, order, room, start, user},
    world::*,
};

fn two() -> (World, PhoneId, PhoneId) {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.clear_ladder();
    (world, anna, ben)
}

/// Anna calls Ben and nothing else happens for half a second.
fn ringing() -> (World, PhoneId, PhoneId) {
    let (mut world, anna, ben) = two();
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    world.clear_ladder();
    (world, anna, ben)
}

fn talking() -> (World, PhoneId, PhoneId) {
    let (mut world, anna, ben) = ringing();
    world.act(ben, |phone| phone.answer());
    world.pass_ms(500);
    assert_eq!(world.bridges(), 1);
    world.clear_ladder();
    (world, anna, ben)
}

#[test]
fn a_caller_who_gives_up_stops_the_ringing() {
    let (mut world, anna, ben) = ringing();
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
    assert_eq!(world.record().cause, Some(EndCause::Cancelled));
    assert!(world.phones[ben.0].ringing().is_none());
    world.expect_clean();
}

#[test]
fn refusals_reach_the_caller_as_the_contract_says() {
    for (answering, status, cause) in [
        (Answering::Refuse(486), 486, EndCause::Busy),
        (Answering::Refuse(600), 603, EndCause::Declined),
        (Answering::Refuse(603), 603, EndCause::Declined),
        (Answering::Refuse(480), 480, EndCause::Offline),
        (Answering::Refuse(488), 488, EndCause::NoCommonCodec),
        (Answering::Refuse(401), 500, EndCause::Failed(401)),
        (Answering::Refuse(302), 480, EndCause::Failed(302)),
    ] {
        let (mut world, anna, ben) = two();
        world.act(ben, |phone| phone.answering = answering);
        world.act(anna, |phone| phone.call("202"));
        world.pass_secs(1);
        assert_eq!(
            world.phones[anna.0].last().status,
            Some(status),
            "{answering:?}"
        );
        assert_eq!(world.record().cause, Some(cause), "{answering:?}");
        world.expect_clean();
    }
}

#[test]
fn nobody_there_is_480_and_nobody_such_404() {
    for (dialled, status, cause) in [
        ("203", 480, EndCause::Offline),
        ("999", 404, EndCause::UnknownNumber),
    ] {
        let (mut world, anna, _) = two();
        world.person("203");
        world.act(anna, |phone| phone.call(dialled));
        world.pass_secs(1);
        assert_eq!(world.phones[anna.0].last().status, Some(status));
        assert_eq!(world.record().cause, Some(cause));
        world.expect_clean();
    }
}

#[test]
fn a_phone_that_rings_in_vain_is_cancelled_and_480() {
    let (mut world, anna, ben) = ringing();
    world.pass_secs(21);
    world.expect_ladder(&[
        "202 < CANCEL",
        "202 > 200 CANCEL",
        "202 > 487 INVITE",
        "201 < 480 INVITE",
        "201 > ACK",
        "202 < ACK",
    ]);
    assert_eq!(world.record().cause, Some(EndCause::NoAnswer));
    assert!(world.phones[ben.0].ringing().is_none());
    assert_eq!(world.phones[anna.0].last().status, Some(480));
    world.expect_clean();
}

#[test]
fn a_phone_that_is_switched_off_is_offline_not_unwilling() {
    let (mut world, anna, ben) = two();
    world.act(ben, |phone| phone.plugged_in = false);
    world.act(anna, |phone| phone.call("202"));
    world.pass_secs(40);
    assert_eq!(world.phones[anna.0].last().status, Some(480));
    assert_eq!(world.record().cause, Some(EndCause::Offline));
    world.expect_clean();
}

#[test]
fn a_busy_person_leads_to_the_busy_destination() {
    let (mut world, anna, ben) = two();
    let cleo = world.phone("203");
    let mut plan = RoutePlan {
        steps: vec![ring(&world.people["202"]), ring(&world.people["203"])],
    };
    plan.steps[0].next.busy = Some(1);
    world.plans.insert("202".to_owned(), plan);
    world.act(ben, |phone| phone.answering = Answering::Refuse(486));
    world.act(cleo, |phone| phone.answering = Answering::AtOnce);
    world.act(anna, |phone| phone.call("202"));
    world.pass_secs(1);
    assert_eq!(world.bridges(), 1);
    world.act(cleo, |phone| phone.hang_up());
    world.pass_secs(1);
    let record = world.record();
    assert_eq!(record.cause, Some(EndCause::CalleeHungUp));
    assert_eq!(record.to.number, "203");
    let steps: Vec<_> = record
        .steps
        .iter()
        .map(|step| step.target.as_str())
        .collect();
    assert_eq!(steps, ["202", "203"]);
    assert_eq!(record.legs[1].cause, Some(EndCause::Busy));
    world.expect_clean();
}

#[test]
fn the_called_hangs_up() {
    let (mut world, _, ben) = talking();
    world.act(ben, |phone| phone.hang_up());
    world.pass_ms(100);
    world.expect_ladder(&["202 > BYE", "202 < 200 BYE", "201 < BYE", "201 > 200 BYE"]);
    assert_eq!(world.record().cause, Some(EndCause::CalleeHungUp));
    world.expect_clean();
}

#[test]
fn both_hang_up_at_the_same_moment() {
    let (mut world, anna, ben) = talking();
    world.act(anna, |phone| phone.hang_up());
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(1);
    let byes = |phone: PhoneId| {
        let statuses = &world.phones[phone.0].statuses;
        statuses
            .iter()
            .filter(|(method, _)| *method == Method::Bye)
            .map(|(_, s)| *s)
            .collect::<Vec<_>>()
    };
    assert_eq!((byes(anna), byes(ben)), (vec![200], vec![200]));
    assert_eq!(world.records().len(), 1);
    world.expect_clean();
}

#[test]
fn a_cancel_that_crosses_the_answer_ends_with_a_bye() {
    let (mut world, anna, ben) = ringing();
    // Ben's 200 is on the way when Anna's CANCEL arrives at the server.
    world.act(anna, |phone| phone.cancel());
    world.pass_ms(5);
    world.act(ben, |phone| phone.answer());
    world.pass_secs(1);
    assert!(
        world.ladder.contains(&"202 < ACK".to_owned()),
        "{:?}",
        world.ladder
    );
    assert!(
        world.ladder.contains(&"202 < BYE".to_owned()),
        "{:?}",
        world.ladder
    );
    assert_eq!(world.phones[anna.0].last().status, Some(487));
    assert_eq!(world.record().cause, Some(EndCause::Cancelled));
    world.expect_clean();
}

#[test]
fn a_cancel_that_comes_after_the_answer_does_nothing() {
    let (mut world, anna, ben) = ringing();
    world.act(ben, |phone| phone.answer());
    world.pass_ms(15);
    // The server has sent its 200, which Anna has not seen yet.
    world.act(anna, |phone| phone.cancel());
    world.pass_secs(1);
    assert_eq!(world.bridges(), 1);
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    assert_eq!(world.record().cause, Some(EndCause::CallerHungUp));
    world.expect_clean();
}

#[test]
fn an_answer_that_is_never_acknowledged_ends_the_call() {
    let (mut world, anna, ben) = two();
    world.act(anna, |phone| phone.sends_ack = false);
    world.act(ben, |phone| phone.answering = Answering::AtOnce);
    world.act(anna, |phone| phone.call("202"));
    world.pass_secs(40);
    let repeats = world
        .ladder
        .iter()
        .filter(|line| *line == "201 < 200 INVITE")
        .count();
    assert!(repeats >= 10, "{repeats}");
    assert!(world.ladder.contains(&"201 < BYE".to_owned()));
    assert!(world.ladder.contains(&"202 < BYE".to_owned()));
    assert_eq!(world.record().cause, Some(EndCause::NetworkFailure));
    world.expect_clean();
}

#[test]
fn the_called_hangs_up_before_the_caller_acknowledged() {
    let (mut world, anna, ben) = two();
    world.act(anna, |phone| phone.sends_ack = false);
    world.act(ben, |phone| phone.answering = Answering::AtOnce);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(2);
    // RFC 3261 §15: the callee's side waits for the ACK, or for the certainty that none comes.
    assert!(!world.ladder.contains(&"201 < BYE".to_owned()));
    assert_eq!(world.record().cause, Some(EndCause::CalleeHungUp));
    world.pass_secs(40);
    assert!(world.ladder.contains(&"201 < BYE".to_owned()));
    world.expect_clean();
}

#[test]
fn several_phones_ring_and_one_answers() {
    let mut world = World::new();
    let anna = world.phone("201");
    let desk = world.phone("202");
    let mobile = world.phone_of("202", "202-2");
    world.register(mobile);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(200);
    assert!(world.phones[desk.0].ringing().is_some());
    assert!(world.phones[mobile.0].ringing().is_some());
    world.act(mobile, |phone| phone.answer());
    world.pass_ms(200);
    assert_eq!(world.bridges(), 1);
    assert!(world.phones[desk.0].ringing().is_none());
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    let record = world.record();
    let causes: Vec<_> = record.legs.iter().filter_map(|leg| leg.cause).collect();
    assert!(causes.contains(&EndCause::AnsweredElsewhere), "{causes:?}");
    world.expect_clean();
}

#[test]
fn two_phones_that_answer_at_once_do_not_both_talk() {
    let mut world = World::new();
    let anna = world.phone("201");
    let desk = world.phone("202");
    let mobile = world.phone_of("202", "202-2");
    world.register(mobile);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(200);
    world.act(desk, |phone| phone.answer());
    world.act(mobile, |phone| phone.answer());
    world.pass_secs(1);
    assert_eq!(world.bridges(), 1);
    let both = [desk, mobile].map(|phone| world.phones[phone.0].talking().is_some());
    assert_ne!(both[0], both[1], "one of them was told BYE");
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    assert_eq!(world.record().cause, Some(EndCause::CallerHungUp));
    world.expect_clean();
}

#[test]
fn a_user_who_is_disabled_is_cut_off() {
    let (mut world, _, _) = talking();
    let user = world.people["202"].user;
    world.order(SwitchCommand::UserRevoked(user));
    world.pass_secs(1);
    assert_eq!(world.record().cause, Some(EndCause::Administrator));
    world.expect_clean();
}

#[test]
fn a_stop_ends_every_call_and_says_when_it_is_done() {
    let (mut world, anna, _) = talking();
    assert_eq!(world.order(SwitchCommand::EndAll), None);
    world.pass_secs(1);
    assert_eq!(world.replies.len(), 1);
    assert_eq!(world.record().cause, Some(EndCause::ServerStopped));
    world.act(anna, |phone| phone.call("202"));
    world.pass_secs(1);
    assert_eq!(world.phones[anna.0].last().status, Some(503));
    world.expect_clean();
}

#[test]
fn too_many_calls_are_503_with_retry_after() {
    let mut settings = config();
    settings.max_calls = 1;
    let mut world = World::seeded(1, settings);
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    world.act(ben, |phone| phone.call("201"));
    world.pass_ms(500);
    assert_eq!(world.phones[ben.0].last().status, Some(503));
    let response = world.phones[ben.0].last_response.clone().unwrap();
    assert!(response.headers.contains(&HeaderName::RetryAfter));
    world.act(anna, |phone| phone.cancel());
    world.expect_clean();
}

#[test]
fn while_the_server_is_behind_new_calls_are_503_and_running_ones_go_on() {
    let (mut world, _, ben) = talking();
    let carl = world.phone("203");
    world.input(Input::Behind(true));
    world.act(carl, |phone| phone.call("201"));
    world.pass_ms(500);
    assert_eq!(world.phones[carl.0].last().status, Some(503));
    let response = world.phones[carl.0].last_response.clone().unwrap();
    assert!(response.headers.contains(&HeaderName::RetryAfter));
    assert!(world.records().is_empty(), "the running call is left alone");
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(1);
    assert_eq!(world.records().len(), 1);
    world.input(Input::Behind(false));
    world.act(carl, |phone| phone.call("201"));
    world.pass_ms(500);
    assert_ne!(world.phones[carl.0].last().status, Some(503));
    world.act(carl, |phone| phone.cancel());
    world.pass_secs(1);
    assert_eq!(world.records().len(), 2);
    world.expect_clean();
}

#[test]
fn a_caller_at_the_limit_of_calls_is_403() {
    let (mut world, anna, _) = two();
    world.phone("203");
    world.change_facts("201", |facts| facts.max_calls = 1);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    world.act(anna, |phone| phone.call("203"));
    world.pass_ms(500);
    assert_eq!(world.phones[anna.0].last().status, Some(403));
    world.pass_secs(30);
    world.expect_clean();
}

#[test]
fn without_sockets_for_media_a_call_is_503() {
    let (mut world, anna, _) = two();
    world.person("203");
    let mut plan = RoutePlan {
        steps: vec![ring(&world.people["202"]), ring(&world.people["203"])],
    };
    plan.steps[0].next.no_answer = Some(1);
    world.plans.insert("202".to_owned(), plan);
    world.no_media = true;
    world.act(anna, |phone| phone.call("202"));
    world.pass_secs(1);
    // Who calls tries again: that 203 is offline says nothing of 202.
    assert_eq!(world.phones[anna.0].last().status, Some(503));
    let response = world.phones[anna.0].last_response.clone().unwrap();
    assert!(response.headers.contains(&HeaderName::RetryAfter));
    assert_eq!(world.record().cause, Some(EndCause::Overload));
    world.expect_clean();
}

#[test]
fn presence_follows_the_calls() {
    let (mut world, anna, ben) = talking();
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    let user = world.people["202"].user;
    let counts: Vec<_> = world
        .events
        .iter()
        .filter_map(|event| match event {
            SwitchEvent::UserCalls {
                user: who,
                ringing,
                answered,
                ..
            } if *who == user => Some((*ringing, *answered)),
            _ => None,
        })
        .collect();
    assert_eq!(counts, [(1, 0), (0, 1), (0, 0)]);
    let _ = ben;
    world.expect_clean();
}

#[test]
fn a_phone_that_forwards_is_followed_and_a_circle_ends() {
    let (mut world, anna, ben) = two();
    let cleo = world.phone("203");
    world.act(ben, |phone| {
        phone.answering = Answering::Refuse(302);
        phone.redirects_to = Some("<sip:203@main.convoke.internal>".to_owned());
    });
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    assert!(world.phones[cleo.0].ringing().is_some());
    world.act(cleo, |phone| phone.answer());
    world.pass_ms(500);
    assert_eq!(world.bridges(), 1);
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    let targets: Vec<_> = world
        .record()
        .steps
        .iter()
        .map(|s| s.target.clone())
        .collect();
    assert_eq!(targets, ["202", "203"]);
    // Round in a circle, and to another customer.
    for target in ["202@main.convoke.internal", "203@acme.convoke.internal"] {
        world.act(ben, |phone| {
            phone.redirects_to = Some(format!("<sip:{target}>"));
        });
        world.act(anna, |phone| phone.call("202"));
        world.pass_secs(2);
        assert_eq!(world.phones[anna.0].last().status, Some(480), "{target}");
        assert!(world.phones[cleo.0].ringing().is_none());
    }
    world.expect_clean();
}

/// The Reason of the CANCEL that a phone got.
fn reason_of_cancel(world: &World, phone: PhoneId) -> Option<String> {
    let requests = &world.phones[phone.0].requests;
    let cancel = requests.iter().find(|r| r.method == Method::Cancel);
    let reason = cancel.expect("a CANCEL").headers.get(&HeaderName::Reason)?;
    Some(reason.text().into_owned())
}

#[test]
fn only_an_answer_is_a_reason_not_to_show_a_missed_call() {
    for forwards in [false, true] {
        let (mut world, anna, ben) = two();
        let _ = world.phone("203");
        let tablet = world.phone_of("202", "202-2");
        world.register(tablet);
        world.act(ben, |phone| {
            phone.answering = Answering::After(300);
            if forwards {
                phone.answering = Answering::Refuse(302);
                phone.redirects_to = Some("<sip:203@main.convoke.internal>".to_owned());
            }
        });
        world.act(anna, |phone| phone.call("202"));
        world.pass_secs(1);
        assert!(world.phones[tablet.0].ringing().is_none());
        let elsewhere = "SIP;cause=200;text=\"Call completed elsewhere\"".to_owned();
        let expect = (!forwards).then_some(elsewhere);
        assert_eq!(reason_of_cancel(&world, tablet), expect);
        world.act(anna, |phone| {
            phone.hang_up();
            phone.cancel();
        });
        world.expect_clean();
    }
}

#[test]
fn a_call_is_answered_when_the_caller_is() {
    let (mut world, anna, ben) = ringing();
    world.media_opens_after = std::time::Duration::from_millis(300);
    let rang = world.time().wall;
    world.act(ben, |phone| phone.answer());
    world.pass_ms(100);
    assert!(world.calls().last().unwrap().answered_at.is_none());
    world.pass_secs(1);
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    let answered = world.record().answered_at.unwrap();
    let after = answered.as_millisecond() - rang.as_millisecond();
    assert!((300..400).contains(&after), "{after} ms");
    world.expect_clean();
    // And never, where the caller gets no answer.
    let (mut world, anna, ben) = ringing();
    world.no_media = true;
    world.act(ben, |phone| phone.answer());
    world.pass_secs(1);
    assert_eq!(world.phones[anna.0].last().status, Some(503));
    assert_eq!(world.record().answered_at, None);
    world.expect_clean();
}

#[test]
fn an_invite_that_comes_twice_by_two_ways_is_a_loop() {
    let (mut world, anna, _) = ringing();
    let invite = world.phones[anna.0].last().invite.clone();
    let invite = invite.with(
        HeaderName::Via,
        "SIP/2.0/UDP 198.51.100.10:5060;branch=z9hG4bKother;rport",
    );
    world.inject(anna, invite.to_bytes());
    world.pass_ms(200);
    assert!(
        world.ladder.contains(&"201 < 482 INVITE".to_owned()),
        "{:?}",
        world.ladder
    );
    world.act(anna, |phone| phone.cancel());
    world.pass_secs(1);
    world.record();
    world.expect_clean();
}

#[test]
fn one_phone_that_forbids_calls_does_not_speak_for_the_person() {
    let (mut world, anna, ben) = two();
    let mobile = world.phone_of("202", "202-2");
    world.register(mobile);
    world.act(ben, |phone| phone.answering = Answering::Refuse(403));
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    assert!(world.phones[mobile.0].ringing().is_some());
    world.act(mobile, |phone| phone.answer());
    world.pass_ms(500);
    assert_eq!(world.bridges(), 1);
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    world.expect_clean();
}

/// Anna and Ben are in a conference that is still calling Cleo.
fn meeting(change: impl FnOnce(&mut Room, &World)) -> (World, ConferenceId, [PhoneId; 3]) {
    let mut world = World::new();
    let phones = ["201", "202", "203"].map(|name| world.phone(name));
    for phone in &phones[..2] {
        world.act(*phone, |phone| phone.answering = Answering::AtOnce);
    }
    let mut room = room(&world, "800");
    change(&mut room, &world);
    let invitations = ["201", "202", "203"].map(|number| {
        let mut invitation = invitation(&world, number, user(&world, number));
        invitation.role = room.role_of(world.people[number].user);
        invitation
    });
    let conference = start(&mut world, &room, invitations.to_vec());
    world.pass_secs(1);
    world.clear_ladder();
    (world, conference, phones)
}

/// How the calls to Anna, Ben and Cleo ended, and each of their legs the same.
fn causes(world: &World) -> [EndCause; 3] {
    let records = world.records();
    ["201", "202", "203"].map(|number| {
        let record = records.iter().find(|record| record.to.number == number);
        let record = record.unwrap_or_else(|| panic!("{number} has no record"));
        assert!(record.legs.iter().all(|leg| leg.cause == record.cause));
        record.cause.expect("an ended call has a cause")
    })
}

#[test]
fn a_conference_that_is_ended_ends_its_calls_as_such() {
    let (mut world, conference, _) = meeting(|_, _| ());
    order(&mut world, conference, ConferenceAction::End);
    world.pass_secs(1);
    assert_eq!(causes(&world), [EndCause::ConferenceEnded; 3]);
    world.expect_clean();
}

#[test]
fn a_conference_that_ends_by_itself_ends_its_calls_as_such() {
    let (mut world, _, [anna, ..]) = meeting(|room, world| {
        room.owner = Some(world.people["201"].user);
        room.end_when_moderator_leaves = true;
    });
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    let ended = EndCause::ConferenceEnded;
    assert_eq!(causes(&world), [EndCause::CalleeHungUp, ended, ended]);
    world.expect_clean();
}

#[test]
fn who_leaves_a_conference_last_has_hung_up() {
    let (mut world, _, [anna, ben, cleo]) = meeting(|_, _| ());
    world.act(cleo, |phone| phone.refuse(486));
    for phone in [anna, ben] {
        world.act(phone, |phone| phone.hang_up());
        world.pass_secs(10);
    }
    let hung_up = EndCause::CalleeHungUp;
    assert_eq!(causes(&world), [hung_up, hung_up, EndCause::Busy]);
    world.expect_clean();
}

#[test]
fn who_is_put_out_of_a_conference_is_not_taken_for_one_who_left() {
    let (mut world, conference, _) = meeting(|_, _| ());
    let rows = crate::conferences::view(&world);
    let ben = rows.participants[1].id;
    let kick = ConferenceAction::Kick {
        who: Selection::These(vec![ben]),
        ban_secs: None,
    };
    order(&mut world, conference, kick);
    world.pass_secs(1);
    order(&mut world, conference, ConferenceAction::End);
    world.pass_secs(1);
    let ended = EndCause::ConferenceEnded;
    assert_eq!(causes(&world), [ended, EndCause::Kicked, ended]);
    world.expect_clean();
}

#[test]
fn a_stop_ends_the_calls_of_a_conference_as_it_does_all_others() {
    let (mut world, ..) = meeting(|_, _| ());
    world.order(SwitchCommand::EndAll);
    world.pass_secs(1);
    assert_eq!(causes(&world), [EndCause::ServerStopped; 3]);
    assert!(crate::conferences::view(&world).ended_at.is_some());
    world.expect_clean();
}
