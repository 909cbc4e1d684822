//! Addresses whose wrong passwords the telephone side drops, and a way to let them try again.
//!
//! A block never keeps a right password out, and belongs to the whole server: only the provider's
//! people see it. The last username that was tried from there is whatever a stranger sent.

mod lift;
mod list;

pub use lift::lift;
pub use list::list;

use model::{SwitchCommand, SwitchError, SwitchReply};

use crate::{Context, Error};

/// How long the switch may take to answer, in seconds.
const ANSWER_SECS: u64 = 5;

/// Asks the switch and waits for its answer; a silent switch is an unavailable one.
async fn ask(ctx: &Context, command: SwitchCommand) -> Result<SwitchReply, Error> {
    let answer = ctx.services().switchboard().command(command);
    let patience = std::time::Duration::from_secs(ANSWER_SECS);
    let answer = tokio::time::timeout(patience, answer).await;
    Ok(answer.unwrap_or(Err(SwitchError::Unavailable))?)
}

#[cfg(test)]
mod tests;
