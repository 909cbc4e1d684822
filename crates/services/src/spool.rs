//! Audit rows of live actions that wait on disk while the database is away.
//!
//! One JSON object a line, synced before the action is done. Once the database answers the rows
//! go into the log, each once, and the file is emptied.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use model::{ApiKeyId, AuditId, CustomerId, Door, ManagerId, Model, Principal, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{NewAudit, Priority, Scope, Store, StoreError};
use tokio::sync::Mutex;

use crate::{
    Context, Error,
    change::{Act, store_error},
};

/// How long a live action waits for its audit row to commit before it is spooled.
const PATIENCE: Duration = Duration::from_millis(1_000);
/// Bytes that the file holds at most: above it something is wrong that nobody looks at.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Spool {
    path: PathBuf,
    waiting: AtomicBool,
    turn: Mutex<()>,
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

fn actor_of(principal: &Principal) -> (&'static str, Option<String>) {
    match principal {
        Principal::User(id) => ("user", Some(id.to_string())),
        Principal::ConferenceManager { id, .. } => ("conference_manager", Some(id.to_string())),
        Principal::ApiKey(id) => ("api_key", Some(id.to_string())),
        Principal::Phone(user) => ("phone", user.map(|id| id.to_string())),
        Principal::System => ("system", None),
    }
}

fn principal_of(kind: &str, id: Option<&str>) -> Option<Principal> {
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

fn append(path: &Path, line: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    if file.metadata()?.len() > MAX_BYTES {
        return Err(std::io::Error::other("the spool is full"));
    }
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

impl Spool {
    pub(crate) fn new(data_dir: &Path) -> Self {
        let path = data_dir.join("spool").join("audit.jsonl");
        let waiting = std::fs::metadata(&path).is_ok_and(|file| file.len() > 0);
        Self {
            path,
            waiting: AtomicBool::new(waiting),
            turn: Mutex::new(()),
        }
    }

    /// Whether rows wait: then new ones go behind them.
    pub(crate) fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::SeqCst)
    }

    /// Keeps a row on disk.
    pub(crate) async fn keep(&self, row: &NewAudit) -> Result<(), Error> {
        let line = serde_json::to_string(&Line::of(row))
            .map_err(|e| Error::internal("write to the spool", &e))?;
        let _turn = self.turn.lock().await;
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || append(&path, &format!("{line}\n")))
            .await
            .map_err(|e| Error::internal("write to the spool", &e))?
            .map_err(|e| {
                tracing::error!(error = %e, "the spool cannot be written");
                Error::Unavailable("the database")
            })?;
        self.waiting.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Moves the rows into the log. A row that got there before is not written twice.
    pub(crate) async fn replay(&self, store: &Store) -> Result<usize, StoreError> {
        if !self.is_waiting() {
            return Ok(0);
        }
        let _turn = self.turn.lock().await;
        let text = match tokio::fs::read_to_string(&self.path).await {
            Ok(text) => text,
            Err(error) => {
                tracing::error!(error = %error, "the spool cannot be read");
                return Ok(0);
            }
        };
        let mut moved = 0;
        for line in text.lines() {
            let row = serde_json::from_str::<Line>(line)
                .ok()
                .and_then(Line::into_row);
            let Some(row) = row else {
                // A line that was cut off by a crash was never acknowledged.
                tracing::warn!("a line of the spool cannot be read and is left out");
                continue;
            };
            moved += usize::from(insert_once(store, row).await?);
        }
        match tokio::fs::remove_file(&self.path).await {
            Ok(()) => self.waiting.store(false, Ordering::SeqCst),
            Err(error) => tracing::error!(error = %error, "the spool cannot be emptied"),
        }
        Ok(moved)
    }
}

async fn insert_once(store: &Store, row: NewAudit) -> Result<bool, StoreError> {
    let scope = row.customer.map_or(Scope::Provider, Scope::Customer);
    if store.read().audit().by_id(scope, row.id).await?.is_some() {
        return Ok(false);
    }
    let tx = store.begin(Priority::Interactive).await?;
    tx.audit().append(row);
    tx.commit().await?;
    Ok(true)
}

impl Context {
    /// Writes a live action down before it is done: into the log, or to disk while the database
    /// is away or slow.
    pub(crate) async fn write_down_live(&self, act: Act) -> Result<(), Error> {
        self.services().write_down_row(self.audit_row(act)).await
    }
}

impl crate::Services {
    /// Keeps an audit row, in the log or on disk.
    pub(crate) async fn write_down_row(&self, row: NewAudit) -> Result<(), Error> {
        if self.spool().is_waiting() {
            return self.spool().keep(&row).await;
        }
        let store = self.store();
        let written = tokio::time::timeout(PATIENCE, async {
            let tx = store.begin(Priority::Interactive).await?;
            tx.audit().append(row.clone());
            tx.commit().await
        })
        .await;
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(StoreError::Unavailable { .. })) | Err(_) => {
                tracing::warn!("the database is away; an audit row waits on disk");
                self.spool().keep(&row).await
            }
            Ok(Err(error)) => Err(store_error("write down a live action", error)),
        }
    }
}

#[cfg(test)]
mod tests;
