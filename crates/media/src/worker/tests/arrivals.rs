use super::phone::{Phone, Stage};
use crate::{
    control::{Codec, LegParams, MediaCommand, MediaEvent, MediaLeg},
    rtp::COMFORT_NOISE,
    worker::Channel,
};

/// A phone in a mix that has sent its tone for two seconds.
fn heard(codec: Codec) -> Stage {
    let mut stage = Stage::new();
    stage.phone(1, codec, 500.0);
    stage.conference();
    stage.run(2_000);
    stage.events.clear();
    stage
}

fn phone(stage: &mut Stage) -> &mut Phone {
    stage.phones.get_mut(&1).unwrap()
}

fn configure(stage: &mut Stage, change: impl FnOnce(&mut LegParams)) {
    let leg = MediaLeg(1);
    let mut params = Stage::params(1, Codec::Pcma);
    change(&mut params);
    stage.order(MediaCommand::Configure { leg, params });
}

/// An empty receiver report, as of one who sends nothing.
fn report(stage: &mut Stage) {
    let place = phone(stage).place;
    let source = Stage::params(1, Codec::Pcma).remote_rtcp;
    let octets = [0x80, 201, 0, 1, 0, 1, 2, 3];
    let (now, sends) = (stage.now, &mut stage.sends);
    stage
        .worker
        .receive(now, place, Channel::Rtcp, source, &octets, sends);
}

fn comfort_noise(stage: &mut Stage) {
    let (place, source, packet) = {
        let phone = phone(stage);
        let packet = phone.packet(COMFORT_NOISE, &[60]);
        phone.sequence = phone.sequence.wrapping_add(1);
        (phone.place, phone.address, packet)
    };
    stage.inject(place, source, &packet);
}

/// Losses that were told, rounded.
fn losses(stage: &mut Stage) -> Vec<u8> {
    let events = std::mem::take(&mut stage.events);
    let told = events.iter().filter_map(|event| match event {
        MediaEvent::Stats { stats, .. } => Some(stats.loss_percent.round() as u8),
        _ => None,
    });
    told.collect()
}

#[test]
fn a_phone_that_dies_is_told_of_within_five_seconds_and_when_it_comes_again() {
    for codec in [Codec::Pcma, Codec::Opus] {
        let mut stage = heard(codec);
        phone(&mut stage).quiet = true;
        stage.run(3_900);
        assert!(losses(&mut stage).iter().all(|loss| *loss == 0));
        stage.run(200);
        assert_eq!(losses(&mut stage), [100]);
        stage.run(60_000);
        assert_eq!(losses(&mut stage), [100; 12]);
        phone(&mut stage).quiet = false;
        stage.run(40);
        assert_eq!(losses(&mut stage), [0]);
        stage.run(60_000);
        assert_eq!(losses(&mut stage), [0; 12]);
    }
}

#[test]
fn who_was_never_heard_is_not_called_dead() {
    let mut stage = Stage::new();
    stage.phone(1, Codec::Pcma, 500.0).quiet = true;
    stage.conference();
    stage.run(30_000);
    report(&mut stage);
    stage.run(30_000);
    assert_eq!(losses(&mut stage), [0; 12]);
}

#[test]
fn who_holds_or_only_listens_need_not_send_until_the_hold_ends() {
    let held: fn(&mut LegParams) = |params| params.send = false;
    let inactive: fn(&mut LegParams) = |params| (params.send, params.receive) = (false, false);
    let listens: fn(&mut LegParams) = |params| params.receive = false;
    for quiet in [held, inactive, listens] {
        let mut stage = heard(Codec::Pcma);
        configure(&mut stage, quiet);
        phone(&mut stage).quiet = true;
        stage.run(20_000);
        configure(&mut stage, |_| ());
        stage.run(3_900);
        assert!(losses(&mut stage).iter().all(|loss| *loss == 0));
        stage.run(200);
        assert_eq!(losses(&mut stage), [100]);
        configure(&mut stage, quiet);
        stage.run(20);
        assert_eq!(losses(&mut stage), [0], "it holds after all");
    }
}

#[test]
fn comfort_noise_begins_a_silence_that_may_last() {
    let mut stage = heard(Codec::Pcma);
    phone(&mut stage).quiet = true;
    comfort_noise(&mut stage);
    stage.run(60_000);
    assert_eq!(losses(&mut stage), [0; 12], "without reports nobody knows");
    report(&mut stage);
    stage.run(19_900);
    assert!(losses(&mut stage).iter().all(|loss| *loss == 0));
    stage.run(5_100);
    assert!(losses(&mut stage).contains(&100), "the reports ceased");
    phone(&mut stage).quiet = false;
    stage.run(2_000);
    phone(&mut stage).quiet = true;
    stage.events.clear();
    stage.run(4_100);
    assert!(
        losses(&mut stage).contains(&100),
        "it ceased while it spoke"
    );
}

#[test]
fn a_digit_ends_no_silence() {
    let mut stage = heard(Codec::Pcma);
    phone(&mut stage).quiet = true;
    comfort_noise(&mut stage);
    stage.run(2_000);
    let (place, source, key) = {
        let phone = phone(&mut stage);
        let key = phone.packet(super::phone::EVENTS, &[5, 0x8A, 0, 160]);
        (phone.place, phone.address, key)
    };
    stage.inject(place, source, &key);
    stage.run(30_000);
    assert!(losses(&mut stage).iter().all(|loss| *loss == 0));
}

#[test]
fn one_whose_reports_go_on_in_silence_is_called_dead_when_they_cease() {
    let mut stage = heard(Codec::Pcma);
    phone(&mut stage).quiet = true;
    stage.run(3_000);
    for _ in 0..12 {
        report(&mut stage);
        stage.run(6_000);
    }
    assert!(losses(&mut stage).iter().all(|loss| *loss == 0));
    stage.run(15_000);
    assert!(losses(&mut stage).contains(&100));
    report(&mut stage);
    stage.run(20);
    assert_eq!(losses(&mut stage), [0]);
}

#[test]
fn a_frame_every_400_ms_is_a_silence_of_opus() {
    let mut stage = heard(Codec::Opus);
    for _ in 0..75 {
        phone(&mut stage).quiet = true;
        stage.run(380);
        phone(&mut stage).quiet = false;
        stage.run(20);
    }
    assert_eq!(losses(&mut stage), [0; 6]);
}
