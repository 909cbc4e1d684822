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
/// source, or for one person; `Unavailable` while the database is away, or too many sign in.
pub async fn sign_in(services: &Services, input: SignIn) -> Result<SignedIn, Error> {
    let now = services.now();
    let account = input.account_name.trim().to_ascii_lowercase();
    let username = input.username.trim().to_lowercase();
    let places = places(services, &account, &username);
    let name = counted_as(services, &places, &account, &username);
    let trial = services.limits().begin(input.source, &name, now);
    let trial = trial.map_err(|retry_after_secs| Error::RateLimited { retry_after_secs })?;
    match proven(services, &places, &input.password).await? {
        Some(proof) => {
            trial.succeeded(now);
            begin(services, &proof, &input, now).await
        }
        None => {
            trial.failed();
            metrics::counter!("convoke_sign_in_failures_total").increment(1);
            tracing::info!(source = %input.source, "a sign-in failed");
            Err(Error::Unauthenticated)
        }
    }
}

type Place = Option<(Option<CustomerId>, SessionHolder)>;

/// Who may be meant: without an account name someone of the provider or the default customer. A
/// place where nobody has the name stays in, so that it costs the same.
fn places(services: &Services, account: &str, username: &str) -> Vec<Place> {
    let directory = services.directory();
    let customers = if account.is_empty() {
        vec![Some(None), Some(Some(directory.default_customer()))]
    } else {
        let customer = directory.customer_named(account).map(|c| Some(c.id));
        vec![customer]
    };
    let signs_in = |customer: Option<Option<CustomerId>>| {
        let customer = customer?;
        directory
            .signs_in(customer, username)
            .map(|holder| (customer, holder))
    };
    customers.into_iter().map(signs_in).collect()
}

/// What failures are counted by: the person, however they were called; else what was typed.
fn counted_as(services: &Services, places: &[Place], account: &str, username: &str) -> String {
    let known: Vec<_> = places
        .iter()
        .flatten()
        .map(|(_, holder)| subject(*holder))
        .collect();
    if !known.is_empty() {
        return known.join("+");
    }
    // The default customer has two names, and a stranger's must not be told from a person's.
    let directory = services.directory();
    let default = directory.customer(directory.default_customer());
    let account = match default {
        Some(customer) if account.is_empty() => customer.account_name.as_str(),
        _ => account,
    };
    format!("{account}/{username}")
}

/// Who it is, by the password that has this hash.
struct Proof {
    customer: Option<CustomerId>,
    holder: SessionHolder,
    hash: String,
}

/// Who has this password. Every place costs one hash, whoever is there.
async fn proven(
    services: &Services,
    places: &[Place],
    secret: &Secret,
) -> Result<Option<Proof>, Error> {
    let mut right = None;
    for place in places {
        let hash = match place {
            Some((_, holder)) => hash_of(services, *holder).await?,
            None => None,
        };
        let verified = services.hashing().verify(secret, hash.clone()).await?;
        if let (Some((customer, holder)), Some(hash)) = (*place, hash)
            && verified
            && !disabled(services, holder)
            && right.is_none()
        {
            right = Some(Proof {
                customer,
                holder,
                hash,
            });
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

fn new_session(services: &Services, proof: &Proof, input: &SignIn, now: Timestamp) -> Session {
    let ends = now.as_second().saturating_add(ABSOLUTE_SECS);
    let agent = input.user_agent.chars().filter(|c| !c.is_control());
    Session {
        id: SessionId::mint(now, services.entropy()),
        holder: proof.holder,
        customer: proof.customer,
        created_at: now,
        last_seen_at: now,
        expires_at: Timestamp::from_second(ends).unwrap_or(Timestamp::MAX),
        source: Some(input.source),
        user_agent: agent.take(256).collect(),
    }
}

async fn begin(
    services: &Services,
    proof: &Proof,
    input: &SignIn,
    now: Timestamp,
) -> Result<SignedIn, Error> {
    let (customer, holder) = (proof.customer, proof.holder);
    let token = password::token(services.entropy(), "");
    let hash = password::token_hash(&token);
    let session = new_session(services, proof, input, now);
    let csrf = csrf_of(&token);
    let ctx = services
        .context_of(session.clone(), csrf.clone(), Some(input.source))
        .ok_or(Error::Unauthenticated)?;
    let mut change = ctx.change().await?;
    let failed = |e| store_error("begin a session", e);
    // The password may have been changed while this one was judged: that ended all sessions.
    let hash_now = match holder {
        SessionHolder::User(id) => change.tx.users().password_hash(id).await,
        SessionHolder::Manager(id) => change.tx.managers().password_hash(id).await,
    };
    if hash_now.map_err(failed)?.as_ref() != Some(&proof.hash) || disabled(services, holder) {
        return Err(Error::Unauthenticated);
    }
    change
        .tx
        .sessions()
        .insert(&session, &hash)
        .await
        .map_err(failed)?;
    change.audit(Act {
        customer,
        action: "session.started",
        model: Model::User,
        subject_id: subject(holder),
        subject_name: ctx.actor().name.clone(),
        before: None,
        after: None,
    });
    let credentials = services.credentials();
    let revocations = credentials.revocations();
    change.commit().await?;
    // What was revoked since may be this one: then the database is asked.
    if credentials.revocations() == revocations {
        credentials.keep_session(hash, session.clone());
    }
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
