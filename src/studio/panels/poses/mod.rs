//! The pose library: built-in poses and the user's own, with thumbnails of the open figure.

mod own;

use super::picture::{Shown, paint};
use super::{Context, Home, Panel, Registration};
use crate::dynamics::{Chains, Settings};
use crate::figure::HumanBone;
use crate::pose::{CameraView, NamedPose, Pose, library};
use crate::progress::Progress as _;
use crate::raster::{Subject, ToonStyle};
use crate::studio::content::WindowImage;
use crate::studio::workers::JobHandle;
use crate::studio::{Ask, Edit, Event, PoseCommand};
use crate::text;
use egui::{Key, Rect, Sense, vec2};
use own::OwnMenu;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

/// Size of a thumbnail in points.
const CELL: egui::Vec2 = vec2(68.0, 92.0);
/// Its size in pixels: sharp on a dense screen.
const PICTURE_PX: [u32; 2] = [136, 184];
/// Points to drag from nothing to all of a pose.
const FULL_BLEND: f32 = 160.0;

pub(super) static PANEL: Registration = Registration {
    title: "Pose library",
    tip: "Built-in poses and your own",
    key: Some(Key::F4),
    home: Home::LowerLeft,
    new: || Box::new(PosesPanel::default()),
};

/// The pose library.
#[derive(Default)]
pub(super) struct PosesPanel {
    /// What is typed as the next pose's name.
    name: String,
    search: String,
    /// A click changes the selected limb only.
    limb_only: bool,
    own: OwnMenu,
    /// The pose before a drag that blends.
    blending: Option<(Pose, f32)>,
    asked: Asked,
    textures: BTreeMap<String, Shown>,
}

/// Thumbnails a worker was asked for: of which figure, and of which pose by its key.
#[derive(Default)]
struct Asked {
    subject: Weak<Subject>,
    poses: BTreeMap<String, Pose>,
    /// Who draws them.
    job: Option<JobHandle>,
}

/// A pose on show.
struct Entry<'a> {
    /// Unlike its name unique among all poses.
    key: String,
    name: Cow<'a, str>,
    pose: Pose,
    origin: Origin,
}

/// Where a pose is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// The program.
    BuiltIn,
    /// The user, for all projects.
    Own,
    /// The user, for this project alone.
    Project,
}

impl Panel for PosesPanel {
    fn ui(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        self.tools(ui, context);
        let wanted = self.search.to_lowercase();
        let mut all = kept(context.content.own_poses.iter(), Origin::Own, '~').collect::<Vec<_>>();
        // What was kept for all projects since is shown once.
        let others = context.project.poses.iter().filter(|pose| !context.content.own_poses.contains(pose));
        all.extend(kept(others, Origin::Project, '.'));
        let built_in =
            |(name, pose)| Entry { key: format!("*{name}"), name: in_words(name), pose, origin: Origin::BuiltIn };
        all.extend(library::all().map(built_in));
        self.ask_for_thumbnails(context, &all);
        let shown: Vec<&Entry<'_>> = all.iter().filter(|e| e.name.to_lowercase().contains(&wanted)).collect();
        self.own.undo_line(ui, context);
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            if shown.is_empty() {
                ui.weak("No pose has this name.");
            }
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
                for entry in shown {
                    self.entry(ui, context, entry);
                }
            });
        });
    }
}

/// The user's own poses as entries, with keys that begin with `mark`.
fn kept<'a>(poses: impl Iterator<Item = &'a NamedPose>, origin: Origin, mark: char) -> impl Iterator<Item = Entry<'a>> {
    poses.map(move |NamedPose { name, pose }| Entry {
        key: format!("{mark}{name}"),
        name: name.into(),
        pose: pose.clone(),
        origin,
    })
}

impl PosesPanel {
    fn tools(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>) {
        ui.horizontal(|ui| {
            let add = ui.add_enabled(!self.name.trim().is_empty(), egui::Button::new("Keep"));
            let add = add.on_hover_text("Keep the current pose under this name, for all projects");
            let field = egui::TextEdit::singleline(&mut self.name).hint_text("Name this pose");
            let field = ui.add(field.desired_width(ui.available_width() - 46.0));
            field.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Name of the pose to keep"));
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            if (add.clicked() || entered) && !self.name.trim().is_empty() {
                context.commands.send(PoseCommand::Keep(std::mem::take(&mut self.name)));
            }
            ui.menu_button("…", |ui| {
                for (label, command) in [("Import poses…", Ask::Poses), ("Export the pose…", Ask::SavePose)] {
                    if ui.button(label).clicked() {
                        context.commands.send(command);
                        ui.close();
                    }
                }
            })
            .response
            .on_hover_text("Pose files: JSON and VPD");
        });
        ui.horizontal(|ui| {
            let limb = limb_name(context).unwrap_or("the selected limb");
            let selected = context.display.selected.is_some();
            ui.add_enabled_ui(selected, |ui| {
                ui.checkbox(&mut self.limb_only, format!("Only {limb}"))
                    .on_hover_text("A click changes the selected limb alone")
                    .on_disabled_hover_text("Select a bone first; then poses can be taken for its limb alone");
            });
            let search = egui::TextEdit::singleline(&mut self.search).hint_text("Find a pose");
            let search = ui.add(search.desired_width(ui.available_width() - 10.0));
            search.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SearchInput, true, "Find a pose"));
        });
    }

    fn entry(&mut self, ui: &mut egui::Ui, context: &mut Context<'_>, entry: &Entry<'_>) {
        let height = CELL.y + ui.text_style_height(&egui::TextStyle::Small) + 4.0;
        let (rect, response) = ui.allocate_exact_size(vec2(CELL.x, height), Sense::click_and_drag());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, text::line(&entry.name)));
        if ui.is_rect_visible(rect) {
            self.draw(ui, context, entry, rect, &response);
        }
        let only = context.display.selected.filter(|_| self.limb_only).and_then(|_| limb_bones(context));
        if response.clicked() {
            let (name, pose) = (entry.name.clone().into_owned(), entry.pose.clone());
            context.commands.send(PoseCommand::Take { name, pose, only: only.clone() });
        }
        if response.drag_started() {
            self.blending = Some((context.pose.clone(), 0.0));
        }
        if response.dragged()
            && let Some((before, amount)) = &mut self.blending
        {
            *amount = (*amount + response.drag_delta().x / FULL_BLEND).clamp(0.0, 1.0);
            let target = match &only {
                Some(bones) => before.with_part(&entry.pose, bones),
                None => entry.pose.clone(),
            };
            let blended = Pose::blend(before, &target, *amount);
            context.commands.edit(format!("Blend to {}", text::line(&entry.name)), Edit::Pose(blended));
        }
        if response.drag_stopped() {
            self.blending = None;
        }
        let response = response.on_hover_text(format!(
            "{}\nClick to take it, drag to the right to blend towards it{}",
            text::line(&entry.name),
            if entry.origin == Origin::BuiltIn { "" } else { "; the right button renames or deletes it" }
        ));
        if entry.origin != Origin::BuiltIn {
            // A click on the field for another name must not close the menu around it.
            let menu = egui::Popup::context_menu(&response);
            let menu = menu.close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
            menu.show(|ui| self.own.ui(ui, context, entry));
        }
    }

    fn draw(
        &mut self,
        ui: &mut egui::Ui,
        context: &Context<'_>,
        entry: &Entry<'_>,
        rect: Rect,
        response: &egui::Response,
    ) {
        let visuals = ui.style().interact(response);
        let painter = ui.painter();
        let picture = Rect::from_min_size(rect.min, CELL);
        painter.rect_filled(picture, 4.0, ui.visuals().extreme_bg_color);
        if let Some(WindowImage { image, revision }) = context.content.pose_thumbnails.get(&entry.key) {
            let shown = self.textures.entry(entry.key.clone()).or_default();
            let make = || image.clone().into();
            let options = egui::TextureOptions::LINEAR;
            paint(painter, picture.shrink(2.0), shown.texture(ui.ctx(), &entry.key, *revision, options, make));
        }
        let current = *context.pose == entry.pose;
        if current || response.hovered() || response.has_focus() {
            let stroke = if current { ui.visuals().selection.stroke } else { visuals.bg_stroke };
            painter.rect_stroke(picture, 4.0, stroke, egui::StrokeKind::Inside);
        }
        if response.dragged()
            && let Some((_, amount)) = &self.blending
        {
            let mut bar = picture;
            bar.set_width(picture.width() * amount);
            painter.rect_filled(bar, 4.0, ui.visuals().selection.bg_fill.gamma_multiply(0.5));
            let font = egui::TextStyle::Small.resolve(ui.style());
            let text = format!("{:.0} %", amount * 100.0);
            painter.text(picture.center(), egui::Align2::CENTER_CENTER, text, font, ui.visuals().strong_text_color());
        }
        // Painted, not a label: the button around it carries the name already.
        let name = egui::WidgetText::from(egui::RichText::new(text::line(&entry.name)).small());
        let name = name.into_galley(ui, Some(egui::TextWrapMode::Truncate), rect.width(), egui::TextStyle::Small);
        let place = egui::pos2(rect.center().x - name.size().x / 2.0, picture.bottom() + 2.0);
        ui.painter().galley(place, name, ui.visuals().text_color());
    }

    /// Asks a worker for the thumbnails that are not there yet.
    fn ask_for_thumbnails(&mut self, context: &Context<'_>, all: &[Entry<'_>]) {
        // While a stand-in is dragged at it is another one every moment.
        let Some(subject) = context.content.subject().filter(|_| !context.display.dragging) else { return };
        if !self.asked.subject.ptr_eq(&Arc::downgrade(subject)) {
            self.asked.job.iter().for_each(JobHandle::stop);
            self.asked = Asked { subject: Arc::downgrade(subject), ..Asked::default() };
        }
        let new: Vec<(String, Pose)> = all
            .iter()
            .filter(|entry| self.asked.poses.get(&entry.key) != Some(&entry.pose))
            .map(|entry| (entry.key.clone(), entry.pose.clone()))
            .collect();
        if new.is_empty() {
            return;
        }
        self.asked.poses.extend(new.iter().cloned());
        let subject = subject.clone();
        let job = context.workers.jobs.start_quietly("Drawing thumbnails", move |job| {
            let style = ToonStyle { samples_per_axis: 2, ..ToonStyle::default() };
            let usual = Settings::default();
            let drawn = match usual.suit_stills(subject.figure()) {
                true => Arc::new(subject.hanging(Chains::new(subject.figure(), &usual))),
                false => subject.clone(),
            };
            for (key, pose) in new {
                if job.cancelled() {
                    break;
                }
                // A thumbnail that can't be drawn is an empty place, nothing worse.
                let shot = drawn.shoot(&pose, &CameraView::default(), PICTURE_PX);
                let Ok(picture) = shot.and_then(|shot| shot.toon(PICTURE_PX, &style)) else { continue };
                let image = Arc::new(crate::studio::images::image(&picture));
                job.send(Event::Thumbnail { subject: subject.clone(), key, image });
            }
            None
        });
        self.asked.job = Some(job);
    }
}

/// `look-back` as `Look back`: what the command line calls a built-in pose, for people.
pub(super) fn in_words(name: &str) -> Cow<'_, str> {
    match name {
        "t" => "T-pose".into(),
        "a" => "A-pose".into(),
        _ => {
            let mut words = name.replace('-', " ");
            words[..1].make_ascii_uppercase();
            words.into()
        }
    }
}

fn selected_bone(context: &Context<'_>) -> Option<HumanBone> {
    context.content.subject()?.figure().humanoid.bone_at(context.display.selected?)
}

fn limb_bones(context: &Context<'_>) -> Option<Vec<HumanBone>> {
    selected_bone(context).map(crate::pose::limb)
}

fn limb_name(context: &Context<'_>) -> Option<&'static str> {
    let name = selected_bone(context)?.name();
    let leg = ["Leg", "Foot", "Toes"].iter().any(|part| name.contains(part));
    Some(match (name.starts_with("left"), name.starts_with("right"), leg) {
        (true, _, true) => "the left leg",
        (true, _, false) => "the left arm",
        (_, true, true) => "the right leg",
        (_, true, false) => "the right arm",
        _ => "the torso",
    })
}
