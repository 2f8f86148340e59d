//! What can be done with the user's own poses: those of all projects, and those that older versions kept in one.

use super::{Entry, Origin};
use crate::pose::NamedPose;
use crate::studio::panels::Context;
use crate::studio::{Edit, OwnChange, PoseCommand};
use egui::Ui;

/// The menus of own poses, and the way back from what was done there last: own poses are files, which the project's
/// history knows nothing of.
#[derive(Default)]
pub(super) struct OwnMenu {
    /// The pose that is being renamed, and its new name.
    renaming: Option<(String, String)>,
    /// What happened last, and what takes it back.
    undo: Option<(String, OwnChange)>,
}

impl OwnMenu {
    /// The menu of an entry, which is one of the user's own.
    pub(super) fn ui(&mut self, ui: &mut Ui, context: &mut Context<'_>, entry: &Entry<'_>) {
        match entry.origin {
            Origin::Own => self.of_all_projects(ui, context, entry),
            Origin::Project => self.of_this_project(ui, context, entry),
            Origin::BuiltIn => {}
        }
    }

    /// What was done last, with a button that takes it back; nothing if there is nothing.
    pub(super) fn undo_line(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        let Some((what, back)) = &self.undo else { return };
        let mut over = false;
        ui.horizontal_wrapped(|ui| {
            ui.label(what);
            if ui.small_button("Take back").on_hover_text("As it was before").clicked() {
                context.commands.send(PoseCommand::Own(back.clone()));
                over = true;
            }
            if ui.small_button("OK").clicked() {
                over = true;
            }
        });
        if over {
            self.undo = None;
        }
    }

    fn of_all_projects(&mut self, ui: &mut Ui, context: &mut Context<'_>, entry: &Entry<'_>) {
        let name = entry.name.to_string();
        let taken = |new: &str| context.content.own_poses.iter().any(|kept| kept.name == new);
        if let Some(to) = self.new_name(ui, &name, taken) {
            let back = OwnChange::Rename { from: to.clone(), to: name.clone() };
            self.undo = Some((format!("“{name}” is called “{to}” now."), back));
            context.commands.send(PoseCommand::Own(OwnChange::Rename { from: name.clone(), to }));
            ui.close();
        }
        if ui.button("Replace by the current pose").clicked() {
            let back = OwnChange::Replace(NamedPose { name: name.clone(), pose: entry.pose.clone() });
            self.undo = Some((format!("“{name}” is the current pose now."), back));
            let new = NamedPose { name: name.clone(), pose: context.pose.clone() };
            context.commands.send(PoseCommand::Own(OwnChange::Replace(new)));
            ui.close();
        }
        if ui.button("Delete").on_hover_text("From all projects; it can be taken back").clicked() {
            self.undo = Some((format!("“{name}” was deleted."), OwnChange::keep(&name, &entry.pose)));
            context.commands.send(PoseCommand::Own(OwnChange::Delete(name)));
            ui.close();
        }
    }

    fn of_this_project(&mut self, ui: &mut Ui, context: &mut Context<'_>, entry: &Entry<'_>) {
        let mut poses = context.project.poses.clone();
        let Some(at) = poses.iter().position(|kept| kept.name == entry.name) else { return };
        if ui.button("Keep for all projects").on_hover_text("It is in this project alone").clicked() {
            context.commands.send(PoseCommand::Own(OwnChange::keep(&entry.name, &entry.pose)));
            ui.close();
        }
        if let Some(name) = self.new_name(ui, &entry.name, |new| poses.iter().any(|kept| kept.name == new)) {
            poses[at].name = name;
            context.commands.edit("Rename a pose", Edit::Poses(poses.clone()));
            ui.close();
        }
        if ui.button("Replace by the current pose").clicked() {
            poses[at].pose = context.pose.clone();
            context.commands.edit("Replace a pose", Edit::Poses(poses.clone()));
            ui.close();
        }
        if ui.button("Delete").on_hover_text("Undo brings it back").clicked() {
            poses.remove(at);
            context.commands.edit("Delete a pose", Edit::Poses(poses));
            ui.close();
        }
    }

    /// A field for another name; the name, once it is agreed to.
    fn new_name(&mut self, ui: &mut Ui, name: &str, taken: impl Fn(&str) -> bool) -> Option<String> {
        if self.renaming.as_ref().is_none_or(|(of, _)| of != name) {
            self.renaming = Some((name.to_owned(), name.to_owned()));
        }
        let (_, new) = self.renaming.as_mut()?;
        let agreed = ui.horizontal(|ui| {
            let field = ui.add(egui::TextEdit::singleline(new).desired_width(120.0));
            field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "New name of the pose"));
            let free = !new.trim().is_empty() && !taken(new.trim()) && crate::pose::library::find(new).is_none();
            let button = ui.add_enabled(free, egui::Button::new("Rename"));
            button.on_disabled_hover_text("Type a name that no other pose has").clicked()
        });
        agreed.inner.then(|| new.trim().to_owned())
    }
}
