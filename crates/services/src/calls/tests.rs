use super::*;
use crate::{
    Error, Patch,
    testing::{House, codes},
    users::{self, FeaturesPatch, UserPatch},
};

fn question(from: &str, to: &str) -> ExplainCall {
    ExplainCall {
        customer_id: None,
        from: from.into(),
        to: to.into(),
        at: None,
    }
}

#[tokio::test]
async fn explain_says_what_would_happen_and_why() {
    let house = House::new().await;
    let user = house.user(house.main(), "201").await.user.user.id;
    let ctx = house.key(house.main(), "read_only").await;
    let steps = explain(&ctx, question("202", "201")).await.unwrap();
    let shown: Vec<_> = steps
        .iter()
        .map(|s| (s.action.as_str(), s.target.as_str()))
        .collect();
    assert_eq!(shown, [("hang_up", "offline")]);
    let quiet = UserPatch {
        features: FeaturesPatch {
            do_not_disturb: Patch::Set(true),
            ..FeaturesPatch::default()
        },
        ..UserPatch::default()
    };
    users::update(&house.system(), user, quiet, None)
        .await
        .unwrap();
    let steps = explain(&ctx, question("202", "201")).await.unwrap();
    assert_eq!(steps[0].setting, "features.do_not_disturb");
    let mut got = codes(explain(&ctx, question("", " ")).await);
    got.sort();
    assert_eq!(
        got,
        [
            ("from".to_owned(), "required"),
            ("to".to_owned(), "required")
        ]
    );
    assert_eq!(
        codes(explain(&ctx, question("xx", "201")).await),
        [("from".to_owned(), "invalid")]
    );
    let mine = house.as_user(user).await;
    let result = explain(&mine, question("202", "201")).await;
    assert!(matches!(result, Err(Error::Forbidden { .. })));
}
