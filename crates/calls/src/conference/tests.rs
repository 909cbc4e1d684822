//! Conference stories in virtual time: facts in, deeds and rows out.

mod entry;
mod menu;
mod orders;
mod sounds;

use std::{
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use model::{
    Announce, CustomerId, DialTarget, DisplayName, Entropy, Extension, Pin, Reach, RecordPolicy,
    RoomId, Selection, SwitchError, Timestamp,
};

use super::*;

/// Bytes that differ each time.
struct Counter(std::sync::atomic::AtomicU64);

impl Entropy for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        let n = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        buffer.fill(0);
        let bytes = n.to_be_bytes();
        let at = buffer.len().saturating_sub(8);
        buffer[at..].copy_from_slice(&bytes);
    }
}

/// A conference with its clock, and what it ordered.
pub(super) struct Story {
    pub conference: Conference,
    pub now: Now,
    entropy: Counter,
    pub media: Vec<MediaCommand>,
    pub deeds: Vec<ConferenceDeed>,
    pub last: Arc<ConferenceView>,
}

pub(super) fn room() -> Room {
    let entropy = Counter(1.into());
    Room {
        id: RoomId::mint(Timestamp::UNIX_EPOCH, &entropy),
        customer: CustomerId::mint(Timestamp::UNIX_EPOCH, &entropy),
        number: Extension::parse("600").unwrap(),
        name: DisplayName::parse("Board").unwrap(),
        owner: None,
        moderators: Vec::new(),
        participant_pin: None,
        moderator_pin: None,
        max_participants: 15,
        lobby: false,
        lock_on_start: false,
        join_muted: false,
        webinar: false,
        wait_for_moderator: false,
        announce: Announce::Tone,
        music_while_alone: false,
        record: RecordPolicy::Off,
        end_when_moderator_leaves: false,
        time_limit_secs: None,
        call_out: Vec::new(),
        version: 1,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

impl Story {
    #[expect(
        clippy::disallowed_methods,
        reason = "the story's own clock begins somewhere"
    )]
    pub fn new(room: Room) -> Self {
        let entropy = Counter(1000.into());
        let now = Now {
            monotonic: Instant::now(),
            wall: Timestamp::UNIX_EPOCH,
        };
        let setup = ConferenceSetup {
            id: ConferenceId::mint(now.wall, &entropy),
            room: Box::new(room),
            mix: MixId(1),
            recordings: PathBuf::from("recordings"),
            ordered: true,
        };
        let conference = Conference::new(setup, now);
        let last = conference.view();
        let mut story = Self {
            conference,
            now,
            entropy,
            media: Vec::new(),
            deeds: Vec::new(),
            last,
        };
        story.take();
        story
    }

    /// Collects what was ordered since.
    pub fn take(&mut self) {
        while let Some(deed) = self.conference.poll() {
            match deed {
                ConferenceDeed::Media(command) => self.media.push(command),
                ConferenceDeed::View { view, .. } => {
                    assert!(view.version >= self.last.version, "versions only go up");
                    self.last = view;
                }
                other => self.deeds.push(other),
            }
        }
    }

    pub fn tell(&mut self, input: ConferenceInput) {
        self.conference.handle(input, self.now);
        self.take();
    }

    pub fn order(&mut self, action: ConferenceAction) -> Result<(), SwitchError> {
        let result = self.conference.command(action, self.now).map(|_| ());
        self.take();
        result
    }

    /// Time goes by; every deadline on the way is met.
    pub fn wait(&mut self, duration: Duration) {
        let end = self.now.monotonic + duration;
        while let Some(deadline) = self.conference.deadline().filter(|at| *at <= end) {
            self.advance(deadline.saturating_duration_since(self.now.monotonic));
            self.tell(ConferenceInput::Timer);
        }
        self.advance(end.saturating_duration_since(self.now.monotonic));
    }

    fn advance(&mut self, by: Duration) {
        self.now.monotonic += by;
        self.now.wall += by;
    }

    pub fn arrival(&self, number: &str, role: ConferenceRole) -> Arrival {
        Arrival {
            participant: ParticipantId::mint(self.now.wall, &self.entropy),
            user: None,
            number: number.to_owned(),
            name: format!("Phone {number}"),
            role,
            source: Ipv4Addr::LOCALHOST.into(),
        }
    }

    /// Someone dials in; their leg has the number of their phone.
    pub fn arrive(&mut self, number: &str, role: ConferenceRole) -> ParticipantId {
        self.advance(Duration::from_millis(10));
        let arrival = self.arrival(number, role);
        assert_eq!(self.conference.admits(&arrival, self.now), Ok(()));
        let id = arrival.participant;
        self.tell(ConferenceInput::Arrived {
            arrival,
            leg: leg(number),
        });
        self.advance(Duration::from_millis(10));
        id
    }

    pub fn invitation(&self, number: &str, role: ConferenceRole) -> Invitation {
        Invitation {
            participant: ParticipantId::mint(self.now.wall, &self.entropy),
            target: DialTarget::parse(number).unwrap(),
            name: format!("Phone {number}"),
            role,
            reach: Reach::Address {
                address: "127.0.0.9:5060".parse().unwrap(),
            },
        }
    }

    /// Someone is called and answers.
    pub fn call(&mut self, number: &str, role: ConferenceRole) -> ParticipantId {
        let invitation = self.invitation(number, role);
        let participant = invitation.participant;
        self.order(ConferenceAction::Invite(vec![invitation]))
            .unwrap();
        self.tell(ConferenceInput::Ringing { participant });
        self.tell(ConferenceInput::Answered {
            participant,
            leg: leg(number),
        });
        participant
    }

    pub fn keys(&mut self, number: &str, keys: &str) {
        for digit in keys.bytes() {
            self.tell(ConferenceInput::Media(MediaEvent::Digit {
                leg: leg(number),
                digit,
            }));
            self.advance(Duration::from_millis(150));
        }
    }

    /// The row as the pages show it: `joined`, `joined muted`, …
    pub fn row(&self, id: ParticipantId) -> String {
        let Some(row) = self.last.participants.iter().find(|p| p.id == id) else {
            return "hidden".to_owned();
        };
        let mut text = row.state.as_str().to_owned();
        for (is, word) in [
            (row.muted, " muted"),
            (row.talking, " talking"),
            (row.hand_raised, " hand"),
        ] {
            if is {
                text.push_str(word);
            }
        }
        if let Some(reason) = &row.reason {
            text = format!("{text} ({reason})");
        }
        text
    }

    /// What the mix was told last of a leg: (muted, deaf); none: not in the mix.
    pub fn heard(&self, number: &str) -> Option<(bool, bool)> {
        self.media
            .iter()
            .fold(None, |state, command| match command {
                MediaCommand::Join {
                    leg: l,
                    muted,
                    deaf,
                    ..
                }
                | MediaCommand::SetHearing {
                    leg: l,
                    muted,
                    deaf,
                } if *l == leg(number) => Some((*muted, *deaf)),
                _ => state,
            })
    }

    pub fn sounds(&self, number: &str) -> Vec<Sound> {
        let own = leg(number);
        self.media
            .iter()
            .filter_map(|command| match command {
                MediaCommand::Play { leg, sound, .. } if *leg == own => Some(*sound),
                _ => None,
            })
            .collect()
    }

    /// The last sound to the leg comes to its end.
    pub fn finish_sound(&mut self, number: &str) {
        let own = leg(number);
        let play = self.media.iter().rev().find_map(|command| match command {
            MediaCommand::Play { leg, play, .. } if *leg == own => Some(*play),
            _ => None,
        });
        let play = play.expect("something was played to the leg");
        self.tell(ConferenceInput::Media(MediaEvent::Played {
            leg: own,
            play,
        }));
    }

    pub fn hang_ups(&self) -> Vec<ParticipantId> {
        self.deeds
            .iter()
            .filter_map(|deed| match deed {
                ConferenceDeed::HangUp { participant, .. } => Some(*participant),
                _ => None,
            })
            .collect()
    }

    pub fn is_over(&self) -> bool {
        self.deeds.contains(&ConferenceDeed::Over)
    }
}

pub(super) fn leg(number: &str) -> MediaLeg {
    MediaLeg(number.trim_start_matches('+').parse().unwrap())
}

pub(super) fn pin(text: &str) -> Option<Pin> {
    Some(Pin::parse(text).unwrap())
}

pub(super) use ConferenceRole::{Moderator, Participant as Plain};
