//! The portal's files, inside the binary.
//!
//! What the bundler named by content never changes; everything else is asked for anew. An address
//! that is no file is one of the portal's own pages, which its router draws.

use axum::{
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

use crate::answer::Problem;

/// One file of the bundle.
struct File {
    /// Relative to the bundle.
    path: &'static str,
    /// Its ETag.
    tag: &'static str,
    /// As it is.
    plain: &'static [u8],
    /// Packed; empty where that saves nothing.
    gzip: &'static [u8],
}

static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/portal.rs"));

fn file(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path)
}

/// Answers every GET that nothing else answers.
pub(crate) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    let reserved = path == "api" || path.starts_with("api/") || path.starts_with("scim/");
    if reserved || !matches!(method, Method::GET | Method::HEAD) {
        return Problem::not_found().into_response();
    }
    if let Some(file) = file(path) {
        return answer(file, &headers);
    }
    // A page's address has no extension; a file that is not there is not a page.
    let last = path.rsplit('/').next().unwrap_or_default();
    match file("index.html") {
        Some(index) if !last.contains('.') => answer(index, &headers),
        _ => Problem::not_found().into_response(),
    }
}

fn answer(file: &'static File, headers: &HeaderMap) -> Response {
    let known = headers.get(header::IF_NONE_MATCH);
    let same = known.is_some_and(|known| {
        let known = known.to_str().unwrap_or_default();
        known
            .split(',')
            .any(|tag| tag.trim().trim_start_matches("W/") == file.tag)
    });
    let packs = headers
        .get(header::ACCEPT_ENCODING)
        .is_some_and(|value| value.to_str().unwrap_or_default().contains("gzip"));
    let packed = packs && !file.gzip.is_empty();
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else if packed {
        file.gzip.into_response()
    } else {
        file.plain.into_response()
    };
    let out = response.headers_mut();
    let mut set = |name, value| out.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_TYPE, content_type(file.path));
    set(header::ETAG, file.tag);
    set(header::VARY, "accept-encoding");
    set(header::CACHE_CONTROL, caching(file.path));
    if packed && !same {
        set(header::CONTENT_ENCODING, "gzip");
    }
    response
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "ftl" | "txt" => "text/plain; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// The bundler puts what it names by content into `assets/`: such a name is never reused.
fn caching(path: &str) -> &'static str {
    if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_by_content_are_kept_for_good() {
        for (path, kept) in [
            ("assets/main-3F9A2C1B.js", true),
            ("index.html", false),
            ("favicon.svg", false),
            ("assets.html", false),
        ] {
            assert_eq!(caching(path).contains("immutable"), kept, "{path}");
        }
    }
}
