//! What is blocked now.

use std::net::IpAddr;

use model::{BlockedSource, Model, Operation, SwitchCommand, SwitchReply};

use super::ask;
use crate::{Context, Error, ListQuery, Page, gate::Target, listing::Listing};

/// Lists blocked sources; a search looks into addresses and usernames.
///
/// # Errors
/// `Forbidden`; `Invalid` for a bad cursor, sort or limit; `Unavailable` when the switch does not
/// answer.
pub async fn list(ctx: &Context, query: &ListQuery) -> Result<Page<BlockedSource>, Error> {
    ctx.require(Model::BlockedSource, Operation::Read, &Target::provider())?;
    let listing = Listing::read(query, &["address", "since", "until", "failures"])?;
    let SwitchReply::Blocked(mut rows) = ask(ctx, SwitchCommand::BlockedSources).await? else {
        return Err(Error::Unavailable("the switch"));
    };
    // Not by words: a list's words take what has colons for a hardware address.
    let part = query.q.as_deref().unwrap_or_default().trim().to_lowercase();
    rows.retain(|row| {
        row.address.to_string().contains(&part) || row.username.to_lowercase().contains(&part)
    });
    let key = |row: &BlockedSource| match listing.sort {
        "since" => format!("{:020}", row.since.as_microsecond()),
        "until" => format!("{:020}", row.until.as_microsecond()),
        "failures" => format!("{:010}", row.failures),
        _ => format!("{:039}", place(row.address)),
    };
    Ok(listing.page(rows, key, |row| row.address.to_string()))
}

/// One order for both kinds of addresses: those of IPv4 lie before all that are given out of IPv6.
fn place(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().to_bits(),
        IpAddr::V6(ip) => ip.to_bits(),
    }
}
