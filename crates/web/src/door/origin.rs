//! Did this site's own page send the change, or did another site make the browser send it?

use axum::http::{HeaderMap, header};
use model::Secret;
use subtle::ConstantTimeEq;

use crate::answer::Problem;

/// Refuses what a browser says came from elsewhere. Programs send neither header.
pub(crate) fn same_origin(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let refused = || Err(Problem::forbidden("The request came from another site."));
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site"))
        && !matches!(site, "same-origin" | "none")
    {
        return refused();
    }
    let Some(origin) = text(header::ORIGIN) else {
        return Ok(());
    };
    let host = text(header::HOST).unwrap_or_default();
    let own = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    if own.is_some_and(|own| !own.is_empty() && own.eq_ignore_ascii_case(host)) {
        return Ok(());
    }
    refused()
}

/// The header that carries the token.
pub(crate) const CSRF: &str = "x-csrf-token";

/// Refuses a change that does not carry the session's token.
pub(crate) fn csrf(headers: &HeaderMap, expected: &Secret) -> Result<(), Problem> {
    let given = headers.get(CSRF).map_or(&b""[..], |value| value.as_bytes());
    if bool::from(given.ct_eq(expected.expose().as_bytes())) {
        return Ok(());
    }
    Err(Problem::forbidden(
        "Send X-CSRF-Token with the token of GET /api/v1/me.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &str)], allowed: bool) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        assert_eq!(same_origin(&map).is_ok(), allowed, "{headers:?}");
    }

    #[test]
    fn only_the_own_origin_passes() {
        let host = ("host", "pbx.example:8080");
        check(&[host], true);
        check(&[host, ("origin", "http://pbx.example:8080")], true);
        check(&[host, ("origin", "https://PBX.example:8080")], true);
        check(&[host, ("origin", "http://pbx.example")], false);
        check(&[host, ("origin", "http://evil.example")], false);
        check(&[host, ("origin", "null")], false);
        check(&[("origin", "http://")], false);
        check(&[host, ("sec-fetch-site", "same-origin")], true);
        check(&[host, ("sec-fetch-site", "none")], true);
        check(&[host, ("sec-fetch-site", "same-site")], false);
        check(&[host, ("sec-fetch-site", "cross-site")], false);
    }

    #[test]
    fn the_token_has_to_be_the_sessions() {
        let expected = Secret::new("right");
        let mut headers = HeaderMap::new();
        assert!(csrf(&headers, &expected).is_err());
        headers.insert(CSRF, "wrong".parse().unwrap());
        assert!(csrf(&headers, &expected).is_err());
        headers.insert(CSRF, "right".parse().unwrap());
        assert!(csrf(&headers, &expected).is_ok());
    }
}
