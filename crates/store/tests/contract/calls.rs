//! Call records.

use model::{
    CallId, CallLeg, CallState, CallView, ConferenceId, Customer, EndCause, LegId, LegQuality,
    Party, StepView, User,
};
use store::{CallFilter, CallSort, List, Scope};

use crate::harness::{Db, at, both, of};

both!(
    a_record_is_read_as_written,
    a_running_call_is_kept_but_no_record_yet,
    records_are_searched,
    every_cause_is_kept
);

pub fn call(db: &Db, customer: &Customer, from: Option<&User>, to: &str, second: i64) -> CallView {
    let party = Party {
        user: from.map(|user| user.id),
        number: "201".to_owned(),
        name: "Anna Berg".to_owned(),
    };
    CallView {
        id: CallId::mint(at(second), db.entropy.as_ref()),
        customer: customer.id,
        version: 4,
        state: CallState::Ended,
        from: party.clone(),
        to: Party {
            user: None,
            number: to.to_owned(),
            name: String::new(),
        },
        started_at: at(second),
        answered_at: Some(at(second + 1)),
        ended_at: Some(at(second + 2)),
        cause: Some(EndCause::Failed(503)),
        legs: vec![CallLeg {
            id: LegId::mint(at(second), db.entropy.as_ref()),
            party,
            inbound: true,
            state: CallState::Held,
            codec: "opus".to_owned(),
            started_at: at(second),
            answered_at: None,
            ended_at: Some(at(second + 2)),
            cause: Some(EndCause::Busy),
            quality: Some(LegQuality {
                loss_percent: 0.5,
                jitter_ms: 3.25,
                rtt_ms: None,
            }),
            sip_call_id: "a\"b@c".to_owned(),
        }],
        steps: vec![StepView {
            action: "ring".to_owned(),
            target: to.to_owned(),
            secs: Some(20),
            setting: "features.ring_time".to_owned(),
            reason: "It is the extension of Ben".to_owned(),
        }],
        conference: None,
    }
}

async fn a_record_is_read_as_written(db: Db) {
    let (customer, other) = (db.customer("acme").await, db.customer("other").await);
    let anna = db.person(&customer, "anna", "201").await;
    let mut view = call(&db, &customer, Some(&anna), "202", 10);
    let tx = db.tx().await;
    tx.calls().save(std::slice::from_ref(&view)).await.unwrap();
    view.version = 5;
    view.cause = Some(EndCause::CalleeHungUp);
    view.legs.clear();
    tx.calls().save(std::slice::from_ref(&view)).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let found = reader.calls().by_id(of(&customer), view.id).await.unwrap();
    assert_eq!(found, Some(view.clone()));
    assert_eq!(
        reader.calls().by_id(of(&other), view.id).await.unwrap(),
        None
    );
    // The record outlives its user.
    let tx = db.tx().await;
    tx.users().delete(of(&customer), anna.id).await.unwrap();
    tx.commit().await.unwrap();
    assert!(
        reader
            .calls()
            .by_id(Scope::Provider, view.id)
            .await
            .unwrap()
            .is_some()
    );
}

async fn a_running_call_is_kept_but_no_record_yet(db: Db) {
    let customer = db.customer("acme").await;
    let mut running = call(&db, &customer, None, "202", 10);
    running.state = CallState::Ringing;
    running.ended_at = None;
    running.cause = None;
    // A name that only SIP allows.
    running.from.name = "An\0na".to_owned();
    let save = async |view: &CallView| {
        let tx = db.tx().await;
        tx.calls().save(std::slice::from_ref(view)).await.unwrap();
        tx.commit().await.unwrap();
    };
    save(&running).await;
    let reader = db.store.read();
    let count = async || {
        let all = CallFilter::default();
        reader.calls().count(of(&customer), &all).await.unwrap()
    };
    assert_eq!(count().await, 0);
    let found = reader.calls().running().await.unwrap();
    assert_eq!(found[0].from.name, "Anna");
    assert_eq!((found.len(), found[0].id), (1, running.id));
    let mut ended = running.clone();
    ended.version += 1;
    ended.ended_at = Some(at(20));
    ended.cause = Some(EndCause::ServerStopped);
    save(&ended).await;
    // What was written late does not undo it.
    save(&running).await;
    assert_eq!(count().await, 1);
    assert_eq!(reader.calls().running().await.unwrap(), []);
}

/// A filter with something set.
fn with(set: impl FnOnce(&mut CallFilter)) -> CallFilter {
    let mut filter = CallFilter::default();
    set(&mut filter);
    filter
}

async fn records_are_searched(db: Db) {
    let (customer, other) = (db.customer("acme").await, db.customer("other").await);
    let anna = db.person(&customer, "anna", "201").await;
    let ben = db.person(&customer, "ben", "202").await;
    let conference = ConferenceId::mint(at(5), db.entropy.as_ref());
    let mut calls = vec![
        call(&db, &customer, Some(&anna), "202", 10),
        call(&db, &customer, Some(&ben), "203", 20),
        call(&db, &customer, None, "202", 30),
        call(&db, &other, None, "202", 40),
    ];
    calls[2].conference = Some(conference);
    calls[2].cause = Some(EndCause::Busy);
    calls[2].legs[0].party.user = Some(ben.id);
    let tx = db.tx().await;
    tx.calls().save(&calls).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let check = async |scope, filter: CallFilter, expect: &[usize]| {
        let mut list = List {
            sort: CallSort::StartedAt,
            descending: true,
            after: None,
            limit: 1,
        };
        let mut found = Vec::new();
        loop {
            let page = reader.calls().search(scope, &filter, &list).await.unwrap();
            found.extend(page.items);
            let Some(next) = page.next else { break };
            list.after = Some(next);
        }
        let expect: Vec<&CallView> = expect.iter().map(|index| &calls[*index]).collect();
        assert!(found.iter().eq(expect.iter().copied()), "{filter:?}");
        let count = reader.calls().count(scope, &filter).await.unwrap();
        assert_eq!(count as usize, expect.len(), "{filter:?}");
    };
    let all = CallFilter::default;
    let ours = of(&customer);
    check(ours, all(), &[2, 1, 0]).await;
    check(Scope::Provider, all(), &[3, 2, 1, 0]).await;
    check(ours, with(|f| f.user = Some(anna.id)), &[0]).await;
    // A user took part who was only a leg.
    check(ours, with(|f| f.user = Some(ben.id)), &[2, 1]).await;
    check(of(&other), with(|f| f.user = Some(ben.id)), &[]).await;
    check(ours, with(|f| f.number = Some("202".into())), &[2, 0]).await;
    check(ours, with(|f| f.number = Some("201".into())), &[2, 1, 0]).await;
    check(ours, with(|f| f.from = Some(at(20))), &[2, 1]).await;
    check(ours, with(|f| f.until = Some(at(20))), &[0]).await;
    check(ours, with(|f| f.conference = Some(conference)), &[2]).await;
    check(
        ours,
        with(|f| f.cause = Some(EndCause::Failed(503))),
        &[1, 0],
    )
    .await;
    check(ours, with(|f| f.state = Some(CallState::Ended)), &[2, 1, 0]).await;
}

async fn every_cause_is_kept(db: Db) {
    let customer = db.customer("acme").await;
    let with_status = [EndCause::Failed(699)];
    let causes = EndCause::NAMED.iter().chain(&with_status);
    let calls: Vec<CallView> = causes
        .zip(0..)
        .map(|(cause, second)| CallView {
            cause: Some(*cause),
            ..call(&db, &customer, None, "1000", second)
        })
        .collect();
    let tx = db.tx().await;
    tx.calls().save(&calls).await.unwrap();
    tx.commit().await.unwrap();
    let list = List::<CallSort>::default();
    let reader = db.store.read();
    let page = reader
        .calls()
        .search(of(&customer), &CallFilter::default(), &list)
        .await
        .unwrap();
    assert_eq!(page.items, calls);
}
