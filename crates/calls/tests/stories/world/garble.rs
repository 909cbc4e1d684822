//! What a hostile or broken phone makes of a good message: still close enough to one that it is
//! read further than the first check.

use bytes::Bytes;

use super::Dice;

/// Header lines that change what a message asks for.
const LINES: [&str; 22] = [
    "Require: 100rel",
    "Require: nonsense",
    "Supported: timer, replaces, 100rel",
    "Session-Expires: 90;refresher=uas",
    "Session-Expires: 91;refresher=uac",
    "Session-Expires: 1",
    "Min-SE: 4000000000",
    "Replaces: 1@198.51.100.10;to-tag=1;from-tag=2",
    "Replaces: 1@198.51.100.10;to-tag=1;from-tag=2;early-only",
    "Refer-To: <sip:202@main.convoke.internal>",
    "Refer-To: <sip:800@main.convoke.internal?Replaces=1%3Bto-tag%3D1%3Bfrom-tag%3D2>",
    "Contact: *",
    "Contact: <sip:192.0.2.1:5060>",
    "Contact: <tel:+4930123>",
    "Expires: 0",
    "Route: <sip:192.0.2.1;lr>",
    "Record-Route: <sip:203.0.113.1>",
    "RAck: 1 1 INVITE",
    "RSeq: 4294967295",
    "Content-Disposition: early-session;handling=required",
    "Max-Forwards: 0",
    "Content-Type: application/nonsense",
];

const NUMBERS: [&str; 7] = [
    "0",
    "1",
    "65536",
    "2147483647",
    "2147483648",
    "4294967296",
    "",
];

const METHODS: [&str; 11] = [
    "INVITE", "ACK", "BYE", "CANCEL", "PRACK", "UPDATE", "REFER", "NOTIFY", "OPTIONS", "INFO",
    "REGISTER",
];

const STATUSES: [&str; 15] = [
    "100", "180", "183", "199", "200", "202", "302", "401", "408", "422", "481", "486", "491",
    "503", "699",
];

const BYTES: [u8; 16] = *b"09;:\"<>,= @%\r\n\0\xff";

/// The message with one to three things wrong; its length is mostly said rightly.
pub fn garble(dice: &Dice, bytes: &[u8]) -> Bytes {
    let mut bytes = bytes.to_vec();
    for _ in 0..=dice.below(3) {
        bytes = once(dice, bytes);
    }
    if dice.below(5) > 0 {
        bytes = with_length(&bytes);
    }
    bytes.into()
}

fn at(dice: &Dice, length: usize) -> usize {
    usize::try_from(dice.below(length as u64)).unwrap()
}

fn one<T: Copy>(dice: &Dice, of: &[T]) -> T {
    of[at(dice, of.len())]
}

fn once(dice: &Dice, mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.is_empty() {
        return bytes;
    }
    let place = at(dice, bytes.len());
    match dice.below(10) {
        0 => bytes[place] = one(dice, &BYTES),
        1 => {
            let end = bytes.len().min(place + 1 + at(dice, 20));
            bytes.drain(place..end);
        }
        2 => bytes.truncate(place),
        3 => number(&mut bytes, place, one(dice, &NUMBERS)),
        4 | 5 => lines(dice, &mut bytes, |lines, line| {
            lines.insert(line.max(1), one(dice, &LINES).to_owned());
        }),
        6 => lines(dice, &mut bytes, |lines, line| {
            let again = lines[line].clone();
            lines.push(again);
        }),
        7 => lines(dice, &mut bytes, |lines, line| {
            lines.remove(line);
        }),
        8 => lines(dice, &mut bytes, |lines, line| {
            let other = at(dice, lines.len());
            if let (Some((name, _)), Some((_, value))) =
                (lines[line].split_once(':'), lines[other].split_once(':'))
            {
                lines[line] = format!("{name}:{value}");
            }
        }),
        _ => lines(dice, &mut bytes, |lines, _| other_start(dice, lines)),
    }
    bytes
}

/// Another method, in CSeq too, or another status.
fn other_start(dice: &Dice, lines: &mut [String]) {
    let mut words = lines[0].split(' ').map(str::to_owned).collect::<Vec<_>>();
    if words.len() < 3 {
        return;
    }
    if words[0] == "SIP/2.0" {
        words[1] = one(dice, &STATUSES).to_owned();
    } else {
        let method = one(dice, &METHODS);
        for line in lines.iter_mut().filter(|line| line.starts_with("CSeq:")) {
            *line = line.replace(&words[0], method);
        }
        words[0] = method.to_owned();
    }
    lines[0] = words.join(" ");
}

/// Replaces the digits at a place, or at the first after it.
fn number(bytes: &mut Vec<u8>, place: usize, number: &str) {
    let Some(start) = bytes[place..].iter().position(u8::is_ascii_digit) else {
        return;
    };
    let start = place + start;
    let length = bytes[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    bytes.splice(start..start + length, number.bytes());
}

/// Does something with the lines above the body, and with one of them.
fn lines(dice: &Dice, bytes: &mut Vec<u8>, change: impl FnOnce(&mut Vec<String>, usize)) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut head: Vec<String> = head.split("\r\n").map(str::to_owned).collect();
    let line = at(dice, head.len());
    change(&mut head, line);
    *bytes = format!("{}\r\n\r\n{body}", head.join("\r\n")).into_bytes();
}

fn with_length(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return bytes.to_vec();
    };
    let head: Vec<String> = head
        .split("\r\n")
        .map(|line| match line.starts_with("Content-Length:") {
            true => format!("Content-Length: {}", body.len()),
            false => line.to_owned(),
        })
        .collect();
    format!("{}\r\n\r\n{body}", head.join("\r\n")).into_bytes()
}
