//! The audit log and its chains.

use std::collections::HashMap;

use model::{AuditId, CustomerId, Door, Model, Principal};
use store::{AuditFilter, AuditSort, Chain, List, NewAudit, Scope, Signature};

use crate::harness::{Db, at, both, of};

both!(
    acts_commit_with_their_change,
    chains_are_verified,
    any_tampering_shows,
    a_chain_that_was_removed_is_missed,
    acts_are_searched_within_the_scope,
    chains_grow_from_many_writers,
    what_is_old_goes_and_the_chain_holds,
    a_database_that_was_put_back_is_told_by_signed_heads,
);

fn act(db: &Db, customer: Option<CustomerId>, action: &str, second: i64) -> NewAudit {
    NewAudit {
        id: AuditId::mint(at(second), db.entropy.as_ref()),
        customer,
        at: at(second),
        actor: Principal::System,
        actor_name: "Server".to_owned(),
        door: Door::Cli,
        source: Some("127.0.0.1".parse().unwrap()),
        action: action.to_owned(),
        model: Model::User,
        subject_id: "1".to_owned(),
        subject_name: "Anna Berg".to_owned(),
        before: None,
        after: Some("{\"role\":\"user\"}".to_owned()),
    }
}

pub async fn write(db: &Db, customer: Option<CustomerId>, count: i64) {
    for second in 0..count {
        let tx = db.tx().await;
        tx.audit().append(act(db, customer, "user.created", second));
        tx.commit().await.unwrap();
    }
}

async fn acts_commit_with_their_change(db: Db) {
    let customer = db.customer("acme").await;
    let tx = db.tx().await;
    tx.settings().set("a", "b").await.unwrap();
    tx.audit()
        .append(act(&db, Some(customer.id), "user.created", 1));
    tx.audit()
        .append(act(&db, Some(customer.id), "user.updated", 1));
    tx.rollback().await.unwrap();
    let reader = db.store.read();
    let filter = AuditFilter::default();
    assert_eq!(
        reader
            .audit()
            .count(Scope::Provider, &filter)
            .await
            .unwrap(),
        0
    );
    let tx = db.tx().await;
    let (first, second) = (
        act(&db, Some(customer.id), "user.created", 1),
        act(&db, Some(customer.id), "user.updated", 1),
    );
    tx.audit().append(first.clone());
    tx.audit().append(second.clone());
    tx.commit().await.unwrap();
    let list = List::<AuditSort>::default();
    let page = reader
        .audit()
        .list(of(&customer), &filter, &list)
        .await
        .unwrap();
    assert_eq!(page.items.len(), 2);
    let entry = &page.items[0];
    assert_eq!((entry.id, entry.sequence), (first.id, 1));
    assert_eq!((entry.at, &entry.actor), (first.at, &first.actor));
    assert_eq!((&entry.source, &entry.after), (&first.source, &first.after));
    assert_eq!(page.items[1].sequence, 2);
    let one = reader
        .audit()
        .by_id(of(&customer), second.id)
        .await
        .unwrap();
    assert_eq!(one.as_ref(), Some(&page.items[1]));
}

async fn chains_are_verified(db: Db) {
    let (ours, theirs) = (db.customer("acme").await, db.customer("other").await);
    write(&db, None, 3).await;
    write(&db, Some(ours.id), 5).await;
    let reader = db.store.read();
    for (chain, rows) in [
        (Chain::Provider, 3),
        (Chain::Customer(ours.id), 5),
        (Chain::Customer(theirs.id), 0),
    ] {
        assert_eq!(
            reader.audit().verify(chain).await.unwrap(),
            Ok(rows),
            "{chain:?}"
        );
    }
    let chains = reader.audit().chains().await.unwrap();
    let mut customers = [ours.id, theirs.id];
    customers.sort_unstable();
    let customers = customers.map(Chain::Customer);
    assert_eq!(chains, [&[Chain::Provider], &customers[..]].concat());
    let report = db.store.check().await.unwrap();
    assert_eq!((report.faults.as_slice(), report.audit_rows), (&[][..], 8));
}

async fn a_chain_that_was_removed_is_missed(db: Db) {
    let (ours, theirs) = (db.customer("acme").await, db.customer("other").await);
    write(&db, None, 2).await;
    write(&db, Some(ours.id), 2).await;
    let reader = db.store.read();
    let broken = async |chain| reader.audit().verify(chain).await.unwrap().is_err();
    assert!(
        !broken(Chain::Customer(theirs.id)).await,
        "nothing was done yet"
    );
    db.sql("DELETE FROM audit_heads WHERE sequence = 0").await;
    assert!(broken(Chain::Customer(theirs.id)).await);
    assert_eq!(db.store.check().await.unwrap().faults.len(), 1);
    db.sql("DELETE FROM audit_heads").await;
    let report = db.store.check().await.unwrap();
    assert_eq!(report.faults.len(), 3, "{:?}", report.faults);
    db.sql("DELETE FROM audit").await;
    let report = db.store.check().await.unwrap();
    assert_eq!(report.faults.len(), 3, "{:?}", report.faults);
}

async fn any_tampering_shows(db: Db) {
    write(&db, None, 5).await;
    let reader = db.store.read();
    let check = async |tamper: &[&str], sequence: Option<u64>, repair: &[&str]| {
        for sql in tamper {
            db.sql(sql).await;
        }
        let found = reader.audit().verify(Chain::Provider).await.unwrap();
        let broken = found.as_ref().err().map(|broken| broken.sequence);
        assert_eq!(broken, sequence, "{tamper:?}: {found:?}");
        let report = db.store.check().await.unwrap();
        assert_eq!(report.faults.is_empty(), sequence.is_none(), "{tamper:?}");
        for sql in repair {
            db.sql(sql).await;
        }
    };
    let edit = "UPDATE audit SET actor_name = 'Nobody' WHERE sequence = 3";
    let undo = "UPDATE audit SET actor_name = 'Server' WHERE sequence = 3";
    check(&[edit], Some(3), &[undo]).await;
    check(&[], None, &[]).await;
    // An empty text is not the same as none.
    let edit = "UPDATE audit SET before_json = '' WHERE sequence = 2";
    let undo = "UPDATE audit SET before_json = NULL WHERE sequence = 2";
    check(&[edit], Some(2), &[undo]).await;
    let swap = [
        "UPDATE audit SET sequence = 99 WHERE sequence = 2",
        "UPDATE audit SET sequence = 2 WHERE sequence = 4",
        "UPDATE audit SET sequence = 4 WHERE sequence = 99",
    ];
    check(&swap, Some(2), &swap).await;
    check(
        &["UPDATE audit SET at = at - 1 WHERE sequence = 1"],
        Some(1),
        &["UPDATE audit SET at = at + 1 WHERE sequence = 1"],
    )
    .await;
    // Cutting off the end, with the head moved back to a row that was true once.
    let cut = [
        "DELETE FROM audit WHERE sequence = 5",
        "UPDATE audit_heads SET sequence = 4, \
         hash = (SELECT hash FROM audit WHERE sequence = 4)",
    ];
    check(&cut[..1], Some(5), &[]).await;
    check(&cut[1..], Some(4), &[]).await;
    check(&["DELETE FROM audit WHERE sequence = 2"], Some(2), &[]).await;
    check(&["DELETE FROM audit", "DELETE FROM audit_heads"], None, &[]).await;
}

/// A filter with something set.
fn with(set: impl FnOnce(&mut AuditFilter)) -> AuditFilter {
    let mut filter = AuditFilter::default();
    set(&mut filter);
    filter
}

async fn acts_are_searched_within_the_scope(db: Db) {
    let (ours, theirs) = (db.customer("acme").await, db.customer("other").await);
    let anna = db.person(&ours, "anna", "201").await;
    let mut mine = act(&db, Some(ours.id), "room.deleted", 10);
    mine.actor = Principal::User(anna.id);
    mine.model = Model::ConferenceRoom;
    mine.subject_id = "42".to_owned();
    mine.subject_name = "Board".to_owned();
    let tx = db.tx().await;
    tx.audit()
        .append(act(&db, Some(ours.id), "user.created", 5));
    tx.audit().append(mine);
    tx.audit()
        .append(act(&db, Some(theirs.id), "user.created", 6));
    tx.audit().append(act(&db, None, "customer.created", 7));
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let check = async |scope, filter: AuditFilter, expect: &[&str]| {
        let list = List {
            sort: AuditSort::At,
            descending: true,
            after: None,
            limit: 10,
        };
        let page = reader.audit().list(scope, &filter, &list).await.unwrap();
        let actions: Vec<&str> = page.items.iter().map(|row| row.action.as_str()).collect();
        assert_eq!(actions, expect, "{filter:?}");
        let count = reader.audit().count(scope, &filter).await.unwrap();
        assert_eq!(count as usize, expect.len());
    };
    let all = AuditFilter::default;
    let (acme, room) = (of(&ours), ["room.deleted"].as_slice());
    check(acme, all(), &["room.deleted", "user.created"]).await;
    check(
        Scope::Provider,
        all(),
        &[
            "room.deleted",
            "customer.created",
            "user.created",
            "user.created",
        ],
    )
    .await;
    check(acme, with(|f| f.model = Some(Model::ConferenceRoom)), room).await;
    check(acme, with(|f| f.except_action = Some("user.".into())), room).await;
    check(acme, with(|f| f.action = Some("room.deleted".into())), room).await;
    check(acme, with(|f| f.subject_id = Some("42".into())), room).await;
    let any = with(|f| f.except_action = Some("%".into()));
    check(acme, any, &["room.deleted", "user.created"]).await;
    let by_anna = Some(Principal::User(anna.id));
    check(acme, with(|f| f.actor = by_anna), room).await;
    check(
        acme,
        with(|f| f.actor = Some(Principal::System)),
        &["user.created"],
    )
    .await;
    check(acme, with(|f| f.from = Some(at(6))), room).await;
    check(acme, with(|f| f.until = Some(at(6))), &["user.created"]).await;
    check(acme, with(|f| f.q = Some("BOA".into())), room).await;
}

async fn chains_grow_from_many_writers(db: Db) {
    let customer = db.customer("acme").await;
    let writers = (0..4).map(|_| async {
        for second in 0..10 {
            let tx = db.tx().await;
            tx.audit()
                .append(act(&db, Some(customer.id), "user.created", second));
            tx.audit().append(act(&db, None, "user.created", second));
            tx.commit().await.unwrap();
        }
    });
    futures::future::join_all(writers).await;
    let reader = db.store.read();
    for chain in [Chain::Provider, Chain::Customer(customer.id)] {
        assert_eq!(reader.audit().verify(chain).await.unwrap(), Ok(40));
    }
}

async fn what_is_old_goes_and_the_chain_holds(db: Db) {
    let customer = db.customer("acme").await;
    let chain = Chain::Customer(customer.id);
    write(&db, Some(customer.id), 5).await;
    write(&db, None, 2).await;
    let forget = async |second| {
        let tx = db.tx().await;
        let gone = tx.audit().forget(chain, at(second)).await.unwrap();
        tx.commit().await.unwrap();
        gone
    };
    let reader = db.store.read();
    assert_eq!(
        (forget(0).await, forget(3).await, forget(3).await),
        (0, 3, 0)
    );
    assert_eq!(reader.audit().verify(chain).await.unwrap(), Ok(2));
    write(&db, Some(customer.id), 1).await;
    assert_eq!(reader.audit().verify(chain).await.unwrap(), Ok(3));
    // The youngest row is as old as the first: all of them are older than this.
    assert_eq!(forget(9).await, 3);
    assert_eq!(reader.audit().verify(chain).await.unwrap(), Ok(0));
    write(&db, Some(customer.id), 2).await;
    assert_eq!(reader.audit().verify(chain).await.unwrap(), Ok(2));
    assert_eq!(reader.audit().verify(Chain::Provider).await.unwrap(), Ok(2));
    assert_eq!(db.store.check().await.unwrap().faults, [""; 0]);
    let broken = async |sql: &str| {
        db.sql(sql).await;
        reader
            .audit()
            .verify(chain)
            .await
            .unwrap()
            .unwrap_err()
            .sequence
    };
    // Whoever removes rows cannot say that they were old.
    assert_eq!(broken("DELETE FROM audit WHERE sequence = 7").await, 7);
    assert_eq!(broken("UPDATE audit_checkpoints SET sequence = 7").await, 7);
    assert_eq!(forget(9).await, 0, "nothing is removed on such a ground");
    assert_eq!(broken("DELETE FROM audit_checkpoints").await, 1);
}

async fn a_database_that_was_put_back_is_told_by_signed_heads(db: Db) {
    let customer = db.customer("acme").await;
    let reader = db.store.read();
    let mut before = Signature::to_follow(None, [].into_iter());
    let mut signed = async |second| {
        let (audit, known) = (reader.audit(), HashMap::new());
        let heads = audit.sign_heads(at(second), &known, before.clone()).await;
        let heads = heads.unwrap();
        if let Some(last) = heads.last() {
            before = last.signature.clone();
        }
        heads
            .iter()
            .map(|head| format!("{head}\n"))
            .collect::<String>()
    };
    assert_eq!(signed(0).await, "");
    write(&db, None, 2).await;
    write(&db, Some(customer.id), 3).await;
    let mut kept = signed(10).await;
    let early = "CREATE TABLE early AS SELECT * FROM audit_heads";
    db.sql(early).await;
    write(&db, Some(customer.id), 2).await;
    kept += &signed(20).await;
    let check = async |text: &str| reader.audit().check_heads(text).await.unwrap();
    assert_eq!(
        (check(&kept).await.held, check(&kept).await.faults.len()),
        (4, 0)
    );
    // What is removed because of its age is not missed.
    let tx = db.tx().await;
    let chain = Chain::Customer(customer.id);
    assert_eq!(tx.audit().forget(chain, at(1)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(check(&kept).await.faults, [""; 0]);
    for line in [
        kept.replacen(" 3 ", " 2 ", 1),
        kept.replacen('0', "1", 1),
        "x".to_owned(),
    ] {
        assert!(!check(&line).await.faults.is_empty(), "{line}");
    }
    // The rows and the head of before, all sealed and true.
    for sql in [
        "DELETE FROM audit WHERE sequence > 3",
        "DELETE FROM audit_heads",
        "INSERT INTO audit_heads SELECT * FROM early",
    ] {
        db.sql(sql).await;
    }
    assert_eq!(reader.audit().verify(chain).await.unwrap(), Ok(2));
    let report = check(&kept).await;
    assert_eq!((report.held, report.faults.len()), (3, 1), "{report:?}");
    assert!(report.faults[0].contains("row 5"), "{report:?}");
    // Growing again does not hide it.
    write(&db, Some(customer.id), 4).await;
    assert_eq!(check(&kept).await.faults.len(), 1);
}
