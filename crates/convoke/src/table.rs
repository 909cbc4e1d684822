//! Answers as aligned columns on a terminal.

use serde_json::Value;

/// Prints the items with these fields as columns; a dot goes into an object.
#[must_use]
pub fn columns(items: &[Value], fields: &[&str]) -> String {
    let heads: Vec<String> = fields
        .iter()
        .map(|f| f.replace(['_', '.'], " ").to_uppercase())
        .collect();
    let rows: Vec<Vec<String>> = items
        .iter()
        .map(|item| fields.iter().map(|field| cell(item, field)).collect())
        .collect();
    let widths: Vec<usize> = (0..fields.len())
        .map(|column| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells
                .chain([heads[column].chars().count()])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let line = |cells: &[String]| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    std::iter::once(line(&heads))
        .chain(rows.iter().map(|row| line(row)))
        .collect::<Vec<_>>()
        .join("\n")
}

fn cell(item: &Value, field: &str) -> String {
    let value = field.split('.').fold(item, |value, part| &value[part]);
    let text = match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        other => other.to_string(),
    };
    // What a name holds must not steer the terminal.
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let items = [
            serde_json::json!({"extension": "201", "name": "Änne", "live": {"state": "on\u{1b}call"}}),
            serde_json::json!({"extension": null, "name": "B", "live": {"state": "x"}}),
        ];
        assert_eq!(
            columns(&items, &["extension", "name", "live.state"]),
            "EXTENSION  NAME  LIVE STATE\n201        Änne  on\u{fffd}call\n–          B     x"
        );
    }
}
