//! The prompts' names in `prompts/<language>.txt` and of their files.

use crate::control::Prompt;

impl Prompt {
    /// Every prompt.
    pub const ALL: [Self; 19] = [
        Self::EnterPin,
        Self::WrongPin,
        Self::TooManyAttempts,
        Self::Locked,
        Self::Full,
        Self::Lobby,
        Self::WaitForModerator,
        Self::Alone,
        Self::Muted,
        Self::Unmuted,
        Self::HandRaised,
        Self::HandLowered,
        Self::NowLocked,
        Self::NowUnlocked,
        Self::AllMuted,
        Self::AllUnmuted,
        Self::EnterNumber,
        Self::Menu,
        Self::Recording,
    ];

    /// Its key in the texts, and the name of its WAV file without the ending.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::EnterPin => "enter-pin",
            Self::WrongPin => "wrong-pin",
            Self::TooManyAttempts => "too-many-attempts",
            Self::Locked => "locked",
            Self::Full => "full",
            Self::Lobby => "lobby",
            Self::WaitForModerator => "wait-for-moderator",
            Self::Alone => "alone",
            Self::Muted => "muted",
            Self::Unmuted => "unmuted",
            Self::HandRaised => "hand-raised",
            Self::HandLowered => "hand-lowered",
            Self::NowLocked => "now-locked",
            Self::NowUnlocked => "now-unlocked",
            Self::AllMuted => "all-muted",
            Self::AllUnmuted => "all-unmuted",
            Self::EnterNumber => "enter-number",
            Self::Menu => "menu",
            Self::Recording => "recording",
        }
    }
}

/// Key and text of each line `key = text`; empty lines and those that begin with `#` are
/// comments.
pub fn texts(file: &str) -> impl Iterator<Item = (&str, &str)> {
    file.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(key, text)| (key.trim(), text.trim()))
}
