//! Lines on disk, each there to stay once it is acknowledged.

use std::{
    fs::{File, OpenOptions},
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

/// Bytes that a file holds at most: above it something is wrong that nobody looks at.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// Whether there is anything in it.
pub(super) fn has_lines(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.len() > 0)
}

/// Adds lines to a file that may not grow for ever, and waits for the disk.
pub(super) fn append_within_bounds(path: &Path, lines: &str) -> std::io::Result<()> {
    if std::fs::metadata(path).is_ok_and(|file| file.len() > MAX_BYTES) {
        return Err(std::io::Error::other("the spool is full"));
    }
    append(path, lines)
}

/// Adds lines, the last without its end, and waits for the disk.
pub(crate) fn append(path: &Path, lines: &str) -> std::io::Result<()> {
    let fresh = !path.exists();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).read(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // A crash may have cut off the last line; these must not become a part of it.
    let begin = if ends_cleanly(&mut file)? { "" } else { "\n" };
    file.write_all(format!("{begin}{lines}\n").as_bytes())?;
    file.sync_all()?;
    if fresh && let Some(folder) = path.parent() {
        // The name of a new file is kept by its folder.
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn ends_cleanly(file: &mut File) -> std::io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}
