//! Every SIP message as a line of the debug log: its start line, Call-ID and CSeq, from where and to
//! where. Never a whole message: digests and bodies stay out of logs.

use sip::Flow;

/// Longer is cut: one message is one readable line.
const LONGEST: usize = 200;

/// Whether anybody reads it: making a line costs more than asking.
pub(super) fn is_on() -> bool {
    tracing::enabled!(tracing::Level::DEBUG)
}

/// A message came in or goes out.
pub(super) fn message(direction: &'static str, flow: &Flow, bytes: &[u8]) {
    if !is_on() {
        return;
    }
    let Summary {
        start,
        call_id,
        cseq,
    } = Summary::of(bytes);
    if start.is_empty() {
        // A keep-alive.
        return;
    }
    tracing::debug!(direction, transport = %flow.transport, peer = %flow.peer, sip_call_id = call_id.as_str(),
        cseq = cseq.as_str(), start = start.as_str(), "SIP message");
}

#[derive(Debug, PartialEq, Eq, Default)]
struct Summary {
    start: String,
    call_id: String,
    cseq: String,
}

impl Summary {
    fn of(bytes: &[u8]) -> Self {
        let mut lines = bytes
            .split(|byte| *byte == b'\n')
            .map(<[u8]>::trim_ascii)
            .skip_while(|line| line.is_empty());
        let mut summary = Self {
            start: text(lines.next().unwrap_or_default()),
            ..Self::default()
        };
        for line in lines.take_while(|line| !line.is_empty()) {
            let mut parts = line.splitn(2, |byte| *byte == b':');
            let name = parts.next().unwrap_or_default().trim_ascii();
            let value = parts.next().unwrap_or_default().trim_ascii();
            if name.eq_ignore_ascii_case(b"call-id") || name.eq_ignore_ascii_case(b"i") {
                summary.call_id = text(value);
            } else if name.eq_ignore_ascii_case(b"cseq") {
                summary.cseq = text(value);
            }
        }
        summary
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_told_without_its_digest_and_body() {
        let summary = Summary::of(
            b"\r\nINVITE sip:202@x SIP/2.0\r\ni: abc@x\r\nCSeq : 2 INVITE\r\n\
              Authorization: Digest response=\"secret\"\r\n\r\nCall-ID: of the body",
        );
        let expected = Summary {
            start: "INVITE sip:202@x SIP/2.0".into(),
            call_id: "abc@x".into(),
            cseq: "2 INVITE".into(),
        };
        assert_eq!(summary, expected);
    }

    #[test]
    fn anything_can_come() {
        assert_eq!(Summary::of(b""), Summary::default());
        assert_eq!(Summary::of(b"\r\n\r\n"), Summary::default());
        assert_eq!(Summary::of(&[0xff; 1_000]).start.chars().count(), LONGEST);
    }
}
