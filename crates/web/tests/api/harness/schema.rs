//! The committed document as a judge: what is answered, and which operations there are.

use std::{collections::HashMap, sync::OnceLock};

use axum::http::{Method, StatusCode};
use jsonschema::Validator;
use serde_json::{Value, json};

/// `openapi.json` as committed.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT
        .get_or_init(|| serde_json::from_str(include_str!("../../../../../openapi.json")).unwrap())
}

/// One operation of the document.
#[derive(Debug, Clone)]
pub struct Operation {
    pub method: String,
    /// With `{id}` where it takes one, relative to `/api/v1`.
    pub path: String,
    pub id: String,
    pub takes_body: bool,
    /// Open to everyone.
    pub open: bool,
    /// What it asks for: `user.read`, `customer.create:subtree` for what is the provider's alone,
    /// `session` where someone has to be signed in, `none` where any key will do.
    pub permission: Option<String>,
}

/// All of them.
pub fn operations() -> Vec<Operation> {
    let paths = document()["paths"].as_object().unwrap();
    let mut all = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().unwrap() {
            all.push(Operation {
                method: method.to_uppercase(),
                path: path.trim_start_matches("/api/v1").to_owned(),
                id: operation["operationId"].as_str().unwrap().to_owned(),
                takes_body: !operation["requestBody"].is_null(),
                open: operation["security"] == json!([{}]),
                permission: operation["x-permission"].as_str().map(str::to_owned),
            });
        }
    }
    all
}

/// Documented objects with nothing beside what is documented.
fn strict() -> Value {
    let mut components = document()["components"].clone();
    let schemas = components["schemas"].as_object_mut().unwrap();
    let text = Value::Object(schemas.clone()).to_string();
    for (name, schema) in schemas.iter_mut() {
        let part = text.contains(&format!(
            "\"allOf\":[{{\"$ref\":\"#/components/schemas/{name}\"}}"
        ));
        if schema.get("allOf").is_some() {
            schema["unevaluatedProperties"] = json!(false);
        } else if schema["type"] == "object" && !part {
            schema["additionalProperties"] = json!(false);
        }
    }
    components
}

fn validator(schema: &Value) -> Validator {
    static COMPONENTS: OnceLock<Value> = OnceLock::new();
    let mut root = schema.clone();
    root["components"] = COMPONENTS.get_or_init(strict).clone();
    jsonschema::draft202012::new(&root).unwrap()
}

fn template(path: &str) -> Option<(&'static String, &'static Value)> {
    let path = path.split('?').next().unwrap();
    let parts: Vec<&str> = path.split('/').collect();
    let mut found: Vec<_> = document()["paths"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(template, _)| {
            let wanted: Vec<&str> = template.split('/').collect();
            wanted.len() == parts.len()
                && wanted
                    .iter()
                    .zip(&parts)
                    .all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
        })
        .collect();
    found.sort_by_key(|(template, _)| template.contains('{'));
    found.first().copied()
}

/// Fails the test if the answer is not what the document promises.
#[track_caller]
pub fn check(method: &Method, path: &str, status: StatusCode, kind: Option<&str>, body: &Value) {
    let Some((template, item)) = template(path) else {
        return;
    };
    let operation = &item[method.as_str().to_lowercase()];
    if operation.is_null() {
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        return;
    }
    let response = &operation["responses"][status.as_str()];
    assert!(
        !response.is_null(),
        "{method} {template} answered {status}, which is not documented: {body:#}"
    );
    let Some(content) = response["content"].as_object() else {
        assert_eq!(
            kind, None,
            "{method} {template} {status}: a body, but none is documented"
        );
        return;
    };
    let (documented, content) = content.iter().next().unwrap();
    assert_eq!(
        Some(documented.as_str()),
        kind,
        "{method} {template} {status}"
    );
    if documented.contains("json") {
        let errors = problems(&content["schema"], body);
        assert!(
            errors.is_empty(),
            "{method} {template} {status}: {errors:#?}\n{body:#}"
        );
    }
}

/// What a schema says against a value.
pub fn problems(schema: &Value, value: &Value) -> Vec<String> {
    thread_local! {
        static KNOWN: std::cell::RefCell<HashMap<String, std::rc::Rc<Validator>>> =
            std::cell::RefCell::default();
    }
    let validator = KNOWN.with_borrow_mut(|known| {
        let made = known
            .entry(schema.to_string())
            .or_insert_with(|| std::rc::Rc::new(validator(schema)));
        made.clone()
    });
    validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}
