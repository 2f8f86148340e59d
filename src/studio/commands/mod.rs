//! Every action of the user: what menu, shortcut, palette, panels and tests send alike.
//!
//! One family a file: what can be asked for there, and what it does. [`DocumentCommand`] is the project and its history,
//! [`SheetCommand`] the drawings, [`PoseCommand`] the figure's pose, [`MotionCommand`] what moves it,
//! [`CameraCommand`] what moves the camera, [`LiveCommand`] poses that are sent, [`ViewCommand`] what is looked at, [`PaintCommand`] the painted picture,
//! [`ExportCommand`] frames that leave, [`StandInCommand`] the stand-in, [`InventCommand`] characters that nobody has drawn,
//! [`TrainCommand`] trainings,
//! [`WindowCommand`] the window itself.

mod bones;
mod camera;
mod document;
mod drawn_pose;
mod edit;
mod export;
mod invent;
mod live;
mod motion;
mod own_poses;
mod paint;
mod pose;
mod sheet;
mod standin;
mod training;
mod view;
mod window;

pub use camera::CameraCommand;
pub use document::{DocumentCommand, Outside};
pub use edit::Edit;
pub use export::ExportCommand;
pub use invent::{InventCommand, Invention};
pub use live::LiveCommand;
pub use motion::MotionCommand;
pub(super) use motion::TWEEN;
pub use own_poses::OwnChange;
pub use paint::PaintCommand;
pub use pose::PoseCommand;
pub use sheet::SheetCommand;
pub use standin::StandInCommand;
pub use training::{NewTraining, Picked, TrainCommand};
pub use view::ViewCommand;
pub(super) use view::framing;
pub use window::{WindowCommand, Work};

use super::Studio;
use super::dialogs::Ask;

/// One action.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Asks for a file; the answer comes back as another command.
    Ask(Ask),
    /// See [`DocumentCommand`].
    Document(DocumentCommand),
    /// See [`SheetCommand`].
    Sheet(SheetCommand),
    /// See [`PoseCommand`].
    Pose(PoseCommand),
    /// See [`MotionCommand`].
    Motion(MotionCommand),
    /// See [`CameraCommand`].
    Camera(CameraCommand),
    /// See [`LiveCommand`].
    Live(LiveCommand),
    /// See [`ViewCommand`].
    View(ViewCommand),
    /// See [`PaintCommand`].
    Paint(PaintCommand),
    /// See [`ExportCommand`].
    Export(ExportCommand),
    /// See [`StandInCommand`].
    StandIn(StandInCommand),
    /// See [`InventCommand`].
    Invent(InventCommand),
    /// See [`TrainCommand`].
    Train(TrainCommand),
    /// See [`WindowCommand`].
    Window(WindowCommand),
}

impl Command {
    /// A change of the project, as one step of that name (one step a drag).
    pub fn edit(label: impl Into<String>, edit: Edit) -> Self {
        DocumentCommand::Edit { label: label.into(), edit }.into()
    }
}

macro_rules! families {
    ($($family:ident: $of:ty,)*) => {$(
        impl From<$of> for Command {
            fn from(command: $of) -> Self {
                Self::$family(command)
            }
        }
    )*};
}

families! {
    Ask: Ask,
    Document: DocumentCommand,
    Sheet: SheetCommand,
    Pose: PoseCommand,
    Motion: MotionCommand,
    Camera: CameraCommand,
    Live: LiveCommand,
    View: ViewCommand,
    Paint: PaintCommand,
    Export: ExportCommand,
    StandIn: StandInCommand,
    Invent: InventCommand,
    Train: TrainCommand,
    Window: WindowCommand,
}

/// What panels and menus have asked for in this frame.
#[derive(Debug, Default)]
pub struct Outbox(Vec<Command>);

impl Outbox {
    /// Sends a command; it takes effect after the frame.
    pub fn send(&mut self, command: impl Into<Command>) {
        self.0.push(command.into());
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

impl Studio {
    /// Does what a command says. `gesture`: the press of the pointer that is under way.
    pub(super) fn apply(&mut self, ctx: &egui::Context, command: Command, gesture: Option<u64>) {
        match command {
            Command::Ask(what) => self.ask(what),
            Command::Document(command) => self.apply_document(ctx, command, gesture),
            Command::Sheet(command) => self.apply_sheet(ctx, command),
            Command::Pose(command) => self.apply_pose(ctx, command, gesture),
            Command::Motion(command) => self.apply_motion(ctx, command, gesture),
            Command::Camera(command) => self.apply_camera(ctx, command),
            Command::Live(command) => self.apply_live(ctx, command),
            Command::View(command) => self.apply_view(ctx, command),
            Command::Paint(command) => self.apply_paint(ctx, command),
            Command::Export(command) => self.apply_export(command),
            Command::StandIn(command) => self.apply_stand_in(command),
            Command::Invent(command) => self.apply_invent(command),
            Command::Train(command) => self.apply_training(command),
            Command::Window(command) => self.apply_window(ctx, command),
        }
    }
}
