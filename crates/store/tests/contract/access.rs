//! Sessions, API keys, access profiles, idempotency keys, settings.

use model::{
    AccessProfile, AccessProfileId, ApiKey, ApiKeyId, DisplayName, Grant, Model, Operation,
    Session, SessionHolder, SessionId,
};
use store::{ApiKeySort, Claim, KeyedRequest, List, ProfileSort, Scope};

use crate::harness::{Db, at, both, of, taken};

both!(
    sessions_live_until_they_end,
    api_keys_are_found_by_hash,
    profiles_are_own_or_standard,
    a_request_is_done_once,
    a_run_that_died_leaves_no_request_in_progress,
    settings_are_set,
);

async fn sessions_live_until_they_end(db: Db) {
    let customer = db.customer("acme").await;
    let anna = db.person(&customer, "anna", "201").await;
    let holder = SessionHolder::User(anna.id);
    let session = |second| Session {
        id: SessionId::mint(at(second), db.entropy.as_ref()),
        holder,
        customer: Some(customer.id),
        created_at: at(second),
        last_seen_at: at(second),
        expires_at: at(second + 100),
        source: Some("::1".parse().unwrap()),
        user_agent: "browser".to_owned(),
    };
    let (first, second) = (session(0), session(50));
    let tx = db.tx().await;
    tx.sessions().insert(&first, &[1; 32]).await.unwrap();
    tx.sessions().insert(&second, &[2; 32]).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let sessions = reader.sessions();
    assert_eq!(
        sessions.by_token(&[1; 32], at(99)).await.unwrap(),
        Some(first.clone())
    );
    assert_eq!(sessions.by_token(&[1; 32], at(100)).await.unwrap(), None);
    assert_eq!(sessions.by_token(&[3; 32], at(0)).await.unwrap(), None);
    assert_eq!(
        sessions.of_holder(holder).await.unwrap(),
        [second.clone(), first.clone()]
    );
    let tx = db.tx().await;
    tx.sessions()
        .touch(first.id, at(90), at(190))
        .await
        .unwrap();
    assert_eq!(tx.sessions().purge_expired(at(150)).await.unwrap(), 1);
    assert!(!tx.sessions().delete(second.id).await.unwrap());
    tx.sessions().insert(&second, &[2; 32]).await.unwrap();
    assert_eq!(
        tx.sessions()
            .delete_of_holder(holder, Some(second.id))
            .await
            .unwrap(),
        1
    );
    tx.commit().await.unwrap();
    assert_eq!(
        sessions.of_holder(holder).await.unwrap(),
        std::slice::from_ref(&second)
    );
    // A user who goes is signed out.
    let tx = db.tx().await;
    tx.users().delete(of(&customer), anna.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(sessions.by_id(second.id).await.unwrap(), None);
}

async fn api_keys_are_found_by_hash(db: Db) {
    let (ours, theirs) = (db.customer("acme").await, db.customer("other").await);
    let key = ApiKey {
        id: ApiKeyId::mint(at(0), db.entropy.as_ref()),
        customer: Some(ours.id),
        name: DisplayName::parse("Script").unwrap(),
        profile: "api".to_owned(),
        created_at: at(0),
        last_used_at: None,
        expires_at: Some(at(1000)),
        version: 1,
    };
    let tx = db.tx().await;
    tx.api_keys().insert(&key, &[9; 32]).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    assert_eq!(
        reader.api_keys().by_key(&[9; 32]).await.unwrap(),
        Some(key.clone())
    );
    assert_eq!(reader.api_keys().by_key(&[8; 32]).await.unwrap(), None);
    let tx = db.tx().await;
    tx.api_keys().used(&[(key.id, at(5))]).await.unwrap();
    assert_eq!(
        taken(tx.api_keys().delete(of(&theirs), key.id).await),
        "not found"
    );
    tx.commit().await.unwrap();
    let found = reader
        .api_keys()
        .by_id(of(&ours), key.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.last_used_at, Some(at(5)));
    let list = List::<ApiKeySort>::default();
    let page = reader.api_keys().list(of(&theirs), &list).await.unwrap();
    assert_eq!(page.items, []);
    assert_eq!(reader.api_keys().count(of(&ours)).await.unwrap(), 1);
    let tx = db.tx().await;
    tx.api_keys().delete(of(&ours), key.id).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(reader.api_keys().by_key(&[9; 32]).await.unwrap(), None);
}

async fn profiles_are_own_or_standard(db: Db) {
    let (ours, theirs) = (db.customer("acme").await, db.customer("other").await);
    let profile = |customer, name: &str| AccessProfile {
        id: AccessProfileId::mint(at(0), db.entropy.as_ref()),
        customer,
        name: name.to_owned(),
        description: "Everyone".to_owned(),
        grants: vec![
            Grant {
                model: None,
                operation: None,
                scope: model::Scope::Subtree,
            },
            Grant {
                model: Some(Model::User),
                operation: Some(Operation::ResetPassword),
                scope: model::Scope::Own,
            },
        ],
        version: 1,
    };
    let standard = profile(None, "user");
    let mut own = profile(Some(ours.id), "helpdesk");
    let tx = db.tx().await;
    tx.profiles()
        .upsert_standard(std::slice::from_ref(&standard))
        .await
        .unwrap();
    tx.profiles().insert(&own).await.unwrap();
    own.grants.pop();
    tx.profiles().update(&mut own).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let profiles = reader.profiles();
    assert_eq!(
        profiles.by_name(Some(ours.id), "user").await.unwrap(),
        Some(standard.clone())
    );
    assert_eq!(
        profiles.by_name(Some(ours.id), "helpdesk").await.unwrap(),
        Some(own.clone())
    );
    assert_eq!(
        profiles.by_name(Some(theirs.id), "helpdesk").await.unwrap(),
        None
    );
    assert_eq!(profiles.by_id(of(&theirs), own.id).await.unwrap(), None);
    let list = List::<ProfileSort>::default();
    let page = profiles.list(of(&theirs), &list).await.unwrap();
    assert_eq!(page.items, std::slice::from_ref(&standard));
    assert_eq!(profiles.count(of(&ours)).await.unwrap(), 2);
    assert_eq!(profiles.all().await.unwrap().len(), 2);
    // What ships anew takes the place of the old, under the old id.
    let mut shipped = profile(None, "user");
    shipped.description = "Everyone else".to_owned();
    let tx = db.tx().await;
    tx.profiles().upsert_standard(&[shipped]).await.unwrap();
    tx.commit().await.unwrap();
    let found = profiles
        .by_id(of(&theirs), standard.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.description.as_str(), found.version),
        ("Everyone else", 2)
    );
    let twin = profile(Some(ours.id), "helpdesk");
    let tx = db.tx().await;
    assert_eq!(taken(tx.profiles().insert(&twin).await), "name taken");
    drop(tx);
    let anna = db.person(&ours, "anna", "201").await;
    let tx = db.tx().await;
    // Anna has the role.
    assert_eq!(
        taken(tx.profiles().delete(Scope::Provider, standard.id).await),
        "in use"
    );
    assert_eq!(
        taken(tx.profiles().delete(of(&ours), standard.id).await),
        "not found"
    );
    tx.profiles().delete(of(&ours), own.id).await.unwrap();
    drop(tx);
    // Whoever has a profile follows its new name, in this customer only.
    let other = db.person(&theirs, "anna", "201").await;
    let tx = db.tx().await;
    let roles = ("user", "helpdesk");
    tx.users().change_role(ours.id, roles, at(9)).await.unwrap();
    let mut key = ApiKey {
        id: ApiKeyId::mint(at(0), db.entropy.as_ref()),
        customer: Some(ours.id),
        name: DisplayName::parse("Board").unwrap(),
        profile: "user".to_owned(),
        created_at: at(0),
        last_used_at: None,
        expires_at: None,
        version: 1,
    };
    tx.api_keys().insert(&key, &[5; 32]).await.unwrap();
    let keys = tx.api_keys();
    keys.change_profile(theirs.id, roles).await.unwrap();
    assert!(
        keys.of_profile(ours.id, "helpdesk")
            .await
            .unwrap()
            .is_empty()
    );
    keys.change_profile(ours.id, roles).await.unwrap();
    key.profile = "helpdesk".to_owned();
    assert_eq!(keys.of_profile(ours.id, "helpdesk").await.unwrap(), [key]);
    tx.commit().await.unwrap();
    let users = reader.users();
    let found = users
        .by_id(Scope::Provider, anna.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.role.as_str(), found.version), ("helpdesk", 2));
    assert_eq!(found.updated_at, at(9));
    let found = users.by_id(Scope::Provider, other.id).await.unwrap();
    assert_eq!(found, Some(other));
}

fn asked(holder: &str, print: u8, second: i64) -> KeyedRequest {
    KeyedRequest {
        holder: holder.to_owned(),
        key: "abc".to_owned(),
        fingerprint: [print; 32],
        at: at(second),
    }
}

async fn a_request_is_done_once(db: Db) {
    let claim = async |print: u8, second: i64| {
        let tx = db.tx().await;
        let request = asked("key 1", print, second);
        let claim = tx.idempotency().claim(&request, at(0)).await;
        tx.commit().await.unwrap();
        claim.unwrap()
    };
    assert_eq!(claim(1, 0).await, Claim::Fresh);
    assert_eq!(claim(1, 1).await, Claim::InProgress);
    assert_eq!(claim(2, 1).await, Claim::OtherRequest);
    let tx = db.tx().await;
    let request = asked("key 1", 1, 0);
    tx.idempotency().made(&request, "the user").await.unwrap();
    tx.idempotency()
        .complete(&request, 201, "{\"password\":\"x\"}")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let done = Claim::Done {
        status: 201,
        body: "{\"password\":\"x\"}".to_owned(),
    };
    assert_eq!(claim(1, 2).await, done);
    // Another holder's keys are its own.
    let tx = db.tx().await;
    let other = asked("key 2", 1, 2);
    assert_eq!(
        tx.idempotency().claim(&other, at(0)).await.unwrap(),
        Claim::Fresh
    );
    tx.idempotency().release(&other).await.unwrap();
    let again = asked("key 2", 5, 2);
    assert_eq!(
        tx.idempotency().claim(&again, at(0)).await.unwrap(),
        Claim::Fresh
    );
    tx.commit().await.unwrap();
    let day = 24 * 3600;
    assert_eq!(claim(1, day - 1).await, done);
    assert_eq!(claim(7, day).await, Claim::Fresh);
    let tx = db.tx().await;
    assert_eq!(
        tx.idempotency().purge_expired(at(2 * day)).await.unwrap(),
        2
    );
}

async fn a_run_that_died_leaves_no_request_in_progress(db: Db) {
    let tx = db.tx().await;
    let (undone, done) = (asked("key 1", 1, 0), asked("key 2", 1, 0));
    for request in [&undone, &done] {
        let claim = tx.idempotency().claim(request, at(0)).await.unwrap();
        assert_eq!(claim, Claim::Fresh);
    }
    tx.idempotency().made(&done, "the user").await.unwrap();
    for request in [&undone, &done] {
        let claim = tx.idempotency().claim(request, at(0)).await.unwrap();
        assert_eq!(claim, Claim::InProgress);
    }
    let claim = tx.idempotency().claim(&undone, at(1)).await.unwrap();
    assert_eq!(claim, Claim::Fresh, "nothing came of it");
    let claim = tx.idempotency().claim(&done, at(1)).await.unwrap();
    let subject = "the user".to_owned();
    assert_eq!(claim, Claim::AnswerLost { subject });
}

async fn settings_are_set(db: Db) {
    let tx = db.tx().await;
    tx.settings().set("realm", "one").await.unwrap();
    tx.settings().set("realm", "three").await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let realm = reader.settings().get("realm").await.unwrap();
    assert_eq!(realm.as_deref(), Some("three"));
    assert_eq!(reader.settings().get("none").await.unwrap(), None);
}
