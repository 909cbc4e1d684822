//! Makes the packets of sounds that are played for the first time, on a thread of its own.

use std::{
    io,
    sync::{Arc, mpsc},
    thread,
};

use media::{control::Sound, prompt::SoundLibrary};

/// The thread that encodes sounds; it sleeps until one is wanted.
pub struct Sounds {
    library: Arc<SoundLibrary>,
    wanted: Option<mpsc::Sender<Sound>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Sounds {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system has no thread for it.
    pub fn start(library: Arc<SoundLibrary>) -> io::Result<Self> {
        let (wanted, orders) = mpsc::channel();
        let thread = thread::Builder::new().name("media-sounds".into()).spawn({
            let library = Arc::clone(&library);
            move || {
                for sound in orders {
                    // A leg that waits for it encodes for itself in the end.
                    if let Err(error) = library.encode(sound) {
                        tracing::error!(?sound, %error, "a sound cannot be encoded");
                    }
                }
            }
        })?;
        Ok(Self {
            library,
            wanted: Some(wanted),
            thread: Some(thread),
        })
    }

    /// This one is about to be played.
    pub fn want(&self, sound: Sound) {
        if !self.library.is_encoded(sound)
            && let Some(wanted) = &self.wanted
        {
            // The thread ends only when this is dropped.
            let _ = wanted.send(sound);
        }
    }
}

impl Drop for Sounds {
    fn drop(&mut self) {
        self.wanted = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed; there is nothing to save.
            let _ = thread.join();
        }
    }
}
