//! What waits on disk while the database is away: audit rows of live actions, and the records of
//! calls and conferences.
//!
//! One JSON object a line, synced before it counts as kept. Once the database answers, or at the
//! next start, the file is set aside and its rows are written, each once, while new ones go into a
//! new file: nobody who acts waits for the database here.

mod audit;
pub(crate) mod file;
mod records;

use std::{
    marker::PhantomData,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use store::{Store, StoreError};
use tokio::sync::Mutex;

use crate::Error;

/// Rows of one transaction.
const AT_ONCE: usize = 100;
/// How long such a transaction may take.
const BATCH_PATIENCE: Duration = Duration::from_secs(10);

/// What can wait on disk.
pub(crate) trait Spooled: Sized + Send + Sync {
    /// Where it waits.
    const FILE: &'static str;
    /// Names one of them in the log.
    const NAME: &'static str;

    /// As it lies on disk.
    fn to_line(&self) -> Result<String, serde_json::Error>;

    /// What lay there.
    fn from_line(line: &str) -> Option<Self>;

    /// All in one transaction, those that are there left out. How many were written.
    fn insert(
        store: &Store,
        these: &[Self],
    ) -> impl Future<Output = Result<usize, StoreError>> + Send;

    /// Whether it is refused because it is there.
    fn is_there(refusal: &StoreError) -> bool;
}

#[derive(Debug)]
pub(crate) struct Spool<T> {
    /// Where new rows go.
    path: PathBuf,
    /// The file that is on its way into the database.
    aside: PathBuf,
    waiting: AtomicBool,
    /// Of the files; held for as long as the disk takes.
    turn: Mutex<()>,
    /// Of whoever replays; and how many lines of the file set aside are done.
    replayed: Mutex<usize>,
    of: PhantomData<fn() -> T>,
}

impl<T: Spooled> Spool<T> {
    pub(crate) fn new(data_dir: &Path) -> Self {
        let path = data_dir.join("spool").join(T::FILE);
        let aside = path.with_extension("replay.jsonl");
        let waiting = file::has_lines(&path) || file::has_lines(&aside);
        Self {
            path,
            aside,
            waiting: AtomicBool::new(waiting),
            turn: Mutex::new(()),
            replayed: Mutex::new(0),
            of: PhantomData,
        }
    }

    /// Whether rows wait: then new ones go behind them.
    pub(crate) fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::SeqCst)
    }

    /// Keeps these on disk, in their order.
    pub(crate) async fn keep(&self, these: &[T]) -> Result<(), Error> {
        let lines: Result<Vec<String>, _> = these.iter().map(T::to_line).collect();
        let lines = lines.map_err(|e| Error::internal("write to the spool", &e))?;
        let lines = lines.join("\n");
        let _turn = self.turn.lock().await;
        let path = self.path.clone();
        tokio::task::spawn_blocking(move || file::append_within_bounds(&path, &lines))
            .await
            .map_err(|e| Error::internal("write to the spool", &e))?
            .map_err(|e| {
                tracing::error!(error = %e, "the spool cannot be written");
                Error::Unavailable("the database")
            })?;
        self.waiting.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Moves the rows into the database. One that got there before is not written twice. Answers how
    /// many went.
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
            let rows: Vec<T> = some.iter().filter_map(|line| read(line)).collect();
            moved += insert_all(store, &rows).await?;
            *replayed += some.len();
        }
        Ok(moved)
    }
}

fn read<T: Spooled>(line: &str) -> Option<T> {
    let row = T::from_line(line);
    if row.is_none() && !line.is_empty() {
        // A line that was cut off by a crash was never acknowledged.
        tracing::warn!("a line of the spool cannot be read and is left out");
    }
    row
}

/// All in one transaction or, where the database refuses one of them, each in its own. How many
/// were not there yet.
async fn insert_all<T: Spooled>(store: &Store, rows: &[T]) -> Result<usize, StoreError> {
    match insert_once(store, rows).await {
        Err(StoreError::Unavailable(error)) => return Err(StoreError::Unavailable(error)),
        Ok(moved) => return Ok(moved),
        Err(_) => {}
    }
    let mut moved = 0;
    for row in rows {
        match insert_once(store, std::slice::from_ref(row)).await {
            Ok(one) => moved += one,
            Err(StoreError::Unavailable(error)) => return Err(StoreError::Unavailable(error)),
            Err(refusal) if T::is_there(&refusal) => {}
            Err(error) => {
                let line = row.to_line().unwrap_or_default();
                tracing::error!(line, error = %error, "the database refuses {}", T::NAME);
            }
        }
    }
    Ok(moved)
}

async fn insert_once<T: Spooled>(store: &Store, rows: &[T]) -> Result<usize, StoreError> {
    tokio::time::timeout(BATCH_PATIENCE, T::insert(store, rows))
        .await
        .unwrap_or_else(|late| Err(StoreError::Unavailable(Box::new(late))))
}

#[cfg(test)]
mod tests;
