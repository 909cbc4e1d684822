//! Why the binary ended, and with which exit code.

/// What is said on standard error, in one line, and the exit code that goes with it.
#[derive(Debug)]
pub struct Failure {
    /// Names what is wrong and what to do.
    pub message: String,
    /// 2: it could not start as asked; 1: an order was refused, or a check failed.
    pub code: u8,
}

impl Failure {
    /// The server could not start: option, port, file, key or database.
    pub fn start(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 2,
        }
    }

    /// An order was refused, or a check found something.
    pub fn refused(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 1,
        }
    }
}

impl From<crate::config::BadConfig> for Failure {
    fn from(error: crate::config::BadConfig) -> Self {
        Self::start(error.0)
    }
}

impl From<crate::client::ClientError> for Failure {
    fn from(error: crate::client::ClientError) -> Self {
        Self::refused(error.0)
    }
}

/// An error with its sources on one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let part = error.to_string();
        if !text.contains(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
        source = error.source();
    }
    text.replace('\n', " ")
}
