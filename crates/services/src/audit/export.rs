//! The audit log as a file, some rows at a time: a long one is never whole in memory.

use model::{AuditEntry, Model, Operation};

use super::{
    AuditFilter,
    list::{place, wanted},
};
use crate::{Context, Error, ListQuery, csv};

/// Rows that are read at once.
const CHUNK: i64 = 500;

const HEADINGS: [&str; 15] = [
    "at",
    "customer_id",
    "sequence",
    "actor_kind",
    "actor_id",
    "actor",
    "door",
    "source",
    "action",
    "model",
    "subject_id",
    "subject",
    "before",
    "after",
    "hash",
];

/// An export under way.
#[derive(Debug)]
pub struct Export {
    ctx: Context,
    filter: AuditFilter,
    /// The page that comes next; none: all rows were given.
    query: Option<ListQuery>,
    began: bool,
}

/// Begins to export what [`super::list`] lists, as comma-separated values; cells that a
/// spreadsheet would run are defused.
///
/// # Errors
/// `Forbidden`; `NotFound` for another customer.
pub fn export(ctx: &Context, filter: AuditFilter, q: Option<String>) -> Result<Export, Error> {
    let (_, target) = place(ctx, &filter)?;
    ctx.require(Model::AuditLog, Operation::Export, &target)?;
    let query = ListQuery {
        q,
        limit: Some(CHUNK),
        ..ListQuery::default()
    };
    Ok(Export {
        ctx: ctx.clone(),
        filter,
        query: Some(query),
        began: false,
    })
}

impl Export {
    /// The next part of the file; none: that was all.
    ///
    /// # Errors
    /// `Forbidden`; `Invalid` for a bad filter; `Unavailable` while the database is away.
    pub async fn next(&mut self) -> Result<Option<String>, Error> {
        let Some(mut query) = self.query.take() else {
            return Ok(None);
        };
        let wanted = wanted(&self.ctx, &self.filter, &query)?;
        let rows = wanted.page(&self.ctx).await?;
        query.cursor = wanted.next(&rows);
        let mut text = String::new();
        if !std::mem::replace(&mut self.began, true) {
            text += &csv::row(HEADINGS);
        }
        for entry in rows.items {
            text += &row(entry);
        }
        self.query = query.cursor.is_some().then_some(query);
        Ok(Some(text))
    }
}

fn row(entry: AuditEntry) -> String {
    use std::fmt::Write;
    let hash = entry.hash.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    });
    let cells = [
        entry.at.to_string(),
        entry.customer.map(|id| id.to_string()).unwrap_or_default(),
        entry.sequence.to_string(),
        entry.actor.kind().to_owned(),
        entry.actor.id().unwrap_or_default(),
        entry.actor_name,
        entry.door.as_str().to_owned(),
        entry
            .source
            .map(|source| source.to_string())
            .unwrap_or_default(),
        entry.action,
        entry.model.as_str().to_owned(),
        entry.subject_id,
        entry.subject_name,
        entry.before.unwrap_or_default(),
        entry.after.unwrap_or_default(),
        hash,
    ];
    csv::row(cells.iter().map(String::as_str))
}
