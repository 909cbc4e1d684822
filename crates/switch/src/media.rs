//! The media plane: OS threads that own the RTP sockets and drive [`media::worker`].
//!
//! Start at [`MediaPlane`]: it opens legs, takes commands and gives events. A thread never
//! waits for anything but its own clock and sockets; files are written by another one.

mod figures;
mod plane;
mod ports;
mod recording;
mod rounds;
mod sounds;
mod sys;
mod thread;

pub use self::figures::Counters;
pub use self::plane::{MediaConfig, MediaPlane};
pub use self::ports::find_ports;
