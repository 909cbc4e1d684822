use super::phone::Stage;
use crate::control::{Codec, LegStats, MediaCommand, MediaEvent, MediaLeg};

fn closed(stage: &mut Stage, leg: u64) -> LegStats {
    stage.order(MediaCommand::Close { leg: MediaLeg(leg) });
    stage.tick();
    stage
        .events
        .iter()
        .find_map(|event| match event {
            MediaEvent::Closed { leg: of, stats } if of.0 == leg => Some(*stats),
            _ => None,
        })
        .unwrap()
}

#[test]
fn injected_audio_is_refused_counted_and_never_heard() {
    let mut stage = Stage::new();
    for number in 1..=2 {
        let phone = stage.phone(number, Codec::Pcma, 500.0);
        phone.amplitude = 0.0;
    }
    stage.conference();
    stage.run(500);
    let mut attacker = Stage::new();
    attacker.phone(1, Codec::Pcma, 1_500.0);
    let mut forger = attacker.phones.remove(&1).unwrap();
    let place = stage.phones[&1].place;
    for _ in 0..50 {
        let packet = forger.next_packet().unwrap();
        // The same machine by another port, and another machine.
        stage.inject(place, "10.0.0.1:4002".parse().unwrap(), &packet);
        stage.inject(place, "192.0.2.66:4000".parse().unwrap(), &packet);
        stage.run(20);
    }
    assert!(stage.phones[&2].hears(1_500.0, 500) < -60.0);
    assert_eq!(closed(&mut stage, 1).refused, 100);
}

#[test]
fn before_the_first_packet_only_allowed_addresses_lock() {
    let mut stage = Stage::new();
    let mut params = Stage::params(1, Codec::Pcma);
    params.may_latch = vec!["203.0.113.9".parse().unwrap()];
    stage.phone_with(1, 700.0, params);
    let phone = stage.phones.get_mut(&1).unwrap();
    let (place, packet) = (phone.place, phone.next_packet().unwrap());
    stage.inject(place, "192.0.2.66:4000".parse().unwrap(), &packet);
    // From behind NAT: the address of the signalling, another port.
    stage.phones.get_mut(&1).unwrap().address = "203.0.113.9:31000".parse().unwrap();
    stage.phones.get_mut(&1).unwrap().quiet = true;
    let packet = stage.phones.get_mut(&1).unwrap().next_packet().unwrap();
    stage.inject(place, "203.0.113.9:31000".parse().unwrap(), &packet);
    stage.worker.tick(stage.now, &mut stage.sends);
    let targets: Vec<_> = stage.sends.packets.iter().map(|packet| packet.2).collect();
    assert_eq!(targets, ["203.0.113.9:31000".parse().unwrap()]);
    stage.sends.packets.clear();
    let stats = closed(&mut stage, 1);
    assert_eq!((stats.received, stats.refused), (1, 1));
}

#[test]
fn a_new_address_by_signalling_opens_the_lock() {
    let mut stage = Stage::new();
    stage.phone(1, Codec::Pcma, 500.0);
    stage.phone(2, Codec::Pcma, 900.0).amplitude = 0.0;
    stage.conference();
    stage.run(500);
    let mut params = Stage::params(1, Codec::Pcma);
    params.remote = "10.0.0.77:5000".parse().unwrap();
    stage.order(MediaCommand::Configure {
        leg: MediaLeg(1),
        params,
    });
    stage.phones.get_mut(&1).unwrap().address = "10.0.0.77:5000".parse().unwrap();
    stage.run(1_000);
    assert!(stage.phones[&2].hears(500.0, 300) > -25.0);
}

/// A trunk that answers our side of a re-INVITE with another port of the same host: what it
/// still sends from the old one must not draw our audio back there.
#[test]
fn a_new_port_of_the_same_host_is_followed_both_ways() {
    let mut stage = Stage::new();
    stage.phone(1, Codec::Pcma, 500.0);
    stage.phone(2, Codec::Pcma, 900.0).amplitude = 0.0;
    stage.conference();
    stage.run(500);
    let mut params = Stage::params(1, Codec::Pcma);
    params.remote.set_port(6_000);
    stage.order(MediaCommand::Configure {
        leg: MediaLeg(1),
        params: params.clone(),
    });
    stage.run(60);
    stage.phones.get_mut(&1).unwrap().address = params.remote;
    stage.run(1_000);
    assert!(stage.phones[&2].hears(500.0, 300) > -25.0);
    stage.worker.tick(stage.now, &mut stage.sends);
    let place = stage.phones[&1].place;
    let target = stage.sends.packets.iter().find(|packet| packet.0 == place);
    assert_eq!(target.unwrap().2, params.remote);
    stage.sends.packets.clear();
}

#[test]
fn another_source_identifier_from_the_same_place_goes_on() {
    let mut stage = Stage::new();
    stage.phone(1, Codec::Pcma, 500.0);
    stage.phone(2, Codec::Pcma, 900.0).amplitude = 0.0;
    stage.conference();
    stage.run(500);
    let phone = stage.phones.get_mut(&1).unwrap();
    phone.ssrc = 5;
    phone.sequence = 31_000;
    phone.timestamp = 123_456;
    stage.run(1_000);
    assert!(stage.phones[&2].hears(500.0, 300) > -25.0);
}

#[test]
fn nonsense_is_refused() {
    let mut stage = Stage::new();
    stage.phone(1, Codec::Pcma, 500.0);
    stage.run(100);
    let (place, address) = (stage.phones[&1].place, stage.phones[&1].address);
    let wrong_type = stage.phones[&1].packet(99, &[0; 160]);
    let long = vec![0x80; 1_500];
    for octets in [&b""[..], b"x", &[0; 11], &[0x40; 172], &wrong_type, &long] {
        stage.inject(place, address, octets);
    }
    assert_eq!(closed(&mut stage, 1).refused, 6);
}

#[test]
fn reports_are_exchanged() {
    let mut stage = Stage::new();
    stage.phone(1, Codec::Pcma, 500.0);
    stage.run(12_000);
    let reports = &stage.phones[&1].reports;
    assert!((2..=3).contains(&reports.len()), "{}", reports.len());
    let report = crate::rtcp::Compound::parse(&reports[1]).unwrap();
    let Some(crate::rtcp::Packet::SenderReport {
        ssrc,
        info,
        reports,
    }) = report.packets().next()
    else {
        panic!("not a sender report");
    };
    assert_eq!(ssrc, 0x5EED_0001);
    assert!(info.packets > 200);
    let block = reports.iter().next().unwrap();
    assert_eq!((block.ssrc, block.fraction_lost), (77_001, 0));
}

/// A peer may send by the numbers of our offer and by those of its answer, and G.711 by both
/// laws where both were agreed.
#[test]
fn what_comes_by_our_own_numbers_is_taken() {
    use crate::codec::Encoder;
    let mut stage = Stage::new();
    let mut params = Stage::params(1, Codec::Pcma);
    params.telephone_event = Some(96);
    params.inbound.other_law = Some(0);
    stage.phone_with(1, 500.0, params);
    stage.phone(2, Codec::Pcma, 900.0).amplitude = 0.0;
    stage.conference();
    let (place, address) = (stage.phones[&1].place, stage.phones[&1].address);
    for number in [96, super::phone::EVENTS] {
        let key = stage.phones[&1].packet(number, &[number - 96, 0x8A, 2, 0]);
        let phone = stage.phones.get_mut(&1).unwrap();
        phone.sequence = phone.sequence.wrapping_add(1);
        phone.timestamp = phone.timestamp.wrapping_add(800);
        stage.inject(place, address, &key);
    }
    assert_eq!(stage.worker.event().iter().count(), 1);
    assert_eq!(stage.worker.event().iter().count(), 1);
    stage.phones.get_mut(&1).unwrap().quiet = true;
    let mut encoder = Encoder::new(Codec::Pcmu).unwrap();
    let tone = crate::signal::sine(500.0, 8_000.0, 8_000, 8_000);
    for frame in tone.chunks_exact(160) {
        let mut octets = [0; 160];
        encoder.encode(frame, &mut octets).unwrap();
        let packet = stage.phones[&1].packet(0, &octets);
        let phone = stage.phones.get_mut(&1).unwrap();
        phone.sequence = phone.sequence.wrapping_add(1);
        phone.timestamp = phone.timestamp.wrapping_add(160);
        stage.inject(place, address, &packet);
        stage.run(20);
    }
    let level = stage.phones[&2].hears(500.0, 300);
    assert!((-14.0..-10.0).contains(&level), "{level}");
    assert_eq!(closed(&mut stage, 1).refused, 0);
}

#[test]
fn who_was_sent_to_is_told_of_the_end() {
    use crate::rtcp::{Compound, Packet};
    let mut stage = Stage::new();
    stage.phone(1, Codec::Pcma, 500.0);
    stage.phone(2, Codec::Pcma, 500.0);
    stage.phones.get_mut(&2).unwrap().quiet = true;
    stage.run(100);
    stage.phone(3, Codec::Pcma, 500.0);
    for leg in [3, 1, 2] {
        closed(&mut stage, leg);
    }
    for leg in [1, 2] {
        let last = stage.phones[&leg].reports.last().unwrap();
        let kinds: Vec<_> = Compound::parse(last).unwrap().packets().collect();
        assert!(matches!(
            kinds[..],
            [
                Packet::SenderReport { .. },
                Packet::Description,
                Packet::Goodbye { .. }
            ]
        ));
    }
    assert!(stage.phones[&3].reports.is_empty());
}
