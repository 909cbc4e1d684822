//! Calls to addresses outside, and 2xx that belong to nothing any more.

use std::net::{IpAddr, SocketAddr};

use sip::{
    Flow, HeaderName, Method, Request, Response, Transport,
    dialog::{Dialog, DialogId},
    transaction::ClientKey,
};

use crate::{Engine, EngineConfig};

impl Engine {
    /// How an address outside is reached; none where it must not be called: our own listeners,
    /// link-local, multicast, and what is no address of a host.
    pub(crate) fn flow_to_outside(&self, address: SocketAddr) -> Option<Flow> {
        let peer = SocketAddr::new(address.ip().to_canonical(), address.port());
        if !is_callable(&self.wire.config, peer) {
            return None;
        }
        let local = self
            .wire
            .config
            .listeners
            .iter()
            .filter(|listener| listener.transport == Transport::Udp)
            .map(|listener| listener.address)
            .find(|local| reaches(*local, peer.ip()))?;
        Some(Flow {
            transport: Transport::Udp,
            local,
            peer,
            connection: 0,
        })
    }

    /// A 2xx whose INVITE is long over. Where its dialog lives, the ACK was lost; else a phone
    /// thinks that it talks with us, and is told that it does not.
    pub(crate) fn stray(&mut self, flow: Flow, response: &Response) {
        let Some(id) = DialogId::of_response(response) else {
            return;
        };
        // Only answers to what we asked: the tag is ours.
        let known = self.find(&id).is_some();
        let Some(mut dialog) = dialog_of(response) else {
            return;
        };
        if !known && self.dialogs.leg_of(&id.local_tag).is_none() {
            return;
        }
        let cseq = dialog.local_cseq();
        let ack = dialog.ack(cseq);
        let entropy = self.wire.random();
        self.wire.layer.send_request(flow, ack, entropy);
        if !known {
            let bye = dialog.request(Method::Bye);
            let entropy = self.wire.random();
            self.wire.layer.send_request(flow, bye, entropy);
        }
    }

    /// A 2xx of another fork, when the leg of the INVITE is gone already: it is acknowledged and
    /// ended (RFC 3261 §13.2.2.4), or a phone talks with nobody.
    pub(crate) fn late_answer(&mut self, key: ClientKey, flow: Flow, response: &Response) {
        let of_invite = response
            .headers
            .cseq()
            .is_ok_and(|cseq| cseq.method == Method::Invite);
        if !response.is_success() || !of_invite {
            return;
        }
        if let Some(mut dialog) = dialog_of(response) {
            let ack = dialog.ack(dialog.local_cseq());
            self.wire.acknowledge(key, flow, ack);
            let bye = dialog.request(Method::Bye);
            let entropy = self.wire.random();
            self.wire.layer.send_request(flow, bye, entropy);
        }
    }
}

/// The dialog that a 2xx to an INVITE of ours makes, from the answer alone.
fn dialog_of(response: &Response) -> Option<Dialog> {
    let mut invite = Request::new(Method::Invite, response.headers.contact()?.uri);
    for name in [HeaderName::From, HeaderName::CallId, HeaderName::CSeq] {
        invite.headers.copy(&name, &response.headers);
    }
    Dialog::uac(&invite, response).ok()?
}

/// Whether a host may be there that we call or connect to.
pub(crate) fn is_callable(config: &EngineConfig, peer: SocketAddr) -> bool {
    model::may_be_target(peer, config.private_targets) && !is_own(config, peer)
}

fn is_own(config: &EngineConfig, peer: SocketAddr) -> bool {
    config.listeners.iter().any(|listener| {
        let at = listener.address;
        let all = at.ip().is_unspecified()
            && (peer.ip().is_loopback() || config.own_addresses.contains(&peer.ip()));
        at.port() == peer.port() && (at.ip() == peer.ip() || all)
    })
}

/// Whether a socket bound there can send to that address.
fn reaches(local: SocketAddr, peer: IpAddr) -> bool {
    let family = local.is_ipv4() == peer.is_ipv4();
    let wildcard = local.ip().is_unspecified();
    family && (wildcard || local.ip().is_loopback() == peer.is_loopback())
}
