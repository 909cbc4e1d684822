//! Signing in: account name, username or email, and password.
//!
//! Whatever is wrong, the answer is the same and takes as long: as many password hashes are
//! computed for a name that nobody has. A failure writes nothing.

use model::{CustomerId, Model, Secret, Session, SessionHolder, SessionId, Timestamp};

use super::{ABSOLUTE_SECS, SignIn, SignedIn, me, view};
use crate::{
    Error, Services,
    change::{Act, store_error},
    credentials::csrf_of,
    password,
};

/// Begins a session.
///
/// # Errors
/// `Unauthenticated` for everything that is wrong; `RateLimited` after several failures from one
/// source; `Unavailable` while the database is away.
pub async fn sign_in(services: &Services, input: SignIn) -> Result<SignedIn, Error> {
    let now = services.now();
    let account = input.account_name.trim().to_ascii_lowercase();
    let username = input.username.trim().to_lowercase();
    let name = format!("{account}/{username}");
    if let Some(retry_after_secs) = services.limits().wait(input.source, &name, now) {
        return Err(Error::RateLimited { retry_after_secs });
    }
    match holder(services, &account, &username, &input.password).await? {
        Some((customer, holder)) => {
            services.limits().succeeded(input.source, &name);
            begin(services, customer, holder, &input, now).await
        }
        None => {
            services.limits().failed(input.source, &name, now);
            metrics::counter!("convoke_sign_in_failures_total").increment(1);
            tracing::info!(source = %input.source, "a sign-in failed");
            Err(Error::Unauthenticated)
        }
    }
}

/// Where the name may be: without an account name in the provider and the default customer.
fn accounts(services: &Services, account: &str) -> Vec<Option<Option<CustomerId>>> {
    let directory = services.directory();
    if account.is_empty() {
        return vec![Some(None), Some(Some(directory.default_customer()))];
    }
    let customer = directory.customer_named(account).map(|c| Some(c.id));
    vec![customer]
}

/// Who has this name and this password. Every place costs one hash, whoever is there.
async fn holder(
    services: &Services,
    account: &str,
    username: &str,
    secret: &Secret,
) -> Result<Option<(Option<CustomerId>, SessionHolder)>, Error> {
    let directory = services.directory();
    let mut right = None;
    for place in accounts(services, account) {
        let found = place.and_then(|customer| {
            directory
                .signs_in(customer, username)
                .map(|holder| (customer, holder))
        });
        let hash = match found {
            Some((_, holder)) => hash_of(services, holder).await?,
            None => None,
        };
        let verified = services.hashing().verify(secret, hash).await?;
        if let Some((customer, holder)) = found
            && verified
            && !disabled(services, holder)
            && right.is_none()
        {
            right = Some((customer, holder));
        }
    }
    Ok(right)
}

fn disabled(services: &Services, holder: SessionHolder) -> bool {
    let directory = services.directory();
    match holder {
        SessionHolder::User(id) => directory.user(id).is_none_or(|user| user.disabled),
        SessionHolder::Manager(id) => directory.managers().get(id).is_none_or(|m| m.disabled),
    }
}

pub(super) async fn hash_of(
    services: &Services,
    holder: SessionHolder,
) -> Result<Option<String>, Error> {
    let reader = services.store().read();
    match holder {
        SessionHolder::User(id) => reader.users().password_hash(id).await,
        SessionHolder::Manager(id) => reader.managers().password_hash(id).await,
    }
    .map_err(|e| store_error("read a password's hash", e))
}

async fn begin(
    services: &Services,
    customer: Option<CustomerId>,
    holder: SessionHolder,
    input: &SignIn,
    now: Timestamp,
) -> Result<SignedIn, Error> {
    let token = password::token(services.entropy(), "");
    let hash = password::token_hash(&token);
    let ends = now.as_second().saturating_add(ABSOLUTE_SECS);
    let session = Session {
        id: SessionId::mint(now, services.entropy()),
        holder,
        customer,
        created_at: now,
        last_seen_at: now,
        expires_at: Timestamp::from_second(ends).unwrap_or(Timestamp::MAX),
        source: Some(input.source),
        user_agent: input
            .user_agent
            .chars()
            .filter(|c| !c.is_control())
            .take(256)
            .collect(),
    };
    let csrf = csrf_of(&token);
    let ctx = services
        .context_of(session.clone(), csrf.clone(), Some(input.source))
        .ok_or(Error::Unauthenticated)?;
    let mut change = ctx.change().await?;
    change
        .tx
        .sessions()
        .insert(&session, &hash)
        .await
        .map_err(|e| store_error("begin a session", e))?;
    change.audit(Act {
        customer,
        action: "session.started",
        model: Model::User,
        subject_id: subject(holder),
        subject_name: ctx.actor().name.clone(),
        before: None,
        after: None,
    });
    change.commit().await?;
    services.credentials().keep_session(hash, session.clone());
    Ok(SignedIn {
        token,
        csrf,
        session: view(&session, Some(session.id)),
        me: me(&ctx).await?,
    })
}

/// Whose session it is, for the audit log.
pub(super) fn subject(holder: SessionHolder) -> String {
    match holder {
        SessionHolder::User(id) => id.to_string(),
        SessionHolder::Manager(id) => id.to_string(),
    }
}
