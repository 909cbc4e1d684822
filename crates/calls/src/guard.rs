//! Failed authentications, counted by source and by username.
//!
//! The limits decide only how a *wrong* digest is answered: a right one always passes, so nobody
//! can lock a phone out by guessing in its name, and a source that has a binding is always
//! answered, so a phone with a mistyped second account keeps working. Nothing is written
//! anywhere; the tables are bounded, and when they are full the oldest counts make room.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    net::IpAddr,
    time::{Duration, Instant},
};

use model::SipUsername;

use crate::auth::USERNAME;

/// Wrong digests answered per source within [`WINDOW`]; those after them are dropped.
pub(crate) const PER_SOURCE: u32 = 10;
/// Wrong digests answered per username within [`WINDOW`], over all sources.
pub(crate) const PER_USERNAME: u32 = 30;
/// How long a failure counts.
pub(crate) const WINDOW: Duration = Duration::from_secs(300);
/// Entries a table: about 100 bytes each.
const ENTRIES: usize = 20_000;
/// At least so long between two events about the same source.
const EVENT_EVERY: Duration = Duration::from_secs(1);
/// Events a second over all sources.
const EVENTS_A_SECOND: u32 = 20;

/// What to do about a wrong digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Challenge again.
    Answer,
    /// Say nothing: the guesser learns nothing and gets no packets for theirs.
    Drop,
}

#[derive(Debug, Clone)]
pub(crate) struct Count<N> {
    pub(crate) failures: u32,
    since: Instant,
    told: Option<Instant>,
    note: N,
}

/// A table of counts, with a note on each, that forgets the oldest when it is full.
#[derive(Debug)]
pub(crate) struct Counts<K, N = ()> {
    window: Duration,
    by_key: HashMap<K, Count<N>>,
    order: VecDeque<(Instant, K)>,
}

impl<K: Clone + Eq + Hash, N: Default> Counts<K, N> {
    /// Counts within this time.
    pub(crate) fn new(window: Duration) -> Self {
        Self {
            window,
            by_key: HashMap::new(),
            order: VecDeque::new(),
        }
    }

    pub(crate) fn add(&mut self, key: K, now: Instant) -> &mut Count<N> {
        self.forget_old(now);
        let order = &mut self.order;
        let count = self.by_key.entry(key).or_insert_with_key(|key| {
            order.push_back((now, key.clone()));
            Count {
                failures: 0,
                since: now,
                told: None,
                note: N::default(),
            }
        });
        count.failures = count.failures.saturating_add(1);
        count
    }

    fn forget_old(&mut self, now: Instant) {
        while let Some((since, _)) = self.order.front() {
            let expired = now.saturating_duration_since(*since) >= self.window;
            if !expired && self.order.len() < ENTRIES {
                break;
            }
            if let Some((_, key)) = self.order.pop_front() {
                self.by_key.remove(&key);
            }
        }
    }

    pub(crate) fn failures(&self, key: &K, now: Instant) -> u32 {
        self.by_key
            .get(key)
            .filter(|count| now.saturating_duration_since(count.since) < self.window)
            .map_or(0, |count| count.failures)
    }

    /// Counts from zero again; whether there was anything to forget.
    fn forget(&mut self, key: &K) -> bool {
        self.order.retain(|(_, known)| known != key);
        self.by_key.remove(key).is_some()
    }
}

/// What is remembered of a source beside its failures.
#[derive(Debug, Clone, Default)]
struct Offence {
    /// The last username that failed from there.
    username: Box<str>,
    /// When its wrong digests began to be dropped.
    blocked: Option<Instant>,
}

/// A source whose wrong digests are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// One address of IPv4, or the first of a /64 of IPv6.
    pub(crate) network: IpAddr,
    pub(crate) since: Instant,
    pub(crate) until: Instant,
    pub(crate) failures: u32,
    pub(crate) username: Box<str>,
}

/// The counts of failures.
#[derive(Debug)]
pub(crate) struct Guard {
    sources: Counts<IpAddr, Offence>,
    usernames: Counts<Box<str>>,
    events: Option<(Instant, u32)>,
}

/// What a failure leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failure {
    /// How to answer.
    pub(crate) verdict: Verdict,
    /// Whether to tell `services`: at a bounded rate.
    pub(crate) tell: bool,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            sources: Counts::new(WINDOW),
            usernames: Counts::new(WINDOW),
            events: None,
        }
    }
}

impl Guard {
    /// Counts a wrong digest. `known_phone`: the source has a binding.
    pub(crate) fn failed(
        &mut self,
        source: IpAddr,
        username: &str,
        known_phone: bool,
        now: Instant,
    ) -> Failure {
        // What can be nobody's name is one name: strangers choose neither how many bytes are
        // kept nor how many keys.
        let name = SipUsername::parse(username).map_or("", |_| username);
        let by_username = self.usernames.add(name.into(), now).failures;
        let count = self.sources.add(network(source), now);
        let excess = count.failures > PER_SOURCE || by_username > PER_USERNAME;
        count.note.username = username.chars().take(USERNAME).collect();
        if count.failures > PER_SOURCE && !known_phone {
            count.note.blocked.get_or_insert(now);
        }
        let due = count
            .told
            .is_none_or(|told| now.saturating_duration_since(told) >= EVENT_EVERY);
        if due {
            count.told = Some(now);
        }
        Failure {
            verdict: if excess && !known_phone {
                Verdict::Drop
            } else {
                Verdict::Answer
            },
            tell: due && self.may_tell(now),
        }
    }

    /// The sources whose wrong digests are dropped now, by address.
    pub(crate) fn blocked(&self, now: Instant) -> Vec<Block> {
        let window = self.sources.window;
        let mut blocked: Vec<Block> = self
            .sources
            .by_key
            .iter()
            .filter_map(|(network, count)| {
                Some(Block {
                    network: *network,
                    since: count.note.blocked?,
                    until: count.since + window,
                    failures: count.failures,
                    username: count.note.username.clone(),
                })
            })
            .filter(|block| block.until > now)
            .collect();
        blocked.sort_unstable_by_key(|block| block.network);
        blocked
    }

    /// Counts the source's failures from zero again; false: it was not blocked.
    pub(crate) fn lift(&mut self, source: IpAddr, now: Instant) -> bool {
        let network = network(source);
        let blocked = self.blocked(now);
        blocked.iter().any(|block| block.network == network) && self.sources.forget(&network)
    }

    fn may_tell(&mut self, now: Instant) -> bool {
        let (since, told) = self.events.unwrap_or((now, 0));
        if now.saturating_duration_since(since) >= Duration::from_secs(1) {
            self.events = Some((now, 1));
            return true;
        }
        self.events = Some((since, told + 1));
        told < EVENTS_A_SECOND
    }
}

/// Bits of the network that is counted as one source.
pub(crate) const fn prefix(network: IpAddr) -> u8 {
    match network {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 64,
    }
}

/// One address of IPv4, a /64 of IPv6: what one party can send from.
pub(crate) fn network(source: IpAddr) -> IpAddr {
    match source {
        IpAddr::V6(address) if address.to_ipv4_mapped().is_none() => {
            let mut octets = address.octets();
            octets[8..].fill(0);
            IpAddr::from(octets)
        }
        other => other.to_canonical(),
    }
}

#[cfg(test)]
mod tests;
