//! The Via header (RFC 3261 §20.42, RFC 3581).

use std::fmt;
use std::net::IpAddr;

use crate::flow::{Flow, Transport};
use crate::grammar::{is_token, trim};
use crate::host::{Host, ipv6};
use crate::params::Params;

/// What a branch begins with when its maker follows RFC 3261 (§8.1.1.7).
pub const MAGIC_COOKIE: &str = "z9hG4bK";

/// One hop of a message's path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Via {
    /// The transport in upper case: `UDP`, `TCP`, … or one never heard of.
    pub transport: String,
    /// The host of `sent-by`.
    pub host: Host,
    /// The port of `sent-by`.
    pub port: Option<u16>,
    /// `branch`, `received`, `rport` and others.
    pub params: Params,
}

impl Via {
    /// The Via of a request that this side sends over `flow`; it asks for `rport`.
    pub fn sent(flow: &Flow, branch: &str) -> Self {
        let mut params = Params::new();
        params.set("branch", Some(branch));
        params.set("rport", None);
        Self {
            transport: flow.transport.as_str().to_owned(),
            host: flow.local.ip().into(),
            port: Some(flow.local.port()),
            params,
        }
    }

    /// One hop, all of `text`; white space around the slashes is legal.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '/');
        let protocol = trim(parts.next()?);
        let version = trim(parts.next()?);
        let rest = trim(parts.next()?);
        let end = rest.find([' ', '\t'])?;
        let (transport, rest) = (&rest[..end], trim(&rest[end..]));
        let fits = protocol.eq_ignore_ascii_case("SIP")
            && version == "2.0"
            && is_token(transport.as_bytes());
        if !fits {
            return None;
        }
        let (host, port, rest) = Host::with_port(rest)?;
        let params = Params::of_header(rest)?;
        Some(Self {
            transport: transport.to_ascii_uppercase(),
            host,
            port,
            params,
        })
    }

    /// The branch, where one is there and not empty.
    pub fn branch(&self) -> Option<&str> {
        self.params
            .get("branch")
            .filter(|branch| !branch.is_empty())
    }

    /// Whether the branch names a transaction by itself: it has the cookie and more than that
    /// (RFC 3261 §8.1.1.7, RFC 4475 §3.2.1).
    pub fn has_unique_branch(&self) -> bool {
        self.branch().is_some_and(|branch| {
            branch.len() > MAGIC_COOKIE.len()
                && branch.as_bytes()[..MAGIC_COOKIE.len()]
                    .eq_ignore_ascii_case(MAGIC_COOKIE.as_bytes())
        })
    }

    /// The `received` address, with or without brackets (RFC 5118 §4.5).
    pub fn received(&self) -> Option<IpAddr> {
        let text = self.params.get("received")?;
        let bare = text
            .strip_prefix('[')
            .and_then(|inner| inner.strip_suffix(']'));
        bare.unwrap_or(text)
            .parse()
            .ok()
            .or_else(|| ipv6(bare?).map(IpAddr::V6))
    }

    /// The value of `rport`, once a server has filled it in.
    pub fn rport(&self) -> Option<u16> {
        self.params.get("rport")?.parse().ok()
    }

    /// Notes where the message really came from (RFC 3261 §18.2.1, RFC 3581 §4). Whatever the
    /// sender claimed in `received` goes.
    pub fn note_source(&mut self, flow: &Flow) {
        self.params.remove("received");
        let asks_rport = self.params.has("rport");
        if asks_rport {
            self.params
                .set("rport", Some(&flow.peer.port().to_string()));
        }
        if asks_rport || self.host.address() != Some(flow.peer.ip()) {
            self.params
                .set("received", Some(&flow.peer.ip().to_string()));
        }
    }

    /// Where the answer to a request goes that came over `flow` (RFC 3261 §18.2.2, RFC 3581
    /// §4): the same connection, or over UDP its source address with the port of `rport`, else
    /// of `sent-by`. `maddr` is not followed: it would let a stranger aim our answers.
    pub fn reply_flow(&self, flow: &Flow) -> Flow {
        let mut reply = *flow;
        if flow.transport == Transport::Udp && !self.params.has("rport") {
            reply.peer.set_port(self.port.unwrap_or(5060));
        }
        reply
    }

    /// Where that answer goes once the request's connection is gone: a new one to the source
    /// address and the port of `sent-by` (RFC 3261 §18.2.2).
    pub fn reply_flow_anew(&self, flow: &Flow) -> Flow {
        let mut reply = *flow;
        reply.connection = 0;
        reply
            .peer
            .set_port(self.port.unwrap_or(match flow.transport {
                Transport::Udp | Transport::Tcp => 5060,
                Transport::Tls => 5061,
                Transport::Ws => 80,
                Transport::Wss => 443,
            }));
        reply
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} {}", self.transport, self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        self.params.write_header(f)
    }
}

#[cfg(test)]
mod tests;
