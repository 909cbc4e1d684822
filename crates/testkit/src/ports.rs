//! Free ports for the servers of tests.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, UdpSocket},
    time::Duration,
};

use crate::softphone::wait;

/// A port of 127.0.0.1 that is free over TCP and UDP. Another may take it before the server does,
/// which then fails aloud.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn free_port() -> SocketAddr {
    free_port_of(Ipv4Addr::LOCALHOST.into())
}

/// The same of another address of this machine.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn free_port_of(ip: IpAddr) -> SocketAddr {
    let found = wait(Duration::from_secs(5), || {
        let tcp = TcpListener::bind((ip, 0)).ok()?;
        let address = tcp.local_addr().ok()?;
        UdpSocket::bind(address).ok()?;
        Some(address)
    });
    found.unwrap_or_else(|| panic!("{ip} has no free port"))
}
