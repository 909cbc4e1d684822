//! RTCP of a leg: our reports, and what those of the peer tell.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use super::{
    leg::{Leg, TICKS_PER_SECOND},
    outlet::Outlet,
    turn::media_time,
};
use crate::{
    mixer::Place,
    rtcp::{MAX_REPORT_OCTETS, ReportSession, Sent},
    rtp::Reception,
};

/// The reports of one leg.
#[derive(Debug)]
pub struct Reports {
    session: ReportSession,
    name: String,
    /// Expected and received at the last report.
    before: (u64, u64),
    loss_percent: f32,
    /// Ticks until the next report.
    left: u64,
    /// The peer had one.
    told: bool,
}

/// Ticks between two reports: five seconds.
const INTERVAL: u64 = 5 * TICKS_PER_SECOND;

impl Reports {
    /// For a source that begins now.
    pub fn new(ssrc: u32, opened: Instant) -> Self {
        Self {
            // Before its opening, so that a report at once has a time that is not zero.
            session: ReportSession::new(
                ssrc,
                opened
                    .checked_sub(Duration::from_secs(60))
                    .unwrap_or(opened),
            ),
            // RFC 7022 §4.2: a name for this session only, which tells nobody who we are.
            name: format!("{ssrc:08x}"),
            before: (0, 0),
            loss_percent: 0.0,
            // The first after half the interval (RFC 3550 §6.2), spread, so that legs opened
            // together don't report in one tick.
            left: INTERVAL / 2 + u64::from(ssrc) % (INTERVAL / 2),
            told: false,
        }
    }

    /// Moves on by a tick; says whether a report is due.
    pub fn tick(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        let due = self.left == 0;
        if due {
            self.left = INTERVAL;
        }
        due
    }

    /// Lost in the last interval.
    pub fn loss_percent(&self) -> f32 {
        self.loss_percent
    }

    /// To the peer and back.
    pub fn round_trip_ms(&self) -> Option<f32> {
        self.session.round_trip_ms()
    }

    fn note_losses(&mut self, received: u64, lost: u64) {
        let expected = (received + lost).saturating_sub(self.before.0);
        let came = received.saturating_sub(self.before.1);
        self.before = (received + lost, received);
        self.loss_percent = if expected == 0 {
            0.0
        } else {
            expected.saturating_sub(came) as f32 * 100.0 / expected as f32
        };
    }
}

impl Leg {
    /// Takes a report of the peer.
    pub(super) fn receive_report(&mut self, now: Instant, source: SocketAddr, octets: &[u8]) {
        let good = self.session.as_mut().is_some_and(|session| {
            session.rtcp.admits(source) && self.reports.session.receive(now, octets).is_ok() && {
                session.rtcp.lock(source);
                true
            }
        });
        if good {
            self.lifeless_ticks = 0;
            self.arrivals.report();
        } else {
            self.refused += 1;
        }
    }

    /// Sends our report.
    pub(super) fn send_report(
        &mut self,
        place: Place,
        tick: u64,
        now: Instant,
        outlet: &mut impl Outlet,
    ) {
        self.reports.note_losses(
            self.earlier.0 + self.reception.received(),
            self.earlier.1 + self.reception.lost(),
        );
        self.report(
            place,
            tick,
            outlet,
            |session, name, sent, reception, out| session.write(now, name, sent, reception, out),
        );
    }

    /// Sends a last report with a BYE, unless the peer never heard of us (RFC 3550 §6.3.7).
    pub(super) fn send_farewell(
        &mut self,
        place: Place,
        tick: u64,
        now: Instant,
        outlet: &mut impl Outlet,
    ) {
        if self.stream.packets() == 0 && !self.reports.told {
            return;
        }
        self.report(
            place,
            tick,
            outlet,
            |session, name, sent, reception, out| {
                session.write_farewell(now, name, sent, reception, out)
            },
        );
    }

    fn report(
        &mut self,
        place: Place,
        tick: u64,
        outlet: &mut impl Outlet,
        write: impl FnOnce(
            &ReportSession,
            &str,
            Option<Sent>,
            &mut Reception,
            &mut [u8],
        ) -> Option<usize>,
    ) {
        let Some(session) = &self.session else { return };
        let Some(target) = session.rtcp.target() else {
            return;
        };
        let time = media_time(tick, session.params.codec);
        let sent = (self.stream.packets() > 0).then(|| Sent {
            packets: self.stream.packets(),
            octets: self.stream.octets(),
            rtp_timestamp: self.stream.timestamp_at(time),
        });
        let mut out = [0; MAX_REPORT_OCTETS];
        let reports = &mut self.reports;
        let length = write(
            &reports.session,
            &reports.name,
            sent,
            &mut self.reception,
            &mut out,
        );
        if let Some(length) = length {
            reports.told = true;
            outlet.send(place, session.report_channel(), target, &out[..length]);
        }
    }
}
