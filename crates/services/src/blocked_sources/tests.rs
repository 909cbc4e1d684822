use std::net::IpAddr;

use super::*;
use crate::{
    ListQuery,
    audit::{self, AuditFilter},
    testing::{BLOCKED, House},
};

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

async fn addresses(ctx: &Context, query: ListQuery) -> Vec<String> {
    let page = list(ctx, &query).await.unwrap();
    page.items
        .iter()
        .map(|row| row.address.to_string())
        .collect()
}

#[tokio::test]
async fn blocked_sources_are_listed_and_lifted() {
    let house = House::new().await;
    let ctx = house.system();
    assert_eq!(addresses(&ctx, ListQuery::default()).await, BLOCKED);
    let worst = ListQuery {
        sort: Some("-failures".into()),
        limit: Some(1),
        ..ListQuery::default()
    };
    let page = list(&ctx, &worst).await.unwrap();
    assert_eq!((page.total, page.next.is_some()), (2, true));
    let rest = ListQuery {
        cursor: page.next,
        ..worst
    };
    assert_eq!(addresses(&ctx, rest).await.len(), 1);
    let search = ListQuery {
        q: Some("2001:db8".into()),
        ..ListQuery::default()
    };
    assert_eq!(addresses(&ctx, search).await, BLOCKED[1..]);
    lift(&ctx, ip("2001:db8::77")).await.unwrap();
    lift(&ctx, ip(BLOCKED[0])).await.unwrap();
    let missing = lift(&ctx, ip("192.0.2.99")).await;
    assert_eq!(missing, Err(Error::NotFound("blocked_source")));
    let filter = AuditFilter {
        action: Some("blocked_source.lifted".into()),
        ..AuditFilter::default()
    };
    let log = audit::list(&ctx, &filter, &ListQuery::default())
        .await
        .unwrap();
    let names: Vec<_> = log
        .items
        .iter()
        .map(|row| row.subject_name.as_str())
        .collect();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&"192.0.2.7/32") && names.contains(&"2001:db8::/64"));
    let told = house.told().await;
    let lifted = |command: &&SwitchCommand| matches!(command, SwitchCommand::LiftBlock(_));
    assert_eq!(told.iter().filter(lifted).count(), 2);
}

#[tokio::test]
async fn only_the_providers_people_see_what_is_blocked() {
    let house = House::new().await;
    for profile in ["customer_administrator", "read_only", "user"] {
        let ctx = house.key(house.main(), profile).await;
        let refused = list(&ctx, &ListQuery::default()).await;
        assert!(matches!(refused, Err(Error::Forbidden { .. })), "{profile}");
        let refused = lift(&ctx, ip(BLOCKED[0])).await;
        assert!(matches!(refused, Err(Error::Forbidden { .. })), "{profile}");
    }
}
