//! The command line as a client of the running server: its REST API over a Unix socket in the
//! data folder. Who may open the socket is who may read the folder.

use std::path::{Path, PathBuf};

use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::UnixStream;

/// Why an order was not carried out, in a sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ClientError(pub String);

/// Where the server of a data folder is reached.
#[must_use]
pub fn socket(data_dir: &Path) -> PathBuf {
    data_dir.join("control.sock")
}

/// Talks to one server.
#[derive(Debug)]
pub struct Client {
    socket: PathBuf,
}

impl Client {
    /// For the server that runs on this folder.
    #[must_use]
    pub fn new(data_dir: &Path) -> Self {
        Self {
            socket: socket(data_dir),
        }
    }

    /// Asks for a resource.
    ///
    /// # Errors
    /// No server, or its answer in words.
    pub async fn get(&self, path: &str) -> Result<Value, ClientError> {
        self.send("GET", path, None).await
    }

    /// Makes or does something.
    ///
    /// # Errors
    /// No server, or its answer in words.
    pub async fn post(&self, path: &str, body: Value) -> Result<Value, ClientError> {
        self.send("POST", path, Some(body)).await
    }

    /// Changes a resource.
    ///
    /// # Errors
    /// No server, or its answer in words.
    pub async fn patch(&self, path: &str, body: Value) -> Result<Value, ClientError> {
        self.send("PATCH", path, Some(body)).await
    }

    /// Whether a server runs on this folder. A socket that a crash left behind is none.
    pub async fn is_served(&self) -> bool {
        UnixStream::connect(&self.socket).await.is_ok()
    }

    /// Removes a resource.
    ///
    /// # Errors
    /// No server, or its answer in words.
    pub async fn delete(&self, path: &str) -> Result<(), ClientError> {
        self.send("DELETE", path, None).await.map(|_| ())
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, ClientError> {
        let stream = UnixStream::connect(&self.socket).await.map_err(|error| {
            ClientError(format!(
                "no server answers at {} ({error}); start it with `convoke serve`, or name its folder with --data-dir",
                self.socket.display()
            ))
        })?;
        let broken =
            |error: hyper::Error| ClientError(format!("the server's answer broke off: {error}"));
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(broken)?;
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("host", "localhost");
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let bytes = body
            .map(|body| Bytes::from(body.to_string()))
            .unwrap_or_default();
        let request = request
            .body(Full::new(bytes))
            .map_err(|error| ClientError(format!("the request could not be made: {error}")))?;
        let exchange = async {
            let answer = sender.send_request(request).await?;
            let status = answer.status();
            let body = answer.into_body().collect().await?.to_bytes();
            Ok::<_, hyper::Error>((status, body))
        };
        let (status, body) = tokio::select! {
            done = exchange => done.map_err(broken)?,
            ended = connection => {
                ended.map_err(broken)?;
                return Err(ClientError("the server closed the connection without an answer".to_owned()));
            }
        };
        let value = serde_json::from_slice(&body).unwrap_or(Value::Null);
        if status.is_success() {
            Ok(value)
        } else {
            Err(ClientError(problem(&value, status.as_u16())))
        }
    }
}

/// A problem document (RFC 9457) as lines of text.
fn problem(value: &Value, status: u16) -> String {
    let text = |name: &str| value[name].as_str().unwrap_or_default();
    let mut lines = vec![match (text("title"), text("detail")) {
        ("", "") => format!("the server answered {status}"),
        (title, "") => title.to_owned(),
        (_, detail) => detail.to_owned(),
    }];
    for error in value["errors"].as_array().into_iter().flatten() {
        let part = |name: &str| error[name].as_str().unwrap_or_default();
        lines.push(format!("  {}: {}", part("field"), part("message")));
    }
    for used in value["used_in"].as_array().into_iter().flatten() {
        let part = |name: &str| used[name].as_str().unwrap_or_default();
        lines.push(format!("  used in {} {}", part("kind"), part("name")));
    }
    lines.join("\n")
}

/// Escapes a value for a query string.
#[must_use]
pub fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_every_field() {
        let value = serde_json::json!({
            "title": "Invalid", "detail": "2 fields are wrong", "status": 422,
            "errors": [
                {"field": "email", "code": "required", "message": "give an email address"},
                {"field": "extension", "code": "taken", "message": "201 is taken"},
            ],
        });
        assert_eq!(
            problem(&value, 422),
            "2 fields are wrong\n  email: give an email address\n  extension: 201 is taken"
        );
        assert_eq!(problem(&Value::Null, 502), "the server answered 502");
    }

    #[test]
    fn values_are_escaped() {
        assert_eq!(escape("a b&c=é"), "a%20b%26c%3D%C3%A9");
    }
}
