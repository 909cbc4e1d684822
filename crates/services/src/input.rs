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
