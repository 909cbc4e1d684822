//! What happens within a call: codecs, late offers, hold, refreshes, digits.

use std::time::Duration;

use media::{
    control::{Codec, MediaCommand, Sound},
    sdp::Direction,
};
use model::*;
use sip::{HeaderName, Method, Response};

use crate::world::*;

fn pair(seconds: u64) -> (World, PhoneId, PhoneId) {
    let mut settings = config();
    settings.session_expires = Duration::from_secs(seconds);
    let mut world = World::seeded(1, settings);
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.act(ben, |phone| phone.answering = Answering::AtOnce);
    world.clear_ladder();
    (world, anna, ben)
}

fn talking() -> (World, PhoneId, PhoneId) {
    let (mut world, anna, ben) = pair(1800);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    assert_eq!(world.bridges(), 1);
    world.clear_ladder();
    (world, anna, ben)
}

fn codecs(world: &World) -> Vec<Codec> {
    world
        .media
        .values()
        .filter_map(|side| side.params.as_ref().map(|params| params.codec))
        .collect()
}

fn finish(mut world: World, anna: PhoneId) {
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    assert_eq!(world.record().cause, Some(EndCause::CallerHungUp));
    world.expect_clean();
}

#[test]
fn both_sides_get_the_same_codec_where_they_can() {
    use Codec::{G722, Opus, Pcma, Pcmu};
    for (caller, callee, expect) in [
        (vec![Pcmu, Pcma], vec![Pcma, Pcmu], [Pcma, Pcma]),
        (vec![Opus, Pcma], vec![Opus], [Opus, Opus]),
        (vec![Pcma, G722], vec![Opus, G722], [G722, G722]),
        // Nothing in common: the server translates.
        (vec![Pcma], vec![Opus], [Pcma, Opus]),
    ] {
        let (mut world, anna, ben) = pair(1800);
        world.phones[anna.0].codecs = caller;
        world.phones[ben.0].codecs = callee;
        world.act(anna, |phone| phone.call("202"));
        world.pass_ms(500);
        let mut got = codecs(&world);
        got.sort_by_key(|codec| expect.iter().position(|other| other == codec));
        assert_eq!(got, expect);
        assert_eq!(world.bridges(), 1);
        finish(world, anna);
    }
}

#[test]
fn a_caller_without_an_offer_gets_one() {
    let (mut world, anna, _) = pair(1800);
    world.act(anna, |phone| phone.call_late("202"));
    world.pass_ms(500);
    assert_eq!(world.bridges(), 1);
    assert_eq!(codecs(&world).len(), 2);
    finish(world, anna);
}

#[test]
fn an_offer_that_shares_nothing_is_488() {
    let (mut world, anna, _) = pair(1800);
    world.act(anna, |phone| {
        phone.codecs = vec![Codec::Pcma];
        phone.rewrites_offer = Some(|offer| {
            let offer = offer.replace("RTP/AVP 8", "RTP/AVP 99");
            offer.replace("rtpmap:8 PCMA", "rtpmap:99 speex")
        });
        phone.call("202")
    });
    world.pass_secs(1);
    assert_eq!(world.phones[anna.0].last().status, Some(488));
    assert!(!world.ladder.contains(&"202 < INVITE".to_owned()));
    world.expect_clean();
}

#[test]
fn hold_and_resume_with_music_in_between() {
    let (mut world, anna, ben) = talking();
    world.act(anna, |phone| phone.reinvite(Direction::SendOnly));
    world.pass_ms(100);
    world.expect_ladder(&["201 > INVITE", "201 < 200 INVITE", "201 > ACK"]);
    let held: Vec<_> = world
        .media
        .values()
        .filter(|side| side.playing == Some(Sound::Music))
        .collect();
    assert_eq!(held.len(), 1, "the other one hears music");
    let anna_media = world.media.values().find(|side| {
        side.params
            .as_ref()
            .is_some_and(|params| !params.send && params.receive)
    });
    assert!(anna_media.is_some(), "nothing is sent to the one who holds");
    assert_eq!(world.calls().last().unwrap().state, CallState::Held);

    world.act(anna, |phone| phone.reinvite(Direction::SendRecv));
    world.pass_ms(100);
    assert!(world.media.values().all(|side| side.playing.is_none()));
    assert_eq!(world.calls().last().unwrap().state, CallState::Answered);

    // Both hold: no music; the called resumes last.
    world.act(anna, |phone| phone.reinvite(Direction::Inactive));
    world.pass_ms(100);
    world.act(ben, |phone| phone.reinvite(Direction::SendOnly));
    world.pass_ms(100);
    assert!(world.media.values().all(|side| side.playing.is_none()));
    world.act(anna, |phone| phone.reinvite(Direction::SendRecv));
    world.pass_ms(100);
    let music = world.media.values().filter(|side| side.playing.is_some());
    assert_eq!(music.count(), 1);
    finish(world, anna);
}

#[test]
fn a_phone_changes_its_codec_in_the_call() {
    let (mut world, anna, _) = talking();
    assert_eq!(codecs(&world), [Codec::Pcma, Codec::Pcma]);
    world.act(anna, |phone| {
        phone.codecs = vec![Codec::Pcmu];
        phone.reinvite(Direction::SendRecv);
    });
    world.pass_ms(100);
    let mut got = codecs(&world);
    got.sort_by_key(|codec| *codec == Codec::Pcma);
    assert_eq!(got, [Codec::Pcmu, Codec::Pcma]);
    assert_eq!(world.bridges(), 1);
    finish(world, anna);
}

#[test]
fn keys_by_info_reach_the_other_side() {
    let (mut world, anna, _) = talking();
    world.act(anna, |phone| {
        let info = phone.in_dialog(0, Method::Info).unwrap();
        let info = info.with_body("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n");
        phone.send_request(info);
    });
    world.pass_ms(100);
    let digits = world
        .commands
        .iter()
        .filter(|command| matches!(command, MediaCommand::SendDigit { digit: b'5', .. }))
        .count();
    assert_eq!(digits, 1);
    assert_eq!(
        world.phones[anna.0].statuses.last(),
        Some(&(Method::Info, 200))
    );
    finish(world, anna);
}

#[test]
fn a_session_is_refreshed_by_us() {
    for takes_update in [true, false] {
        let (mut world, anna, ben) = pair(120);
        for phone in [anna, ben] {
            world.act(phone, |phone| phone.takes_update = takes_update);
        }
        world.act(anna, |phone| phone.call("202"));
        world.pass_secs(300);
        let method = if takes_update { "UPDATE" } else { "INVITE" };
        for phone in ["201", "202"] {
            let refreshes = world
                .ladder
                .iter()
                .filter(|line| **line == format!("{phone} < {method}"))
                .count();
            assert!(
                (3..=6).contains(&refreshes),
                "{phone} {method}: {refreshes}"
            );
        }
        assert_eq!(world.bridges(), 1);
        finish(world, anna);
    }
}

#[test]
fn a_phone_that_vanished_is_noticed() {
    let (mut world, anna, ben) = pair(120);
    world.act(anna, |phone| phone.call("202"));
    world.pass_secs(1);
    world.phones[ben.0].plugged_in = false;
    world.pass_secs(200);
    assert!(
        world.phones[anna.0].talking().is_none(),
        "Anna was told BYE"
    );
    let record = world.record();
    assert!(matches!(
        record.cause,
        Some(EndCause::NetworkFailure | EndCause::MediaTimeout)
    ));
    world.expect_clean();
}

#[test]
fn a_session_shorter_than_ours_is_422() {
    let (mut world, anna, _) = pair(1800);
    world.act(anna, |phone| {
        phone.supports_timer = true;
        phone
            .extra
            .push((HeaderName::SessionExpires, "30".to_owned()));
        phone.call("202")
    });
    world.pass_ms(500);
    assert_eq!(world.phones[anna.0].last().status, Some(422));
    let response = world.phones[anna.0].last_response.clone().unwrap();
    assert_eq!(response.headers.min_se(), Some(90));
    world.expect_clean();
}

#[test]
fn a_phone_that_promised_to_refresh_and_does_not_is_cut_off() {
    let (mut world, anna, _) = pair(1800);
    world.act(anna, |phone| {
        phone.supports_timer = true;
        let asked = "100;refresher=uac".to_owned();
        phone.extra.push((HeaderName::SessionExpires, asked));
        phone.call("202")
    });
    world.pass_secs(1);
    assert_eq!(world.bridges(), 1);
    world.pass_secs(100);
    assert_eq!(world.record().cause, Some(EndCause::MediaTimeout));
    world.expect_clean();
}

#[test]
fn glare_is_491_and_tried_again() {
    let (mut world, anna, ben) = pair(120);
    for phone in [anna, ben] {
        world.act(phone, |phone| phone.takes_update = false);
    }
    world.act(anna, |phone| phone.call("202"));
    world.pass_secs(1);
    world.phones[anna.0].refuse_reinvite = Some(491);
    world.pass_secs(70);
    let tries = world.ladder.iter().filter(|l| *l == "201 < INVITE").count();
    assert!(tries >= 2, "{tries}");
    world.phones[anna.0].refuse_reinvite = None;
    world.pass_secs(10);
    assert_eq!(world.bridges(), 1, "the call lives");
    // And the other way round: our re-INVITE is out when theirs comes.
    world.clear_ladder();
    world.phones[anna.0].plugged_in = false;
    world.pass_secs(61);
    world.phones[anna.0].plugged_in = true;
    world.act(anna, |phone| phone.reinvite(Direction::SendOnly));
    world.pass_ms(30);
    assert!(
        world.ladder.contains(&"201 < 491 INVITE".to_owned()),
        "{:?}",
        world.ladder
    );
    world.pass_secs(5);
    finish(world, anna);
}

#[test]
fn ringing_is_reliable_where_a_side_insists() {
    let (mut world, anna, ben) = pair(1800);
    world.act(ben, |phone| phone.answering = Answering::RingReliably);
    world.act(anna, |phone| {
        phone.extra.push((HeaderName::Require, "100rel".to_owned()));
        phone.call("202")
    });
    world.pass_ms(500);
    assert!(world.ladder.contains(&"202 < PRACK".to_owned()));
    assert!(world.ladder.contains(&"201 > PRACK".to_owned()));
    assert!(world.ladder.contains(&"201 < 200 PRACK".to_owned()));
    world.act(ben, |phone| phone.answer());
    world.pass_ms(500);
    assert_eq!(world.bridges(), 1);
    finish(world, anna);
}

#[test]
fn reliable_ringing_that_is_never_confirmed_ends_the_call() {
    let (mut world, anna, ben) = pair(1800);
    world.people.get_mut("202").unwrap().ring_secs = 120;
    world.act(ben, |phone| phone.answering = Answering::Ring);
    world.act(anna, |phone| {
        phone.extra.push((HeaderName::Require, "100rel".to_owned()));
        phone.call("202")
    });
    world.pass_ms(35);
    world.phones[anna.0].plugged_in = false;
    world.pass_secs(80);
    assert_eq!(world.record().cause, Some(EndCause::NetworkFailure));
    world.expect_clean();
}

#[test]
fn silence_asks_whether_the_phone_is_still_there() {
    let (mut world, anna, _) = talking();
    let leg = *world.media.keys().next().unwrap();
    world.input(calls::Input::Media(media::control::MediaEvent::Silent {
        leg,
        secs: 60,
    }));
    world.pass_ms(100);
    assert_eq!(
        world
            .ladder
            .iter()
            .filter(|l| l.contains("< UPDATE"))
            .count(),
        1
    );
    assert_eq!(world.bridges(), 1);
    finish(world, anna);
}

/// As a gateway does, with its own signalling beside the description.
fn beside_isup(description: &str) -> (&'static str, String) {
    let body = format!(
        "--x\r\nContent-Type: application/isup\r\n\
         Content-Disposition: signal;handling=optional\r\n\r\n\u{1}\u{2}\r\n\
         --x\r\nContent-Type: application/sdp\r\n\r\n{description}\r\n--x--\r\n"
    );
    ("multipart/mixed;boundary=x", body)
}

#[test]
fn a_description_among_other_parts_is_taken() {
    let (mut world, anna, ben) = pair(1800);
    for phone in [anna, ben] {
        world.phones[phone.0].wraps = Some(beside_isup);
    }
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(500);
    assert_eq!(world.bridges(), 1);
    assert_eq!(codecs(&world), [Codec::Pcma, Codec::Pcma]);
    finish(world, anna);
}

#[test]
fn a_body_that_may_be_ignored_is_and_another_is_415() {
    for (handling, status) in [("optional", 200), ("required", 415)] {
        let (mut world, anna, _) = pair(1800);
        world.act(anna, |phone| {
            let disposition = format!("render;handling={handling}");
            phone
                .extra
                .push((HeaderName::ContentDisposition, disposition));
            phone.wraps = Some(|_| ("text/plain", "Sales call".to_owned()));
            phone.call_late("202")
        });
        world.pass_ms(500);
        assert_eq!(
            world.phones[anna.0].last().status,
            Some(status),
            "{handling}"
        );
        // What is left is an INVITE without an offer.
        assert_eq!(world.bridges(), usize::from(status == 200));
        if status == 200 {
            finish(world, anna);
        } else {
            world.expect_clean();
        }
    }
}

#[test]
fn a_phone_that_wants_ever_longer_sessions_is_given_up() {
    for (step, most) in [(100, 4), (0, 2)] {
        let (mut world, anna, ben) = pair(1800);
        world.act(ben, |phone| phone.answering = Answering::Silent);
        world.act(anna, |phone| phone.call("202"));
        world.pass_ms(100);
        for round in 0..20 {
            let Some(call) = world.phones[ben.0].calls.get(round) else {
                break;
            };
            let floor = 2000 + step * round;
            let refusal = Response::reply(&call.invite, 422, Some("x"))
                .with(HeaderName::MinSe, floor.to_string());
            world.inject(ben, refusal.to_bytes());
            world.pass_ms(100);
        }
        assert_eq!(world.phones[ben.0].calls.len(), most);
        assert_eq!(world.phones[anna.0].last().status, Some(422));
        assert_eq!(world.record().cause, Some(EndCause::Failed(422)));
        world.expect_clean();
    }
}

#[test]
fn a_session_whose_refresh_is_always_too_short_ends() {
    let (mut world, anna, ben) = pair(120);
    world.phones[ben.0].supports_timer = true;
    world.act(anna, |phone| phone.call("202"));
    world.pass_secs(1);
    world.phones[ben.0].refuse_reinvite = Some(422);
    world.clear_ladder();
    world.pass_secs(120);
    let tries = world.ladder.iter().filter(|l| *l == "202 < UPDATE").count();
    assert!((1..=4).contains(&tries), "{tries}");
    assert_eq!(world.record().cause, Some(EndCause::MediaTimeout));
    assert!(world.phones[anna.0].talking().is_none());
    world.expect_clean();
}
