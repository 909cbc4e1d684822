//! Access profiles: what a role or a key may do, as data.

mod list;
mod standard;

pub use list::list;
pub use standard::{STANDARD, StandardProfile};
