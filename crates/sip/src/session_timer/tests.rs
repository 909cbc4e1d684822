use super::*;
use crate::{Method, Uri};

const POLICY: Policy = Policy {
    secs: 1800,
    min_secs: 90,
};

fn invite(headers: &[(HeaderName, &str)]) -> Request {
    let uri = Uri::parse("sip:a@b").unwrap();
    headers.iter().fold(
        Request::new(Method::Invite, uri),
        |request, (name, value)| request.with(name.clone(), value),
    )
}

#[test]
fn a_received_interval_is_agreed_on_or_refused() {
    let check = |headers: &[(HeaderName, &str)], expect: Result<Option<(u32, Side)>, u32>| {
        let got = POLICY.accept(&invite(headers));
        let got = got.map(|agreed| agreed.map(|agreed| (agreed.secs, agreed.refresher)));
        assert_eq!(got.map_err(|short| short.min_se), expect, "{headers:?}");
    };
    let supported = (HeaderName::Supported, "100rel, timer");
    check(&[], Ok(None));
    check(std::slice::from_ref(&supported), Ok(Some((1800, Side::Us))));
    check(
        &[
            supported.clone(),
            (HeaderName::SessionExpires, "600;refresher=uac"),
        ],
        Ok(Some((600, Side::Them))),
    );
    check(
        &[supported.clone(), (HeaderName::SessionExpires, "600")],
        Ok(Some((600, Side::Us))),
    );
    check(
        &[
            supported.clone(),
            (HeaderName::SessionExpires, "7200;refresher=uas"),
        ],
        Ok(Some((1800, Side::Us))),
    );
    check(
        &[
            supported.clone(),
            (HeaderName::SessionExpires, "7200"),
            (HeaderName::MinSe, "3600"),
        ],
        Ok(Some((3600, Side::Us))),
    );
    check(
        &[(HeaderName::SessionExpires, "600;refresher=uac")],
        Ok(Some((600, Side::Us))),
    );
    check(&[supported, (HeaderName::SessionExpires, "60")], Err(90));
}

#[test]
fn an_answer_is_read() {
    let check = |value: &str, expect: (u32, Side)| {
        let response = Response::new(200).with(HeaderName::SessionExpires, value);
        let agreed = POLICY.agreed(&response).unwrap();
        assert_eq!((agreed.secs, agreed.refresher), expect);
    };
    check("1800;refresher=uas", (1800, Side::Them));
    check("1800;refresher=uac", (1800, Side::Us));
    check("99999999999999", (LONGEST_SECS, Side::Us));
    assert_eq!(POLICY.agreed(&Response::new(200)), None);
}

#[test]
fn the_times_are_those_of_the_rfc() {
    let agreed = Agreed {
        secs: 90,
        refresher: Side::Us,
    };
    assert_eq!(agreed.refresh_after(), Some(Duration::from_secs(45)));
    assert_eq!(agreed.expires_after(), Duration::from_secs(60));
    let agreed = Agreed {
        secs: 1800,
        refresher: Side::Them,
    };
    assert_eq!(agreed.refresh_after(), None);
    assert_eq!(agreed.expires_after(), Duration::from_secs(1768));
}

#[test]
fn an_interval_of_years_is_a_day() {
    let years = "4294967295";
    let request = invite(&[
        (HeaderName::Supported, "timer"),
        (HeaderName::SessionExpires, years),
        (HeaderName::MinSe, years),
    ]);
    let agreed = POLICY.accept(&request).ok().flatten().unwrap();
    assert_eq!(agreed.secs, LONGEST_SECS);
    let response = Response::reply(&request, 200, None)
        .with(HeaderName::SessionExpires, format!("{years};refresher=uas"));
    assert_eq!(POLICY.agreed(&response).unwrap().secs, LONGEST_SECS);
}
