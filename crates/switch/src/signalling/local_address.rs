//! Which of our addresses a peer reaches us at: what the kernel's route to it says.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

/// Routes change: an answer is asked for again after this long.
const KEPT: Duration = Duration::from_secs(60);

/// Peers remembered; beyond that everything is forgotten and asked for again.
const MOST: usize = 20_000;

/// Local addresses by peer.
#[derive(Debug, Default)]
pub struct LocalAddresses {
    known: HashMap<IpAddr, (IpAddr, Instant)>,
}

impl LocalAddresses {
    /// The address to name in Via, Contact and SDP towards this peer.
    pub fn towards(&mut self, peer: IpAddr, now: Instant) -> io::Result<IpAddr> {
        if let Some((local, since)) = self.known.get(&peer)
            && now.duration_since(*since) < KEPT
        {
            return Ok(*local);
        }
        let local = ask(peer)?;
        if self.known.len() >= MOST {
            self.known.clear();
        }
        self.known.insert(peer, (local, now));
        Ok(local)
    }
}

/// Connecting a datagram socket sends nothing; it only asks for the route.
fn ask(peer: IpAddr) -> io::Result<IpAddr> {
    let any = match peer {
        IpAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        IpAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    let socket = UdpSocket::bind(any)?;
    socket.connect((peer, 9))?;
    Ok(socket.local_addr()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test is the driver here")]
    fn a_loopback_peer_is_reached_from_loopback() {
        let mut addresses = LocalAddresses::default();
        let peer = "127.0.0.2".parse().unwrap();
        let local = addresses.towards(peer, Instant::now()).unwrap();
        assert!(local.is_loopback());
    }
}
