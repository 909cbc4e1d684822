//! STUN as phones use it to keep a path through a NAT open (RFC 5626 §4.4.2): a Binding request
//! comes to the port of SIP, its answer says from which address it came (RFC 5389).
//!
//! Nothing else of STUN is here. Requests with attributes that have to be understood are not.

use std::net::{IpAddr, SocketAddr};

use bytes::{BufMut, Bytes, BytesMut};

const COOKIE: u32 = 0x2112_a442;
const HEADER: usize = 20;
const BINDING_REQUEST: u16 = 0x0001;
const BINDING_SUCCESS: u16 = 0x0101;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;
/// Attributes from here on may be passed over.
const OPTIONAL: u16 = 0x8000;

/// Names a request, so that its answer finds it.
pub type TransactionId = [u8; 12];

/// STUN begins with two zero bits and has its magic cookie (RFC 5389 §6).
pub(crate) fn is_stun(datagram: &[u8]) -> bool {
    datagram.len() >= HEADER && datagram[0] < 0x40 && datagram[4..8] == COOKIE.to_be_bytes()
}

/// The transaction of a Binding request that can be answered.
pub(crate) fn binding_request(datagram: &[u8]) -> Option<TransactionId> {
    let (header, mut attributes) = datagram.split_at_checked(HEADER)?;
    let known = u16_at(header, 0)? == BINDING_REQUEST
        && is_stun(datagram)
        && usize::from(u16_at(header, 2)?) == attributes.len();
    if !known {
        return None;
    }
    while !attributes.is_empty() {
        let (kind, length) = (u16_at(attributes, 0)?, u16_at(attributes, 2)?);
        if kind < OPTIONAL {
            return None;
        }
        let padded = 4 + usize::from(length).next_multiple_of(4);
        attributes = attributes.get(padded..)?;
    }
    header.get(8..HEADER)?.try_into().ok()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at + 2)?;
    Some(u16::from_be_bytes(pair.try_into().ok()?))
}

/// The answer to a request that came from there.
#[must_use]
pub fn binding_response(transaction: TransactionId, from: SocketAddr) -> Bytes {
    let mut key = [0; 16];
    key[..4].copy_from_slice(&COOKIE.to_be_bytes());
    key[4..].copy_from_slice(&transaction);
    let (family, address) = match from.ip() {
        IpAddr::V4(ip) => (1, ip.octets().to_vec()),
        IpAddr::V6(ip) => (2, ip.octets().to_vec()),
    };
    let value = 4 + address.len() as u16;
    let mut answer = BytesMut::with_capacity(HEADER + 4 + usize::from(value));
    answer.put_u16(BINDING_SUCCESS);
    answer.put_u16(4 + value);
    answer.put_slice(&key);
    answer.put_u16(XOR_MAPPED_ADDRESS);
    answer.put_u16(value);
    answer.put_u8(0);
    answer.put_u8(family);
    answer.put_u16(from.port() ^ (COOKIE >> 16) as u16);
    answer.extend(address.iter().zip(key).map(|(byte, key)| byte ^ key));
    answer.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRANSACTION: TransactionId = *b"abcdefghijkl";

    fn request(attributes: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 1, 0, attributes.len() as u8, 0x21, 0x12, 0xa4, 0x42];
        bytes.extend(TRANSACTION);
        bytes.extend(attributes);
        bytes
    }

    #[test]
    fn a_binding_request_is_known() {
        assert_eq!(binding_request(&request(&[])), Some(TRANSACTION));
        let software = [0x80, 0x22, 0, 3, b'a', b'b', b'c', 0];
        assert_eq!(binding_request(&request(&software)), Some(TRANSACTION));
    }

    #[test]
    fn anything_else_is_not() {
        let has_to_be_understood = [0, 0x24, 0, 4, 0, 0, 0, 1];
        assert_eq!(binding_request(&request(&has_to_be_understood)), None);
        let longer_than_it_is = [0x80, 0x22, 0xff, 0xff];
        assert_eq!(binding_request(&request(&longer_than_it_is)), None);
        let mut wrong_length = request(&[]);
        wrong_length[3] = 4;
        assert_eq!(binding_request(&wrong_length), None);
        let mut response = request(&[]);
        response[0] = 1;
        assert_eq!(binding_request(&response), None);
        for length in 0..HEADER {
            assert_eq!(binding_request(&request(&[])[..length]), None);
        }
    }

    #[test]
    fn an_answer_says_where_the_request_came_from() {
        // RFC 5769 §2.2 and §2.3: the same addresses, with our transaction in place of theirs.
        let four = binding_response(TRANSACTION, "192.0.2.1:32853".parse().unwrap());
        assert_eq!(four[..4], [1, 1, 0, 12]);
        assert_eq!(four[8..20], TRANSACTION);
        assert_eq!(
            four[20..],
            [0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]
        );
        let six = binding_response(TRANSACTION, "[2001:db8::1]:32853".parse().unwrap());
        assert_eq!(six[..4], [1, 1, 0, 24]);
        assert_eq!(six[24..32], [0, 2, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa]);
        assert_eq!(six[43], b'l' ^ 1);
    }
}
