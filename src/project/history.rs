//! Undo and redo: whole projects, which are small, one step an action and one step a drag.

use super::Project;
use std::sync::Arc;

/// Steps that can be undone; the oldest are forgotten.
const LIMIT: usize = 500;

/// A project with its past and future.
#[derive(Clone, Debug)]
pub struct History {
    past: Vec<Step>,
    present: Arc<Project>,
    future: Vec<Step>,
    /// What the file holds.
    saved: Arc<Project>,
    /// The gesture that made the present out of the last step of the past.
    gesture: Option<u64>,
}

/// What was there before (in the past) or after (in the future) an action.
#[derive(Clone, Debug)]
struct Step {
    label: String,
    project: Arc<Project>,
}

impl History {
    /// A project without past, as it is in its file.
    pub fn new(project: Project) -> Self {
        let present = Arc::new(project);
        Self { past: Vec::new(), saved: present.clone(), present, future: Vec::new(), gesture: None }
    }

    /// The project as it is now.
    pub fn present(&self) -> &Arc<Project> {
        &self.present
    }

    /// Makes `project` the present. Changes of one `gesture` (a drag) and one `label` make one step. Nothing happens
    /// when nothing differs. True: something did.
    pub fn change(&mut self, label: &str, project: Project, gesture: Option<u64>) -> bool {
        if *self.present == project {
            return false;
        }
        let goes_on = gesture.is_some()
            && self.gesture == gesture
            && self.future.is_empty()
            && self.past.last().is_some_and(|step| step.label == label);
        if !goes_on {
            self.past.push(Step { label: label.to_owned(), project: self.present.clone() });
            if self.past.len() > LIMIT {
                self.past.remove(0);
            }
        }
        self.present = Arc::new(project);
        self.future.clear();
        self.gesture = gesture;
        true
    }

    /// What undoing would take back.
    pub fn undo_label(&self) -> Option<&str> {
        self.past.last().map(|step| step.label.as_str())
    }

    /// What redoing would do again.
    pub fn redo_label(&self) -> Option<&str> {
        self.future.last().map(|step| step.label.as_str())
    }

    /// Takes the last step back; its label, if there was one.
    pub fn undo(&mut self) -> Option<String> {
        let step = self.past.pop()?;
        let after = std::mem::replace(&mut self.present, step.project);
        self.future.push(Step { label: step.label.clone(), project: after });
        self.gesture = None;
        Some(step.label)
    }

    /// Does the last undone step again; its label, if there was one.
    pub fn redo(&mut self) -> Option<String> {
        let step = self.future.pop()?;
        let before = std::mem::replace(&mut self.present, step.project);
        self.past.push(Step { label: step.label.clone(), project: before });
        self.gesture = None;
        Some(step.label)
    }

    /// `project`, once the present, is in the file now.
    pub fn saved(&mut self, project: Arc<Project>) {
        self.saved = project;
    }

    /// Puts `project` in the present's place without making a step of it: a first framing, which nobody would undo.
    pub fn amend(&mut self, project: Project) {
        let was_saved = !self.unsaved();
        self.present = Arc::new(project);
        if was_saved {
            self.saved = self.present.clone();
        }
    }

    /// A recovered project: the file, if there is one, holds something else.
    pub fn recovered(project: Project) -> Self {
        let mut history = Self::new(project);
        let mut other = Project::clone(&history.present);
        other.frame_px[0] += 1;
        history.saved = Arc::new(other);
        history
    }

    /// There is something that the file doesn't hold.
    pub fn unsaved(&self) -> bool {
        !Arc::ptr_eq(&self.saved, &self.present) && self.saved != self.present
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sized(width: u32) -> Project {
        Project { frame_px: [width, 100], ..Project::default() }
    }

    #[test]
    fn one_step_an_action_and_one_a_drag() {
        let mut history = History::new(sized(1));
        assert!(!history.unsaved());
        assert!(!history.change("Nothing", sized(1), None));
        assert!(history.change("Resize", sized(2), None));
        for width in 3..10 {
            history.change("Drag", sized(width), Some(7));
        }
        history.change("Drag", sized(10), Some(8));
        assert!(history.unsaved());
        let mut widths = vec![history.present().frame_px[0]];
        while history.undo().is_some() {
            widths.push(history.present().frame_px[0]);
        }
        assert_eq!(widths, [10, 9, 2, 1]);
        assert!(!history.unsaved(), "back at what the file holds");
        assert_eq!(history.redo_label(), Some("Resize"));
        while history.redo().is_some() {}
        assert_eq!(**history.present(), sized(10));
    }

    #[test]
    fn a_change_ends_the_future_and_saving_moves_the_mark() {
        let mut history = History::new(sized(1));
        history.change("Resize", sized(2), None);
        history.saved(history.present().clone());
        history.undo();
        assert!(history.unsaved());
        history.change("Resize", sized(3), None);
        assert!(history.redo().is_none());
        history.undo();
        history.change("Resize", sized(2), None);
        assert!(!history.unsaved(), "equal is enough");
    }

    #[test]
    fn a_drag_after_undo_is_a_step_of_its_own() {
        let mut history = History::new(sized(1));
        history.change("Drag", sized(2), Some(1));
        history.undo();
        history.change("Drag", sized(3), Some(1));
        history.undo();
        assert_eq!(history.present().frame_px[0], 1);
    }

    #[test]
    fn the_past_is_bounded() {
        let mut history = History::new(sized(0));
        for width in 1..2000 {
            history.change("Resize", sized(width), None);
        }
        assert_eq!(history.past.len(), LIMIT);
    }
}
