//! Words that come out of files, made harmless before they are shown: a figure, a pose or a project may come from a
//! stranger, and a terminal obeys what it prints.

use std::borrow::Cow;

/// Stands for what is not shown; every font has it (U+FFFD is missing in the window's).
const NOT_SHOWN: char = '·';

/// The text without what a terminal would obey and without what turns the order of its letters around: a · stands for
/// each. Line breaks and tabs stay.
pub fn plain(text: &str) -> Cow<'_, str> {
    replaced(text, |c| is_harmful(c) && !matches!(c, '\n' | '\t'))
}

/// As [`plain`], on one line: for names, and for messages that must not look like two.
pub fn line(text: &str) -> Cow<'_, str> {
    replaced(text, is_harmful)
}

/// What a reader doesn't see but a terminal or a text's layout obeys: control characters (C0 and C1), line separators,
/// and the controls of Unicode's bidirectional algorithm (UAX #9, section 2).
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn replaced(text: &str, harmful: impl Fn(char) -> bool) -> Cow<'_, str> {
    if text.contains(&harmful) {
        Cow::Owned(text.chars().map(|c| if harmful(c) { NOT_SHOWN } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_a_terminal_obeys() {
        let evil = "x\u{1b}]0;PWNED\u{7}\u{1b}[2J\u{9b}31m\u{202e}\r\u{2067}y";
        assert_eq!(plain(evil), "x·]0;PWNED··[2J·31m···y");
        assert_eq!(line("one\ntwo\tthree\u{2028}"), "one·two·three·");
        assert_eq!(plain("one\n\ttwo"), "one\n\ttwo");
    }

    #[test]
    fn words_of_all_languages_are_left_alone() {
        for text in ["Mio (built in)", "初音ミク", "שלום", "مرحبا", "e\u{301}", "👩\u{200d}🚀", "क\u{200d}ष"]
        {
            assert!(matches!(line(text), Cow::Borrowed(same) if same == text));
        }
    }
}
