use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::rtp::Reception;
use crate::signal::moment;

fn block() -> ReportBlock {
    ReportBlock {
        ssrc: 7,
        fraction_lost: 12,
        cumulative_lost: -3,
        highest: 0x0001_0005,
        jitter: 44,
        last_report: 0xAABB_CCDD,
        delay: 65_536,
    }
}

fn info() -> SenderInfo {
    SenderInfo {
        ntp: 0x0102_0304_0506_0708,
        rtp_timestamp: 99,
        packets: 5,
        octets: 800,
    }
}

#[test]
fn a_report_is_read_back() {
    let mut out = [0; MAX_REPORT_OCTETS];
    for name in ["", "a", "ab", "abc", "convoke", &"x".repeat(40)] {
        let octets = write_report(&mut out, 1, name, Some(info()), Some(block())).unwrap();
        assert!(octets.is_multiple_of(4) && is_rtcp(&out));
        let bye = write_bye(&mut out[octets..], 1).unwrap();
        let compound = Compound::parse(&out[..octets + bye]).unwrap();
        let packets: Vec<Packet<'_>> = compound.packets().collect();
        let [
            Packet::SenderReport {
                ssrc: 1,
                info: read,
                reports,
            },
            Packet::Description,
            Packet::Goodbye { ssrc: Some(1) },
        ] = packets[..]
        else {
            panic!("{packets:?}");
        };
        assert_eq!(read, info());
        assert_eq!(reports.iter().collect::<Vec<_>>(), [block()]);
    }
}

#[test]
fn a_receiver_report_without_blocks() {
    let mut out = [0; MAX_REPORT_OCTETS];
    let octets = write_report(&mut out, 5, "me", None, None).unwrap();
    let compound = Compound::parse(&out[..octets]).unwrap();
    assert!(matches!(
        compound.packets().next(),
        Some(Packet::ReceiverReport { ssrc: 5, reports }) if reports.iter().count() == 0
    ));
    for short in 0..octets {
        assert_eq!(write_report(&mut out[..short], 5, "me", None, None), None);
    }
}

#[test]
fn what_is_no_rtcp() {
    let check = |octets: &[u8], why| assert_eq!(Compound::parse(octets).unwrap_err(), why);
    check(&[], NotRtcp::Truncated);
    check(&[0x80, 200, 0], NotRtcp::Truncated);
    check(&[0x80, 200, 0, 1], NotRtcp::Truncated);
    check(&[0x40, 200, 0, 0], NotRtcp::Version);
    check(&[0x80, 100, 0, 0], NotRtcp::Version);
    check(&[0xA0, 203, 0, 0], NotRtcp::Truncated);
    // Five blocks are promised, none is there.
    let lying = [0x85, 201, 0, 1, 0, 0, 0, 1];
    assert_eq!(Compound::parse(&lying).unwrap().packets().count(), 0);
}

#[test]
fn rtp_and_rtcp_on_one_port() {
    for (octets, rtcp) in [
        ([0x80, 200], true),
        ([0x81, 203], true),
        ([0x80, 0], false),
        ([0x80, 0x80 | 111], false),
        ([0x80, 0x80 | 127], false),
        ([0x40, 200], false),
    ] {
        assert_eq!(is_rtcp(&octets), rtcp, "{octets:x?}");
    }
    assert!(!is_rtcp(&[0x80]));
}

/// Two ends exchange reports over a path of 30 ms each way; the second keeps them for a while.
#[test]
fn the_round_trip_is_measured() {
    let start = moment();
    let at = |ms| start + Duration::from_millis(ms);
    let mut ours = ReportSession::new(1, start);
    let mut theirs = ReportSession::new(2, start - Duration::from_secs(5_000));
    let mut out = [0; MAX_REPORT_OCTETS];
    let (mut from_them, mut from_us) = (Reception::new(8_000), Reception::new(8_000));
    from_us.receive(at(0), 1, 10, 0);
    from_them.receive(at(0), 2, 10, 0);

    let sent = Some(Sent {
        packets: 1,
        octets: 160,
        rtp_timestamp: 0,
    });
    let octets = ours
        .write(at(100), "us", sent, &mut from_them, &mut out)
        .unwrap();
    theirs.receive(at(130), &out[..octets]).unwrap();
    assert_eq!(theirs.round_trip_ms(), None);
    let octets = theirs
        .write(at(700), "them", sent, &mut from_us, &mut out)
        .unwrap();
    ours.receive(at(730), &out[..octets]).unwrap();
    let round_trip = ours.round_trip_ms().unwrap();
    assert!((59.0..61.0).contains(&round_trip), "{round_trip}");
    assert_eq!(ours.remote().unwrap().highest, 10);

    let octets = theirs
        .write_farewell(at(900), "them", None, &mut from_us, &mut out)
        .unwrap();
    ours.receive(at(930), &out[..octets]).unwrap();
    assert!(ours.left());
}

#[test]
fn a_lying_report_is_no_round_trip() {
    let start = moment();
    let mut session = ReportSession::new(7, start);
    let mut out = [0; MAX_REPORT_OCTETS];
    let octets = write_report(&mut out, 9, "x", None, Some(block())).unwrap();
    session
        .receive(start + Duration::from_secs(60), &out[..octets])
        .unwrap();
    assert_eq!(session.round_trip_ms(), None);
    let other = ReportBlock { ssrc: 8, ..block() };
    let octets = write_report(&mut out, 9, "x", None, Some(other)).unwrap();
    let mut fresh = ReportSession::new(7, start);
    fresh.receive(start, &out[..octets]).unwrap();
    assert_eq!(fresh.remote(), None);
}

proptest! {
    #[test]
    fn blocks_survive(
        ssrc: u32, fraction_lost: u8, cumulative_lost in -0x80_0000..0x80_0000, highest: u32,
        jitter: u32, last_report: u32, delay: u32,
    ) {
        let block = ReportBlock {
            ssrc, fraction_lost, cumulative_lost, highest, jitter, last_report, delay,
        };
        let mut out = [0; MAX_REPORT_OCTETS];
        let octets = write_report(&mut out, 1, "n", None, Some(block)).unwrap();
        let compound = Compound::parse(&out[..octets]).unwrap();
        let Some(Packet::ReceiverReport { reports, .. }) = compound.packets().next() else {
            panic!("no report");
        };
        prop_assert_eq!(reports.iter().next(), Some(block));
    }
}
