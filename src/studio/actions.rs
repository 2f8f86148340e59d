//! One table of everything that can be asked for by name: the menus, the shortcuts and the palette read it.

use super::commands::{
    CameraCommand, Command, DocumentCommand, ExportCommand, LiveCommand, MotionCommand, PaintCommand, PoseCommand,
    SheetCommand, StandInCommand, ViewCommand, WindowCommand, Work,
};
use super::dialogs::Ask;
use super::display::{Gizmo, PathOf, Style};
use super::panels::PanelKind;
use super::settings::Theme;
use crate::motion::library;
use crate::pose::CameraView;
use crate::project::MotionSource;
use egui::{Key, KeyboardShortcut, Modifiers};
use std::sync::LazyLock;

/// A menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Menu {
    /// Files.
    File,
    /// Undo and the clipboard.
    Edit,
    /// The pose.
    Pose,
    /// What moves the figure.
    Motion,
    /// What is seen.
    View,
    /// Panels, theme, size.
    Window,
    /// Help.
    Help,
}

impl Menu {
    /// All menus in their order.
    pub const ALL: [(Menu, &'static str); 7] = [
        (Self::File, "File"),
        (Self::Edit, "Edit"),
        (Self::Pose, "Pose"),
        (Self::Motion, "Motion"),
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

/// The whole table, in the menus' order; it is built once.
pub fn all() -> &'static [Action] {
    static ALL: LazyLock<Vec<Action>> = LazyLock::new(|| {
        let mut table = Table { menu: Menu::File, separated: false, actions: Vec::new() };
        table.files();
        table.edits();
        table.poses();
        table.motions();
        table.views();
        table.windows();
        table.helps();
        table.actions
    });
    &ALL
}

/// All keys with what they send, those with more modifiers first: Ctrl+Shift+Z is not Ctrl+Z.
pub fn keys() -> &'static [(KeyboardShortcut, Command)] {
    static KEYS: LazyLock<Vec<(KeyboardShortcut, Command)>> = LazyLock::new(|| {
        let mut keys: Vec<_> = all().iter().filter_map(|action| Some((action.key?, action.command.clone()))).collect();
        keys.sort_by_key(|(key, _)| std::cmp::Reverse(u8::from(key.modifiers.shift) + u8::from(key.modifiers.command)));
        keys
    });
    &KEYS
}

/// The action that sends `command`.
pub fn of(command: &Command) -> Option<&'static Action> {
    all().iter().find(|action| action.command == *command)
}

/// A key as its cap shows it: `Ctrl+.` rather than `Ctrl+Period`.
pub fn shown(ctx: &egui::Context, shortcut: &KeyboardShortcut) -> String {
    let (text, key) = (ctx.format_shortcut(shortcut), shortcut.logical_key);
    // Arrows keep their words, which every font has.
    let cap = Some(key.symbol_or_name()).filter(|cap| cap.is_ascii());
    cap.and_then(|cap| Some(format!("{}{cap}", text.strip_suffix(key.name())?))).unwrap_or(text)
}

/// `label (Ctrl+S)`, for tooltips.
pub fn tip(ctx: &egui::Context, command: impl Into<Command>, what: &str) -> String {
    match of(&command.into()).and_then(|action| action.key) {
        Some(key) => format!("{what} ({})", shown(ctx, &key)),
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

    fn add(&mut self, label: &str, tip: &'static str, key: Option<(Modifiers, Key)>, command: impl Into<Command>) {
        let key = key.map(|(modifiers, key)| KeyboardShortcut::new(modifiers, key));
        let separated = std::mem::take(&mut self.separated);
        let command = command.into();
        self.actions.push(Action { menu: self.menu, separated, label: label.into(), tip, key, command });
    }

    fn files(&mut self) {
        self.begin(Menu::File);
        self.add("New project", "An empty project", Some((CTRL, Key::N)), DocumentCommand::New);
        self.add(
            "Open…",
            "A project, a figure, drawings, poses, motions, a sound or weights",
            Some((CTRL, Key::O)),
            Ask::Open,
        );
        self.add(
            "Open plain drawings",
            "Four drawings by another hand, of which Settei finds out by itself what they show",
            None,
            DocumentCommand::OpenDrawnExample,
        );
        self.add("Open the example", "The built-in figure and its character sheet", None, DocumentCommand::OpenExample);
        self.line();
        self.add("Save", "Save the project", Some((CTRL, Key::S)), DocumentCommand::Save);
        self.add("Save as…", "Save the project under another name", Some((CTRL_SHIFT, Key::S)), Ask::SaveProject);
        self.add("Collect…", "The project with all its files in one zip file", None, Ask::Collect);
        self.line();
        self.add("Add drawings…", "Drawings for the character sheet", Some((CTRL, Key::D)), Ask::Drawings);
        self.add(
            "Landmarks of drawings…",
            "Where the detector sees which part of the body, to put right what is wrong",
            Some((CTRL, Key::L)),
            SheetCommand::Landmarks(None),
        );
        self.add("Open a figure…", "A rigged figure: VRM, PMX, PMD, glTF or OBJ", Some((CTRL, Key::F)), Ask::Figure);
        self.add("Load weights…", "Weights of the neural renderer: a file", None, Ask::Weights);
        self.add(
            "Load a folder of weights…",
            "The folder with the four files of CoNR's authors",
            None,
            Ask::WeightsFolder,
        );
        self.line();
        self.add(
            "Save the picture…",
            "The painted picture as PNG, with transparency",
            Some((CTRL, Key::E)),
            Ask::SavePicture,
        );
        self.add(
            "Export frames…",
            "What moves, as an animation, a video, sprites or cels",
            Some((CTRL_SHIFT, Key::E)),
            ExportCommand::Dialog,
        );
        self.add("Save the UDP…", "The Ultra-Dense Pose of the output picture", None, Ask::SaveUdp);
        self.add("Export the stand-in…", "The stand-in as VRM, for other programs", None, Ask::SaveStandIn);
        self.line();
        self.add("Open a training…", "A training's folder, from another place or machine", None, Ask::Training);
        self.line();
        self.add("Quit", "Close the window", Some((CTRL, Key::Q)), DocumentCommand::Quit);
    }

    fn edits(&mut self) {
        self.begin(Menu::Edit);
        self.add("Undo", "Take the last step back", Some((CTRL, Key::Z)), DocumentCommand::Undo);
        self.add("Redo", "Do it again", Some((CTRL_SHIFT, Key::Z)), DocumentCommand::Redo);
        self.add(
            "Dress me like my drawings",
            "Look for the stand-in that covers the drawings best",
            None,
            StandInCommand::Dress,
        );
        self.line();
        self.add("Copy the pose", "Keep this pose for pasting", Some((CTRL_SHIFT, Key::C)), PoseCommand::Copy);
        self.add("Paste the pose", "Take the kept pose", Some((CTRL_SHIFT, Key::V)), PoseCommand::Paste);
        self.add(
            "Copy the picture",
            "The painted picture to the clipboard",
            Some((CTRL_SHIFT, Key::X)),
            PaintCommand::CopyPicture,
        );
        self.line();
        self.add("Paint again", "Paint the picture over, such as after a failure", None, PaintCommand::Again);
        self.add(
            "Stop what is being done",
            "Cancel loading or painting",
            Some((CTRL, Key::Period)),
            WindowCommand::Stop(Work::All),
        );
        self.add("Find a command…", "Everything by name", Some((CTRL, Key::P)), WindowCommand::Palette);
    }

    fn poses(&mut self) {
        self.begin(Menu::Pose);
        self.add("Flip", "Left and right change places", Some((CTRL, Key::M)), PoseCommand::Flip);
        self.add(
            "Mirror left to right",
            "The figure's right side follows its left",
            None,
            PoseCommand::MirrorSide { from_left: true },
        );
        self.add(
            "Mirror right to left",
            "The figure's left side follows its right",
            None,
            PoseCommand::MirrorSide { from_left: false },
        );
        self.line();
        self.add(
            "Joint limits",
            "Joints keep to what a human body can do, or no longer",
            Some((NONE, Key::J)),
            PoseCommand::JointLimits,
        );
        self.add(
            "Hanging hair and skirts",
            "Hair, skirts and ribbons that can swing hang as they come to rest in the pose, or stay as they were made",
            None,
            PoseCommand::Hanging,
        );
        self.line();
        self.add("Reset the bone", "The selected bone as in T-pose", Some((NONE, Key::Delete)), PoseCommand::ResetBone);
        self.add(
            "Reset the limb",
            "The selected limb as in T-pose",
            Some((Modifiers::SHIFT, Key::Delete)),
            PoseCommand::ResetLimb,
        );
        self.add("Reset the whole pose", "Everything as in T-pose", None, PoseCommand::Reset);
        self.line();
        self.add("Import poses…", "Pose files (JSON, VPD) to the library", None, Ask::Poses);
        self.add("Export the pose…", "This pose as a file (JSON, VPD)", None, Ask::SavePose);
        self.line();
        self.add("Select nothing", "No bone is selected", Some((NONE, Key::Escape)), ViewCommand::Select(None));
    }

    fn motions(&mut self) {
        self.begin(Menu::Motion);
        let mut add = |label: &str, tip, key: Option<Key>, command: MotionCommand| {
            self.add(label, tip, key.map(|key| (NONE, key)), command);
        };
        add("Play or pause", "The figure moves, or stays where it is", Some(Key::Space), MotionCommand::Toggle);
        add("Back to the pose", "The figure holds its own pose again", None, MotionCommand::Stop);
        add("Next frame", "One picture on", Some(Key::Period), MotionCommand::Step(1));
        add("Previous frame", "One picture back", Some(Key::Comma), MotionCommand::Step(-1));
        add("First frame", "To where playing begins", Some(Key::Home), MotionCommand::First);
        add("Last frame", "To where playing ends", Some(Key::End), MotionCommand::Last);
        add("Begin here", "Playing begins at this frame", Some(Key::I), MotionCommand::In);
        add("End here", "Playing ends at this frame", Some(Key::O), MotionCommand::Out);
        add("Play everything", "From the first frame to the last", None, MotionCommand::Whole);
        self.line();
        let mut add = |label: &str, tip, key: Option<Key>, command: MotionCommand| {
            self.add(label, tip, key.map(|key| (NONE, key)), command);
        };
        add("Key the pose", "The figure comes through this pose at this frame", Some(Key::K), MotionCommand::Key);
        add("Next key", "To the key after this frame", Some(Key::CloseBracket), MotionCommand::NextKey);
        add("Previous key", "To the key before this frame", Some(Key::OpenBracket), MotionCommand::PreviousKey);
        add("Take this frame's pose", "It becomes the figure's own pose", None, MotionCommand::UsePose);
        self.add("Open a sound…", "Music or a voice that goes with the motion", None, Ask::Sound);
        self.add(
            "Key the camera",
            "The camera comes through here at this frame",
            Some((Modifiers::SHIFT, Key::K)),
            CameraCommand::Key,
        );
        self.line();
        self.add(
            "Listen for live poses",
            "The figure does what another program sends by VMC, or no longer",
            None,
            LiveCommand::Toggle,
        );
        self.add(
            "Calibrate live poses",
            "Whoever is followed stands in T-pose in three seconds",
            None,
            LiveCommand::Calibrate,
        );
        self.add(
            "Record live poses",
            "What is sent becomes the timeline's take; once more ends it",
            None,
            LiveCommand::Record,
        );
        self.add(
            "Puppet window",
            "The character alone, without a frame and on top, for programs that film windows; once more hides it",
            None,
            LiveCommand::Puppet,
        );
        self.line();
        self.add(
            "Onion skin",
            "The frames before and after are seen as ghosts under the figure, while nothing plays",
            Some((Modifiers::SHIFT, Key::O)),
            ViewCommand::OnionSkin,
        );
        self.add(
            "Motion path of the selected bone",
            "The way of the selected bone through what is played, frame by frame",
            None,
            ViewCommand::Path(PathOf::Selected),
        );
        self.add("Hide the motion path", "No way is drawn", None, ViewCommand::Path(PathOf::Nothing));
        self.line();
        self.add("Open a motion…", "VMD, VRM animation, BVH or glTF", None, Ask::Motion);
        self.add("Open a camera motion…", "The camera of an MMD motion (VMD)", None, Ask::CameraMotion);
        for name in library::names() {
            let label = format!("Let the figure {name}");
            let command = MotionCommand::Open(MotionSource::BuiltIn(name.to_owned()));
            self.add(&label, "One of Settei's own motions", None, command);
        }
    }

    fn views(&mut self) {
        self.begin(Menu::View);
        self.add("Frame the figure", "The whole figure in the picture", Some((NONE, Key::F)), ViewCommand::FrameFigure);
        self.add(
            "Frame the selected bone",
            "The selected bone and what hangs on it in the picture",
            Some((Modifiers::SHIFT, Key::F)),
            ViewCommand::FrameSelected,
        );
        let keys = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8];
        for ((name, view), key) in CameraView::NAMED.into_iter().zip(keys) {
            let label = format!("Look from {}", words(name));
            self.add(
                &label,
                "One of the usual views, framed on the figure",
                Some((NONE, key)),
                ViewCommand::LookFrom(view),
            );
        }
        self.line();
        self.add("Show the figure lit", "In its colours", Some((NONE, Key::L)), ViewCommand::Show(Style::Lit));
        self.add(
            "Show the UDP",
            "Per pixel, which point of the body is seen",
            Some((NONE, Key::U)),
            ViewCommand::Show(Style::Udp),
        );
        self.add(
            "Show the wireframe",
            "The edges of its triangles",
            Some((NONE, Key::W)),
            ViewCommand::Show(Style::Wireframe),
        );
        self.line();
        self.add("All handles", "Rings and handles", Some((NONE, Key::Q)), ViewCommand::Handles(Gizmo::All));
        self.add("Rings only", "Rotate the selected bone", Some((NONE, Key::R)), ViewCommand::Handles(Gizmo::Rotate));
        self.add(
            "Handles only",
            "Pull hands, feet, hips, chest and head",
            Some((NONE, Key::G)),
            ViewCommand::Handles(Gizmo::Reach),
        );
        self.add("No handles", "Only look", None, ViewCommand::Handles(Gizmo::Off));
        self.add(
            "Rings in the bone's axes",
            "Rings turn about the bone's own axes",
            None,
            ViewCommand::WorldAxes(false),
        );
        self.add("Rings in the world's axes", "Rings turn about the world's axes", None, ViewCommand::WorldAxes(true));
        self.add("Show the skeleton", "Bones over the figure", Some((NONE, Key::B)), ViewCommand::Skeleton(true));
        self.add(
            "Hide the skeleton",
            "No bones over the figure",
            Some((Modifiers::SHIFT, Key::B)),
            ViewCommand::Skeleton(false),
        );
        self.add("Show all bones", "Bones of hair and clothes too", None, ViewCommand::AllJoints(true));
        self.add("Show the body's bones", "No bones of hair and clothes", None, ViewCommand::AllJoints(false));
        self.add(
            "Show the sources",
            "Which drawing each part of the picture is from",
            None,
            ViewCommand::Contributions(true),
        );
        self.add("Hide the sources", "The painted picture alone", None, ViewCommand::Contributions(false));
    }

    fn windows(&mut self) {
        self.begin(Menu::Window);
        for &kind in PanelKind::ALL {
            let panel = kind.registration();
            self.add(panel.title, panel.tip, panel.key.map(|key| (NONE, key)), WindowCommand::ShowPanel(kind));
        }
        self.line();
        self.add(
            "Large preview",
            "The painted picture takes all the room, or goes back to its place",
            Some((NONE, Key::P)),
            WindowCommand::Enlarge(PanelKind::Preview),
        );
        self.add("Put panels back", "All panels in their usual places", None, WindowCommand::ResetLayout);
        self.line();
        self.add(
            "Theme of the system",
            "Dark or light as the system has it",
            None,
            WindowCommand::Theme(Theme::System),
        );
        self.add("Dark theme", "Light on dark", None, WindowCommand::Theme(Theme::Dark));
        self.add("Light theme", "Dark on light", None, WindowCommand::Theme(Theme::Light));
        self.line();
        self.add("Larger", "Everything larger", Some((CTRL, Key::Plus)), WindowCommand::Zoom(1));
        self.add("Smaller", "Everything smaller", Some((CTRL, Key::Minus)), WindowCommand::Zoom(-1));
        self.add("Usual size", "Everything as the system has it", Some((CTRL, Key::Num0)), WindowCommand::Zoom(0));
    }

    fn helps(&mut self) {
        self.begin(Menu::Help);
        self.add("Tour", "Five steps through the window", None, WindowCommand::Tour);
        self.add(
            "Keys and mouse",
            "What each key and mouse button does",
            Some((CTRL, Key::Slash)),
            WindowCommand::Keys,
        );
        self.add("What the figure's author allows", "The figure's licence", None, WindowCommand::Licence);
        self.add("About Settei", "Version and licence", None, WindowCommand::About);
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
