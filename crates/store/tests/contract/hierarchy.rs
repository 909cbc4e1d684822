//! Provider, customers, sites.

use model::{DisplayName, NodeKind, Site, SiteId};
use store::{CustomerSort, List, Scope, SiteSort};

use crate::harness::{Db, at, both, of, site, taken};

both!(
    a_customer_comes_with_its_site_and_nodes,
    an_account_name_is_unique,
    changes_are_guarded_by_versions,
    a_customer_goes_only_when_empty,
    sites_are_seen_by_their_customer_only,
    pages_continue_where_the_last_ended,
);

async fn a_customer_comes_with_its_site_and_nodes(db: Db) {
    let customer = db.customer("acme").await;
    let reader = db.store.read();
    let found = reader.customers().by_id(customer.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&customer));
    let found = reader
        .customers()
        .by_account_name(&customer.account_name)
        .await;
    assert_eq!(found.unwrap(), Some(customer.clone()));
    let found = reader
        .sites()
        .by_id(of(&customer), customer.default_site)
        .await;
    assert_eq!(found.unwrap(), Some(site(&customer)));
    let kinds: Vec<NodeKind> = reader
        .nodes()
        .all()
        .await
        .unwrap()
        .iter()
        .map(|node| node.kind)
        .collect();
    assert_eq!(kinds.len(), 3);
    let parent = reader.nodes().parent(customer.default_site.node()).await;
    assert_eq!(parent.unwrap(), Some(customer.id.node()));
    let provider = reader.nodes().provider().await.unwrap();
    assert_eq!(provider, Some(customer.parent));
}

async fn an_account_name_is_unique(db: Db) {
    let mut twin = db.customer("acme").await;
    twin.id = model::CustomerId::mint(at(5), db.entropy.as_ref());
    twin.default_site = SiteId::mint(at(5), db.entropy.as_ref());
    let tx = db.tx().await;
    let twice = tx.customers().insert(&twin, &site(&twin)).await;
    assert_eq!(taken(twice), "account_name taken");
    drop(tx);
    assert_eq!(
        db.store
            .read()
            .customers()
            .count(Scope::Provider)
            .await
            .unwrap(),
        1
    );
    let tx = db.tx().await;
    let provider = tx.nodes().insert_provider(twin.parent, at(5)).await;
    assert_eq!(taken(provider), "provider taken");
}

async fn changes_are_guarded_by_versions(db: Db) {
    let mut customer = db.customer("acme").await;
    let mut stale = customer.clone();
    customer.name = DisplayName::parse("Acme Worldwide").unwrap();
    let tx = db.tx().await;
    tx.customers().update(&mut customer).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(customer.version, 2);
    let tx = db.tx().await;
    assert_eq!(taken(tx.customers().update(&mut stale).await), "conflict");
    stale.id = model::CustomerId::mint(at(5), db.entropy.as_ref());
    assert_eq!(taken(tx.customers().update(&mut stale).await), "not found");
    let found = tx.customers().by_id(customer.id).await.unwrap();
    assert_eq!(found, Some(customer));
}

async fn a_customer_goes_only_when_empty(db: Db) {
    let customer = db.customer("acme").await;
    let user = db.person(&customer, "anna", "201").await;
    let tx = db.tx().await;
    assert_eq!(taken(tx.customers().delete(customer.id).await), "in use");
    drop(tx);
    let tx = db.tx().await;
    tx.users().delete(of(&customer), user.id).await.unwrap();
    tx.customers().delete(customer.id).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    assert_eq!(reader.customers().by_id(customer.id).await.unwrap(), None);
    assert_eq!(reader.nodes().all().await.unwrap().len(), 1);
    let tx = db.tx().await;
    assert_eq!(taken(tx.customers().delete(customer.id).await), "not found");
}

async fn sites_are_seen_by_their_customer_only(db: Db) {
    let (ours, theirs) = (db.customer("acme").await, db.customer("other").await);
    let mut second = Site {
        id: SiteId::mint(at(6), db.entropy.as_ref()),
        name: DisplayName::parse("Branch").unwrap(),
        ..site(&ours)
    };
    let tx = db.tx().await;
    tx.sites().insert(&second).await.unwrap();
    second.country = "US".to_owned();
    tx.sites().update(&mut second).await.unwrap();
    tx.commit().await.unwrap();
    let reader = db.store.read();
    let list = List::<SiteSort>::default();
    let page = reader.sites().list(of(&ours), &list).await.unwrap();
    let names: Vec<&str> = page.items.iter().map(|site| site.name.as_str()).collect();
    assert_eq!(names, ["Branch", "Main"]);
    assert_eq!(reader.sites().count(Scope::Provider).await.unwrap(), 3);
    assert_eq!(
        reader.sites().by_id(of(&theirs), second.id).await.unwrap(),
        None
    );
    let tx = db.tx().await;
    assert_eq!(
        taken(tx.sites().delete(of(&theirs), second.id).await),
        "not found"
    );
    tx.sites().delete(of(&ours), second.id).await.unwrap();
    tx.commit().await.unwrap();
    db.person(&ours, "anna", "201").await;
    let tx = db.tx().await;
    let occupied = tx.sites().delete(of(&ours), ours.default_site).await;
    assert_eq!(taken(occupied), "in use");
}

async fn pages_continue_where_the_last_ended(db: Db) {
    for name in ["delta", "alpha", "echo", "bravo", "charlie"] {
        db.customer(name).await;
    }
    let reader = db.store.read();
    for (sort, descending, expect) in [
        (CustomerSort::Name, false, "alpha bravo charlie delta echo"),
        (
            CustomerSort::AccountName,
            true,
            "echo delta charlie bravo alpha",
        ),
    ] {
        let mut list = List {
            sort,
            descending,
            after: None,
            limit: 2,
        };
        let mut names = Vec::new();
        loop {
            let page = reader
                .customers()
                .list(Scope::Provider, &list)
                .await
                .unwrap();
            assert!(page.items.len() <= 2);
            names.extend(page.items.iter().map(|one| one.account_name.to_string()));
            let Some(next) = page.next else { break };
            // As it goes over the wire and back.
            list.after = Some(next.to_string().parse().unwrap());
        }
        assert_eq!(names.join(" "), expect);
    }
    let by_name = List {
        limit: 1,
        ..List::<CustomerSort>::default()
    };
    let first = reader
        .customers()
        .list(Scope::Provider, &by_name)
        .await
        .unwrap();
    let other_order = List {
        sort: CustomerSort::CreatedAt,
        after: first.next,
        ..by_name
    };
    let wrong = reader.customers().list(Scope::Provider, &other_order).await;
    assert!(matches!(wrong, Err(store::StoreError::BadCursor)));
}
