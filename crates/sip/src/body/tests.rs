use super::*;

const SDP: &str = "application/sdp";

fn found(kind: &str, disposition: &str, body: &str) -> Result<Option<String>, u16> {
    let mut headers = Headers::new();
    if !kind.is_empty() {
        headers.push(HeaderName::ContentType, kind);
    }
    if !disposition.is_empty() {
        headers.push(HeaderName::ContentDisposition, disposition);
    }
    let body = Bytes::copy_from_slice(body.as_bytes());
    let found = find(&headers, &body, SDP)?;
    Ok(found.map(|body| String::from_utf8_lossy(&body).into_owned()))
}

fn part(kind: &str, disposition: &str, body: &str) -> String {
    let disposition = match disposition {
        "" => String::new(),
        value => format!("Content-Disposition: {value}\r\n"),
    };
    format!("--b 1\r\nContent-Type: {kind}\r\n{disposition}\r\n{body}\r\n")
}

#[test]
fn a_single_body_is_taken_ignored_or_refused() {
    let sdp = Ok(Some("v=0\r\n".to_owned()));
    for (kind, disposition, body, expect) in [
        ("Application/SDP; charset=x", "", "v=0\r\n", sdp.clone()),
        (
            "application/sdp",
            "session;handling=required",
            "v=0\r\n",
            sdp.clone(),
        ),
        ("", "", "v=0\r\n", sdp),
        ("text/plain", "", "", Ok(None)),
        ("text/plain", "", "hello", Err(415)),
        ("text/plain", "render;handling=required", "hello", Err(415)),
        (
            "text/plain",
            "render;name=\"a;handling=optional;b\"",
            "hello",
            Err(415),
        ),
        (
            "text/plain",
            "render; Handling = OPTIONAL",
            "hello",
            Ok(None),
        ),
        ("multipart/mixed", "", "hello", Err(400)),
        (
            "multipart/mixed;boundary=b",
            "",
            "--b\r\n\r\nno end",
            Err(400),
        ),
    ] {
        assert_eq!(
            found(kind, disposition, body),
            expect,
            "{kind} {disposition}"
        );
    }
}

#[test]
fn the_description_among_others_is_taken() {
    let isup = part("application/isup", "", "\u{1}\u{2}");
    let must = part("application/isup", "signal;handling=required", "\u{1}");
    let sdp = part("application/sdp", "", "v=0\r\ns=-\r\n");
    let other = part("application/sdp", "", "v=0\r\ns=2\r\n");
    let one = Ok(Some("v=0\r\ns=-\r\n".to_owned()));
    let two = Ok(Some("v=0\r\ns=2\r\n".to_owned()));
    for (kind, body, expect) in [
        ("mixed", format!("preamble\r\n{isup}{sdp}"), one.clone()),
        ("mixed", format!("{sdp}{isup}"), one.clone()),
        ("mixed", format!("{sdp}{other}"), one.clone()),
        ("related", format!("{sdp}{isup}"), one.clone()),
        ("alternative", format!("{sdp}{other}"), two),
        ("alternative", format!("{sdp}{isup}"), one),
        ("mixed", format!("{sdp}{must}"), Err(415)),
        ("mixed", isup.clone(), Err(415)),
    ] {
        let kind = format!("multipart/{kind};boundary=\"b 1\"");
        let whole = format!("{body}--b 1--\r\nepilogue");
        assert_eq!(found(&kind, "", &whole), expect, "{kind} {body}");
    }
    let ignored = format!("{isup}--b 1--");
    let kind = "multipart/mixed;boundary=\"b 1\"";
    assert_eq!(found(kind, "x;handling=optional", &ignored), Ok(None));
}

#[test]
fn what_is_nested_without_end_is_not_followed() {
    let mut body = "v=0\r\n".to_owned();
    let mut kind = SDP.to_owned();
    for level in 0..8 {
        let expect = match level {
            0..=3 => Ok(Some("v=0\r\n".to_owned())),
            _ => Err(415),
        };
        assert_eq!(found(&kind, "", &body), expect, "{level}");
        body = format!("--{level}\r\nContent-Type: {kind}\r\n\r\n{body}\r\n--{level}--");
        kind = format!("multipart/mixed;boundary={level}");
    }
}
