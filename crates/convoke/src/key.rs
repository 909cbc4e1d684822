//! The key that encrypts secrets at rest: a file outside the database, readable by its owner only.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use model::Entropy;

/// 256 bits.
pub type Key = [u8; 32];

/// Reads the key, or none if there is no file.
///
/// # Errors
/// The file cannot be read, is readable by others, or holds no key.
pub fn read(path: &Path) -> io::Result<Option<Key>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        return Err(io::Error::other(
            "others may read it; run `chmod 600` on it",
        ));
    }
    parse(text.trim())
        .map(Some)
        .ok_or_else(|| io::Error::other("it holds no key of 64 hexadecimal digits"))
}

/// Makes a new key and its file, synced to disk before anything is encrypted with it.
///
/// # Errors
/// The file exists already or cannot be written.
pub fn create(path: &Path, entropy: &dyn Entropy) -> io::Result<Key> {
    let mut key = Key::default();
    entropy.fill(&mut key);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    file.write_all(hex.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(key)
}

fn parse(hex: &str) -> Option<Key> {
    let mut key = Key::default();
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (byte, pair) in key.iter_mut().zip(hex.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;

    impl Entropy for Sevens {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        assert!(read(&path).unwrap().is_none());
        assert_eq!(create(&path, &Sevens).unwrap(), [7; 32]);
        assert_eq!(read(&path).unwrap(), Some([7; 32]));
        assert!(create(&path, &Sevens).is_err());
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        create(&path, &Sevens).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("chmod 600"));
    }

    #[test]
    fn a_file_that_holds_no_key_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        fs::write(&path, "hello").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(read(&path).is_err());
    }
}
