//! Commands to the switch and events from it: plain data, so that a test can hold either end.

use std::{net::IpAddr, sync::Arc};

use crate::{
    CallView, ConferenceId, ConferenceRole, ConferenceView, CustomerId, DeviceId, DialTarget,
    Extension, ParticipantId, Room, SipUsername, Timestamp, UserId,
};

/// What the switch knows of a device: enough to authenticate and to present it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceFacts {
    /// Identity.
    pub device: DeviceId,
    /// Whose phone.
    pub user: UserId,
    /// Whose customer.
    pub customer: CustomerId,
    /// The customer's SIP domain.
    pub sip_domain: Arc<str>,
    /// Name of the digest user.
    pub sip_username: SipUsername,
    /// MD5(username:realm:password), RFC 7616 §3.4.2.
    pub ha1_md5: [u8; 16],
    /// The same by SHA-256.
    pub ha1_sha256: [u8; 32],
    /// The user's extension.
    pub extension: Option<Extension>,
    /// The user's name.
    pub name: Arc<str>,
    /// Calls at the same time; 0 for no limit.
    pub max_calls: u32,
}

/// Whom to call into a conference: made by `services`, which knows the numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Invitation {
    /// The row it will be.
    pub participant: ParticipantId,
    /// As given, normalised.
    pub target: DialTarget,
    /// Name shown.
    pub name: String,
    /// What they may do.
    pub role: ConferenceRole,
    /// How to reach them.
    pub reach: Reach,
}

/// How an invited one is reached.
#[derive(Debug, Clone, PartialEq)]
pub enum Reach {
    /// All phones of one of our users.
    User {
        /// Who.
        user: UserId,
        /// How long to ring, in seconds.
        ring_secs: u32,
    },
    /// A SIP address outside, resolved to where it is sent.
    Address {
        /// Where to.
        address: std::net::SocketAddr,
    },
    /// Cannot be called: `no_trunk`, `unknown_number`.
    Nowhere {
        /// Why.
        reason: &'static str,
    },
}

/// Whom an action on participants is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// These.
    These(Vec<ParticipantId>),
    /// All but those who moderate.
    All,
}

/// An order to the switch.
#[derive(Debug, Clone, PartialEq)]
pub enum SwitchCommand {
    /// Begin a conference and call everyone at the same time.
    StartConference {
        /// Its id, already stored.
        conference: ConferenceId,
        /// Settings as they are now.
        room: Box<Room>,
        /// Everyone to call, the host first.
        invitations: Vec<Invitation>,
    },
    /// Anything to a running one.
    Conference {
        /// Which.
        conference: ConferenceId,
        /// What.
        action: ConferenceAction,
    },
    /// The room's settings changed while it may be running.
    RoomChanged(Box<Room>),
    /// Forget one binding of a device: it gets no calls until it registers again.
    RemoveEndpoint {
        /// Which device.
        device: DeviceId,
        /// The contact URI as listed.
        contact: String,
    },
    /// The device is gone, disabled, or has a new password: its bindings end.
    DeviceRevoked(DeviceId),
    /// A user was disabled or deleted: end their calls.
    UserRevoked(UserId),
    /// Which sources' wrong passwords are dropped now; answers [`SwitchReply::Blocked`].
    BlockedSources,
    /// Count the failures of this address, or of its /64 of IPv6, from zero again.
    LiftBlock(IpAddr),
    /// Nothing: it answers as long as calls and media are carried.
    AreYouThere,
    /// No new calls; answers when the last one is over.
    Drain,
    /// End every call and conference now, cause `ServerStopped`; answers when all BYEs are sent.
    EndAll,
}

/// What can be done to a running conference.
#[derive(Debug, Clone, PartialEq)]
pub enum ConferenceAction {
    /// Call more people.
    Invite(Vec<Invitation>),
    /// Admit no one.
    Lock,
    /// Admit again.
    Unlock,
    /// Heard by nobody.
    Mute(Selection),
    /// Heard again.
    Unmute(Selection),
    /// Out, and not back while the ban lasts.
    Kick {
        /// Whom.
        who: Selection,
        /// In seconds; none: until the end.
        ban_secs: Option<u32>,
    },
    /// In from the lobby.
    Admit(Selection),
    /// Lower a raised hand.
    LowerHand(Selection),
    /// Begin or stop recording.
    Record(bool),
    /// Over for all.
    End,
}

/// Why the switch did not do as told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SwitchError {
    /// Nothing with that id is running.
    #[error("it is not running")]
    NotRunning,
    /// The room has a conference already.
    #[error("the room is running conference {0} already")]
    AlreadyRunning(ConferenceId),
    /// More than fit.
    #[error("the room is full: at most {max} participants")]
    RoomFull {
        /// The limit.
        max: u32,
    },
    /// Ids that are not in the conference; nothing was done.
    #[error("unknown participants")]
    UnknownParticipants(Vec<ParticipantId>),
    /// Nothing from that address is dropped.
    #[error("the address is not blocked")]
    NotBlocked,
    /// The switch is stopping or overloaded.
    #[error("the switch does not take commands now; try again shortly")]
    Unavailable,
}

/// What a command answers.
#[derive(Debug, Clone, PartialEq)]
pub enum SwitchReply {
    /// Done, nothing to show.
    Done,
    /// Done; this is the conference now.
    Conference(Arc<ConferenceView>),
    /// The blocked sources, by address.
    Blocked(Vec<BlockedSource>),
}

/// A source of so many failed authentications that its further wrong passwords are dropped. A
/// right one always passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockedSource {
    /// The address; of IPv6 the first of the network that is blocked.
    pub address: IpAddr,
    /// Bits of the network: 32, or 64 for IPv6.
    pub prefix: u8,
    /// When it began to be dropped.
    pub since: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
    /// Failures counted.
    pub failures: u32,
    /// The last username that failed from there, at most 80 characters; not necessarily one that
    /// exists.
    pub username: String,
}

/// A live registration of a device.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// Which device.
    pub device: DeviceId,
    /// Whose.
    pub user: UserId,
    /// Whose customer.
    pub customer: CustomerId,
    /// The contact URI.
    pub contact: String,
    /// `udp`, `tcp`, …
    pub transport: String,
    /// Where it was seen.
    pub source: String,
    /// As it says.
    pub user_agent: String,
    /// When the binding ends.
    pub expires_at: Timestamp,
    /// Last round trip of an OPTIONS, if answered.
    pub rtt_ms: Option<u32>,
    /// When it registered last.
    pub updated_at: Timestamp,
}

/// A binding as it is kept over a restart.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredBinding {
    /// What the portal shows.
    pub endpoint: Endpoint,
    /// The digest user it authenticated as.
    pub sip_username: SipUsername,
    /// RFC 3261 §10.3: Call-ID of the registration.
    pub call_id: String,
    /// CSeq of the registration.
    pub cseq: u32,
    /// RFC 3327 Path values, in order.
    pub path: Vec<String>,
    /// `+sip.instance`, if given.
    pub instance: Option<String>,
    /// `reg-id`, if given: which flow of the instance it is (RFC 5626).
    pub reg_id: Option<u32>,
    /// `q` in thousandths, if given (RFC 3261 §10.2.1.2).
    pub q: Option<u16>,
    /// Local socket it came in on, `udp:0.0.0.0:5060`.
    pub local: String,
}

/// A failed authentication: counted and shown, never written in the request path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthFailure {
    /// From where.
    pub source: IpAddr,
    /// As claimed.
    pub username: String,
    /// When.
    pub at: Timestamp,
}

/// Something happened in the switch.
#[derive(Debug, Clone, PartialEq)]
pub enum SwitchEvent {
    /// A conference began, changed or ended; the change names which.
    Conference {
        /// As it is now.
        view: Arc<ConferenceView>,
        /// What changed.
        change: ConferenceChange,
    },
    /// A call began, changed or ended. An ended one is the record to keep.
    Call(Arc<CallView>),
    /// The bindings of a device are these now.
    Registration {
        /// Which device.
        device: DeviceId,
        /// Whose.
        user: UserId,
        /// Whose customer.
        customer: CustomerId,
        /// All that are left; empty: offline.
        bindings: Arc<[Arc<StoredBinding>]>,
    },
    /// The number of calls of a user changed.
    UserCalls {
        /// Who.
        user: UserId,
        /// Whose customer.
        customer: CustomerId,
        /// Ringing now.
        ringing: u32,
        /// Answered now.
        answered: u32,
    },
    /// An act by telephone that belongs in the audit log.
    PhoneAct {
        /// Whose customer.
        customer: CustomerId,
        /// Who, where known.
        user: Option<UserId>,
        /// In which conference.
        conference: ConferenceId,
        /// `conference.locked`, `conference.muted`, …
        action: &'static str,
    },
    /// A wrong password or unknown username.
    AuthFailed(AuthFailure),
}

/// What changed in a conference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConferenceChange {
    /// It began.
    Started,
    /// A participant's row changed.
    Participant(ParticipantId),
    /// Lock, recording or the like.
    Settings,
    /// It is over.
    Ended,
}
