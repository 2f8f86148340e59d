//! One table of everything that can be asked for by name: the menus, the shortcuts and the palette read it.

use super::command::Command;
use super::panels::PanelKind;
use super::settings::Theme;
use super::view::{Gizmo, Style};
use crate::pose::CameraView;
use egui::{Key, KeyboardShortcut, Modifiers};

/// A menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// Files.
    File,
    /// Undo and the clipboard.
    Edit,
    /// The pose.
    Pose,
    /// What is seen.
    View,
    /// Panels, theme, size.
    Window,
    /// Help.
    Help,
}

impl Menu {
    /// All menus in their order.
    pub const ALL: [(Menu, &'static str); 6] = [
        (Self::File, "File"),
        (Self::Edit, "Edit"),
        (Self::Pose, "Pose"),
        (Self::View, "View"),
        (Self::Window, "Window"),
        (Self::Help, "Help"),
    ];
}

/// Something that can be asked for by name.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its menu.
    pub menu: Menu,
    /// A line above it in the menu.
    pub separated: bool,
    /// Its name, in sentence case, `…` where input follows.
    pub label: String,
    /// What it does, in a sentence.
    pub tip: &'static str,
    /// Its key.
    pub key: Option<KeyboardShortcut>,
    /// What it sends.
    pub command: Command,
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);
const NONE: Modifiers = Modifiers::NONE;

/// The whole table, in the menus' order.
pub fn all() -> Vec<Action> {
    let mut table = Table { menu: Menu::File, separated: false, actions: Vec::new() };
    table.files();
    table.edits();
    table.poses();
    table.views();
    table.windows();
    table.helps();
    table.actions
}

/// The action that sends `command`.
pub fn of(command: &Command) -> Option<Action> {
    all().into_iter().find(|action| action.command == *command)
}

/// `label (Ctrl+S)`, for tooltips.
pub fn tip(ctx: &egui::Context, command: &Command, what: &str) -> String {
    match of(command).and_then(|action| action.key) {
        Some(key) => format!("{what} ({})", ctx.format_shortcut(&key)),
        None => what.to_owned(),
    }
}

struct Table {
    menu: Menu,
    separated: bool,
    actions: Vec<Action>,
}

impl Table {
    fn begin(&mut self, menu: Menu) {
        (self.menu, self.separated) = (menu, false);
    }

    fn line(&mut self) {
        self.separated = true;
    }

    fn add(&mut self, label: &str, tip: &'static str, key: Option<(Modifiers, Key)>, command: Command) {
        let key = key.map(|(modifiers, key)| KeyboardShortcut::new(modifiers, key));
        let separated = std::mem::take(&mut self.separated);
        self.actions.push(Action { menu: self.menu, separated, label: label.into(), tip, key, command });
    }

    fn files(&mut self) {
        self.begin(Menu::File);
        self.add("New project", "An empty project", Some((CTRL, Key::N)), Command::New);
        self.add("Open…", "A project, a figure, drawings, poses or weights", Some((CTRL, Key::O)), Command::OpenDialog);
        self.add("Open the example", "The built-in figure and its character sheet", None, Command::OpenExample);
        self.line();
        self.add("Save", "Save the project", Some((CTRL, Key::S)), Command::Save);
        self.add("Save as…", "Save the project under another name", Some((CTRL_SHIFT, Key::S)), Command::SaveAsDialog);
        self.add("Collect…", "The project with all its files in one zip file", None, Command::CollectDialog);
        self.line();
        self.add("Add drawings…", "Drawings for the character sheet", Some((CTRL, Key::D)), Command::AddDrawingsDialog);
        self.add(
            "Open a figure…",
            "A rigged figure: VRM, PMX, PMD, glTF or OBJ",
            Some((CTRL, Key::F)),
            Command::OpenFigureDialog,
        );
        self.add("Load weights…", "Weights of the neural renderer", None, Command::WeightsDialog);
        self.line();
        self.add(
            "Save the picture…",
            "The painted picture as PNG, with transparency",
            Some((CTRL, Key::E)),
            Command::SavePictureDialog,
        );
        self.add("Save the UDP…", "The Ultra-Dense Pose of the output picture", None, Command::SaveUdpDialog);
        self.line();
        self.add("Quit", "Close the window", Some((CTRL, Key::Q)), Command::Quit);
    }

    fn edits(&mut self) {
        self.begin(Menu::Edit);
        self.add("Undo", "Take the last step back", Some((CTRL, Key::Z)), Command::Undo);
        self.add("Redo", "Do it again", Some((CTRL_SHIFT, Key::Z)), Command::Redo);
        self.line();
        self.add("Copy the pose", "Keep this pose for pasting", Some((CTRL_SHIFT, Key::C)), Command::CopyPose);
        self.add("Paste the pose", "Take the kept pose", Some((CTRL_SHIFT, Key::V)), Command::PastePose);
        self.add(
            "Copy the picture",
            "The painted picture to the clipboard",
            Some((CTRL_SHIFT, Key::X)),
            Command::CopyPicture,
        );
        self.line();
        self.add("Paint again", "Paint the picture over, such as after a failure", None, Command::PaintAgain);
        self.add(
            "Stop what is being done",
            "Cancel loading or painting",
            Some((CTRL, Key::Period)),
            Command::CancelWork,
        );
        self.add("Find a command…", "Everything by name", Some((CTRL, Key::P)), Command::Palette);
    }

    fn poses(&mut self) {
        self.begin(Menu::Pose);
        self.add("Flip", "Left and right change places", Some((CTRL, Key::M)), Command::FlipPose);
        self.add(
            "Mirror left to right",
            "The figure's right side follows its left",
            None,
            Command::MirrorSide { from_left: true },
        );
        self.add(
            "Mirror right to left",
            "The figure's left side follows its right",
            None,
            Command::MirrorSide { from_left: false },
        );
        self.line();
        self.add(
            "Joint limits",
            "Joints keep to what a human body can do, or no longer",
            Some((NONE, Key::J)),
            Command::JointLimits,
        );
        self.line();
        self.add("Reset the bone", "The selected bone as in T-pose", Some((NONE, Key::Delete)), Command::ResetBone);
        self.add(
            "Reset the limb",
            "The selected limb as in T-pose",
            Some((Modifiers::SHIFT, Key::Delete)),
            Command::ResetLimb,
        );
        self.add("Reset the whole pose", "Everything as in T-pose", None, Command::ResetPose);
        self.line();
        self.add("Import poses…", "Pose files (JSON, VPD) to the library", None, Command::ImportPosesDialog);
        self.add("Export the pose…", "This pose as a file (JSON, VPD)", None, Command::ExportPoseDialog);
        self.line();
        self.add("Select nothing", "No bone is selected", Some((NONE, Key::Escape)), Command::Select(None));
    }

    fn views(&mut self) {
        self.begin(Menu::View);
        self.add("Frame the figure", "The whole figure in the picture", Some((NONE, Key::F)), Command::FrameFigure);
        let keys = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8];
        for ((name, view), key) in CameraView::NAMED.into_iter().zip(keys) {
            let label = format!("Look from {}", words(name));
            self.add(
                &label,
                "One of the usual views, framed on the figure",
                Some((NONE, key)),
                Command::LookFrom(view),
            );
        }
        self.line();
        self.add("Show the figure lit", "In its colours", Some((NONE, Key::L)), Command::Show(Style::Lit));
        self.add(
            "Show the UDP",
            "Per pixel, which point of the body is seen",
            Some((NONE, Key::U)),
            Command::Show(Style::Udp),
        );
        self.add(
            "Show the wireframe",
            "The edges of its triangles",
            Some((NONE, Key::W)),
            Command::Show(Style::Wireframe),
        );
        self.line();
        self.add("All handles", "Rings and handles", Some((NONE, Key::Q)), Command::Handles(Gizmo::All));
        self.add("Rings only", "Rotate the selected bone", Some((NONE, Key::R)), Command::Handles(Gizmo::Rotate));
        self.add(
            "Handles only",
            "Pull hands, feet, hips, chest and head",
            Some((NONE, Key::G)),
            Command::Handles(Gizmo::Reach),
        );
        self.add("No handles", "Only look", None, Command::Handles(Gizmo::Off));
        self.add("Rings in the bone's axes", "Rings turn about the bone's own axes", None, Command::WorldAxes(false));
        self.add("Rings in the world's axes", "Rings turn about the world's axes", None, Command::WorldAxes(true));
        self.add("Show the skeleton", "Bones over the figure", Some((NONE, Key::B)), Command::ShowSkeleton(true));
        self.add(
            "Hide the skeleton",
            "No bones over the figure",
            Some((Modifiers::SHIFT, Key::B)),
            Command::ShowSkeleton(false),
        );
        self.add("Show all bones", "Bones of hair and clothes too", None, Command::ShowAllJoints(true));
        self.add("Show the body's bones", "No bones of hair and clothes", None, Command::ShowAllJoints(false));
        self.add(
            "Show the sources",
            "Which drawing each part of the picture is from",
            None,
            Command::ShowContributions(true),
        );
        self.add("Hide the sources", "The painted picture alone", None, Command::ShowContributions(false));
    }

    fn windows(&mut self) {
        self.begin(Menu::Window);
        for (kind, key) in PanelKind::ALL.into_iter().zip([
            Key::F1,
            Key::F2,
            Key::F3,
            Key::F4,
            Key::F5,
            Key::F6,
            Key::F7,
            Key::F8,
            Key::F9,
        ]) {
            self.add(kind.title(), kind.tip(), Some((NONE, key)), Command::ShowPanel(kind));
        }
        self.line();
        self.add("Put panels back", "All panels in their usual places", None, Command::ResetLayout);
        self.line();
        self.add("Theme of the system", "Dark or light as the system has it", None, Command::Theme(Theme::System));
        self.add("Dark theme", "Light on dark", None, Command::Theme(Theme::Dark));
        self.add("Light theme", "Dark on light", None, Command::Theme(Theme::Light));
        self.line();
        self.add("Larger", "Everything larger", Some((CTRL, Key::Plus)), Command::Zoom(1));
        self.add("Smaller", "Everything smaller", Some((CTRL, Key::Minus)), Command::Zoom(-1));
        self.add("Usual size", "Everything as the system has it", Some((CTRL, Key::Num0)), Command::Zoom(0));
    }

    fn helps(&mut self) {
        self.begin(Menu::Help);
        self.add("Tour", "Five steps through the window", None, Command::Tour);
        self.add("Keys and mouse", "What each key and mouse button does", Some((CTRL, Key::Slash)), Command::Keys);
        self.add("What the figure's author allows", "The figure's licence", None, Command::Licence);
        self.add("About Settei", "Version and licence", None, Command::About);
    }
}

/// `three-quarter-left` as words.
fn words(name: &str) -> String {
    match name {
        "low" => "below".into(),
        "high" => "above".into(),
        "front" | "back" => format!("the {name}"),
        "left" | "right" => format!("its {name}"),
        name => name.replacen("three-quarter-", "three quarters ", 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_labels_and_commands_are_told_apart() {
        let all = all();
        for (i, a) in all.iter().enumerate() {
            for b in &all[..i] {
                assert!(a.key.is_none() || a.key != b.key, "{} and {} share a key", a.label, b.label);
                assert_ne!(a.label, b.label);
                assert_ne!(a.command, b.command, "{}", a.label);
            }
            assert!(a.label.starts_with(char::is_uppercase) && !a.tip.ends_with('.'), "{}", a.label);
            assert!(!a.label.contains("..."), "{}", a.label);
        }
        for (menu, name) in Menu::ALL {
            assert!(all.iter().any(|action| action.menu == menu), "{name}");
        }
    }
}
