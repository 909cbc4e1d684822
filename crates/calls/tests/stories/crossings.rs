//! What crosses on the way: late PRACKs and ACKs, phones that move in the middle of a call.

use calls::Input;
use media::{control::MediaEvent, sdp::Direction};
use model::*;
use sip::{Flow, HeaderName, Method, NameAddr, Request, Transport};

use crate::world::*;

/// Anna calls Ben, who answers at once.
fn talking() -> (World, PhoneId, PhoneId) {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.act(ben, |phone| phone.answering = Answering::AtOnce);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    assert_eq!(world.bridges(), 1);
    world.clear_ladder();
    (world, anna, ben)
}

fn count(world: &World, line: &str) -> usize {
    world.ladder.iter().filter(|have| *have == line).count()
}

#[test]
fn a_prack_that_crosses_the_200_is_confirmed() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.act(ben, |phone| phone.answering = Answering::After(5));
    world.act(anna, |phone| {
        phone.extra.push((HeaderName::Require, "100rel".to_owned()));
        phone.call("202")
    });
    world.pass_ms(500);
    assert_eq!(count(&world, "201 < 200 PRACK"), 1, "{:?}", world.ladder);
    assert_eq!(world.bridges(), 1);
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    world.expect_clean();
}

#[test]
fn an_ack_that_satisfies_the_transaction_satisfies_the_call() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.act(ben, |phone| phone.answering = Answering::AtOnce);
    world.act(anna, |phone| {
        phone.sends_ack = false;
        phone.call("202")
    });
    world.pass_ms(100);
    // The INVITE's branch, and no tag in To.
    let invite = world.phones[anna.0].last().invite.clone();
    let answer = world.phones[anna.0].last_response.clone().unwrap();
    let mut ack = Request::new(Method::Ack, invite.uri.clone());
    ack.headers.copy(&HeaderName::Via, &answer.headers);
    for name in [HeaderName::From, HeaderName::CallId] {
        ack.headers.copy(&name, &invite.headers);
    }
    let number = invite.headers.cseq().unwrap().number;
    let ack = ack
        .with(HeaderName::To, NameAddr::new(invite.uri).to_string())
        .with(HeaderName::CSeq, format!("{number} ACK"))
        .with(HeaderName::MaxForwards, "70");
    world.inject(anna, ack.to_bytes());
    world.pass_secs(1);
    world.clear_ladder();
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(1);
    assert_eq!(count(&world, "201 < BYE"), 1, "{:?}", world.ladder);
    world.expect_clean();
}

#[test]
fn a_phone_that_rang_and_says_unavailable_was_not_offline() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    world.act(ben, |phone| phone.refuse(480));
    world.pass_secs(1);
    assert_eq!(world.phones[anna.0].last().status, Some(480));
    assert_eq!(world.record().cause, Some(EndCause::NoAnswer));
    world.expect_clean();
}

#[test]
fn silence_asks_seldom() {
    let (mut world, anna, _) = talking();
    let leg = *world.media.keys().next().unwrap();
    for secs in (60..660).step_by(10) {
        world.input(Input::Media(MediaEvent::Silent { leg, secs }));
        world.pass_secs(10);
    }
    assert_eq!(count(&world, "201 < UPDATE"), 1);
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    world.expect_clean();
}

#[test]
fn a_call_follows_the_address_its_phone_speaks_from() {
    let (mut world, anna, ben) = talking();
    world.phones[ben.0].address.set_port(6060);
    world.act(ben, |phone| phone.reinvite(Direction::SendOnly));
    world.pass_ms(500);
    world.clear_ladder();
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    assert_eq!(count(&world, "202 < BYE"), 1);
    world.expect_clean();
}

#[test]
fn a_phone_that_moved_shows_who_it_is() {
    let (mut world, anna, ben) = talking();
    world.phones[ben.0].address = "192.0.2.77:5060".parse().unwrap();
    world.act(ben, |phone| phone.reinvite(Direction::SendOnly));
    world.pass_ms(500);
    assert_eq!(count(&world, "202 < 407 INVITE"), 1, "{:?}", world.ladder);
    assert_eq!(count(&world, "202 < 200 INVITE"), 1, "{:?}", world.ladder);
    world.clear_ladder();
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    assert_eq!(count(&world, "202 < BYE"), 1, "{:?}", world.ladder);
    world.expect_clean();
}

#[test]
fn a_phone_that_moved_and_registered_need_not() {
    let (mut world, anna, ben) = talking();
    world.act(ben, |phone| {
        phone.address = "192.0.2.77:5060".parse().unwrap();
        phone.contacts = vec!["<sip:202@192.0.2.77:5060>".to_owned()];
    });
    world.register(ben);
    world.clear_ladder();
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(1);
    assert_eq!(count(&world, "202 < 200 BYE"), 1, "{:?}", world.ladder);
    assert_eq!(count(&world, "201 < BYE"), 1, "{:?}", world.ladder);
    let _ = anna;
    world.expect_clean();
}

#[test]
fn who_knows_the_tags_of_a_call_has_not_got_the_call() {
    for (name, status) in [("201", 403), ("nobody", 407)] {
        let (mut world, _, ben) = talking();
        // As a phone of another person, or of none, with all that was said in Ben's call.
        world.phones[ben.0].address = "192.0.2.77:5060".parse().unwrap();
        world.phones[ben.0].username = name.to_owned();
        world.clear_ladder();
        world.act(ben, |phone| phone.refer(0, "<sip:203@x>"));
        world.act(ben, |phone| phone.hang_up());
        world.pass_secs(2);
        for method in ["REFER", "BYE"] {
            let refused = format!("{name} < {status} {method}");
            assert!(count(&world, &refused) > 0, "{:?}", world.ladder);
        }
        assert_eq!(count(&world, "201 < BYE"), 0, "{:?}", world.ladder);
        assert_eq!(world.bridges(), 1, "the call goes on");
    }
}

/// Ben's phone speaks over a stream, which breaks; it registers over another.
fn moved() -> (World, PhoneId) {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone_of("202", "202"));
    world.act(ben, |phone| {
        phone.answering = Answering::AtOnce;
        phone.transport = Transport::Tcp;
        phone.connection = 5;
        phone.contacts = vec![format!("<sip:202@{};transport=tcp>", phone.address)];
    });
    world.register(ben);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    assert_eq!(world.bridges(), 1);
    let flow = Flow {
        transport: Transport::Tcp,
        local: SERVER,
        peer: world.phones[ben.0].address,
        connection: 5,
    };
    world.input(Input::ConnectionClosed { flow });
    world.act(ben, |phone| {
        phone.address.set_port(6060);
        phone.connection = 6;
        phone.contacts = vec![format!("<sip:202@{};transport=tcp>", phone.address)];
    });
    world.register(ben);
    world.clear_ladder();
    (world, anna)
}

#[test]
fn a_bye_finds_the_phone_on_its_new_stream() {
    let (mut world, anna) = moved();
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    assert_eq!(count(&world, "202 < BYE"), 1, "{:?}", world.ladder);
    world.expect_clean();
}

#[test]
fn a_bye_finds_the_newer_stream_whatever_the_clock_says() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone_of("202", "202"));
    world.act(ben, |phone| {
        phone.answering = Answering::AtOnce;
        phone.transport = Transport::Tcp;
        phone.connection = 5;
        phone.contacts = vec![format!("<sip:202@{};transport=tcp>", phone.address)];
    });
    world.register(ben);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    // Nobody has seen yet that the old stream is gone.
    world.clock_set_by = -3600;
    reconnect(&mut world, ben);
    world.clear_ladder();
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    assert_eq!(count(&world, "202 < BYE"), 1, "{:?}", world.ladder);
    world.expect_clean();
}

#[test]
fn a_refresh_that_cannot_be_sent_is_tried_again_and_the_call_lives() {
    let (mut world, anna) = moved();
    let leg = *world.media.keys().last().unwrap();
    world.input(Input::Media(MediaEvent::Silent { leg, secs: 60 }));
    world.pass_secs(10);
    assert_eq!(count(&world, "202 < UPDATE"), 1, "{:?}", world.ladder);
    assert_eq!(world.bridges(), 1);
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    world.expect_clean();
}

#[test]
fn a_refresh_that_only_rings_is_given_up() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.act(ben, |phone| phone.answering = Answering::AtOnce);
    world.act(anna, |phone| {
        phone.takes_update = false;
        phone.refuse_reinvite = Some(100);
        phone.call("202")
    });
    world.pass_ms(500);
    let leg = *world.media.keys().next().unwrap();
    world.input(Input::Media(MediaEvent::Silent { leg, secs: 60 }));
    world.pass_secs(60);
    assert_eq!(count(&world, "201 < CANCEL"), 1, "{:?}", world.ladder);
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(1);
    world.expect_clean();
}

#[test]
fn a_fork_that_answers_when_the_call_is_over_is_ended() {
    let (mut world, anna, ben) = talking();
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(5);
    let is_invite = |request: &&Request| request.method == Method::Invite;
    let invite = world.phones[ben.0].requests.iter().find(is_invite);
    let late = sip::Response::reply(invite.unwrap(), 200, Some("another")).with(
        HeaderName::Contact,
        format!("<sip:202@{}>", world.phones[ben.0].address),
    );
    world.clear_ladder();
    world.inject(ben, late.to_bytes());
    world.pass_ms(100);
    assert_eq!(count(&world, "202 < ACK"), 1, "{:?}", world.ladder);
    assert_eq!(count(&world, "202 < BYE"), 1);
    world.expect_clean();
}

#[test]
fn a_fork_that_answers_while_the_call_is_being_ended_is_ended_too() {
    let (mut world, anna, ben) = talking();
    let is_invite = |request: &&Request| request.method == Method::Invite;
    let invite = world.phones[ben.0].requests.iter().find(is_invite);
    let late = sip::Response::reply(invite.unwrap(), 200, Some("another")).with(
        HeaderName::Contact,
        format!("<sip:202@{}>", world.phones[ben.0].address),
    );
    world.act(anna, |phone| phone.hang_up());
    world.pass_ms(5);
    // It arrives when the BYE is out and not answered.
    world.inject(ben, late.to_bytes());
    world.pass_ms(200);
    assert_eq!(count(&world, "202 < ACK"), 1, "{:?}", world.ladder);
    assert_eq!(count(&world, "202 < BYE"), 2);
    world.expect_clean();
}

/// Anna calls Ben over a stream, which breaks while his phone rings.
fn cut_while_it_rings() -> (World, PhoneId, PhoneId, Flow) {
    let mut world = World::new();
    let (anna, ben) = (world.phone_of("201", "201"), world.phone("202"));
    world.act(anna, |phone| {
        phone.transport = Transport::Tcp;
        phone.connection = 5;
        phone.contacts = vec![format!("<sip:201@{};transport=tcp>", phone.address)];
    });
    world.register(anna);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    assert!(world.phones[ben.0].ringing().is_some());
    let flow = Flow {
        transport: Transport::Tcp,
        local: SERVER,
        peer: world.phones[anna.0].address,
        connection: 5,
    };
    (world, anna, ben, flow)
}

/// The phone comes back from another port.
fn reconnect(world: &mut World, phone: PhoneId) {
    world.act(phone, |phone| {
        phone.address.set_port(6060);
        phone.connection = 6;
        let name = phone.username.clone();
        phone.contacts = vec![format!("<sip:{name}@{};transport=tcp>", phone.address)];
    });
    world.register(phone);
}

fn ben_answers(mut world: World, anna: PhoneId, ben: PhoneId) {
    world.act(ben, |phone| phone.answer());
    world.pass_secs(1);
    assert!(
        world.phones[anna.0].talking().is_some(),
        "{:?}",
        world.ladder
    );
    assert_eq!(world.bridges(), 1);
    world.act(ben, |phone| phone.hang_up());
    world.pass_secs(1);
    assert!(world.phones[anna.0].talking().is_none());
    world.expect_clean();
}

#[test]
fn a_caller_whose_stream_breaks_is_answered_over_a_new_one() {
    let (mut world, anna, ben, flow) = cut_while_it_rings();
    world.act(anna, |phone| phone.connection = 0);
    world.input(Input::ConnectionClosed { flow });
    ben_answers(world, anna, ben);
}

#[test]
fn a_caller_who_reconnects_is_answered_where_it_is_now() {
    for late in [false, true] {
        let (mut world, anna, ben, flow) = cut_while_it_rings();
        if !late {
            world.input(Input::ConnectionClosed { flow });
        }
        reconnect(&mut world, anna);
        if late {
            // What became of the old stream is seen long after.
            world.input(Input::ConnectionClosed { flow });
        }
        ben_answers(world, anna, ben);
    }
}

#[test]
fn a_caller_who_reconnects_after_the_answer_gets_it_all_the_same() {
    let (mut world, anna, ben, flow) = cut_while_it_rings();
    world.act(anna, |phone| phone.plugged_in = false);
    world.input(Input::ConnectionClosed { flow });
    world.act(ben, |phone| phone.answer());
    world.pass_secs(1);
    assert!(world.phones[anna.0].talking().is_none());
    world.act(anna, |phone| phone.plugged_in = true);
    reconnect(&mut world, anna);
    world.pass_secs(5);
    ben_answers(world, anna, ben);
}
