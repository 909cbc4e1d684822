//! Many short lives of an office over a bad network, each from a seed: whatever is lost, doubled
//! or late, nothing is left behind and every call has one record.

use media::sdp::Direction;

use crate::world::*;

/// Seeds of a run; more with `CONVOKE_SEEDS`.
const SEEDS: u64 = 300;

#[test]
fn nothing_is_left_behind_whatever_the_network_does() {
    let seeds = std::env::var("CONVOKE_SEEDS")
        .ok()
        .and_then(|seeds| seeds.parse().ok())
        .unwrap_or(SEEDS);
    for seed in 0..seeds {
        live(seed);
    }
}

fn live(seed: u64) {
    let result = std::panic::catch_unwind(|| {
        let mut world = World::seeded(seed, config());
        world.record_ladder = false;
        let phones: Vec<PhoneId> = ["201", "202", "203"]
            .into_iter()
            .map(|name| world.phone(name))
            .collect();
        let second = world.phone_of("203", "203-2");
        world.register(second);
        world.faults = Faults {
            lost: 80,
            doubled: 80,
            late: 200,
        };
        for _ in 0..12 {
            let phone = phones[world.dice.below(3) as usize];
            act(&mut world, phone);
            let pause = world.dice.below(900);
            world.pass_ms(pause);
        }
        world.faults = Faults::default();
        end(&mut world);
        world.expect_clean();
    });
    assert!(result.is_ok(), "seed {seed}");
}

/// Something that a person might do now.
fn act(world: &mut World, phone: PhoneId) {
    let (what, whom) = (world.dice.below(9), world.dice.below(5));
    let number = ["201", "202", "203", "204", "999"][whom as usize];
    world.act(phone, |phone| match what {
        0 | 1 => {
            phone.call(number);
        }
        2 | 3 => phone.answer(),
        4 => {
            if phone.calls.iter().any(|call| call.client.is_some()) {
                phone.cancel();
            }
        }
        5 => phone.hang_up(),
        6 => phone.refuse(486),
        7 => {
            if phone.talking().is_some() {
                phone.reinvite(Direction::SendOnly);
            }
        }
        _ => {
            if let Some(at) = phone.talking() {
                phone.refer(at, &format!("<sip:{number}@main.convoke.internal>"));
            }
        }
    });
}

/// Everybody goes home.
fn end(world: &mut World) {
    for _ in 0..6 {
        for phone in 0..world.phones.len() {
            let calls = world.phones[phone].calls.len();
            for _ in 0..calls {
                world.act(PhoneId(phone), |phone| {
                    phone.hang_up();
                    phone.refuse(480);
                });
            }
        }
        world.pass_secs(35);
    }
}
