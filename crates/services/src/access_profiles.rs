//! Access profiles: what a role or a key may do, as data.
//!
//! The standard ones are nobody's to change; a customer's own begin as a clone of another. Nobody
//! makes, changes or deletes one that may do more than they may themselves.

mod create;
mod delete;
mod get;
mod grants;
mod list;
mod standard;
mod update;

pub use create::create;
pub use delete::delete;
pub use get::get;
pub use list::list;
pub use standard::{STANDARD, StandardProfile};
pub use update::update;

use std::sync::Arc;

use model::{AccessProfile, AccessProfileId, CustomerId, DisplayName, Model, Operation};

use crate::{Context, Error, Patch, directory::Directory, error::Fields, gate::Target};

/// One line of a profile, as given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GrantInput {
    /// A model's name; `*`: every.
    pub model: String,
    /// An operation's name; `*`: every.
    pub operation: String,
    /// `own`, `assigned`, `site`, `customer`, `subtree`.
    pub scope: String,
}

/// A profile to be.
#[derive(Debug, Clone, Default)]
pub struct NewAccessProfile {
    /// May be left out by whoever belongs to one customer.
    pub customer_id: Option<String>,
    /// Unique among the customer's, and not a standard one's.
    pub name: String,
    /// One sentence; the cloned profile's unless given.
    pub description: Option<String>,
    /// The id of the profile that it begins as a copy of.
    pub clone_of: Option<String>,
    /// What it allows; the cloned profile's grants unless given.
    pub grants: Option<Vec<GrantInput>>,
}

/// What to change of a profile.
#[derive(Debug, Clone, Default)]
pub struct AccessProfilePatch {
    /// Users and keys that have the profile follow.
    pub name: Patch<String>,
    /// Null: none.
    pub description: Patch<String>,
    /// All of them anew.
    pub grants: Patch<Vec<GrantInput>>,
}

/// Filters of the profiles list.
#[derive(Debug, Clone, Default)]
pub struct AccessProfileFilter {
    /// One customer's, and the standard ones.
    pub customer_id: Option<String>,
    /// Only those that the actor may hand out.
    pub assignable: bool,
}

/// Longest description, in characters.
const MAX_DESCRIPTION: usize = 500;

/// A profile of a customer's own, if the actor may do this with it and holds all that it allows.
fn own(
    ctx: &Context,
    id: AccessProfileId,
    operation: Operation,
) -> Result<(Arc<AccessProfile>, CustomerId), Error> {
    let profile = get::find(ctx, id)?;
    let Some(customer) = profile.customer else {
        ctx.require_somewhere(Model::AccessProfile, operation)?;
        return Err(Error::Conflict {
            code: "standard",
            message: "the standard profiles come with the product; clone it and change the clone"
                .to_owned(),
            id: None,
        });
    };
    ctx.require(Model::AccessProfile, operation, &Target::customer(customer))?;
    let directory = ctx.directory();
    if !ctx.holds_all(&profile, crate::users::seat(&directory, Some(customer))) {
        return Err(Error::Forbidden {
            operation: operation.as_str(),
            model: Model::AccessProfile.as_str(),
        });
    }
    Ok((profile, customer))
}

/// A name that no other profile has that the customer sees. Standard names stay the product's,
/// however they are written: a role is found by its name.
fn name_of(
    directory: &Directory,
    customer: CustomerId,
    own: Option<AccessProfileId>,
    text: &str,
    fields: &mut Fields,
) -> Option<String> {
    let name = fields.take("name", DisplayName::parse(text))?.to_string();
    let wanted = name.to_lowercase();
    let taken = directory
        .profiles()
        .filter(|other| other.customer.is_none_or(|id| id == customer))
        .any(|other| Some(other.id) != own && other.name.to_lowercase() == wanted);
    if taken {
        let message = "another access profile has this name; choose another";
        fields.add("name", "taken", message);
    }
    Some(name)
}

fn description_of(text: &str, fields: &mut Fields) -> String {
    let text = text.trim();
    if text.chars().count() > MAX_DESCRIPTION {
        let message = format!("a description has at most {MAX_DESCRIPTION} characters");
        fields.add("description", "too_long", message);
    } else if model::has_control(text) {
        let message = "a description has no line breaks or control characters";
        fields.add("description", "invalid", message);
    }
    text.to_owned()
}

#[cfg(test)]
mod tests;
