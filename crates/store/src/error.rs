//! What can go wrong, closed: the doors map it once.

use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// Why the store did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another row has that value, which must be unique. The transaction is spent.
    #[error("{field} is taken")]
    Taken {
        /// The field as the API calls it.
        field: &'static str,
    },
    /// The row was changed since it was read.
    #[error("it was changed by someone else since it was read; read it again")]
    VersionConflict,
    /// There is no such row within the scope.
    #[error("it does not exist")]
    NotFound,
    /// The cursor belongs to another list or order.
    #[error("the cursor belongs to another list; begin again without it")]
    BadCursor,
    /// Other rows refer to it; or it refers to a row that is gone.
    #[error("it is in use, or what it refers to is gone")]
    InUse,
    /// Encrypted rows exist that this key does not open.
    #[error("the secret key does not belong to this database; give the key file it was made with")]
    WrongKey,
    /// The database was written by a newer version of the product.
    #[error(
        "the database was migrated by a newer version ({migration}); run that version, or restore \
         a backup from before it"
    )]
    NewerSchema {
        /// The first migration that this version does not know.
        migration: String,
    },
    /// The URL names no database that can be used.
    #[error("{0}; give sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE")]
    BadUrl(String),
    /// The database cannot be reached, is full, or is too busy; the same may work later.
    #[error("the database is not available")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row does not hold what it must.
    #[error("table {table} holds what cannot be read: {what}")]
    Corrupt {
        /// Where.
        table: &'static str,
        /// What.
        what: String,
    },
    /// A defect in this product or in the database.
    #[error("the database refused a query")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Unique constraints by what each database calls them, and the field a person knows.
const UNIQUE: &[(&str, &str, &str)] = &[
    (
        "customers.account_name",
        "customers_account_name",
        "account_name",
    ),
    (
        "devices.sip_username",
        "devices_sip_username",
        "sip_username",
    ),
    ("numbers.", "numbers_pkey", "number"),
    ("sign_in_names.", "sign_in_names_pkey", "username"),
    ("access_profiles.", "access_profiles_name", "name"),
    ("conferences.room", "conferences_running", "room"),
    ("api_keys.key_hash", "api_keys_key_hash", "key"),
    ("sessions.token_hash", "sessions_token_hash", "token"),
    ("jobs.", "jobs_dedupe", "dedupe"),
];

impl StoreError {
    /// Whether it is not available because its disk is full.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let Self::Unavailable(cause) = self else {
            return false;
        };
        let cause = match cause.downcast_ref() {
            Some(
                DbErr::Exec(RuntimeErr::SqlxError(cause))
                | DbErr::Query(RuntimeErr::SqlxError(cause)),
            ) => cause,
            _ => return false,
        };
        let code = cause.as_database_error().and_then(|cause| cause.code());
        // PostgreSQL's disk_full, and SQLite's FULL.
        code.is_some_and(|code| code == "53100" || code == "13")
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(message)) => {
                let field = UNIQUE
                    .iter()
                    .find(|(sqlite, postgres, _)| {
                        message.contains(sqlite) || message.contains(postgres)
                    })
                    .map_or("id", |(_, _, field)| field);
                Self::Taken { field }
            }
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => Self::InUse,
            _ if is_unavailable(&error) => Self::Unavailable(Box::new(error)),
            _ => Self::Internal(Box::new(error)),
        }
    }
}

pub(crate) fn is_unavailable(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
            sqlx_is_unavailable(cause)
        }
        _ => false,
    }
}

fn sqlx_is_unavailable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        sqlx::Error::Database(cause) => cause.code().is_some_and(|code| {
            let postgres = ["08", "53", "57P"]
                .iter()
                .any(|class| code.starts_with(class))
                // Serialization failure, deadlock, and our own limit on statements.
                || ["40001", "40P01", "57014"].contains(&code.as_ref());
            // SQLite: the low byte of an extended code is its family. BUSY 5, LOCKED 6,
            // READONLY 8, IOERR 10, FULL 13, CANTOPEN 14.
            let sqlite = code
                .parse::<u32>()
                .is_ok_and(|code| [5, 6, 8, 10, 13, 14].contains(&(code & 0xff)));
            match code.len() {
                5 => postgres,
                _ => sqlite,
            }
        }),
        _ => false,
    }
}
