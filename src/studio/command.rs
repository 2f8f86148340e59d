//! Every action of the user: what menu, shortcut, palette, panels and tests send alike.

use super::panels::PanelKind;
use super::settings::Theme;
use super::view::{Gizmo, Style};
use crate::pose::{CameraView, HumanBone, Orbit, Pose};
use crate::project::{Drawing, DrawingSource, FigureSource, NamedCamera, NamedPose, PaintingSettings, Tracing};
use std::path::PathBuf;

/// One action. Those with `…` in their label ask for a file first and end in another command.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    // File
    /// An empty project.
    New,
    /// The built-in example.
    OpenExample,
    /// Asks which project, figure or drawings to open.
    OpenDialog,
    /// Opens files by their kind: a project, a figure, drawings, poses, weights; folders of drawings.
    Open(Vec<PathBuf>),
    /// Saves under the known name, or asks for one.
    Save,
    /// Asks under which name to save.
    SaveAsDialog,
    /// Saves under this name.
    SaveAs(PathBuf),
    /// Asks where to collect the project with all its files.
    CollectDialog,
    /// Collects the project with all its files into a folder or a zip.
    Collect(PathBuf),
    /// Takes over what a dead window left behind (an index into the offered list).
    Recover(usize),
    /// Throws the offered leftover away.
    DiscardLeftover(usize),
    /// Closes the window, asking first if work is unsaved.
    Quit,

    // Edit
    /// Takes the last step back.
    Undo,
    /// Does it again.
    Redo,
    /// Changes the project, as one step of that name (one step a drag).
    Edit {
        /// What the step is called in the menu: "Rotate left hand".
        label: String,
        /// The change.
        edit: Edit,
    },

    // Sheet
    /// Asks for drawings to add.
    AddDrawingsDialog,
    /// Adds drawings and folders of drawings.
    AddDrawings(Vec<PathBuf>),
    /// Adds a picture from the clipboard.
    PasteDrawing(std::sync::Arc<egui::ColorImage>),
    /// Opens a drawing in the system's paint program.
    EditDrawing(DrawingSource),
    /// Opens the cut-out tool on a drawing.
    CutOut(DrawingSource),
    /// The current pose's UDP becomes that of the drawing it was posed over, as a file beside it.
    SaveTracedUdp(DrawingSource),
    /// Asks for the file to show in a drawing's place: also "Locate…" of a missing one.
    ReplaceDrawingDialog(DrawingSource),
    /// Shows a file in a drawing's place.
    ReplaceDrawing(DrawingSource, PathBuf),
    /// Reads a drawing again.
    ReloadDrawing(DrawingSource),
    /// Poses the figure over a drawing: tracing picture and output frame follow it.
    Trace(DrawingSource),

    // Figure and pose
    /// Asks for a figure.
    OpenFigureDialog,
    /// Selects a joint, or nothing.
    Select(Option<u32>),
    /// The pose in a mirror.
    FlipPose,
    /// One side's bones take the other's pose: `true` from the figure's left to its right.
    MirrorSide {
        /// The left side is copied to the right.
        from_left: bool,
    },
    /// Keeps the pose for pasting.
    CopyPose,
    /// Takes the kept pose.
    PastePose,
    /// Joints keep to human limits, or no longer.
    JointLimits,
    /// The selected joint as in T-pose.
    ResetBone,
    /// The selected limb as in T-pose.
    ResetLimb,
    /// Everything as in T-pose.
    ResetPose,
    /// Takes a pose; `only`: for these bones alone.
    TakePose {
        /// Its name, for the menu.
        name: String,
        /// The pose.
        pose: Pose,
        /// Only these bones, if any are given.
        only: Option<Vec<HumanBone>>,
    },
    /// Keeps the current pose in the project under a name.
    KeepPose(String),
    /// Asks for poses to add to the library (JSON, VPD).
    ImportPosesDialog,
    /// Adds pose files to the library.
    ImportPoses(Vec<PathBuf>),
    /// Asks where to save the current pose (JSON, VPD).
    ExportPoseDialog,
    /// Saves the current pose.
    ExportPose(PathBuf),

    // View
    /// How the viewport shows the figure.
    Show(Style),
    /// Which handles the viewport offers.
    Handles(Gizmo),
    /// Rings turn about the world's axes instead of the bone's own.
    WorldAxes(bool),
    /// The skeleton drawn over the figure.
    ShowSkeleton(bool),
    /// The skeleton has hair, clothes and the like too.
    ShowAllJoints(bool),
    /// Brings the whole figure into the frame, from where it is seen.
    FrameFigure,
    /// One of the named views, framed.
    LookFrom(CameraView),
    /// Keeps the current camera under a name.
    KeepCamera(String),

    // Preview
    /// Asks for CoNR's weights.
    WeightsDialog,
    /// Asks where to save the painted picture.
    SavePictureDialog,
    /// Saves the painted picture as PNG, straight alpha.
    SavePicture(PathBuf),
    /// Copies the painted picture to the clipboard.
    CopyPicture,
    /// Asks where to save the current UDP.
    SaveUdpDialog,
    /// Saves the current UDP.
    SaveUdp(PathBuf),
    /// Shows which drawing contributed where.
    ShowContributions(bool),
    /// Paints the picture over, such as after a failure.
    PaintAgain,
    /// Stops what is being done.
    CancelWork,

    // Window
    /// Opens or closes the command palette.
    Palette,
    /// Shows a panel, bringing it back if it was closed.
    ShowPanel(PanelKind),
    /// Puts all panels back in their places.
    ResetLayout,
    /// Dark, light or as the system has it.
    Theme(Theme),
    /// Everything larger, smaller or (0) as it was.
    Zoom(i8),
    /// Begins the tour.
    Tour,
    /// Lists the keys and mouse actions.
    Keys,
    /// Who made this, under which licence.
    About,
    /// What the figure's author allows.
    Licence,
}

/// A change of the project; each replaces one part of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// The pose.
    Pose(Pose),
    /// The camera.
    Camera(Orbit),
    /// Width and height of the output picture.
    Frame([u32; 2]),
    /// The drawings.
    Sheet(Vec<Drawing>),
    /// The figure.
    Figure(Option<FigureSource>),
    /// What paints.
    Painting(PaintingSettings),
    /// The kept poses.
    Poses(Vec<NamedPose>),
    /// The kept cameras.
    Cameras(Vec<NamedCamera>),
    /// The tracing picture.
    Tracing(Option<Tracing>),
    /// Whether joints keep to human limits.
    JointLimits(bool),
}

impl Command {
    /// An [`Command::Edit`].
    pub fn edit(label: impl Into<String>, edit: Edit) -> Self {
        Self::Edit { label: label.into(), edit }
    }
}

/// What panels and menus have asked for in this frame.
#[derive(Debug, Default)]
pub struct Outbox(Vec<Command>);

impl Outbox {
    /// Sends a command; it takes effect after the frame.
    pub fn send(&mut self, command: Command) {
        self.0.push(command);
    }

    /// Sends a change of the project.
    pub fn edit(&mut self, label: impl Into<String>, edit: Edit) {
        self.send(Command::edit(label, edit));
    }

    /// All that was sent.
    pub(super) fn take(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.0)
    }
}
