//! What is wrong in a file that can be used nevertheless: the faulty part is left out or mended, counted by its kind, and
//! told in one sentence.

use std::fmt::Write;

/// Names in a warning are cut after so many characters.
const LONGEST_NAME: usize = 40;

/// Faults of one file.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

#[derive(Clone, Debug)]
struct Fault {
    /// In the plural, as it stands in the sentence.
    what: &'static str,
    count: usize,
    /// The name of the first.
    first: Option<String>,
}

impl Faults {
    /// One more of the faults that `what` says in the plural.
    pub(super) fn note(&mut self, what: &'static str) {
        self.add(what, 1, None);
    }

    /// The same of a part with a name.
    pub(super) fn note_at(&mut self, what: &'static str, name: &str) {
        self.add(what, 1, Some(name));
    }

    /// `count` more, which may be none.
    pub(super) fn add(&mut self, what: &'static str, count: usize, name: Option<&str>) {
        if count == 0 {
            return;
        }
        match self.0.iter_mut().find(|fault| fault.what == what) {
            Some(fault) => fault.count += count,
            None => {
                let first = name.filter(|name| !name.is_empty()).map(|name| name.chars().take(LONGEST_NAME).collect());
                self.0.push(Fault { what, count, first });
            }
        }
    }

    /// All of them in one sentence; `None`: there are none.
    pub(super) fn warning(&self) -> Option<String> {
        let mut sentence = String::new();
        for Fault { what, count, first } in &self.0 {
            sentence.push_str(if sentence.is_empty() { "what is damaged in it was left out: " } else { ", " });
            let _ = write!(sentence, "{what} ({count}");
            if let Some(name) = first {
                let _ = write!(sentence, "{} “{name}”", if *count > 1 { ", the first of" } else { "," });
            }
            sentence.push(')');
        }
        (!sentence.is_empty()).then_some(sentence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_faults_make_one_sentence() {
        let mut faults = Faults::default();
        assert_eq!(faults.warning(), None);
        faults.add("weights that are no numbers", 0, None);
        faults.note_at("bones that hang on themselves", "頭");
        faults.note_at("IK links of bones that aren't there", "左足");
        faults.note_at("IK links of bones that aren't there", "右足");
        faults.note("weights that are no numbers");
        assert_eq!(
            faults.warning().unwrap(),
            "what is damaged in it was left out: bones that hang on themselves (1, “頭”), IK links of bones that aren't \
             there (2, the first of “左足”), weights that are no numbers (1)"
        );
    }
}
