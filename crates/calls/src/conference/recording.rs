//! Recording what is said: asked for, begun, ended.

use std::path::{Path, PathBuf};

use media::control::{self, MediaCommand, Prompt, Sound};
use model::{ConferenceChange, RecordPolicy, RecordedFile, RecordingFailure};

use super::Conference;
use crate::Now;

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
    pub(super) fn record_from_start(&mut self, now: Now) {
        if self.room.record == RecordPolicy::Always && self.recording == Recording::Off {
            self.record(true, now);
        }
    }

    pub(super) fn record(&mut self, on: bool, now: Now) {
        if self.recording.is_on() == on {
            return;
        }
        let mix = self.mix;
        if on {
            let number = self.files.last().map_or(1, |file| file.number + 1);
            let path = self.recordings.join(format!("{}-{number}.opus", self.id));
            self.files.push(RecordedFile {
                number,
                started_at: now.wall,
                ended_at: None,
                failure: None,
            });
            self.recording = Recording::Asked(path.clone());
            self.media(MediaCommand::Record { mix, path });
        } else {
            self.recording_ended(None, now);
            self.media(MediaCommand::StopRecording { mix });
        }
        self.changed(ConferenceChange::Settings);
    }

    fn recording_ended(&mut self, failure: Option<RecordingFailure>, now: Now) {
        self.recording = Recording::Ended;
        if let Some(file) = self.files.last_mut() {
            file.ended_at = Some(now.wall);
            file.failure = failure;
        }
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
    pub(super) fn recording_failed(
        &mut self,
        file: &Path,
        failure: control::RecordingFailure,
        now: Now,
    ) {
        if self.recording.is_into(file) {
            self.recording_ended(Some(shown(failure)), now);
            self.changed(ConferenceChange::Settings);
        }
    }
}

const fn shown(failure: control::RecordingFailure) -> RecordingFailure {
    match failure {
        control::RecordingFailure::DiskFull => RecordingFailure::DiskFull,
        control::RecordingFailure::DiskTooSlow => RecordingFailure::DiskTooSlow,
        control::RecordingFailure::NotWritable => RecordingFailure::NotWritable,
        control::RecordingFailure::DiskFault => RecordingFailure::DiskFault,
    }
}
