//! Hostile and merely unusual messages, after RFC 4475 and RFC 5118, each with what has to
//! become of it. The messages are our own; each exercises what the RFC's message of that name
//! does. An end-to-end test can send them to a server by including this file.

mod ipv6;
mod meaning;
mod refused;
mod valid;

/// What the parser and [`sip::validate`] must make of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It goes on to the server core, or, as a response, to a transaction.
    Valid,
    /// A request that is answered with this status.
    Refused(u16),
    /// It gets no answer and has no effect.
    Dropped,
}

/// One message.
pub struct Case {
    /// The RFC's name of its message.
    pub name: &'static str,
    /// What becomes of it here; several where the RFC leaves a choice, ours first.
    pub outcomes: &'static [Outcome],
    /// The statuses that a whole server may answer it with; none: no answer. A server may ask
    /// for authentication before it looks at what it is asked for (RFC 3261 §8.2).
    pub answers: &'static [u16],
    /// The message.
    pub message: Vec<u8>,
}

/// All cases: the messages of RFC 4475 by what is unusual in them, then those of RFC 5118.
pub fn cases() -> Vec<Case> {
    [
        valid::cases(),
        refused::cases(),
        meaning::cases(),
        ipv6::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A message without a body, from header lines that end in a bare LF here.
fn bare(head: &str) -> Vec<u8> {
    format!("{}\n\n", head.trim_matches('\n'))
        .replace('\n', "\r\n")
        .into_bytes()
}

/// A message with an offer as its body; `{length}` in the header lines becomes its length.
fn with_sdp(head: &str) -> Vec<u8> {
    let body = SDP.replace('\n', "\r\n");
    let mut message = bare(&head.replace("{length}", &body.len().to_string()));
    message.extend(body.into_bytes());
    message
}

fn case(
    name: &'static str,
    outcomes: &'static [Outcome],
    answers: &'static [u16],
    message: Vec<u8>,
) -> Case {
    Case {
        name,
        outcomes,
        answers,
        message,
    }
}

const SDP: &str = "v=0
o=anna 2890844526 2890844526 IN IP4 192.0.2.60
s=-
c=IN IP4 192.0.2.60
t=0 0
m=audio 40000 RTP/AVP 0 8
a=rtpmap:0 PCMU/8000
";

const VALID: &[Outcome] = &[Outcome::Valid];
const BAD: &[Outcome] = &[Outcome::Refused(400)];
const DROPPED: &[Outcome] = &[Outcome::Dropped];

/// What a server that asks everybody who they are may answer to something valid.
const REGISTERED: &[u16] = &[401];
const SERVED: &[u16] = &[407, 401, 404, 480, 481, 200];
const NOTHING: &[u16] = &[];
