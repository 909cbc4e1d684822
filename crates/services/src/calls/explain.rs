//! What would happen: the plan that the switch would carry out, with why.

use model::{Caller, DialTarget, Extension, Model, Operation, RouteQuery, StepView};

use super::ExplainCall;
use crate::{Context, Error, gate::Target, routing};

/// Explains where a call would go if nobody answered, as things are now.
///
/// # Errors
/// `NotFound` for another customer, `Forbidden`, `Invalid`.
pub async fn explain(ctx: &Context, question: ExplainCall) -> Result<Vec<StepView>, Error> {
    let mut fields = ctx.fields();
    let customer = ctx.customer_of_input(question.customer_id.as_deref(), &mut fields)?;
    // A phone may dial anything; who calls has a number.
    fields.take("from", DialTarget::parse(&question.from));
    let dialled = question.to.trim();
    if dialled.is_empty() {
        fields.add("to", "required", "give what is dialled");
    } else if dialled.chars().count() > 256 || model::has_control(dialled) {
        fields.add(
            "to",
            "invalid",
            "give up to 256 characters, without line breaks",
        );
    }
    fields.finish()?;
    let customer = customer.ok_or(Error::Internal)?;
    ctx.require(Model::Call, Operation::Explain, &Target::customer(customer))?;
    let directory = ctx.directory();
    let from = question.from.trim();
    let caller = Extension::parse(from)
        .ok()
        .and_then(|number| directory.user_at(customer, &number));
    let query = RouteQuery {
        caller: Caller {
            customer,
            user: caller.map(|user| user.id),
            number: from.to_owned(),
            name: caller.map(|user| user.display_name()).unwrap_or_default(),
        },
        entrant: caller.map(|user| user.id),
        dialled: dialled.to_owned(),
        at: question.at.unwrap_or_else(|| ctx.now()),
    };
    let plan = routing::plan(&directory, &query, ctx.services().live());
    Ok(plan
        .unanswered_path()
        .into_iter()
        .map(model::RouteStep::view)
        .collect())
}
