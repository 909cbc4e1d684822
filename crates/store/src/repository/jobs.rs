//! The durable queue: rows, leases with fencing, schedules. What runs them is in the crate `jobs`.

use model::{CustomerId, JobId, Timestamp};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, IntoSimpleExpr, QueryFilter, QueryOrder, QuerySelect,
    UpdateMany,
    sea_query::{Expr, LockBehavior, LockType, OnConflict},
};

use super::{Jobs, rows};
use crate::{
    Access, List, Page, Scope, StoreError, Tx,
    codec::{Table, nanoseconds},
    entity::{job as entity, schedule},
    list::{Sort, SortKey, page},
    store::sealed::Linked,
};

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// Waits for its time, or for another try.
    Waiting,
    /// Someone has a lease on it.
    Running,
    /// Done.
    Succeeded,
    /// Given up.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

const STATES: &[(JobState, &str)] = &[
    (JobState::Waiting, "waiting"),
    (JobState::Running, "running"),
    (JobState::Succeeded, "succeeded"),
    (JobState::Failed, "failed"),
    (JobState::Cancelled, "cancelled"),
];

impl JobState {
    /// Its name in API and messages.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        STATES
            .iter()
            .find_map(|(state, known)| (*known == name).then_some(*state))
    }
}

/// What lists of jobs are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JobSort {
    /// When it was asked for.
    #[default]
    CreatedAt,
}

/// A job to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJobRow {
    /// Identity.
    pub id: JobId,
    /// Which handler does it.
    pub kind: String,
    /// For whom.
    pub customer: Option<CustomerId>,
    /// While one of this kind with this text waits or runs, there is no second.
    pub dedupe: Option<String>,
    /// JSON for the handler.
    pub payload: String,
    /// Not before.
    pub run_at: Timestamp,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// A job as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Identity.
    pub id: JobId,
    /// Which handler does it.
    pub kind: String,
    /// For whom.
    pub customer: Option<CustomerId>,
    /// JSON for the handler.
    pub payload: String,
    /// Where it is.
    pub state: JobState,
    /// Not before.
    pub run_at: Timestamp,
    /// How often it was begun.
    pub attempts: u32,
    /// Counts leases: who holds an older one can write no more.
    pub fence: u64,
    /// JSON of how far the handler came.
    pub checkpoint: Option<String>,
    /// Progress.
    pub done: u64,
    /// Of how many, once known.
    pub total: Option<u64>,
    /// A person asked to stop it.
    pub cancel: bool,
    /// JSON of what came out.
    pub result: Option<String>,
    /// Why it failed last.
    pub error: Option<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When the row changed last.
    pub updated_at: Timestamp,
}

const TABLE: Table = Table("jobs");

fn from_row(row: entity::Model) -> Result<JobRow, StoreError> {
    let total = row.total.map(|value| TABLE.count("total", value));
    Ok(JobRow {
        id: JobId::from_uuid(row.id),
        kind: row.kind,
        customer: row.customer.map(CustomerId::from_uuid),
        payload: row.payload,
        state: TABLE.name("state", &row.state, JobState::from_name)?,
        run_at: TABLE.time("run_at", row.run_at)?,
        attempts: TABLE.count("attempts", row.attempts)?,
        fence: TABLE.count("fence", row.fence)?,
        checkpoint: row.checkpoint,
        done: TABLE.count("done", row.done)?,
        total: total.transpose()?,
        cancel: row.cancel,
        result: row.result,
        error: row.error,
        created_at: TABLE.time("created_at", row.created_at)?,
        updated_at: TABLE.time("updated_at", row.updated_at)?,
    })
}

impl<A: Access> Jobs<'_, A> {
    /// One job.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn by_id(&self, scope: Scope, job: JobId) -> Result<Option<JobRow>, StoreError> {
        let row = entity::Entity::find_by_id(job.uuid())
            .filter(scope.on(entity::Column::Customer))
            .one(self.0.link())
            .await?;
        row.map(from_row).transpose()
    }

    /// A page of jobs.
    ///
    /// # Errors
    /// [`StoreError::BadCursor`], [`StoreError::Unavailable`].
    pub async fn list(
        &self,
        scope: Scope,
        list: &List<JobSort>,
    ) -> Result<Page<JobRow>, StoreError> {
        let sort = match list.sort {
            JobSort::CreatedAt => Sort {
                expr: entity::Column::CreatedAt.into_simple_expr(),
                numeric: true,
                key: |row: &entity::Model| SortKey::Number(row.created_at),
                id: |row: &entity::Model| row.id,
            },
        };
        let select = entity::Entity::find().filter(scope.on(entity::Column::Customer));
        page(self.0.link(), select, entity::Column::Id, sort, list)
            .await?
            .try_map(from_row)
    }

    /// When the next waiting job or running lease is due; none: nothing to do.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let waiting = entity::Entity::find()
            .filter(entity::Column::State.eq(JobState::Waiting.as_str()))
            .order_by_asc(entity::Column::RunAt)
            .one(self.0.link())
            .await?;
        let leased = entity::Entity::find()
            .filter(entity::Column::State.eq(JobState::Running.as_str()))
            .order_by_asc(entity::Column::LeaseUntil)
            .one(self.0.link())
            .await?;
        let times = [
            waiting.map(|row| row.run_at),
            leased.and_then(|row| row.lease_until),
        ];
        let first = times.into_iter().flatten().min();
        first.map(|time| TABLE.time("run_at", time)).transpose()
    }
}

impl<A: Access> Jobs<'_, A> {
    /// When the schedule is due next; none: it never was.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn schedule_next(&self, name: &str) -> Result<Option<Timestamp>, StoreError> {
        let row = schedule::Entity::find_by_id(name.to_owned())
            .one(self.0.link())
            .await?;
        row.map(|row| Table("schedules").time("next_at", row.next_at))
            .transpose()
    }
}

impl Jobs<'_, Tx> {
    /// Adds a job, unless one with its dedupe text waits or runs; answers which it is.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn insert(&self, job: &NewJobRow) -> Result<JobId, StoreError> {
        if let Some(dedupe) = &job.dedupe {
            let open = [JobState::Waiting, JobState::Running].map(JobState::as_str);
            let there = entity::Entity::find()
                .filter(entity::Column::Kind.eq(&job.kind))
                .filter(entity::Column::Dedupe.eq(dedupe))
                .filter(entity::Column::State.is_in(open))
                .one(self.0.link())
                .await?;
            if let Some(there) = there {
                return Ok(JobId::from_uuid(there.id));
            }
        }
        let row = entity::Model {
            id: job.id.uuid(),
            kind: job.kind.clone(),
            customer: job.customer.map(CustomerId::uuid),
            dedupe: job.dedupe.clone(),
            payload: job.payload.clone(),
            state: JobState::Waiting.as_str().to_owned(),
            run_at: nanoseconds(job.run_at),
            attempts: 0,
            fence: 0,
            lease_until: None,
            checkpoint: None,
            done: 0,
            total: None,
            cancel: false,
            result: None,
            error: None,
            created_at: nanoseconds(job.created_at),
            updated_at: nanoseconds(job.created_at),
        };
        rows::insert(self.0.link(), row).await?;
        Ok(job.id)
    }

    /// Takes the job that is due longest and of a known kind, with a lease until `until`: a
    /// waiting one, or one whose lease has run out because its process died.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn lease(
        &self,
        kinds: &[&str],
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<JobRow>, StoreError> {
        let link = self.0.link();
        let due = Condition::any()
            .add(
                Condition::all()
                    .add(entity::Column::State.eq(JobState::Waiting.as_str()))
                    .add(entity::Column::RunAt.lte(nanoseconds(now))),
            )
            .add(
                Condition::all()
                    .add(entity::Column::State.eq(JobState::Running.as_str()))
                    .add(entity::Column::LeaseUntil.lte(nanoseconds(now))),
            );
        let row = entity::Entity::find()
            .filter(due)
            .filter(entity::Column::Kind.is_in(kinds.iter().copied()))
            .order_by_asc(entity::Column::RunAt)
            .order_by_asc(entity::Column::Id)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .one(link)
            .await?;
        let Some(mut row) = row else {
            return Ok(None);
        };
        row.state = JobState::Running.as_str().to_owned();
        row.attempts += 1;
        row.fence += 1;
        row.updated_at = nanoseconds(now);
        entity::Entity::update_many()
            .col_expr(entity::Column::State, Expr::val(row.state.clone()))
            .col_expr(entity::Column::Attempts, Expr::val(row.attempts))
            .col_expr(entity::Column::Fence, Expr::val(row.fence))
            .col_expr(entity::Column::LeaseUntil, Expr::val(nanoseconds(until)))
            .col_expr(entity::Column::UpdatedAt, Expr::val(row.updated_at))
            .filter(entity::Column::Id.eq(row.id))
            .exec(link)
            .await?;
        from_row(row).map(Some)
    }

    /// Keeps how far the job came, and the lease until `until`; answers whether a person asked
    /// to stop it.
    ///
    /// # Errors
    /// [`StoreError::VersionConflict`]: the lease was lost.
    pub async fn checkpoint(
        &self,
        job: &JobRow,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let update = held(job)
            .col_expr(
                entity::Column::Checkpoint,
                Expr::val(job.checkpoint.clone()),
            )
            .col_expr(
                entity::Column::Done,
                Expr::val(crate::codec::signed(job.done)),
            )
            .col_expr(
                entity::Column::Total,
                Expr::val(job.total.map(crate::codec::signed)),
            )
            .col_expr(entity::Column::LeaseUntil, Expr::val(nanoseconds(until)))
            .col_expr(entity::Column::UpdatedAt, Expr::val(nanoseconds(now)));
        self.apply(update).await?;
        let row = entity::Entity::find_by_id(job.id.uuid())
            .one(self.0.link())
            .await?
            .ok_or(StoreError::NotFound)?;
        Ok(row.cancel)
    }

    /// Keeps the lease until `until` without a word on progress.
    ///
    /// # Errors
    /// [`StoreError::VersionConflict`]: the lease was lost.
    pub async fn renew(&self, job: &JobRow, until: Timestamp) -> Result<(), StoreError> {
        let lease = Expr::val(nanoseconds(until));
        self.apply(held(job).col_expr(entity::Column::LeaseUntil, lease))
            .await
    }

    /// Ends the lease with an outcome: [`JobState::Waiting`] until `run_at` for another try, or
    /// one of the final states. `text` is the result of a success, the error of anything else.
    ///
    /// # Errors
    /// [`StoreError::VersionConflict`]: the lease was lost, and with it the right to say.
    pub async fn finish(
        &self,
        job: &JobRow,
        state: JobState,
        run_at: Timestamp,
        text: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let column = match state {
            JobState::Succeeded => entity::Column::Result,
            _ => entity::Column::Error,
        };
        let update = held(job)
            .col_expr(entity::Column::State, Expr::val(state.as_str()))
            .col_expr(entity::Column::RunAt, Expr::val(nanoseconds(run_at)))
            .col_expr(entity::Column::LeaseUntil, Expr::val(Option::<i64>::None))
            .col_expr(entity::Column::UpdatedAt, Expr::val(nanoseconds(now)))
            .col_expr(column, Expr::val(text));
        self.apply(update).await
    }

    async fn apply(&self, update: UpdateMany<entity::Entity>) -> Result<(), StoreError> {
        match update.exec(self.0.link()).await?.rows_affected {
            0 => Err(StoreError::VersionConflict),
            _ => Ok(()),
        }
    }

    /// Asks to stop a job: a waiting one ends at once, a running one at its next checkpoint.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn cancel(&self, scope: Scope, job: JobId, now: Timestamp) -> Result<(), StoreError> {
        let which = || {
            entity::Entity::update_many()
                .col_expr(entity::Column::Cancel, Expr::val(true))
                .col_expr(entity::Column::UpdatedAt, Expr::val(nanoseconds(now)))
                .filter(entity::Column::Id.eq(job.uuid()))
                .filter(scope.on(entity::Column::Customer))
        };
        let ended = which()
            .col_expr(
                entity::Column::State,
                Expr::val(JobState::Cancelled.as_str()),
            )
            .filter(entity::Column::State.eq(JobState::Waiting.as_str()))
            .exec(self.0.link())
            .await?;
        if ended.rows_affected > 0 {
            return Ok(());
        }
        match which().exec(self.0.link()).await?.rows_affected {
            0 => Err(StoreError::NotFound),
            _ => Ok(()),
        }
    }

    /// Removes jobs that ended before that time; how many.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn purge_ended(&self, before: Timestamp) -> Result<u64, StoreError> {
        let ended = [JobState::Succeeded, JobState::Failed, JobState::Cancelled];
        let done = entity::Entity::delete_many()
            .filter(entity::Column::State.is_in(ended.map(JobState::as_str)))
            .filter(entity::Column::UpdatedAt.lt(nanoseconds(before)))
            .exec(self.0.link())
            .await?;
        Ok(done.rows_affected)
    }

    /// Whether the schedule is due; if so it is next at `next`. A new one is due at once.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn schedule_due(
        &self,
        name: &str,
        now: Timestamp,
        next: Timestamp,
    ) -> Result<bool, StoreError> {
        let row = schedule::Model {
            name: name.to_owned(),
            next_at: nanoseconds(next),
        };
        let keep = OnConflict::column(schedule::Column::Name)
            .do_nothing()
            .to_owned();
        if rows::upsert(self.0.link(), row, keep).await? {
            return Ok(true);
        }
        let done = schedule::Entity::update_many()
            .col_expr(schedule::Column::NextAt, Expr::val(nanoseconds(next)))
            .filter(schedule::Column::Name.eq(name))
            .filter(schedule::Column::NextAt.lte(nanoseconds(now)))
            .exec(self.0.link())
            .await?;
        Ok(done.rows_affected > 0)
    }
}

/// An update that works only while the lease is held.
fn held(job: &JobRow) -> UpdateMany<entity::Entity> {
    entity::Entity::update_many()
        .filter(entity::Column::Id.eq(job.id.uuid()))
        .filter(entity::Column::State.eq(JobState::Running.as_str()))
        .filter(entity::Column::Fence.eq(crate::codec::signed(job.fence)))
}
