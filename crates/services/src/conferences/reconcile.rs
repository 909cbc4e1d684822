//! After a start: conferences whose process is gone are over, and say so.

use model::{Model, ParticipantState, RecordingFailure};

use crate::{
    Error, Services,
    change::{Act, store_error},
};

/// Ends the conferences that a former run of this server left running.
pub(crate) async fn reconcile(services: &Services) -> Result<usize, Error> {
    let failed = |e| store_error("look for conferences of a former run", e);
    let orphans = services
        .store()
        .read()
        .conferences()
        .running(store::Scope::Provider)
        .await
        .map_err(failed)?;
    let ctx = services.system();
    let mut ended = 0;
    for mut view in orphans {
        if services.live().conference(view.id).is_some() {
            continue;
        }
        let now = services.now();
        view.ended_at = Some(now);
        view.version += 1;
        view.recording = false;
        for file in view.recordings.iter_mut().filter(|f| f.ended_at.is_none()) {
            file.ended_at = Some(now);
            file.failure = Some(RecordingFailure::ServerStopped);
        }
        for row in view.participants.iter_mut().filter(|p| p.state.is_live()) {
            row.state = ParticipantState::Left;
            row.since = now;
            row.reason = Some("server_stopped".to_owned());
        }
        let mut change = ctx.change().await?;
        change.tx.conferences().save(&view).await.map_err(failed)?;
        change.audit(Act {
            customer: Some(view.customer),
            action: "conference.ended",
            model: Model::Conference,
            subject_id: view.id.to_string(),
            subject_name: super::name_of(&ctx, &view),
            before: None,
            after: Some(serde_json::json!({"cause": "server_stopped"})),
        });
        change.commit().await?;
        ended += 1;
    }
    Ok(ended)
}
