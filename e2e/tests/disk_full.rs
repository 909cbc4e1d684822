//! The disk is full: calls go on, a change is refused in words and never half done, and all is
//! well again once there is room.

use std::{fs, io::Write, path::PathBuf, time::Duration};

use e2e::{
    http::Answer,
    program,
    scene::Scene,
    server::{Options, Server},
};
use serde_json::json;
use testkit::softphone::wait;

/// Puts a small file system of its own over the data folder, where nobody else sees it.
const SMALL_DISK: &str = r#"
for argument in "$@"; do
    [ "$previous" = --data-dir ] && folder=$argument
    previous=$argument
done
mkdir -p "$folder" && mount -t tmpfs -o size=24m tmpfs "$folder" && exec "$@"
"#;

/// Takes all that is left of the server's disk.
fn fill(server: &Server) -> PathBuf {
    let folder = server.data_dir();
    let seen_by_it = format!("/proc/{}/root{}", server.process(), folder.display());
    let path = PathBuf::from(seen_by_it).join("filler");
    let mut file = fs::File::create(&path).expect("a file on the small disk");
    // From large pieces to small ones, to the last octet.
    for size in [1 << 20, 4_096, 1] {
        while file.write_all(&vec![7; size]).is_ok() {}
    }
    path
}

fn add(scene: &Scene, number: u32) -> Answer {
    let name = format!("Full {number} {}", "x".repeat(60));
    let target = format!("77{number:03}");
    let body = json!({"customer_id": scene.customer, "name": name, "target": target});
    scene.server.post("/contacts", body)
}

fn contacts(scene: &Scene) -> Option<u64> {
    let found = scene.server.get("/contacts?q=Full&limit=1").expect(200);
    found.body["total"].as_u64()
}

/// Adds contacts until one is refused for want of room; how many were not.
fn add_until_refused(scene: &Scene) -> u64 {
    let mut kept = 0;
    for number in 0..500 {
        let answer = add(scene, number);
        match answer.status {
            201 => kept += 1,
            429 => std::thread::sleep(Duration::from_millis(100)),
            status => {
                assert_eq!(status, 503, "{}", answer.text);
                let why = "disk of the server is full";
                assert!(answer.text.contains(why), "{}", answer.text);
                return kept;
            }
        }
    }
    panic!("{kept} contacts fit on a full disk")
}

#[test]
fn a_full_disk_ends_no_call_and_no_write_is_half_done() {
    drop(program::command("unshare", "util-linux"));
    let under = ["unshare", "-rm", "sh", "-c", SMALL_DISK, "sh"];
    let mut scene = Scene::with_people(
        Server::start_with(Options {
            under: under.map(str::to_owned).to_vec(),
            ..Options::default()
        }),
        4,
    );
    let phones: Vec<_> = (0..4)
        .map(|index| scene.phone(index, [440.0, 700.0, 1_000.0, 1_400.0][index]))
        .collect();
    let before = phones[0].call("202");
    assert!(before.is_answered());
    std::thread::sleep(Duration::from_millis(1_500));
    let filler = fill(&scene.server);

    // A little still fits into what the database has set aside; then it is refused, in words.
    let kept = add_until_refused(&scene);
    assert_eq!(contacts(&scene), Some(kept));
    assert!(scene.server.is_healthy());
    let log = scene.server.log();
    assert!(log.contains("disk of the database is full"), "{log}");

    assert!(before.hears(700.0), "the call goes on");
    let during = phones[2].call("204");
    assert!(during.is_answered(), "{:?}", during.end());
    assert!(during.hears(1_400.0));
    during.hang_up();
    before.hang_up();

    fs::remove_file(&filler).expect("the filler can be removed");
    let again = wait(Duration::from_secs(20), || {
        (add(&scene, 900).status == 201).then_some(())
    });
    assert!(again.is_some(), "there is room, and it is used");
    assert_eq!(contacts(&scene), Some(kept + 1));
    // Both calls are in the records, once the batches that failed are written.
    let recorded = wait(Duration::from_secs(20), || {
        let calls = scene.server.get("/calls?state=ended&limit=1").expect(200);
        (calls.body["total"] == 2).then_some(())
    });
    let calls = || scene.server.get("/calls").text;
    assert!(recorded.is_some(), "{}\n{}", calls(), scene.server.log());
    let verified = format!("/audit/verify?customer_id={}", scene.customer);
    let verified = scene.server.get(&verified).expect(200);
    assert_eq!(verified.body["intact"], true, "{}", verified.text);
    assert_eq!(scene.server.stop().code(), Some(0));
}
