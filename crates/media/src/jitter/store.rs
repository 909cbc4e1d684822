//! Where waiting packets are kept: entries in a ring by sequence number, octets in a pool whose
//! most recently used place is used first, so that a stream without jitter touches only one.

/// Packets that can wait.
const SLOTS: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Empty,
    Audio,
    Skipped,
}

/// What is known of one waiting packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    kind: Kind,
    slot: u8,
    octets: u16,
    pub(super) level: Option<u8>,
    pub(super) units: u32,
    pub(super) sequence: i64,
    pub(super) timestamp: i64,
}

impl Entry {
    const EMPTY: Self = Self {
        kind: Kind::Empty,
        slot: 0,
        octets: 0,
        level: None,
        units: 0,
        sequence: 0,
        timestamp: i64::MIN,
    };

    pub(super) fn audio(sequence: i64, timestamp: i64, units: u32, level: Option<u8>) -> Self {
        Self {
            kind: Kind::Audio,
            level,
            units,
            sequence,
            timestamp,
            ..Self::EMPTY
        }
    }

    /// A packet without audio: it only fills its place in the order.
    pub(super) fn skipped(sequence: i64) -> Self {
        Self {
            kind: Kind::Skipped,
            sequence,
            ..Self::EMPTY
        }
    }

    pub(super) fn is_skipped(&self) -> bool {
        self.kind == Kind::Skipped
    }
}

/// The waiting packets of one stream.
#[derive(Debug)]
pub(super) struct Store {
    entries: [Entry; SLOTS],
    pool: Box<[u8]>,
    payload_octets: usize,
    free: [u8; SLOTS],
    free_count: usize,
    /// The sequence number that is due next.
    next: i64,
    /// One past the newest.
    end: i64,
    count: usize,
}

impl Store {
    pub(super) fn new(payload_octets: usize) -> Self {
        let mut store = Self {
            entries: [Entry::EMPTY; SLOTS],
            pool: vec![0; SLOTS * payload_octets].into_boxed_slice(),
            payload_octets,
            free: [0; SLOTS],
            free_count: 0,
            next: 0,
            end: 0,
            count: 0,
        };
        store.clear();
        store
    }

    pub(super) fn clear(&mut self) {
        self.entries = [Entry::EMPTY; SLOTS];
        for (index, slot) in self.free.iter_mut().enumerate() {
            *slot = index as u8;
        }
        self.free_count = SLOTS;
        self.count = 0;
        self.end = self.next;
    }

    /// An empty store waits for this sequence number.
    pub(super) fn restart(&mut self, next: i64) {
        self.clear();
        self.next = next;
        self.end = next;
    }

    pub(super) fn payload_octets(&self) -> usize {
        self.payload_octets
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The sequence number that is due next.
    pub(super) fn next(&self) -> i64 {
        self.next
    }

    fn index(sequence: i64) -> usize {
        sequence.rem_euclid(SLOTS as i64) as usize
    }

    /// Keeps a packet whose sequence number is due or later; false if it is already here. What
    /// lies too far back for it to fit is forgotten.
    pub(super) fn insert(&mut self, mut entry: Entry, payload: &[u8]) -> bool {
        while entry.sequence >= self.next + SLOTS as i64 {
            if self.count == 0 {
                self.next = entry.sequence;
                break;
            }
            self.discard_next();
        }
        let index = Self::index(entry.sequence);
        if self.entries[index].kind != Kind::Empty {
            return false;
        }
        if entry.kind == Kind::Audio {
            // There are as many places as entries, so one is free.
            self.free_count -= 1;
            entry.slot = self.free[self.free_count];
            entry.octets = payload.len() as u16;
            let start = usize::from(entry.slot) * self.payload_octets;
            self.pool[start..start + payload.len()].copy_from_slice(payload);
        }
        self.entries[index] = entry;
        self.count += 1;
        self.end = self.end.max(entry.sequence + 1);
        true
    }

    /// Gives up on the sequence number that is due.
    fn discard_next(&mut self) {
        let index = Self::index(self.next);
        self.release(index);
        self.next += 1;
    }

    fn release(&mut self, index: usize) {
        let entry = self.entries[index];
        if entry.kind == Kind::Empty {
            return;
        }
        if entry.kind == Kind::Audio {
            self.free[self.free_count] = entry.slot;
            self.free_count += 1;
        }
        self.entries[index].kind = Kind::Empty;
        self.count -= 1;
    }

    /// The oldest waiting packet.
    pub(super) fn head(&self) -> Option<Entry> {
        if self.count == 0 {
            return None;
        }
        (self.next..self.end)
            .map(|sequence| self.entries[Self::index(sequence)])
            .find(|entry| entry.kind != Kind::Empty)
    }

    /// Removes the oldest; its octets stay readable until the next insert.
    pub(super) fn take_head(&mut self) {
        if let Some(head) = self.head() {
            self.release(Self::index(head.sequence));
            self.next = head.sequence + 1;
        }
    }

    /// The octets of an entry that is here or was just taken.
    pub(super) fn payload(&self, entry: &Entry) -> &[u8] {
        let start = usize::from(entry.slot) * self.payload_octets;
        &self.pool[start..start + usize::from(entry.octets)]
    }
}
