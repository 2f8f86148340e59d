//! What the user said about drawings, and the drawings as they are seen then.

use crate::sheet::{DrawingHints, View};
use std::sync::{Arc, Weak};

/// What was said about one drawing.
struct Heard {
    of: Weak<View>,
    hints: DrawingHints,
    /// The drawing without what is not the character, where something was said to be that.
    cleared: Option<Arc<View>>,
}

/// What is new about a drawing when something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// Nothing.
    None,
    /// What it may show.
    Shows,
    /// What is seen of it, too.
    Looks,
}

/// All that was said.
#[derive(Default)]
pub(super) struct HeardHints(Vec<Heard>);

impl HeardHints {
    /// What was said about a drawing.
    pub(super) fn of(&self, view: &Arc<View>) -> DrawingHints {
        self.about(view).map(|heard| heard.hints.clone()).unwrap_or_default()
    }

    /// Whether anything was.
    pub(super) fn any(&self, view: &Arc<View>) -> bool {
        self.about(view).is_some_and(|heard| !heard.hints.is_empty())
    }

    /// The drawing that is worked with: without what is not the character.
    pub(super) fn seen<'a>(&'a self, view: &'a Arc<View>) -> &'a Arc<View> {
        self.about(view).and_then(|heard| heard.cleared.as_ref()).unwrap_or(view)
    }

    /// Takes it to heart.
    pub(super) fn hear(&mut self, view: &Arc<View>, hints: &DrawingHints) -> News {
        let nothing = DrawingHints::default();
        let before = self.about(view).map_or(&nothing, |heard| &heard.hints);
        if before == hints {
            return News::None;
        }
        let looks_the_same = before.not_character == hints.not_character;
        self.0.retain(|heard| heard.of.strong_count() > 0 && heard.of.as_ptr() != Arc::as_ptr(view));
        let cleared = hints.cleared(view).map(Arc::new);
        self.0.push(Heard { of: Arc::downgrade(view), hints: hints.clone(), cleared });
        if looks_the_same { News::Shows } else { News::Looks }
    }

    fn about(&self, view: &Arc<View>) -> Option<&Heard> {
        self.0.iter().find(|heard| heard.of.as_ptr() == Arc::as_ptr(view))
    }
}
