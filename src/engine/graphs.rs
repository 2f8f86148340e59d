use crate::conr::Networks;
use crate::weights::{Schema, WeightError};

/// What weight files may be of: the schema of every graph in this program.
///
/// # Errors
/// None that a user could cause.
pub fn graphs() -> Result<Vec<Schema>, WeightError> {
    Ok(vec![Schema::of::<Networks>()?])
}
