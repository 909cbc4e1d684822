//! The SIP sockets, bound before anything else starts: a port in use stops the server while
//! nothing is half-written.

use std::{io, net::SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};

/// Bytes of kernel buffer for bursts: fifty thousand phones come back at once after a power cut.
const BUFFER_BYTES: usize = 8 << 20;

/// Pending TCP connections.
const BACKLOG: i32 = 1024;

/// A UDP and a TCP socket on one address.
#[derive(Debug)]
pub struct SipSocket {
    /// As bound, the port filled in.
    pub address: SocketAddr,
    /// Datagrams.
    pub udp: std::net::UdpSocket,
    /// Streams.
    pub tcp: std::net::TcpListener,
}

/// Why an address could not be listened on.
#[derive(Debug, thiserror::Error)]
#[error("{transport} {address}: {source}")]
pub struct BindError {
    /// `UDP` or `TCP`.
    pub transport: &'static str,
    /// Which address.
    pub address: SocketAddr,
    /// What the kernel says.
    pub source: io::Error,
}

impl BindError {
    /// The machine has no such address family: not a mistake where nobody asked for it.
    #[must_use]
    pub fn is_family_missing(&self) -> bool {
        matches!(
            self.source.raw_os_error(),
            Some(libc::EAFNOSUPPORT | libc::EADDRNOTAVAIL)
        )
    }
}

impl SipSocket {
    /// Binds both transports to one address; port 0 takes a free one that both have.
    ///
    /// # Errors
    /// Which transport and address, and why.
    pub fn bind(address: SocketAddr) -> Result<Self, BindError> {
        let refused = |transport, address| {
            move |source| BindError {
                transport,
                address,
                source,
            }
        };
        let udp = bind_udp(address).map_err(refused("UDP", address))?;
        let bound = udp.local_addr().map_err(refused("UDP", address))?;
        let tcp = bind_tcp(bound).map_err(refused("TCP", bound))?;
        Ok(Self {
            address: bound,
            udp,
            tcp,
        })
    }
}

fn open(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    if address.is_ipv6() {
        // IPv4 has its own socket: one that took both would show mapped addresses.
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn bind_udp(address: SocketAddr) -> io::Result<std::net::UdpSocket> {
    let socket = open(address, Type::DGRAM, Protocol::UDP)?;
    // The kernel may give less than asked for; what it gives is still a socket.
    let _ = socket.set_recv_buffer_size(BUFFER_BYTES);
    let _ = socket.set_send_buffer_size(BUFFER_BYTES);
    socket.bind(&address.into())?;
    Ok(socket.into())
}

fn bind_tcp(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = open(address, Type::STREAM, Protocol::TCP)?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_named() {
        let first = SipSocket::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let error = SipSocket::bind(first.address).unwrap_err();
        assert_eq!(error.transport, "UDP");
        assert!(
            error.to_string().contains(&first.address.to_string()),
            "{error}"
        );
        assert!(!error.is_family_missing());
    }
}
