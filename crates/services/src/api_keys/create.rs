//! A new key for a program.

use model::{ApiKey, ApiKeyId, DisplayName, Model, Operation};
use serde_json::json;

use super::{CreatedApiKey, NewApiKey, view};
use crate::{
    Context, Error,
    change::{Act, store_error},
    events::Subject,
    gate::Target,
    password,
    users::seat,
};

/// Makes a key, which is in the answer and never again.
///
/// # Errors
/// `NotFound` for another customer, `Forbidden`, `Invalid` for an unknown profile, or one that
/// grants more than the maker holds.
pub async fn create(ctx: &Context, new: NewApiKey) -> Result<CreatedApiKey, Error> {
    let customer = ctx.customer_of_filter(new.customer_id.as_deref())?;
    let target = customer.map_or_else(Target::provider, Target::customer);
    ctx.require(Model::ApiKey, Operation::Create, &target)?;
    let directory = ctx.directory();
    let mut fields = ctx.fields();
    let name = fields.take("name", DisplayName::parse(&new.name));
    let profile = directory
        .profile(customer, &new.profile)
        .filter(|profile| crate::users::is_role(profile, customer));
    match profile {
        None => fields.add(
            "profile",
            "unknown",
            "there is no such access profile for a key here",
        ),
        Some(profile) if !ctx.holds_all(profile, seat(&directory, customer)) => fields.add(
            "profile",
            "not_allowed",
            "this profile may do more than you may; ask someone who holds it",
        ),
        Some(_) => {}
    }
    fields.finish()?;
    let key = ApiKey {
        id: ApiKeyId::mint(ctx.now(), ctx.services().entropy()),
        customer,
        name: name.ok_or(Error::Internal)?,
        profile: new.profile,
        created_at: ctx.now(),
        last_used_at: None,
        expires_at: None,
        version: 1,
    };
    let secret = password::token(ctx.services().entropy(), "cvk_");
    let mut change = ctx.change().await?;
    change
        .tx
        .api_keys()
        .insert(&key, &password::token_hash(&secret))
        .await
        .map_err(|e| store_error("make a key", e))?;
    change.audit(Act {
        customer,
        action: "api_key.created",
        model: Model::ApiKey,
        subject_id: key.id.to_string(),
        subject_name: key.name.to_string(),
        before: None,
        after: Some(json!({"name": key.name.as_str(), "profile": key.profile})),
    });
    change.tell("api_key.created", customer, Subject::ApiKey(key.id));
    change.commit().await?;
    Ok(CreatedApiKey {
        view: view(key),
        key: secret,
    })
}
