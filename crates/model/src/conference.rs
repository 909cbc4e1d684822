//! Conference rooms, their managers, and what a running conference looks like.

use crate::{
    ConferenceId, ContactId, CustomerId, DisplayName, Extension, ManagerId, ParticipantId, Pin,
    RoomId, Timestamp, UserId, Username,
};

/// A permanent room: a number, PINs, settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Identity.
    pub id: RoomId,
    /// Whose.
    pub customer: CustomerId,
    /// Internal number, in one number space with extensions.
    pub number: Extension,
    /// As people call it.
    pub name: DisplayName,
    /// May do everything in it.
    pub owner: Option<UserId>,
    /// May invite and moderate.
    pub moderators: Vec<UserId>,
    /// Asked of callers, if set.
    pub participant_pin: Option<Pin>,
    /// Makes a caller a moderator.
    pub moderator_pin: Option<Pin>,
    /// How many may be in it, the host included.
    pub max_participants: u32,
    /// Callers wait until a moderator admits them.
    pub lobby: bool,
    /// Locked as soon as the invited have joined.
    pub lock_on_start: bool,
    /// Everyone but moderators joins muted.
    pub join_muted: bool,
    /// Only moderators may talk.
    pub webinar: bool,
    /// Nobody hears anybody before a moderator is in.
    pub wait_for_moderator: bool,
    /// A tone when someone joins or leaves.
    pub announce: Announce,
    /// Music for a participant who is alone.
    pub music_while_alone: bool,
    /// When the conference is recorded.
    pub record: RecordPolicy,
    /// The conference ends when the last moderator leaves.
    pub end_when_moderator_leaves: bool,
    /// Ends by itself after this long, in seconds; none: never.
    pub time_limit_secs: Option<u32>,
    /// Called whenever the room is started.
    pub call_out: Vec<String>,
    /// Counts changes, for ETags.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Room {
    /// What a user may do in it by its own settings; an operator may more.
    #[must_use]
    pub fn role_of(&self, user: UserId) -> ConferenceRole {
        if self.owner == Some(user) {
            ConferenceRole::Owner
        } else if self.moderators.contains(&user) {
            ConferenceRole::Moderator
        } else {
            ConferenceRole::Participant
        }
    }
}

/// The room limit unless raised.
pub const DEFAULT_MAX_PARTICIPANTS: u32 = 15;

/// What is heard when someone joins or leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Announce {
    /// A short tone.
    #[default]
    Tone,
    /// Nothing.
    None,
}

/// When a conference is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RecordPolicy {
    /// Never.
    #[default]
    Off,
    /// When a moderator says so.
    OnDemand,
    /// From start to end.
    Always,
}

/// An account that sees the rooms it may run, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConferenceManager {
    /// Identity.
    pub id: ManagerId,
    /// Whose.
    pub customer: CustomerId,
    /// Called by itself on start.
    pub extension: Extension,
    /// `conference-201`.
    pub username: Username,
    /// The rooms; none: all of the customer's.
    pub rooms: Option<Vec<RoomId>>,
    /// Cannot sign in.
    pub disabled: bool,
    /// Counts changes, for ETags.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An entry of a customer's address book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Identity.
    pub id: ContactId,
    /// Whose.
    pub customer: CustomerId,
    /// As people call it.
    pub name: DisplayName,
    /// What is dialled: a number or `#sip:user@host`.
    pub target: crate::DialTarget,
    /// Counts changes, for ETags.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What someone may do in a conference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConferenceRole {
    /// Joined by a link.
    Guest,
    /// Talks and listens.
    Participant,
    /// Moderates every conference they have joined.
    Operator,
    /// Invites and moderates.
    Moderator,
    /// Everything.
    Owner,
}

impl ConferenceRole {
    /// Its name in API and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Participant => "participant",
            Self::Operator => "operator",
            Self::Moderator => "moderator",
            Self::Owner => "owner",
        }
    }

    /// Whether mute-all and kick-all leave this role alone, and the telephone menu obeys it.
    #[must_use]
    pub const fn moderates(self) -> bool {
        matches!(self, Self::Owner | Self::Moderator | Self::Operator)
    }
}

/// Where a participant is on the way in or out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParticipantState {
    /// INVITE sent.
    Calling,
    /// The phone rings.
    Ringing,
    /// Answered, waits to be admitted.
    Lobby,
    /// In.
    Joined,
    /// Refused with busy.
    Busy,
    /// Rang, nobody came.
    NoAnswer,
    /// Could not be called; the reason says why.
    Failed,
    /// Hung up.
    Left,
    /// Put out by a moderator.
    Kicked,
}

impl ParticipantState {
    /// Its name in API and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Calling => "calling",
            Self::Ringing => "ringing",
            Self::Lobby => "lobby",
            Self::Joined => "joined",
            Self::Busy => "busy",
            Self::NoAnswer => "no_answer",
            Self::Failed => "failed",
            Self::Left => "left",
            Self::Kicked => "kicked",
        }
    }

    /// Has a leg: being called, waiting, or in.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(
            self,
            Self::Calling | Self::Ringing | Self::Lobby | Self::Joined
        )
    }
}

/// Packet loss, jitter and delay of a leg, as RTCP has it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LegQuality {
    /// Lost, in percent, of the last reports; 100 while nothing arrives that should.
    pub loss_percent: f32,
    /// RFC 3550 §6.4.1, in milliseconds.
    pub jitter_ms: f32,
    /// From RTCP, if known.
    pub rtt_ms: Option<f32>,
}

impl LegQuality {
    /// Nothing arrives that should.
    #[must_use]
    pub fn is_cut_off(self) -> bool {
        self.loss_percent >= 100.0
    }
}

/// One row of a conference as every page draws it.
#[derive(Debug, Clone, PartialEq)]
pub struct ParticipantView {
    /// Identity.
    pub id: ParticipantId,
    /// The user, if one of ours.
    pub user: Option<UserId>,
    /// Name shown.
    pub name: String,
    /// What was dialled, or who dialled in.
    pub target: String,
    /// What they may do.
    pub role: ConferenceRole,
    /// Where they are.
    pub state: ParticipantState,
    /// Heard by nobody.
    pub muted: bool,
    /// Sound above the threshold now.
    pub talking: bool,
    /// Asks to speak.
    pub hand_raised: bool,
    /// When they came in.
    pub joined_at: Option<Timestamp>,
    /// When the state last changed.
    pub since: Timestamp,
    /// Why the state is what it is: `no_trunk`, `offline`, `declined`, …
    pub reason: Option<String>,
    /// Network quality, once known.
    pub quality: Option<LegQuality>,
}

/// Why a recording ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordingFailure {
    /// No space is left.
    DiskFull,
    /// The disk did not keep up with what was said.
    DiskTooSlow,
    /// The server may not write where recordings go.
    NotWritable,
    /// The disk failed in another way; the log says how.
    DiskFault,
    /// The server ended while it was being written.
    ServerStopped,
}

crate::access::names!(RecordingFailure {
    DiskFull => "disk_full", DiskTooSlow => "disk_too_slow", NotWritable => "not_writable",
    DiskFault => "disk_fault", ServerStopped => "server_stopped",
});

/// One file of a conference's recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedFile {
    /// Counted within the conference.
    pub number: u32,
    /// When it was asked for.
    pub started_at: Timestamp,
    /// When it ended; none: it is being written.
    pub ended_at: Option<Timestamp>,
    /// Why it ended by itself, if it did.
    pub failure: Option<RecordingFailure>,
}

/// A whole conference as every page draws it; replaced, never edited.
#[derive(Debug, Clone, PartialEq)]
pub struct ConferenceView {
    /// Identity.
    pub id: ConferenceId,
    /// Its room.
    pub room: RoomId,
    /// Whose.
    pub customer: CustomerId,
    /// Counts changes.
    pub version: u64,
    /// Nobody may come in.
    pub locked: bool,
    /// Being recorded.
    pub recording: bool,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended, if so.
    pub ended_at: Option<Timestamp>,
    /// In order of arrival, the gone ones included.
    pub participants: Vec<ParticipantView>,
    /// Files of its recording, in order.
    pub recordings: Vec<RecordedFile>,
}
