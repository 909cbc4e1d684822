//! Where a call goes: a pure function of configuration, caller, number and live state.
//!
//! The switch carries the plan out and explain shows it, so both always say the same. It reads
//! only the snapshot, and every plan is bounded: at most [`MAX_STEPS`] steps, [`MAX_FORWARDS`]
//! forwards in a row, and nobody twice on one path.

use std::sync::Arc;

use model::{
    ConferenceRole, CustomerId, Destination, DialTarget, EndCause, Extension, Grant, LiveState,
    Model, Next, Operation, Reason, Room, RoomEntry, RouteAction, RoutePlan, RouteQuery, RouteStep,
    Scope, User, UserId,
};

use crate::directory::{Directory, NumberOwner};

/// Steps of a plan at most.
pub const MAX_STEPS: usize = 48;
/// Forwards that one call follows at most.
pub const MAX_FORWARDS: usize = 8;

/// The plan for a call.
#[must_use]
pub fn plan(directory: &Directory, query: &RouteQuery, live: &dyn LiveState) -> RoutePlan {
    let mut planner = Planner {
        directory,
        query,
        live,
        steps: Vec::with_capacity(4),
        path: Vec::new(),
    };
    planner.dial();
    RoutePlan {
        steps: planner.steps,
    }
}

/// Whether a number that nothing here has would go out over a trunk: written internationally, or
/// with the prefix of a national or outside line.
#[must_use]
pub fn is_external(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let all_digits = digits.bytes().all(|b| b.is_ascii_digit());
    all_digits && digits.len() >= 4 && (number.starts_with('+') || number.starts_with('0'))
}

struct Planner<'a> {
    directory: &'a Directory,
    query: &'a RouteQuery,
    live: &'a dyn LiveState,
    steps: Vec<RouteStep>,
    /// Whom this path has tried already.
    path: Vec<UserId>,
}

/// How a user is found at this moment.
enum Found {
    Ready,
    Disabled,
    DoNotDisturb,
    Offline,
    Busy(&'static str, Reason),
}

impl Planner<'_> {
    fn customer(&self) -> CustomerId {
        self.query.caller.customer
    }

    fn push(&mut self, action: RouteAction, setting: &'static str, reason: Reason) -> usize {
        self.steps.push(RouteStep {
            action,
            setting,
            reason,
            next: Next::default(),
        });
        self.steps.len() - 1
    }

    fn refuse(&mut self, cause: EndCause, setting: &'static str, reason: Reason) -> usize {
        self.push(RouteAction::Refuse(cause), setting, reason)
    }

    fn dial(&mut self) {
        let dialled = DialTarget::parse(&self.query.dialled);
        let extension = dialled.as_ref().ok().and_then(DialTarget::as_extension);
        let owner = extension
            .as_ref()
            .and_then(|number| self.directory.number(self.customer(), number));
        if let (Some(owner), Some(number)) = (owner, extension) {
            self.reach(owner, "number", Reason::Dialled(number));
            return;
        }
        match dialled {
            Ok(DialTarget::Number(number)) if is_external(&number) => {
                self.refuse(
                    EndCause::NoTrunk,
                    "trunks",
                    Reason::NoTrunk(number.into_string()),
                );
            }
            _ => {
                let shown: String = self.query.dialled.chars().take(32).collect();
                let reason = Reason::UnknownNumber(shown);
                self.refuse(EndCause::UnknownNumber, "number", reason);
            }
        }
    }

    fn reach(&mut self, owner: NumberOwner, setting: &'static str, reason: Reason) -> usize {
        match owner {
            NumberOwner::User(id) => match self.directory.user(id) {
                Some(user) => self.ring(user, setting, reason),
                None => self.refuse(EndCause::UnknownNumber, setting, reason),
            },
            NumberOwner::Room(id) => match self.directory.room(id) {
                Some(room) => {
                    let entry = self.entry(room);
                    self.push(RouteAction::Conference(Box::new(entry)), setting, reason)
                }
                None => self.refuse(EndCause::UnknownNumber, setting, reason),
            },
        }
    }

    fn entry(&self, room: &Room) -> RoomEntry {
        RoomEntry {
            room: room.clone(),
            role: self
                .query
                .entrant
                .map_or(ConferenceRole::Participant, |user| {
                    role_of(self.directory, room, user)
                }),
        }
    }

    fn found(&self, user: &Arc<User>) -> Found {
        let calls = self.live.calls(user.id);
        if user.disabled {
            Found::Disabled
        } else if user.features.do_not_disturb {
            Found::DoNotDisturb
        } else if self.live.endpoints(user.id) == 0 {
            Found::Offline
        } else if user.max_calls > 0 && calls >= user.max_calls as usize {
            Found::Busy("security.max_calls", Reason::MaxCalls(user.clone(), calls))
        } else if calls > 0 && !user.features.call_waiting {
            Found::Busy("features.call_waiting", Reason::NoCallWaiting(user.clone()))
        } else {
            Found::Ready
        }
    }

    fn ring(&mut self, user: &Arc<User>, setting: &'static str, reason: Reason) -> usize {
        if self.path.contains(&user.id) {
            return self.refuse(EndCause::NoAnswer, setting, Reason::Circle(user.clone()));
        }
        // This one needs four steps if nothing else follows, and each before it still three.
        let needed = 4 + 3 * self.path.len();
        if self.path.len() > MAX_FORWARDS || self.steps.len() + needed > MAX_STEPS {
            return self.refuse(EndCause::NoAnswer, setting, Reason::ForwardedTooOften);
        }
        self.path.push(user.id);
        let index = match self.found(user) {
            Found::Ready => self.ring_phones(user, setting, reason),
            Found::Disabled => {
                let reason = both(reason, Reason::Disabled(user.clone()));
                self.refuse(EndCause::Offline, "advanced.disabled", reason)
            }
            Found::DoNotDisturb => self.forward(
                &user.features.no_answer,
                EndCause::NoAnswer,
                "features.do_not_disturb",
                both(reason, Reason::DoNotDisturb(user.clone())),
            ),
            Found::Offline => {
                let reason = both(reason, Reason::NotRegistered(user.clone()));
                self.otherwise(user, Otherwise::Offline, None, reason)
            }
            Found::Busy(setting, why) => {
                self.otherwise(user, Otherwise::Busy, Some(setting), both(reason, why))
            }
        };
        self.path.pop();
        index
    }

    fn ring_phones(&mut self, user: &Arc<User>, setting: &'static str, reason: Reason) -> usize {
        let Some(extension) = user.extension.clone() else {
            return self.refuse(EndCause::UnknownNumber, setting, reason);
        };
        let caller = self.query.caller.user;
        let tones = caller
            .and_then(|caller| self.directory.tones_of(caller))
            .or_else(|| self.directory.tones_of(user.id))
            .unwrap_or_default();
        let action = RouteAction::Ring {
            user: user.id,
            extension,
            name: user.display_name(),
            ring_secs: user.features.ring_time_secs,
            tones,
        };
        let index = self.push(action, setting, reason);
        let features = &user.features;
        let follows = features.no_answer != Destination::HangUp;
        let reason = match follows {
            true => Reason::NotTaken(user.clone()),
            false => Reason::NoAnswer(user.clone()),
        };
        let setting = "features.no_answer";
        let no_answer = self.forward(&features.no_answer, EndCause::NoAnswer, setting, reason);
        // What follows the no-answer destination is planned once, so that a chain of forwards
        // grows by a step a person and not by a branch.
        let busy = if follows && features.busy.is_none() {
            no_answer
        } else {
            let reason = Reason::AllBusy(user.clone());
            self.otherwise(user, Otherwise::Busy, None, reason)
        };
        let offline = if follows && features.offline.is_none() {
            no_answer
        } else {
            let reason = Reason::Unreachable(user.clone());
            self.otherwise(user, Otherwise::Offline, None, reason)
        };
        if let Some(step) = self.steps.get_mut(index) {
            step.next = Next {
                busy: Some(busy),
                no_answer: Some(no_answer),
                offline: Some(offline),
            };
        }
        index
    }

    /// Busy and offline have their own destination, and follow the no-answer one unless set.
    fn otherwise(
        &mut self,
        user: &User,
        case: Otherwise,
        decided_by: Option<&'static str>,
        reason: Reason,
    ) -> usize {
        let features = &user.features;
        let (own, own_setting, cause) = match case {
            Otherwise::Busy => (&features.busy, "features.busy", EndCause::Busy),
            Otherwise::Offline => (&features.offline, "features.offline", EndCause::Offline),
        };
        let (destination, setting) = match own {
            Some(destination) => (destination, own_setting),
            None => (&features.no_answer, "features.no_answer"),
        };
        let setting = match destination {
            Destination::HangUp => decided_by.unwrap_or(setting),
            _ => setting,
        };
        self.forward(destination, cause, setting, reason)
    }

    fn forward(
        &mut self,
        destination: &Destination,
        cause: EndCause,
        setting: &'static str,
        reason: Reason,
    ) -> usize {
        let number = match destination {
            Destination::HangUp => return self.refuse(cause, setting, reason),
            Destination::Extension(number) | Destination::Conference(number) => number,
        };
        match self.directory.number(self.customer(), number) {
            Some(owner) => self.reach(owner, setting, reason),
            None => self.gone(number, setting),
        }
    }

    fn gone(&mut self, number: &Extension, setting: &'static str) -> usize {
        let reason = Reason::DestinationGone(number.clone());
        self.refuse(EndCause::UnknownNumber, setting, reason)
    }
}

/// Why a call came to somebody, and why it goes on from there: a person who cannot be rung has no
/// step of their own.
fn both(came: Reason, goes_on: Reason) -> Reason {
    match came {
        Reason::Dialled(_) => goes_on,
        came => Reason::Both(Box::new((came, goes_on))),
    }
}

/// Why a user's phones were not rung, or did not take the call.
#[derive(Clone, Copy)]
enum Otherwise {
    Busy,
    Offline,
}

/// Whether a grant makes an operator. A wildcard does not: an administrator who dials in is there
/// as a participant.
fn operates(grant: &Grant) -> bool {
    grant.model == Some(Model::Conference)
        && grant.operation == Some(Operation::Join)
        && matches!(grant.scope, Scope::Customer | Scope::Subtree)
}

/// The role that a person has in a room by being who they are.
#[must_use]
pub fn role_of(directory: &Directory, room: &Room, user: UserId) -> ConferenceRole {
    let is_operator = || {
        directory
            .user(user)
            .filter(|user| user.customer == Some(room.customer))
            .and_then(|user| directory.profile(user.customer, &user.role))
            .is_some_and(|profile| profile.grants.iter().any(operates))
    };
    match room.role_of(user) {
        ConferenceRole::Participant if is_operator() => ConferenceRole::Operator,
        own => own,
    }
}

#[cfg(test)]
mod tests;
