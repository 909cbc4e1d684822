//! RTCP (RFC 3550 §6): reading hostile compounds, writing our reports.

/// RTCP where both come on one port: packet types 192 to 223, which as RTP would be a marker
/// with payload types 64 to 95 (RFC 5761 §4).
#[must_use]
pub fn is_rtcp(octets: &[u8]) -> bool {
    matches!(octets, [first, 192..=223, ..] if first >> 6 == 2)
}
