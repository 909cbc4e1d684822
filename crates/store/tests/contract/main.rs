//! The contract of the store, kept on SQLite and on PostgreSQL alike.

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
mod writers;
