//! SQL behind the product's back: what somebody does who has the database.

use sea_orm::{ConnectionTrait, Database};

/// Runs statements on the database of this URL.
pub async fn run(url: &str, statements: &str) {
    let conn = Database::connect(url).await.expect("the database");
    let done = conn.execute_unprepared(statements).await;
    done.expect("the statements");
    conn.close().await.expect("the end of the connection");
}
