use super::*;
use crate::testing::House;

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(secs).unwrap()
}

fn publish(bus: &Bus, secs: i64) {
    let user = crate::directory::tests::user_id(1);
    bus.publish(at(secs), "user.updated", None, Subject::User(user));
}

fn ids(bus: &Bus, after: u64) -> Option<Vec<u64>> {
    bus.after(after)
        .map(|events| events.iter().map(|event| event.id).collect())
}

#[test]
fn what_was_missed_is_delivered_or_said_to_be_gone() {
    let bus = Bus::new(at(0));
    let first = bus.ring().last_id;
    for _ in 0..3 {
        publish(&bus, 1);
    }
    assert_eq!(
        ids(&bus, first),
        Some(vec![first + 1, first + 2, first + 3])
    );
    assert_eq!(ids(&bus, first + 3), Some(vec![]));
    assert_eq!(ids(&bus, first + 4), None, "from a server that was ahead");
    assert_eq!(ids(&bus, 0).is_none(), first > 0, "from before the start");
    publish(&bus, KEPT_SECS + 2);
    assert_eq!(ids(&bus, first), None, "ten minutes are kept");
    for _ in 0..KEPT + 5 {
        publish(&bus, KEPT_SECS + 2);
    }
    assert_eq!(bus.ring().events.len(), KEPT);
}

#[test]
fn ids_count_up_over_a_restart() {
    let before = Bus::new(at(1_000));
    publish(&before, 1_001);
    let after = Bus::new(at(1_002));
    assert!(after.ring().last_id > before.ring().last_id);
}

#[tokio::test]
async fn a_reader_sees_its_own_customers_events_and_resumes() {
    let house = House::new().await;
    let acme = house.customer("acme").await;
    let reader = house.key(house.main(), "read_only").await;
    let mut subscription = subscribe(&reader, None);
    house.user(acme, "201").await;
    house.user(house.main(), "202").await;
    let Delivery::Event(event) = subscription.next().await else {
        panic!("nothing was missed");
    };
    assert_eq!(
        (event.name, event.customer),
        ("user.created", Some(house.main()))
    );
    let shown = resource(&reader, &event).await.unwrap();
    assert!(matches!(shown, Resource::User(view) if view.devices.len() == 1));
    let Delivery::Event(next) = subscription.next().await else {
        panic!("nothing was missed");
    };
    let mut resumed = subscribe(&reader, Some(event.id));
    assert_eq!(resumed.next().await, Delivery::Event(next));
    let mut lost = subscribe(&reader, Some(1));
    assert!(matches!(lost.next().await, Delivery::Reset { .. }));
}
