//! Prints the OpenAPI document: `cargo run -p convoke-web --example openapi > openapi.json`.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let json = web::openapi_json();
    std::io::stdout().write_all(json.as_bytes())
}
