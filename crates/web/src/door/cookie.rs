//! The session cookie: `__Host-convoke` over HTTPS, `convoke` over plain HTTP, where browsers
//! refuse the prefix.

use axum::http::{HeaderMap, HeaderValue, header};
use model::Secret;

const fn name(secure: bool) -> &'static str {
    if secure { "__Host-convoke" } else { "convoke" }
}

fn cookie(secure: bool, value: &str, more: &str) -> HeaderValue {
    let only_https = if secure { "; Secure" } else { "" };
    let text = format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax{only_https}{more}",
        name(secure)
    );
    let mut value = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// The header that hands a session's token to the browser, until it is closed.
pub(crate) fn set(token: &Secret, secure: bool) -> HeaderValue {
    cookie(secure, token.expose(), "")
}

/// The header that takes it away.
pub(crate) fn clear(secure: bool) -> HeaderValue {
    cookie(secure, "", "; Max-Age=0")
}

/// The token that a browser sent. Over HTTPS only the prefixed cookie counts: another host of the
/// domain can plant the plain one.
pub(crate) fn get(headers: &HeaderMap, secure: bool) -> Option<Secret> {
    let values = headers.get_all(header::COOKIE);
    let pairs = values
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'));
    let mut found = pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(key, value)| *key == name(secure) && !value.is_empty())
        .map(|(_, value)| Secret::new(value));
    found.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cookie: &str, secure: bool, expect: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        let token = get(&headers, secure);
        assert_eq!(token.as_ref().map(Secret::expose), expect, "{cookie:?}");
    }

    #[test]
    fn the_name_goes_with_the_scheme() {
        check("convoke=abc", false, Some("abc"));
        check("a=b; convoke=abc ; c=d", false, Some("abc"));
        check("convoke=abc", true, None);
        check("__Host-convoke=abc", true, Some("abc"));
        check("convoke=planted; __Host-convoke=abc", true, Some("abc"));
        check("convoke=", false, None);
        check("xconvoke=abc", false, None);
    }

    #[test]
    fn what_is_set_cannot_be_read_by_scripts() {
        let token = Secret::new("abc");
        let text = |value: HeaderValue| value.to_str().unwrap().to_owned();
        assert_eq!(
            text(set(&token, true)),
            "__Host-convoke=abc; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            text(set(&token, false)),
            "convoke=abc; Path=/; HttpOnly; SameSite=Lax"
        );
        assert!(text(clear(true)).ends_with("Secure; Max-Age=0"));
    }
}
