//! Decoded samples that wait for their tick, for packets that are not 20 ms long.

use crate::codec::MAX_PACKET_SAMPLES;

/// A queue of samples with room for the longest packet and one tick.
#[derive(Debug)]
pub struct PcmFifo {
    samples: Box<[i16]>,
    start: usize,
    len: usize,
}

impl Default for PcmFifo {
    fn default() -> Self {
        Self::new()
    }
}

impl PcmFifo {
    /// An empty queue.
    #[must_use]
    pub fn new() -> Self {
        Self {
            samples: vec![0; 2 * MAX_PACKET_SAMPLES].into_boxed_slice(),
            start: 0,
            len: 0,
        }
    }

    /// Samples that wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets all that waits.
    pub fn clear(&mut self) {
        self.start = 0;
        self.len = 0;
    }

    /// A place for up to [`MAX_PACKET_SAMPLES`] samples behind what waits; call
    /// [`commit`](Self::commit) with how many were written. What does not fit pushes the
    /// oldest out.
    pub fn space(&mut self) -> &mut [i16] {
        let excess = (self.len + MAX_PACKET_SAMPLES).saturating_sub(self.samples.len());
        self.start += excess;
        self.len -= excess;
        if self.start + self.len + MAX_PACKET_SAMPLES > self.samples.len() {
            self.samples
                .copy_within(self.start..self.start + self.len, 0);
            self.start = 0;
        }
        let end = self.start + self.len;
        &mut self.samples[end..end + MAX_PACKET_SAMPLES]
    }

    /// Keeps the first `samples` of what was written to [`space`](Self::space).
    pub fn commit(&mut self, samples: usize) {
        let room = self.samples.len() - self.start - self.len;
        self.len += samples.min(room);
    }

    /// Fills `out` with the oldest samples, and with silence behind them; says how many there
    /// were.
    pub fn take(&mut self, out: &mut [i16]) -> usize {
        let n = out.len().min(self.len);
        out[..n].copy_from_slice(&self.samples[self.start..self.start + n]);
        out[n..].fill(0);
        self.start += n;
        self.len -= n;
        if self.len == 0 {
            self.start = 0;
        }
        n
    }
}
