//! Failed sign-ins, counted by source and name: whoever guesses waits, and nobody else does.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

use model::Timestamp;

/// Wrong passwords for one name from one source before it has to wait.
const FREE_PER_NAME: u32 = 5;
/// Wrong passwords from one source, whatever the names, before it has to wait.
const FREE_PER_SOURCE: u32 = 50;
/// The first wait, in seconds; each further failure doubles it.
const FIRST_WAIT_SECS: i64 = 5;
/// The longest wait: a lock-out must not be a way to lock somebody out.
const LONGEST_WAIT_SECS: i64 = 15 * 60;
/// Failures are forgotten after this long, in seconds.
const FORGET_SECS: i64 = 30 * 60;
/// Names and sources remembered at most.
const REMEMBERED: usize = 100_000;

#[derive(Debug, Default)]
pub(crate) struct SignInLimits {
    failures: Mutex<HashMap<Key, Failures>>,
}

/// An address (an IPv6 network of 64 bits: one subscriber has all of it), with a name or without.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    source: IpAddr,
    name: Option<String>,
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Timestamp,
}

fn keys(source: IpAddr, name: &str) -> [(Key, u32); 2] {
    let source = match source {
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => IpAddr::V4(ip),
            None => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
        },
        IpAddr::V4(_) => source,
    };
    let of_name = Key {
        source,
        name: Some(name.chars().take(128).collect()),
    };
    [
        (of_name, FREE_PER_NAME),
        (Key { source, name: None }, FREE_PER_SOURCE),
    ]
}

fn wait_secs(failures: Failures, free: u32, now: Timestamp) -> i64 {
    let since = now.as_second() - failures.last.as_second();
    if failures.count < free || since >= FORGET_SECS {
        return 0;
    }
    let doublings = (failures.count - free).min(16);
    let wait = (FIRST_WAIT_SECS << doublings).min(LONGEST_WAIT_SECS);
    (wait - since).max(0)
}

impl SignInLimits {
    /// For how many seconds this source has to wait; none: it may try.
    pub(crate) fn wait(&self, source: IpAddr, name: &str, now: Timestamp) -> Option<u32> {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        keys(source, name)
            .into_iter()
            .filter_map(|(key, free)| failures.get(&key).map(|f| wait_secs(*f, free, now)))
            .max()
            .filter(|secs| *secs > 0)
            .and_then(|secs| u32::try_from(secs).ok())
    }

    /// Counts a wrong password.
    pub(crate) fn failed(&self, source: IpAddr, name: &str, now: Timestamp) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= REMEMBERED {
            failures.retain(|_, f| now.as_second() - f.last.as_second() < FORGET_SECS);
        }
        if failures.len() >= REMEMBERED {
            failures.clear();
        }
        for (key, _) in keys(source, name) {
            let entry = failures.entry(key).or_insert(Failures {
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

    /// The right password: the name's failures are forgotten, the source's are not.
    pub(crate) fn succeeded(&self, source: IpAddr, name: &str) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let [(of_name, _), _] = keys(source, name);
        failures.remove(&of_name);
    }
}

#[cfg(test)]
mod tests;
