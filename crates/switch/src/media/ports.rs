//! Pairs of ports for legs: an even one for RTP and the next for RTCP (RFC 3550 §11).

use std::{
    collections::{HashMap, VecDeque},
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
};

use super::sys::note_arrivals;
use socket2::{Domain, Protocol, Socket, Type};

/// The sockets of a leg.
#[derive(Debug)]
pub struct Sockets {
    /// On the even port.
    pub rtp: UdpSocket,
    /// On the next.
    pub rtcp: UdpSocket,
    /// The even port.
    pub port: u16,
    v6: bool,
}

impl Sockets {
    /// Throws away what has come.
    pub fn empty(&self) {
        for socket in [&self.rtp, &self.rtcp] {
            // More than a socket's buffer holds; the rest of a longer packet goes with it.
            for _ in 0..1_024 {
                if socket.recv(&mut [0]).is_err() {
                    break;
                }
            }
        }
    }

    /// The address by which these sockets reach a peer: an IPv6 socket reaches IPv4 by its
    /// mapped form.
    #[must_use]
    pub fn reach(&self, to: SocketAddr) -> SocketAddr {
        match to {
            SocketAddr::V4(v4) if self.v6 => {
                SocketAddr::new(v4.ip().to_ipv6_mapped().into(), v4.port())
            }
            other => other,
        }
    }
}

/// Which ports are free, for all local addresses together.
///
/// They are given in turn, from a random start, so that a port that was returned rests as long
/// as possible: late packets of an ended call meet nobody else's leg.
#[derive(Debug)]
pub struct PortPool {
    free: VecDeque<u16>,
    /// The even port of each pair that is bound, and where.
    open: HashMap<u16, IpAddr>,
    dscp: u8,
}

impl PortPool {
    /// All even ports with an odd neighbour within `first..=last`, begun at a place that
    /// `start` (a random number) says. `dscp` marks what is sent (46: expedited forwarding).
    pub fn new(first: u16, last: u16, start: u64, dscp: u8) -> Self {
        let mut free: VecDeque<u16> = (first..=last)
            .filter(|port| port % 2 == 0 && *port < last)
            .collect();
        if !free.is_empty() {
            let turn = usize::try_from(start % free.len() as u64).unwrap_or(0);
            free.rotate_left(turn);
        }
        Self {
            free,
            open: HashMap::new(),
            dscp,
        }
    }

    /// How many legs can still be opened.
    pub fn free(&self) -> usize {
        self.free.len()
    }

    /// Binds a pair. A port that another process holds is put back and the next one tried.
    ///
    /// # Errors
    /// `AddrNotAvailable` when no port is left or the address is not ours; otherwise what the
    /// system says, for instance that the process has too many open files.
    pub fn open(&mut self, local: IpAddr) -> io::Result<Sockets> {
        for _ in 0..self.free.len().min(64) {
            let Some(port) = self.free.pop_front() else {
                break;
            };
            match self.bind_pair(local, port) {
                Ok(sockets) => {
                    self.open.insert(port, local);
                    return Ok(sockets);
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => self.free.push_back(port),
                Err(error) => {
                    self.free.push_front(port);
                    return Err(error);
                }
            }
        }
        Err(io::Error::new(
            io::ErrorKind::AddrNotAvailable,
            "no media port is free; widen the range of media ports",
        ))
    }

    /// Takes a port back; its sockets are closed.
    pub fn give_back(&mut self, sockets: Sockets) {
        self.open.remove(&sockets.port);
        self.free.push_back(sockets.port);
    }

    /// Whether one of our sockets is bound there.
    pub fn is_open(&self, at: SocketAddr) -> bool {
        self.open.get(&(at.port() & !1)) == Some(&at.ip())
    }

    /// Whether this port is bound on any address.
    pub fn is_taken(&self, port: u16) -> bool {
        self.open.contains_key(&(port & !1))
    }

    fn bind_pair(&self, local: IpAddr, port: u16) -> io::Result<Sockets> {
        Ok(Sockets {
            rtp: bind_rtp(SocketAddr::new(local, port), self.dscp)?,
            rtcp: bind(SocketAddr::new(local, port + 1), self.dscp)?,
            port,
            v6: local.is_ipv6(),
        })
    }
}

/// Whether a leg would find its ports in this range of an address, each of which another process may
/// hold. What is bound to see it is let go again.
///
/// # Errors
/// `AddrInUse` when every pair is held; otherwise what the system says.
pub fn find_ports((first, last): (u16, u16), local: IpAddr) -> io::Result<()> {
    let mut pool = PortPool::new(first, last, 0, 0);
    while let Some(port) = pool.free.pop_front() {
        match pool.bind_pair(local, port) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            other => return other.map(drop),
        }
    }
    Err(io::Error::new(
        io::ErrorKind::AddrInUse,
        format!("none of these ports is free on {local}"),
    ))
}

fn bind_rtp(address: SocketAddr, dscp: u8) -> io::Result<UdpSocket> {
    let socket = bind(address, dscp)?;
    // A wish: without it our own delays count as the network's. Of reports nobody asks.
    let _ = note_arrivals(&socket);
    Ok(socket)
}

fn bind(address: SocketAddr, dscp: u8) -> io::Result<UdpSocket> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::DGRAM.nonblocking(),
        Some(Protocol::UDP),
    )?;
    let class = u32::from(dscp) << 2;
    // Marking is a wish: where the system refuses it, audio goes unmarked.
    if address.is_ipv4() {
        let _ = socket.set_tos_v4(class);
    } else {
        let _ = socket.set_tclass_v6(class);
    }
    socket.bind(&address.into())?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 9));

    #[test]
    fn pairs_are_even_then_odd_and_run_out() {
        let mut pool = PortPool::new(41_001, 41_006, 5, 46);
        assert_eq!(pool.free(), 2); // 41002 and 41004; 41006 has no neighbour in the range.
        let one = pool.open(LOCAL).unwrap();
        let two = pool.open(LOCAL).unwrap();
        assert_eq!(one.port % 2, 0);
        assert_eq!(
            one.rtcp.local_addr().unwrap().port(),
            one.rtp.local_addr().unwrap().port() + 1
        );
        let error = pool.open(LOCAL).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrNotAvailable);
        let port = one.port;
        pool.give_back(one);
        drop(two);
        assert_eq!(pool.open(LOCAL).unwrap().port, port);
    }

    #[test]
    fn a_returned_port_rests_until_the_others_were_used() {
        let mut pool = PortPool::new(41_100, 41_111, 3, 46);
        let first = pool.open(LOCAL).unwrap();
        let port = first.port;
        pool.give_back(first);
        let mut taken = Vec::new();
        for _ in 0..5 {
            taken.push(pool.open(LOCAL).unwrap());
        }
        assert!(taken.iter().all(|sockets| sockets.port != port));
        assert_eq!(pool.open(LOCAL).unwrap().port, port);
    }

    #[test]
    fn a_port_of_another_process_is_passed_over() {
        let _other = UdpSocket::bind((LOCAL, 41_203)).unwrap();
        let mut pool = PortPool::new(41_202, 41_205, 0, 46);
        assert_eq!(pool.open(LOCAL).unwrap().port, 41_204);
    }

    #[test]
    fn an_address_that_is_not_ours_costs_no_port() {
        let mut pool = PortPool::new(41_300, 41_303, 0, 46);
        assert!(pool.open("192.0.2.1".parse().unwrap()).is_err());
        assert_eq!(pool.free(), 2);
    }

    #[test]
    fn a_range_is_found_while_any_pair_of_it_is_free() {
        let range = (41_502, 41_505);
        let one = UdpSocket::bind((LOCAL, 41_503)).unwrap();
        find_ports(range, LOCAL).unwrap();
        let other = UdpSocket::bind((LOCAL, 41_504)).unwrap();
        let error = find_ports(range, LOCAL).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        drop((one, other));
        find_ports(range, LOCAL).unwrap();
        assert!(find_ports(range, "192.0.2.1".parse().unwrap()).is_err());
    }

    #[test]
    fn what_is_sent_is_marked() {
        let mut pool = PortPool::new(41_400, 41_401, 0, 46);
        let sockets = pool.open(LOCAL).unwrap();
        assert_eq!(socket2::SockRef::from(&sockets.rtp).tos_v4().unwrap(), 184);
    }
}
