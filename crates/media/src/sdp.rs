//! Session descriptions (RFC 8866) and what two of them agree on (RFC 3264).
//!
//! Start at [`Session::parse`], [`offer`], [`answer`] and [`accept`]. A description is hostile
//! until it was parsed: sizes and counts are bounded, and nothing in it is followed (no name is
//! looked up).

mod negotiate;
mod parse;
mod write;

use std::net::{IpAddr, SocketAddr};

pub use self::negotiate::{accept, answer, offer, offer_again};
pub use self::parse::Malformed;

use crate::control::{Codec, Inbound};

/// Longest description that is read, in octets.
pub const MAX_OCTETS: usize = 16 * 1024;
/// Most media sections that are read.
pub const MAX_MEDIA: usize = 16;
/// Most formats of one media section that are read.
pub const MAX_FORMATS: usize = 64;
/// Most lines that are read.
pub const MAX_LINES: usize = 600;

/// A session description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who made it, and which version of it this is.
    pub origin: Origin,
    /// `s=`; a lone `-` where there is nothing to say.
    pub name: String,
    /// `c=` of the whole session.
    pub connection: Option<Host>,
    /// `a=` of the whole session.
    pub attributes: Vec<Attribute>,
    /// The media sections, in order; an answer has as many as its offer.
    pub media: Vec<Media>,
}

/// `o=` (RFC 8866 §5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// User name, `-` where there is none.
    pub username: String,
    /// Id, unique together with the other fields but the version.
    pub session_id: u64,
    /// Goes up by one with each change.
    pub version: u64,
    /// Where it was made; only compared, never used.
    pub host: Host,
}

/// An address or a name in `c=` and `o=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// An address.
    Ip(IpAddr),
    /// A name, or anything else that is no plain address; kept, never looked up.
    Name(String),
}

/// `a=name` or `a=name:value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Before the colon.
    pub name: String,
    /// After the colon.
    pub value: Option<String>,
}

/// One `m=` with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// `audio`, `video`, `image`, `application` and so on.
    pub kind: String,
    /// Port, 0 for a refused or removed stream.
    pub port: u16,
    /// Transport, `RTP/AVP` for ours.
    pub protocol: String,
    /// Payload types for RTP, other words for other transports.
    pub formats: Vec<String>,
    /// `c=` of this section.
    pub connection: Option<Host>,
    /// `a=` of this section.
    pub attributes: Vec<Attribute>,
}

/// Which way media flows, seen by whoever says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Both ways.
    #[default]
    SendRecv,
    /// Only from the one who says it.
    SendOnly,
    /// Only to the one who says it.
    RecvOnly,
    /// Neither.
    Inactive,
}

/// What we can and want to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities<'a> {
    /// Best first. An answer takes the first of these that the offer has, whatever the order
    /// there; [`Session::codecs`] tells that order for those who want to follow it.
    pub codecs: &'a [Codec],
    /// Digits by RFC 4733.
    pub telephone_event: bool,
}

/// Our own end of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalMedia {
    /// Address that the peer shall send to.
    pub address: IpAddr,
    /// Port for RTP.
    pub port: u16,
    /// Port for RTCP.
    pub rtcp_port: u16,
    /// Session id of `o=`, the same for the life of a dialog.
    pub session_id: u64,
    /// Version of `o=`, one higher with each change.
    pub version: u64,
    /// What we want: [`Direction::SendOnly`] to hold the peer.
    pub direction: Direction,
}

/// What offer and answer agreed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Negotiated {
    /// Where the peer wants RTP; the unspecified address on hold in the manner of RFC 2543.
    pub remote: SocketAddr,
    /// Where the peer wants RTCP; equal to `remote` where both are multiplexed (RFC 5761).
    pub remote_rtcp: SocketAddr,
    /// The codec.
    pub codec: Codec,
    /// The codec's payload type towards the peer.
    pub payload_type: u8,
    /// The payload type of telephone-event towards the peer.
    pub telephone_event: Option<u8>,
    /// Clock of telephone-event; the codec's where there is none.
    pub event_clock: u32,
    /// Payload types by which the peer may send.
    pub inbound: Inbound,
    /// Length of packets towards the peer: 10, 20, 30, 40 or 60 ms.
    pub ptime_ms: u8,
    /// Which way media flows, as seen by us.
    pub direction: Direction,
}

/// Why offer and answer agree on nothing; all of them are 488 Not Acceptable Here to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// No audio section, or only removed ones.
    #[error("there is no audio stream")]
    NoAudio,
    /// Audio only over a transport that we don't have (RTP/SAVP and the like).
    #[error("the audio stream's transport is not RTP/AVP")]
    Transport,
    /// No codec in common.
    #[error("there is no audio codec in common")]
    NoCodec,
    /// No usable unicast address of our family.
    #[error("the audio stream's address can not be used")]
    Address,
    /// An answer that doesn't fit the offer.
    #[error("the answer doesn't fit the offer")]
    Mismatch,
}

impl Direction {
    /// The same seen from the other end.
    #[must_use]
    pub const fn reversed(self) -> Self {
        match self {
            Self::SendOnly => Self::RecvOnly,
            Self::RecvOnly => Self::SendOnly,
            both => both,
        }
    }

    /// From its two halves: sends, receives.
    #[must_use]
    pub const fn of(halves: Flow) -> Self {
        match (halves.sends, halves.receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// Who says it sends.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Who says it receives.
    #[must_use]
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// What both allow.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self::of(Flow {
            sends: self.sends() && other.sends(),
            receives: self.receives() && other.receives(),
        })
    }

    /// Its attribute's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [
            Self::SendRecv,
            Self::SendOnly,
            Self::RecvOnly,
            Self::Inactive,
        ]
        .into_iter()
        .find(|direction| direction.name() == name)
    }
}

/// The two halves of a [`Direction`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// From the one who says it.
    pub sends: bool,
    /// To the one who says it.
    pub receives: bool,
}

impl Attribute {
    fn flag(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: None,
        }
    }

    fn with(name: &str, value: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            value: Some(value.into()),
        }
    }
}

impl Session {
    /// Reads a description. Line ends may be CRLF or LF.
    ///
    /// # Errors
    /// [`Malformed`] says what is wrong; the request that carried it is answered 400.
    pub fn parse(octets: &[u8]) -> Result<Self, Malformed> {
        parse::session(octets)
    }

    /// Writes it as octets, with CRLF.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        write::session(self).into_bytes()
    }

    /// The codecs that the first usable audio section names and that we know, in its order.
    #[must_use]
    pub fn codecs(&self) -> Vec<Codec> {
        negotiate::named_codecs(self)
    }

    /// Whether nothing but the version differs: such a re-offer only refreshes the session.
    #[must_use]
    pub fn same_but_version(&self, other: &Self) -> bool {
        let mut other = other.clone();
        other.origin.version = self.origin.version;
        *self == other
    }
}

impl Media {
    /// The value of the first attribute of this name; an empty one for a mere flag.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        find(&self.attributes, name)
    }

    /// The values of all attributes of this name.
    pub fn attributes_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.attributes
            .iter()
            .filter(move |attribute| attribute.name == name)
            .filter_map(|attribute| attribute.value.as_deref())
    }

    /// What this section, or else the session, says of direction (RFC 8866 §6.7).
    #[must_use]
    pub fn direction(&self, session: &Session) -> Direction {
        let said = |attributes: &[Attribute]| {
            attributes
                .iter()
                .find_map(|attribute| Direction::from_name(&attribute.name))
        };
        said(&self.attributes)
            .or_else(|| said(&session.attributes))
            .unwrap_or_default()
    }
}

fn find<'a>(attributes: &'a [Attribute], name: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|attribute| attribute.name == name)
        .map(|attribute| attribute.value.as_deref().unwrap_or_default())
}

#[cfg(test)]
mod tests;
