//! `/users`

mod create;
mod delete;
mod endpoints;
mod list;
mod update;
