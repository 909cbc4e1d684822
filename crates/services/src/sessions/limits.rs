//! Failed sign-ins, counted by source, by person from one source, and by person over all sources:
//! whoever guesses waits, and nobody else does.
//!
//! A try counts as failed from its beginning until it has succeeded, so that many at the same time
//! are not more than many one after the other.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
};

use model::Timestamp;

/// Wrong passwords for one person from one source before it has to wait.
const FREE_PER_NAME: u32 = 5;
/// Wrong passwords from one source, whatever the names, before it has to wait.
const FREE_PER_SOURCE: u32 = 50;
/// Wrong passwords for one person from all sources before those have to wait that the person has
/// not signed in from.
const FREE_PER_PERSON: u32 = 30;
/// The first wait, in seconds; each further failure doubles it.
const FIRST_WAIT_SECS: i64 = 5;
/// The longest wait of a source: a lock-out must not be a way to lock somebody out.
const LONGEST_WAIT_SECS: i64 = 15 * 60;
/// The longest wait that others can bring upon a person at a new place.
const LONGEST_PERSON_WAIT_SECS: i64 = 60;
/// Failures are forgotten after this long, in seconds.
const FORGET_SECS: i64 = 30 * 60;
/// Names and sources remembered at most.
const REMEMBERED: usize = 100_000;
/// Tries of one source that are judged at the same time: an office behind one address fits.
const AT_ONCE: u32 = 16;

#[derive(Debug, Default)]
pub(crate) struct SignInLimits {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: HashMap<Key, Failures>,
    /// Where people signed in from before.
    known: HashMap<(String, IpAddr), Timestamp>,
    trying: HashMap<IpAddr, u32>,
}

/// A source is an address (an IPv6 network of 64 bits: one subscriber has all of it).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Source(IpAddr),
    Name(IpAddr, String),
    Person(String),
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

impl Failures {
    fn wait_secs(self, free: u32, longest: i64, now: Timestamp) -> i64 {
        let since = now.as_second() - self.last.as_second();
        if self.count < free || since >= FORGET_SECS {
            return 0;
        }
        let doublings = (self.count - free).min(16);
        ((FIRST_WAIT_SECS << doublings).min(longest) - since).max(0)
    }
}

/// One try under way. It has failed unless it is said to have succeeded; one that could not be
/// judged counts nothing.
#[derive(Debug)]
pub(crate) struct Try<'a> {
    limits: &'a SignInLimits,
    source: IpAddr,
    name: String,
    counted: bool,
}

impl SignInLimits {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a try for a person's id, or for what was typed where that is nobody; or says for how
    /// many seconds this source has to wait.
    pub(crate) fn begin(&self, source: IpAddr, name: &str, now: Timestamp) -> Result<Try<'_>, u32> {
        let source = network(source);
        let name: String = name.chars().take(128).collect();
        let mut state = self.state();
        let wait = state.wait(source, &name, now);
        if wait > 0 {
            return Err(u32::try_from(wait).unwrap_or(u32::MAX));
        }
        let trying = state.trying.entry(source).or_insert(0);
        if *trying >= AT_ONCE {
            return Err(1);
        }
        *trying += 1;
        state.count(source, &name, now);
        Ok(Try {
            limits: self,
            source,
            name,
            counted: false,
        })
    }
}

impl Try<'_> {
    /// The wrong password: it stays counted.
    pub(crate) fn failed(mut self) {
        self.counted = true;
    }

    /// The right password: the person's failures from here are forgotten, those of others are not.
    pub(crate) fn succeeded(self, now: Timestamp) {
        let mut state = self.limits.state();
        state
            .failures
            .remove(&Key::Name(self.source, self.name.clone()));
        if state.known.len() >= REMEMBERED {
            state.known.clear();
        }
        state.known.insert((self.name.clone(), self.source), now);
    }
}

impl Drop for Try<'_> {
    fn drop(&mut self) {
        let mut state = self.limits.state();
        if let Some(trying) = state.trying.get_mut(&self.source) {
            *trying -= 1;
            if *trying == 0 {
                state.trying.remove(&self.source);
            }
        }
        if self.counted {
            return;
        }
        for (key, _, _) in rules(self.source, &self.name) {
            if let Some(failures) = state.failures.get_mut(&key) {
                failures.count = failures.count.saturating_sub(1);
            }
        }
    }
}

impl State {
    fn wait(&self, source: IpAddr, name: &str, now: Timestamp) -> i64 {
        let known = self.known.contains_key(&(name.to_owned(), source));
        rules(source, name)
            .into_iter()
            .filter(|(key, _, _)| !(known && matches!(key, Key::Person(_))))
            .filter_map(|(key, free, longest)| {
                let failures = self.failures.get(&key)?;
                Some(failures.wait_secs(free, longest, now))
            })
            .max()
            .unwrap_or(0)
    }

    fn count(&mut self, source: IpAddr, name: &str, now: Timestamp) {
        if self.failures.len() >= REMEMBERED {
            self.forget(now);
        }
        for (key, _, _) in rules(source, name) {
            let entry = self.failures.entry(key).or_insert(Failures {
                count: 0,
                last: now,
            });
            if now.as_second() - entry.last.as_second() >= FORGET_SECS {
                entry.count = 0;
            }
            entry.count = entry.count.saturating_add(1);
            entry.last = now;
        }
    }

    /// Makes room: what is old goes, and if nothing is, the half that failed least. Whoever fills
    /// the table must not be forgotten by that.
    fn forget(&mut self, now: Timestamp) {
        self.failures
            .retain(|_, f| f.count > 0 && now.as_second() - f.last.as_second() < FORGET_SECS);
        if self.failures.len() < REMEMBERED {
            return;
        }
        let mut counts: Vec<_> = self.failures.values().map(|f| f.count).collect();
        let (_, median, _) = counts.select_nth_unstable(REMEMBERED / 2);
        let median = *median;
        let mut surplus = REMEMBERED / 2;
        self.failures.retain(|_, f| {
            let goes = f.count <= median && surplus > 0;
            surplus -= usize::from(goes);
            !goes
        });
    }
}

/// What a try counts for: how many failures are free, and how long the wait can become.
fn rules(source: IpAddr, name: &str) -> [(Key, u32, i64); 3] {
    [
        (
            Key::Name(source, name.to_owned()),
            FREE_PER_NAME,
            LONGEST_WAIT_SECS,
        ),
        (Key::Source(source), FREE_PER_SOURCE, LONGEST_WAIT_SECS),
        (
            Key::Person(name.to_owned()),
            FREE_PER_PERSON,
            LONGEST_PERSON_WAIT_SECS,
        ),
    ]
}

fn network(source: IpAddr) -> IpAddr {
    match source {
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => IpAddr::V4(ip),
            None => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
        },
        IpAddr::V4(_) => source,
    }
}

#[cfg(test)]
mod tests;
