//! A change: one transaction with its audit rows, and what follows once it has committed.
//!
//! Changes are made one after the other, so that the snapshot in memory takes them in the order
//! in which they committed.

mod record;

use model::{AuditId, CustomerId, DeviceId, Model, SwitchCommand, UserId};
use serde_json::Value;
use store::{NewAudit, Priority, StoreError, Tx};
use tokio::sync::MutexGuard;

use crate::{Context, Error, directory::DirectoryChange, events::Subject};

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

/// A change under way.
pub(crate) struct Change<'a> {
    ctx: &'a Context,
    /// The transaction, for the repositories.
    pub(crate) tx: Tx,
    changes: Vec<DirectoryChange>,
    events: Vec<(&'static str, Option<CustomerId>, Subject)>,
    commands: Vec<SwitchCommand>,
    revoked: Vec<Revoked>,
    _turn: MutexGuard<'a, ()>,
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
        let turn = self.services().turn().await;
        let tx = self
            .services()
            .store()
            .begin(Priority::Interactive)
            .await
            .map_err(|e| store_error("begin a change", e))?;
        Ok(Change {
            ctx: self,
            tx,
            changes: Vec::new(),
            events: Vec::new(),
            commands: Vec::new(),
            revoked: Vec::new(),
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
        self.tx.audit().append(row);
    }

    /// Changes the snapshot after the commit.
    pub(crate) fn apply(&mut self, change: DirectoryChange) {
        self.changes.push(change);
    }

    /// Tells the bus after the commit.
    pub(crate) fn tell(
        &mut self,
        name: &'static str,
        customer: Option<CustomerId>,
        subject: Subject,
    ) {
        self.events.push((name, customer, subject));
    }

    /// Hints the switch after the commit.
    pub(crate) fn command(&mut self, command: SwitchCommand) {
        self.commands.push(command);
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
        self.revoked.push(revoked);
    }

    /// Commits, and lets everything follow. When this returns `Ok` the change is kept.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        self.tx
            .commit()
            .await
            .map_err(|e| store_error("commit a change", e))?;
        let services = self.ctx.services();
        services.forget(&self.revoked);
        services.apply(self.changes);
        let now = services.now();
        for (name, customer, subject) in self.events {
            services.bus().publish(now, name, customer, subject);
        }
        for command in self.commands {
            services.switchboard().tell(command);
        }
        Ok(())
    }
}

/// What a failure of the store means to whoever asked.
pub(crate) fn store_error(act: &str, error: StoreError) -> Error {
    match error {
        StoreError::Taken { field } => taken(field),
        StoreError::VersionConflict => Error::PreconditionFailed,
        StoreError::NotFound => Error::NotFound("resource"),
        StoreError::InUse => Error::InUse(Vec::new()),
        StoreError::Unavailable { .. } => {
            tracing::warn!(act, error = %error, "the database does not answer");
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
