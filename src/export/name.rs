//! [`FrameName`]: what frames are called.

use super::ExportError;
use crate::files::clean_stem;
use std::str::FromStr;

/// A pattern of frames' names, such as `{project}_{frame:04}.png`: `{project}` and `{motion}` stand for names,
/// `{frame:04}` for the number with at least four digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameName(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Project,
    Motion,
    Frame(usize),
}

impl FromStr for FrameName {
    type Err = ExportError;

    fn from_str(text: &str) -> Result<Self, ExportError> {
        let wrong = || ExportError::Name(crate::text::line(text).into_owned());
        let stem = match text.rsplit_once('.') {
            Some((stem, ending)) if ending.eq_ignore_ascii_case("png") => stem,
            _ => text,
        };
        let mut parts = Vec::new();
        let mut rest = stem;
        while !rest.is_empty() {
            let (before, after) = rest.split_once('{').unwrap_or((rest, ""));
            if before.contains('}') || clean_stem(&format!("a{before}a")) != format!("a{before}a") {
                return Err(wrong());
            }
            parts.push(Part::Text(before.to_owned()));
            if before.len() == rest.len() {
                break;
            }
            let (field, after) = after.split_once('}').ok_or_else(wrong)?;
            parts.push(match field.split_once(':').unwrap_or((field, "1")) {
                ("project", "1") => Part::Project,
                ("motion", "1") => Part::Motion,
                ("frame", digits) => {
                    Part::Frame(digits.parse().ok().filter(|d| (1..=12).contains(d)).ok_or_else(wrong)?)
                }
                _ => return Err(wrong()),
            });
            rest = after;
        }
        let numbers = parts.iter().filter(|part| matches!(part, Part::Frame(_))).count();
        if numbers == 1 { Ok(Self(parts)) } else { Err(wrong()) }
    }
}

impl FrameName {
    /// The file name of a frame; `ending` comes behind the pattern, such as `.png`.
    pub fn of(&self, project: &str, motion: &str, frame: i64, ending: &str) -> String {
        let mut stem = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => stem.push_str(text),
                Part::Project => stem.push_str(project),
                Part::Motion => stem.push_str(motion),
                Part::Frame(digits) => {
                    let sign = if frame < 0 { "-" } else { "" };
                    stem.push_str(&format!("{sign}{:0digits$}", frame.unsigned_abs()));
                }
            }
        }
        format!("{}{ending}", clean_stem(&stem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_called_as_the_pattern_says() {
        let named = |pattern: &str, frame| pattern.parse::<FrameName>().unwrap().of("hero", "walk", frame, ".png");
        assert_eq!(named("{project}_{frame:04}.png", 7), "hero_0007.png");
        assert_eq!(named("{project}-{motion}_{frame:02}", 123), "hero-walk_123.png");
        assert_eq!(named("a{frame}.PNG", -3), "a-3.png");
        for wrong in [
            "",
            "a.png",
            "{frame}{frame}",
            "{frame:x}",
            "{frame:99}",
            "{what}{frame}",
            "a/{frame}",
            "{frame",
            "}{frame}",
            "..\\{frame}",
        ] {
            let said = wrong.parse::<FrameName>().unwrap_err().to_string();
            assert!(said.contains("{frame:04}"), "{said}");
        }
        assert_eq!("{project}{frame}".parse::<FrameName>().unwrap().of("../x", "", 1, ".exr"), "_x1.exr");
    }
}
