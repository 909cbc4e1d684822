//! Symmetric RTP with a lock: where a leg's packets go, and whose packets it takes.
//!
//! A peer behind NAT sends from another address than its SDP says. The first good packet from
//! an address that may send is believed, once; after that only its exact source is. Three
//! things move the lock: signalling that names another address; packets from exactly the
//! address that SDP named, where no NAT is between; and, when nothing came from the locked
//! address for a while, another port of the same host (a NAT whose mapping ran out).

use std::net::{IpAddr, SocketAddr};

/// Packets from the address before a new agreement, with nothing from elsewhere, after which it
/// is believed that the peer did not change its socket: two seconds of audio.
const STILL_THERE: u8 = 100;

/// The far end of one socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latch {
    said: SocketAddr,
    allowed: Vec<IpAddr>,
    seen: Option<SocketAddr>,
    /// The source before signalling opened the lock. It goes on sending until our answer
    /// reaches it, so its packets are taken but don't lock.
    former: Option<SocketAddr>,
    /// Packets that came from there since.
    from_former: u8,
    /// Ticks without a packet of the peer.
    quiet_ticks: u32,
    patience_ticks: u32,
}

impl Latch {
    /// Nothing came yet; `said` is from SDP, `allowed` are further addresses. After
    /// `patience_ticks` without a packet another port of the same host is believed.
    pub fn new(said: SocketAddr, allowed: Vec<IpAddr>, patience_ticks: u32) -> Self {
        Self {
            said,
            allowed,
            seen: None,
            former: None,
            from_former: 0,
            quiet_ticks: 0,
            patience_ticks,
        }
    }

    /// What a new offer or answer said. Another address than before opens the lock, and so does
    /// a peer that is no longer allowed where it was.
    pub fn update(&mut self, said: SocketAddr, allowed: Vec<IpAddr>) {
        let moved = said != self.said;
        self.said = said;
        self.allowed = allowed;
        if moved || self.seen.is_some_and(|seen| !self.is_allowed(seen)) {
            self.former = self.seen.take().or(self.former);
            self.from_former = 0;
        }
    }

    /// 20 ms passed.
    pub fn tick(&mut self) {
        self.quiet_ticks = self.quiet_ticks.saturating_add(1);
    }

    /// Whether a packet from there is to be looked at.
    #[must_use]
    pub fn admits(&self, source: SocketAddr) -> bool {
        match self.seen {
            Some(seen) => seen == source || self.may_move(seen, source),
            None => self.is_allowed(source),
        }
    }

    fn is_allowed(&self, source: SocketAddr) -> bool {
        source.ip() == self.said.ip() || self.allowed.contains(&source.ip())
    }

    fn may_move(&self, seen: SocketAddr, source: SocketAddr) -> bool {
        seen.ip() == source.ip() && (source == self.said || self.quiet_ticks > self.patience_ticks)
    }

    /// A good packet came from there: it is the peer from now on.
    pub fn lock(&mut self, source: SocketAddr) {
        if !self.admits(source) {
            return;
        }
        if self.seen.is_none() && self.former == Some(source) && source != self.said {
            self.from_former += 1;
            if self.from_former < STILL_THERE {
                return;
            }
        }
        self.seen = Some(source);
        self.former = None;
        self.from_former = 0;
        self.quiet_ticks = 0;
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
        let allowed = vec!["203.0.113.7".parse().unwrap()];
        Latch::new(at("10.0.0.1:4000"), allowed, 250)
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
        let allowed = vec!["203.0.113.7".parse().unwrap()];
        latch.update(at("10.0.0.1:4000"), allowed);
        assert!(latch.admits(at("203.0.113.7:5555")));
        latch.update(at("10.0.0.2:4000"), Vec::new());
        assert!(!latch.admits(at("203.0.113.7:5555")));
        assert_eq!(latch.target(), Some(at("10.0.0.2:4000")));
    }

    /// A trunk that moves its audio to another port sends from the old one until it has our
    /// answer.
    #[test]
    fn packets_on_their_way_from_the_former_port_do_not_lock_it_again() {
        for (before, after) in [
            ("10.0.0.1:4000", "10.0.0.1:6000"),
            ("203.0.113.7:5555", "203.0.113.7:7777"),
        ] {
            let (before, after) = (at(before), at(after));
            let mut latch = latch();
            latch.lock(before);
            latch.update(at("10.0.0.1:6000"), vec!["203.0.113.7".parse().unwrap()]);
            for _ in 0..3 {
                assert!(latch.admits(before));
                latch.lock(before);
                assert_eq!(latch.target(), Some(at("10.0.0.1:6000")));
            }
            assert!(latch.admits(after));
            latch.lock(after);
            assert_eq!(latch.target(), Some(after));
            assert!(!latch.admits(before));
        }
    }

    #[test]
    fn a_phone_that_kept_its_socket_is_believed_after_two_seconds() {
        let mut latch = latch();
        latch.lock(at("203.0.113.7:5555"));
        latch.update(at("10.0.0.1:6000"), vec!["203.0.113.7".parse().unwrap()]);
        for _ in 0..STILL_THERE {
            assert_eq!(latch.target(), Some(at("10.0.0.1:6000")));
            latch.lock(at("203.0.113.7:5555"));
        }
        assert_eq!(latch.target(), Some(at("203.0.113.7:5555")));
    }

    #[test]
    fn the_named_address_wins_over_another_port_of_its_host() {
        let mut latch = latch();
        latch.lock(at("10.0.0.1:9999"));
        assert!(latch.admits(at("10.0.0.1:4000")));
        latch.lock(at("10.0.0.1:4000"));
        assert_eq!(latch.target(), Some(at("10.0.0.1:4000")));
        assert!(!latch.admits(at("10.0.0.1:9999")));
    }

    #[test]
    fn a_nat_that_forgot_its_mapping_is_followed_when_nothing_else_comes() {
        let mut latch = latch();
        latch.lock(at("203.0.113.7:5555"));
        for _ in 0..=250 {
            assert!(!latch.admits(at("203.0.113.7:5556")));
            latch.tick();
        }
        assert!(!latch.admits(at("198.51.100.1:5556")));
        assert!(!latch.admits(at("10.0.0.1:4000")), "another host");
        latch.lock(at("203.0.113.7:5556"));
        assert_eq!(latch.target(), Some(at("203.0.113.7:5556")));
        assert!(!latch.admits(at("203.0.113.7:5555")));
    }

    #[test]
    fn a_phone_that_roams_is_followed_when_its_signalling_says_so() {
        let mut latch = latch();
        latch.lock(at("203.0.113.7:5555"));
        latch.update(at("10.0.0.1:4000"), vec!["198.51.100.9".parse().unwrap()]);
        assert!(!latch.admits(at("203.0.113.7:5555")));
        latch.lock(at("198.51.100.9:30000"));
        assert_eq!(latch.target(), Some(at("198.51.100.9:30000")));
    }

    #[test]
    fn no_address_means_nowhere() {
        assert_eq!(Latch::new(at("0.0.0.0:4000"), Vec::new(), 9).target(), None);
        assert_eq!(Latch::new(at("10.0.0.1:0"), Vec::new(), 9).target(), None);
    }
}
