//! Lists of frames as they are written everywhere: `1-10:2,20,-3..4`.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// More frames than this are a typing error.
const MOST: usize = 1_000_000;

/// Frames in rising order, each once; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frames(Vec<i64>);

impl Frames {
    /// All from the first to the last.
    pub fn all(count: u64) -> Self {
        let count = count.clamp(1, MOST as u64) as i64;
        Self((0..count).collect())
    }

    /// The frames.
    pub fn list(&self) -> &[i64] {
        &self.0
    }
}

impl fmt::Display for Frames {
    /// As it is read, without steps, which not everybody knows who reads such lists.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, run) in self.0.chunk_by(|a, b| a + 1 == *b).enumerate() {
            let comma = if i == 0 { "" } else { "," };
            match *run {
                [] => {}
                [one] => write!(f, "{comma}{one}")?,
                [first, .., last] => write!(f, "{comma}{first}-{last}")?,
            }
        }
        Ok(())
    }
}

impl FromStr for Frames {
    type Err = String;

    /// A comma list of `a`, `a-b`, `a-b:step` and `a..b`; numbers may be negative.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut frames = BTreeSet::new();
        for part in text.split(',') {
            let part = part.trim();
            let (first, last, step) = range(part).ok_or_else(|| {
                format!("`{part}` is no range of frames: they are written like 5, 1-10, 1-10:2 or 1..10, by commas")
            })?;
            if last < first {
                return Err(format!("`{part}` runs backwards: write the smaller frame first"));
            }
            if (last - first) / step >= MOST as i64 || frames.len() > MOST {
                return Err(format!("`{part}` are more than {MOST} frames"));
            }
            frames.extend((first..=last).step_by(step as usize));
        }
        Ok(Self(frames.into_iter().collect()))
    }
}

/// First, last and step of a part of a list.
fn range(part: &str) -> Option<(i64, i64, i64)> {
    let (span, step) = match part.split_once(':') {
        Some((span, step)) => (span, step.parse::<i64>().ok().filter(|step| (1..=MOST as i64).contains(step))?),
        None => (part, 1),
    };
    // A minus before the first number is its sign.
    let digits = span.strip_prefix('-').unwrap_or(span);
    let end = digits.find(|c: char| !c.is_ascii_digit()).map_or(span.len(), |end| end + span.len() - digits.len());
    let (first, rest) = span.split_at(end);
    let number = |text: &str| text.parse::<i64>().ok().filter(|n| n.abs() <= 1 << 40 && !text.starts_with('+'));
    let first = number(first)?;
    if rest.is_empty() {
        return Some((first, first, step));
    }
    let last = rest.strip_prefix("..").or_else(|| rest.strip_prefix('-'))?;
    Some((first, number(last)?, step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_they_are_written_everywhere() {
        for (text, frames) in [
            ("7", &[7][..]),
            ("1-4", &[1, 2, 3, 4]),
            ("1..4", &[1, 2, 3, 4]),
            ("1-10:4, 20", &[1, 5, 9, 20]),
            ("-3--1,-2-0", &[-3, -2, -1, 0]),
            ("3,1,2,1-2", &[1, 2, 3]),
        ] {
            let read = text.parse::<Frames>();
            assert_eq!(read.as_ref().map(Frames::list), Ok(frames), "{text}");
            assert_eq!(read.as_ref().unwrap().to_string().parse(), read, "{text}");
        }
        let wrong = ["", "a", "1-", "-", "5-1", "1-5:0", "1-5:-1", "1,,2", "1-9999999", "1:2:3", "+1", "1-+2", "1...4"];
        for text in wrong {
            assert!(text.parse::<Frames>().is_err(), "{text}");
        }
        assert_eq!(Frames::all(3).list(), [0, 1, 2]);
        assert_eq!("-3..-1,1-9:4,10".parse::<Frames>().unwrap().to_string(), "-3--1,1,5,9-10");
    }
}
