//! Symmetric RTP with a lock: where a leg's packets go, and whose packets it takes.
//!
//! A peer behind NAT sends from another address than its SDP says. The first good packet from
//! an address that may send is believed, once; after that only its exact source is.

use std::net::{IpAddr, SocketAddr};

/// The far end of one socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latch {
    said: SocketAddr,
    allowed: Vec<IpAddr>,
    seen: Option<SocketAddr>,
}

impl Latch {
    /// Nothing came yet; `said` is from SDP, `allowed` are further addresses.
    pub fn new(said: SocketAddr, allowed: Vec<IpAddr>) -> Self {
        Self {
            said,
            allowed,
            seen: None,
        }
    }

    /// What a new offer or answer said. Another address than before opens the lock.
    pub fn update(&mut self, said: SocketAddr, allowed: Vec<IpAddr>) {
        if said != self.said {
            self.said = said;
            self.seen = None;
        }
        self.allowed = allowed;
    }

    /// Whether a packet from there is to be looked at.
    #[must_use]
    pub fn admits(&self, source: SocketAddr) -> bool {
        match self.seen {
            Some(seen) => seen == source,
            None => source.ip() == self.said.ip() || self.allowed.contains(&source.ip()),
        }
    }

    /// A good packet came from there: it is the peer from now on.
    pub fn lock(&mut self, source: SocketAddr) {
        if self.seen.is_none() {
            self.seen = Some(source);
        }
    }

    /// Where to send, if anywhere: nowhere while the peer named no address (RFC 3264 §8.4).
    #[must_use]
    pub fn target(&self) -> Option<SocketAddr> {
        let target = self.seen.unwrap_or(self.said);
        (!target.ip().is_unspecified() && target.port() != 0).then_some(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn latch() -> Latch {
        Latch::new(at("10.0.0.1:4000"), vec!["203.0.113.7".parse().unwrap()])
    }

    #[test]
    fn before_the_first_packet_the_named_and_the_signalling_address_may_send() {
        let latch = latch();
        assert!(latch.admits(at("10.0.0.1:4000")));
        assert!(latch.admits(at("10.0.0.1:9999")));
        assert!(latch.admits(at("203.0.113.7:5555")));
        assert!(!latch.admits(at("198.51.100.1:4000")));
        assert_eq!(latch.target(), Some(at("10.0.0.1:4000")));
    }

    #[test]
    fn after_it_only_its_exact_source_may() {
        let mut latch = latch();
        latch.lock(at("203.0.113.7:5555"));
        latch.lock(at("10.0.0.1:4000"));
        assert_eq!(latch.target(), Some(at("203.0.113.7:5555")));
        assert!(latch.admits(at("203.0.113.7:5555")));
        assert!(!latch.admits(at("203.0.113.7:5556")));
        assert!(!latch.admits(at("10.0.0.1:4000")));
    }

    #[test]
    fn the_same_answer_again_keeps_the_lock_and_another_opens_it() {
        let mut latch = latch();
        latch.lock(at("203.0.113.7:5555"));
        latch.update(at("10.0.0.1:4000"), Vec::new());
        assert!(latch.admits(at("203.0.113.7:5555")));
        latch.update(at("10.0.0.2:4000"), Vec::new());
        assert!(!latch.admits(at("203.0.113.7:5555")));
        assert_eq!(latch.target(), Some(at("10.0.0.2:4000")));
    }

    #[test]
    fn no_address_means_nowhere() {
        assert_eq!(Latch::new(at("0.0.0.0:4000"), Vec::new()).target(), None);
        assert_eq!(Latch::new(at("10.0.0.1:0"), Vec::new()).target(), None);
    }
}
