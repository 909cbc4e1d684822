//! How many calls each user has: what presence shows and what limits look at.

use std::collections::HashMap;

use model::UserId;

/// What a user does in one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Activity {
    /// Calls, or is called by a phone that does not ring yet.
    Calling,
    /// A phone of theirs rings.
    Ringing,
    /// Talks.
    Talking,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    pub(crate) calling: u32,
    pub(crate) ringing: u32,
    pub(crate) talking: u32,
}

impl Counts {
    fn field(&mut self, activity: Activity) -> &mut u32 {
        match activity {
            Activity::Calling => &mut self.calling,
            Activity::Ringing => &mut self.ringing,
            Activity::Talking => &mut self.talking,
        }
    }
}

/// Users with calls.
#[derive(Debug, Default)]
pub(crate) struct BusyUsers {
    users: HashMap<UserId, Counts>,
}

impl BusyUsers {
    /// Calls of the user, ringing ones included.
    pub(crate) fn calls(&self, user: UserId) -> usize {
        let counts = self.users.get(&user).copied().unwrap_or_default();
        (counts.calling + counts.ringing + counts.talking) as usize
    }

    /// Replaces what one call says of its users; the users whose ringing or talking changed,
    /// with the new counts.
    pub(crate) fn replace(
        &mut self,
        before: &[(UserId, Activity)],
        after: &[(UserId, Activity)],
    ) -> Vec<(UserId, Counts)> {
        let mut touched: Vec<(UserId, Counts)> = Vec::new();
        for (user, _) in before.iter().chain(after) {
            if !touched.iter().any(|(known, _)| known == user) {
                touched.push((*user, self.users.get(user).copied().unwrap_or_default()));
            }
        }
        for (user, activity) in before {
            if let Some(counts) = self.users.get_mut(user) {
                let field = counts.field(*activity);
                *field = field.saturating_sub(1);
            }
        }
        for (user, activity) in after {
            *self.users.entry(*user).or_default().field(*activity) += 1;
        }
        touched.retain_mut(|(user, old)| {
            let new = self.users.get(user).copied().unwrap_or_default();
            if new == Counts::default() {
                self.users.remove(user);
            }
            let differs = (old.ringing, old.talking) != (new.ringing, new.talking);
            *old = new;
            differs
        });
        touched
    }
}

#[cfg(test)]
mod tests {
    use model::{Entropy, Timestamp};

    use super::*;

    struct Fixed(u8);

    impl Entropy for Fixed {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[test]
    fn only_changes_that_people_see_are_told() {
        let user = UserId::mint(Timestamp::UNIX_EPOCH, &Fixed(1));
        let mut busy = BusyUsers::default();
        let calling = [(user, Activity::Calling)];
        let ringing = [(user, Activity::Ringing)];
        assert!(busy.replace(&[], &calling).is_empty());
        assert_eq!(busy.calls(user), 1);
        assert_eq!(busy.replace(&calling, &ringing).len(), 1);
        assert!(busy.replace(&ringing, &ringing).is_empty());
        let told = busy.replace(&ringing, &[]);
        assert_eq!(told, [(user, Counts::default())]);
        assert!(busy.users.is_empty());
    }
}
