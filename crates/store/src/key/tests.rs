use super::*;

struct Sevens;

impl Entropy for Sevens {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}

const PLACE: Place = Place {
    table: "devices",
    column: "sip_password",
    row: Uuid::nil(),
};

#[test]
fn what_is_sealed_opens_only_in_its_place_with_its_key() {
    let key = StoreKey::from_bytes([1; 32]);
    let sealed = seal(&key, &Sevens, PLACE, "secret").unwrap();
    assert_eq!(open(&key, PLACE, &sealed).unwrap().expose(), "secret");
    assert!(!sealed.windows(6).any(|window| window == b"secret"));
    let moved = [
        Place {
            table: "rooms",
            ..PLACE
        },
        Place {
            column: "other",
            ..PLACE
        },
        Place {
            row: Uuid::from_u128(1),
            ..PLACE
        },
    ];
    for place in moved {
        let refused = open(&key, place, &sealed);
        assert!(
            matches!(refused, Err(StoreError::Corrupt { .. })),
            "{place:?}"
        );
    }
    for at in [0, 9, 21, sealed.len() - 1] {
        let mut changed = sealed.clone();
        changed[at] ^= 1;
        assert!(
            matches!(open(&key, PLACE, &changed), Err(StoreError::Corrupt { .. })),
            "{at}"
        );
    }
    for length in 0..sealed.len() {
        assert!(open(&key, PLACE, &sealed[..length]).is_err(), "{length}");
    }
    let other = StoreKey::from_bytes([2; 32]);
    assert!(matches!(
        open(&other, PLACE, &sealed),
        Err(StoreError::WrongKey)
    ));
}

#[test]
fn a_key_is_written_and_read_and_never_shown() {
    let key = StoreKey::generate(&Sevens);
    let hex = key.to_hex();
    assert_eq!(hex.expose(), "07".repeat(32));
    assert_eq!(
        StoreKey::parse_hex(&format!(" {}\n", hex.expose())).unwrap(),
        key
    );
    assert_eq!(format!("{key:?}"), "StoreKey(…)");
    for bad in [
        "",
        "07",
        &"0g".repeat(32),
        &"07".repeat(33),
        &"é".repeat(32),
    ] {
        assert_eq!(StoreKey::parse_hex(bad), Err(BadKey), "{bad}");
    }
}

#[test]
fn a_checksum_depends_on_key_and_every_part() {
    let key = StoreKey::from_bytes([1; 32]);
    let sum = key.checksum(&[b"ab", b"c"]);
    assert_eq!(sum, key.checksum(&[b"ab", b"c"]));
    assert_ne!(sum, key.checksum(&[b"a", b"bc"]));
    assert_ne!(sum, StoreKey::from_bytes([2; 32]).checksum(&[b"ab", b"c"]));
}
