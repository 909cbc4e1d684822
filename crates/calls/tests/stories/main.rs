//! Call stories: what people do with their phones, played against the engine in virtual time.

#![expect(
    clippy::unwrap_used,
    reason = "a story that cannot go on has failed; it says where"
)]

mod calls_end;
mod calls_work;
mod conferences;
mod crossings;
mod doors;
mod early;
mod registrations;
mod replacements;
mod sessions;
mod simulation;
mod transfers;
mod world;
