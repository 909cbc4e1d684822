//! What every list understands: `limit`, `cursor`, `sort` and `q`.

use services::ListQuery;

crate::query! {
    /// Paging, order and search, the same for every list.
    pub(crate) struct Paging {
        /// How many at most.
        #[param(value_type = u32, required = false, minimum = 1, maximum = 500, default = 50)]
        optional limit: Option<i64>,
        /// `next` of the page before.
        #[param(nullable = false)]
        optional cursor: Option<String>,
        /// A field to sort by; with `-` before it, downwards.
        #[param(nullable = false, example = "-created_at")]
        optional sort: Option<String>,
        /// Text to search for.
        #[param(nullable = false)]
        optional q: Option<String>,
    }
}

impl From<Paging> for ListQuery {
    fn from(paging: Paging) -> Self {
        Self {
            limit: paging.limit,
            cursor: paging.cursor,
            sort: paging.sort,
            q: paging.q,
        }
    }
}
