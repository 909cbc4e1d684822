//! An empty database gets a provider, one customer with its site, and an administrator, so that a
//! single company can add users at once. All of it in one transaction.

use model::{
    AccountName, ApiKey, ApiKeyId, AuditId, Customer, CustomerId, DisplayName, Door, Features,
    Invalid, Model, NodeId, Principal, Secret, Site, SiteId, Timestamp, TonePlan, User, UserId,
    Username,
};
use store::{NewAudit, Priority, Tx};

use super::Options;
use crate::{Error, change::store_error, password, password::Hashing};

/// The realm of every digest on the server; phones' stored hashes depend on it.
const REALM: &str = "convoke";

/// What the first start made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstStart {
    /// The administrator's username.
    pub username: String,
    /// Their password, if it was made up: to be shown once.
    pub password: Option<Secret>,
}

/// Makes everything, if there is nothing yet.
pub(super) async fn make(
    options: &Options,
    hashing: &Hashing,
) -> Result<Option<FirstStart>, Error> {
    let failed = |e| store_error("look for a first start", e);
    let reader = options.store.read();
    if reader.nodes().provider().await.map_err(failed)?.is_some() {
        return Ok(None);
    }
    let entropy = &*options.entropy;
    let given = options.bootstrap.password.clone();
    let secret = given.clone().unwrap_or_else(|| password::generate(entropy));
    let hash = hashing.hash(&secret, entropy).await?;
    let tx = options
        .store
        .begin(Priority::Interactive)
        .await
        .map_err(failed)?;
    let now = options.clock.now();
    hierarchy(options, &tx, now).await?;
    administrator(options, &tx, now, &hash).await?;
    key(options, &tx, now).await?;
    tx.audit().append(audit_row(options, now));
    tx.commit().await.map_err(failed)?;
    Ok(Some(FirstStart {
        username: "admin".to_owned(),
        password: given.is_none().then_some(secret),
    }))
}

fn constant<T>(parsed: Result<T, Invalid>) -> Result<T, Error> {
    parsed.map_err(|e| Error::internal("name what the first start makes", &e))
}

async fn hierarchy(options: &Options, tx: &Tx, now: Timestamp) -> Result<(), Error> {
    let failed = |e| store_error("make the provider", e);
    let entropy = &*options.entropy;
    let provider = NodeId::mint(now, entropy);
    tx.nodes()
        .insert_provider(provider, now)
        .await
        .map_err(failed)?;
    let customer = Customer {
        id: CustomerId::mint(now, entropy),
        parent: provider,
        name: constant(DisplayName::parse("Main"))?,
        account_name: constant(AccountName::parse("main"))?,
        default_site: SiteId::mint(now, entropy),
        version: 1,
        created_at: now,
    };
    let site = Site {
        id: customer.default_site,
        customer: customer.id,
        name: constant(DisplayName::parse("Main site"))?,
        country: "DE".to_owned(),
        time_zone: "UTC".to_owned(),
        tones: TonePlan::default(),
        version: 1,
        created_at: now,
    };
    tx.customers()
        .insert(&customer, &site)
        .await
        .map_err(failed)?;
    let settings = tx.settings();
    settings.set("sip.realm", REALM).await.map_err(failed)?;
    settings
        .set("default_customer", &customer.id.to_string())
        .await
        .map_err(failed)
}

async fn administrator(
    options: &Options,
    tx: &Tx,
    now: Timestamp,
    hash: &str,
) -> Result<(), Error> {
    let failed = |e| store_error("make the administrator", e);
    let user = User {
        id: UserId::mint(now, &*options.entropy),
        customer: None,
        site: None,
        username: constant(Username::parse("admin"))?,
        email: None,
        first_name: constant(DisplayName::parse("Administrator"))?,
        last_name: None,
        role: "provider_administrator".to_owned(),
        extension: None,
        features: Features::default(),
        max_calls: model::DEFAULT_MAX_CALLS,
        disabled: false,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tx.users().insert(&user).await.map_err(failed)?;
    tx.users()
        .set_password_hash(user.id, hash, now)
        .await
        .map_err(failed)
}

async fn key(options: &Options, tx: &Tx, now: Timestamp) -> Result<(), Error> {
    let Some(token) = &options.bootstrap.token else {
        return Ok(());
    };
    let key = ApiKey {
        id: ApiKeyId::mint(now, &*options.entropy),
        customer: None,
        name: constant(DisplayName::parse("Bootstrap"))?,
        profile: "provider_administrator".to_owned(),
        created_at: now,
        last_used_at: None,
        expires_at: None,
        version: 1,
    };
    tx.api_keys()
        .insert(&key, &password::token_hash(token))
        .await
        .map_err(|e| store_error("make the bootstrap key", e))
}

fn audit_row(options: &Options, now: Timestamp) -> NewAudit {
    NewAudit {
        id: AuditId::mint(now, &*options.entropy),
        customer: None,
        at: now,
        actor: Principal::System,
        actor_name: "system".to_owned(),
        door: Door::System,
        source: None,
        action: "server.first_started".to_owned(),
        model: Model::Customer,
        subject_id: String::new(),
        subject_name: "Main".to_owned(),
        before: None,
        after: None,
    }
}
