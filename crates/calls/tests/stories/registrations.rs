//! REGISTER, and who gets in.

use std::{sync::Arc, time::Duration};

use calls::{EngineConfig, Input};
use model::*;
use sip::{HeaderName, Method, Uri};

use crate::world::*;

fn bindings(world: &World) -> Vec<Arc<StoredBinding>> {
    world
        .events
        .iter()
        .rev()
        .find_map(|event| match event {
            SwitchEvent::Registration { bindings, .. } => Some(bindings.to_vec()),
            _ => None,
        })
        .unwrap_or_default()
}

#[test]
fn a_phone_registers_with_a_challenge() {
    let mut world = World::new();
    let anna = world.phone("201");
    world.expect_ladder(&[
        "201 > REGISTER",
        "201 < 401 REGISTER",
        "201 > REGISTER",
        "201 < 200 REGISTER",
    ]);
    let kept = bindings(&world);
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].endpoint.source, "198.51.100.10:5060");
    assert_eq!(kept[0].endpoint.transport, "udp");
    assert_eq!(world.engine.figures().bindings, 1);
    world.act(anna, |phone| phone.register(0));
    world.pass_ms(100);
    assert!(bindings(&world).is_empty());
    assert_eq!(world.engine.figures().bindings, 0);
    world.expect_clean();
}

#[test]
fn strangers_wrong_passwords_and_unknown_names_are_refused_alike() {
    let mut answers = Vec::new();
    let long = "x".repeat(200);
    for (username, password) in [("201", "wrong"), ("nobody", "secret"), (&*long, "secret")] {
        for call in [false, true] {
            let mut world = World::new();
            let phone = world.phone_of("201", "201");
            let other = world.stranger(username);
            let _ = phone;
            world.act(other, |phone| {
                phone.password = password.to_owned();
                if call {
                    phone.call("202");
                } else {
                    phone.register(3600);
                }
            });
            world.pass_secs(1);
            let response = world.phones[other.0].last_response.clone().unwrap();
            let names: Vec<String> = response
                .headers
                .iter()
                .map(|(name, _)| name.to_string())
                .collect();
            answers.push((call, response.status, names));
            assert!(world.calls().is_empty());
            world.expect_clean();
        }
    }
    for other in answers.chunks(2) {
        assert_eq!(other, &answers[..2]);
    }
    assert_eq!((answers[0].1, answers[1].1), (401, 407));
}

#[test]
fn guesses_are_dropped_after_ten_but_the_right_digest_passes() {
    let mut world = World::new();
    let anna = world.phone_of("201", "201");
    world.act(anna, |phone| phone.password = "wrong".to_owned());
    for _ in 0..15 {
        world.act(anna, |phone| phone.register(3600));
        world.pass_ms(100);
    }
    let answered = world
        .ladder
        .iter()
        .filter(|line| *line == "201 < 401 REGISTER")
        .count();
    // Each try has one challenge; ten wrong answers got a second one.
    assert_eq!(answered, 15 + 10);
    let blocked = world.order(SwitchCommand::BlockedSources);
    let Some(Ok(SwitchReply::Blocked(blocked))) = blocked else {
        panic!("{blocked:?}");
    };
    let [block] = blocked.as_slice() else {
        panic!("{blocked:?}");
    };
    assert_eq!(block.address, world.phones[anna.0].address.ip());
    assert_eq!((block.prefix, block.username.as_str()), (32, "201"));
    assert!(block.failures > 10 && block.since < block.until);
    let failures = world
        .events
        .iter()
        .filter(|event| matches!(event, SwitchEvent::AuthFailed(_)))
        .count();
    assert!((1..=3).contains(&failures), "{failures}");
    // What was dropped is repeated for a while.
    world.pass_secs(40);
    world.act(anna, |phone| phone.password = "secret".to_owned());
    world.register(anna);
    // From now on the source has a phone: its mistakes are answered.
    world.act(anna, |phone| phone.password = "wrong".to_owned());
    world.act(anna, |phone| phone.register(3600));
    world.pass_ms(100);
    assert_eq!(world.phones[anna.0].last_register, Some(401));
    world.expect_clean();
}

#[test]
fn only_ones_own_address_of_record_can_be_registered() {
    let mut world = World::new();
    let anna = world.phone("201");
    world.phone("202");
    let before = world.engine.figures().bindings;
    world.act(anna, |phone| {
        let contacts = phone.contacts.clone();
        phone.register_as(&contacts, Some(3600), "202");
    });
    world.pass_ms(100);
    assert_eq!(world.phones[anna.0].last_register, Some(403));
    assert_eq!(world.engine.figures().bindings, before);
    world.expect_clean();
}

#[test]
fn another_customers_domain_is_404_and_any_other_host_ones_own() {
    let mut world = World::new();
    let anna = world.phone("201");
    for (host, status) in [
        ("main.convoke.internal", 481),
        ("192.0.2.1", 481),
        ("pbx.example", 481),
        ("acme.convoke.internal", 404),
        ("nobody.convoke.internal", 404),
    ] {
        world.act(anna, |phone| {
            let uri = Uri::parse(&format!("sip:202@{host}")).unwrap();
            let request = phone.request(Method::Info, &uri);
            phone.send_request(request);
        });
        world.pass_ms(100);
        let last = world.phones[anna.0].statuses.last().cloned();
        assert_eq!(last, Some((Method::Info, status)), "{host}");
    }
    world.expect_clean();
}

#[test]
fn requests_of_strangers_are_challenged_and_then_refused_as_their_rfc_says() {
    let mut world = World::new();
    let anna = world.phone("201");
    let eve = world.stranger("eve");
    for (method, unauthenticated, authenticated) in [
        (Method::Message, 407, 405),
        (Method::Subscribe, 407, 489),
        (Method::Publish, 407, 405),
        (Method::Refer, 407, 403),
        (Method::Notify, 407, 481),
        (Method::Info, 407, 481),
        (Method::Bye, 481, 481),
        (Method::Update, 481, 481),
        (Method::Prack, 481, 481),
        (Method::Options, 200, 200),
        (Method::parse("FLY").unwrap(), 501, 501),
    ] {
        for (phone, expect) in [(eve, unauthenticated), (anna, authenticated)] {
            world.act(phone, |phone| {
                let uri = Uri::parse("sip:202@main.convoke.internal").unwrap();
                let request = phone.request(method.clone(), &uri);
                phone.send_request(request);
            });
            world.pass_ms(100);
            let response = world.phones[phone.0].last_response.clone().unwrap();
            assert_eq!(response.status, expect, "{method}");
        }
    }
    world.expect_clean();
}

#[test]
fn ten_bindings_are_kept_and_the_oldest_makes_room() {
    let mut world = World::new();
    let anna = world.phone_of("201", "201");
    let contacts: Vec<String> = (0..11)
        .map(|n| format!("<sip:201@198.51.100.10:{}>", 6000 + n))
        .collect();
    world.act(anna, |phone| {
        phone.register_as(&contacts[..10], Some(600), "201")
    });
    world.pass_ms(100);
    assert_eq!(world.phones[anna.0].last_register, Some(200));
    world.act(anna, |phone| {
        phone.register_as(&contacts[10..], Some(600), "201")
    });
    world.pass_ms(100);
    assert_eq!(world.phones[anna.0].last_register, Some(200));
    assert_eq!(world.engine.figures().bindings, 10);
    let listed: Vec<_> = bindings(&world)
        .into_iter()
        .map(|b| format!("<{}>", b.endpoint.contact))
        .collect();
    assert_eq!(listed, contacts[1..]);
    world.act(anna, |phone| phone.register_as(&contacts, Some(600), "201"));
    world.pass_ms(100);
    assert_eq!(
        world.phones[anna.0].last_register,
        Some(403),
        "too many at once"
    );
    // A query lists them; the star removes them all.
    world.act(anna, |phone| phone.register_as(&[], None, "201"));
    world.pass_ms(100);
    let response = world.phones[anna.0].last_response.clone().unwrap();
    assert_eq!(response.headers.get_all(&HeaderName::Contact).count(), 10);
    let star = ["*".to_owned()];
    world.act(anna, |phone| phone.register_as(&star, Some(600), "201"));
    world.pass_ms(100);
    assert_eq!(world.phones[anna.0].last_register, Some(400));
    world.act(anna, |phone| phone.register_as(&star, Some(0), "201"));
    world.pass_ms(100);
    assert_eq!(world.engine.figures().bindings, 0);
    world.expect_clean();
}

#[test]
fn a_phone_with_a_new_address_is_the_same_by_its_instance() {
    let mut world = World::new();
    let anna = world.phone_of("201", "201");
    let contact = |port: u16| format!("<sip:201@198.51.100.10:{port}>;+sip.instance=\"<urn:a>\"");
    for port in 6000..6012 {
        world.act(anna, |phone| {
            phone.register_as(&[contact(port)], Some(600), "201");
        });
        world.pass_ms(100);
        assert_eq!(world.phones[anna.0].last_register, Some(200));
        assert_eq!(world.engine.figures().bindings, 1, "{port}");
    }
    // Two listed at once are two; the old one's end leaves the new one.
    let both = [contact(6011), contact(6012)];
    world.act(anna, |phone| phone.register_as(&both, Some(600), "201"));
    world.pass_ms(100);
    assert_eq!(world.engine.figures().bindings, 2);
    world.act(anna, |phone| {
        phone.register_as(&[contact(6011)], Some(0), "201");
    });
    world.pass_ms(100);
    assert_eq!(
        bindings(&world)[0].endpoint.contact,
        "sip:201@198.51.100.10:6012"
    );
    world.expect_clean();
}

#[test]
fn a_broken_stream_leads_nowhere_that_a_contact_invents() {
    for contact in [
        "<sip:202@169.254.169.254:80;transport=tcp>",
        "<sip:202@192.168.1.10;transport=tcp>",
        "<sip:202@192.0.2.1:5060;transport=tcp>",
    ] {
        let mut world = World::new();
        let anna = world.phone("201");
        let ben = world.phone_of("202", "202");
        world.phones[ben.0].transport = sip::Transport::Tcp;
        world.phones[ben.0].connection = 5;
        world.phones[ben.0].contacts = vec![contact.to_owned()];
        world.register(ben);
        let flow = sip::Flow {
            transport: sip::Transport::Tcp,
            local: SERVER,
            peer: world.phones[ben.0].address,
            connection: 5,
        };
        world.input(Input::ConnectionClosed { flow });
        assert!(bindings(&world).is_empty(), "{contact}");
        world.act(anna, |phone| phone.call("202"));
        world.pass_ms(200);
        assert_eq!(world.phones[anna.0].last().status, Some(480));
        world.expect_clean();
    }
}

#[test]
fn phones_of_private_networks_are_refused_where_they_may_not_be() {
    let public = "198.51.100.10:5060";
    for (source, private, status) in [
        ("10.1.2.3:5060", PrivateTargets::Allowed, 200),
        ("127.0.0.1:5080", PrivateTargets::Allowed, 200),
        ("169.254.1.1:5060", PrivateTargets::Allowed, 403),
        (public, PrivateTargets::Refused, 200),
        ("10.1.2.3:5060", PrivateTargets::Refused, 403),
        ("127.0.0.1:5080", PrivateTargets::Refused, 403),
    ] {
        let config = EngineConfig {
            private_targets: private,
            ..config()
        };
        let mut world = World::seeded(1, config);
        let anna = world.phone_of("201", "201");
        world.phones[anna.0].address = source.parse().unwrap();
        // What a phone behind a NAT writes: nothing is sent there.
        world.phones[anna.0].contacts = vec!["<sip:201@192.168.1.10>".to_owned()];
        world.act(anna, |phone| phone.register(3600));
        world.pass_ms(100);
        let answered = world.phones[anna.0].last_register;
        assert_eq!(answered, Some(status), "{source} {private:?}");
        assert_eq!(bindings(&world).len(), usize::from(status == 200));
        world.expect_clean();
    }
}

#[test]
fn bindings_end_when_they_said_they_would() {
    let mut world = World::new();
    let anna = world.phone_of("201", "201");
    world.act(anna, |phone| phone.register(30));
    world.pass_ms(100);
    assert_eq!(world.phones[anna.0].last_register, Some(423));
    let response = world.phones[anna.0].last_response.clone().unwrap();
    let shortest = response.headers.get(&HeaderName::MinExpires).unwrap();
    assert_eq!(shortest.text(), "60");
    world.act(anna, |phone| phone.register(60));
    world.pass_secs(59);
    assert_eq!(world.engine.figures().bindings, 1);
    world.pass_secs(2);
    assert_eq!(world.engine.figures().bindings, 0);
    assert!(bindings(&world).is_empty());
    // Years are cut to an hour.
    world.act(anna, |phone| phone.register(100_000_000));
    world.pass_secs(3500);
    assert_eq!(world.engine.figures().bindings, 1);
    world.pass_secs(110);
    assert_eq!(world.engine.figures().bindings, 0);
    world.expect_clean();
}

#[test]
fn nobody_expires_and_no_call_ends_when_the_clock_is_set() {
    for day in [86_400, -86_400] {
        let mut world = World::new();
        let (anna, ben) = (world.phone("201"), world.phone("202"));
        world.act(ben, |phone| phone.answering = Answering::AtOnce);
        world.act(anna, |phone| phone.call("202"));
        world.pass_ms(500);
        world.clock_set_by = day;
        world.pass_secs(60);
        assert_eq!(world.engine.figures().bindings, 2);
        assert_eq!(world.bridges(), 1);
        // Neither are nonces too old, nor bindings refreshed to an end that has passed.
        world.register(anna);
        world.pass_secs(600);
        assert_eq!(world.engine.figures().bindings, 2);
        world.act(anna, |phone| phone.hang_up());
        world.pass_secs(1);
        assert_eq!(world.record().cause, Some(EndCause::CallerHungUp));
        world.expect_clean();
    }
}

#[test]
fn who_registered_last_is_not_the_oldest_because_the_clock_was_set_back() {
    let mut world = World::new();
    let anna = world.phone_of("201", "201");
    let contacts: Vec<String> = (0..12)
        .map(|n| format!("<sip:201@198.51.100.10:{}>", 6000 + n))
        .collect();
    for (n, contact) in contacts.iter().enumerate() {
        if n == 10 {
            world.clock_set_by = -3600;
        }
        let contact = [contact.clone()];
        world.act(anna, |phone| phone.register_as(&contact, Some(600), "201"));
        world.pass_ms(100);
    }
    let listed: Vec<_> = bindings(&world)
        .into_iter()
        .map(|b| format!("<{}>", b.endpoint.contact))
        .collect();
    assert_eq!(listed, contacts[2..]);
    world.expect_clean();
}

#[test]
fn a_restart_after_the_clock_was_set_loses_nobody() {
    for set_by in [86_400, -86_400] {
        let mut world = World::new();
        let _ = world.phone("202");
        world.clock_set_by = set_by;
        world.pass_secs(1);
        world.input(Input::Timer);
        let mut after = World::new();
        after.clock_set_by = set_by;
        let _ = after.phone_of("202", "202");
        after.pass_secs(1);
        after.input(Input::Timer);
        after.input(Input::Restore(bindings(&world)));
        assert_eq!(after.engine.figures().bindings, 1, "{set_by}");
        // For as long as they had, and no longer.
        after.pass_secs(3500);
        assert_eq!(after.engine.figures().bindings, 1);
        after.pass_secs(200);
        assert_eq!(after.engine.figures().bindings, 0);
    }
}

#[test]
fn a_phone_that_registers_again_is_the_same_binding() {
    let mut world = World::new();
    let anna = world.phone("201");
    world.pass_secs(600);
    world.register(anna);
    assert_eq!(world.engine.figures().bindings, 1);
    // RFC 5626: the same flow of the same instance, from a new address.
    let outbound = |port: u16| {
        vec![format!(
            "<sip:201@198.51.100.10:{port}>;+sip.instance=\"<urn:uuid:1>\";reg-id=1"
        )]
    };
    world.act(anna, |phone| {
        phone.register_as(&outbound(7001), Some(600), "201")
    });
    world.pass_ms(100);
    world.act(anna, |phone| {
        phone.register_as(&outbound(7002), Some(600), "201")
    });
    world.pass_ms(100);
    assert_eq!(world.engine.figures().bindings, 2);
    world.expect_clean();
}

#[test]
fn bindings_outlive_a_restart() {
    let mut world = World::new();
    let ben = world.phone("202");
    let kept = bindings(&world);
    let mut after = World::seeded(2, config());
    let anna = after.phone_of("201", "201");
    after.phones.push(Phone::new(
        "202",
        world.phones[ben.0].address,
        after.dice.clone(),
        after.now,
    ));
    let ben = PhoneId(1);
    after.phones[1].address = "198.51.100.10:5060".parse().unwrap();
    after.phones[0].address = "198.51.100.77:5060".parse().unwrap();
    after.phones[0].contacts = vec!["<sip:201@198.51.100.77:5060>".to_owned()];
    let user = after.person("202");
    let kept = kept
        .into_iter()
        .map(|mut binding| {
            Arc::make_mut(&mut binding).endpoint.user = user;
            binding
        })
        .collect();
    after.input(Input::Restore(kept));
    assert_eq!(after.engine.figures().bindings, 1);
    after.register(anna);
    after.act(anna, |phone| phone.call("202"));
    after.pass_ms(200);
    assert!(after.phones[ben.0].ringing().is_some());
    after.act(anna, |phone| phone.cancel());
    after.pass_secs(1);
    // And they still end.
    after.pass_secs(3600);
    assert_eq!(after.engine.figures().bindings, 0);
    after.expect_clean();
}

/// What is kept of that registration, and what a server after a restart makes of it.
fn restarted(contact: &str, transport: sip::Transport) -> (World, World, PhoneId) {
    let mut world = World::new();
    let ben = world.phone_of("202", "202");
    world.phones[ben.0].transport = transport;
    world.phones[ben.0].connection = u64::from(transport.is_reliable()) * 5;
    world.phones[ben.0].contacts = vec![contact.to_owned()];
    world.register(ben);
    let mut after = World::new();
    assert_eq!(after.phone_of("202", "202"), ben);
    after.phones[ben.0].transport = transport;
    after.phones[ben.0].contacts = vec![contact.to_owned()];
    after.input(Input::Restore(bindings(&world)));
    (world, after, ben)
}

#[test]
fn a_restored_binding_keeps_its_preference_and_its_flow() {
    let contact = "<sip:202@198.51.100.10>;q=0.7;+sip.instance=\"<urn:uuid:1>\";reg-id=3";
    let (world, mut after, ben) = restarted(contact, sip::Transport::Udp);
    assert_eq!(after.engine.figures().bindings, 1);
    // A REGISTER without contacts asks what there is.
    after.act(ben, |phone| phone.register_as(&[], None, "202"));
    after.pass_ms(100);
    let listed = |world: &World| {
        let response = world.phones[ben.0].last_response.clone().unwrap();
        let contact = response.headers.contact().unwrap();
        ["q", "reg-id", "+sip.instance"].map(|name| contact.params.get(name).map(str::to_owned))
    };
    assert_eq!(listed(&after), listed(&world));
    assert_eq!(listed(&after)[0].as_deref(), Some("0.700"));
    // The same flow from elsewhere is the same binding.
    let moved = contact.replace("100.10", "100.10:6000");
    after.act(ben, |phone| phone.register_as(&[moved], Some(600), "202"));
    after.pass_ms(100);
    assert_eq!(after.engine.figures().bindings, 1);
    after.expect_clean();
}

#[test]
fn a_stream_that_ended_with_the_server_leads_where_a_broken_one_does() {
    for (contact, kept) in [
        ("<sip:202@198.51.100.10;transport=tcp>", 1),
        ("<sip:202@192.168.1.10;transport=tcp>", 0),
        (
            "<sip:202@198.51.100.10;transport=tcp>;+sip.instance=\"<urn:uuid:1>\";reg-id=1",
            0,
        ),
    ] {
        let (_, mut after, _) = restarted(contact, sip::Transport::Tcp);
        assert_eq!(after.engine.figures().bindings, kept, "{contact}");
        let told = after
            .events
            .iter()
            .filter(|event| matches!(event, SwitchEvent::Registration { .. }));
        assert_eq!(told.count(), 1 - kept, "{contact}");
        assert!(bindings(&after).is_empty());
        after.expect_clean();
    }
}

#[test]
fn an_administrator_removes_an_endpoint_or_a_device() {
    let mut world = World::new();
    let anna = world.phone("201");
    let facts = world.facts("201");
    let contact = bindings(&world)[0].endpoint.contact.clone();
    world.order(SwitchCommand::RemoveEndpoint {
        device: facts.device,
        contact,
    });
    assert_eq!(world.engine.figures().bindings, 0);
    world.register(anna);
    world.order(SwitchCommand::DeviceRevoked(facts.device));
    assert_eq!(world.engine.figures().bindings, 0);
    assert!(bindings(&world).is_empty());
    world.expect_clean();
}

#[test]
fn a_captured_answer_is_worth_nothing_elsewhere() {
    let mut world = World::new();
    let anna = world.phone("201");
    let eve = world.stranger("eve");
    let captured = {
        world.act(anna, |phone| phone.call("202"));
        world.pass_ms(100);
        let invite = world.phones[anna.0].last().invite.clone();
        assert!(invite.headers.contains(&HeaderName::ProxyAuthorization));
        invite
    };
    world.pass_secs(40);
    let calls = world.calls().len();
    let mut replay = captured;
    replay.headers.prepend(
        HeaderName::Via,
        "SIP/2.0/UDP 203.0.113.11:5060;branch=z9hG4bKreplay;rport",
    );
    replay.headers.set(HeaderName::CallId, "replayed");
    world.inject(eve, replay.to_bytes());
    world.pass_ms(100);
    let response = world.phones[eve.0].last_response.clone().unwrap();
    assert_eq!(response.status, 407);
    let challenge = &response.headers.challenges()[0];
    assert!(challenge.stale);
    assert_eq!(world.calls().len(), calls);
    world.expect_clean();
}

#[test]
fn phones_are_asked_for_their_round_trip() {
    let mut settings = config();
    settings.ping_every = Some(Duration::from_secs(60));
    let mut world = World::seeded(1, settings);
    world.phone("201");
    world.pass_secs(100);
    assert!(world.ladder.contains(&"201 < OPTIONS".to_owned()));
    assert_eq!(bindings(&world)[0].endpoint.rtt_ms, Some(20));
    world.phones[0].plugged_in = false;
    world.pass_secs(200);
    assert_eq!(bindings(&world)[0].endpoint.rtt_ms, None);
    assert_eq!(world.engine.figures().bindings, 1);
}

#[test]
fn a_phone_behind_a_stream_is_called_over_it_and_anew_when_it_broke() {
    let mut world = World::new();
    let anna = world.phone("201");
    let ben = world.phone_of("202", "202");
    world.phones[ben.0].transport = sip::Transport::Tcp;
    world.phones[ben.0].connection = 5;
    let contact = format!("<sip:202@{};transport=tcp>", world.phones[ben.0].address);
    world.phones[ben.0].contacts = vec![contact];
    world.register(ben);
    assert_eq!(bindings(&world)[0].endpoint.transport, "tcp");
    world.act(ben, |phone| phone.answering = Answering::AtOnce);
    world.act(anna, |phone| phone.call("202"));
    world.pass_secs(1);
    assert_eq!(world.bridges(), 1);
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    let flow = sip::Flow {
        transport: sip::Transport::Tcp,
        local: SERVER,
        peer: world.phones[ben.0].address,
        connection: 5,
    };
    world.input(Input::ConnectionClosed { flow });
    world.act(anna, |phone| phone.call("202"));
    world.pass_secs(1);
    assert_eq!(world.bridges(), 1, "over a new connection");
    world.act(anna, |phone| phone.hang_up());
    world.pass_secs(1);
    // Where none can be made, the phone is offline at once.
    world.input(Input::ConnectionClosed {
        flow: sip::Flow {
            connection: world.phones[ben.0].connection,
            ..flow
        },
    });
    world.phones[ben.0].plugged_in = false;
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(200);
    assert_eq!(world.phones[anna.0].last().status, Some(480));
    world.expect_clean();
}

#[test]
fn what_a_phone_says_of_itself_is_not_passed_on() {
    let mut world = World::new();
    let (anna, ben) = (world.phone("201"), world.phone("202"));
    world.act(anna, |phone| {
        let lie = "\"The Boss\" <sip:100@main.convoke.internal>".to_owned();
        phone
            .extra
            .push((HeaderName::PAssertedIdentity, lie.clone()));
        phone.extra.push((HeaderName::RemotePartyId, lie));
        phone.call("202")
    });
    world.pass_ms(200);
    let invite = world.phones[ben.0].last().invite.clone();
    let from = invite.headers.from().unwrap();
    assert_eq!(from.uri.user().as_deref(), Some("201"));
    assert_eq!(from.display.as_deref(), Some("Person 201"));
    assert!(!String::from_utf8_lossy(&invite.to_bytes()).contains("Boss"));
    world.act(anna, |phone| phone.cancel());
    world.pass_secs(1);
    world.expect_clean();
}

#[test]
fn a_path_is_kept_and_followed() {
    let mut world = World::new();
    let anna = world.phone("201");
    let ben = world.phone_of("202", "202");
    world.act(ben, |phone| {
        let hop = "<sip:proxy.example;lr>".to_owned();
        phone.extra.push((HeaderName::Path, hop));
        phone.register(600);
    });
    world.pass_ms(100);
    let response = world.phones[ben.0].last_response.clone().unwrap();
    assert!(response.headers.contains(&HeaderName::Path));
    assert_eq!(bindings(&world)[0].path, ["<sip:proxy.example;lr>"]);
    world.act(anna, |phone| phone.call("202"));
    world.pass_ms(100);
    let invite = world.phones[ben.0].last().invite.clone();
    let route = invite.headers.get(&HeaderName::Route).unwrap();
    assert_eq!(route.text(), "<sip:proxy.example;lr>");
    world.act(anna, |phone| phone.cancel());
    world.pass_secs(1);
    world.expect_clean();
}

/// What comes back for a STUN Binding request from the phone's address.
fn keep_alive(world: &mut World, phone: PhoneId) -> Option<bytes::Bytes> {
    let mut request = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
    request.extend(b"transaction1");
    let flow = sip::Flow {
        transport: sip::Transport::Udp,
        local: SERVER,
        peer: world.phones[phone.0].address,
        connection: 0,
    };
    let (now, bytes) = (world.time(), request.into());
    world.engine.handle(now, Input::Packet { flow, bytes });
    let mut answer = None;
    while let Some(output) = world.engine.poll() {
        let calls::Output::Send { flow: to, bytes } = output else {
            panic!("{output:?}");
        };
        assert_eq!(to, flow);
        answer = Some(bytes);
    }
    answer
}

#[test]
fn a_path_is_kept_open_as_long_as_there_is_a_binding() {
    let mut world = World::new();
    let anna = world.phone("201");
    let stranger = world.stranger("nobody");
    let address = world.phones[anna.0].address;
    let answer = sip::stun::binding_response(*b"transaction1", address);
    assert_eq!(keep_alive(&mut world, anna), Some(answer));
    assert_eq!(keep_alive(&mut world, stranger), None);
    world.act(anna, |phone| phone.register(0));
    world.pass_ms(100);
    assert_eq!(keep_alive(&mut world, anna), None);
}
