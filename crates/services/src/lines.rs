//! Credentials of phones, answered from memory: nothing is read or written in the path of a
//! registration.

use std::sync::Arc;

use model::{DeviceFacts, SipUsername};

use crate::directory::Directory;

/// The device that a digest username names. The phone of a person who is disabled, or has no
/// extension any more, is like an unknown one.
#[must_use]
pub fn find(directory: &Directory, username: &str) -> Option<Arc<DeviceFacts>> {
    let username = SipUsername::parse(username).ok()?;
    let entry = directory.line(&username)?;
    let user = directory.user(entry.facts.user)?;
    user.may_use_phones().then(|| entry.facts.clone())
}
