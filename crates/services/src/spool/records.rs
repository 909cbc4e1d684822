//! Records of calls and conferences: what a crash in an outage would lose.

use store::{Priority, Record, Store, StoreError};

use super::Spooled;

impl Spooled for Record {
    const FILE: &'static str = "records.jsonl";
    const NAME: &'static str = "the record of a call or conference";

    fn to_line(&self) -> Result<String, serde_json::Error> {
        Ok(Self::to_line(self))
    }

    fn from_line(line: &str) -> Option<Self> {
        Self::from_line(line)
    }

    /// In their order: a later line of a conference is the newer.
    async fn insert(store: &Store, records: &[Self]) -> Result<usize, StoreError> {
        let tx = store.begin(Priority::Bulk).await?;
        for record in records {
            record.clone().write(&tx).await?;
        }
        tx.commit().await?;
        Ok(records.len())
    }

    /// Written again it is the same record.
    fn is_there(_refusal: &StoreError) -> bool {
        false
    }
}
