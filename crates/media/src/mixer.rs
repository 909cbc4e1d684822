//! The parts of the conference mixer, each for itself: who is heard ([`Speakers`]), what they
//! say ([`Input`]), the sum ([`Board`]) and its encodings ([`Encoding`]).
//!
//! The cost of a mix is codec work for the few that are heard and one encoding for each class of
//! listeners; every further listener costs a copy and a packet. [`crate::worker`] puts the parts
//! together.

mod board;
mod encoding;
mod input;
mod limiter;
mod loudness;
mod speakers;
mod talking;

pub use self::board::{Board, Fade, Tick};
pub use self::encoding::{Encoded, Encoding, Format, Silence};
pub use self::input::{Input, MAX_TICK_SAMPLES};
pub use self::speakers::{Changes, Place, SPEAKERS, Speakers};
pub use self::talking::Talking;
