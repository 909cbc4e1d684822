//! The OpenAPI 3.1 document: what every handler says of itself, completed by what holds for all.

use axum::response::IntoResponse;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Content, HttpMethod, Info, License, OpenApi, Ref, RefOr, Required, Response,
        Schema, SecurityRequirement, Tag,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
        schema::{ArrayItems, Object, Type},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use crate::answer::ProblemBody;

/// What every tag is about.
const TAGS: &[(&str, &str)] = &[
    ("session", "Signing in and out."),
    ("sessions", "One's own sessions."),
    ("me", "Who is signed in, and what they may do."),
    ("customers", "Companies on the server."),
    ("sites", "Locations of a customer."),
    ("users", "People."),
    ("devices", "Phones and their SIP credentials."),
    ("conference-rooms", "Permanent conference rooms."),
    ("conference-managers", "Accounts that run conferences."),
    ("conferences", "Running and past conferences."),
    ("contacts", "The address book."),
    ("phone-book", "Everyone who can be invited."),
    ("calls", "Live and past calls."),
    ("api-keys", "Keys of programs."),
    ("access-profiles", "What a role or a key may do."),
    ("audit", "Who did what to what, from where."),
    (
        "blocked-sources",
        "Addresses whose wrong passwords are dropped.",
    ),
    ("events", "What happens, as it happens."),
    ("recordings", "Recorded conferences."),
];

const ABOUT: &str = "\
Everything that Convoke's own portal can do. Errors are problem details (RFC 9457) that name every \
wrong field at once; an unknown field is an error. Lists take `limit`, `cursor`, `sort` and `q`. \
PATCH changes only what it names (RFC 7396). ETags are versions: send one as `If-Match` to change \
only what you have read. A POST with an `Idempotency-Key` is done once, for 24 hours.";

/// What has no version: it is made and deleted, and never changed.
const UNCOUNTED: &[&str] = &["api-keys", "recordings", "sessions"];

/// Completes what the handlers' annotations gave.
pub(crate) fn complete(mut document: OpenApi) -> OpenApi {
    document.info = Info::new("Convoke", env!("CARGO_PKG_VERSION"));
    document.info.description = Some(ABOUT.to_owned());
    let mut license = License::new("MIT OR Apache-2.0");
    license.identifier = Some("MIT OR Apache-2.0".to_owned());
    document.info.license = Some(license);
    document.tags = Some(TAGS.iter().map(|(name, text)| tag(name, text)).collect());
    document.security = Some(vec![
        SecurityRequirement::new("key", Vec::<String>::new()),
        SecurityRequirement::new("session", Vec::<String>::new()),
    ]);
    for (path, item) in &mut document.paths.paths {
        complete_path(path, item);
    }
    let components = document.components.get_or_insert_default();
    complete_components(components);
    document
}

fn tag(name: &str, text: &str) -> Tag {
    let mut tag = Tag::new(name);
    tag.description = Some(text.to_owned());
    tag
}

fn complete_path(path: &str, item: &mut PathItem) {
    let operations = [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Patch, &mut item.patch),
        (HttpMethod::Delete, &mut item.delete),
    ];
    for (method, operation) in operations {
        if let Some(operation) = operation {
            complete_operation(path, &method, operation);
        }
    }
}

fn complete_operation(path: &str, method: &HttpMethod, operation: &mut Operation) {
    let relative = path.trim_start_matches("/api/v1/");
    let feature = relative.split('/').next().unwrap_or(relative);
    operation.tags = Some(vec![feature.to_owned()]);
    let name = operation.operation_id.take().unwrap_or_default();
    operation.operation_id = Some(operation_id(relative, &name));
    describe_success(operation);
    refusals(method, operation);
    let parameters = operation.parameters.get_or_insert_default();
    for parameter in parameters.iter_mut() {
        if let RefOr::T(parameter) = parameter
            && parameter.name == "id"
        {
            parameter.description = Some("Which.".to_owned());
        }
    }
    if *method == HttpMethod::Post {
        let text = "Done once for a key, within 24 hours; the same key with another body is 422.";
        parameters.push(header("Idempotency-Key", text));
    }
    let counted = path.ends_with("{id}") && !UNCOUNTED.contains(&feature);
    if matches!(method, HttpMethod::Patch | HttpMethod::Delete) && counted {
        parameters.push(header("If-Match", "An ETag: 412 if it was changed since."));
    }
}

/// `users_list`, `users_devices_create`, `conferences_mute`: unique, from path and handler.
fn operation_id(relative: &str, handler: &str) -> String {
    let parts = relative.split('/').filter(|part| !part.starts_with('{'));
    let mut words: Vec<String> = parts.map(|part| part.replace('-', "_")).collect();
    if words.last().is_none_or(|last| last != handler) {
        words.push(handler.to_owned());
    }
    words.join("_")
}

fn describe_success(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        response.description = match status.as_str() {
            "201" => "Made.",
            "204" => "Done; there is nothing to tell.",
            _ => "As it is now.",
        }
        .to_owned();
    }
}

fn header(name: &str, text: &str) -> RefOr<Parameter> {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(text))
        .schema(Some(Object::with_type(Type::String)))
        .build();
    RefOr::T(parameter)
}

/// The refusals that an operation can answer with, by what it takes.
fn refusals(method: &HttpMethod, operation: &mut Operation) {
    let mut refusals = vec![
        (401, "No key or session, or a wrong one."),
        (403, "Yours to see, but not to do."),
        // Also of what a body or a filter names.
        (404, "Not there, or another customer's."),
        (
            422,
            "A field or parameter is wrong or unknown; all are listed.",
        ),
        (429, "Too many requests; Retry-After says when."),
        (500, "A defect; the server's log has the reason."),
        (503, "Nothing was changed; try again shortly."),
    ];
    if *method != HttpMethod::Get {
        refusals.push((400, "The request cannot be read."));
        refusals.push((409, "The present state does not allow it."));
    }
    if matches!(method, HttpMethod::Post | HttpMethod::Patch) {
        refusals.push((413, "The body is too large."));
        refusals.push((415, "The body is not JSON."));
    }
    if matches!(method, HttpMethod::Patch | HttpMethod::Delete) {
        refusals.push((412, "It was changed since it was read."));
    }
    for (status, text) in refusals {
        let mut response = Response::new(text);
        let schema = Ref::from_schema_name("Problem");
        let content = Content::new(Some(RefOr::Ref(schema)));
        response
            .content
            .insert("application/problem+json".to_owned(), RefOr::T(content));
        let answers = &mut operation.responses.responses;
        answers.insert(status.to_string(), RefOr::T(response));
    }
}

fn complete_components(components: &mut Components) {
    components
        .schemas
        .insert("Problem".to_owned(), ProblemBody::schema());
    let mut more = Vec::new();
    ProblemBody::schemas(&mut more);
    components.schemas.extend(more);
    for (name, schema) in &mut components.schemas {
        if let Some(item) = name.strip_prefix("Page_") {
            refer_to_items(schema, item);
        }
        if name != "Problem" {
            require_all(schema);
        }
    }
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key."))
        .build();
    components.add_security_scheme("key", SecurityScheme::Http(key));
    let text = "A browser's session; changes also need X-CSRF-Token.";
    let cookie = ApiKeyValue::with_description("__Host-convoke", text);
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
}

/// A page's items are the resource itself, not a copy of its schema.
fn refer_to_items(page: &mut RefOr<Schema>, item: &str) {
    if let RefOr::T(Schema::Object(object)) = page
        && let Some(RefOr::T(Schema::Array(array))) = object.properties.get_mut("items")
    {
        let item = RefOr::Ref(Ref::from_schema_name(item));
        array.items = ArrayItems::RefOrSchema(Box::new(item));
    }
}

/// Answers always carry all their fields, null ones too. Requests are told apart by refusing
/// unknown fields.
fn require_all(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) if object.additional_properties.is_none() => {
            object.required = object.properties.keys().cloned().collect();
        }
        RefOr::T(Schema::AllOf(all)) => all.items.iter_mut().for_each(require_all),
        _ => {}
    }
}

/// `GET /api/openapi.json`: the document, for everyone.
pub(crate) fn serve(document: &OpenApi) -> axum::routing::MethodRouter {
    // Plain data: it always serialises.
    let json = document.to_json().unwrap_or_default();
    let json = bytes::Bytes::from(json);
    axum::routing::get(move || async move {
        let kind = (axum::http::header::CONTENT_TYPE, "application/json");
        ([kind], json).into_response()
    })
}
