//! Who is at the other end of the connection, seen through the proxies that are trusted.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use super::Door;

/// The browser's or program's address, and whether it came by HTTPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer {
    /// Its address; a trusted proxy's word is taken for it.
    pub(crate) address: IpAddr,
    /// HTTPS up to the trusted proxy.
    pub(crate) secure: bool,
}

impl Peer {
    /// Whoever is between can read what goes over the wire: passwords and cookies too.
    pub(crate) const fn is_exposed(&self) -> bool {
        !self.secure && !self.address.is_loopback()
    }

    /// Reads the forwarding headers, but only of a trusted proxy: anyone can send them.
    pub(crate) fn seen(connected: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> Self {
        let mut address = connected.to_canonical();
        if !trusted.contains(&address) {
            return Self {
                address,
                secure: false,
            };
        }
        let values = headers.get_all("x-forwarded-for");
        let hops: Vec<&str> = values
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        // From the right: each trusted proxy vouches for the one before it, and no further.
        for hop in hops.iter().rev() {
            let Ok(hop) = hop.trim().parse::<IpAddr>() else {
                break;
            };
            address = hop.to_canonical();
            if !trusted.contains(&address) {
                break;
            }
        }
        let scheme = headers.get("x-forwarded-proto");
        let secure = scheme.is_some_and(|scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"));
        Self { address, secure }
    }
}

/// The peer of a request.
pub(super) fn of(parts: &Parts, door: &Door) -> Peer {
    let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let address = connected.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
    Peer::seen(address, &parts.headers, &door.inner.config.trusted_proxies)
}

impl FromRequestParts<Door> for Peer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, door: &Door) -> Result<Self, Self::Rejection> {
        Ok(of(parts, door))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(connected: &str, forwarded: &str, expect: &str, secure: bool) {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        let trusted = ["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()];
        let peer = Peer::seen(connected.parse().unwrap(), &headers, &trusted);
        assert_eq!(peer.address.to_string(), expect);
        assert_eq!(peer.secure, secure);
    }

    #[test]
    fn plain_http_is_exposed_unless_it_stays_on_the_machine() {
        for (address, secure, expect) in [
            ("192.168.1.5", false, true),
            ("192.168.1.5", true, false),
            ("127.0.0.1", false, false),
            ("::1", false, false),
        ] {
            let address = address.parse().unwrap();
            let peer = Peer { address, secure };
            assert_eq!(peer.is_exposed(), expect, "{peer:?}");
        }
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        check("192.0.2.9", "198.51.100.1", "192.0.2.9", false);
        check("10.0.0.1", "198.51.100.1", "198.51.100.1", true);
        check(
            "10.0.0.1",
            "203.0.113.5, 198.51.100.1",
            "198.51.100.1",
            true,
        );
        check("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1", true);
        check("10.0.0.1", "not an address", "10.0.0.1", true);
        check("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1", true);
    }
}
