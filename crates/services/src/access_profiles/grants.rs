//! Grants as given, read once.

use model::{Grant, Model, Operation, Scope};

use super::GrantInput;
use crate::error::Fields;

/// Lines of one profile at most: all models with all operations fit.
const MAX_GRANTS: usize = 200;

/// Reads grants, each once and in the order given; wrong ones are noted by their place.
pub(super) fn read(inputs: &[GrantInput], fields: &mut Fields) -> Vec<Grant> {
    if inputs.len() > MAX_GRANTS {
        let message = format!("a profile has at most {MAX_GRANTS} grants");
        fields.add("grants", "too_many", message);
        return Vec::new();
    }
    let mut grants = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.iter().enumerate() {
        let at = format!("grants[{index}]");
        if let Some(grant) = one(input, &at, fields)
            && !grants.contains(&grant)
        {
            grants.push(grant);
        }
    }
    grants
}

fn one(input: &GrantInput, at: &str, fields: &mut Fields) -> Option<Grant> {
    let mut unknown = |field: &str, known: Vec<&str>| {
        let message = format!("give one of {}", known.join(", "));
        fields.add(format!("{at}.{field}"), "unknown", message);
    };
    let model = Model::from_name(&input.model);
    let any_model = input.model == Grant::WILDCARD;
    if model.is_none() && !any_model {
        let known = Model::ALL.iter().map(|model| model.as_str());
        unknown("model", known.chain([Grant::WILDCARD]).collect());
    }
    let operation = Operation::from_name(&input.operation);
    let any_operation = input.operation == Grant::WILDCARD;
    if operation.is_none() && !any_operation {
        let known = Operation::ALL.iter().map(|operation| operation.as_str());
        unknown("operation", known.chain([Grant::WILDCARD]).collect());
    }
    let scope = Scope::from_name(&input.scope);
    if scope.is_none() {
        let known = Scope::ALL.iter().map(|scope| scope.as_str());
        unknown("scope", known.collect());
    }
    let known = (model.is_some() || any_model) && (operation.is_some() || any_operation);
    Some(Grant {
        model,
        operation,
        scope: scope.filter(|_| known)?,
    })
}
