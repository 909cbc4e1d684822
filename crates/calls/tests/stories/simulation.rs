//! Many short lives of an office over a bad network, each from a seed: whatever is lost, doubled
//! or late, nothing is left behind and every call has one record.

use media::sdp::Direction;

use std::{collections::HashSet, time::Duration};

use model::{ConferenceAction, ConferenceRole, EndCause, SwitchCommand, SwitchEvent};
use sip::HeaderName;

use crate::{
    conferences::{open_room, room},
    world::*,
};

/// Seeds of a run; more with `CONVOKE_SEEDS`.
const SEEDS: u64 = 300;

const BAD_NETWORK: Faults = Faults {
    lost: 80,
    doubled: 80,
    late: 200,
    garbled: 0,
};

fn seeds() -> u64 {
    let seeds = std::env::var("CONVOKE_SEEDS");
    seeds
        .ok()
        .and_then(|seeds| seeds.parse().ok())
        .unwrap_or(SEEDS)
}

#[test]
fn nothing_is_left_behind_whatever_the_network_does() {
    let mut causes: HashSet<EndCause> = HashSet::new();
    for seed in 0..seeds() {
        causes.extend(live(seed, BAD_NETWORK));
    }
    // The lives are worth living: calls are answered, given up, transferred and refused.
    for cause in [
        EndCause::CallerHungUp,
        EndCause::CalleeHungUp,
        EndCause::Cancelled,
        EndCause::NoAnswer,
        EndCause::Busy,
        EndCause::Transferred,
        EndCause::UnknownNumber,
        EndCause::Offline,
        EndCause::ConferenceEnded,
    ] {
        assert!(causes.contains(&cause), "{cause:?} in {causes:?}");
    }
}

/// Nothing that an authenticated phone says in a call makes the engine fail or leaves something
/// behind for ever.
#[test]
fn nothing_is_left_behind_whatever_phones_say() {
    for seed in 0..seeds() {
        for garbled in [60, 300] {
            live(
                seed,
                Faults {
                    garbled,
                    ..BAD_NETWORK
                },
            );
        }
    }
}

/// One life; how its calls ended.
fn live(seed: u64, faults: Faults) -> Vec<EndCause> {
    let result = std::panic::catch_unwind(|| {
        let mut world = World::seeded(seed, config());
        world.record_ladder = false;
        let phones: Vec<PhoneId> = ["201", "202", "203"]
            .into_iter()
            .map(|name| world.phone(name))
            .collect();
        let second = world.phone_of("203", "203-2");
        world.register(second);
        let habits = [
            Answering::Ring,
            Answering::Ring,
            Answering::RingReliably,
            Answering::AtOnce,
            Answering::AtOnce,
            Answering::After(700),
            Answering::Silent,
            Answering::Refuse(486),
            Answering::Early,
            Answering::EarlyReliably,
        ];
        for phone in 0..world.phones.len() {
            let habit = habits[world.dice.below(10) as usize];
            world.phones[phone].answering = habit;
        }
        let weekly = room(&world, "800");
        open_room(&mut world, &weekly, ConferenceRole::Participant);
        world.media_opens_after = Duration::from_millis(world.dice.below(3) * 60);
        world.faults = faults;
        for _ in 0..12 {
            let phone = phones[world.dice.below(3) as usize];
            act(&mut world, phone);
            let pause = world.dice.below(900);
            world.pass_ms(pause);
        }
        if faults.garbled > 0 {
            // Calls that are still up are refreshed meanwhile.
            world.pass_secs(2_000);
        }
        world.faults = Faults::default();
        end(&mut world);
        if faults.garbled > 0 {
            // A phone whose BYE nobody could read has hung up all the same.
            world.order(SwitchCommand::EndAll);
        }
        world.expect_clean();
        let records = world.records();
        records.iter().filter_map(|record| record.cause).collect()
    });
    result.unwrap_or_else(|_| panic!("seed {seed}"))
}

/// Something that a person might do now.
fn act(world: &mut World, phone: PhoneId) {
    let (what, whom) = (world.dice.below(14), world.dice.below(7));
    let number = ["201", "202", "203", "204", "999", "800", "800"][whom as usize];
    match what {
        9 => return moderate(world, ConferenceAction::End),
        10 => return moderate(world, ConferenceAction::Lock),
        11 | 12 => return take_over(world, phone),
        _ => {}
    }
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
        8 => {
            if let Some(at) = phone.talking() {
                phone.refer(at, &format!("<sip:{number}@main.convoke.internal>"));
            }
        }
        _ => attend(phone),
    });
}

/// Asks for the place of somebody's last call, answered or not.
fn take_over(world: &mut World, taker: PhoneId) {
    let from = world.dice.below(world.phones.len() as u64) as usize;
    let from = &world.phones[from];
    let is_there = |call: &PhoneCall| call.dialog.is_some() && call.phase != CallPhase::Over;
    let Some(at) = from.calls.iter().rposition(is_there) else {
        return;
    };
    let flag = ["", ";early-only"][world.dice.below(2) as usize];
    let replaces = from.replaces_header(at) + flag;
    world.act(taker, |phone| {
        phone.extra.push((HeaderName::Replaces, replaces));
        phone.call("201");
    });
}

/// Hands the first call over to the second.
fn attend(phone: &mut Phone) {
    let talking: Vec<usize> = (0..phone.calls.len())
        .filter(|at| phone.calls[*at].phase == CallPhase::Talking)
        .collect();
    if let [first, .., last] = talking[..] {
        let replaces = phone.replaces(last);
        let target = format!("<sip:1@main.convoke.internal?Replaces={replaces}>");
        phone.refer(first, &target);
    }
}

fn moderate(world: &mut World, action: ConferenceAction) {
    let last = world.events.iter().rev().find_map(|event| match event {
        SwitchEvent::Conference { view, .. } => Some(view.id),
        _ => None,
    });
    if let Some(conference) = last {
        world.order(SwitchCommand::Conference { conference, action });
    }
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
