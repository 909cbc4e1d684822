//! Where a call goes when its first target does not take it.

use crate::Extension;

/// A forwarding target of this server. External numbers, groups, queues and voicemail join as
/// their features do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Destination {
    /// Another user's extension.
    Extension(Extension),
    /// A conference room's number.
    Conference(Extension),
    /// End the call.
    HangUp,
}
