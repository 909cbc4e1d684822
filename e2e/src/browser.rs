//! A real Chromium, run by a script of `e2e/browser` that does one thing after the other and says
//! what it did, so that a test can look at the phones in between.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, Stdio},
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use serde_json::Value;

use crate::program;

/// A running script. It is ended, and the browser with it, when this goes.
pub struct Browser {
    child: Child,
    orders: ChildStdin,
    said: Receiver<String>,
    log: Vec<String>,
}

impl Browser {
    /// Starts a script with what it has to know.
    ///
    /// # Panics
    /// If Node, its packages or Chromium are missing.
    #[must_use]
    pub fn start(script: &str, facts: &Value) -> Self {
        drop(program::command("chromium", "chromium"));
        let packages = program::source("portal/node_modules/playwright-core");
        assert!(
            packages.is_dir(),
            "the browser is run by playwright-core: run `npm ci` in portal/ first"
        );
        let mut child = program::command("node", "nodejs")
            .arg(program::source("e2e/browser").join(script))
            .arg(facts.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("node can be run");
        let orders = child.stdin.take().expect("its input is a pipe");
        let output = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let (sender, said) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            orders,
            said,
            log: Vec::new(),
        }
    }

    /// Lets it do its next thing and waits until it says that it has done this one.
    ///
    /// # Panics
    /// If it could not, or says nothing for minutes: Chromium starts slowly on a busy machine.
    pub fn does(&mut self, thing: &str) {
        let _ = self.told(thing);
    }

    /// As [`does`](Self::does), and gives what the page showed.
    ///
    /// # Panics
    /// If it could not, or has nothing to tell.
    #[must_use]
    pub fn tells(&mut self, thing: &str) -> Value {
        let told = self.told(thing);
        told.unwrap_or_else(|| panic!("the browser tells nothing of `{thing}`: {:#?}", self.log))
    }

    fn told(&mut self, thing: &str) -> Option<Value> {
        writeln!(self.orders, "{thing}").expect("the browser's script runs");
        let mut told = None;
        loop {
            let line = self.said.recv_timeout(Duration::from_secs(150));
            let line = line
                .unwrap_or_else(|_| panic!("the browser has not done `{thing}`: {:#?}", self.log));
            self.log.push(line.clone());
            match line.split_once(": ") {
                Some(("done", done)) if done == thing => return told,
                Some(("told", json)) => told = serde_json::from_str(json).ok(),
                Some(("failed", _)) => {
                    panic!("the browser could not do `{thing}`: {:#?}", self.log)
                }
                _ => {}
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The end of its input makes the script close the browser.
        let _ = writeln!(self.orders, "close");
        if testkit::softphone::wait(Duration::from_secs(5), || {
            self.child.try_wait().ok().flatten()
        })
        .is_none()
        {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
