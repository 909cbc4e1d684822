//! Which addresses SIP is sent to at all.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Whether SIP may be sent to private and loopback addresses: phones and PBXs live there, unless
/// the server serves strangers over the Internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PrivateTargets {
    /// They are called like any other.
    #[default]
    Allowed,
    /// Nobody's phone is there.
    Refused,
}

/// Whether a host may be there that SIP is sent to. Link-local, multicast and unspecified addresses
/// are nobody's phone, and how clouds hide their metadata services. The server's own listeners are
/// for the caller to leave out.
#[must_use]
pub fn may_be_target(address: SocketAddr, private: PrivateTargets) -> bool {
    let (is_host, is_private) = match address.ip().to_canonical() {
        IpAddr::V4(ip) => (is_host_v4(ip), is_private_v4(ip)),
        IpAddr::V6(ip) => (is_host_v6(ip), ip.is_loopback() || ip.is_unique_local()),
    };
    let refused = is_private && private == PrivateTargets::Refused;
    address.port() != 0 && is_host && !refused
}

fn is_host_v4(ip: Ipv4Addr) -> bool {
    let reserved = ip.octets()[0] == 0 || ip.octets()[0] >= 240;
    !(ip.is_link_local() || ip.is_multicast() || reserved)
}

fn is_host_v6(ip: Ipv6Addr) -> bool {
    !(ip.is_unicast_link_local() || ip.is_multicast() || ip.is_unspecified())
}

/// RFC 1918, loopback, and what carriers share (RFC 6598).
fn is_private_v4(ip: Ipv4Addr) -> bool {
    let [first, second, ..] = ip.octets();
    ip.is_private() || ip.is_loopback() || (first == 100 && second & 0xC0 == 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_addresses_are_nobodys_phone_and_private_ones_may_be_refused() {
        for (address, allowed, refused) in [
            ("203.0.113.5:5060", true, true),
            ("[2001:db8::1]:5060", true, true),
            ("100.128.0.1:5060", true, true),
            ("192.168.1.5:5060", true, false),
            ("10.1.2.3:5060", true, false),
            ("172.16.0.1:5060", true, false),
            ("100.64.0.1:5060", true, false),
            ("127.0.0.1:5099", true, false),
            ("[::1]:5099", true, false),
            ("[fd00::1]:5060", true, false),
            ("[::ffff:10.1.2.3]:5060", true, false),
            ("169.254.169.254:80", false, false),
            ("[::ffff:169.254.169.254]:80", false, false),
            ("224.0.0.1:5060", false, false),
            ("0.0.0.0:5060", false, false),
            ("0.1.2.3:5060", false, false),
            ("240.0.0.1:5060", false, false),
            ("255.255.255.255:5060", false, false),
            ("[fe80::1]:5060", false, false),
            ("[ff02::1]:5060", false, false),
            ("[::]:5060", false, false),
            ("203.0.113.5:0", false, false),
        ] {
            let at = address.parse().unwrap();
            assert_eq!(
                may_be_target(at, PrivateTargets::Allowed),
                allowed,
                "{address}"
            );
            assert_eq!(
                may_be_target(at, PrivateTargets::Refused),
                refused,
                "{address}"
            );
        }
    }
}
