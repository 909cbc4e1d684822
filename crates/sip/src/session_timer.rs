//! Session timers (RFC 4028): how often a call must prove that it is still there.

use std::fmt;
use std::time::Duration;

use crate::grammar::{saturating_number, trim};
use crate::header_name::HeaderName;
use crate::message::{Request, Response};
use crate::params::Params;

/// The smallest interval that RFC 4028 §4 allows anyone to ask for, in seconds.
pub const SMALLEST_SECS: u32 = 90;

/// Longest interval that is agreed on: a peer that asks for years has no timer at all.
pub const LONGEST_SECS: u32 = 86_400;

/// Who must refresh, in the terms of the request that agreed on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refresher {
    /// The sender of the request.
    Uac,
    /// Its receiver.
    Uas,
}

/// The Session-Expires header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SessionExpires {
    /// The interval in seconds.
    pub secs: u32,
    /// Who refreshes, where it says so.
    pub refresher: Option<Refresher>,
}

impl SessionExpires {
    /// The header's value.
    pub fn parse(text: &str) -> Option<Self> {
        let end = text.find(';').unwrap_or(text.len());
        let secs = saturating_number(trim(&text[..end]))?;
        let params = Params::of_header(&text[end..])?;
        let refresher = match params.get("refresher") {
            Some(side) if side.eq_ignore_ascii_case("uac") => Some(Refresher::Uac),
            Some(side) if side.eq_ignore_ascii_case("uas") => Some(Refresher::Uas),
            _ => None,
        };
        Some(Self { secs, refresher })
    }
}

impl fmt::Display for SessionExpires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.secs)?;
        match self.refresher {
            Some(Refresher::Uac) => f.write_str(";refresher=uac"),
            Some(Refresher::Uas) => f.write_str(";refresher=uas"),
            None => Ok(()),
        }
    }
}

/// Which side of the dialog refreshes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// This side.
    Us,
    /// The other side.
    Them,
}

/// What this side wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The interval that it asks for, in seconds.
    pub secs: u32,
    /// The smallest that it accepts, in seconds; at least [`SMALLEST_SECS`].
    pub min_secs: u32,
}

/// What both sides agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// The interval in seconds.
    pub secs: u32,
    /// Who refreshes.
    pub refresher: Side,
}

/// The peer asks for less than this side accepts: 422 with Min-SE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooShort {
    /// The value of Min-SE in the answer.
    pub min_se: u32,
}

impl Policy {
    /// Adds to an INVITE or UPDATE what this side asks for (RFC 4028 §7.1). `floor` is the
    /// Min-SE of an earlier 422, 0 without one.
    pub fn offer(&self, request: &mut Request, floor: u32) {
        let min = self.min_secs.max(floor).max(SMALLEST_SECS);
        let asked = SessionExpires {
            secs: self.secs.max(min),
            refresher: None,
        };
        request
            .headers
            .set(HeaderName::SessionExpires, asked.to_string());
        request.headers.set(HeaderName::MinSe, min.to_string());
    }

    /// Decides on a received INVITE or UPDATE (RFC 4028 §9). A peer that knows nothing of
    /// session timers gets this side as the refresher; nothing is agreed on when it did not ask
    /// for an interval and does not support them.
    pub fn accept(&self, request: &Request) -> Result<Option<Agreed>, TooShort> {
        let min = self.min_secs.max(SMALLEST_SECS);
        let peer_knows = request.headers.has_option("timer");
        let Some(asked) = request.headers.session_expires() else {
            if !peer_knows {
                return Ok(None);
            }
            let floor = request.headers.min_se().unwrap_or(0);
            return Ok(Some(Agreed {
                secs: self.secs.max(floor).min(LONGEST_SECS),
                refresher: Side::Us,
            }));
        };
        if asked.secs < min {
            return Err(TooShort { min_se: min });
        }
        let floor = request.headers.min_se().unwrap_or(0).max(min);
        let refresher = match (peer_knows, asked.refresher) {
            (true, Some(Refresher::Uac)) => Side::Them,
            _ => Side::Us,
        };
        Ok(Some(Agreed {
            secs: asked.secs.min(self.secs).max(floor).min(LONGEST_SECS),
            refresher,
        }))
    }

    /// Reads the 2xx to a request of this side (RFC 4028 §7.2). Without Session-Expires the
    /// other side takes no part, and none runs.
    pub fn agreed(&self, response: &Response) -> Option<Agreed> {
        let answered = response.headers.session_expires()?;
        let refresher = match answered.refresher {
            Some(Refresher::Uas) => Side::Them,
            Some(Refresher::Uac) | None => Side::Us,
        };
        Some(Agreed {
            secs: answered.secs.clamp(SMALLEST_SECS, LONGEST_SECS),
            refresher,
        })
    }
}

impl Agreed {
    /// Adds to the 2xx of a request what was agreed on, with Require where the other side must
    /// refresh (RFC 4028 §9).
    pub fn answer(&self, response: &mut Response) {
        let refresher = match self.refresher {
            Side::Us => Refresher::Uas,
            Side::Them => {
                response.headers.push(HeaderName::Require, "timer");
                Refresher::Uac
            }
        };
        let value = SessionExpires {
            secs: self.secs,
            refresher: Some(refresher),
        };
        response
            .headers
            .set(HeaderName::SessionExpires, value.to_string());
    }

    /// Adds to a refresh by this side what keeps the agreement.
    pub fn refresh(&self, request: &mut Request) {
        let refresher = match self.refresher {
            Side::Us => Refresher::Uac,
            Side::Them => Refresher::Uas,
        };
        let value = SessionExpires {
            secs: self.secs,
            refresher: Some(refresher),
        };
        request
            .headers
            .set(HeaderName::SessionExpires, value.to_string());
    }

    /// When to refresh, counted from the agreement; `None` where the other side does.
    pub fn refresh_after(&self) -> Option<Duration> {
        let half = Duration::from_secs(u64::from(self.secs / 2));
        (self.refresher == Side::Us).then_some(half)
    }

    /// When to end the call if no refresh came: a third of the interval, 32 seconds at most,
    /// before it is over (RFC 4028 §10).
    pub fn expires_after(&self) -> Duration {
        Duration::from_secs(u64::from(self.secs - (self.secs / 3).min(32)))
    }
}

#[cfg(test)]
mod tests;
