//! `/session`, `/sessions`, `/me`

use serde_json::json;

use crate::harness::{PASSWORD, Server};

#[tokio::test]
async fn the_first_administrator_signs_in_and_out() {
    let server = Server::start().await;
    let browser = server.sign_in("", "admin", PASSWORD).await;
    let me = browser.get("/me").await.expect(200);
    assert_eq!(me.text("/profile"), "provider_administrator");
    assert_eq!(me.text("/principal/kind"), "user");
    assert_eq!(me.text("/csrf_token"), browser.csrf);
    let sessions = browser.get("/sessions").await.expect(200);
    assert_eq!(sessions.body["items"][0]["current"], true);
    let out = browser.call("DELETE", "/session").send().await.expect(204);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    browser.get("/me").await.expect(401);
}

#[tokio::test]
async fn whatever_is_wrong_the_answer_is_the_same() {
    let server = Server::start().await;
    let mut answers = Vec::new();
    for (account, name, password) in [
        ("", "admin", "wrong"),
        ("", "nobody", PASSWORD),
        ("nowhere", "admin", PASSWORD),
    ] {
        let body = json!({"account_name": account, "username": name, "password": password});
        let answer = server
            .call("POST", "/session")
            .json(body)
            .send()
            .await
            .expect(401);
        assert!(!answer.headers.contains_key("set-cookie"));
        answers.push(answer.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    let body = json!({"username": "admin", "pasword": PASSWORD});
    let wrong = server
        .call("POST", "/session")
        .json(body)
        .send()
        .await
        .expect(422);
    let errors = wrong.errors();
    assert!(errors.contains(&"pasword unknown".to_owned()), "{errors:?}");
    assert!(
        errors.contains(&"password required".to_owned()),
        "{errors:?}"
    );
}

#[tokio::test]
async fn guessing_is_slowed_down_and_says_until_when() {
    let server = Server::start().await;
    let guess = json!({"username": "admin", "password": "wrong"});
    let mut limited = None;
    for _ in 0..30 {
        let answer = server
            .call("POST", "/session")
            .json(guess.clone())
            .send()
            .await;
        if answer.status == 429 {
            limited = Some(answer);
            break;
        }
        answer.expect(401);
    }
    let limited = limited.expect("thirty guesses were answered");
    assert!(limited.header("retry-after").parse::<u64>().unwrap() > 0);
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let server = Server::start().await;
    let here = server.sign_in("", "admin", PASSWORD).await;
    let there = server.sign_in("", "admin", PASSWORD).await;
    let sessions = here.get("/sessions").await.expect(200);
    assert_eq!(sessions.body["items"].as_array().unwrap().len(), 2);
    let new = "an even better battery staple";
    for (wrong, errors) in [
        (
            json!({"current_password": "wrong", "new_password": "12345"}),
            &["current_password wrong", "new_password too_weak"][..],
        ),
        (
            json!({"current_password": 7, "new_password": new, "again": new}),
            &["current_password invalid_type", "again unknown"],
        ),
    ] {
        let refused = here.call("POST", "/me/password").json(wrong).send().await;
        assert_eq!(refused.expect(422).errors(), errors);
    }
    let body = json!({"current_password": PASSWORD, "new_password": new});
    here.call("POST", "/me/password")
        .json(body)
        .send()
        .await
        .expect(204);
    there.get("/me").await.expect(401);
    here.get("/me").await.expect(200);
    server
        .sign_in("", "admin", new)
        .await
        .get("/me")
        .await
        .expect(200);
}

#[tokio::test]
async fn a_session_of_ones_own_is_ended_elsewhere() {
    let server = Server::start().await;
    let here = server.sign_in("", "admin", PASSWORD).await;
    let there = server.sign_in("", "admin", PASSWORD).await;
    let path = format!("/sessions/{}", there.id);
    here.call("DELETE", &path).send().await.expect(204);
    there.get("/me").await.expect(401);
}
