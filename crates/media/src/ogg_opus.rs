//! Ogg Opus files (RFC 7845) from packets that were encoded anyway. Pure: packets in, octets
//! out; the file is whole after each page, so a crash loses only the last second.

use ogg::writing::{PacketWriteEndInfo, PacketWriter};

/// Packets of 20 ms on one page: one second.
const PACKETS_A_PAGE: u32 = 50;

/// Samples at 48 kHz that libopus' encoder runs behind, in its default mode.
const PRE_SKIP: u16 = 312;

const CHANNELS: u8 = 1;

/// Makes the octets of one file.
pub struct OggOpusWriter {
    pages: PacketWriter<'static, Vec<u8>>,
    serial: u32,
    /// Samples at 48 kHz with the packet that is held back.
    position: u64,
    on_page: u32,
    /// The newest packet: only with the next one is it known whether it ends the stream.
    held: Option<Vec<u8>>,
}

impl std::fmt::Debug for OggOpusWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OggOpusWriter")
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

impl OggOpusWriter {
    /// A file of mono packets; `serial` tells logical streams apart (any number).
    ///
    /// # Errors
    /// None in practice: writing to memory does not fail.
    pub fn new(serial: u32) -> std::io::Result<Self> {
        let mut pages = PacketWriter::new(Vec::new());
        let head_end = PacketWriteEndInfo::EndPage;
        pages.write_packet(identification(), serial, head_end, 0)?;
        pages.write_packet(comments(), serial, PacketWriteEndInfo::EndPage, 0)?;
        Ok(Self {
            pages,
            serial,
            position: 0,
            on_page: 0,
            held: None,
        })
    }

    /// Adds a packet of so many samples at 48 kHz.
    ///
    /// # Errors
    /// None in practice: writing to memory does not fail.
    pub fn push(&mut self, packet: &[u8], samples: u32) -> std::io::Result<()> {
        self.release(false)?;
        self.position += u64::from(samples);
        self.held = Some(packet.to_vec());
        Ok(())
    }

    /// Writes the packet that was held back.
    fn release(&mut self, last: bool) -> std::io::Result<()> {
        let Some(packet) = self.held.take() else {
            return Ok(());
        };
        self.on_page += 1;
        let end = if last {
            PacketWriteEndInfo::EndStream
        } else if self.on_page >= PACKETS_A_PAGE {
            self.on_page = 0;
            PacketWriteEndInfo::EndPage
        } else {
            PacketWriteEndInfo::NormalPacket
        };
        self.pages
            .write_packet(packet, self.serial, end, self.position)
    }

    /// Takes the pages that are complete, to be appended to the file.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(self.pages.inner_mut())
    }

    /// Ends the stream and gives its last octets.
    ///
    /// # Errors
    /// None in practice: writing to memory does not fail.
    pub fn finish(mut self) -> std::io::Result<Vec<u8>> {
        self.release(true)?;
        Ok(self.take())
    }
}

/// RFC 7845 §5.1.
fn identification() -> Vec<u8> {
    let mut head = b"OpusHead\x01".to_vec();
    head.push(CHANNELS);
    head.extend(PRE_SKIP.to_le_bytes());
    head.extend(48_000_u32.to_le_bytes());
    // No gain, and the mapping family of mono and stereo.
    head.extend([0, 0, 0]);
    head
}

/// RFC 7845 §5.2: the vendor's name, no comments.
fn comments() -> Vec<u8> {
    let vendor = b"Convoke";
    let mut tags = b"OpusTags".to_vec();
    tags.extend((vendor.len() as u32).to_le_bytes());
    tags.extend(vendor);
    tags.extend(0_u32.to_le_bytes());
    tags
}

#[cfg(test)]
mod tests;
