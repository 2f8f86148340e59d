//! The panels, one file each. A panel draws its [`Context`] and sends [`Command`](super::Command)s.

mod bones;
mod degrees;
mod face;
mod hands;
mod inspector;
mod invent;
mod live;
mod log;
mod notes;
mod picture;
mod poses;
mod preview;
mod renders;
mod sheet;
mod standin;
mod sway;
mod timeline;
mod training;
mod viewport;

pub(super) use picture::{Shown, checkerboard, fit, paint};
pub(super) use preview::named;
pub(super) use sheet::listens;

use super::commands::Outbox;
use super::content::Content;
use super::display::Display;
use super::log::LogLines;
use super::playback::Playback;
use super::settings::Settings;
use super::workers::Workers;
use crate::pose::Pose;
use crate::project::{Project, Seen};
use egui::Key;
use egui::containers::menu::{MenuButton, MenuConfig};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// What a panel sees, and where it sends commands.
pub struct Context<'a> {
    /// The project as it is now.
    pub project: &'a Project,
    /// The pose that is shown: the project's, or what plays over it.
    pub pose: &'a Pose,
    /// From where the figure is seen: by the project's camera, or by one that moves.
    pub seen: Seen,
    /// What is played, and where the playhead is.
    pub playback: &'a Playback,
    /// Its file, if it has one.
    pub path: Option<&'a Path>,
    /// What was read and painted.
    pub content: &'a Content,
    /// What is looked at.
    pub display: &'a Display,
    /// The user's settings.
    pub settings: &'a Settings,
    /// Who does what takes time; to ask them is quick.
    pub workers: &'a Workers,
    /// What was logged.
    pub log: &'a LogLines,
    /// Where commands go; they take effect after the frame.
    pub commands: &'a mut Outbox,
}

/// A panel: keeps its own state (scroll, zoom, search), nothing that others need.
pub trait Panel {
    /// Draws the panel into all of `ui`.
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>);
}

/// What the window has to know of a panel: menu, palette, keys and layout are made from it. Each panel's own stands beside
/// it as `PANEL`.
pub struct Registration {
    /// What stands on its tab.
    pub title: &'static str,
    /// What it is for.
    pub tip: &'static str,
    /// The key that shows it.
    pub key: Option<Key>,
    /// Where it is at first.
    pub home: Home,
    /// Makes one.
    new: fn() -> Box<dyn Panel>,
}

/// Where a panel is at first; panels of one home are tabs beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Home {
    /// The left column's upper part.
    UpperLeft,
    /// The left column's lower part.
    LowerLeft,
    /// The large place.
    Middle,
    /// Below it.
    BelowMiddle,
    /// The right column's upper part.
    UpperRight,
    /// The right column's lower part.
    LowerRight,
}

macro_rules! registry {
    ($($(#[$doc:meta])* $kind:ident: $file:ident,)*) => {
        /// Which panel.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum PanelKind {
            $($(#[$doc])* $kind,)*
        }

        impl PanelKind {
            /// All panels in the menu's order.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// What the window has to know of it.
            pub fn registration(self) -> &'static Registration {
                match self {
                    $(Self::$kind => &$file::PANEL,)*
                }
            }
        }
    };
}

// A new panel: its file, with its `PANEL`, and its line here.
registry! {
    /// The character sheet.
    Sheet: sheet,
    /// The posed figure.
    Viewport: viewport,
    /// The painted picture.
    Preview: preview,
    /// The pose library.
    Poses: poses,
    /// The list of bones.
    Bones: bones,
    /// Fingers.
    Hands: hands,
    /// Expressions, morphs and the gaze.
    Face: face,
    /// Hair, skirts and ribbons that swing.
    Sway: sway,
    /// Poses that other programs send.
    Live: live,
    /// The stand-in.
    StandIn: standin,
    /// Characters that nobody has drawn yet.
    Invent: invent,
    /// The Ultra-Dense Pose, number by number.
    Inspector: inspector,
    /// What moves the figure, frame by frame.
    Timeline: timeline,
    /// Exports that wait, are painted or are done.
    Renders: renders,
    /// Networks that learn.
    Training: training,
    /// Notes of the project.
    Notes: notes,
    /// What happened.
    Log: log,
}

/// A menu that stays open while things are changed in it.
fn menu(ui: &mut egui::Ui, label: &str, content: impl FnOnce(&mut egui::Ui)) -> egui::Response {
    let stays = MenuConfig::new().close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    MenuButton::new(label).config(stays).ui(ui, content).0
}

/// The panels that were shown so far.
#[derive(Default)]
pub struct Panels(BTreeMap<PanelKind, Box<dyn Panel>>);

impl Panels {
    /// The panel of a kind.
    pub fn get(&mut self, kind: PanelKind) -> &mut dyn Panel {
        self.0.entry(kind).or_insert_with(kind.registration().new).as_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_are_told_apart() {
        let all: Vec<_> = PanelKind::ALL.iter().map(|kind| kind.registration()).collect();
        for (i, a) in all.iter().enumerate() {
            assert!(all[..i].iter().all(|b| a.title != b.title && (a.key.is_none() || a.key != b.key)), "{}", a.title);
            assert!(a.title.starts_with(char::is_uppercase) && !a.tip.ends_with('.'), "{}", a.title);
        }
    }
}
