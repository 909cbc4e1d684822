//! Slots in the order of one sort key.

use super::Row;
use crate::{fold::fold, listing::Position};

/// A key that the list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Name,
    Email,
    Extension,
    Username,
    Role,
    LastName,
    CreatedAt,
}

pub(super) const SORTS: &[Sort; 7] = &[
    Sort::Name,
    Sort::Email,
    Sort::Extension,
    Sort::Username,
    Sort::Role,
    Sort::LastName,
    Sort::CreatedAt,
];

/// Their names in the API, in the same order; `state` is sorted by name within each state.
pub(crate) const SORT_NAMES: &[&str] = &[
    "name",
    "email",
    "extension",
    "username",
    "role",
    "last_name",
    "created_at",
    "state",
];

impl Sort {
    /// The key as text that compares as the list is sorted; those without one come last.
    pub(super) fn key(self, row: &Row) -> String {
        const LAST: &str = "\u{10FFFF}";
        let user = &row.user;
        match self {
            Self::Name => row.name.to_string(),
            Self::Email => user.email.as_ref().map_or(LAST, |e| e.as_str()).to_owned(),
            Self::Extension => user
                .extension
                .as_ref()
                .map_or_else(|| LAST.to_owned(), |e| format!("{:0>15}", e.as_str())),
            Self::Username => user.username.as_str().to_owned(),
            Self::Role => user.role.clone(),
            Self::LastName => user
                .last_name
                .as_ref()
                .map_or_else(|| LAST.to_owned(), |n| fold(n.as_str())),
            Self::CreatedAt => format!("{:020}", user.created_at.as_microsecond()),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Order(Vec<u32>);

fn full_key(rows: &[Option<Row>], sort: Sort, slot: u32) -> (String, String) {
    rows.get(slot as usize)
        .and_then(Option::as_ref)
        .map_or_else(Default::default, |row| {
            (sort.key(row), row.user.id.to_string())
        })
}

impl Order {
    pub(super) fn sort_all(&mut self, rows: &[Option<Row>], sort: Sort) {
        self.0 = (0u32..)
            .zip(rows)
            .filter(|(_, row)| row.is_some())
            .map(|(slot, _)| slot)
            .collect();
        self.0
            .sort_by_cached_key(|slot| full_key(rows, sort, *slot));
    }

    fn position(&self, rows: &[Option<Row>], sort: Sort, key: &(String, String)) -> usize {
        self.0
            .partition_point(|slot| full_key(rows, sort, *slot) < *key)
    }

    pub(super) fn insert(&mut self, rows: &[Option<Row>], sort: Sort, slot: u32) {
        let at = self.position(rows, sort, &full_key(rows, sort, slot));
        self.0.insert(at, slot);
    }

    pub(super) fn remove(&mut self, rows: &[Option<Row>], sort: Sort, slot: u32) {
        let at = self.position(rows, sort, &full_key(rows, sort, slot));
        if self.0.get(at) == Some(&slot) {
            self.0.remove(at);
        }
    }

    /// Slots from behind a position, in either direction.
    pub(super) fn walk(
        &self,
        rows: &[Option<Row>],
        sort: Sort,
        descending: bool,
        after: Option<&Position>,
    ) -> impl Iterator<Item = u32> {
        let key = after.map(|p| (p.key.clone(), p.id.clone()));
        let (forward, backward) = match (descending, key) {
            (false, None) => (&self.0[..], &[][..]),
            (true, None) => (&[][..], &self.0[..]),
            (false, Some(key)) => {
                let at = self
                    .0
                    .partition_point(|slot| full_key(rows, sort, *slot) <= key);
                (&self.0[at..], &[][..])
            }
            (true, Some(key)) => (&[][..], &self.0[..self.position(rows, sort, &key)]),
        };
        forward
            .iter()
            .copied()
            .chain(backward.iter().rev().copied())
    }
}
