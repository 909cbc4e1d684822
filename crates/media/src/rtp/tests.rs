use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::signal::moment;

const PLAIN: [u8; 14] = [0x80, 0x88, 0x12, 0x34, 0, 0, 0, 160, 1, 2, 3, 4, 0xD5, 0x55];

#[test]
fn a_plain_packet() {
    let packet = Packet::parse(&PLAIN).unwrap();
    assert_eq!(
        packet,
        Packet {
            marker: true,
            payload_type: 8,
            sequence: 0x1234,
            timestamp: 160,
            ssrc: 0x0102_0304,
            payload: &[0xD5, 0x55],
        }
    );
}

#[test]
fn sources_extension_and_padding_are_taken_off() {
    let octets = [
        0xB2, 0x00, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, // two contributing sources
        9, 9, 9, 9, 8, 8, 8, 8, // extension of one word
        0xBE, 0xDE, 0, 1, 0x10, 0x85, 0, 0, // payload and padding
        42, 43, 0, 0, 3,
    ];
    let packet = Packet::parse(&octets).unwrap();
    assert_eq!(packet.payload, &[42, 43]);
}

#[test]
fn what_is_no_rtp() {
    let check = |octets: &[u8], why| assert_eq!(Packet::parse(octets), Err(why), "{octets:x?}");
    check(&[], NotRtp::Truncated);
    check(&PLAIN[..11], NotRtp::Truncated);
    check(&[0x40; 20], NotRtp::Version);
    let mut octets = PLAIN;
    octets[0] = 0x81;
    check(&octets, NotRtp::Truncated);
    octets[0] = 0x90;
    check(&octets, NotRtp::Truncated);
    octets[0] = 0xA0;
    check(&octets, NotRtp::Padding);
    octets[13] = 0;
    check(&octets, NotRtp::Padding);
    check(
        &PLAIN[..12]
            .iter()
            .copied()
            .chain([1])
            .enumerate()
            .map(|(i, o)| if i == 0 { 0xA0 } else { o })
            .collect::<Vec<_>>()[..12],
        NotRtp::Padding,
    );
    octets[0] = 0x80;
    octets[1] = 200;
    check(&octets, NotRtp::Rtcp);
}

#[test]
fn order_wraps() {
    assert_eq!(sequence_distance(3, 65_534), 5);
    assert_eq!(sequence_distance(65_534, 3), -5);
    assert_eq!(timestamp_distance(100, u32::MAX - 59), 160);
}

fn run(reception: &mut Reception, sequences: impl IntoIterator<Item = u16>) -> Vec<Verdict> {
    let start = moment();
    sequences
        .into_iter()
        .enumerate()
        .map(|(index, sequence)| {
            let now = start + Duration::from_millis(20 * index as u64);
            reception.receive(now, 7, sequence, 160 * index as u32)
        })
        .collect()
}

#[test]
fn losses_across_the_wrap() {
    let mut reception = Reception::new(8_000);
    run(&mut reception, [65_533, 65_534, 0, 1, 4]);
    assert_eq!(reception.extended_highest(), 65_536 + 4);
    assert_eq!((reception.received(), reception.lost()), (5, 3));
    assert_eq!(reception.take_fraction_lost(), (3 * 256 / 8) as u8);
    assert_eq!(reception.take_fraction_lost(), 0);
}

#[test]
fn copies_and_stragglers_are_late() {
    let mut reception = Reception::new(8_000);
    let verdicts = run(&mut reception, [10, 12, 11, 12]);
    use Verdict::{InOrder, Late};
    assert_eq!(verdicts, [InOrder, InOrder, Late, Late]);
    assert_eq!(reception.lost(), 0);
}

#[test]
fn a_restart_needs_two_packets_a_stray_one_does_nothing() {
    let mut reception = Reception::new(8_000);
    use Verdict::{InOrder, Probation, Restarted};
    let verdicts = run(&mut reception, [10, 11, 40_000, 12, 30_000, 30_001, 30_002]);
    assert_eq!(
        verdicts,
        [
            InOrder, InOrder, Probation, InOrder, Probation, Restarted, InOrder
        ]
    );
    assert_eq!(reception.lost(), 0);
}

#[test]
fn another_source_keeps_the_totals() {
    let mut reception = Reception::new(8_000);
    let now = moment();
    reception.receive(now, 1, 5, 0);
    reception.receive(now, 1, 9, 640);
    assert_eq!(reception.lost(), 3);
    assert_eq!(reception.receive(now, 2, 50_000, 0), Verdict::Restarted);
    assert_eq!((reception.received(), reception.lost()), (3, 3));
}

#[test]
fn jitter_follows_the_spread() {
    let mut reception = Reception::new(8_000);
    let start = moment();
    for index in 0..400_u32 {
        let late = if index % 2 == 0 { 0 } else { 10 };
        let now = start + Duration::from_millis(u64::from(20 * index + late));
        reception.receive(now, 7, index as u16, 160 * index);
    }
    let jitter = reception.jitter_ms();
    assert!((9.0..10.5).contains(&jitter), "{jitter}");
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        marker: bool, payload_type in (0_u8..64).prop_union(96..128), sequence: u16, timestamp: u32,
        ssrc: u32, payload in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let header = Header { marker, payload_type, sequence, timestamp, ssrc };
        let mut out = [0; 120];
        let octets = header.write(&payload, &mut out).unwrap();
        let packet = Packet::parse(&out[..octets]).unwrap();
        prop_assert_eq!(packet, Packet {
            marker, payload_type, sequence, timestamp, ssrc, payload: &payload,
        });
        prop_assert!(header.write(&payload, &mut out[..octets - 1]).is_none());
    }

    #[test]
    fn counting_never_panics(packets in prop::collection::vec(
        (any::<u16>(), any::<u32>(), 0_u32..3, 0_u64..100), 0..200)) {
        let mut reception = Reception::new(8_000);
        let mut now = moment();
        for (sequence, timestamp, ssrc, later) in packets {
            now += Duration::from_millis(later);
            reception.receive(now, ssrc, sequence, timestamp);
            let _ = (reception.lost(), reception.jitter_ms(), reception.take_fraction_lost());
        }
    }
}

/// A key is pressed in the middle: its packets all say the time of its beginning.
#[test]
fn telephone_events_are_counted_but_are_no_jitter() {
    let mut reception = Reception::new(8_000);
    let mut now = moment();
    for number in 0..100_u16 {
        match number {
            40..50 => reception.count(7, number),
            _ => reception.receive(now, 7, number, u32::from(number) * 160),
        };
        now += Duration::from_millis(20);
    }
    assert_eq!((reception.received(), reception.lost()), (100, 0));
    assert_eq!(reception.jitter(), 0);
}
