//! A change: one transaction with its audit rows, and what follows once it has committed.
//!
//! Changes are made one after the other, so that the snapshot in memory takes them in the order
//! in which they committed.

mod doubt;
mod kept;
mod record;

use std::time::Duration;

use model::{AuditId, CustomerId, DeviceId, Model, SwitchCommand, UserId};
use serde_json::Value;
use store::{NewAudit, Priority, StoreError, Tx};
use tokio::sync::MutexGuard;

use crate::{Context, Error, Services, directory::DirectoryChange, error::chain, events::Subject};

pub(crate) use doubt::Doubt;
use record::Record;
pub(crate) use record::{fields_that_differ, record};

/// What an audit row says of an act; the rest is known from the context.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    /// Whose chain; none: the provider's.
    pub(crate) customer: Option<CustomerId>,
    /// `user.created`.
    pub(crate) action: &'static str,
    pub(crate) model: Model,
    pub(crate) subject_id: String,
    pub(crate) subject_name: String,
    /// Without secrets.
    pub(crate) before: Option<Value>,
    /// Without secrets.
    pub(crate) after: Option<Value>,
}

/// How long a change waits for those before it. With what follows it stays below the time after
/// which a door gives up: what was answered 503 is not made later.
const TURN: Duration = Duration::from_secs(8);
/// How long a change may take, once it is its turn.
const LONGEST: Duration = Duration::from_secs(12);

/// A change under way.
pub(crate) struct Change<'a> {
    ctx: &'a Context,
    /// The transaction, for the repositories.
    pub(crate) tx: Tx,
    /// The first audit row, by which the change is found again.
    row: Option<FirstRow>,
    after: After,
    until: tokio::time::Instant,
    _turn: MutexGuard<'a, ()>,
}

/// What names a change.
#[derive(Debug)]
pub(crate) struct FirstRow {
    customer: Option<CustomerId>,
    id: AuditId,
    subject: String,
}

/// What follows once a change has committed.
#[derive(Debug, Default)]
pub(crate) struct After {
    changes: Vec<DirectoryChange>,
    events: Vec<(&'static str, Option<CustomerId>, Subject)>,
    commands: Vec<SwitchCommand>,
    revoked: Vec<Revoked>,
}

/// Credentials that are void once the change has committed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Revoked {
    SessionsOfUser(UserId),
    SessionsOfManager(model::ManagerId),
    Session(model::SessionId),
    ApiKey(model::ApiKeyId),
    /// They go on, but have to be read anew.
    KeysOfCustomer(CustomerId),
}

impl Context {
    /// Begins a change.
    pub(crate) async fn change(&self) -> Result<Change<'_>, Error> {
        let services = self.services();
        // Nobody queues for a database that is known to be away.
        if services.store().is_away() {
            return Err(Error::Unavailable("the database"));
        }
        let turn = tokio::time::timeout(TURN, services.turn()).await;
        let turn = turn.map_err(|_| Error::Unavailable("the database"))?;
        let until = tokio::time::Instant::now() + LONGEST;
        services.settle_doubt().await?;
        let tx = services
            .store()
            .begin(Priority::Interactive)
            .await
            .map_err(|e| store_error("begin a change", e))?;
        Ok(Change {
            ctx: self,
            tx,
            row: None,
            after: After::default(),
            until,
            _turn: turn,
        })
    }

    /// The audit row of an act by this actor.
    pub(crate) fn audit_row(&self, act: Act) -> NewAudit {
        let actor = self.actor();
        let services = self.services();
        let now = services.now();
        NewAudit {
            id: AuditId::mint(now, services.entropy()),
            customer: act.customer,
            at: now,
            actor: actor.principal.clone(),
            actor_name: actor.name.clone(),
            door: actor.door,
            source: actor.source,
            action: act.action.to_owned(),
            model: act.model,
            subject_id: act.subject_id,
            subject_name: act.subject_name,
            before: act.before.map(|value| value.to_string()),
            after: act.after.map(|value| value.to_string()),
        }
    }
}

impl Change<'_> {
    /// Writes down what is done; the row commits with it.
    pub(crate) fn audit(&mut self, act: Act) {
        let row = self.ctx.audit_row(act);
        self.row.get_or_insert_with(|| FirstRow {
            customer: row.customer,
            id: row.id,
            subject: row.subject_id.clone(),
        });
        self.tx.audit().append(row);
    }

    /// Changes the snapshot after the commit.
    pub(crate) fn apply(&mut self, change: DirectoryChange) {
        self.after.changes.push(change);
    }

    /// Tells the bus after the commit.
    pub(crate) fn tell(
        &mut self,
        name: &'static str,
        customer: Option<CustomerId>,
        subject: Subject,
    ) {
        self.after.events.push((name, customer, subject));
    }

    /// Hints the switch after the commit.
    pub(crate) fn command(&mut self, command: SwitchCommand) {
        self.after.commands.push(command);
    }

    /// A person may not go on as before: their sessions end, and so do their calls.
    pub(crate) fn revoke_user(
        &mut self,
        user: UserId,
        devices: impl IntoIterator<Item = DeviceId>,
    ) {
        for device in devices {
            self.command(SwitchCommand::DeviceRevoked(device));
        }
        self.command(SwitchCommand::UserRevoked(user));
        self.revoke(Revoked::SessionsOfUser(user));
    }

    /// Forgets credentials after the commit.
    pub(crate) fn revoke(&mut self, revoked: Revoked) {
        self.after.revoked.push(revoked);
    }

    /// Commits, and lets everything follow. When this returns `Ok` the change is kept.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        self.ctx.require_well_formed()?;
        let services = self.ctx.services();
        if tokio::time::Instant::now() > self.until {
            tracing::warn!("a change took too long and was not made");
            return Err(Error::Unavailable("the database"));
        }
        if let (Some(ticket), Some(row)) = (self.ctx.ticket(), &self.row) {
            let made = self.tx.idempotency().made(&ticket.0, &row.subject).await;
            made.map_err(|e| store_error("keep an idempotency key", e))?;
        }
        match self.tx.commit().await {
            Ok(()) => {
                services.follow(self.after);
                Ok(())
            }
            Err(error) => {
                if matches!(error, StoreError::Unavailable { .. }) {
                    services.doubt(Doubt::new(self.row, self.after));
                }
                Err(store_error("commit a change", error))
            }
        }
    }
}

impl Services {
    /// Lets everything follow a change that has committed. Called in turn.
    fn follow(&self, after: After) {
        self.forget(&after.revoked);
        self.apply(after.changes);
        let now = self.now();
        for (name, customer, subject) in after.events {
            self.bus().publish(now, name, customer, subject);
        }
        for command in after.commands {
            self.switchboard().tell(command);
        }
    }
}

/// What a failure of the store means to whoever asked.
pub(crate) fn store_error(act: &str, error: StoreError) -> Error {
    match error {
        StoreError::Taken { field } => taken(field),
        StoreError::VersionConflict => Error::PreconditionFailed,
        StoreError::NotFound => Error::NotFound("resource"),
        StoreError::InUse => Error::InUse(Vec::new()),
        full if full.is_full() => {
            tracing::error!(act, "the disk of the database is full; make room on it");
            Error::DiskFull
        }
        away @ StoreError::Unavailable { .. } => {
            tracing::warn!(act, error = chain(&away), "the database does not answer");
            Error::Unavailable("the database")
        }
        other => Error::internal(act, &other),
    }
}

/// A value that has to be unique and is not.
pub(crate) fn taken(field: &'static str) -> Error {
    Error::field(
        field,
        "taken",
        format!("this {field} is taken; choose another"),
    )
}
