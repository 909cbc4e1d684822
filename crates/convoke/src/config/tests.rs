use super::*;

fn complete(options: Options) -> Result<Config, String> {
    options.complete().map_err(|error| error.0)
}

#[test]
fn defaults_are_those_of_the_contract() {
    let config = complete(Options::default()).unwrap();
    assert_eq!(config.http, "127.0.0.1:8080".parse().unwrap());
    assert_eq!(
        config.sip,
        vec![
            "0.0.0.0:5060".parse().unwrap(),
            "[::]:5060".parse().unwrap()
        ]
    );
    assert_eq!(config.media_ports, (20000, 29999));
    assert_eq!(config.database, "sqlite:convoke-data/convoke.db");
    assert_eq!(config.key_file, PathBuf::from("convoke-data/secret.key"));
    assert_eq!(config.sip_digest, vec![DigestAlgorithm::Md5]);
    assert_eq!(config.grace_secs, 0);
}

#[test]
fn a_wrong_value_names_its_option_and_what_is_expected() {
    let check = |options: Options, expect: &str| {
        let message = complete(options).unwrap_err();
        assert!(message.contains(expect), "{message}");
    };
    let some = |text: &str| Some(text.to_owned());
    check(
        Options {
            http: some("8080"),
            ..Options::default()
        },
        "--http: `8080` is not an address and port",
    );
    check(
        Options {
            sip: some("nowhere"),
            ..Options::default()
        },
        "--sip: `nowhere`",
    );
    check(
        Options {
            media_ports: some("30000-20000"),
            ..Options::default()
        },
        "--media-ports",
    );
    check(
        Options {
            media_address: some("x"),
            ..Options::default()
        },
        "--media-address: `x` is not an IP address",
    );
    check(
        Options {
            sip_digest: some("sha1"),
            ..Options::default()
        },
        "--sip-digest: `sha1`",
    );
    check(
        Options {
            media_workers: Some(0),
            ..Options::default()
        },
        "--media-workers: `0`",
    );
    check(
        Options {
            sip_domain: some("a..b"),
            ..Options::default()
        },
        "--sip-domain",
    );
}

#[test]
fn a_database_password_is_not_repeated() {
    let options = Options {
        database: Some("mysql://u:hunter2@h/d".to_owned()),
        ..Options::default()
    };
    let message = complete(options).unwrap_err();
    assert!(
        message.contains("--database") && !message.contains("hunter2"),
        "{message}"
    );
}

#[test]
fn the_file_gives_way_to_what_was_given_first() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("convoke.toml");
    fs::write(&file, "http = \"127.0.0.1:1\"\nsip = \"127.0.0.1:2\"\n").unwrap();
    let given = Options {
        http: Some("127.0.0.1:3".to_owned()),
        ..Options::default()
    };
    let config = complete(given.or(Options::from_file(&file).unwrap())).unwrap();
    assert_eq!(config.http.port(), 3);
    assert_eq!(config.sip[0].port(), 2);
}

#[test]
fn an_unknown_name_in_the_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("convoke.toml");
    fs::write(&file, "htpp = \"127.0.0.1:1\"\n").unwrap();
    let message = Options::from_file(&file).unwrap_err().0;
    assert!(
        message.contains("htpp") && message.contains("convoke.toml"),
        "{message}"
    );
}

#[test]
fn plain_http_to_the_network_is_exposed_unless_a_proxy_is_named() {
    let exposed = |http: &str, proxies: Option<&str>| {
        let options = Options {
            http: Some(http.to_owned()),
            trusted_proxies: proxies.map(str::to_owned),
            ..Options::default()
        };
        complete(options).unwrap().is_exposed()
    };
    assert!(!exposed("127.0.0.1:8080", None));
    assert!(exposed("0.0.0.0:8080", None));
    assert!(exposed("192.0.2.1:8080", None));
    assert!(!exposed("0.0.0.0:8080", Some("10.0.0.1")));
}

#[test]
fn private_addresses_are_called_and_the_audit_log_is_kept_unless_told_otherwise() {
    let config = complete(Options::default()).unwrap();
    assert_eq!(config.private_targets, PrivateTargets::Allowed);
    assert_eq!(config.audit_kept_days, None);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("convoke.toml");
    fs::write(&file, "sip_private_targets = false\naudit_kept_days = 90\n").unwrap();
    let config = complete(Options::from_file(&file).unwrap()).unwrap();
    assert_eq!(config.private_targets, PrivateTargets::Refused);
    assert_eq!(config.audit_kept_days, Some(90));
    let options = Options {
        audit_kept_days: Some(0),
        ..Options::default()
    };
    let message = complete(options).unwrap_err();
    assert!(message.contains("--audit-kept-days: `0`"), "{message}");
}
