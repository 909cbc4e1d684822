//! RTCP (RFC 3550 §6): reading hostile compounds, writing our reports, and the round trip that
//! the two together tell.

mod read;
mod session;
mod write;

pub use self::read::{Compound, NotRtcp, Packet, ReportBlock, ReportBlocks, SenderInfo};
pub use self::session::{ReportSession, Sent};
pub use self::write::{CNAME_OCTETS, write_bye, write_report};

/// Room that a report of ours needs at most, with a BYE behind it.
pub const MAX_REPORT_OCTETS: usize = 160;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;

/// RTCP where both come on one port: packet types 192 to 223, which as RTP would be a marker
/// with payload types 64 to 95 (RFC 5761 §4).
#[must_use]
pub fn is_rtcp(octets: &[u8]) -> bool {
    matches!(octets, [first, 192..=223, ..] if first >> 6 == 2)
}

#[cfg(test)]
mod tests;
