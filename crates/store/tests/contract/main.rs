//! The contract of the store, kept on SQLite and on PostgreSQL alike.

#![expect(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "what a test prepares with may end it; a contract is told in one go"
)]

mod access;
mod audit;
mod calls;
mod harness;
mod hierarchy;
mod jobs;
mod opening;
mod people;
mod rooms;
mod runs;
mod secrets;
mod upgrade;
mod writers;
