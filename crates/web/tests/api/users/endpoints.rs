//! `/users/{id}/endpoints`

use model::{DeviceId, Endpoint, SipUsername, StoredBinding, SwitchCommand, SwitchEvent, UserId};

use crate::harness::Server;

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told in order")]
async fn live_registrations_are_listed_and_removed() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let user = server.user(&customer, "Anna", Some("201")).await;
    let user_id: UserId = user.id().parse().unwrap();
    let device: DeviceId = user.text("/device/id").parse().unwrap();
    let contact = "sip:201@192.0.2.20:5060";
    let at = "2026-11-18T11:00:00Z".parse().unwrap();
    let binding = StoredBinding {
        endpoint: Endpoint {
            device,
            user: user_id,
            customer: customer.parse().unwrap(),
            contact: contact.to_owned(),
            transport: "udp".to_owned(),
            source: "192.0.2.20:5060".to_owned(),
            user_agent: "Test phone".to_owned(),
            expires_at: at,
            rtt_ms: Some(3),
            updated_at: at,
        },
        sip_username: SipUsername::parse("201").unwrap(),
        call_id: "a@b".to_owned(),
        cseq: 1,
        path: Vec::new(),
        instance: None,
        reg_id: None,
        q: None,
        local: "udp:0.0.0.0:5060".to_owned(),
    };
    let registered = SwitchEvent::Registration {
        device,
        user: user_id,
        customer: customer.parse().unwrap(),
        bindings: vec![binding].into(),
    };
    server.switch.event(registered).await;
    let path = format!("/users/{}/endpoints", user.id());
    let listed = server
        .eventually(&path, |answer| {
            answer.body["items"]
                .as_array()
                .is_some_and(|i| !i.is_empty())
        })
        .await;
    assert_eq!(listed.text("/items/0/contact"), contact);
    assert_eq!(listed.body["items"][0]["rtt_ms"], 3);
    let read = server
        .get(&format!("/users/{}", user.id()))
        .await
        .expect(200);
    assert_eq!(read.text("/state"), "available");
    server
        .delete(&format!("{path}?contact=sip%3Anobody%40x"))
        .await
        .expect(404);
    let contact_text = "sip%3A201%40192.0.2.20%3A5060";
    server
        .delete(&format!("{path}?contact={contact_text}"))
        .await
        .expect(204);
    let asked = SwitchCommand::RemoveEndpoint {
        device,
        contact: contact.to_owned(),
    };
    assert!(server.switch.seen().contains(&asked));
    server.delete(&path).await.expect(422);
}
