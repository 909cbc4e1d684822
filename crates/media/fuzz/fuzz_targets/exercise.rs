//! Does with bytes from the network what a leg does with them, and checks what must hold whatever
//! they are.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use media::control::Codec;
use media::dtmf::EventReceiver;
use media::rtcp::{self, Compound, MAX_REPORT_OCTETS, ReportSession, write_report};
use media::rtp::{HEADER_OCTETS, Header, Packet, Reception};
use media::sdp::{self, Capabilities, Direction, LocalMedia, Session};

/// An offer: what is written of it is read, and so is the answer to it, which fits.
pub fn sdp(bytes: &[u8]) {
    let Ok(offer) = Session::parse(bytes) else {
        return;
    };
    let again = Session::parse(&offer.to_bytes());
    assert_eq!(again.as_ref(), Ok(&offer), "what is written is read");
    let capabilities = Capabilities {
        codecs: &[Codec::Opus, Codec::G722, Codec::Pcma, Codec::Pcmu],
        telephone_event: true,
    };
    let local = LocalMedia {
        address: Ipv4Addr::new(192, 0, 2, 1).into(),
        port: 20_000,
        rtcp_port: 20_001,
        session_id: 1,
        version: 1,
        direction: Direction::SendRecv,
    };
    if let Ok((answer, _)) = sdp::answer(&offer, &local, capabilities) {
        let again = Session::parse(&answer.to_bytes());
        assert_eq!(again.as_ref(), Ok(&answer), "an answer is read as written");
        assert_eq!(answer.media.len(), offer.media.len());
        sdp::accept(&offer, &answer).expect("an answer fits its offer");
        let _ = sdp::offer_again(&answer, &local, capabilities);
    }
    let our_offer = sdp::offer(&local, capabilities);
    let _ = sdp::accept(&our_offer, &offer);
}

/// A packet: nothing is read that is not there, and what is written of it is read.
pub fn rtp(bytes: &[u8]) {
    let Ok(packet) = Packet::parse(bytes) else {
        return;
    };
    assert!(HEADER_OCTETS + packet.payload.len() <= bytes.len());
    let header = Header {
        marker: packet.marker,
        payload_type: packet.payload_type,
        sequence: packet.sequence,
        timestamp: packet.timestamp,
        ssrc: packet.ssrc,
    };
    let mut out = vec![0; bytes.len()];
    let octets = header.write(packet.payload, &mut out).expect("room for it");
    assert_eq!(Packet::parse(&out[..octets]), Ok(packet));
    let mut reception = Reception::new(8_000);
    let now = moment();
    for _ in 0..2 {
        reception.receive(now, packet.ssrc, packet.sequence, packet.timestamp);
    }
    assert!(reception.received() <= 2);
}

/// A compound: what its blocks say is said again in the same words.
pub fn rtcp(bytes: &[u8]) {
    let mut session = ReportSession::new(1, moment());
    let taken = session.receive(moment(), bytes);
    let Ok(compound) = Compound::parse(bytes) else {
        assert!(taken.is_err(), "taken though it cannot be read");
        return;
    };
    let mut count = 0;
    for packet in compound.packets() {
        count += 1;
        let (info, reports) = match packet {
            rtcp::Packet::SenderReport { info, reports, .. } => (Some(info), reports),
            rtcp::Packet::ReceiverReport { reports, .. } => (None, reports),
            _ => continue,
        };
        for block in reports.iter() {
            let mut out = [0; MAX_REPORT_OCTETS];
            let octets = write_report(&mut out, 1, "name", info, Some(block)).expect("room for it");
            let again = Compound::parse(&out[..octets]).expect("what is written is read");
            let (again_info, again) = match again.packets().next() {
                Some(rtcp::Packet::SenderReport { info, reports, .. }) => (Some(info), reports),
                Some(rtcp::Packet::ReceiverReport { reports, .. }) => (None, reports),
                other => panic!("no report: {other:?}"),
            };
            assert_eq!((again_info, again.iter().next()), (info, Some(block)));
        }
    }
    assert!(count <= bytes.len() / 4, "a packet takes four octets");
}

/// Event packets of eight octets: how long after the one before, in units of 4 ms, three octets of
/// its timestamp, and its payload. No more presses are told than anybody makes.
pub fn event(bytes: &[u8]) {
    let mut receiver = EventReceiver::new(8_000);
    let start = moment();
    let mut now = start;
    let mut pressed = 0;
    for packet in bytes.chunks(8) {
        let Some((&[after, a, b, c], payload)) = packet.split_first_chunk() else {
            break;
        };
        now += Duration::from_millis(u64::from(after) * 4);
        let told = receiver.receive(now, u32::from_be_bytes([a, b, c, 0]), payload);
        for digit in told.into_iter().chain([receiver.poll(now)]).flatten() {
            assert!(b"0123456789*#ABCD".contains(&digit), "{digit}");
            pressed += 1;
        }
    }
    let most = 8 + now.duration_since(start).as_millis() / 80;
    assert!(pressed <= most, "{pressed} presses, at most {most}");
}

#[allow(clippy::disallowed_methods, reason = "time begins somewhere")]
fn moment() -> Instant {
    Instant::now()
}
