//! The texts that an operation takes, found in the document, and values put in their place.

use serde_json::{Value, json};

use super::schema::{Operation, document};

/// A text of an operation's query or body.
#[derive(Debug, Clone)]
pub struct Field {
    /// `site_id`, `room_ids[]`, `uses[].replacement_id`.
    pub name: String,
    pub in_query: bool,
    steps: Vec<Step>,
}

/// A step from a body to a field in it, with what is there if nothing is.
#[derive(Debug, Clone)]
enum Step {
    Property(String, Value),
    EveryItem(Value),
}

impl Field {
    /// Puts a value there, with whatever has to be around it.
    pub fn put(&self, body: &mut Value, value: &str) {
        put(body, &self.steps, value);
    }
}

fn put(place: &mut Value, steps: &[Step], value: &str) {
    match steps.split_first() {
        None => *place = json!(value),
        Some((Step::Property(name, fresh), rest)) => {
            let child = &mut place[name.as_str()];
            if child.is_null() {
                *child = fresh.clone();
            }
            put(child, rest, value);
        }
        Some((Step::EveryItem(fresh), rest)) => {
            if place.as_array().is_none_or(Vec::is_empty) {
                *place = json!([fresh]);
            }
            for item in place.as_array_mut().unwrap() {
                put(item, rest, value);
            }
        }
    }
}

/// All texts of an operation but those of a few words or of a time.
pub fn fields(operation: &Operation) -> Vec<Field> {
    let path = format!("/api/v1{}", operation.path);
    let described = &document()["paths"][path][operation.method.to_lowercase()];
    let mut all = Vec::new();
    for parameter in described["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "query" && is_text(&parameter["schema"]) {
            all.push(Field {
                name: parameter["name"].as_str().unwrap().to_owned(),
                in_query: true,
                steps: Vec::new(),
            });
        }
    }
    let body = &described["requestBody"]["content"]["application/json"]["schema"];
    collect(body, String::new(), Vec::new(), &mut all);
    all
}

fn collect(schema: &Value, name: String, steps: Vec<Step>, all: &mut Vec<Field>) {
    let schema = resolved(schema);
    for branch in branches(schema) {
        collect(branch, name.clone(), steps.clone(), all);
    }
    for (property, inner) in schema["properties"].as_object().into_iter().flatten() {
        let dot = if name.is_empty() { "" } else { "." };
        let steps = then(&steps, Step::Property(property.clone(), least(inner)));
        collect(inner, format!("{name}{dot}{property}"), steps, all);
    }
    if let Some(items) = schema.get("items") {
        let steps = then(&steps, Step::EveryItem(least(items)));
        collect(items, format!("{name}[]"), steps, all);
    }
    if is_text(schema) {
        all.push(Field {
            name,
            in_query: false,
            steps,
        });
    }
}

fn then(steps: &[Step], next: Step) -> Vec<Step> {
    steps.iter().cloned().chain([next]).collect()
}

fn resolved(schema: &Value) -> &Value {
    match schema["$ref"].as_str() {
        Some(name) => document().pointer(name.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}

fn branches(schema: &Value) -> impl Iterator<Item = &Value> {
    let kinds = ["oneOf", "anyOf", "allOf"].into_iter();
    kinds.flat_map(|kind| schema[kind].as_array().into_iter().flatten())
}

fn is_text(schema: &Value) -> bool {
    let kind = &schema["type"];
    let text = kind == "string"
        || kind
            .as_array()
            .is_some_and(|k| k.contains(&json!("string")));
    text && schema["enum"].is_null() && schema["format"] != "date-time"
}

/// The least that a schema takes.
fn least(schema: &Value) -> Value {
    let schema = resolved(schema);
    if let Some(first) = branches(schema).next() {
        return least(first);
    }
    if let Some(properties) = schema["properties"].as_object() {
        let required = schema["required"].as_array().into_iter().flatten();
        let required = required.map(|name| name.as_str().unwrap());
        return required
            .map(|name| (name.to_owned(), least(&properties[name])))
            .collect::<serde_json::Map<_, _>>()
            .into();
    }
    match schema.get("items") {
        Some(_) => json!([]),
        None => schema["enum"][0].clone(),
    }
}
