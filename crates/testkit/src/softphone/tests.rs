//! Two phones without a server between them.

use super::*;

fn pair(codec: Codec, tones: [f32; 2]) -> (Phone, Phone) {
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 9));
    let mut settings = Settings::new(nowhere, "202", "");
    (settings.codecs, settings.tone) = (vec![codec], tones[1]);
    let called = Phone::start(settings).unwrap();
    let mut settings = Settings::new(called.address(), "201", "");
    (settings.codecs, settings.tone) = (vec![codec], tones[0]);
    (Phone::start(settings).unwrap(), called)
}

fn check_tones(codec: Codec) {
    let (caller, called) = pair(codec, [440.0, 1_000.0]);
    let call = caller.call("202");
    assert!(call.is_answered());
    let other = called.talking().unwrap();
    assert!(call.hears(1_000.0) && other.hears(440.0), "{codec:?}");
    assert!(
        !call.hears_now(440.0) && !other.hears_now(1_000.0),
        "{codec:?}"
    );
    assert_eq!(call.codec(), Some(codec));
    call.hang_up();
    assert_eq!(other.ends(), Some(End::ByeReceived));
}

#[test]
fn two_phones_hear_each_other_in_every_codec() {
    for codec in [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::Opus] {
        check_tones(codec);
    }
}

#[test]
fn hold_keys_and_a_late_offer() {
    let (caller, called) = pair(Codec::Pcma, [440.0, 1_000.0]);
    let call = caller.call("202");
    assert!(call.is_answered() && call.hears(1_000.0));
    let other = called.talking().unwrap();
    call.press("12#");
    assert!(
        wait(PATIENCE, || (other.digits() == "12#").then_some(())).is_some(),
        "{}",
        other.digits()
    );
    let since = now();
    call.hold();
    assert!(call.silent_after(1_000.0, since, PATIENCE).is_some());
    assert!(wait(PATIENCE, || (!call.hears_now(1_000.0)).then_some(())).is_some());
    call.resume();
    assert!(call.hears(1_000.0));

    let settings = Settings {
        late_offer: true,
        ..caller.settings().clone()
    };
    let late = Phone::start(settings).unwrap();
    let call = late.call("202");
    assert!(call.is_answered() && call.hears(1_000.0));
}

#[test]
fn a_call_can_be_refused_and_cancelled() {
    let (caller, called) = pair(Codec::Pcmu, [0.0, 0.0]);
    called.behave(Answer::Refuse(486));
    assert_eq!(caller.call("202").ends(), Some(End::Refused(486)));
    called.behave(Answer::Never);
    let call = caller.call("202");
    assert!(call.reaches(State::Ringing, PATIENCE));
    let ringing = called.incoming(PATIENCE).unwrap();
    call.hang_up();
    assert_eq!(ringing.ends(), Some(End::Cancelled));
    assert_eq!(call.ends(), Some(End::HungUp));
}
