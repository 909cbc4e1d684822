//! The UDP sockets, read by the driver itself: no other task stands between a phone and the engine,
//! and what comes faster than it is answered waits in the kernel's buffer, not in a second one.

use std::{future::poll_fn, io, net::SocketAddr, task::Poll, time::Instant};

use bytes::Bytes;
use tokio::net::UdpSocket;

/// The largest a datagram can be.
const LARGEST: usize = 65_535;

/// A UDP socket and where it is bound.
#[derive(Debug)]
pub struct Datagrams {
    /// As bound, the port filled in.
    pub address: SocketAddr,
    /// Reads and writes without waiting.
    pub socket: UdpSocket,
    /// Since when there has been more than one turn takes.
    pub full_since: Option<Instant>,
}

/// Takes datagrams from the sockets in turn.
#[derive(Debug)]
pub struct Reader {
    buffer: Vec<u8>,
    // The socket that is looked at first, so that a busy one does not starve the others.
    next: usize,
}

impl Reader {
    /// With room for the largest datagram.
    pub fn new() -> Self {
        Self {
            buffer: vec![0; LARGEST],
            next: 0,
        }
    }

    /// Waits until one of the sockets has something, and says which.
    pub async fn ready(&mut self, sockets: &[Datagrams]) -> usize {
        let index = poll_fn(|context| {
            for turn in 0..sockets.len() {
                let index = (self.next + turn) % sockets.len();
                match sockets[index].socket.poll_recv_ready(context) {
                    Poll::Ready(Ok(())) => return Poll::Ready(index),
                    // The runtime is going down: nothing comes any more.
                    Poll::Ready(Err(_)) | Poll::Pending => {}
                }
            }
            Poll::Pending
        })
        .await;
        self.next = index + 1;
        index
    }

    /// The next datagram, if there is one.
    pub fn take(&mut self, from: &Datagrams) -> Option<(SocketAddr, Bytes)> {
        loop {
            match from.socket.try_recv_from(&mut self.buffer) {
                Ok((length, peer)) => {
                    return Some((peer, Bytes::copy_from_slice(&self.buffer[..length])));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                // An ICMP error of an earlier send: it concerns that send only.
                Err(_) => {}
            }
        }
    }
}
