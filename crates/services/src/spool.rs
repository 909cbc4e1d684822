//! Audit rows of live actions that wait on disk while the database is away.
//!
//! One JSON object a line, synced before the action is done. Once the database answers, the file
//! is set aside and its rows go into the log, each once, while new ones go into a new file: nobody
//! who acts waits for the database here.

mod file;

use std::{
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
const PATIENCE: Duration = Duration::from_millis(500);
/// Rows of one transaction.
const AT_ONCE: usize = 100;
/// How long such a transaction may take.
const BATCH_PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(crate) struct Spool {
    /// Where new rows go.
    path: PathBuf,
    /// The file that is on its way into the log.
    aside: PathBuf,
    waiting: AtomicBool,
    /// Of the files; held for as long as the disk takes.
    turn: Mutex<()>,
    /// Of whoever replays; and how many lines of the file set aside are done.
    replayed: Mutex<usize>,
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

impl Spool {
    pub(crate) fn new(data_dir: &Path) -> Self {
        let path = data_dir.join("spool").join("audit.jsonl");
        let aside = path.with_extension("replay.jsonl");
        let waiting = file::has_lines(&path) || file::has_lines(&aside);
        Self {
            path,
            aside,
            waiting: AtomicBool::new(waiting),
            turn: Mutex::new(()),
            replayed: Mutex::new(0),
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
        tokio::task::spawn_blocking(move || file::append(&path, &line))
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
        if !self.is_waiting() || store.is_away() {
            return Ok(0);
        }
        let mut replayed = self.replayed.lock().await;
        let mut moved = 0;
        loop {
            // A file that an earlier try or run did not get through comes first.
            if !file::has_lines(&self.aside) {
                *replayed = 0;
                let _turn = self.turn.lock().await;
                if !file::has_lines(&self.path) {
                    self.waiting.store(false, Ordering::SeqCst);
                    return Ok(moved);
                }
                if let Err(error) = std::fs::rename(&self.path, &self.aside) {
                    tracing::error!(error = %error, "the spool cannot be set aside");
                    return Ok(moved);
                }
            }
            moved += self.replay_aside(store, &mut replayed).await?;
            if let Err(error) = tokio::fs::remove_file(&self.aside).await {
                tracing::error!(error = %error, "the spool cannot be emptied");
                return Ok(moved);
            }
        }
    }

    async fn replay_aside(&self, store: &Store, replayed: &mut usize) -> Result<usize, StoreError> {
        let text = match tokio::fs::read(&self.aside).await {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => return Err(StoreError::Unavailable(Box::new(error))),
        };
        let lines: Vec<&str> = text.lines().skip(*replayed).collect();
        let mut moved = 0;
        for some in lines.chunks(AT_ONCE) {
            let rows: Vec<NewAudit> = some.iter().filter_map(|line| read(line)).collect();
            moved += insert_all(store, &rows).await?;
            *replayed += some.len();
        }
        Ok(moved)
    }
}

fn read(line: &str) -> Option<NewAudit> {
    let row = serde_json::from_str::<Line>(line)
        .ok()
        .and_then(Line::into_row);
    if row.is_none() && !line.is_empty() {
        // A line that was cut off by a crash was never acknowledged.
        tracing::warn!("a line of the spool cannot be read and is left out");
    }
    row
}

/// All in one transaction or, where the database refuses one of them, each in its own. How many
/// were not there yet.
async fn insert_all(store: &Store, rows: &[NewAudit]) -> Result<usize, StoreError> {
    match insert_once(store, rows).await {
        Err(StoreError::Unavailable(error)) => return Err(StoreError::Unavailable(error)),
        Ok(moved) => return Ok(moved),
        Err(_) => {}
    }
    let mut moved = 0;
    for row in rows {
        match insert_once(store, std::slice::from_ref(row)).await {
            Ok(one) => moved += one,
            // A transaction that was thought lost has committed it meanwhile.
            Err(StoreError::Taken { .. }) => {}
            Err(StoreError::Unavailable(error)) => return Err(StoreError::Unavailable(error)),
            Err(error) => {
                let line = serde_json::to_string(&Line::of(row)).unwrap_or_default();
                tracing::error!(line, error = %error, "the log refuses an audit row");
            }
        }
    }
    Ok(moved)
}

async fn insert_once(store: &Store, rows: &[NewAudit]) -> Result<usize, StoreError> {
    let insert = async {
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
    };
    tokio::time::timeout(BATCH_PATIENCE, insert)
        .await
        .unwrap_or_else(|late| Err(StoreError::Unavailable(Box::new(late))))
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
        let store = self.store();
        if self.spool().is_waiting() || store.is_away() {
            return self.spool().keep(&row).await;
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
                self.spool().keep(&row).await
            }
            Ok(Err(error)) => Err(store_error("write down a live action", error)),
        }
    }
}

#[cfg(test)]
mod tests;
