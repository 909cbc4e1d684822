//! Who hears and is heard, and what plays to those who wait or are alone.

use media::control::{MediaCommand, MediaLeg, PlayId, Prompt, Sound};
use model::{Announce, ConferenceChange, ParticipantId};

use super::{
    Conference,
    participant::{Heard, Playing, Stage},
};
use crate::Now;

impl Conference {
    /// Tells the mix what changed of who hears and is heard, and starts or stops what plays to
    /// those who wait. Everything is derived from the rows, so that no order of events can leave
    /// a leg heard that should not be.
    pub(super) fn settle(&mut self, now: Now) {
        let waiting = self.waits_for_moderator();
        let alone = self.participants.iter().filter(|p| p.is_in()).count() == 1;
        let mut orders = Vec::new();
        for participant in &mut self.participants {
            let moderates = participant.role.moderates();
            let muted = participant.muted || participant.held || (waiting && !moderates);
            let (heard, muted, deaf, wants) = match &mut participant.stage {
                Stage::Lobby(heard) => (heard, true, true, Some(Prompt::Lobby)),
                Stage::In { heard, .. } => {
                    let deaf = waiting && !moderates;
                    let wants = if deaf {
                        Some(Prompt::WaitForModerator)
                    } else if alone && self.room.music_while_alone {
                        Some(Prompt::Alone)
                    } else {
                        None
                    };
                    (heard, muted, deaf, wants)
                }
                _ => continue,
            };
            if (heard.muted, heard.deaf) != (muted, deaf) {
                (heard.muted, heard.deaf) = (muted, deaf);
                let leg = heard.leg;
                orders.push(MediaCommand::SetHearing { leg, muted, deaf });
            }
            wait_sound(heard, wants, &mut self.plays, &mut orders);
        }
        for order in orders {
            self.media(order);
        }
        self.tidy_up(now);
    }

    /// The room does not hear the music of who holds.
    pub(super) fn held(&mut self, id: ParticipantId, held: bool, now: Now) {
        let Some(participant) = self.row(id).filter(|p| p.held != held) else {
            return;
        };
        let before = participant.view();
        participant.held = held;
        if participant.view() != before {
            self.changed(ConferenceChange::Participant(id));
        }
        self.settle(now);
    }

    fn waits_for_moderator(&self) -> bool {
        self.room.wait_for_moderator
            && !self
                .participants
                .iter()
                .any(|p| p.is_in() && p.role.moderates())
    }

    /// Puts a leg into the mix, silent until [`Self::settle`] says otherwise.
    pub(super) fn join_mix(&mut self, leg: MediaLeg) -> Heard {
        let mix = self.mix;
        self.media(MediaCommand::Join {
            leg,
            mix,
            muted: true,
            deaf: true,
        });
        Heard {
            leg,
            muted: true,
            deaf: true,
            playing: None,
        }
    }

    /// The tone for coming and going, at most one a second: a full room that starts is no organ.
    pub(super) fn announce(&mut self, sound: Sound, now: Now) {
        let recent = self
            .announced
            .is_some_and(|at| now.monotonic.duration_since(at) < super::BETWEEN_TONES);
        if self.room.announce == Announce::None || recent {
            return;
        }
        self.announced = Some(now.monotonic);
        let mix = self.mix;
        self.media(MediaCommand::PlayToMix { mix, sound });
    }

    /// Plays once to one leg; what it waited to hear comes again afterwards.
    pub(super) fn tell(&mut self, leg: MediaLeg, prompt: Prompt) -> PlayId {
        let play = next(&mut self.plays);
        let told = Playing {
            play,
            music_after: false,
        };
        for participant in &mut self.participants {
            if let Stage::In { heard, .. } | Stage::Lobby(heard) = &mut participant.stage
                && heard.leg == leg
            {
                heard.playing = Some(told);
            }
        }
        self.media(MediaCommand::Play {
            leg,
            play,
            sound: Sound::Prompt(prompt),
            repeat: false,
        });
        play
    }

    /// A sound to one leg ended.
    pub(super) fn played(&mut self, leg: MediaLeg, play: PlayId) {
        let mut music = None;
        for participant in &mut self.participants {
            let (Stage::In { heard, .. } | Stage::Lobby(heard)) = &mut participant.stage else {
                continue;
            };
            let Some(playing) = heard.playing.filter(|p| heard.leg == leg && p.play == play) else {
                continue;
            };
            heard.playing = None;
            if playing.music_after {
                let play = next(&mut self.plays);
                heard.playing = Some(Playing {
                    play,
                    music_after: true,
                });
                music = Some(play);
            }
        }
        if let Some(play) = music {
            self.media(MediaCommand::Play {
                leg,
                play,
                sound: Sound::Music,
                repeat: true,
            });
        }
    }
}

fn next(plays: &mut u64) -> PlayId {
    *plays += 1;
    PlayId(*plays)
}

fn wait_sound(
    heard: &mut Heard,
    wants: Option<Prompt>,
    plays: &mut u64,
    orders: &mut Vec<MediaCommand>,
) {
    let leg = heard.leg;
    match (wants, heard.playing) {
        (Some(prompt), None) => {
            let play = next(plays);
            heard.playing = Some(Playing {
                play,
                music_after: true,
            });
            let sound = Sound::Prompt(prompt);
            orders.push(MediaCommand::Play {
                leg,
                play,
                sound,
                repeat: false,
            });
        }
        (None, Some(playing)) if playing.music_after => {
            heard.playing = None;
            orders.push(MediaCommand::StopPlaying { leg });
        }
        _ => {}
    }
}
