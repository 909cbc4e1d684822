//! What fuzzing found once is read again, on any compiler; and whole messages, cut off and
//! changed at every place.

use std::path::Path;

#[path = "../fuzz/fuzz_targets/exercise.rs"]
mod exercise;
#[expect(dead_code, reason = "only the messages matter here")]
#[path = "torture/table.rs"]
mod table;

type Exercise = fn(&[u8]);

#[test]
fn the_corpus_is_read_without_harm() {
    let targets: [(&str, Exercise); 2] = [
        ("message", exercise::exercise),
        ("stun", exercise::attributes),
    ];
    for (target, exercise) in targets {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
        let mut files = 0;
        for entry in std::fs::read_dir(folder.join(target)).unwrap() {
            exercise(&std::fs::read(entry.unwrap().path()).unwrap());
            files += 1;
        }
        assert!(files > 0, "{target}");
    }
}

#[test]
fn every_message_is_read_without_harm_wherever_it_ends() {
    for case in table::cases() {
        for end in 0..case.message.len() {
            exercise::exercise(&case.message[..end]);
        }
    }
}

#[test]
fn every_message_is_read_without_harm_whatever_stands_in_one_place() {
    let (mut at, mut changes) = (0, b"\r\n\t \"\\<>;,:@%=\0\xff".iter().cycle());
    for case in table::cases() {
        at %= 3;
        while at < case.message.len() {
            let mut message = case.message.clone();
            message[at] = *changes.next().unwrap();
            exercise::exercise(&message);
            at += 3;
        }
    }
}
