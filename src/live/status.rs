//! How it stands with what is sent, in numbers and in words.

use std::net::SocketAddr;

/// Whether somebody sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hearing {
    /// Nobody has yet.
    #[default]
    Nobody,
    /// Somebody does.
    Live,
    /// Somebody did, and has stopped; the last pose holds.
    Silent,
}

/// How it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Status {
    /// Whether somebody sends.
    pub hearing: Hearing,
    /// Who does, or did last.
    pub sender: Option<SocketAddr>,
    /// Since when nothing came from there, seconds.
    pub silent_s: f64,
    /// Who else sends now, and isn't listened to.
    pub other: Option<SocketAddr>,
    /// Poses that were taken over.
    pub poses: u64,
    /// So many a second, lately.
    pub rate_hz: f64,
    /// Datagrams that came.
    pub packets: u64,
    /// Messages and bundles that could not be understood.
    pub malformed: u64,
    /// Bones that were sent.
    pub bones: usize,
    /// Expressions that were sent.
    pub expressions: usize,
    /// The sender says that it has no figure to move.
    pub unloaded: bool,
    /// Somebody's T-pose was taken.
    pub calibrated: bool,
    /// Seconds until the T-pose is taken.
    pub calibrates_in_s: Option<f64>,
    /// Frames that were recorded, while that goes on.
    pub recorded: Option<usize>,
}

impl Status {
    /// Who sends, how much.
    pub fn sentence(&self) -> String {
        match (self.hearing, self.sender) {
            (Hearing::Live, Some(_)) if self.poses == 0 && self.unloaded => {
                "The program that sends has no figure open: open one there".into()
            }
            (Hearing::Live, Some(sender)) if self.poses == 0 => format!("{sender} sends, but no pose yet"),
            (Hearing::Live, Some(sender)) => format!(
                "{sender} sends {:.0} poses a second: {}, {}",
                self.rate_hz,
                counted(self.bones, "bone"),
                counted(self.expressions, "expression")
            ),
            (Hearing::Silent, Some(sender)) => {
                format!("{sender} has sent nothing for {:.0} s; the last pose holds", self.silent_s)
            }
            _ => "Nobody sends yet".into(),
        }
    }

    /// What is not as it should be, a sentence each.
    pub fn troubles(&self) -> Vec<String> {
        let mut troubles = Vec::new();
        if let Some(other) = self.other {
            troubles.push(format!("{other} sends, too; the first one counts until it stops"));
        }
        if self.malformed > 0 {
            let what = "could not be understood and were passed over";
            troubles.push(match self.malformed {
                1 => "1 message could not be understood and was passed over".into(),
                count => format!("{count} messages {what}"),
            });
        }
        troubles
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
