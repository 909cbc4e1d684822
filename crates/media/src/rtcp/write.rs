//! Writing our compounds: a report, our name, and perhaps a farewell.

use super::{DESCRIPTION, GOODBYE, RECEIVER_REPORT, ReportBlock, SENDER_REPORT, SenderInfo};

/// Longest canonical name that we write, in octets.
pub const CNAME_OCTETS: usize = 32;

/// The item type of a canonical name (RFC 3550 §6.5.1).
const CNAME: u8 = 1;
/// Losses that fit into 24 bits with a sign.
const MOST_LOST: i32 = 0x7F_FFFF;

/// Writes a sender report (or, without `sent`, a receiver report) with at most one block, and
/// a source description. Says how many octets it took, or none when `out` is too short.
#[must_use]
pub fn write_report(
    out: &mut [u8],
    ssrc: u32,
    cname: &str,
    sent: Option<SenderInfo>,
    block: Option<ReportBlock>,
) -> Option<usize> {
    let mut writer = Writer { out, at: 0 };
    let start = writer.begin(
        if sent.is_some() {
            SENDER_REPORT
        } else {
            RECEIVER_REPORT
        },
        u8::from(block.is_some()),
    )?;
    writer.word(ssrc)?;
    if let Some(sent) = sent {
        writer.word((sent.ntp >> 32) as u32)?;
        writer.word(sent.ntp as u32)?;
        writer.word(sent.rtp_timestamp)?;
        writer.word(sent.packets)?;
        writer.word(sent.octets)?;
    }
    if let Some(block) = block {
        let lost = block.cumulative_lost.clamp(-MOST_LOST - 1, MOST_LOST);
        writer.word(block.ssrc)?;
        writer.word(u32::from(block.fraction_lost) << 24 | (lost.cast_unsigned() & 0xFF_FFFF))?;
        writer.word(block.highest)?;
        writer.word(block.jitter)?;
        writer.word(block.last_report)?;
        writer.word(block.delay)?;
    }
    writer.end(start)?;
    let start = writer.begin(DESCRIPTION, 1)?;
    writer.word(ssrc)?;
    let name = cname.as_bytes();
    let name = &name[..name.len().min(CNAME_OCTETS)];
    writer.octets(&[CNAME, name.len() as u8])?;
    writer.octets(name)?;
    // At least one zero ends the list, and the packet is a whole number of words.
    let ending = 4 - (writer.at - start) % 4;
    writer.octets(&[0; 4][..ending])?;
    writer.end(start)?;
    Some(writer.at)
}

/// Writes a BYE; it goes behind a report (RFC 3550 §6.1).
#[must_use]
pub fn write_bye(out: &mut [u8], ssrc: u32) -> Option<usize> {
    let mut writer = Writer { out, at: 0 };
    let start = writer.begin(GOODBYE, 1)?;
    writer.word(ssrc)?;
    writer.end(start)?;
    Some(writer.at)
}

struct Writer<'a> {
    out: &'a mut [u8],
    at: usize,
}

impl Writer<'_> {
    fn octets(&mut self, octets: &[u8]) -> Option<()> {
        self.out
            .get_mut(self.at..self.at + octets.len())?
            .copy_from_slice(octets);
        self.at += octets.len();
        Some(())
    }

    fn word(&mut self, word: u32) -> Option<()> {
        self.octets(&word.to_be_bytes())
    }

    /// A header whose length [`end`](Self::end) fills in.
    fn begin(&mut self, kind: u8, count: u8) -> Option<usize> {
        let start = self.at;
        self.octets(&[0x80 | count, kind, 0, 0])?;
        Some(start)
    }

    fn end(&mut self, start: usize) -> Option<()> {
        let words = ((self.at - start) / 4 - 1) as u16;
        self.out
            .get_mut(start + 2..start + 4)?
            .copy_from_slice(&words.to_be_bytes());
        Some(())
    }
}
