use super::*;
use crate::codec::{CODECS, Decoder, MAX_PACKET_SAMPLES, level_of_pcm};
use crate::control::Codec;
use crate::signal::{purity_db, rms, sine};
use crate::wav::WavWriter;

fn spoken(rate: u32) -> Vec<u8> {
    let mut writer = WavWriter::new(rate);
    let mut data = Vec::new();
    writer.push(&sine(1_000.0, 10_000.0, rate, rate as usize), &mut data);
    let mut file = writer.header().to_vec();
    file.extend(data);
    file
}

#[test]
fn every_sound_is_there_in_every_codec() {
    let library = SoundLibrary::build(|prompt| (prompt == Prompt::Menu).then(|| spoken(22_050)));
    assert_eq!(library.missing().len(), Prompt::ALL.len() - 1);
    assert!(!library.missing().contains(&Prompt::Menu));
    let sounds = Prompt::ALL.map(Sound::Prompt).into_iter().chain([
        Sound::Ringback(TonePlan::Europe),
        Sound::Ringback(TonePlan::NorthAmerica),
        Sound::Ringback(TonePlan::UnitedKingdom),
        Sound::JoinTone,
        Sound::LeaveTone,
        Sound::Beep,
        Sound::Error,
        Sound::Music,
    ]);
    for sound in sounds {
        let clip = library.clip(sound);
        assert_eq!(clip.packet(Codec::Opus, 0), None);
        library.encode(sound).unwrap();
        for codec in CODECS {
            for tick in 0..clip.ticks() {
                let packet = clip.packet(codec, tick).unwrap();
                assert_eq!(
                    codec.duration(packet),
                    Some(codec.tick_units()),
                    "{sound:?} {codec:?}"
                );
            }
            assert_eq!(clip.packet(codec, clip.ticks()), clip.packet(codec, 0));
        }
    }
}

/// What was spoken is heard, whichever way it is played.
#[test]
fn a_spoken_prompt_is_heard() {
    let library = SoundLibrary::build(|_| Some(spoken(22_050)));
    let sound = Sound::Prompt(Prompt::EnterPin);
    assert!(!library.is_encoded(sound));
    library.encode(sound).unwrap();
    assert!(library.is_encoded(sound));
    assert!(library.missing().is_empty());
    let clip = library.clip(Sound::Prompt(Prompt::EnterPin));
    assert_eq!(clip.ticks(), 50);
    let mut out = [0; MAX_PACKET_SAMPLES];
    for codec in CODECS {
        let mut decoder = Decoder::new(codec).unwrap();
        let mut heard = Vec::new();
        for tick in 0..clip.ticks() {
            let packet = clip.packet(codec, tick).unwrap();
            let samples = decoder.decode(packet, &mut out).unwrap();
            heard.extend_from_slice(&out[..samples]);
        }
        let middle = &heard[heard.len() / 4..heard.len() * 3 / 4];
        let purity = purity_db(1_000.0, codec.pcm_rate(), middle);
        assert!(purity > 18.0, "{codec:?}: {purity:.1} dB");
    }
    for rate in [8_000, 16_000, 48_000] {
        let mut tick = vec![0; rate as usize / 50];
        let mut heard = Vec::new();
        for number in 0..clip.ticks() {
            clip.read(rate, number, &mut tick);
            heard.extend_from_slice(&tick);
        }
        let middle = &heard[heard.len() / 4..heard.len() * 3 / 4];
        assert!(purity_db(1_000.0, rate, middle) > 45.0);
        assert!((7_000.0..7_150.0).contains(&rms(middle)));
        clip.read(rate, clip.ticks() + 10, &mut tick);
        assert!(rms(&tick) > 7_000.0);
    }
}

#[test]
fn what_is_no_wav_is_missing() {
    let library = SoundLibrary::build(|prompt| match prompt {
        Prompt::Menu => Some(b"RIFF".to_vec()),
        Prompt::Full => Some(Vec::new()),
        Prompt::Muted => Some(WavWriter::new(16_000).header().to_vec()),
        _ => Some(spoken(16_000)),
    });
    assert_eq!(
        library.missing(),
        [Prompt::Full, Prompt::Muted, Prompt::Menu]
    );
    let mut tick = [0; 320];
    library
        .clip(Sound::Prompt(Prompt::Menu))
        .read(16_000, 2, &mut tick);
    assert!(level_of_pcm(&tick) < 40, "a tone stands in");
}

/// The texts have each prompt once, and nothing else.
#[test]
fn the_texts_are_complete() {
    let english = include_str!("../../../../prompts/en.txt");
    let keys: Vec<&str> = texts(english).map(|(key, _)| key).collect();
    assert_eq!(keys, Prompt::ALL.map(Prompt::key));
    for (key, text) in texts(english) {
        assert!(text.ends_with('.'), "{key}: {text}");
    }
}
