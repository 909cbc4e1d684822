//! A page of a list.

use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// A page of a list. `next` is the cursor of the page after it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Page<T: ToSchema> {
    /// The things on this page.
    pub(crate) items: Vec<T>,
    /// Hand it back as `cursor` for the page after this one; null: this is the last.
    #[schema(required = true)]
    pub(crate) next: Option<String>,
    /// How many there are on all pages.
    pub(crate) total: u64,
}

impl<T: Serialize + ToSchema> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        axum::Json(self).into_response()
    }
}

impl<T, U: From<T> + ToSchema> From<services::Page<T>> for Page<U> {
    fn from(page: services::Page<T>) -> Self {
        Self {
            items: page.items.into_iter().map(U::from).collect(),
            next: page.next,
            total: page.total,
        }
    }
}
