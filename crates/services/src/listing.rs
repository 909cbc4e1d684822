//! Pages of lists that are in memory: limits, cursors and sorting, the same for all.

use std::cmp::Ordering;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{Error, ListQuery, Page, fold::fold};

/// Rows of a page unless asked otherwise.
const DEFAULT_LIMIT: usize = 50;
/// Rows of a page at most.
const MAX_LIMIT: usize = 500;

/// A list query, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listing {
    pub(crate) limit: usize,
    pub(crate) sort: &'static str,
    pub(crate) descending: bool,
    pub(crate) after: Option<Position>,
    pub(crate) words: Vec<String>,
}

/// Behind which row a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) key: String,
    pub(crate) id: String,
}

impl Listing {
    /// Checks a query against the sort keys there are; the first is the default.
    pub(crate) fn read(query: &ListQuery, sorts: &'static [&'static str]) -> Result<Self, Error> {
        let limit = limit_of(query)?;
        let (sort, descending) = order_of(query, sorts)?;
        let after = query
            .cursor
            .as_deref()
            .map(|text| Position::read(text, sort, descending))
            .transpose()?;
        Ok(Self {
            limit,
            sort,
            descending,
            after,
            words: words(query.q.as_deref()),
        })
    }

    /// Whether a row lies behind the cursor.
    pub(crate) fn is_after(&self, key: &str, id: &str) -> bool {
        self.after.as_ref().is_none_or(|position| {
            let order = (key, id).cmp(&(&position.key, &position.id));
            order
                == if self.descending {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
        })
    }

    /// Sorts, skips and cuts rows that have been filtered already.
    pub(crate) fn page<T>(
        &self,
        rows: Vec<T>,
        key: impl Fn(&T) -> String,
        id: impl Fn(&T) -> String,
    ) -> Page<T> {
        let total = rows.len() as u64;
        let mut keyed: Vec<_> = rows
            .into_iter()
            .map(|row| ((key(&row), id(&row)), row))
            .filter(|((key, id), _)| self.is_after(key, id))
            .collect();
        keyed.sort_by(|(a, _), (b, _)| if self.descending { b.cmp(a) } else { a.cmp(b) });
        self.cut(keyed, total)
    }

    /// Cuts sorted rows, of which there may be more than fit.
    pub(crate) fn cut<T>(&self, keyed: Vec<((String, String), T)>, total: u64) -> Page<T> {
        let more = keyed.len() > self.limit;
        let mut next = None;
        let mut items = Vec::with_capacity(self.limit.min(keyed.len()));
        for ((key, id), row) in keyed.into_iter().take(self.limit) {
            next = Some((key, id));
            items.push(row);
        }
        let next = next
            .filter(|_| more)
            .map(|(key, id)| Position { key, id }.write(self.sort, self.descending));
        Page { items, next, total }
    }

    /// Whether a row's text has all the words searched for.
    pub(crate) fn matches(&self, texts: &[&str]) -> bool {
        self.words.is_empty() || {
            let text = fold(&texts.join("\u{1f}"));
            self.words.iter().all(|word| text.contains(word.as_str()))
        }
    }
}

/// A list query for the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored<K> {
    pub(crate) list: store::List<K>,
    order: String,
}

impl<K: Copy> Stored<K> {
    /// Checks a query against the sort keys there are; the first is the default.
    pub(crate) fn read(query: &ListQuery, sorts: &[(&'static str, K)]) -> Result<Self, Error> {
        let limit = limit_of(query)?;
        let names: Vec<_> = sorts.iter().map(|(name, _)| *name).collect();
        let (name, descending) = order_of(query, &names)?;
        let found = sorts.iter().find(|(known, _)| *known == name);
        let (_, sort) = *found.ok_or(Error::Internal)?;
        let order = order(name, descending);
        let after = query.cursor.as_deref().map(|text| {
            let cursor = text.strip_prefix(&order)?.strip_prefix('.')?;
            cursor.parse().ok()
        });
        if after == Some(None) {
            return Err(bad_cursor());
        }
        Ok(Self {
            list: store::List {
                sort,
                descending,
                after: after.flatten(),
                limit: u32::try_from(limit).unwrap_or(50),
            },
            order,
        })
    }

    /// The `next` of a page.
    pub(crate) fn next(&self, cursor: Option<&store::Cursor>) -> Option<String> {
        cursor.map(|cursor| format!("{}.{cursor}", self.order))
    }
}

/// What a list is sorted by, the first unless asked otherwise, and whether downwards.
fn order_of(query: &ListQuery, sorts: &[&'static str]) -> Result<(&'static str, bool), Error> {
    let text = query.sort.as_deref().unwrap_or_default();
    let (name, descending) = match text.strip_prefix('-') {
        Some(name) => (name, true),
        None => (text, false),
    };
    let mut known = sorts.iter().copied();
    let sort = if text.is_empty() {
        known.next()
    } else {
        known.find(|known| *known == name)
    };
    let sort = sort.ok_or_else(|| {
        let names = sorts.join(", ");
        let message = format!("sort by one of {names}, with - before it for descending");
        Error::field("sort", "unknown", message)
    })?;
    Ok((sort, descending))
}

/// A cursor counts only in the order that it was given for.
fn bad_cursor() -> Error {
    let message = "give the next of the page before, with the same sort";
    Error::field("cursor", "invalid", message)
}

/// The number of rows of a page.
pub(crate) fn limit_of(query: &ListQuery) -> Result<usize, Error> {
    match query.limit {
        None => Ok(DEFAULT_LIMIT),
        Some(limit) => usize::try_from(limit)
            .ok()
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or_else(|| Error::field("limit", "out_of_range", "limit is 1 to 500")),
    }
}

/// The words of a search, folded; a MAC address without its separators.
pub(crate) fn words(q: Option<&str>) -> Vec<String> {
    q.unwrap_or_default()
        .split_whitespace()
        .take(8)
        .map(|word| {
            let word: String = fold(word).chars().filter(|c| !c.is_control()).collect();
            let bare: String = word.chars().filter(|c| !":-".contains(*c)).collect();
            let hex = bare.len() >= 4 && bare.bytes().all(|b| b.is_ascii_hexdigit());
            let pairs = word.contains(':') || word.split('-').all(|part| part.len() == 2);
            if hex && pairs { bare } else { word }
        })
        .filter(|word| !word.is_empty())
        .collect()
}

impl Position {
    fn write(&self, sort: &str, descending: bool) -> String {
        let order = order(sort, descending);
        URL_SAFE_NO_PAD.encode(format!("{order}\u{1f}{}\u{1f}{}", self.id, self.key))
    }

    fn read(text: &str, sort: &str, descending: bool) -> Result<Self, Error> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad_cursor())?;
        let text = String::from_utf8(bytes).map_err(|_| bad_cursor())?;
        let mut parts = text.splitn(3, '\u{1f}');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(of), Some(id), Some(key)) if of == order(sort, descending) => Ok(Self {
                key: key.to_owned(),
                id: id.to_owned(),
            }),
            _ => Err(bad_cursor()),
        }
    }
}

/// As it is asked for.
fn order(sort: &str, descending: bool) -> String {
    format!("{}{sort}", if descending { "-" } else { "" })
}

#[cfg(test)]
mod tests;
