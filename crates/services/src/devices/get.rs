//! One phone.

use model::{DeviceId, Operation};

use super::{DeviceView, find, view};
use crate::{Context, Error};

/// Shows a phone.
///
/// # Errors
/// `NotFound`, `Forbidden`.
pub async fn get(ctx: &Context, id: DeviceId) -> Result<DeviceView, Error> {
    let (device, _) = find(ctx, id, Operation::Read)?;
    Ok(view(ctx, &device))
}
