//! The body of an action that takes none: `{}` or no body at all, and no fields.

use super::{Body, Fields};

/// No fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nothing {}

impl Body for Nothing {
    fn read(_: &mut Fields<'_>) -> Self {
        Self {}
    }
}
