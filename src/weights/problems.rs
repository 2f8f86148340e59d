use serde::{Deserialize, Serialize};
use std::fmt;

/// How many names of a kind a message shows.
const SHOWN: usize = 8;

/// Everything in a weight file that doesn't fit the networks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Problems {
    /// Tensors that should be there.
    pub missing: Vec<String>,
    /// Tensors that should not.
    pub surplus: Vec<String>,
    /// Tensors of another shape: name, what it is, what it should be.
    pub misshapen: Vec<(String, Vec<usize>, Vec<usize>)>,
    /// Tensors whose values are no floats: name, what they are.
    pub unreadable: Vec<(String, String)>,
}

impl Problems {
    /// Whether everything fits.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.missing.len() + self.surplus.len() + self.misshapen.len() + self.unreadable.len()
    }

    /// One sentence per kind of problem, with the first few names of each.
    pub fn sentences(&self) -> Vec<String> {
        let shape = |s: &[usize]| s.iter().map(ToString::to_string).collect::<Vec<_>>().join("×");
        let misshapen =
            self.misshapen.iter().map(|(n, is, wanted)| format!("{n} ({} for {})", shape(is), shape(wanted)));
        let unreadable = self.unreadable.iter().map(|(name, kind)| format!("{name} ({kind})"));
        [
            sentence(&self.missing, "missing"),
            sentence(&self.surplus, "not of these networks"),
            sentence(&misshapen.collect::<Vec<_>>(), "of another shape"),
            sentence(&unreadable.collect::<Vec<_>>(), "not of f32, f16 or bf16"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn sentence(items: &[String], what: &str) -> Option<String> {
    let verb = match items.len() {
        0 => return None,
        1 => "tensor is",
        _ => "tensors are",
    };
    let shown = items.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    let rest = items.len().saturating_sub(SHOWN);
    let more = if rest > 0 { format!(" … and {rest} more") } else { String::new() };
    Some(format!("{} {verb} {what}: {shown}{more}", items.len()))
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentences().join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_are_told_with_the_first_few_names() {
        let problems = Problems {
            missing: (0..31).map(|i| format!("m{i}")).collect(),
            surplus: vec!["s".into()],
            misshapen: vec![("t".into(), vec![3, 3], vec![4])],
            unreadable: vec![],
        };
        assert_eq!(
            problems.to_string(),
            "31 tensors are missing: m0, m1, m2, m3, m4, m5, m6, m7 … and 23 more; \
             1 tensor is not of these networks: s; 1 tensor is of another shape: t (3×3 for 4)"
        );
        assert!(!problems.is_empty());
        assert!(Problems::default().is_empty());
    }
}
