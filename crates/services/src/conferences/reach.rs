//! From what was typed to whom to call, and how.

use std::{
    collections::HashSet,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use futures::future::join_all;
use model::{
    ConferenceRole, DialTarget, Extension, Invitation, ParticipantId, Reach, Room, SipAddress,
    User, UserId, may_be_target,
};

use crate::{
    Context,
    directory::{Directory, NumberOwner},
    error::Fields,
    routing::{is_external, role_of},
};

/// How long a name may take to resolve.
const RESOLVE: Duration = Duration::from_secs(2);
/// Targets of one request at most.
pub(super) const MAX_TARGETS: usize = 1_000;
/// Where SIP is spoken unless said otherwise (RFC 3261 §19.1.2).
const SIP_PORT: u16 = 5060;

/// Two targets are the same person if these are the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Identity {
    User(UserId),
    Target(String),
}

/// Reads targets; wrong ones are noted by their place.
pub(super) fn parse(texts: &[String], field: &str, fields: &mut Fields) -> Vec<DialTarget> {
    if texts.len() > MAX_TARGETS {
        let message = format!("invite at most {MAX_TARGETS} at once");
        fields.add(field, "too_many", message);
        return Vec::new();
    }
    texts
        .iter()
        .enumerate()
        .filter_map(|(index, text)| {
            fields.take(&format!("{field}[{index}]"), DialTarget::parse(text))
        })
        .collect()
}

/// Who a target is.
pub(super) fn identity(directory: &Directory, room: &Room, target: &DialTarget) -> Identity {
    user_at(directory, room, target).map_or_else(
        || Identity::Target(target.to_string().to_ascii_lowercase()),
        |user| Identity::User(user.id),
    )
}

fn user_at<'a>(directory: &'a Directory, room: &Room, target: &DialTarget) -> Option<&'a User> {
    let number = target.as_extension()?;
    directory
        .user_at(room.customer, &number)
        .map(|user| &**user)
}

/// Each target once, in order, without those in `known`.
pub(super) fn distinct(
    directory: &Directory,
    room: &Room,
    targets: Vec<DialTarget>,
    known: HashSet<Identity>,
) -> Vec<DialTarget> {
    let mut seen = known;
    targets
        .into_iter()
        .filter(|target| seen.insert(identity(directory, room, target)))
        .collect()
}

/// Invitations for targets, in order. Names are resolved together, within a time limit.
pub(super) async fn invitations(
    ctx: &Context,
    room: &Room,
    targets: Vec<DialTarget>,
    host: Option<&Extension>,
) -> Vec<Invitation> {
    let directory = ctx.directory();
    join_all(
        targets
            .into_iter()
            .map(|target| invitation(ctx, &directory, room, target, host)),
    )
    .await
}

async fn invitation(
    ctx: &Context,
    directory: &Directory,
    room: &Room,
    target: DialTarget,
    host: Option<&Extension>,
) -> Invitation {
    let user = user_at(directory, room, &target);
    let is_host = host.is_some() && host == target.as_extension().as_ref();
    let own_role = user.map_or(ConferenceRole::Participant, |user| {
        role_of(directory, room, user.id)
    });
    let role = if is_host {
        own_role.max(ConferenceRole::Moderator)
    } else {
        own_role
    };
    let reach = match (&target, user) {
        (_, Some(user)) if user.disabled => Reach::Nowhere { reason: "disabled" },
        (_, Some(user)) => Reach::User {
            user: user.id,
            ring_secs: user.features.ring_time_secs,
        },
        (DialTarget::Number(number), None) => Reach::Nowhere {
            reason: if is_external(number) {
                "no_trunk"
            } else {
                "unknown_number"
            },
        },
        (DialTarget::Sip(address), None) => resolve(ctx, address).await,
    };
    Invitation {
        participant: ParticipantId::mint(ctx.now(), ctx.services().entropy()),
        name: name_of(directory, room, &target, user),
        target,
        role,
        reach,
    }
}

/// A user's name, a contact's name, or the target itself.
fn name_of(directory: &Directory, room: &Room, target: &DialTarget, user: Option<&User>) -> String {
    if let Some(user) = user {
        return user.display_name();
    }
    if let Some(NumberOwner::Room(id)) = target
        .as_extension()
        .and_then(|number| directory.number(room.customer, &number))
        && let Some(other) = directory.room(id)
    {
        return other.name.to_string();
    }
    directory
        .contacts()
        .of(Some(room.customer))
        .iter()
        .find(|contact| contact.target == *target)
        .map_or_else(|| target.to_string(), |contact| contact.name.to_string())
}

async fn resolve(ctx: &Context, address: &SipAddress) -> Reach {
    let port = address.port.unwrap_or(SIP_PORT);
    let host = address.host.trim_start_matches('[').trim_end_matches(']');
    let found = match host.parse::<IpAddr>() {
        Ok(ip) => Some(SocketAddr::new(ip, port)),
        Err(_) => {
            let lookup = tokio::net::lookup_host((host, port));
            let answer = tokio::time::timeout(RESOLVE, lookup).await;
            answer
                .ok()
                .and_then(Result::ok)
                .and_then(|mut all| all.next())
        }
    };
    match found {
        None => Reach::Nowhere {
            reason: "unknown_host",
        },
        Some(found) if !may_call(ctx, found) => Reach::Nowhere {
            reason: "not_allowed",
        },
        Some(address) => Reach::Address { address },
    }
}

fn may_call(ctx: &Context, address: SocketAddr) -> bool {
    let private = ctx.services().sip().private_targets;
    may_be_target(address, private) && !is_own_listener(ctx, address)
}

/// Calling oneself would loop.
fn is_own_listener(ctx: &Context, address: SocketAddr) -> bool {
    let sip = ctx.services().sip();
    let own = sip
        .server
        .parse::<IpAddr>()
        .is_ok_and(|own| own == address.ip());
    address.port() == sip.port && (own || address.ip().is_loopback())
}

#[cfg(test)]
mod tests;
