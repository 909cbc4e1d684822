//! Shapes that all inputs share: a change that names only what it changes, and list queries.

/// A field of a change (RFC 7396): not named, null, or a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Not named: stays.
    #[default]
    Keep,
    /// Null: back to nothing, or to the default.
    Clear,
    /// This from now on.
    Set(T),
}

impl<T> Patch<T> {
    /// Whether the change names the field.
    #[must_use]
    pub const fn is_named(&self) -> bool {
        !matches!(self, Self::Keep)
    }

    /// The value, if one was given.
    #[must_use]
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }
}

impl<T> From<Option<T>> for Patch<T> {
    /// For creation: what is not given is left to the default.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::Set)
    }
}

/// What every list takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ListQuery {
    /// At most this many; 50 unless given, 1 to 500.
    pub limit: Option<i64>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// A field's name, with `-` before it for descending.
    pub sort: Option<String>,
    /// Text to search for.
    pub q: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// In the order asked for.
    pub items: Vec<T>,
    /// Where the next page begins; none: this was the last.
    pub next: Option<String>,
    /// How many there are on all pages.
    pub total: u64,
}

impl<T> Page<T> {
    /// The same page of something else.
    pub fn map<U>(self, to: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(to).collect(),
            next: self.next,
            total: self.total,
        }
    }
}

/// The version that a change was made against (`If-Match`); none: whatever it is now.
pub type Expected = Option<u64>;

/// Fails unless the change was made against the version there is.
pub(crate) fn expect_version(expected: Expected, version: u64) -> Result<(), crate::Error> {
    match expected {
        Some(expected) if expected != version => Err(crate::Error::PreconditionFailed),
        _ => Ok(()),
    }
}

/// Sets a field that cannot be empty.
pub(crate) fn set_required<T, I>(
    value: &mut T,
    patch: Patch<I>,
    field: &str,
    parse: impl FnOnce(I) -> Result<T, model::Invalid>,
    fields: &mut crate::error::Fields,
) {
    match patch {
        Patch::Keep => {}
        Patch::Clear => fields.add(field, "required", "this cannot be empty"),
        Patch::Set(input) => {
            if let Some(parsed) = fields.take(field, parse(input)) {
                *value = parsed;
            }
        }
    }
}

/// Sets a field that may be empty; an empty text empties it too.
pub(crate) fn set_optional<T>(
    value: &mut Option<T>,
    patch: Patch<String>,
    field: &str,
    parse: impl FnOnce(&str) -> Result<T, model::Invalid>,
    fields: &mut crate::error::Fields,
) {
    match patch {
        Patch::Keep => {}
        Patch::Clear => *value = None,
        Patch::Set(text) if text.trim().is_empty() => *value = None,
        Patch::Set(text) => {
            if let Some(parsed) = fields.take(field, parse(&text)) {
                *value = Some(parsed);
            }
        }
    }
}

/// Sets a field that has a default.
pub(crate) fn set_or_default<T>(value: &mut T, patch: Patch<T>, default: T) {
    match patch {
        Patch::Keep => {}
        Patch::Clear => *value = default,
        Patch::Set(set) => *value = set,
    }
}

/// Sets a number within bounds.
pub(crate) fn set_number(
    value: &mut u32,
    patch: Patch<i64>,
    default: u32,
    bounds: std::ops::RangeInclusive<u32>,
    field: &str,
    fields: &mut crate::error::Fields,
) {
    match patch {
        Patch::Keep => {}
        Patch::Clear => *value = default,
        Patch::Set(number) => match u32::try_from(number).ok().filter(|n| bounds.contains(n)) {
            Some(number) => *value = number,
            None => fields.add(
                field,
                "out_of_range",
                format!("give a number from {} to {}", bounds.start(), bounds.end()),
            ),
        },
    }
}
