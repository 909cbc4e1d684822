//! Where messages come from and go to.

use std::fmt;
use std::net::SocketAddr;

/// A transport of SIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// Datagrams: lost, doubled, reordered; the transaction layer repeats.
    Udp,
    /// A plain connection.
    Tcp,
    /// An encrypted connection.
    Tls,
    /// A WebSocket (RFC 7118).
    Ws,
    /// An encrypted WebSocket.
    Wss,
}

impl Transport {
    /// Whether what was written arrives or the connection fails: no repeating then.
    pub fn is_reliable(self) -> bool {
        self != Self::Udp
    }

    /// The name in Via.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Ws => "WS",
            Self::Wss => "WSS",
        }
    }

    /// The value of a URI's `transport` parameter.
    pub fn parameter(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Ws => "ws",
            Self::Wss => "wss",
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A way that a message came or goes: the socket's own address, the other side's, and over
/// connections which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    /// The transport.
    pub transport: Transport,
    /// Our address on it: never unspecified, since it is written into Via and Contact.
    pub local: SocketAddr,
    /// The other side's address.
    pub peer: SocketAddr,
    /// Which connection; 0 over UDP.
    pub connection: u64,
}
