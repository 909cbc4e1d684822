//! The spoken prompts that were made before the build; a file in the data folder goes before them.

use std::{fs, path::Path};

use media::{control::Prompt, prompt::SoundLibrary};

/// Key and WAV file of each prompt in the binary.
const BUILT_IN: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/prompts.rs"));

/// All sounds: `DATA/prompts/en/KEY.wav` where there is one, else what is in the binary, else tones.
pub fn library(data_dir: &Path) -> SoundLibrary {
    let own = data_dir.join("prompts/en");
    SoundLibrary::build(|prompt| recording(&own, prompt))
}

fn recording(own: &Path, prompt: Prompt) -> Option<Vec<u8>> {
    let key = prompt.key();
    fs::read(own.join(format!("{key}.wav"))).ok().or_else(|| {
        BUILT_IN
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, octets)| octets.to_vec())
    })
}
