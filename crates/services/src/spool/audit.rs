//! Audit rows of live actions: kept before the action is done.

use std::time::Duration;

use model::{ApiKeyId, AuditId, CustomerId, Door, ManagerId, Model, Principal, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{NewAudit, Priority, Scope, Store, StoreError};

use super::Spooled;
use crate::{
    Context, Error,
    change::{Act, store_error},
};

/// How long a live action waits for its audit row to commit before it is spooled.
const PATIENCE: Duration = Duration::from_millis(500);

impl Spooled for NewAudit {
    const FILE: &'static str = "audit.jsonl";
    const NAME: &'static str = "an audit row";

    fn to_line(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Line::of(self))
    }

    fn from_line(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok().and_then(Line::into_row)
    }

    async fn insert(store: &Store, rows: &[Self]) -> Result<usize, StoreError> {
        let mut missing = Vec::with_capacity(rows.len());
        for row in rows {
            let scope = row.customer.map_or(Scope::Provider, Scope::Customer);
            if store.read().audit().by_id(scope, row.id).await?.is_none() {
                missing.push(row.clone());
            }
        }
        let moved = missing.len();
        if moved > 0 {
            let tx = store.begin(Priority::Bulk).await?;
            missing.into_iter().for_each(|row| tx.audit().append(row));
            tx.commit().await?;
        }
        Ok(moved)
    }

    /// A transaction that was thought lost has committed it meanwhile.
    fn is_there(refusal: &StoreError) -> bool {
        matches!(refusal, StoreError::Taken { .. })
    }
}

/// A row as it lies on disk.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    id: String,
    customer: Option<String>,
    at_nanos: i128,
    actor: String,
    actor_id: Option<String>,
    actor_name: String,
    door: String,
    source: Option<std::net::IpAddr>,
    action: String,
    model: String,
    subject_id: String,
    subject_name: String,
    before: Option<String>,
    after: Option<String>,
}

pub(super) fn actor_of(principal: &Principal) -> (&'static str, Option<String>) {
    match principal {
        Principal::User(id) => ("user", Some(id.to_string())),
        Principal::ConferenceManager { id, .. } => ("conference_manager", Some(id.to_string())),
        Principal::ApiKey(id) => ("api_key", Some(id.to_string())),
        Principal::Phone(user) => ("phone", user.map(|id| id.to_string())),
        Principal::System => ("system", None),
    }
}

pub(super) fn principal_of(kind: &str, id: Option<&str>) -> Option<Principal> {
    Some(match kind {
        "user" => Principal::User(id?.parse::<UserId>().ok()?),
        "conference_manager" => Principal::ConferenceManager {
            id: id?.parse::<ManagerId>().ok()?,
            rooms: None,
        },
        "api_key" => Principal::ApiKey(id?.parse::<ApiKeyId>().ok()?),
        "phone" => Principal::Phone(match id {
            Some(id) => Some(id.parse::<UserId>().ok()?),
            None => None,
        }),
        "system" => Principal::System,
        _ => return None,
    })
}

impl Line {
    fn of(row: &NewAudit) -> Self {
        let (actor, actor_id) = actor_of(&row.actor);
        Self {
            id: row.id.to_string(),
            customer: row.customer.map(|id| id.to_string()),
            at_nanos: row.at.as_nanosecond(),
            actor: actor.to_owned(),
            actor_id,
            actor_name: row.actor_name.clone(),
            door: row.door.as_str().to_owned(),
            source: row.source,
            action: row.action.clone(),
            model: row.model.as_str().to_owned(),
            subject_id: row.subject_id.clone(),
            subject_name: row.subject_name.clone(),
            before: row.before.clone(),
            after: row.after.clone(),
        }
    }

    fn into_row(self) -> Option<NewAudit> {
        Some(NewAudit {
            id: self.id.parse::<AuditId>().ok()?,
            customer: match self.customer {
                Some(id) => Some(id.parse::<CustomerId>().ok()?),
                None => None,
            },
            at: Timestamp::from_nanosecond(self.at_nanos).ok()?,
            actor: principal_of(&self.actor, self.actor_id.as_deref())?,
            actor_name: self.actor_name,
            door: Door::from_name(&self.door)?,
            source: self.source,
            action: self.action,
            model: Model::from_name(&self.model)?,
            subject_id: self.subject_id,
            subject_name: self.subject_name,
            before: self.before,
            after: self.after,
        })
    }
}

impl Context {
    /// Writes a live action down before it is done: into the log, or to disk while the database
    /// is away or slow.
    pub(crate) async fn write_down_live(&self, act: Act) -> Result<(), Error> {
        self.require_well_formed()?;
        self.services().write_down_row(self.audit_row(act)).await
    }
}

impl crate::Services {
    /// Keeps an audit row, in the log or on disk.
    pub(crate) async fn write_down_row(&self, row: NewAudit) -> Result<(), Error> {
        let store = self.store();
        if self.spool().is_waiting() || store.is_away() {
            return self.spool().keep(std::slice::from_ref(&row)).await;
        }
        let written = tokio::time::timeout(PATIENCE, async {
            let tx = store.begin(Priority::Interactive).await?;
            tx.audit().append(row.clone());
            tx.commit().await
        })
        .await;
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(StoreError::Unavailable { .. })) | Err(_) => {
                tracing::warn!("the database is away or slow; an audit row waits on disk");
                self.spool().keep(std::slice::from_ref(&row)).await
            }
            Ok(Err(error)) => Err(store_error("write down a live action", error)),
        }
    }
}
