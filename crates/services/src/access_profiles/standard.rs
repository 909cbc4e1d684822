//! The profiles that come with the product. They are rows like any other once stored; this table
//! is what they are made from, so that a new version can add to them.

use model::{Grant, Model, Operation, Scope};

/// A profile that comes with the product.
#[derive(Debug, Clone, Copy)]
pub struct StandardProfile {
    /// Its name, which is the role's name.
    pub name: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// What it allows.
    pub grants: &'static [Grant],
}

const fn grant(model: Model, operation: Operation, scope: Scope) -> Grant {
    Grant {
        model: Some(model),
        operation: Some(operation),
        scope,
    }
}

const fn all_of(model: Model, scope: Scope) -> Grant {
    Grant {
        model: Some(model),
        operation: None,
        scope,
    }
}

const fn everything(scope: Scope) -> Grant {
    Grant {
        model: None,
        operation: None,
        scope,
    }
}

const fn every(operation: Operation, scope: Scope) -> Grant {
    Grant {
        model: None,
        operation: Some(operation),
        scope,
    }
}

/// All of them.
pub const STANDARD: &[StandardProfile] = &[
    StandardProfile {
        name: "provider_administrator",
        description: "Everything on the server.",
        grants: &[everything(Scope::Subtree)],
    },
    StandardProfile {
        name: "customer_administrator",
        description: "Everything of one customer.",
        grants: &[everything(Scope::Customer)],
    },
    StandardProfile {
        name: "site_administrator",
        description: "The people and phones of one site, and a look at the rest of the customer.",
        grants: &[
            grant(Model::Customer, Operation::Read, Scope::Customer),
            grant(Model::Site, Operation::Read, Scope::Site),
            grant(Model::Site, Operation::Update, Scope::Site),
            all_of(Model::User, Scope::Site),
            all_of(Model::Device, Scope::Site),
            grant(Model::ConferenceRoom, Operation::Read, Scope::Customer),
            grant(Model::ConferenceRoom, Operation::Update, Scope::Own),
            grant(Model::Conference, Operation::Read, Scope::Customer),
            grant(Model::Conference, Operation::Start, Scope::Own),
            grant(Model::Conference, Operation::Start, Scope::Assigned),
            grant(Model::Conference, Operation::Moderate, Scope::Own),
            grant(Model::Conference, Operation::Moderate, Scope::Assigned),
            grant(Model::Contact, Operation::Read, Scope::Customer),
            grant(Model::Call, Operation::Read, Scope::Own),
            grant(Model::Call, Operation::Explain, Scope::Customer),
            grant(Model::AccessProfile, Operation::Read, Scope::Customer),
        ],
    },
    StandardProfile {
        name: "operator",
        description: "Sees all conferences, enters them without a PIN and moderates those joined.",
        grants: &[
            grant(Model::User, Operation::Update, Scope::Own),
            grant(Model::Customer, Operation::Read, Scope::Customer),
            grant(Model::User, Operation::Read, Scope::Own),
            grant(Model::Device, Operation::Read, Scope::Own),
            grant(Model::ConferenceRoom, Operation::Read, Scope::Customer),
            grant(Model::ConferenceRoom, Operation::Update, Scope::Own),
            grant(Model::Conference, Operation::Read, Scope::Customer),
            grant(Model::Conference, Operation::Join, Scope::Customer),
            grant(Model::Conference, Operation::Start, Scope::Own),
            grant(Model::Conference, Operation::Start, Scope::Assigned),
            grant(Model::Conference, Operation::Moderate, Scope::Own),
            grant(Model::Conference, Operation::Moderate, Scope::Assigned),
            grant(Model::Contact, Operation::Read, Scope::Customer),
            grant(Model::Call, Operation::Read, Scope::Own),
        ],
    },
    StandardProfile {
        name: "receptionist",
        description: "Sees who is free and who calls, and keeps the address book.",
        grants: &[
            grant(Model::User, Operation::Update, Scope::Own),
            grant(Model::Customer, Operation::Read, Scope::Customer),
            grant(Model::Site, Operation::Read, Scope::Customer),
            grant(Model::User, Operation::Read, Scope::Customer),
            grant(Model::Device, Operation::Read, Scope::Own),
            grant(Model::ConferenceRoom, Operation::Read, Scope::Customer),
            grant(Model::Conference, Operation::Read, Scope::Customer),
            grant(Model::Conference, Operation::Start, Scope::Own),
            grant(Model::Conference, Operation::Start, Scope::Assigned),
            grant(Model::Conference, Operation::Moderate, Scope::Own),
            grant(Model::Conference, Operation::Moderate, Scope::Assigned),
            all_of(Model::Contact, Scope::Customer),
            grant(Model::Call, Operation::Read, Scope::Customer),
        ],
    },
    StandardProfile {
        name: "user",
        description: "One's own settings, phones, calls and conferences.",
        grants: &[
            grant(Model::User, Operation::Update, Scope::Own),
            grant(Model::User, Operation::Read, Scope::Own),
            grant(Model::Device, Operation::Read, Scope::Own),
            grant(Model::Device, Operation::ResetPassword, Scope::Own),
            grant(Model::ConferenceRoom, Operation::Read, Scope::Own),
            grant(Model::ConferenceRoom, Operation::Update, Scope::Own),
            grant(Model::ConferenceRoom, Operation::Read, Scope::Assigned),
            grant(Model::Conference, Operation::Read, Scope::Own),
            grant(Model::Conference, Operation::Start, Scope::Own),
            grant(Model::Conference, Operation::Moderate, Scope::Own),
            grant(Model::Conference, Operation::Read, Scope::Assigned),
            grant(Model::Conference, Operation::Start, Scope::Assigned),
            grant(Model::Conference, Operation::Moderate, Scope::Assigned),
            grant(Model::Contact, Operation::Read, Scope::Customer),
            grant(Model::Call, Operation::Read, Scope::Own),
        ],
    },
    StandardProfile {
        name: "conference_manager",
        description: "The conference rooms they may run, and nothing else.",
        grants: &[
            grant(Model::ConferenceRoom, Operation::Read, Scope::Assigned),
            grant(Model::ConferenceRoom, Operation::Update, Scope::Assigned),
            grant(Model::Conference, Operation::Read, Scope::Assigned),
            grant(Model::Conference, Operation::Start, Scope::Assigned),
            grant(Model::Conference, Operation::Moderate, Scope::Assigned),
            grant(Model::Contact, Operation::Read, Scope::Customer),
        ],
    },
    StandardProfile {
        name: "read_only",
        description: "Sees everything of one customer and changes nothing.",
        grants: &[
            every(Operation::Read, Scope::Customer),
            grant(Model::Call, Operation::Explain, Scope::Customer),
        ],
    },
    StandardProfile {
        name: "api",
        description: "For programs: everything of one customer but its keys.",
        grants: &[
            grant(Model::Customer, Operation::Read, Scope::Customer),
            all_of(Model::Site, Scope::Customer),
            all_of(Model::User, Scope::Customer),
            all_of(Model::Device, Scope::Customer),
            all_of(Model::ConferenceRoom, Scope::Customer),
            all_of(Model::Conference, Scope::Customer),
            all_of(Model::ConferenceManager, Scope::Customer),
            all_of(Model::Contact, Scope::Customer),
            all_of(Model::Call, Scope::Customer),
            grant(Model::AccessProfile, Operation::Read, Scope::Customer),
        ],
    },
];
