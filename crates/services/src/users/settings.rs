//! The fields of a person, checked the same way when made and when changed.

use model::{
    AccessProfile, CustomerId, DEFAULT_MAX_CALLS, Destination, Email, Extension, Features, Seat,
    SiteId, User, UserId, Username,
};

use super::{DestinationInput, FeaturesPatch};
use crate::{
    Context, Error, Patch,
    directory::{Directory, NumberOwner},
    error::Fields,
    input::{set_number, set_or_default},
};

/// Profiles that only the provider's people and keys have, or only conference managers.
const NOT_FOR_CUSTOMERS: &[&str] = &["provider_administrator", "conference_manager"];

/// The seat of someone of a customer, or of the provider.
pub(crate) fn seat(directory: &Directory, customer: Option<CustomerId>) -> Seat {
    Seat {
        node: customer.map_or_else(|| directory.provider(), CustomerId::node),
        customer,
    }
}

/// Whether someone of this customer can have a profile at all.
pub(crate) fn is_role(profile: &AccessProfile, customer: Option<CustomerId>) -> bool {
    if customer.is_none() {
        return profile.name == "provider_administrator";
    }
    !NOT_FOR_CUSTOMERS.contains(&profile.name.as_str())
}

/// A role that exists, and hands out no more than the actor holds.
pub(super) fn role(
    ctx: &Context,
    customer: Option<CustomerId>,
    name: &str,
    fields: &mut Fields,
) -> Option<String> {
    let directory = ctx.directory();
    let profile = directory
        .profile(customer, name)
        .filter(|profile| is_role(profile, customer));
    let Some(profile) = profile else {
        fields.add(
            "role",
            "unknown",
            "there is no such role; see the access profiles",
        );
        return None;
    };
    if !ctx.holds_all(profile, seat(&directory, customer)) {
        let message = "this role may do more than you may; ask someone who holds it";
        fields.add("role", "not_allowed", message);
        return None;
    }
    Some(name.to_owned())
}

/// Nobody changes a person who may do more than they, nor the person's phones and sessions: a new
/// password would lend them the rest.
pub(crate) fn require_rank(ctx: &Context, user: &User) -> Result<(), Error> {
    let directory = ctx.directory();
    let own = ctx.actor().user() == Some(user.id);
    let held = directory
        .profile(user.customer, &user.role)
        .is_none_or(|profile| ctx.holds_all(profile, seat(&directory, user.customer)));
    if own || held {
        return Ok(());
    }
    Err(Error::Forbidden {
        operation: "update",
        model: "user",
    })
}

/// A site of the same customer.
pub(super) fn site(
    directory: &Directory,
    customer: CustomerId,
    text: &str,
    fields: &mut Fields,
) -> Option<SiteId> {
    let site = text
        .parse::<SiteId>()
        .ok()
        .and_then(|id| directory.site(id))
        .filter(|site| site.customer == customer);
    if site.is_none() {
        fields.add("site_id", "unknown", "the customer has no such site");
    }
    site.map(|site| site.id)
}

/// A number that nothing else of the customer has.
pub(crate) fn free_number(
    directory: &Directory,
    customer: CustomerId,
    text: &str,
    except: Option<NumberOwner>,
    field: &'static str,
    fields: &mut Fields,
) -> Option<Extension> {
    let number = fields.take(field, Extension::parse(text))?;
    let owner = directory.number(customer, &number);
    if owner.is_some() && owner != except {
        let by = match owner {
            Some(NumberOwner::Room(_)) => "a conference room",
            _ => "a user",
        };
        fields.add(
            field,
            "taken",
            format!("{by} has this number; choose another"),
        );
        return None;
    }
    Some(number)
}

/// Notes names that someone else of the customer signs in with.
pub(super) fn check_sign_in_names(
    directory: &Directory,
    customer: Option<CustomerId>,
    own: UserId,
    (username, email): (Option<&Username>, Option<&Email>),
    fields: &mut Fields,
) {
    let own = model::SessionHolder::User(own);
    let taken = |name: &str| {
        directory
            .signs_in(customer, name)
            .is_some_and(|holder| holder != own)
    };
    if username.is_some_and(|name| taken(name.as_str())) {
        fields.add(
            "username",
            "taken",
            "this username is taken; choose another",
        );
    }
    if email.is_some_and(|email| taken(email.as_str())) {
        fields.add("email", "taken", "this email is taken; choose another");
    }
}

/// A username from an email: its local part, with a number behind it where that is taken.
pub(super) fn username_of(
    directory: &Directory,
    customer: Option<CustomerId>,
    email: &Email,
) -> Option<Username> {
    let local = email.as_str().split('@').next().unwrap_or_default();
    let plain: String = local
        .chars()
        .filter(|c| c.is_alphanumeric() || "._-+".contains(*c))
        .take(56)
        .collect();
    let base = if plain.is_empty() {
        "user".to_owned()
    } else {
        plain
    };
    (1..10_000)
        .map(|n| {
            if n == 1 {
                base.clone()
            } else {
                format!("{base}{n}")
            }
        })
        .find(|name| directory.signs_in(customer, name).is_none())
        .and_then(|name| Username::parse(&name).ok())
}

/// Sets what the patch names; destinations have to exist, and not be the person's own number.
pub(super) fn set_features(
    directory: &Directory,
    (customer, own): (Option<CustomerId>, Option<&Extension>),
    features: &mut Features,
    patch: FeaturesPatch,
    fields: &mut Fields,
) {
    let default = Features::default();
    let mut read = |patch: &Patch<DestinationInput>, field: &str| match patch {
        Patch::Keep => None,
        Patch::Clear => Some(None),
        Patch::Set(input) => destination(directory, customer, own, input, field, fields).map(Some),
    };
    let no_answer = read(&patch.no_answer, "features.no_answer");
    let busy = read(&patch.busy, "features.busy");
    let offline = read(&patch.offline, "features.offline");
    if let Some(no_answer) = no_answer {
        features.no_answer = no_answer.unwrap_or(default.no_answer);
    }
    if let Some(busy) = busy {
        features.busy = busy;
    }
    if let Some(offline) = offline {
        features.offline = offline;
    }
    set_number(
        &mut features.ring_time_secs,
        patch.ring_time,
        default.ring_time_secs,
        5..=300,
        "features.ring_time",
        fields,
    );
    set_or_default(
        &mut features.call_waiting,
        patch.call_waiting,
        default.call_waiting,
    );
    set_or_default(
        &mut features.do_not_disturb,
        patch.do_not_disturb,
        default.do_not_disturb,
    );
}

fn destination(
    directory: &Directory,
    customer: Option<CustomerId>,
    own: Option<&Extension>,
    input: &DestinationInput,
    field: &str,
    fields: &mut Fields,
) -> Option<Destination> {
    let kind = input.kind.as_str();
    if kind == "hangup" {
        return Some(Destination::HangUp);
    }
    if !matches!(kind, "extension" | "conference") {
        let message = "a destination is extension, conference or hangup";
        fields.add(format!("{field}.type"), "unknown", message);
        return None;
    }
    let target = format!("{field}.target");
    let number = fields.take(&target, Extension::parse(&input.target))?;
    if own == Some(&number) {
        fields.add(
            target,
            "itself",
            "this is the person's own number; choose another",
        );
        return None;
    }
    let owner = customer.and_then(|customer| directory.number(customer, &number));
    match (kind, owner) {
        ("extension", Some(NumberOwner::User(_))) => Some(Destination::Extension(number)),
        ("conference", Some(NumberOwner::Room(_))) => Some(Destination::Conference(number)),
        ("extension", _) => {
            fields.add(target, "unknown", "nobody has this extension");
            None
        }
        _ => {
            fields.add(target, "unknown", "no conference room has this number");
            None
        }
    }
}

/// `security.max_calls`: 0 for no limit.
pub(super) fn set_max_calls(max_calls: &mut u32, patch: Patch<i64>, fields: &mut Fields) {
    let field = "security.max_calls";
    set_number(max_calls, patch, DEFAULT_MAX_CALLS, 0..=1000, field, fields);
}
