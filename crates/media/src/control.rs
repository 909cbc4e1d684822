//! Commands to a media worker and events from it: plain data over bounded rings.
//!
//! Everything a command carries is allocated by the sender, so that the worker's tick never
//! allocates; what a worker drops, it drops back over the ring.

use std::net::{IpAddr, SocketAddr};

/// A leg of media: one phone's RTP session. Chosen by the call engine, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MediaLeg(pub u64);

/// A mix: the audio of one conference. Chosen by the call engine, never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MixId(pub u64);

/// Names one playing of a sound, so that its end can be told apart from another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PlayId(pub u64);

/// A codec that both sides speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// G.711 µ-law, static payload type 0.
    Pcmu,
    /// G.711 A-law, static payload type 8.
    Pcma,
    /// G.722, static payload type 9, RTP clock 8000 Hz (RFC 3551 §4.5.2).
    G722,
    /// Opus, RTP clock 48000 Hz (RFC 7587).
    Opus,
}

/// What was agreed by offer and answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegParams {
    /// Where RTP goes until the peer is seen to send from elsewhere.
    pub remote: SocketAddr,
    /// Where RTCP goes; the RTP port plus one unless `a=rtcp` or rtcp-mux says otherwise.
    pub remote_rtcp: SocketAddr,
    /// Codec and its payload type in both directions.
    pub codec: Codec,
    /// Payload type that the peer wants to receive.
    pub payload_type: u8,
    /// Payload type of telephone-event, RFC 4733, if agreed.
    pub telephone_event: Option<u8>,
    /// Clock in which its durations count: that of the codec, but for phones that know only
    /// telephone-event of 8000 Hz, beside Opus too (baresip).
    pub event_clock: u32,
    /// Payload types by which the peer may send.
    pub inbound: Inbound,
    /// Packet length towards the peer, in milliseconds: 10, 20, 30, 40 or 60.
    pub ptime_ms: u8,
    /// We send to the peer (it did not put us on hold).
    pub send: bool,
    /// We take what the peer sends.
    pub receive: bool,
    /// Addresses that media may come from, beside `remote`: where the signalling came from.
    pub may_latch: Vec<IpAddr>,
}

/// The payload types of our own description, by which the peer sends (RFC 3264 §6.1). Those who
/// answer an offer of ours with other numbers may use either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inbound {
    /// The codec.
    pub payload_type: u8,
    /// Telephone-event.
    pub telephone_event: Option<u8>,
    /// The other law of G.711, where both were agreed: the peer may change between the two from
    /// packet to packet.
    pub other_law: Option<u8>,
}

/// Something to hear, made beforehand in every codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sound {
    /// Ring-back, by the site's tone plan.
    Ringback(TonePlan),
    /// Someone joined.
    JoinTone,
    /// Someone left.
    LeaveTone,
    /// A short confirmation.
    Beep,
    /// A refusal.
    Error,
    /// Quiet music for one who waits alone.
    Music,
    /// A spoken prompt.
    Prompt(Prompt),
}

/// Country of the call progress tones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TonePlan {
    /// 425 Hz.
    #[default]
    Europe,
    /// 440 and 480 Hz.
    NorthAmerica,
    /// 400 and 450 Hz.
    UnitedKingdom,
}

/// Spoken prompts; their texts are in `prompts/en.txt`, their audio is made by `make prompts`.
/// Where it was not made, tones stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Prompt {
    /// Please enter the PIN of the conference, then press hash.
    EnterPin,
    /// That PIN is not right.
    WrongPin,
    /// Too many attempts.
    TooManyAttempts,
    /// The conference is locked.
    Locked,
    /// The conference is full.
    Full,
    /// Please wait until you are admitted.
    Lobby,
    /// The conference has not begun; please wait for the moderator.
    WaitForModerator,
    /// You are the only one here.
    Alone,
    /// You are muted.
    Muted,
    /// You can be heard.
    Unmuted,
    /// Your hand is raised.
    HandRaised,
    /// Your hand is lowered.
    HandLowered,
    /// The conference is now locked.
    NowLocked,
    /// The conference is now open.
    NowUnlocked,
    /// All participants are muted.
    AllMuted,
    /// The participants can be heard again.
    AllUnmuted,
    /// Dial the number to call in, then press hash.
    EnterNumber,
    /// The menu: six to mute, five to raise your hand, and the moderator's keys.
    Menu,
    /// This conference is being recorded.
    Recording,
}

/// An order to a media worker.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaCommand {
    /// Set or change what was agreed; the leg was opened with its sockets before.
    Configure {
        /// Which leg.
        leg: MediaLeg,
        /// What was agreed.
        params: LegParams,
    },
    /// Connect two legs: relayed without decoding where codec and ptime agree.
    Bridge {
        /// One.
        a: MediaLeg,
        /// The other.
        b: MediaLeg,
    },
    /// Undo a bridge; both hear nothing until something else is said.
    Unbridge {
        /// Either of the two.
        leg: MediaLeg,
    },
    /// Make a mix.
    CreateMix {
        /// Its id.
        mix: MixId,
    },
    /// Put a leg into a mix (out of a bridge or another mix, if it is in one).
    Join {
        /// Which leg.
        leg: MediaLeg,
        /// Which mix.
        mix: MixId,
        /// Not heard by the others.
        muted: bool,
        /// Does not hear the others (lobby, waiting for the moderator).
        deaf: bool,
    },
    /// Change who hears and is heard.
    SetHearing {
        /// Which leg.
        leg: MediaLeg,
        /// Not heard by the others.
        muted: bool,
        /// Does not hear the others.
        deaf: bool,
    },
    /// Take a leg out of its mix.
    Leave {
        /// Which leg.
        leg: MediaLeg,
    },
    /// End a mix; its legs hear nothing until something else is said.
    DestroyMix {
        /// Which.
        mix: MixId,
    },
    /// Play to one leg, instead of what it hears, until the end or `StopPlaying`.
    Play {
        /// Which leg.
        leg: MediaLeg,
        /// Names this playing.
        play: PlayId,
        /// What.
        sound: Sound,
        /// Again and again.
        repeat: bool,
    },
    /// End what is played to a leg.
    StopPlaying {
        /// Which leg.
        leg: MediaLeg,
    },
    /// Mix a sound into what all of a mix hear.
    PlayToMix {
        /// Which mix.
        mix: MixId,
        /// What.
        sound: Sound,
    },
    /// Send a digit by RFC 4733, or as tones where telephone-event was not agreed.
    SendDigit {
        /// Which leg.
        leg: MediaLeg,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        digit: u8,
        /// How long.
        duration_ms: u16,
    },
    /// Write the mix to a file, by another thread.
    Record {
        /// Which mix.
        mix: MixId,
        /// The file to make; its ending says the format: `.wav` or `.opus`.
        path: std::path::PathBuf,
    },
    /// Finish the file.
    StopRecording {
        /// Which mix.
        mix: MixId,
    },
    /// The leg is over: its sockets are closed, a `Closed` with its last numbers follows.
    Close {
        /// Which leg.
        leg: MediaLeg,
    },
}

/// Numbers of a leg since its opening.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LegStats {
    /// RTP packets from the peer.
    pub received: u64,
    /// RTP packets to the peer.
    pub sent: u64,
    /// Lost on the way to us, by sequence numbers.
    pub lost: u64,
    /// Lost in percent over the last report interval; 100 while nothing arrives that should.
    pub loss_percent: f32,
    /// RFC 3550 §6.4.1 interarrival jitter, in milliseconds.
    pub jitter_ms: f32,
    /// Round trip from RTCP reports, in milliseconds.
    pub rtt_ms: Option<f32>,
    /// Packets refused: wrong source, wrong payload type, no RTP.
    pub refused: u64,
}

/// What a worker has to say.
#[derive(Debug, Clone, PartialEq)]
pub enum MediaEvent {
    /// A key was pressed: told once a press, at its end or after 40 ms of it.
    Digit {
        /// Which leg.
        leg: MediaLeg,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        digit: u8,
    },
    /// Sound above or below the talking threshold (with hold-over).
    Talking {
        /// Which leg.
        leg: MediaLeg,
        /// Above.
        talking: bool,
    },
    /// A sound came to its end or was stopped.
    Played {
        /// Which leg.
        leg: MediaLeg,
        /// Which playing.
        play: PlayId,
    },
    /// No RTP came for this long although it should.
    Silent {
        /// Which leg.
        leg: MediaLeg,
        /// In seconds.
        secs: u32,
    },
    /// Every five seconds, for legs that receive, and when packets cease or come again.
    Stats {
        /// Which leg.
        leg: MediaLeg,
        /// Its numbers.
        stats: LegStats,
    },
    /// The leg is gone.
    Closed {
        /// Which leg.
        leg: MediaLeg,
        /// Its last numbers.
        stats: LegStats,
    },
    /// The file is there, and what is heard goes into it from now on.
    RecordingBegan {
        /// Which mix.
        mix: MixId,
        /// Which file.
        path: std::path::PathBuf,
    },
    /// Writing stopped. Nothing more is recorded, without `StopRecording`.
    RecordingFailed {
        /// Which mix.
        mix: MixId,
        /// Which file: another one may have been begun since.
        path: std::path::PathBuf,
        /// Why.
        failure: RecordingFailure,
    },
}

/// Why a recording cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordingFailure {
    /// No space is left, or none for this account.
    DiskFull,
    /// The disk did not keep up.
    DiskTooSlow,
    /// The file may not be made or written.
    NotWritable,
    /// Anything else that a disk does.
    DiskFault,
}
