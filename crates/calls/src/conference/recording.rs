//! Recording what is said: asked for, begun, ended.

use std::path::{Path, PathBuf};

use media::control::{MediaCommand, Prompt, Sound};
use model::{ConferenceChange, RecordPolicy};

use super::Conference;

/// Whether the conference is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Recording {
    /// Nobody asked for it.
    Off,
    /// Asked for; all are told when the file is there.
    Asked(PathBuf),
    /// What is heard goes into this file.
    On(PathBuf),
    /// A moderator ended it, or it failed: it does not begin again by itself.
    Ended,
}

impl Recording {
    /// As the page shows it.
    pub(super) const fn is_on(&self) -> bool {
        matches!(self, Self::Asked(_) | Self::On(_))
    }

    fn is_into(&self, file: &Path) -> bool {
        matches!(self, Self::Asked(path) | Self::On(path) if path == file)
    }
}

impl Conference {
    pub(super) fn record_from_start(&mut self) {
        if self.room.record == RecordPolicy::Always && self.recording == Recording::Off {
            self.record(true);
        }
    }

    pub(super) fn record(&mut self, on: bool) {
        if self.recording.is_on() == on {
            return;
        }
        let mix = self.mix;
        if on {
            self.files += 1;
            let path = self
                .recordings
                .join(format!("{}-{}.opus", self.id, self.files));
            self.recording = Recording::Asked(path.clone());
            self.media(MediaCommand::Record { mix, path });
        } else {
            self.recording = Recording::Ended;
            self.media(MediaCommand::StopRecording { mix });
        }
        self.changed(ConferenceChange::Settings);
    }

    /// Now that it is true, all are told.
    pub(super) fn recording_began(&mut self, file: &Path) {
        if self.recording != Recording::Asked(file.to_path_buf()) {
            return;
        }
        self.recording = Recording::On(file.to_path_buf());
        let (mix, sound) = (self.mix, Sound::Prompt(Prompt::Recording));
        self.media(MediaCommand::PlayToMix { mix, sound });
    }

    /// Nothing more is written, unless another file was begun since.
    pub(super) fn recording_failed(&mut self, file: &Path) {
        if self.recording.is_into(file) {
            self.recording = Recording::Ended;
            self.changed(ConferenceChange::Settings);
        }
    }
}
