//! A character's own changes to the weights of the graph that paints it.

use clap::Args;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Changes to weights for one character, and how much of them is used. The doc comments are the command line's help.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Args)]
#[serde(default, rename_all = "kebab-case")]
pub struct Tuned {
    /// The character's own changes to the weights of the small neural renderer, as `settei train sheet` makes them
    #[serde(skip_serializing_if = "Option::is_none")]
    #[arg(id = "tuned", long = "tuned", value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// How much of these changes is used: 0 the weights as they were, 1 as tuned
    #[arg(id = "tuned-share", long = "tuned-share", value_name = "SHARE", default_value_t = 1.0, value_parser = share)]
    pub share: f32,
    /// Switched off: the weights are used as they are.
    #[arg(skip)]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub off: bool,
}

impl Default for Tuned {
    fn default() -> Self {
        Self { file: None, share: 1.0, off: false }
    }
}

impl Tuned {
    /// The changes that are used, and how much of them.
    pub fn used(&self) -> Option<(&Path, f32)> {
        let file = self.file.as_deref().filter(|_| !self.off && self.share > 0.0)?;
        Some((file, self.share))
    }

    /// Nobody said anything.
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// With a share that can be used.
    pub(super) fn sane(self) -> Self {
        let share = if self.share.is_finite() { self.share.clamp(0.0, 1.0) } else { 1.0 };
        Self { share, ..self }
    }
}

/// Reads a share.
///
/// # Errors
/// What it may be.
pub fn share(text: &str) -> Result<f32, String> {
    let number = text.trim().parse::<f32>().ok().filter(|share| (0.0..=1.0).contains(share));
    number.ok_or_else(|| "a share is a number from 0 to 1".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_off_or_of_no_share_is_not_used() {
        let on = Tuned { file: Some("t.safetensors".into()), ..Tuned::default() };
        assert_eq!(on.used(), Some((Path::new("t.safetensors"), 1.0)));
        assert_eq!(Tuned { off: true, ..on.clone() }.used(), None);
        assert_eq!(Tuned { share: 0.0, ..on.clone() }.used(), None);
        assert_eq!(Tuned::default().used(), None);
        assert_eq!(Tuned { share: f32::NAN, ..on.clone() }.sane().share, 1.0);
        assert_eq!(Tuned { share: 7.0, ..on }.sane().share, 1.0);
        assert!(share("0.5") == Ok(0.5) && share("2").is_err() && share("x").is_err() && share("nan").is_err());
    }
}
