//! A block is lifted: the source may try again at once.

use std::net::IpAddr;

use model::{Model, Operation, SwitchCommand, SwitchReply};
use serde_json::json;

use super::ask;
use crate::{Context, Error, change::Act, gate::Target};

/// Lifts the block of an address; of IPv6 any address of the blocked network will do.
///
/// # Errors
/// `Forbidden`; `NotFound` where nothing is blocked; `Unavailable` when the database or the switch
/// does not answer.
pub async fn lift(ctx: &Context, address: IpAddr) -> Result<(), Error> {
    ctx.require(Model::BlockedSource, Operation::Read, &Target::provider())?;
    ctx.require(Model::BlockedSource, Operation::Delete, &Target::provider())?;
    let SwitchReply::Blocked(rows) = ask(ctx, SwitchCommand::BlockedSources).await? else {
        return Err(Error::Unavailable("the switch"));
    };
    let blocked = rows
        .into_iter()
        .find(|row| covers(row.address, row.prefix, address))
        .ok_or(Error::NotFound("blocked_source"))?;
    let mut change = ctx.change().await?;
    change.audit(Act {
        customer: None,
        action: "blocked_source.lifted",
        model: Model::BlockedSource,
        subject_id: blocked.address.to_string(),
        subject_name: format!("{}/{}", blocked.address, blocked.prefix),
        before: Some(json!({
            "failures": blocked.failures,
            "username": blocked.username,
            "until": blocked.until.to_string(),
        })),
        after: None,
    });
    change.commit().await?;
    match ask(ctx, SwitchCommand::LiftBlock(address)).await {
        // It ended by itself in between: that is what was wanted.
        Ok(_) | Err(Error::NotFound(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Whether an address lies in a network.
fn covers(network: IpAddr, prefix: u8, address: IpAddr) -> bool {
    let mapped = match address {
        IpAddr::V6(ip) => ip.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    };
    match (network, mapped) {
        (IpAddr::V4(network), IpAddr::V4(ip)) => network == ip,
        (IpAddr::V6(network), IpAddr::V6(ip)) => {
            let shift = u32::from(128 - prefix.min(128));
            let part = |bits: u128| bits.checked_shr(shift).unwrap_or(0);
            part(network.to_bits()) == part(ip.to_bits())
        }
        _ => false,
    }
}
