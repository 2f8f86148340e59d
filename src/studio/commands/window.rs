//! The window itself: panels, theme, size, help, and stopping what is being done.

use crate::studio::panels::PanelKind;
use crate::studio::settings::Theme;
use crate::studio::workers::{JobHandle, JobId};
use crate::studio::{Layout, Studio, theme};

/// What can be done with the window.
#[derive(Clone, Debug, PartialEq)]
pub enum WindowCommand {
    /// Opens or closes the command palette.
    Palette,
    /// Shows a panel, bringing it back if it was closed.
    ShowPanel(PanelKind),
    /// Gives a panel all the room, or puts it back.
    Enlarge(PanelKind),
    /// Puts all panels back in their places.
    ResetLayout,
    /// Dark, light or as the system has it.
    Theme(Theme),
    /// Everything larger, smaller or (0) as it was.
    Zoom(i8),
    /// How wide the character sheet's panel shows drawings, in points.
    DrawingSize(f32),
    /// Begins the tour.
    Tour,
    /// Lists the keys and mouse actions.
    Keys,
    /// Who made this, under which licence.
    About,
    /// What the figure's author allows.
    Licence,
    /// Stops what is being done.
    Stop(Work),
}

/// What can be stopped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Work {
    /// Every errand that is shown, and painting.
    All,
    /// One errand.
    Job(JobId),
    /// Painting; the last picture stays.
    Painting,
}

impl Studio {
    pub(super) fn apply_window(&mut self, ctx: &egui::Context, command: WindowCommand) {
        match command {
            WindowCommand::Palette => self.overlays.palette.toggle(),
            WindowCommand::ShowPanel(kind) => self.dock.show(kind),
            WindowCommand::Enlarge(kind) => self.dock.enlarge(kind),
            WindowCommand::ResetLayout => (self.dock.layout, self.dock.large) = (Layout::default(), None),
            WindowCommand::Theme(choice) => {
                self.settings.now.theme = choice;
                theme::choose(ctx, choice);
            }
            WindowCommand::Zoom(step) => {
                let scale = if step == 0 { 1.0 } else { self.settings.now.scale + 0.1 * f32::from(step) };
                self.settings.now.scale = (scale * 10.0).round().clamp(5.0, 30.0) / 10.0;
                ctx.set_zoom_factor(self.settings.now.scale);
            }
            WindowCommand::DrawingSize(size) => self.settings.now.set_drawing_size(size),
            WindowCommand::Tour => self.overlays.tour.begin(),
            WindowCommand::Keys => self.overlays.windows.keys = true,
            WindowCommand::About => self.overlays.windows.about = true,
            WindowCommand::Licence => self.overlays.windows.licence = true,
            WindowCommand::Stop(work) => {
                let stops = |job: &JobHandle| match work {
                    Work::All => !job.quiet,
                    Work::Job(id) => job.id == id,
                    Work::Painting => false,
                };
                self.workers.jobs.running().iter().filter(|job| stops(job)).for_each(JobHandle::stop);
                if matches!(work, Work::All | Work::Painting) {
                    self.stop_painting();
                }
            }
        }
    }
}
