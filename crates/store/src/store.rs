//! Opening, reading and writing.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use model::Entropy;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, IsolationLevel,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};

use crate::{
    NewAudit, StoreError, StoreKey, audit_chain,
    connect::{Connections, Target},
    gate::{Gate, Lease},
    key::{self, Place},
    migration,
    patience::{BEGIN, Patient, Watch, within},
};

/// How a database is opened.
#[derive(Clone)]
pub struct Options {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: String,
    /// For secrets at rest.
    pub key: StoreKey,
    /// For the nonces of secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Connections that read at the same time; 0 for the default.
    pub readers: u32,
}

/// Who goes first when SQLite's one writer is busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// A person waits for it.
    Interactive,
    /// Imports, write-behind, housekeeping: see [`Tx::should_yield`].
    Bulk,
}

/// What all handles of a store share.
pub struct Shared {
    connections: Connections,
    gate: Gate,
    pub(crate) key: StoreKey,
    pub(crate) entropy: Arc<dyn Entropy>,
}

impl Shared {
    pub(crate) fn seal(&self, place: Place, plain: &str) -> Result<Vec<u8>, StoreError> {
        key::seal(&self.key, self.entropy.as_ref(), place, plain)
    }
}

/// A database. Cloning it is cheap.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

/// Reads; each query sees the last commit.
#[derive(Clone)]
pub struct Reader {
    shared: Arc<Shared>,
}

/// A write transaction; dropped without [`Tx::commit`] it leaves nothing behind.
pub struct Tx {
    // Before the lease: fields are dropped in order, and the rollback comes before the next turn.
    link: Patient<DatabaseTransaction>,
    shared: Arc<Shared>,
    audit: Mutex<Vec<NewAudit>>,
    lease: Option<Lease>,
}

/// What [`Store::check`] found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CheckReport {
    /// Sentences, one a fault; empty: all is well.
    pub faults: Vec<String>,
    /// Rows of the audit log that were verified.
    pub audit_rows: u64,
}

pub(crate) mod sealed {
    use super::{ConnectionTrait, Shared};

    /// How repositories reach the database; cannot be named outside.
    pub trait Linked: Send + Sync {
        /// The ORM's connection.
        type Link: ConnectionTrait + Send + Sync;

        /// Where queries go.
        fn link(&self) -> &Self::Link;
        /// Key and entropy.
        fn shared(&self) -> &Shared;
        /// In a write transaction: makes others wait that change who has which number or refers
        /// to whom in this customer. SQLite has one writer anyway.
        fn lock_customer(
            &self,
            customer: model::CustomerId,
        ) -> impl Future<Output = Result<(), super::StoreError>> + Send;
    }
}

/// Where a repository works: a [`Reader`] or a [`Tx`].
pub trait Access: sealed::Linked {}

impl sealed::Linked for Reader {
    type Link = Patient<DatabaseConnection>;

    fn link(&self) -> &Patient<DatabaseConnection> {
        &self.shared.connections.readers
    }

    fn shared(&self) -> &Shared {
        &self.shared
    }

    async fn lock_customer(&self, _customer: model::CustomerId) -> Result<(), StoreError> {
        Ok(())
    }
}

impl sealed::Linked for Tx {
    type Link = Patient<DatabaseTransaction>;

    fn link(&self) -> &Patient<DatabaseTransaction> {
        &self.link
    }

    fn shared(&self) -> &Shared {
        &self.shared
    }

    async fn lock_customer(&self, customer: model::CustomerId) -> Result<(), StoreError> {
        if self.link.get_database_backend() == DbBackend::Postgres {
            let statement = Statement::from_sql_and_values(
                DbBackend::Postgres,
                "SELECT id FROM customers WHERE id = $1 FOR NO KEY UPDATE",
                [customer.uuid().into()],
            );
            self.link.query_one_raw(statement).await?;
        }
        Ok(())
    }
}

impl Access for Reader {}
impl Access for Tx {}

/// How long an interactive writer waits for its turn before the database counts as unavailable.
const TURN: Duration = Duration::from_secs(10);

impl Store {
    /// Opens the database, makes it if SQLite's file is missing, and migrates it forward.
    ///
    /// # Errors
    /// [`StoreError::BadUrl`], [`StoreError::Unavailable`], [`StoreError::NewerSchema`], and
    /// [`StoreError::WrongKey`] if the key opens not what is encrypted there.
    pub async fn open(options: Options) -> Result<Self, StoreError> {
        let target = Target::parse(&options.url)?;
        let connections = Connections::open(target, options.readers).await?;
        let store = Self {
            shared: Arc::new(Shared {
                connections,
                gate: Gate::default(),
                key: options.key,
                entropy: options.entropy,
            }),
        };
        let tx = store.begin(Priority::Interactive).await?;
        migration::run(&tx.link.inner).await?;
        key::check_belongs(&tx).await?;
        tx.commit().await?;
        Ok(store)
    }

    /// Whether the database holds what only its own key opens, so that a missing key file must
    /// not be replaced by a new one. Changes nothing.
    ///
    /// # Errors
    /// [`StoreError::BadUrl`] and [`StoreError::Unavailable`].
    pub async fn needs_key(url: &str) -> Result<bool, StoreError> {
        let target = Target::parse(url)?;
        if !target.exists() {
            return Ok(false);
        }
        let connections = Connections::open(target, 1).await?;
        let needed = migration::is_applied(&connections.writer).await?
            && key::is_needed(&connections.writer).await?;
        close(&connections).await?;
        Ok(needed)
    }

    /// Begins a write transaction.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn begin(&self, priority: Priority) -> Result<Tx, StoreError> {
        let connections = &self.shared.connections;
        let lease = if connections.one_writer {
            let turn = self.shared.gate.enter(priority);
            let lease = match priority {
                Priority::Interactive => tokio::time::timeout(TURN, turn)
                    .await
                    .map_err(|late| StoreError::Unavailable(Box::new(late)))?,
                Priority::Bulk => turn.await,
            };
            Some(lease.ok_or(StoreError::Unavailable("the store is closed".into()))?)
        } else {
            None
        };
        let begun = connections.writer.begin_with_options(TransactionOptions {
            sqlite_transaction_mode: connections
                .one_writer
                .then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        });
        let link = Patient {
            inner: within(connections.watch.as_deref(), BEGIN, begun).await?,
            watch: connections.watch.clone(),
        };
        Ok(Tx {
            link,
            shared: Arc::clone(&self.shared),
            audit: Mutex::default(),
            lease,
        })
    }

    /// A handle for reading.
    #[must_use]
    pub fn read(&self) -> Reader {
        Reader {
            shared: Arc::clone(&self.shared),
        }
    }

    /// Answers when a read works and a write can begin.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        let readers = &self.shared.connections.readers;
        readers.execute_unprepared("SELECT 1").await?;
        self.begin(Priority::Interactive).await?.rollback().await
    }

    /// Whether the database is known to be away: what is asked of it then fails at once. Known
    /// only while [`Store::watch`] runs.
    #[must_use]
    pub fn is_away(&self) -> bool {
        let watch = self.shared.connections.watch.as_deref();
        watch.is_some_and(Watch::is_away)
    }

    /// Looks after a database over the network for as long as it is polled; never ends.
    pub async fn watch(&self) {
        match &self.shared.connections.watch {
            Some(watch) => watch.keep().await,
            None => std::future::pending().await,
        }
    }

    /// Looks for damage: the database's own check, references, secrets that do not open, and
    /// broken audit chains.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; what is damaged is in the report.
    pub async fn check(&self) -> Result<CheckReport, StoreError> {
        let mut report = CheckReport::default();
        let reader = self.read();
        let readers = &self.shared.connections.readers;
        if readers.get_database_backend() == DbBackend::Sqlite {
            for row in query(readers, "PRAGMA integrity_check").await? {
                let line: String = row.try_get_by_index(0)?;
                if line != "ok" {
                    report.faults.push(line);
                }
            }
            for row in query(readers, "PRAGMA foreign_key_check").await? {
                let table: String = row.try_get_by_index(0)?;
                report
                    .faults
                    .push(format!("a row of {table} refers to nothing"));
            }
        }
        match reader.directory().load().await {
            Err(error @ (StoreError::Corrupt { .. } | StoreError::WrongKey)) => {
                report.faults.push(error.to_string());
            }
            Err(error) => return Err(error),
            Ok(_) => {}
        }
        for chain in reader.audit().chains().await? {
            match reader.audit().verify(chain).await? {
                Ok(rows) => report.audit_rows += rows,
                Err(broken) => report.faults.push(broken.to_string()),
            }
        }
        Ok(report)
    }

    /// Ends all connections; what is under way is finished first.
    ///
    /// # Errors
    /// If the last write-back fails.
    pub async fn close(&self) -> Result<(), StoreError> {
        close(&self.shared.connections).await
    }
}

async fn close(connections: &Connections) -> Result<(), StoreError> {
    connections.readers.inner.close_by_ref().await?;
    connections.writer.close_by_ref().await?;
    Ok(())
}

async fn query(
    conn: &Patient<DatabaseConnection>,
    sql: &str,
) -> Result<Vec<sea_orm::QueryResult>, StoreError> {
    let statement = Statement::from_string(conn.get_database_backend(), sql);
    Ok(conn.query_all_raw(statement).await?)
}

impl Reader {
    /// A transaction that sees one state of the database throughout.
    pub(crate) async fn snapshot(&self) -> Result<Patient<DatabaseTransaction>, StoreError> {
        let connections = &self.shared.connections;
        let isolation = (!connections.one_writer).then_some(IsolationLevel::RepeatableRead);
        let begun = connections.readers.inner.begin_with_config(isolation, None);
        Ok(Patient {
            inner: within(connections.watch.as_deref(), BEGIN, begun).await?,
            watch: connections.watch.clone(),
        })
    }
}

impl Tx {
    /// Keeps an audit row until [`Tx::commit`], which chains it.
    pub(crate) fn remember(&self, entry: NewAudit) {
        self.audit
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(entry);
    }

    /// Makes it so: chains the audit rows as the last statements, and waits for the disk.
    ///
    /// # Errors
    /// Nothing is changed, unless it is [`StoreError::Unavailable`] and the connection was lost
    /// while the database was committing.
    pub async fn commit(self) -> Result<(), StoreError> {
        let entries =
            std::mem::take(&mut *self.audit.lock().unwrap_or_else(PoisonError::into_inner));
        if !entries.is_empty() {
            audit_chain::append(&self.link, &self.shared.key, entries).await?;
        }
        self.link.commit().await?;
        drop(self.lease);
        Ok(())
    }

    /// Leaves nothing behind.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; even then nothing is left.
    pub async fn rollback(self) -> Result<(), StoreError> {
        self.link.rollback().await?;
        drop(self.lease);
        Ok(())
    }

    /// A bulk writer asks this between rows and commits when it is true: it has held the one
    /// writer for 20 ms, or an interactive writer waits. Never true on PostgreSQL.
    #[must_use]
    pub fn should_yield(&self) -> bool {
        self.lease.as_ref().is_some_and(Lease::should_yield)
    }
}
