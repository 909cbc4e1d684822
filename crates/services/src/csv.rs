//! Comma-separated values (RFC 4180) that are safe to open: a spreadsheet runs what begins like a
//! formula, and names come from strangers.

/// One row with its line end.
pub(crate) fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<_> = cells.into_iter().map(cell).collect();
    cells.join(",") + "\r\n"
}

/// A cell that would be run gets an apostrophe before it; plain numbers and phone numbers with a
/// sign stay as they are.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number(text);
    let safe = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if safe.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = |c: char| c.is_ascii_digit() || " ().".contains(c);
    !digits.is_empty() && digits.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(cell(text), expect);
    }

    #[test]
    fn formulas_are_not_run_and_everything_else_stays() {
        check("Anna Berg", "Anna Berg");
        check("Berg, Anna", "\"Berg, Anna\"");
        check("the \"boss\"", "\"the \"\"boss\"\"\"");
        check("two\nlines", "\"two\nlines\"");
        check("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"");
        check("@SUM(A1)", "'@SUM(A1)");
        check("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0");
        check("-2+3", "'-2+3");
        check("\tx", "'\tx");
        check("+49 30 1234", "+49 30 1234");
        check("-5", "-5");
        check("", "");
        assert_eq!(row(["a", "", "b,c"]), "a,,\"b,c\"\r\n");
    }
}
