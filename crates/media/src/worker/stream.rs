//! The RTP that a leg sends: one source whose sequence numbers and timestamps never jump
//! back, whoever makes its payloads: the mix, a private encoding, a prompt or a relayed peer.

use crate::rtp::{Header, sequence_distance, timestamp_distance};

/// A jump of a relayed source larger than this begins a new mapping.
const MAX_GAP: i16 = 1_000;

/// Unpredictable starting values of a source (RFC 3550 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed {
    /// Synchronisation source.
    pub ssrc: u32,
    /// First sequence number.
    pub sequence: u16,
    /// First timestamp.
    pub timestamp: u32,
}

/// How numbers of a relayed source become ours.
#[derive(Debug, Clone, Copy)]
struct Mapping {
    ssrc: u32,
    sequence_shift: u16,
    timestamp_shift: u32,
    /// The newest relayed sequence number, theirs.
    newest: u16,
    /// Our sequence number at which the mapping began: nothing older is sent by it. It follows
    /// the newest at a distance, for numbers are compared modulo 2^16.
    floor: u16,
}

/// The numbers of what a leg sends.
#[derive(Debug, Clone)]
pub struct Stream {
    ssrc: u32,
    sequence: u16,
    /// Added to media time to make a timestamp.
    offset: u32,
    /// The least timestamp that the next packet may have.
    least: u32,
    mapping: Option<Mapping>,
    packets: u64,
    octets: u64,
    marker: bool,
}

impl Stream {
    /// A source that has sent nothing.
    #[must_use]
    pub fn new(seed: Seed) -> Self {
        Self {
            ssrc: seed.ssrc,
            sequence: seed.sequence,
            offset: seed.timestamp,
            least: seed.timestamp,
            mapping: None,
            packets: 0,
            octets: 0,
            marker: true,
        }
    }

    /// Packets sent so far.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Octets of payload sent so far.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.octets
    }

    /// The timestamp that media time `units` has in this source.
    #[must_use]
    pub fn timestamp_at(&self, units: u32) -> u32 {
        self.offset.wrapping_add(units)
    }

    /// The timestamp of an event that begins at media time `units`: not before what was sent.
    #[must_use]
    pub fn event_start(&self, units: u32) -> u32 {
        let planned = self.timestamp_at(units);
        if timestamp_distance(planned, self.least) >= 0 {
            planned
        } else {
            self.least
        }
    }

    /// The next packet begins a talk spurt, or follows a gap.
    pub fn mark(&mut self) {
        self.marker = true;
    }

    /// The codec changed at media time `units` of the new clock: timestamps go on from where
    /// they are.
    pub fn reclock(&mut self, units: u32) {
        self.offset = self.least.wrapping_sub(units);
        self.mapping = None;
        self.marker = true;
    }

    /// Numbers for a packet made here that begins at media time `start` and lasts `length`,
    /// both in units of the RTP clock.
    pub fn stamp(&mut self, start: u32, length: u32, payload_type: u8, octets: usize) -> Header {
        self.mapping = None;
        let mut timestamp = self.timestamp_at(start);
        let behind = timestamp_distance(self.least, timestamp);
        if behind > 0 {
            // Something before it lasted longer than planned: all that follows is later.
            self.offset = self.offset.wrapping_add(behind.cast_unsigned());
            timestamp = self.least;
        }
        self.least = timestamp.wrapping_add(length);
        let marker = std::mem::take(&mut self.marker);
        self.count(octets);
        Header {
            marker,
            payload_type,
            sequence: self.take_sequence(),
            timestamp,
            ssrc: self.ssrc,
        }
    }

    /// Numbers for a packet of a telephone event, whose timestamp stays that of its beginning
    /// (RFC 4733 §2.2.2); audio continues after `until`.
    pub fn stamp_event(
        &mut self,
        timestamp: u32,
        until: u32,
        marker: bool,
        payload_type: u8,
        octets: usize,
    ) -> Header {
        self.mapping = None;
        if timestamp_distance(until, self.least) > 0 {
            self.least = until;
        }
        self.count(octets);
        Header {
            marker,
            payload_type,
            sequence: self.take_sequence(),
            timestamp,
            ssrc: self.ssrc,
        }
    }

    /// Numbers for a relayed packet, so that what was lost or reordered before us is so after
    /// us; none for a packet older than the beginning of the relaying. `units` is media time.
    pub fn relay(
        &mut self,
        from: &crate::rtp::Packet<'_>,
        payload_type: u8,
        units: u32,
    ) -> Option<Header> {
        let known = self.mapping.filter(|mapping| {
            let distance = sequence_distance(from.sequence, mapping.newest);
            mapping.ssrc == from.ssrc && (-MAX_GAP..=MAX_GAP).contains(&distance)
        });
        let mut mapping = known.unwrap_or_else(|| self.begin_mapping(from, units));
        let sequence = from.sequence.wrapping_add(mapping.sequence_shift);
        if sequence_distance(sequence, mapping.floor) < 0 {
            return None;
        }
        if sequence_distance(from.sequence, mapping.newest) > 0 {
            mapping.newest = from.sequence;
            if sequence_distance(sequence, mapping.floor) > MAX_GAP {
                mapping.floor = sequence.wrapping_sub(MAX_GAP.cast_unsigned());
            }
        }
        self.mapping = Some(mapping);
        if sequence_distance(sequence, self.sequence) >= 0 {
            self.sequence = sequence.wrapping_add(1);
        }
        let timestamp = from.timestamp.wrapping_add(mapping.timestamp_shift);
        if timestamp_distance(timestamp, self.least) >= 0 {
            self.least = timestamp.wrapping_add(1);
        }
        self.count(from.payload.len());
        Some(Header {
            marker: from.marker || known.is_none(),
            payload_type,
            sequence,
            timestamp,
            ssrc: self.ssrc,
        })
    }

    /// Packets of the relayed source are left out for a while: when they are passed on again,
    /// those count as never sent rather than as lost.
    pub fn pause_relay(&mut self) {
        self.mapping = None;
    }

    fn begin_mapping(&self, from: &crate::rtp::Packet<'_>, units: u32) -> Mapping {
        let begin = self.event_start(units);
        Mapping {
            ssrc: from.ssrc,
            sequence_shift: self.sequence.wrapping_sub(from.sequence),
            timestamp_shift: begin.wrapping_sub(from.timestamp),
            newest: from.sequence,
            floor: self.sequence,
        }
    }

    fn take_sequence(&mut self) -> u16 {
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        sequence
    }

    fn count(&mut self, octets: usize) {
        self.packets += 1;
        self.octets += octets as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rtp::Packet;

    fn stream() -> Stream {
        Stream::new(Seed {
            ssrc: 7,
            sequence: 65_535,
            timestamp: 1_000,
        })
    }

    fn theirs(sequence: u16, timestamp: u32) -> Packet<'static> {
        Packet {
            marker: false,
            payload_type: 0,
            sequence,
            timestamp,
            ssrc: 99,
            payload: b"x",
        }
    }

    #[test]
    fn own_packets_follow_media_time() {
        let mut stream = stream();
        let one = stream.stamp(0, 160, 8, 160);
        let two = stream.stamp(160, 160, 8, 160);
        assert_eq!(
            (one.sequence, one.timestamp, one.marker),
            (65_535, 1_000, true)
        );
        assert_eq!((two.sequence, two.timestamp, two.marker), (0, 1_160, false));
        assert_eq!((stream.packets(), stream.octets()), (2, 320));
    }

    #[test]
    fn a_relayed_source_keeps_its_gaps_and_order() {
        let mut stream = stream();
        stream.stamp(0, 160, 8, 160);
        let numbers: Vec<_> = [(500, 8_000), (501, 8_160), (504, 8_640), (503, 8_480)]
            .map(|(sequence, timestamp)| {
                let header = stream.relay(&theirs(sequence, timestamp), 0, 160).unwrap();
                (header.sequence, header.timestamp, header.marker)
            })
            .to_vec();
        assert_eq!(
            numbers,
            [
                (0, 1_160, true),
                (1, 1_320, false),
                (4, 1_800, false),
                (3, 1_640, false)
            ]
        );
        // Back to our own: after the newest relayed one, not before.
        let own = stream.stamp(640, 160, 8, 160);
        assert_eq!(own.sequence, 5);
        assert!(timestamp_distance(own.timestamp, 1_800) > 0);
    }

    #[test]
    fn a_jump_or_another_source_continues_ours() {
        let mut stream = stream();
        stream.relay(&theirs(10, 0), 0, 0);
        let jump = stream.relay(&theirs(30_000, 5), 0, 160).unwrap();
        assert_eq!((jump.sequence, jump.timestamp), (0, 1_160));
        assert_eq!(stream.relay(&theirs(29_999, 0), 0, 160), None);
    }

    /// An hour of a call: sequence numbers go round three times.
    #[test]
    fn a_relayed_source_is_passed_on_however_long_it_lasts() {
        let mut stream = stream();
        let mut expected = 65_535_u16;
        for number in 0..200_000_u32 {
            let packet = theirs(number as u16, number.wrapping_mul(160));
            let header = stream.relay(&packet, 0, number.wrapping_mul(160));
            assert_eq!(
                header.map(|header| header.sequence),
                Some(expected),
                "packet {number}"
            );
            expected = expected.wrapping_add(1);
        }
    }

    #[test]
    fn what_was_held_back_is_no_loss() {
        let mut stream = stream();
        stream.relay(&theirs(10, 0), 0, 0);
        stream.pause_relay();
        let header = stream.relay(&theirs(500, 78_400), 0, 78_400).unwrap();
        assert_eq!((header.sequence, header.timestamp), (0, 79_400));
        assert!(header.marker);
    }

    #[test]
    fn timestamps_never_go_back() {
        let mut stream = stream();
        stream.stamp(320, 160, 8, 160);
        let early = stream.stamp(160, 160, 8, 160);
        assert_eq!(early.timestamp, 1_480);
        assert_eq!(stream.stamp(320, 160, 8, 160).timestamp, 1_640);
    }
}
