//! TCP connections of phones: accepted or opened by us, bounded in number, in unfinished messages
//! and in idleness. Each has one task; what it reads goes to the driver over a bounded queue.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use bytes::Bytes;
use sip::{
    Flow, Transport,
    parse::{Malformed, StreamDecoder, StreamItem},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::{Instant, timeout, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Connections in all, and from one address.
const MOST: usize = 20_000;
const MOST_PER_SOURCE: usize = 1_000;
/// Messages that wait to be written to one connection: a conference behind one proxy is called at
/// once. One more, and the connection is given up.
const QUEUE: usize = 1_024;
/// For phones: they keep a connection open by CRLF every two minutes or so (RFC 5626 §3.5.1).
const PATIENCE: Patience = Patience {
    message: Duration::from_secs(30),
    idle: Duration::from_secs(3_600),
};
const CONNECT_WAIT: Duration = Duration::from_secs(5);
const WRITE_WAIT: Duration = Duration::from_secs(10);

/// What the connections' tasks tell the driver.
#[derive(Debug)]
pub enum FromStream {
    /// Someone connected.
    Accepted(TcpStream, SocketAddr),
    /// A whole message.
    Message(Flow, Box<sip::Message>),
    /// A message that is none.
    Malformed(Flow, Malformed),
    /// The connection is gone.
    Closed(Flow),
}

/// How long a connection may keep us waiting.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// For the rest of a message that has begun, and for the first one.
    message: Duration,
    /// Between messages.
    idle: Duration,
}

#[derive(Debug)]
struct Open {
    peer: SocketAddr,
    /// None: given up, its end is on the way.
    writer: Option<mpsc::Sender<Bytes>>,
    /// What waits for a connection that we opened ourselves.
    unsent: Vec<Flow>,
}

impl Open {
    /// Queues a message. A peer that leaves so many unread is not served any more: when its
    /// connection ends, all that was sent over it has failed, and nothing else has.
    fn send(&mut self, bytes: Bytes) {
        let queued = |writer: &mpsc::Sender<Bytes>| writer.try_send(bytes).is_ok();
        if !self.writer.as_ref().is_some_and(queued) {
            self.writer = None;
        }
    }
}

/// All connections. Owned by the driver: no locks.
#[derive(Debug)]
pub struct Streams {
    tasks: TaskTracker,
    stop: CancellationToken,
    to_driver: mpsc::Sender<FromStream>,
    open: HashMap<u64, Open>,
    /// Those that we opened: what has no connection of its own goes down none that a stranger made.
    by_peer: HashMap<SocketAddr, u64>,
    by_source: HashMap<IpAddr, usize>,
    last: u64,
    patience: Patience,
}

impl Streams {
    /// None yet; tasks report to `to_driver`.
    pub fn new(
        tasks: TaskTracker,
        stop: CancellationToken,
        to_driver: mpsc::Sender<FromStream>,
    ) -> Self {
        Self {
            tasks,
            stop,
            to_driver,
            open: HashMap::new(),
            by_peer: HashMap::new(),
            by_source: HashMap::new(),
            last: 0,
            patience: PATIENCE,
        }
    }

    /// Accepts on a listener until the stop.
    pub fn listen(&self, listener: TcpListener) {
        let (stop, to_driver) = (self.stop.clone(), self.to_driver.clone());
        self.tasks.spawn(async move {
            loop {
                let accepted = tokio::select! {
                    () = stop.cancelled() => return,
                    accepted = listener.accept() => accepted,
                };
                match accepted {
                    Ok((stream, peer)) => {
                        if to_driver
                            .send(FromStream::Accepted(stream, peer))
                            .await
                            .is_err()
                        {
                            return;
                        }
                    }
                    Err(error) => {
                        // Out of descriptors, mostly: wait for some to come free.
                        tracing::warn!(%error, "a SIP connection could not be accepted");
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
            }
        });
    }

    /// Takes an accepted connection in, or drops it when there are too many.
    pub fn accepted(&mut self, stream: TcpStream, peer: SocketAddr) {
        let from_there = self.by_source.get(&peer.ip()).copied().unwrap_or(0);
        let Ok(local) = stream.local_addr() else {
            return;
        };
        if self.open.len() >= MOST || from_there >= MOST_PER_SOURCE {
            metrics::counter!("convoke_sip_connections_refused_total").increment(1);
            return;
        }
        let (connection, written) = self.register(peer, Vec::new());
        let flow = Flow {
            transport: Transport::Tcp,
            local,
            peer,
            connection,
        };
        let to_driver = self.to_driver.clone();
        let (stop, patience) = (self.stop.clone(), self.patience);
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = run(stream, flow, written, &to_driver, patience) => {}
            }
            // The driver may have ended first.
            let _ = to_driver.send(FromStream::Closed(flow)).await;
        });
    }

    fn register(&mut self, peer: SocketAddr, unsent: Vec<Flow>) -> (u64, mpsc::Receiver<Bytes>) {
        self.last += 1;
        let (writer, written) = mpsc::channel(QUEUE);
        self.open.insert(
            self.last,
            Open {
                peer,
                writer: Some(writer),
                unsent,
            },
        );
        *self.by_source.entry(peer.ip()).or_default() += 1;
        metrics::gauge!("convoke_sip_connections").set(count(self.open.len()));
        (self.last, written)
    }

    /// Sends over the flow's connection, or the one that we opened to its peer, or a new one.
    ///
    /// False: there is none. What a connection does not take any more is told by its end.
    #[must_use]
    pub fn send(&mut self, flow: Flow, bytes: Bytes) -> bool {
        let connection = match flow.connection {
            0 => self.by_peer.get(&flow.peer).copied(),
            connection => Some(connection),
        };
        if let Some(open) = connection.and_then(|connection| self.open.get_mut(&connection)) {
            open.send(bytes);
            return true;
        }
        if flow.connection != 0 || self.open.len() >= MOST {
            return false;
        }
        self.connect(flow, bytes)
    }

    fn connect(&mut self, flow: Flow, bytes: Bytes) -> bool {
        let (connection, written) = self.register(flow.peer, vec![flow]);
        self.by_peer.insert(flow.peer, connection);
        if let Some(open) = self.open.get_mut(&connection) {
            open.send(bytes);
        }
        let (to_driver, stop) = (self.to_driver.clone(), self.stop.clone());
        let patience = self.patience;
        let flow = Flow { connection, ..flow };
        self.tasks.spawn(async move {
            let talk = async {
                let Ok(Ok(stream)) = timeout(CONNECT_WAIT, TcpStream::connect(flow.peer)).await
                else {
                    return;
                };
                let local = stream.local_addr().unwrap_or(flow.local);
                let flow = Flow {
                    local,
                    connection,
                    ..flow
                };
                run(stream, flow, written, &to_driver, patience).await;
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = talk => {}
            }
            // The driver may have ended first.
            let _ = to_driver.send(FromStream::Closed(flow)).await;
        });
        true
    }

    /// A message came: the connection stands, and what waited for it was written.
    pub fn alive(&mut self, connection: u64) {
        if let Some(open) = self.open.get_mut(&connection) {
            open.unsent.clear();
        }
    }

    /// Forgets a connection; the flows that were to be sent over it and may not have been.
    pub fn closed(&mut self, connection: u64) -> Vec<Flow> {
        let Some(open) = self.open.remove(&connection) else {
            return Vec::new();
        };
        if self.by_peer.get(&open.peer) == Some(&connection) {
            self.by_peer.remove(&open.peer);
        }
        if let Some(there) = self.by_source.get_mut(&open.peer.ip()) {
            *there -= 1;
            if *there == 0 {
                self.by_source.remove(&open.peer.ip());
            }
        }
        metrics::gauge!("convoke_sip_connections").set(count(self.open.len()));
        open.unsent
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge of connections, far below 2^52"
)]
fn count(connections: usize) -> f64 {
    connections as f64
}

/// Reads and writes one connection until either side ends it.
async fn run(
    mut stream: TcpStream,
    flow: Flow,
    mut written: mpsc::Receiver<Bytes>,
    to_driver: &mpsc::Sender<FromStream>,
    patience: Patience,
) {
    // A phone's message is small and complete: waiting to fill a segment only delays it.
    let _ = stream.set_nodelay(true);
    let (mut reader, mut writer) = stream.split();
    let mut decoder = StreamDecoder::new();
    let mut buffer = vec![0; 8 * 1024];
    let mut deadline = Instant::now() + patience.message;
    let (mut greeted, mut begun) = (false, true);
    loop {
        tokio::select! {
            read = timeout_at(deadline, reader.read(&mut buffer)) => {
                let Ok(Ok(length @ 1..)) = read else { return };
                decoder.push(&buffer[..length]);
                let mut complete = false;
                while let Some(item) = decoder.next_item() {
                    complete = true;
                    let told = match item {
                        Ok(StreamItem::Ping) => {
                            if !write(&mut writer, b"\r\n").await {
                                return;
                            }
                            continue;
                        }
                        Ok(StreamItem::Message(message)) => FromStream::Message(flow, Box::new(message)),
                        Err(malformed) => FromStream::Malformed(flow, malformed),
                    };
                    if to_driver.send(told).await.is_err() {
                        return;
                    }
                }
                if decoder.is_broken() {
                    drain(&mut written, &mut writer).await;
                    return;
                }
                // Counted from where a message begins, not from its latest byte.
                greeted |= complete;
                let begins = !greeted || decoder.pending() > 0;
                if complete || !begins || !begun {
                    let wait = if begins { patience.message } else { patience.idle };
                    deadline = Instant::now() + wait;
                    begun = begins;
                }
            }
            bytes = written.recv() => {
                let Some(bytes) = bytes else { return };
                if !write(&mut writer, &bytes).await {
                    return;
                }
            }
        }
    }
}

/// A peer that reads nothing does not hold its connection for ever.
async fn write(writer: &mut tokio::net::tcp::WriteHalf<'_>, bytes: &[u8]) -> bool {
    matches!(
        timeout(WRITE_WAIT, writer.write_all(bytes)).await,
        Ok(Ok(()))
    )
}

/// Gives the answer to what broke the stream a moment to be written.
async fn drain(written: &mut mpsc::Receiver<Bytes>, writer: &mut tokio::net::tcp::WriteHalf<'_>) {
    while let Ok(Some(bytes)) = timeout(Duration::from_millis(500), written.recv()).await {
        if !write(writer, &bytes).await {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
