use super::*;

const OPTIONS: &str = "OPTIONS sip:convoke@127.0.0.1 SIP/2.0\r\n\
    Via: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bKone\r\n\
    From: <sip:201@127.0.0.1>;tag=1\r\n\
    To: <sip:convoke@127.0.0.1>\r\n\
    Call-ID: one\r\n\
    CSeq: 1 OPTIONS\r\n\
    Max-Forwards: 70\r\n\
    Content-Length: 0\r\n\r\n";

/// A phone at the other end of a connection, and what the driver is told of it.
struct Stage {
    phone: TcpStream,
    told: mpsc::Receiver<FromStream>,
    _streams: Streams,
}

const SHORT: Patience = Patience {
    message: Duration::from_millis(300),
    idle: Duration::from_secs(60),
};

async fn connected() -> Stage {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (to_driver, mut told) = mpsc::channel(8);
    let mut streams = Streams::new(TaskTracker::new(), CancellationToken::new(), to_driver);
    streams.patience = SHORT;
    streams.listen(listener);
    let phone = TcpStream::connect(address).await.unwrap();
    match told.recv().await {
        Some(FromStream::Accepted(stream, peer)) => streams.accepted(stream, peer),
        other => panic!("{other:?}"),
    }
    Stage {
        phone,
        told,
        _streams: streams,
    }
}

impl Stage {
    async fn next(&mut self, within: Duration) -> Option<FromStream> {
        timeout(within, self.told.recv()).await.ok()?
    }

    /// Sends an octet every 50 ms; the time until the connection was ended, if it was.
    async fn trickle(&mut self, text: &str) -> Option<Duration> {
        let began = Instant::now();
        for octet in text.as_bytes() {
            // The server may have ended it: the driver is told, and this end sees it later.
            let _ = self.phone.write_all(&[*octet]).await;
            if let Some(FromStream::Closed(_)) = self.next(Duration::from_millis(50)).await {
                return Some(began.elapsed());
            }
        }
        None
    }
}

#[tokio::test]
async fn who_sends_half_a_message_is_dropped() {
    let mut stage = connected().await;
    stage
        .phone
        .write_all(&OPTIONS.as_bytes()[..60])
        .await
        .unwrap();
    let told = stage.next(SHORT.message * 10).await;
    assert!(matches!(told, Some(FromStream::Closed(_))), "{told:?}");
    let read = stage.phone.read(&mut [0; 16]).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
}

#[tokio::test]
async fn who_sends_an_octet_now_and_then_is_dropped_as_soon() {
    let mut stage = connected().await;
    let after = stage.trickle(OPTIONS).await.expect("dropped");
    assert!(after < SHORT.message * 5, "{after:?}");
}

#[tokio::test]
async fn a_whole_message_lets_the_next_one_begin_anew() {
    let mut stage = connected().await;
    stage.phone.write_all(OPTIONS.as_bytes()).await.unwrap();
    let told = stage.next(SHORT.message * 10).await;
    assert!(matches!(told, Some(FromStream::Message(..))), "{told:?}");
    // Between messages there is time, and line breaks are none.
    tokio::time::sleep(SHORT.message * 2).await;
    stage.phone.write_all(b"\r\n").await.unwrap();
    assert!(stage.next(SHORT.message * 2).await.is_none());
    let after = stage.trickle(OPTIONS).await.expect("dropped");
    assert!(after < SHORT.message * 5, "{after:?}");
}
