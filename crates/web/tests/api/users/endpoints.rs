//! `/users/{id}/endpoints`

use model::{DeviceId, SwitchCommand, UserId};

use crate::harness::Server;

#[tokio::test]
async fn live_registrations_are_listed_and_removed() {
    let server = Server::start().await;
    let customer = server.main_customer().await;
    let user = server.user(&customer, "Anna", Some("201")).await;
    let user_id: UserId = user.id().parse().unwrap();
    let device: DeviceId = user.text("/device/id").parse().unwrap();
    let contact = "sip:201@192.0.2.20:5060";
    let owner = (customer.parse().unwrap(), user_id);
    server.switch.register(owner, device, contact).await;
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
