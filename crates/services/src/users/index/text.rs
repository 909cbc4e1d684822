//! All that can be searched for, one text behind the other in one buffer.

use memchr::memmem::Finder;
use model::User;

use crate::fold::fold;

/// Ends a text; never part of a word searched for.
const END: u8 = b'\n';
/// Stands between fields, so that no word matches across two.
const BETWEEN: u8 = 0x1f;
const DEAD: u32 = u32::MAX;

#[derive(Debug, Default)]
pub(super) struct Texts {
    buffer: Vec<u8>,
    /// Where each text begins, in order, and whose it is.
    spans: Vec<(usize, u32)>,
    /// Of each slot: where its text begins and ends.
    places: Vec<(usize, usize)>,
    dead_bytes: usize,
}

impl Texts {
    /// Puts a person's texts behind all others.
    pub(super) fn put(&mut self, slot: u32, user: &User, macs: &[String]) {
        let start = self.buffer.len();
        let name = fold(&user.display_name());
        let email = user.email.as_ref().map(|email| fold(email.as_str()));
        let fields = [
            name.as_str(),
            email.as_deref().unwrap_or_default(),
            user.extension.as_ref().map_or("", |e| e.as_str()),
            user.username.as_str(),
        ];
        for field in fields.into_iter().chain(macs.iter().map(String::as_str)) {
            self.buffer.extend_from_slice(field.as_bytes());
            self.buffer.push(BETWEEN);
        }
        self.buffer.push(END);
        self.spans.push((start, slot));
        let index = slot as usize;
        if self.places.len() <= index {
            self.places.resize(index + 1, (0, 0));
        }
        self.places[index] = (start, self.buffer.len());
    }

    /// Takes a person's texts out; the room is taken back once half of it is unused.
    pub(super) fn remove(&mut self, slot: u32) {
        let Some(place) = self.places.get_mut(slot as usize) else {
            return;
        };
        let (start, end) = std::mem::take(place);
        self.buffer[start..end].fill(END);
        self.dead_bytes += end - start;
        let at = self.spans.partition_point(|(begin, _)| *begin < start);
        if let Some(span) = self.spans.get_mut(at) {
            span.1 = DEAD;
        }
        if self.dead_bytes > 65_536 && self.dead_bytes > self.buffer.len() / 2 {
            self.compact();
        }
    }

    fn compact(&mut self) {
        let old = std::mem::take(&mut self.buffer);
        let spans = std::mem::take(&mut self.spans);
        for (_, slot) in spans.into_iter().filter(|(_, slot)| *slot != DEAD) {
            let place = &mut self.places[slot as usize];
            let start = self.buffer.len();
            self.buffer.extend_from_slice(&old[place.0..place.1]);
            *place = (start, self.buffer.len());
            self.spans.push((start, slot));
        }
        self.dead_bytes = 0;
    }

    /// Which slots have all the words. Without words: all.
    pub(super) fn search(&self, words: &[String], slots: usize) -> Vec<bool> {
        // The longest word is the rarest, by and large; the others are looked for in its texts.
        let Some(rarest) = words.iter().max_by_key(|word| word.len()) else {
            return vec![true; slots];
        };
        let mut matched = vec![false; slots];
        let others: Vec<_> = words
            .iter()
            .filter(|word| *word != rarest)
            .map(|word| Finder::new(word.as_bytes()))
            .collect();
        let finder = Finder::new(rarest.as_bytes());
        let mut from = 0;
        let mut span = 0;
        while let Some(hit) = finder.find(&self.buffer[from..]).map(|at| at + from) {
            while self.spans.get(span + 1).is_some_and(|(s, _)| *s <= hit) {
                span += 1;
            }
            let Some((_, slot)) = self.spans.get(span).copied() else {
                break;
            };
            let end = self.spans.get(span + 1).map_or(self.buffer.len(), |s| s.0);
            if slot != DEAD && (slot as usize) < slots {
                let (start, stop) = self.places[slot as usize];
                let text = &self.buffer[start..stop];
                matched[slot as usize] = others.iter().all(|word| word.find(text).is_some());
            }
            from = end;
            if from >= self.buffer.len() {
                break;
            }
        }
        matched
    }
}
