//! The record of a call as it grows: one a call, with its legs and the steps taken.

use std::sync::Arc;

use media::control::{Codec, LegStats};
use model::{
    CallId, CallLeg, CallState, CallView, ConferenceId, CustomerId, EndCause, LegId, LegQuality,
    Party, RouteStep, Timestamp,
};

/// Legs kept in a record: a call that is transferred about for ever keeps its first ones.
const LEGS: usize = 64;
/// Steps kept in a record.
const STEPS: usize = 64;

/// A call's view and whether it changed since it was last told.
#[derive(Debug)]
pub(crate) struct Record {
    view: CallView,
    changed: bool,
}

impl Record {
    pub(crate) fn new(
        id: CallId,
        customer: CustomerId,
        from: Party,
        to: Party,
        at: Timestamp,
    ) -> Self {
        Self {
            view: CallView {
                id,
                customer,
                version: 0,
                state: CallState::Calling,
                from,
                to,
                started_at: at,
                answered_at: None,
                ended_at: None,
                cause: None,
                legs: Vec::new(),
                steps: Vec::new(),
                conference: None,
            },
            changed: true,
        }
    }

    pub(crate) fn view(&self) -> &CallView {
        &self.view
    }

    /// The view to tell, if it changed since the last time.
    pub(crate) fn take_change(&mut self) -> Option<Arc<CallView>> {
        if !self.changed {
            return None;
        }
        self.changed = false;
        self.view.version += 1;
        Some(Arc::new(self.view.clone()))
    }

    pub(crate) fn state(&mut self, state: CallState) {
        if self.view.state != state && self.view.state != CallState::Ended {
            self.view.state = state;
            self.changed = true;
        }
    }

    pub(crate) fn answered(&mut self, at: Timestamp) {
        self.view.answered_at.get_or_insert(at);
        self.state(CallState::Answered);
    }

    pub(crate) fn step(&mut self, step: &RouteStep) {
        if self.view.steps.len() < STEPS {
            self.view.steps.push(step.view());
            self.changed = true;
        }
    }

    pub(crate) fn reached(&mut self, to: Party) {
        if self.view.to != to {
            self.view.to = to;
            self.changed = true;
        }
    }

    pub(crate) fn conference(&mut self, conference: ConferenceId) {
        self.view.conference = Some(conference);
        self.changed = true;
    }

    pub(crate) fn leg_began(
        &mut self,
        id: LegId,
        party: Party,
        inbound: bool,
        sip_call_id: String,
        at: Timestamp,
    ) {
        if self.view.legs.len() >= LEGS {
            return;
        }
        self.view.legs.push(CallLeg {
            id,
            party,
            inbound,
            state: CallState::Calling,
            codec: String::new(),
            started_at: at,
            answered_at: None,
            ended_at: None,
            cause: None,
            quality: None,
            sip_call_id,
        });
        self.changed = true;
    }

    pub(crate) fn leg_state(&mut self, id: LegId, state: CallState) {
        self.leg(id, |leg| {
            if leg.state != CallState::Ended {
                leg.state = state;
            }
        });
    }

    pub(crate) fn leg_answered(&mut self, id: LegId, codec: Option<Codec>, at: Timestamp) {
        self.leg(id, |leg| {
            leg.state = CallState::Answered;
            leg.answered_at.get_or_insert(at);
            codec_name(codec).clone_into(&mut leg.codec);
        });
    }

    pub(crate) fn leg_codec(&mut self, id: LegId, codec: Option<Codec>) {
        self.leg(id, |leg| codec_name(codec).clone_into(&mut leg.codec));
    }

    /// The first cause stays.
    pub(crate) fn leg_ended(&mut self, id: LegId, cause: EndCause, at: Timestamp) {
        self.leg(id, |leg| {
            if leg.ended_at.is_none() {
                leg.state = CallState::Ended;
                leg.ended_at = Some(at);
                leg.cause = Some(cause);
            }
        });
    }

    /// Network quality; told with the next change, not as one.
    pub(crate) fn quality(&mut self, id: LegId, stats: &LegStats) {
        if let Some(leg) = self.view.legs.iter_mut().find(|leg| leg.id == id) {
            leg.quality = Some(quality(stats));
        }
    }

    pub(crate) fn ended(&mut self, cause: EndCause, at: Timestamp) {
        self.view.state = CallState::Ended;
        self.view.ended_at = Some(at);
        self.view.cause = Some(cause);
        for leg in &mut self.view.legs {
            if leg.ended_at.is_none() {
                leg.state = CallState::Ended;
                leg.ended_at = Some(at);
                leg.cause = Some(cause);
            }
        }
        self.changed = true;
    }

    fn leg(&mut self, id: LegId, change: impl FnOnce(&mut CallLeg)) {
        if let Some(leg) = self.view.legs.iter_mut().find(|leg| leg.id == id) {
            change(leg);
            self.changed = true;
        }
    }
}

/// What pages show of a leg's network.
pub(crate) fn quality(stats: &LegStats) -> LegQuality {
    let expected = stats.received + stats.lost;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a percentage of packet counts needs no more than 24 bits"
    )]
    let overall = if expected == 0 {
        0.0
    } else {
        100.0 * stats.lost as f32 / expected as f32
    };
    LegQuality {
        loss_percent: if stats.loss_percent > 0.0 {
            stats.loss_percent
        } else {
            overall
        },
        jitter_ms: stats.jitter_ms,
        rtt_ms: stats.rtt_ms,
    }
}

/// The encoding name of SDP.
pub(crate) const fn codec_name(codec: Option<Codec>) -> &'static str {
    match codec {
        None => "",
        Some(Codec::Pcmu) => "PCMU",
        Some(Codec::Pcma) => "PCMA",
        Some(Codec::G722) => "G722",
        Some(Codec::Opus) => "opus",
    }
}
