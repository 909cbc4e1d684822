//! Patience with a database over the network: nothing waits for it longer than it takes to see
//! that it is away, and once it is known to be away nothing waits at all.
//!
//! A stopped server refuses connections, a frozen one accepts them and says nothing; both are
//! seen by [`Watch::keep`], which asks over a connection of its own, so that a busy pool is not
//! taken for a dead server.

use std::{sync::Arc, time::Duration};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement,
    sqlx::{
        self, ConnectOptions, Connection,
        postgres::{PgConnectOptions, PgConnection},
    },
};
use sea_orm_migration::async_trait::async_trait;
use tokio::{
    sync::{Notify, watch},
    time::timeout,
};

use crate::error::is_unavailable;

/// How often the database is asked whether it is there.
const EVERY: Duration = Duration::from_secs(1);
/// An answer to that takes longer only if the server is frozen or out of reach.
const PROBE: Duration = Duration::from_secs(2);
/// The shortest time between two questions, however often somebody suspects something.
const REST: Duration = Duration::from_millis(100);
/// How long a statement may take; the server itself gives up a little earlier, see `connect`.
const STATEMENT: Duration = Duration::from_secs(35);
/// How long a connection and its BEGIN may take.
pub(crate) const BEGIN: Duration = Duration::from_secs(4);
/// How long a COMMIT or a ROLLBACK may take.
const COMMIT: Duration = Duration::from_secs(10);

/// Whether a database over the network is there.
pub(crate) struct Watch {
    away: watch::Sender<bool>,
    suspected: Notify,
    server: PgConnectOptions,
}

impl Watch {
    pub(crate) fn new(server: PgConnectOptions) -> Self {
        Self {
            away: watch::Sender::new(false),
            suspected: Notify::new(),
            server,
        }
    }

    pub(crate) fn is_away(&self) -> bool {
        *self.away.borrow()
    }

    /// Does it, unless the database is away, goes away, or takes too long.
    pub(crate) async fn patiently<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, DbErr>> + Send,
    ) -> Result<T, DbErr> {
        let mut away = self.away.subscribe();
        let done = tokio::select! {
            biased;
            _ = away.wait_for(|away| *away) => Err(gone("the database is away")),
            done = timeout(limit, work) => {
                done.unwrap_or_else(|_| Err(gone("the database takes too long")))
            }
        };
        if done.as_ref().is_err_and(is_unavailable) {
            self.suspected.notify_one();
        }
        done
    }

    /// Asks again and again; never ends.
    pub(crate) async fn keep(&self) {
        let mut link = None;
        loop {
            let answer = timeout(PROBE, probe(&mut link, &self.server)).await;
            let fault = match answer {
                Ok(Ok(())) => None,
                Ok(Err(error)) => Some(error.to_string()),
                Err(_) => Some("no answer".to_owned()),
            };
            self.say(fault.as_deref());
            tokio::time::sleep(REST).await;
            // While it is away there is nothing to suspect.
            let suspected = async {
                match fault {
                    None => self.suspected.notified().await,
                    Some(_) => std::future::pending().await,
                }
            };
            // A timeout is the usual end of this wait.
            let _ = timeout(EVERY, suspected).await;
        }
    }

    fn say(&self, fault: Option<&str>) {
        let changed = self
            .away
            .send_if_modified(|away| std::mem::replace(away, fault.is_some()) != fault.is_some());
        match (changed, fault) {
            (true, Some(fault)) => tracing::error!(fault, "the database is away"),
            (true, None) => tracing::warn!("the database is back"),
            (false, _) => {}
        }
    }
}

fn gone(what: &str) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(what.to_owned()))
}

/// A lost connection proves nothing: the server may have been started again since.
async fn probe(
    link: &mut Option<PgConnection>,
    server: &PgConnectOptions,
) -> Result<(), sqlx::Error> {
    if let Some(mut known) = link.take()
        && known.ping().await.is_ok()
    {
        *link = Some(known);
        return Ok(());
    }
    let mut fresh = server.connect().await?;
    fresh.ping().await?;
    *link = Some(fresh);
    Ok(())
}

/// A connection or transaction whose statements end in time.
pub struct Patient<C> {
    pub(crate) inner: C,
    /// None: a file of this machine, which is always there.
    pub(crate) watch: Option<Arc<Watch>>,
}

/// Does it within the limit, if there is a watch at all.
pub(crate) async fn within<T>(
    watch: Option<&Watch>,
    limit: Duration,
    work: impl Future<Output = Result<T, DbErr>> + Send,
) -> Result<T, DbErr> {
    match watch {
        Some(watch) => watch.patiently(limit, work).await,
        None => work.await,
    }
}

impl<C> Patient<C> {
    async fn statement<T>(
        &self,
        work: impl Future<Output = Result<T, DbErr>> + Send,
    ) -> Result<T, DbErr> {
        within(self.watch.as_deref(), STATEMENT, work).await
    }
}

impl Patient<DatabaseTransaction> {
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        within(self.watch.as_deref(), COMMIT, self.inner.commit()).await
    }

    pub(crate) async fn rollback(self) -> Result<(), DbErr> {
        within(self.watch.as_deref(), COMMIT, self.inner.rollback()).await
    }
}

#[async_trait]
impl<C: ConnectionTrait + Send> ConnectionTrait for Patient<C> {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.statement(self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.statement(self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.statement(self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.statement(self.inner.query_all_raw(statement)).await
    }
}
