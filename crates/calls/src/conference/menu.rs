//! The telephone menu: `*6` mute me, `*5` raise hand, `*0` hear the keys; moderators `*4` lock,
//! `*7` mute all, `*3` end, `*1` call someone in.

use std::time::{Duration, Instant};

use media::control::{MediaLeg, Prompt};
use model::{ConferenceAction, ConferenceChange, ParticipantId, Selection};

use super::{
    Conference, ConferenceDeed,
    participant::{Keys, Stage},
};
use crate::Now;

/// A sequence that stops half-way is forgotten after this long.
const BETWEEN_KEYS: Duration = Duration::from_secs(4);
/// A number to call in is taken as complete after this long without `#`.
const NUMBER_WAIT: Duration = Duration::from_secs(6);
/// Digits of a number to call in.
const NUMBER_DIGITS: usize = 32;

impl Conference {
    pub(super) fn menu_digit(&mut self, id: ParticipantId, digit: u8, now: Now) {
        let Some(participant) = self.row(id) else {
            return;
        };
        let Stage::In { heard, keys } = &mut participant.stage else {
            return;
        };
        let leg = heard.leg;
        match std::mem::take(keys) {
            Keys::None if digit == b'*' => {
                *keys = Keys::Star {
                    until: now.monotonic + BETWEEN_KEYS,
                };
            }
            Keys::None => {}
            Keys::Star { .. } => self.chosen(id, leg, digit, now),
            Keys::Number { digits, .. } if digit == b'#' => self.call_in(id, digits),
            Keys::Number { mut digits, .. } => {
                if digits.len() < NUMBER_DIGITS {
                    digits.push(char::from(digit));
                }
                *keys = Keys::Number {
                    digits,
                    until: now.monotonic + NUMBER_WAIT,
                };
            }
        }
    }

    fn chosen(&mut self, id: ParticipantId, leg: MediaLeg, digit: u8, now: Now) {
        let moderates = self.row(id).is_some_and(|p| p.role.moderates());
        match digit {
            b'6' => self.mute_myself(id, leg, now),
            b'5' => self.raise_hand(id, leg),
            b'4' if moderates => self.toggle_lock(id, leg),
            b'7' if moderates => self.toggle_all(id, leg, now),
            b'3' if moderates => {
                self.acted(id, "conference.ended");
                // Ending cannot fail: it concerns nobody in particular.
                let _ = self.command(ConferenceAction::End, now);
            }
            b'1' if moderates => {
                self.tell(leg, Prompt::EnterNumber);
                if let Some(Stage::In { keys, .. }) = self.row(id).map(|p| &mut p.stage) {
                    *keys = Keys::Number {
                        digits: String::new(),
                        until: now.monotonic + 2 * NUMBER_WAIT,
                    };
                }
            }
            _ => {
                self.tell(leg, Prompt::Menu);
            }
        }
    }

    fn toggle_lock(&mut self, id: ParticipantId, leg: MediaLeg) {
        let lock = !self.locked;
        self.set_locked(lock);
        let (prompt, action) = if lock {
            (Prompt::NowLocked, "conference.locked")
        } else {
            (Prompt::NowUnlocked, "conference.unlocked")
        };
        self.tell(leg, prompt);
        self.acted(id, action);
    }

    fn toggle_all(&mut self, id: ParticipantId, leg: MediaLeg, now: Now) {
        let mute = self
            .participants
            .iter()
            .any(|p| p.is_in() && !p.role.moderates() && !p.muted);
        self.set_muted(&Selection::All, mute, now);
        let (prompt, action) = if mute {
            (Prompt::AllMuted, "conference.muted")
        } else {
            (Prompt::AllUnmuted, "conference.unmuted")
        };
        self.tell(leg, prompt);
        self.acted(id, action);
    }

    fn mute_myself(&mut self, id: ParticipantId, leg: MediaLeg, now: Now) {
        let webinar = self.room.webinar;
        let Some(participant) = self.row(id) else {
            return;
        };
        if participant.muted && webinar && !participant.role.moderates() {
            // In a webinar the floor is a moderator's to give.
            self.tell(leg, Prompt::Muted);
            return;
        }
        participant.muted = !participant.muted;
        let muted = participant.muted;
        self.settle(now);
        self.tell(
            leg,
            if muted {
                Prompt::Muted
            } else {
                Prompt::Unmuted
            },
        );
        self.changed(ConferenceChange::Participant(id));
    }

    fn raise_hand(&mut self, id: ParticipantId, leg: MediaLeg) {
        let Some(participant) = self.row(id) else {
            return;
        };
        participant.hand_raised = !participant.hand_raised;
        let raised = participant.hand_raised;
        self.tell(
            leg,
            if raised {
                Prompt::HandRaised
            } else {
                Prompt::HandLowered
            },
        );
        self.changed(ConferenceChange::Participant(id));
    }

    fn call_in(&mut self, by: ParticipantId, dialled: String) {
        if dialled.is_empty() {
            return;
        }
        self.acted(by, "conference.invited");
        self.deeds.push_back(ConferenceDeed::CallIn { by, dialled });
    }

    pub(super) fn key_timeouts(&mut self, now: Now) {
        let mut complete = Vec::new();
        for participant in &mut self.participants {
            let Stage::In { keys, .. } = &mut participant.stage else {
                continue;
            };
            match keys {
                Keys::Star { until } if *until <= now.monotonic => *keys = Keys::None,
                Keys::Number { digits, until } if *until <= now.monotonic => {
                    complete.push((participant.id, std::mem::take(digits)));
                    *keys = Keys::None;
                }
                _ => {}
            }
        }
        for (id, digits) in complete {
            self.call_in(id, digits);
        }
    }

    fn acted(&mut self, id: ParticipantId, action: &'static str) {
        let user = self.row(id).and_then(|p| p.user);
        self.deeds
            .push_back(ConferenceDeed::PhoneAct { user, action });
    }
}

impl Keys {
    pub(super) fn until(&self) -> Option<Instant> {
        match self {
            Self::None => None,
            Self::Star { until } | Self::Number { until, .. } => Some(*until),
        }
    }
}
