//! Connections: URLs, pools, and the pragmas that durability rests on.

use std::{str::FromStr, sync::Arc, time::Duration};

use sea_orm::{
    DatabaseConnection, SqlxPostgresConnector, SqlxSqliteConnector,
    sqlx::{
        ConnectOptions, Connection, Executor, SqliteConnection,
        postgres::{PgConnectOptions, PgPoolOptions},
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};

use crate::{
    StoreError,
    patience::{Patient, Watch},
};

/// How long a writer of another process may keep the SQLite file locked before we give up.
const BUSY: Duration = Duration::from_secs(5);
/// How long a query waits for a connection before the database counts as unavailable.
const ACQUIRE: Duration = Duration::from_secs(3);
/// What PostgreSQL gives up by itself, so that what we no longer wait for holds no locks.
const LIMITS: [(&str, &str); 2] = [
    ("statement_timeout", "30s"),
    ("idle_in_transaction_session_timeout", "60s"),
];
/// What is acknowledged is on disk, also where a server is set up to answer earlier.
const SYNCED: &str = "SELECT set_config('synchronous_commit', 'on', false) \
                      WHERE current_setting('synchronous_commit') = 'off'";
/// Readers of SQLite, connections to PostgreSQL, unless given.
const DEFAULT_CONNECTIONS: u32 = 8;

/// What a URL names.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    Sqlite(Box<SqliteConnectOptions>),
    Postgres(Box<PgConnectOptions>),
}

impl Target {
    pub(crate) fn parse(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let plain = path.trim_start_matches("//");
            if plain.is_empty() || plain.contains(":memory:") || plain.contains("mode=memory") {
                return Err(StoreError::BadUrl(
                    "a database in memory would lose what was acknowledged".into(),
                ));
            }
            let options = SqliteConnectOptions::from_str(url)
                .map_err(|error| StoreError::BadUrl(error.to_string()))?
                .journal_mode(SqliteJournalMode::Wal)
                // Each commit reaches the disk before it is acknowledged.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(BUSY)
                .disable_statement_logging();
            return Ok(Self::Sqlite(Box::new(options)));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // The parser's message may hold the password: it is not repeated.
            let options = PgConnectOptions::from_str(url)
                .map_err(|_| StoreError::BadUrl("the PostgreSQL URL cannot be read".into()))?
                .application_name("convoke")
                .options(LIMITS)
                .disable_statement_logging();
            return Ok(Self::Postgres(Box::new(options)));
        }
        Err(StoreError::BadUrl(
            "the database URL has no known scheme".into(),
        ))
    }

    /// False: opening would make an empty database.
    pub(crate) fn exists(&self) -> bool {
        match self {
            Self::Sqlite(options) => options.get_filename().exists(),
            Self::Postgres(_) => true,
        }
    }
}

/// Whether nothing of an earlier transaction is left. After a commit that failed, as on a full
/// disk, the database has rolled back by itself, the rollback that follows fails, and the driver
/// takes all transactions to come for nested ones: they would be acknowledged and never committed.
fn is_done(connection: &SqliteConnection) -> bool {
    let is_left = connection.is_in_transaction();
    if is_left {
        tracing::warn!("a transaction did not end as it should; its connection is opened anew");
    }
    !is_left
}

/// The connections of a store.
pub(crate) struct Connections {
    pub(crate) writer: DatabaseConnection,
    pub(crate) readers: Patient<DatabaseConnection>,
    /// True: one writer at a time, which the gate sees to.
    pub(crate) one_writer: bool,
    /// Of a database over the network.
    pub(crate) watch: Option<Arc<Watch>>,
}

impl Connections {
    pub(crate) async fn open(target: Target, readers: u32) -> Result<Self, StoreError> {
        let count = if readers == 0 {
            DEFAULT_CONNECTIONS
        } else {
            readers
        };
        match target {
            Target::Sqlite(options) => Self::sqlite(*options, count).await,
            Target::Postgres(options) => Self::postgres(*options, count).await,
        }
    }

    async fn sqlite(options: SqliteConnectOptions, count: u32) -> Result<Self, StoreError> {
        let unavailable = |error| StoreError::Unavailable(Box::new(error));
        // The writer comes first: it makes the file and turns on the write-ahead log.
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            // Asked first, so that a rollback that was begun is through.
            .test_before_acquire(true)
            .before_acquire(|connection, _| Box::pin(async move { Ok(is_done(connection)) }))
            .acquire_timeout(ACQUIRE)
            .connect_with(options.clone().create_if_missing(true))
            .await
            .map_err(unavailable)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(count)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .acquire_timeout(ACQUIRE)
            .connect_lazy_with(options.pragma("query_only", "1"));
        Ok(Self {
            writer: SqlxSqliteConnector::from_sqlx_sqlite_pool(writer),
            readers: Patient {
                inner: SqlxSqliteConnector::from_sqlx_sqlite_pool(readers),
                watch: None,
            },
            one_writer: true,
            watch: None,
        })
    }

    async fn postgres(options: PgConnectOptions, count: u32) -> Result<Self, StoreError> {
        let pool = PgPoolOptions::new()
            .max_connections(count)
            .acquire_timeout(ACQUIRE)
            .after_connect(|connection, _| {
                Box::pin(async move { connection.execute(SYNCED).await.map(drop) })
            })
            .connect_with(options.clone())
            .await
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
        let watch = Arc::new(Watch::new(options));
        Ok(Self {
            writer: connection.clone(),
            readers: Patient {
                inner: connection,
                watch: Some(watch.clone()),
            },
            one_writer: false,
            watch: Some(watch),
        })
    }
}
