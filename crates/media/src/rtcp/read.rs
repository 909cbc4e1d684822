//! Reading compounds. The walk is bounded by the octets: each step consumes at least four.

use super::{DESCRIPTION, GOODBYE, RECEIVER_REPORT, SENDER_REPORT};

/// Octets of one report block (RFC 3550 §6.4.1).
const BLOCK_OCTETS: usize = 24;

/// Why octets are no RTCP compound (RFC 3550 Appendix A.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRtcp {
    /// A packet is shorter than it says.
    #[error("an RTCP packet is shorter than it says")]
    Truncated,
    /// Not version 2, or no RTCP packet type.
    #[error("not RTCP of version 2")]
    Version,
}

/// A datagram whose packets all fit into it.
#[derive(Debug, Clone, Copy)]
pub struct Compound<'a>(&'a [u8]);

/// What one packet of a compound says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packet<'a> {
    /// Someone who sends media.
    SenderReport {
        /// Who says it.
        ssrc: u32,
        /// What it sent.
        info: SenderInfo,
        /// What it received.
        reports: ReportBlocks<'a>,
    },
    /// Someone who only receives.
    ReceiverReport {
        /// Who says it.
        ssrc: u32,
        /// What it received.
        reports: ReportBlocks<'a>,
    },
    /// Names; we don't use them.
    Description,
    /// A source leaves.
    Goodbye {
        /// The first of those that leave, if any is named.
        ssrc: Option<u32>,
    },
    /// Another type: application-defined, feedback, extended reports.
    Other(u8),
}

/// The sender's part of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SenderInfo {
    /// When it was sent: seconds since 1900 and their fraction, or any steady clock.
    pub ntp: u64,
    /// The same moment in RTP timestamp units.
    pub rtp_timestamp: u32,
    /// Packets sent.
    pub packets: u32,
    /// Octets of payload sent.
    pub octets: u32,
}

/// What a receiver says of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReportBlock {
    /// The source.
    pub ssrc: u32,
    /// Lost of each 256 since the last report.
    pub fraction_lost: u8,
    /// Lost since the beginning, 24 bits with a sign.
    pub cumulative_lost: i32,
    /// Extended highest sequence number.
    pub highest: u32,
    /// Interarrival jitter in timestamp units.
    pub jitter: u32,
    /// Middle 32 bits of the last sender report's time, 0 for none.
    pub last_report: u32,
    /// Time since then in units of 1/65536 s.
    pub delay: u32,
}

/// The blocks of one report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportBlocks<'a>(&'a [u8]);

impl<'a> Compound<'a> {
    /// Checks that all packets fit.
    ///
    /// # Errors
    /// [`NotRtcp`]: the datagram is then to be counted and dropped.
    pub fn parse(octets: &'a [u8]) -> Result<Self, NotRtcp> {
        let mut rest = octets;
        if rest.is_empty() {
            return Err(NotRtcp::Truncated);
        }
        while !rest.is_empty() {
            rest = split(rest)?.1;
        }
        Ok(Self(octets))
    }

    /// Its packets; those too short for what they claim to be are left out.
    pub fn packets(&self) -> impl Iterator<Item = Packet<'a>> + use<'a> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (octets, after) = split(rest).ok()?;
            rest = after;
            Some(packet(octets))
        })
        .flatten()
    }
}

/// The first packet, without its padding, and what comes after it.
fn split(octets: &[u8]) -> Result<(&[u8], &[u8]), NotRtcp> {
    let [first, kind, high, low, ..] = octets else {
        return Err(NotRtcp::Truncated);
    };
    if first >> 6 != 2 || !(192..=223).contains(kind) {
        return Err(NotRtcp::Version);
    }
    let length = (usize::from(u16::from_be_bytes([*high, *low])) + 1) * 4;
    let (whole, rest) = octets.split_at_checked(length).ok_or(NotRtcp::Truncated)?;
    if first & 0x20 == 0 {
        return Ok((whole, rest));
    }
    let padding = usize::from(whole[length - 1]);
    if padding == 0 || padding > length - 4 {
        return Err(NotRtcp::Truncated);
    }
    Ok((&whole[..length - padding], rest))
}

fn packet(octets: &[u8]) -> Option<Packet<'_>> {
    let (head, body) = octets.split_at_checked(4)?;
    let count = usize::from(head[0] & 0x1F);
    Some(match head[1] {
        SENDER_REPORT => {
            let (own, blocks) = body.split_at_checked(24)?;
            Packet::SenderReport {
                ssrc: word(own, 0)?,
                info: SenderInfo {
                    ntp: u64::from(word(own, 4)?) << 32 | u64::from(word(own, 8)?),
                    rtp_timestamp: word(own, 12)?,
                    packets: word(own, 16)?,
                    octets: word(own, 20)?,
                },
                reports: ReportBlocks(blocks.get(..count * BLOCK_OCTETS)?),
            }
        }
        RECEIVER_REPORT => {
            let (own, blocks) = body.split_at_checked(4)?;
            Packet::ReceiverReport {
                ssrc: word(own, 0)?,
                reports: ReportBlocks(blocks.get(..count * BLOCK_OCTETS)?),
            }
        }
        DESCRIPTION => Packet::Description,
        GOODBYE => Packet::Goodbye {
            ssrc: (count > 0).then(|| word(body, 0)).flatten(),
        },
        other => Packet::Other(other),
    })
}

fn word(octets: &[u8], at: usize) -> Option<u32> {
    let four = octets.get(at..at + 4)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

impl<'a> ReportBlocks<'a> {
    /// Each block.
    pub fn iter(&self) -> impl Iterator<Item = ReportBlock> + use<'a> {
        self.0
            .as_chunks::<BLOCK_OCTETS>()
            .0
            .iter()
            .filter_map(|block| {
                let lost = word(block, 4)?;
                Some(ReportBlock {
                    ssrc: word(block, 0)?,
                    fraction_lost: block[4],
                    // Shifted up and down again: the sign is in bit 23.
                    cumulative_lost: (lost << 8).cast_signed() >> 8,
                    highest: word(block, 8)?,
                    jitter: word(block, 12)?,
                    last_report: word(block, 16)?,
                    delay: word(block, 20)?,
                })
            })
    }
}
