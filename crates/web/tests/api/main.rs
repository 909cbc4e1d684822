//! The whole web side over real services on SQLite, with a switch that the test plays.
//!
//! One file a resource. Every answer is checked against `openapi.json` as it comes in.

#![cfg(test)]

mod harness;

mod access_profiles;
mod api_keys;
mod audit;
mod blocked_sources;
mod calls;
mod conference_managers;
mod conference_rooms;
mod conferences;
mod contacts;
mod contract;
mod customers;
mod devices;
mod document;
mod events;
mod foreign;
mod idempotency;
mod recordings;
mod requests;
mod roles;
mod security;
mod session;
mod sites;
mod sweep;
mod trail;
mod users;
