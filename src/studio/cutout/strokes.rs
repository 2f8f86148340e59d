//! The strokes painted on a drawing, with their own way back and forth.

use crate::sheet::matting::{Mark, Marks};

/// One stroke in pixels of the drawing.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StrokeLine {
    pub(super) points: Vec<[f32; 2]>,
    pub(super) radius_px: f32,
    pub(super) mark: Mark,
}

/// All strokes, and those that were taken back.
#[derive(Clone, Debug, Default)]
pub(super) struct Strokes {
    lines: Vec<StrokeLine>,
    undone: Vec<StrokeLine>,
    /// Another one after each change.
    pub(super) revision: u64,
}

impl Strokes {
    pub(super) fn lines(&self) -> &[StrokeLine] {
        &self.lines
    }

    /// Begins a stroke.
    pub(super) fn begin(&mut self, mark: Mark, radius_px: f32) {
        self.undone.clear();
        self.lines.push(StrokeLine { points: Vec::new(), radius_px, mark });
        self.revision += 1;
    }

    /// Carries the last one on.
    pub(super) fn go_on(&mut self, point: [f32; 2]) {
        if let Some(line) = self.lines.last_mut()
            && line.points.last() != Some(&point)
        {
            line.points.push(point);
            self.revision += 1;
        }
    }

    pub(super) fn can_undo(&self) -> bool {
        !self.lines.is_empty()
    }

    pub(super) fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Takes the last one back.
    pub(super) fn undo(&mut self) {
        if let Some(line) = self.lines.pop() {
            self.undone.push(line);
            self.revision += 1;
        }
    }

    /// Paints it again.
    pub(super) fn redo(&mut self) {
        if let Some(line) = self.undone.pop() {
            self.lines.push(line);
            self.revision += 1;
        }
    }

    /// Takes all back; each can be had again.
    pub(super) fn clear(&mut self) {
        while self.can_undo() {
            self.undo();
        }
    }

    /// What they say of a drawing of this size; where they cross, the later one counts.
    pub(super) fn marks(&self, [width_px, height_px]: [u32; 2]) -> Marks {
        let mut marks = Marks::new(width_px, height_px);
        for line in &self.lines {
            let ends = line.points.iter().zip(line.points.iter().skip(1).chain(line.points.last()));
            ends.for_each(|(&from, &to)| marks.stroke(from, to, line.radius_px, line.mark));
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strokes_go_back_and_forth() {
        let mut strokes = Strokes::default();
        strokes.begin(Mark::Character, 1.0);
        strokes.go_on([2.5, 2.5]);
        strokes.begin(Mark::Erased, 1.0);
        strokes.go_on([2.5, 2.5]);
        strokes.go_on([2.5, 2.5]);
        assert_eq!(strokes.lines()[1].points.len(), 1);
        let at = |strokes: &Strokes| strokes.marks([5, 5]).marks[12];
        assert_eq!(at(&strokes), Mark::Erased);
        let before = strokes.revision;
        strokes.undo();
        assert!(strokes.can_redo() && strokes.revision > before);
        assert_eq!(at(&strokes), Mark::Character);
        strokes.redo();
        assert_eq!(at(&strokes), Mark::Erased);
        strokes.clear();
        assert!(!strokes.can_undo());
        assert_eq!(at(&strokes), Mark::None);
        strokes.redo();
        assert_eq!(at(&strokes), Mark::Character);
        strokes.begin(Mark::Background, 1.0);
        assert!(!strokes.can_redo(), "what is painted anew ends the way forth");
    }
}
