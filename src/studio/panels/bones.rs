//! The list of bones: the human ones by part of the body, then all other joints that may be moved.

use super::{Context, Home, Panel, Registration};
use crate::figure::{Figure, HumanBone};
use crate::studio::{PoseCommand, ViewCommand};
use crate::text;
use egui::{Align, CollapsingHeader, Key, Ui};
use std::sync::{Arc, Weak};

pub(super) static PANEL: Registration = Registration {
    title: "Bones",
    tip: "All bones of the figure",
    key: Some(Key::F5),
    home: Home::LowerRight,
    new: || Box::new(BonesPanel::default()),
};

/// The list of bones.
#[derive(Default)]
pub(super) struct BonesPanel {
    search: String,
    /// What was selected in the last frame: a new selection is scrolled to.
    selected: Option<u32>,
    list: List,
}

/// The joints of a figure by part of the body: made once a figure.
#[derive(Default)]
struct List {
    figure: Weak<Figure>,
    groups: Vec<(&'static str, Vec<Entry>)>,
}

struct Entry {
    joint: u32,
    name: String,
    /// The name the file gives it, and the search's form of both.
    tip: String,
    words: String,
}

/// Parts of the body, and what their bones' names have in them.
const PARTS: [(&str, &[&str]); 7] = [
    ("Torso", &["hips", "spine", "chest", "Chest"]),
    ("Head", &["neck", "head", "jaw", "Eye"]),
    ("Left arm", &["leftShoulder", "leftUpperArm", "leftLowerArm", "leftHand"]),
    ("Right arm", &["rightShoulder", "rightUpperArm", "rightLowerArm", "rightHand"]),
    ("Left leg", &["leftUpperLeg", "leftLowerLeg", "leftFoot", "leftToes"]),
    ("Right leg", &["rightUpperLeg", "rightLowerLeg", "rightFoot", "rightToes"]),
    ("Left fingers", &["leftThumb", "leftIndex", "leftMiddle", "leftRing", "leftLittle"]),
];

impl Panel for BonesPanel {
    fn ui(&mut self, ui: &mut Ui, context: &mut Context<'_>) {
        let Some(subject) = context.content.subject() else {
            ui.weak("No figure is open.");
            return;
        };
        self.list.follow(subject.figure());
        let search = egui::TextEdit::singleline(&mut self.search).hint_text("Find a bone");
        let search = ui.add(search.desired_width(f32::INFINITY));
        search.widget_info(|| egui::WidgetInfo::labeled(egui::Role::SearchInput, true, "Find a bone"));
        let wanted = self.search.trim().to_lowercase();
        let selected = context.display.selected;
        let news = std::mem::replace(&mut self.selected, selected) != selected && selected.is_some();
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let mut any = false;
            for (part, entries) in &self.list.groups {
                let found: Vec<&Entry> = entries.iter().filter(|entry| entry.words.contains(&wanted)).collect();
                if found.is_empty() {
                    continue;
                }
                any = true;
                let holds = found.iter().any(|entry| Some(entry.joint) == selected);
                let open = (!wanted.is_empty() || (news && holds)).then_some(true);
                let usual = !part.contains("fingers") && *part != OTHER;
                CollapsingHeader::new(*part).default_open(usual).open(open).show(ui, |ui| {
                    for entry in found {
                        row(ui, context, entry, news);
                    }
                });
            }
            if !any {
                ui.weak("No bone has this name.");
            }
        });
    }
}

fn row(ui: &mut Ui, context: &mut Context<'_>, entry: &Entry, news: bool) {
    let selected = context.display.selected == Some(entry.joint);
    let row = ui.selectable_label(selected, &entry.name).on_hover_text(&entry.tip);
    if selected && news {
        row.scroll_to_me(Some(Align::Center));
    }
    if row.clicked() || row.secondary_clicked() {
        context.commands.send(ViewCommand::Select(Some(entry.joint)));
    }
    row.context_menu(|ui| {
        for (label, command, what) in [
            ("Reset this bone", PoseCommand::ResetBone, "As in T-pose"),
            ("Reset its limb", PoseCommand::ResetLimb, "The whole limb as in T-pose"),
        ] {
            let tip = crate::studio::actions::tip(ui.ctx(), command.clone(), what);
            if ui.button(label).on_hover_text(tip).clicked() {
                context.commands.send(ViewCommand::Select(Some(entry.joint)));
                context.commands.send(command);
                ui.close();
            }
        }
    });
}

const OTHER: &str = "Other joints";

impl List {
    fn follow(&mut self, figure: &Arc<Figure>) {
        if std::ptr::eq(self.figure.as_ptr(), Arc::as_ptr(figure)) {
            return;
        }
        self.figure = Arc::downgrade(figure);
        let entry = |joint: u32| {
            let (name, own) = (readable(figure, joint), text::line(&figure.joints[joint as usize].name));
            let words = format!("{name} {own}").to_lowercase();
            Entry { joint, tip: format!("“{own}” in the figure's file"), name, words }
        };
        let human = |part: &[&str]| -> Vec<Entry> {
            let belongs = |bone: HumanBone| part.iter().any(|word| bone.name().contains(word));
            let joints = figure.humanoid.iter().filter(|&(bone, _)| belongs(bone));
            joints.map(|(_, joint)| entry(joint)).collect()
        };
        self.groups = PARTS.iter().map(|(part, words)| (*part, human(words))).collect();
        let right = PARTS[6].1.iter().map(|word| word.replacen("left", "right", 1)).collect::<Vec<_>>();
        self.groups.push(("Right fingers", human(&right.iter().map(String::as_str).collect::<Vec<_>>())));
        let movable = |&joint: &u32| figure.joints[joint as usize].movable && figure.humanoid.bone_at(joint).is_none();
        let rest = (0..figure.joints.len() as u32).filter(movable).map(entry).collect();
        self.groups.push((OTHER, rest));
    }
}

/// What a joint is called on screen: a human bone by its usual name (`Left upper arm`), any other as in its file.
pub(super) fn readable(figure: &Figure, joint: u32) -> String {
    let Some(bone) = figure.humanoid.bone_at(joint) else {
        return figure
            .joints
            .get(joint as usize)
            .map_or_else(String::new, |joint| text::line(&joint.name).into_owned());
    };
    spelled(bone)
}

/// What a human bone is called on screen.
pub(super) fn spelled(bone: HumanBone) -> String {
    let mut words = String::new();
    for c in bone.name().chars() {
        if words.is_empty() {
            words.extend(c.to_uppercase());
        } else if c.is_uppercase() {
            words.push(' ');
            words.extend(c.to_lowercase());
        } else {
            words.push(c);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bone_is_listed_once_under_a_name_that_reads() {
        let figure = Arc::new(crate::example::figure().unwrap());
        let mut list = List::default();
        list.follow(&figure);
        let mut joints: Vec<u32> =
            list.groups.iter().flat_map(|(_, entries)| entries.iter().map(|e| e.joint)).collect();
        joints.sort_unstable();
        let mut wanted: Vec<u32> = figure.humanoid.iter().map(|(_, joint)| joint).collect();
        wanted.extend(
            (0..figure.joints.len() as u32)
                .filter(|&j| figure.joints[j as usize].movable && figure.humanoid.bone_at(j).is_none()),
        );
        wanted.sort_unstable();
        assert_eq!(joints, wanted);
        let arm = figure.humanoid.joint(HumanBone::LeftUpperArm).unwrap();
        assert_eq!(readable(&figure, arm), "Left upper arm");
        assert!(list.groups[0].1.iter().all(|entry| !entry.name.contains("shoulder")));
    }
}
