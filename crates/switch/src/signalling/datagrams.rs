//! Reading UDP in batches: one wake-up takes what has come, up to a bound.

use std::{io, net::SocketAddr, sync::Arc};

use bytes::Bytes;
use tokio::{net::UdpSocket, sync::mpsc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Datagrams that one wake-up reads before it hands them over.
const BATCH: usize = 64;
/// The largest a datagram can be.
const LARGEST: usize = 65_535;

/// What came in on one socket.
#[derive(Debug)]
pub struct Batch {
    /// Index of the socket.
    pub socket: usize,
    /// Datagrams with their senders.
    pub packets: Vec<(SocketAddr, Bytes)>,
}

/// Reads a socket until the stop. When the driver is behind, what comes is dropped here: phones
/// send again, and answering late costs more than not reading.
pub fn read(
    tasks: &TaskTracker,
    stop: CancellationToken,
    index: usize,
    socket: Arc<UdpSocket>,
    to_driver: mpsc::Sender<Batch>,
) {
    tasks.spawn(async move {
        let mut buffer = vec![0; LARGEST];
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                ready = socket.readable() => {
                    if let Err(error) = ready {
                        tracing::error!(%error, "a SIP socket cannot be waited for");
                        return;
                    }
                }
            }
            let packets = take(&socket, &mut buffer);
            if packets.is_empty() {
                continue;
            }
            match to_driver.try_send(Batch {
                socket: index,
                packets,
            }) {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(batch)) => {
                    let dropped = u64::try_from(batch.packets.len()).unwrap_or(u64::MAX);
                    metrics::counter!("convoke_sip_datagrams_dropped_total").increment(dropped);
                }
                Err(mpsc::error::TrySendError::Closed(_)) => return,
            }
        }
    });
}

fn take(socket: &UdpSocket, buffer: &mut [u8]) -> Vec<(SocketAddr, Bytes)> {
    let mut packets = Vec::new();
    while packets.len() < BATCH {
        match socket.try_recv_from(buffer) {
            Ok((length, peer)) => packets.push((peer, Bytes::copy_from_slice(&buffer[..length]))),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            // An ICMP error of an earlier send: it concerns that send only.
            Err(_) => {}
        }
    }
    packets
}
