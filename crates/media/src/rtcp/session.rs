//! One leg's exchange of reports.

use std::time::Instant;

use super::{Compound, NotRtcp, Packet, ReportBlock, SenderInfo, write_bye, write_report};
use crate::rtp::Reception;

/// A round trip longer than this is a lie or a mistake.
const LONGEST_ROUND_TRIP: u32 = 10 << 16;

/// What we sent until now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sent {
    /// RTP packets.
    pub packets: u64,
    /// Octets of their payloads.
    pub octets: u64,
    /// RTP timestamp of the moment of the report.
    pub rtp_timestamp: u32,
}

/// Reads the peer's reports and writes ours. Its clock is the time since `epoch`, which
/// RFC 3550 §4 allows in place of the time of day.
#[derive(Debug, Clone)]
pub struct ReportSession {
    ssrc: u32,
    epoch: Instant,
    /// Middle of the peer's last sender report's time, and when it came.
    heard: Option<(u32, Instant)>,
    round_trip: Option<u32>,
    remote: Option<ReportBlock>,
    left: bool,
}

impl ReportSession {
    /// For the source that we send as.
    #[must_use]
    pub fn new(ssrc: u32, epoch: Instant) -> Self {
        Self {
            ssrc,
            epoch,
            heard: None,
            round_trip: None,
            remote: None,
            left: false,
        }
    }

    /// The source that we send as.
    #[must_use]
    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Round trip to the peer in milliseconds, from its last report on us.
    #[must_use]
    pub fn round_trip_ms(&self) -> Option<f32> {
        self.round_trip
            .map(|units| units as f32 * 1_000.0 / 65_536.0)
    }

    /// What the peer last said of the media that we send.
    #[must_use]
    pub fn remote(&self) -> Option<ReportBlock> {
        self.remote
    }

    /// The peer said good-bye.
    #[must_use]
    pub fn left(&self) -> bool {
        self.left
    }

    /// 32.32 fixed-point seconds since the epoch.
    fn ntp(&self, now: Instant) -> u64 {
        let elapsed = now.saturating_duration_since(self.epoch);
        (elapsed.as_secs() << 32) | ((u64::from(elapsed.subsec_nanos()) << 32) / 1_000_000_000)
    }

    /// Takes a datagram.
    ///
    /// # Errors
    /// [`NotRtcp`]: it is then to be counted and dropped.
    pub fn receive(&mut self, now: Instant, octets: &[u8]) -> Result<(), NotRtcp> {
        for packet in Compound::parse(octets)?.packets() {
            match packet {
                Packet::SenderReport { info, reports, .. } => {
                    self.heard = Some(((info.ntp >> 16) as u32, now));
                    self.left = false;
                    reports.iter().for_each(|block| self.note(now, block));
                }
                Packet::ReceiverReport { reports, .. } => {
                    reports.iter().for_each(|block| self.note(now, block));
                }
                Packet::Goodbye { .. } => self.left = true,
                Packet::Description | Packet::Other(_) => {}
            }
        }
        Ok(())
    }

    /// RFC 3550 §6.4.1: the round trip is now − when we sent − how long the peer kept it.
    fn note(&mut self, now: Instant, block: ReportBlock) {
        if block.ssrc != self.ssrc {
            return;
        }
        self.remote = Some(block);
        if block.last_report == 0 {
            return;
        }
        let middle = (self.ntp(now) >> 16) as u32;
        let units = middle
            .wrapping_sub(block.last_report)
            .wrapping_sub(block.delay);
        // The peer's clock may be a little fast, which makes the difference negative.
        if units <= LONGEST_ROUND_TRIP {
            self.round_trip = Some(units);
        } else if units.wrapping_neg() < 1 << 10 {
            self.round_trip = Some(0);
        }
    }

    /// Writes our report on what we sent and on `reception`; says how many octets it took.
    /// `out` of [`MAX_REPORT_OCTETS`](super::MAX_REPORT_OCTETS) is always long enough.
    pub fn write(
        &self,
        now: Instant,
        cname: &str,
        sent: Option<Sent>,
        reception: &mut Reception,
        out: &mut [u8],
    ) -> Option<usize> {
        let info = sent.map(|sent| SenderInfo {
            ntp: self.ntp(now),
            rtp_timestamp: sent.rtp_timestamp,
            packets: sent.packets as u32,
            octets: sent.octets as u32,
        });
        let block = reception.ssrc().map(|ssrc| {
            let (last_report, delay) = self.heard.map_or((0, 0), |(middle, at)| {
                let since = now.saturating_duration_since(at).as_micros();
                (middle, (since * 65_536 / 1_000_000) as u32)
            });
            ReportBlock {
                ssrc,
                fraction_lost: reception.take_fraction_lost(),
                cumulative_lost: i32::try_from(reception.lost()).unwrap_or(i32::MAX),
                highest: reception.extended_highest(),
                jitter: reception.jitter(),
                last_report,
                delay,
            }
        });
        write_report(out, self.ssrc, cname, info, block)
    }

    /// Writes the last report, with a BYE.
    pub fn write_farewell(
        &self,
        now: Instant,
        cname: &str,
        sent: Option<Sent>,
        reception: &mut Reception,
        out: &mut [u8],
    ) -> Option<usize> {
        let report = self.write(now, cname, sent, reception, out)?;
        let bye = write_bye(out.get_mut(report..)?, self.ssrc)?;
        Some(report + bye)
    }
}
