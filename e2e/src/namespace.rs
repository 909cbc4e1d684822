//! Runs a test in a network of its own: a loopback whose every port is free, and an address that
//! is not a loopback one, which some phones insist on.

use std::{env, process::Command};

use crate::program;

/// The address beside the loopback.
pub const ADDRESS: &str = "10.99.0.1";

const INSIDE: &str = "CONVOKE_E2E_INSIDE";
const SET_UP: &str = "ip link set lo up && ip link add near type veth peer name far && \
    ip addr add 10.99.0.1/24 dev near && ip link set near up && ip link set far up && exec \"$@\"";

/// Runs the body in a new network namespace: the test program starts itself again there, for this
/// test alone.
///
/// # Panics
/// If the body does, or if there can be no namespace.
pub fn inside(test: &str, body: impl FnOnce()) {
    if env::var_os(INSIDE).is_some() {
        return body();
    }
    drop(program::command("ip", "iproute2"));
    let mut unshare = program::command("unshare", "util-linux");
    unshare.args(if is_root() { &["-n"][..] } else { &["-rn"][..] });
    let own = env::current_exe().expect("a running program knows its file");
    let output = unshare
        .args(["sh", "-c", SET_UP, "sh"])
        .arg(own)
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(INSIDE, "yes")
        .output()
        .expect("unshare can be run");
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    println!("{said}");
    assert!(
        output.status.success(),
        "it failed in its network namespace (which needs root or unprivileged user namespaces); see above"
    );
    assert!(said.contains("1 passed"), "no test is named {test}");
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}
