//! The people that the actor can see.

use model::{Model, Operation, Presence, SiteId};

use super::{
    UserFilter, UserView,
    index::{Filter, SORT_NAMES},
    view,
};
use crate::{Context, Error, ListQuery, Page, listing::Listing};

/// Lists people with their live state: search by parts of name, email, extension, username and
/// MAC address; any sort; any page.
///
/// # Errors
/// `Forbidden`; `NotFound` for another customer; `Invalid` for a bad filter, cursor, sort or
/// limit.
pub async fn list(
    ctx: &Context,
    filter: &UserFilter,
    query: &ListQuery,
) -> Result<Page<UserView>, Error> {
    let extent = ctx.require_somewhere(Model::User, Operation::Read)?;
    let customer = ctx.customer_of_filter(filter.customer_id.as_deref())?;
    let listing = Listing::read(query, SORT_NAMES)?;
    let all = extent.everything || extent.customer.is_some();
    let filter = Filter {
        only: if all || extent.site.is_some() {
            None
        } else {
            extent.own
        },
        site: filter.site_id.as_deref().map(site).transpose()?,
        also_only_site: if all { None } else { extent.site },
        role: filter.role.clone(),
        presence: filter.state.as_deref().map(state).transpose()?,
        has_extension: filter.has_extension,
        enabled: false,
        extension: filter.extension.clone(),
        email: filter.email.as_ref().map(|email| email.to_lowercase()),
        username: filter.username.as_ref().map(|name| name.to_lowercase()),
    };
    let sees_nobody = !all && extent.site.is_none() && extent.own.is_none();
    if sees_nobody {
        return Ok(Page {
            items: Vec::new(),
            next: None,
            total: 0,
        });
    }
    let found = ctx
        .services()
        .user_index()
        .find(customer, &filter, &listing);
    let page = listing.cut(found.rows, found.total);
    Ok(page.map(|user| view(ctx, &user)))
}

fn site(text: &str) -> Result<SiteId, Error> {
    text.parse()
        .map_err(|_| Error::field("site_id", "invalid", "give the id of a site"))
}

fn state(text: &str) -> Result<Presence, Error> {
    [
        Presence::Available,
        Presence::Ringing,
        Presence::OnCall,
        Presence::DoNotDisturb,
        Presence::Offline,
        Presence::Disabled,
    ]
    .into_iter()
    .find(|presence| presence.as_str() == text)
    .ok_or_else(|| {
        Error::field(
            "state",
            "unknown",
            "a state is available, ringing, on_call, do_not_disturb, offline or disabled",
        )
    })
}
