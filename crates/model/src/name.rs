//! Names and numbers that people type, parsed at the edge and trusted inside.

use std::fmt;

/// Why a typed value was refused: a code for programs and a sentence that says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    /// Stable, snake_case: `required`, `too_long`, `invalid`, …
    pub code: &'static str,
    /// What is expected, in a sentence.
    pub message: &'static str,
}

const fn invalid(code: &'static str, message: &'static str) -> Invalid {
    Invalid { code, message }
}

/// Anything below space, DEL, and the Unicode line and direction controls that can forge a line
/// or hide text: refused in every name, because names reach SIP headers, mail and terminals.
#[must_use]
pub fn has_control(text: &str) -> bool {
    text.chars().any(|c| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    })
}

macro_rules! text_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Box<str>);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

text_newtype! {
    /// An internal number of a customer: 2 to 15 digits, unique in one number space with rooms.
    Extension
}

impl Extension {
    /// Reads digits, after trimming.
    ///
    /// # Errors
    /// `required`, or `invalid` for anything but 2 to 15 digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.is_empty() {
            return Err(invalid("required", "give a number of 2 to 15 digits"));
        }
        if !(2..=15).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(invalid("invalid", "an extension is 2 to 15 digits"));
        }
        Ok(Self(text.into()))
    }
}

text_newtype! {
    /// A customer's short name: at sign-in, in SIP usernames, and the first label of its SIP domain.
    AccountName
}

impl AccountName {
    /// Reads a DNS label: 1 to 40 of a-z, 0-9 and inner hyphens; upper case is folded.
    ///
    /// # Errors
    /// `required` or `invalid`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_ascii_lowercase();
        if text.is_empty() {
            return Err(invalid("required", "give a short name such as acme"));
        }
        let inner = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if text.len() > 40 || !inner || text.starts_with('-') || text.ends_with('-') {
            return Err(invalid(
                "invalid",
                "an account name is up to 40 letters, digits and inner hyphens",
            ));
        }
        Ok(Self(text.into_boxed_str()))
    }
}

text_newtype! {
    /// What a person types to sign in, unique within the customer; compared in lower case.
    Username
}

impl Username {
    /// Reads 1 to 64 of letters, digits and `. _ - @ +`; folded to lower case.
    ///
    /// # Errors
    /// `required` or `invalid`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return Err(invalid("required", "give a username"));
        }
        let fits = text
            .chars()
            .all(|c| c.is_alphanumeric() || "._-@+".contains(c));
        if text.chars().count() > 64 || !fits {
            return Err(invalid(
                "invalid",
                "a username is up to 64 letters, digits and the signs . _ - @ +",
            ));
        }
        Ok(Self(text.into_boxed_str()))
    }
}

text_newtype! {
    /// A mail address, compared in lower case.
    Email
}

impl Email {
    /// Reads `local@domain`, at most 254 characters, no spaces or controls.
    ///
    /// # Errors
    /// `required` or `invalid`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return Err(invalid("required", "give an email address"));
        }
        let bad = invalid("invalid", "an email address looks like name@example.com");
        let Some((local, domain)) = text.rsplit_once('@') else {
            return Err(bad);
        };
        let forbidden =
            |c: char| c.is_whitespace() || c.is_control() || "<>()[]\\,;:\"@".contains(c);
        let labels = domain.split('.').all(|label| {
            !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
        if text.len() > 254
            || local.is_empty()
            || local.len() > 64
            || local.contains(forbidden)
            || !labels
        {
            return Err(bad);
        }
        Ok(Self(text.into_boxed_str()))
    }
}

text_newtype! {
    /// A name as people write it: a person's, a room's, a customer's.
    DisplayName
}

impl DisplayName {
    /// Reads 1 to 100 characters without controls, after trimming.
    ///
    /// # Errors
    /// `required`, `too_long`, or `invalid` for control characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.is_empty() {
            return Err(invalid("required", "give a name"));
        }
        if text.chars().count() > 100 {
            return Err(invalid("too_long", "a name has at most 100 characters"));
        }
        if has_control(text) {
            return Err(invalid(
                "invalid",
                "a name has no line breaks or control characters",
            ));
        }
        Ok(Self(text.into()))
    }
}

text_newtype! {
    /// A device's SIP username, unique on the server: `201`, `acme-201`, `201-2`.
    SipUsername
}

impl SipUsername {
    /// Reads 1 to 80 of a-z, 0-9, `.`, `_` and `-`.
    ///
    /// # Errors
    /// `required` or `invalid`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let fits = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
        if text.is_empty() {
            return Err(invalid("required", "give a SIP username"));
        }
        if text.len() > 80 || !fits {
            return Err(invalid(
                "invalid",
                "a SIP username is up to 80 of a-z, 0-9, . _ -",
            ));
        }
        Ok(Self(text.into()))
    }
}

text_newtype! {
    /// A conference PIN: 4 to 10 digits.
    Pin
}

impl Pin {
    /// Reads 4 to 10 digits.
    ///
    /// # Errors
    /// `invalid`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if !(4..=10).contains(&text.len()) || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(invalid("invalid", "a PIN is 4 to 10 digits"));
        }
        Ok(Self(text.into()))
    }
}

text_newtype! {
    /// A phone's hardware address, twelve lower-case hexadecimal digits.
    MacAddress
}

impl MacAddress {
    /// Reads `00:15:65:AA:BB:CC`, with colons, hyphens, dots, or none.
    ///
    /// # Errors
    /// `invalid`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let hex: String = text
            .trim()
            .chars()
            .filter(|c| !":-.".contains(*c))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if hex.len() != 12 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(invalid(
                "invalid",
                "a MAC address is 12 hexadecimal digits, such as 00:15:65:aa:bb:cc",
            ));
        }
        Ok(Self(hex.into_boxed_str()))
    }
}

#[cfg(test)]
mod tests;
