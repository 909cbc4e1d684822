use super::*;
use crate::testing::{HERE, House};

#[tokio::test]
async fn the_bootstrap_key_is_the_providers() {
    let house = House::new().await;
    let key = Secret::new("bootstrap-token");
    let ctx = house.services.context_of_key(&key, None).await.unwrap();
    assert_eq!(ctx.actor().seat.customer, None);
    assert_eq!(ctx.actor().profile.name, "provider_administrator");
    for wrong in ["", "bootstrap-toke", "cvk_x"] {
        let wrong = Secret::new(wrong);
        let result = house.services.context_of_key(&wrong, None).await;
        assert_eq!(result.unwrap_err(), Error::Unauthenticated);
    }
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once() {
    let house = House::new().await;
    let made = house.user(house.main(), "201").await;
    let id = made.user.user.id;
    let password = Secret::new("a-rather-long-passphrase-7");
    let patch = crate::users::UserPatch {
        password: crate::Patch::Set(password.clone()),
        ..Default::default()
    };
    crate::users::update(&house.system(), id, patch, None)
        .await
        .unwrap();
    let signed_in = crate::sessions::sign_in(
        &house.services,
        crate::sessions::SignIn {
            account_name: "main".into(),
            username: "P201@Example.com".into(),
            password,
            source: HERE,
            user_agent: "test".into(),
        },
    )
    .await
    .unwrap();
    let token = signed_in.token;
    let ctx = house
        .services
        .context_of_session(&token, Some(HERE))
        .await
        .unwrap();
    assert_eq!(ctx.actor().user(), Some(id));
    assert_eq!(ctx.csrf(), Some(csrf_of(&token)));
    assert_ne!(ctx.csrf().unwrap().expose(), token.expose());
    let patch = crate::users::UserPatch {
        disabled: crate::Patch::Set(true),
        ..Default::default()
    };
    crate::users::update(&house.system(), id, patch, None)
        .await
        .unwrap();
    let gone = house.services.context_of_session(&token, Some(HERE)).await;
    assert_eq!(gone.unwrap_err(), Error::Unauthenticated);
}

#[tokio::test]
async fn an_idle_session_ends() {
    let house = House::new().await;
    let made = house.user(house.main(), "201").await;
    let ctx = house.as_user(made.user.user.id).await;
    let sessions = crate::sessions::list(&ctx, None).await.unwrap();
    assert_eq!(sessions.len(), 1);
    assert!(sessions[0].current);
    house.clock.advance(IDLE_SECS + 1);
    assert_eq!(crate::sessions::list(&ctx, None).await.unwrap(), []);
}
