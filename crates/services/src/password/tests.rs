use super::*;
use crate::testing::TestEntropy;

fn weak(password: &str, words: &[&str]) -> Vec<&'static str> {
    let mut fields = Fields::default();
    judge(&Secret::new(password), words, "password", &mut fields);
    match fields.finish() {
        Ok(()) => Vec::new(),
        Err(Error::Invalid(fields)) => fields.into_iter().map(|f| f.code).collect(),
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn strength_is_judged_with_the_persons_own_words() {
    let words = ["anna.berg@example.com", "Anna", "Berg", "aberg"];
    for (password, expect) in [
        ("", vec!["required"]),
        ("12345678", vec!["too_weak"]),
        ("password1", vec!["too_weak"]),
        ("AnnaBerg2024", vec!["too_weak"]),
        ("berg99!", vec!["too_weak"]),
        ("correct-horse-battery", vec![]),
        ("x7Kp-q2Lm-9vTz", vec![]),
    ] {
        assert_eq!(weak(password, &words), expect, "{password}");
    }
    assert_eq!(weak(&"a".repeat(257), &[]), ["too_long"]);
}

#[test]
fn the_reason_says_what_is_wrong() {
    let mut fields = Fields::default();
    judge(&Secret::new("password"), &[], "password", &mut fields);
    let Err(Error::Invalid(fields)) = fields.finish() else {
        panic!("it is weak");
    };
    assert!(fields[0].message.len() > "the password is too easy to guess".len());
}

#[test]
fn generated_passwords_are_long_plain_and_different() {
    let entropy = TestEntropy::seeded(5);
    let mut all = std::collections::HashSet::new();
    for _ in 0..500 {
        let password = generate(&entropy);
        let text = password.expose().to_owned();
        assert!(text.len() >= 16);
        assert!(text.bytes().all(|b| ALPHABET.contains(&b)));
        assert!(!text.starts_with('-') && !text.ends_with('-'));
        assert!(all.insert(text));
    }
}

#[tokio::test]
async fn hashes_verify_only_their_password() {
    let entropy = TestEntropy::seeded(6);
    let hashing = Hashing::new(1, &entropy).unwrap();
    let right = Secret::new("correct-horse-battery");
    let hash = hashing.hash(&right, &entropy).await.unwrap();
    assert!(hash.starts_with("$argon2id$"));
    for (password, hash, expect) in [
        (&right, Some(hash.clone()), true),
        (&Secret::new("wrong"), Some(hash), false),
        (&right, None, false),
        (&right, Some("not a hash".to_owned()), false),
    ] {
        assert_eq!(hashing.verify(password, hash).await.unwrap(), expect);
    }
}
