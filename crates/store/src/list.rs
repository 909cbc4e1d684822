//! Lists in pages: each page continues after the last row of the one before (keyset), so that it
//! costs the same however far one has paged, and rows made in between shift nothing.

use std::{fmt, fmt::Write as _, str::FromStr};

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, Order, QueryFilter,
    QueryOrder, QuerySelect, Select,
    sea_query::{Expr, SimpleExpr},
};
use uuid::Uuid;

use crate::{StoreError, codec::from_hex};

/// What part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<K> {
    /// By what.
    pub sort: K,
    /// Largest first.
    pub descending: bool,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// How many at most.
    pub limit: u32,
}

impl<K: Default> Default for List<K> {
    fn default() -> Self {
        Self {
            sort: K::default(),
            descending: false,
            after: None,
            limit: 50,
        }
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// In order.
    pub items: Vec<T>,
    /// None: this was the last.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    pub(crate) fn try_map<U>(
        self,
        convert: impl FnMut(T) -> Result<U, StoreError>,
    ) -> Result<Page<U>, StoreError> {
        Ok(Page {
            items: self
                .items
                .into_iter()
                .map(convert)
                .collect::<Result<_, _>>()?,
            next: self.next,
        })
    }
}

/// The last row's place in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    key: SortKey,
    id: Uuid,
}

/// The value that a row is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SortKey {
    Text(String),
    Number(i64),
}

/// The text is not a cursor of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor; use the value of next from the page before")]
pub struct InvalidCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.id.as_simple())?;
        match &self.key {
            SortKey::Number(number) => write!(f, "n{number}"),
            SortKey::Text(text) => {
                f.write_char('t')?;
                text.bytes().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        if !text.is_ascii() || text.len() < 33 || text.len() > 2048 {
            return Err(InvalidCursor);
        }
        let (id, rest) = text.split_at(32);
        let id = Uuid::try_parse(id).map_err(|_| InvalidCursor)?;
        let key = if let Some(number) = rest.strip_prefix('n') {
            SortKey::Number(number.parse().map_err(|_| InvalidCursor)?)
        } else {
            let hex = rest.strip_prefix('t').ok_or(InvalidCursor)?;
            let bytes = from_hex(hex).ok_or(InvalidCursor)?;
            SortKey::Text(String::from_utf8(bytes).map_err(|_| InvalidCursor)?)
        };
        Ok(Self { key, id })
    }
}

/// An order: the expression that the database sorts by, and the same read from a row.
pub(crate) struct Sort<M> {
    pub(crate) expr: SimpleExpr,
    pub(crate) numeric: bool,
    pub(crate) key: fn(&M) -> SortKey,
    pub(crate) id: fn(&M) -> Uuid,
}

/// One page of `select` in the given order, ties broken by id.
pub(crate) async fn page<E, C, K>(
    conn: &C,
    select: Select<E>,
    id: E::Column,
    sort: Sort<E::Model>,
    list: &List<K>,
) -> Result<Page<E::Model>, StoreError>
where
    E: EntityTrait,
    C: ConnectionTrait,
    K: Sync,
{
    let order = if list.descending {
        Order::Desc
    } else {
        Order::Asc
    };
    let mut select = select
        .order_by(sort.expr.clone(), order.clone())
        .order_by(Expr::col((E::default(), id)), order);
    if let Some(after) = &list.after {
        if matches!(after.key, SortKey::Number(_)) != sort.numeric {
            return Err(StoreError::BadCursor);
        }
        select = select.filter(beyond(&sort.expr, id.into_expr(), after, list.descending));
    }
    let limit = list.limit.clamp(1, 1000) as usize;
    let mut items = select.limit(limit as u64 + 1).all(conn).await?;
    let more = items.len() > limit;
    items.truncate(limit);
    let next = match items.last() {
        Some(last) if more => Some(Cursor {
            key: (sort.key)(last),
            id: (sort.id)(last),
        }),
        _ => None,
    };
    Ok(Page { items, next })
}

fn beyond(key: &SimpleExpr, id: Expr, after: &Cursor, descending: bool) -> Condition {
    let value: SimpleExpr = match &after.key {
        SortKey::Text(text) => Expr::val(text.clone()),
        SortKey::Number(number) => Expr::val(*number),
    };
    let (past, tie) = if descending {
        (key.clone().lt(value.clone()), id.lt(after.id))
    } else {
        (key.clone().gt(value.clone()), id.gt(after.id))
    };
    // The first condition lets an index bound the scan; OR alone would not.
    let bound = if descending {
        key.clone().lte(value.clone())
    } else {
        key.clone().gte(value.clone())
    };
    Condition::all().add(bound).add(
        Condition::any()
            .add(past)
            .add(Condition::all().add(key.clone().eq(value)).add(tie)),
    )
}

/// `%text%` for LIKE with `\` as the escape, folded as `lower()` of both databases does: ASCII.
pub(crate) fn like_part(text: &str) -> String {
    format!("%{}", like_beginning(text))
}

/// A pattern for what begins with `text`, in lower case.
pub(crate) fn like_beginning(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 1);
    for c in text.chars().map(|c| c.to_ascii_lowercase()) {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests;
