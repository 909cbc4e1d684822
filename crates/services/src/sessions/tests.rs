use super::*;
use crate::{
    Error, Patch,
    testing::{ADMIN_PASSWORD, HERE, House, codes},
    users::{self, UserPatch},
};

fn credentials(account: &str, username: &str, password: &str) -> SignIn {
    SignIn {
        account_name: account.into(),
        username: username.into(),
        password: Secret::new(password),
        source: HERE,
        user_agent: "test\u{7}".into(),
    }
}

const PASSWORD: &str = "a-rather-long-passphrase-7";

async fn with_password(house: &House, extension: &str) -> model::UserId {
    let id = house.user(house.main(), extension).await.user.user.id;
    let patch = UserPatch {
        password: Patch::Set(Secret::new(PASSWORD)),
        ..UserPatch::default()
    };
    users::update(&house.system(), id, patch, None)
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn the_first_administrator_signs_in_without_an_account_name() {
    let house = House::new().await;
    let first = house.first.as_ref().unwrap();
    assert_eq!((first.username.as_str(), &first.password), ("admin", &None));
    let input = credentials("", "Admin", ADMIN_PASSWORD);
    let signed_in = sign_in(&house.services, input).await.unwrap();
    assert_eq!(signed_in.me.profile, "provider_administrator");
    assert_eq!(signed_in.me.customer, None);
    assert_eq!(signed_in.session.user_agent, "test");
    assert!(signed_in.token.expose().len() >= 43);
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same() {
    let house = House::new().await;
    let id = with_password(&house, "201").await;
    for (account, username, password) in [
        ("", "p201", "wrong"),
        ("", "nobody", PASSWORD),
        ("acme", "p201", PASSWORD),
        ("main", "admin", ADMIN_PASSWORD),
        ("main", "", ""),
    ] {
        let result = sign_in(&house.services, credentials(account, username, password)).await;
        assert_eq!(
            result.unwrap_err(),
            Error::Unauthenticated,
            "{account} {username}"
        );
    }
    for account in ["", "main", " MAIN "] {
        let input = credentials(account, "p201", PASSWORD);
        let me = sign_in(&house.services, input).await.unwrap().me;
        assert_eq!(me.principal, Principal::User(id));
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_for_the_guesser() {
    let house = House::new().await;
    with_password(&house, "201").await;
    for _ in 0..5 {
        let result = sign_in(&house.services, credentials("", "p201", "wrong")).await;
        assert_eq!(result.unwrap_err(), Error::Unauthenticated);
    }
    let right = credentials("", "p201", PASSWORD);
    let result = sign_in(&house.services, right.clone()).await;
    assert!(matches!(result, Err(Error::RateLimited { .. })));
    let elsewhere = SignIn {
        source: "192.0.2.77".parse().unwrap(),
        ..right.clone()
    };
    sign_in(&house.services, elsewhere).await.unwrap();
    house.clock.advance(10);
    sign_in(&house.services, right).await.unwrap();
}

#[tokio::test]
async fn a_password_change_ends_the_other_sessions() {
    let house = House::new().await;
    with_password(&house, "201").await;
    let input = credentials("", "p201", PASSWORD);
    let here = sign_in(&house.services, input.clone()).await.unwrap();
    let there = sign_in(&house.services, input.clone()).await.unwrap();
    assert_ne!(here.token, there.token);
    let context = |token: &Secret| {
        let (services, token) = (house.services.clone(), token.clone());
        async move { services.context_of_session(&token, Some(HERE)).await }
    };
    let ctx = context(&here.token).await.unwrap();
    let (old, new) = (Secret::new(PASSWORD), Secret::new("another-long-phrase-88"));
    let wrong = change_password(&ctx, Secret::new("wrong"), new.clone()).await;
    assert_eq!(codes(wrong), [("current_password".to_owned(), "wrong")]);
    let weak = change_password(&ctx, old.clone(), Secret::new("p201p201")).await;
    assert_eq!(codes(weak), [("new_password".to_owned(), "too_weak")]);
    change_password(&ctx, old, new).await.unwrap();
    context(&here.token).await.unwrap();
    assert_eq!(
        context(&there.token).await.unwrap_err(),
        Error::Unauthenticated
    );
    let result = sign_in(&house.services, input).await;
    assert_eq!(result.unwrap_err(), Error::Unauthenticated);
    sign_out(&ctx).await.unwrap();
    assert_eq!(
        context(&here.token).await.unwrap_err(),
        Error::Unauthenticated
    );
}

#[tokio::test]
async fn sessions_survive_a_restart_and_can_be_ended_one_by_one() {
    let house = House::new().await;
    let id = with_password(&house, "201").await;
    let input = credentials("", "p201", PASSWORD);
    let token = sign_in(&house.services, input).await.unwrap().token;
    let again = House::in_dir(house.dir, 2).await;
    let ctx = again
        .services
        .context_of_session(&token, None)
        .await
        .unwrap();
    let sessions = list(&again.system(), Some(id)).await.unwrap();
    assert_eq!(sessions.len(), 1);
    assert!(list(&ctx, None).await.unwrap()[0].current);
    let other = again.user(again.main(), "202").await.user.user.id;
    let other = again.as_user(other).await;
    let stranger = end(&other, sessions[0].id).await;
    assert_eq!(stranger.unwrap_err(), Error::NotFound("session"));
    end(&again.system(), sessions[0].id).await.unwrap();
    let gone = again.services.context_of_session(&token, None).await;
    assert_eq!(gone.unwrap_err(), Error::Unauthenticated);
}
