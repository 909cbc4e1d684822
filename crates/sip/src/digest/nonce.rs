//! Nonces that need no memory until they are used, and the memory of those that were.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::hex;

/// How many hexadecimal digits a nonce has: time, entropy, signature.
const DIGITS: usize = 64;

/// What identifies a nonce in the ledger: its signature.
pub(super) type NonceId = [u8; 16];

/// A nonce that this server has made and that is not too old.
pub(super) struct Nonce {
    pub id: NonceId,
    /// When it was made, in milliseconds since the server's epoch.
    pub made: u64,
}

/// Makes a nonce: `made` and `entropy` in the clear, both signed together with the source.
pub(super) fn make(secret: &[u8; 32], made: u64, entropy: u64, source: SocketAddr) -> String {
    let signature = sign(secret, made, entropy, source);
    format!("{made:016x}{entropy:016x}{}", hex(&signature))
}

/// Reads back a nonce that was made for this source; `None` for any other text.
pub(super) fn read(secret: &[u8; 32], text: &str, source: SocketAddr) -> Option<Nonce> {
    if text.len() != DIGITS || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = |from: usize| u64::from_str_radix(&text[from..from + 16], 16).ok();
    let (made, entropy) = (number(0)?, number(16)?);
    let id = sign(secret, made, entropy, source);
    let given = (u128::from(number(32)?) << 64) | u128::from(number(48)?);
    bool::from(id.ct_eq(&given.to_be_bytes())).then_some(Nonce { id, made })
}

fn sign(secret: &[u8; 32], made: u64, entropy: u64, source: SocketAddr) -> NonceId {
    #[cfg(test)]
    super::tests::count(secret.len());
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return NonceId::default();
    };
    mac.update(&made.to_be_bytes());
    mac.update(&entropy.to_be_bytes());
    match source.ip().to_canonical() {
        IpAddr::V4(address) => mac.update(&address.octets()),
        IpAddr::V6(address) => mac.update(&address.octets()),
    }
    mac.update(&source.port().to_be_bytes());
    let mut id = NonceId::default();
    id.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    id
}

/// Which counts were used with which nonce. Bounded: when it is full the oldest use is
/// forgotten, and with it every nonce as old as that which is not in the ledger counts as
/// stale, so nothing that was forgotten can be replayed.
pub(super) struct Ledger {
    used: HashMap<NonceId, Counts>,
    order: VecDeque<(u64, NonceId)>,
    capacity: usize,
    floor: Option<u64>,
}

/// The highest count, and which of the 64 up to it were used.
#[derive(Clone, Copy)]
struct Counts {
    highest: u32,
    window: u64,
}

impl Ledger {
    pub fn new(capacity: usize) -> Self {
        Self {
            used: HashMap::new(),
            order: VecDeque::new(),
            capacity: capacity.max(1),
            floor: None,
        }
    }

    /// Notes a use; `false` when this count was used before or cannot be told.
    pub fn note(&mut self, nonce: &Nonce, nc: u32) -> bool {
        if let Some(counts) = self.used.get_mut(&nonce.id) {
            return counts.note(nc);
        }
        if self.floor.is_some_and(|floor| nonce.made <= floor) {
            return false;
        }
        let mut counts = Counts {
            highest: 0,
            window: 0,
        };
        if !counts.note(nc) {
            return false;
        }
        if self.used.len() >= self.capacity {
            self.forget_oldest();
        }
        self.used.insert(nonce.id, counts);
        self.order.push_back((nonce.made, nonce.id));
        true
    }

    /// Forgets nonces made before `oldest`: they are refused for their age by now.
    pub fn forget_before(&mut self, oldest: u64) {
        while self.order.front().is_some_and(|(made, _)| *made < oldest) {
            if let Some((_, id)) = self.order.pop_front() {
                self.used.remove(&id);
            }
        }
    }

    pub fn len(&self) -> usize {
        self.used.len()
    }

    fn forget_oldest(&mut self) {
        if let Some((made, id)) = self.order.pop_front() {
            self.used.remove(&id);
            self.floor = self.floor.max(Some(made));
        }
    }
}

impl Counts {
    fn note(&mut self, nc: u32) -> bool {
        if nc == 0 {
            return false;
        }
        if nc > self.highest {
            let shift = nc - self.highest;
            self.window = self.window.checked_shl(shift).unwrap_or(0) | 1;
            self.highest = nc;
            return true;
        }
        let behind = self.highest - nc;
        let Some(bit) = 1_u64.checked_shl(behind) else {
            return false;
        };
        let fresh = self.window & bit == 0;
        self.window |= bit;
        fresh
    }
}
