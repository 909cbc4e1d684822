//! The line to the switch: commands go over a bounded queue and are answered once.

use model::{SwitchCommand, SwitchError, SwitchReply};
use tokio::sync::{mpsc, oneshot};

/// A command with the place for its answer: what the switch takes from the queue.
#[derive(Debug)]
pub struct Order {
    /// What to do.
    pub command: SwitchCommand,
    /// Where to answer; the asker may have gone.
    pub reply: oneshot::Sender<Result<SwitchReply, SwitchError>>,
}

/// The asking end.
#[derive(Debug, Clone)]
pub struct Switchboard {
    orders: mpsc::Sender<Order>,
}

/// Makes a line that holds this many unanswered commands.
#[must_use]
pub fn channel(capacity: usize) -> (Switchboard, mpsc::Receiver<Order>) {
    let (orders, taken) = mpsc::channel(capacity);
    (Switchboard { orders }, taken)
}

impl Switchboard {
    /// Tells the switch to do something and waits for what it says.
    ///
    /// # Errors
    /// As the switch says; `Unavailable` when it takes no commands.
    pub async fn command(&self, command: SwitchCommand) -> Result<SwitchReply, SwitchError> {
        let (reply, answer) = oneshot::channel();
        self.orders
            .try_send(Order { command, reply })
            .map_err(|_| SwitchError::Unavailable)?;
        answer.await.map_err(|_| SwitchError::Unavailable)?
    }

    /// Tells the switch to do something that needs no answer. In a full queue it is lost: the
    /// caller's change is kept, and a phone that lost its right is refused when it next registers.
    pub(crate) fn tell(&self, command: SwitchCommand) {
        let (reply, _) = oneshot::channel();
        if self.orders.try_send(Order { command, reply }).is_err() {
            tracing::warn!("the switch takes no commands now; a hint was dropped");
        }
    }
}
