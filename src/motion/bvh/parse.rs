//! The text of a BVH file: a tree of joints, then a row of numbers a frame.
//!
//! Biovision's format was never written down. What its readers agree on is taken in any spelling: cases, braces, line
//! ends, names with blanks, numbers over several lines, commas for decimal points.

use glam::Vec3;

/// Joints a skeleton may have; hands and faces included a few hundred are usual.
const MOST_JOINTS: usize = 4096;
/// Joints that hang on each other.
const MOST_DEPTH: usize = 500;

/// What a number of a row moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    /// Along an axis, 0 to 2.
    Position(usize),
    /// About an axis, 0 to 2; degrees.
    Rotation(usize),
}

/// A joint of the tree.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    /// Empty: an end, which has no channels.
    pub(super) name: String,
    /// Comes before it.
    pub(super) parent: Option<usize>,
    pub(super) offset: Vec3,
    pub(super) channels: Vec<Channel>,
    /// Where its channels begin in a row.
    pub(super) first: usize,
}

/// A file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bvh {
    pub(super) nodes: Vec<Node>,
    /// Seconds.
    pub(super) frame_time: f64,
    /// Numbers in a row.
    pub(super) width: usize,
    /// Row after row.
    pub(super) values: Vec<f32>,
    pub(super) warnings: Vec<String>,
}

impl Bvh {
    /// How many frames there are.
    pub(super) fn frames(&self) -> usize {
        self.values.len() / self.width.max(1)
    }

    /// The numbers of a frame.
    pub(super) fn row(&self, frame: usize) -> &[f32] {
        self.values.get(frame * self.width..(frame + 1) * self.width).unwrap_or_default()
    }
}

/// Reads a file. The error says what is wrong and in which line, lower case, no full stop.
pub(super) fn parse(text: &str) -> Result<Bvh, String> {
    let mut words = Words::new(text.strip_prefix('\u{feff}').unwrap_or(text));
    match words.next() {
        Some(word) if word.eq_ignore_ascii_case("HIERARCHY") => {}
        _ => return Err("it doesn't begin with `HIERARCHY`, so it is no BVH motion".into()),
    }
    let (nodes, width) = tree(&mut words)?;
    let mut warnings = Vec::new();
    let (claimed, frame_time) = header(&mut words, &mut warnings)?;
    let values = numbers(&mut words)?;
    if width == 0 {
        return Err("none of its joints has any channel, so nothing in it moves".into());
    }
    if values.len() % width != 0 {
        return Err(format!(
            "line {}: its last row has {} numbers where {width} belong",
            words.line,
            values.len() % width
        ));
    }
    let rows = values.len() / width;
    if rows == 0 {
        return Err("it has no frames".into());
    }
    if claimed != Some(rows as u64) {
        let claimed = claimed.map_or("no number of".into(), |claimed| claimed.to_string());
        warnings.push(format!("it claims to have {claimed} frames and has {rows}"));
    }
    Ok(Bvh { nodes, frame_time, width, values, warnings })
}

/// The joints, parents first, and how many channels they have together. Ends with the word `MOTION`.
fn tree(words: &mut Words<'_>) -> Result<(Vec<Node>, usize), String> {
    let mut nodes: Vec<Node> = Vec::new();
    // The joints whose braces are open, and the line in which each opened.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut width = 0;
    loop {
        let Some(word) = words.next() else {
            return Err(match open.last() {
                Some((_, line)) => format!("the brace of line {line} is never closed"),
                None => "it has no `MOTION`".into(),
            });
        };
        let line = words.line;
        let wrong = |what: &str| Err(format!("line {line}: {what}"));
        match word.to_ascii_uppercase().as_str() {
            kind @ ("ROOT" | "JOINT" | "END") => {
                let name = words.until_brace();
                if words.next() != Some("{") {
                    return wrong(&format!("no brace opens after {kind}"));
                }
                let parent = open.last().map(|&(node, _)| node);
                if nodes.len() >= MOST_JOINTS || open.len() >= MOST_DEPTH {
                    return wrong(&format!("more than {MOST_JOINTS} joints, or {MOST_DEPTH} that hang on each other"));
                }
                // `End Site`.
                let name = if kind == "END" { String::new() } else { name.to_owned() };
                open.push((nodes.len(), words.line));
                nodes.push(Node { name, parent, offset: Vec3::ZERO, channels: Vec::new(), first: width });
            }
            "OFFSET" => {
                let mut number = || words.number();
                let offset = Vec3::new(number()?, number()?, number()?);
                if let Some(&(node, _)) = open.last() {
                    nodes[node].offset = offset;
                }
            }
            "CHANNELS" => {
                let count = words.next().and_then(|word| word.parse::<usize>().ok());
                let Some(count) = count.filter(|&count| count <= 6) else {
                    return wrong("0 to 6 channels belong there");
                };
                let channels = (0..count).map(|_| words.channel()).collect::<Result<Vec<_>, _>>()?;
                let Some(node) = open.last().map(|&(node, _)| &mut nodes[node]) else {
                    return wrong("channels outside of any joint");
                };
                if !node.channels.is_empty() {
                    return wrong("a joint's channels are listed twice");
                }
                (node.first, node.channels) = (width, channels);
                width += count;
            }
            "{" => return wrong("a brace opens that belongs to no joint"),
            "}" if open.pop().is_none() => return wrong("a brace closes that was never opened"),
            "}" => {}
            "MOTION" => match open.last() {
                Some((_, opened)) => {
                    return wrong(&format!("the brace of line {opened} is not closed before `MOTION`"));
                }
                None if nodes.is_empty() => return wrong("`MOTION` comes before any joint"),
                None => return Ok((nodes, width)),
            },
            _ => return wrong(&format!("“{}” means nothing there", crate::text::line(word))),
        }
    }
}

/// `Frames: n` and `Frame Time: s`.
fn header(words: &mut Words<'_>, warnings: &mut Vec<String>) -> Result<(Option<u64>, f64), String> {
    let mut frames = None;
    loop {
        let word = words.next().ok_or("it ends before its `Frame Time:`")?.to_ascii_uppercase();
        match word.trim_end_matches(':') {
            "FRAMES" => {
                let mut count = words.next();
                if count == Some(":") {
                    count = words.next();
                }
                frames = count.and_then(|word| word.parse().ok());
            }
            "FRAME" => {
                let next = words.next().unwrap_or_default().to_ascii_uppercase();
                if next.trim_end_matches(':') != "TIME" {
                    return Err(format!("line {}: `Frame Time:` belongs there", words.line));
                }
                if !next.ends_with(':') && words.rest.trim_start().starts_with(':') {
                    words.next();
                }
                let seconds = f64::from(words.number()?);
                if (1e-4..=60.0).contains(&seconds) {
                    return Ok((frames, seconds));
                }
                warnings.push(format!("its frames take {seconds} seconds, which can't be; 30 a second are taken"));
                return Ok((frames, 1.0 / 30.0));
            }
            other => return Err(format!("line {}: “{}” means nothing there", words.line, crate::text::line(other))),
        }
    }
}

/// All numbers that follow.
fn numbers(words: &mut Words<'_>) -> Result<Vec<f32>, String> {
    let mut values = Vec::new();
    while let Some(word) = words.next() {
        // A comma is a decimal point, unless there are points as well.
        match word.matches(',').count() {
            0 => values.push(words.as_number(word)?),
            1 if !word.contains('.') && !word.ends_with(',') && !word.starts_with(',') => {
                values.push(words.as_number(&word.replace(',', "."))?);
            }
            _ => {
                for part in word.split(',').filter(|part| !part.is_empty()) {
                    values.push(words.as_number(part)?);
                }
            }
        }
    }
    values.shrink_to_fit();
    Ok(values)
}

/// Words and braces of a text, one after the other.
struct Words<'a> {
    rest: &'a str,
    /// Of the last word, from 1.
    line: usize,
}

impl<'a> Words<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text, line: 1 }
    }

    fn next(&mut self) -> Option<&'a str> {
        let start = self.rest.find(|c: char| !c.is_whitespace() && c != '\0')?;
        self.pass(start);
        let end = match self.rest.as_bytes().first() {
            Some(b'{' | b'}') => 1,
            _ => {
                self.rest.find(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | '\0')).unwrap_or(self.rest.len())
            }
        };
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        Some(word)
    }

    fn pass(&mut self, bytes: usize) {
        let (passed, rest) = self.rest.split_at(bytes);
        self.line += passed.bytes().filter(|&byte| byte == b'\n').count();
        self.rest = rest;
    }

    /// The rest of the line, or up to a brace: a name, which may have blanks.
    fn until_brace(&mut self) -> &'a str {
        let end = self.rest.find(['{', '}', '\n', '\r']).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name.trim()
    }

    fn number(&mut self) -> Result<f32, String> {
        let word = self.next().ok_or_else(|| format!("line {}: it ends where a number belongs", self.line))?;
        self.as_number(&word.trim_end_matches(',').replace(',', "."))
    }

    fn as_number(&self, word: &str) -> Result<f32, String> {
        let number = word.parse::<f32>().ok().filter(|number| number.abs() <= 1e7);
        number.ok_or_else(|| {
            format!("line {}: “{}” is no number that a motion can have", self.line, crate::text::line(word))
        })
    }

    fn channel(&mut self) -> Result<Channel, String> {
        let word = self.next().unwrap_or_default().to_ascii_lowercase();
        let axis = match word.as_bytes().first() {
            Some(b'x') => Some(0),
            Some(b'y') => Some(1),
            Some(b'z') => Some(2),
            _ => None,
        };
        match (axis, word.get(1..)) {
            (Some(axis), Some("position")) => Ok(Channel::Position(axis)),
            (Some(axis), Some("rotation")) => Ok(Channel::Rotation(axis)),
            _ => Err(format!("line {}: “{}” is no channel", self.line, crate::text::line(&word))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "HIERARCHY\nROOT hip\n{\n OFFSET 0 1 2\n CHANNELS 3 Xrotation Yrotation Zrotation\n End Site\n {\n \
                         OFFSET 0 1 0\n }\n}\nMOTION\nFrames: 2\nFrame Time: 0.5\n1 2 3\n4 5 6\n";

    #[test]
    fn spellings_of_one_file_are_one_file() {
        let plain = parse(PLAIN).unwrap();
        assert_eq!((plain.frames(), plain.width, plain.frame_time), (2, 3, 0.5));
        assert_eq!((plain.row(1), plain.nodes[0].offset), (&[4.0, 5.0, 6.0][..], Vec3::new(0.0, 1.0, 2.0)));
        for other in [
            PLAIN.replace('\n', "\r\n"),
            format!("\u{feff}{PLAIN}"),
            PLAIN.to_lowercase(),
            PLAIN.replace("hip\n{", "hip {").replace(" End Site\n {", " End Site{"),
            PLAIN.replace("1 2 3\n4", "1 2\n3 4"),
            PLAIN.replace("0.5", "0,5").replace("1 2 3", "1,0 2,00 3"),
            PLAIN.replace("Frame Time: 0.5", "Frame Time:\t0.5").replace(' ', "\t"),
        ] {
            assert_eq!(parse(&other), Ok(plain.clone()), "{other}");
        }
        let named = parse(&PLAIN.replace("ROOT hip", "ROOT My figure: the hip ")).unwrap();
        assert_eq!(named.nodes[0].name, "My figure: the hip");
        let odd = parse(&PLAIN.replace("Frames: 2", "Frames: 99").replace("0.5", "0")).unwrap();
        assert_eq!((odd.frames(), odd.frame_time, odd.warnings.len()), (2, 1.0 / 30.0, 2));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (from, to, says) in [
            ("HIERARCHY", "HELLO", "HIERARCHY"),
            (" }\n}\nMOTION", " }\nMOTION", "line 10: the brace of line 3"),
            ("MOTION\nFrames: 2\nFrame Time: 0.5\n1 2 3\n4 5 6\n", "", "no `MOTION`"),
            ("4 5 6\n", "4 5", "line 15: its last row has 2 numbers where 3 belong"),
            ("4 5 6", "4 nan 6", "line 15: “nan” is no number"),
            ("4 5 6", "4 1e30 6", "line 15"),
            ("Zrotation", "Wrotation", "line 5: “wrotation” is no channel"),
            ("CHANNELS 3", "CHANNELS 99", "line 5"),
            ("1 2 3\n4 5 6\n", "", "no frames"),
            ("OFFSET 0 1 2", "OFFSET 0 1", "line 5"),
            (" End Site", " Something", "line 6"),
        ] {
            let what = parse(&PLAIN.replace(from, to)).unwrap_err();
            assert!(what.contains(says), "{from} → {to}: {what}");
        }
        for length in 0..PLAIN.len() - 10 {
            assert!(parse(&PLAIN[..length]).is_err(), "{length}");
        }
        let deep = format!("HIERARCHY {} MOTION", "ROOT a {".repeat(600));
        assert!(parse(&deep).unwrap_err().contains("hang on each other"));
    }
}
