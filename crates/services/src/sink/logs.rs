//! What the log says of calls and conferences: a line when one begins, changes and ends, always
//! with its id. What comes from phones is written quoted: it never breaks a line.

use model::{CallLeg, CallView, ConferenceChange, ConferenceView, ParticipantId};

/// Says what is new of a call.
pub(super) fn call(before: Option<&CallView>, call: &CallView) {
    let id = call.id;
    if before.is_none() {
        tracing::info!(call = %id, customer = %call.customer, from = call.from.number.as_str(),
            to = call.to.number.as_str(), "call began");
    }
    for leg in new_legs(before, call) {
        tracing::debug!(call = %id, leg = %leg.id, inbound = leg.inbound,
            party = leg.party.number.as_str(), sip_call_id = leg.sip_call_id.as_str(), "leg began");
    }
    if call.answered_at.is_some() && before.is_none_or(|before| before.answered_at.is_none()) {
        tracing::info!(call = %id, to = call.to.number.as_str(), "call answered");
    }
    if call.ended_at.is_some() {
        let cause = call.cause.map_or("unknown", model::EndCause::as_str);
        tracing::info!(call = %id, cause, "call ended");
    }
}

/// The legs that were not there before; they are only ever added.
fn new_legs<'a>(before: Option<&CallView>, call: &'a CallView) -> &'a [CallLeg] {
    let known = before.map_or(0, |before| before.legs.len());
    call.legs.get(known..).unwrap_or_default()
}

/// Says what is new of a conference.
pub(super) fn conference(view: &ConferenceView, change: ConferenceChange) {
    let id = view.id;
    match change {
        ConferenceChange::Started => {
            tracing::info!(conference = %id, room = %view.room, customer = %view.customer,
                "conference started");
        }
        ConferenceChange::Participant(who) => participant(view, who),
        ConferenceChange::Settings => {
            tracing::info!(conference = %id, locked = view.locked, recording = view.recording,
                "conference changed");
        }
        ConferenceChange::Ended => tracing::info!(conference = %id, "conference ended"),
    }
}

fn participant(view: &ConferenceView, who: ParticipantId) {
    let Some(row) = view.participants.iter().find(|row| row.id == who) else {
        return;
    };
    tracing::debug!(conference = %view.id, participant = %row.id, state = row.state.as_str(),
        muted = row.muted, "participant changed");
}
