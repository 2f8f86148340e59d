//! With which of the program's own weights a project was saved: they learn more from version to version, and paint a little
//! otherwise then.

use super::Project;
use crate::engine::GraphKind;
use crate::weights::{self, Shipped, WeightSource};
use serde_json::{Map, Value};
use std::path::Path;

/// Where a project's file has them.
const FIELD: &str = "editions";

/// Writes those of this program.
pub(super) fn write(fields: &mut Map<String, Value>) {
    let editions = weights::shipped().iter().map(|shipped| (key(shipped).to_owned(), shipped.edition().into()));
    let editions: Map<String, Value> = editions.collect();
    if !editions.is_empty() {
        fields.insert(FIELD.into(), editions.into());
    }
}

/// Takes them away, whatever is there.
pub(super) fn take(fields: &mut Map<String, Value>) -> Value {
    fields.remove(FIELD).unwrap_or_default()
}

fn key(shipped: &Shipped) -> &str {
    shipped.name.trim_end_matches(".safetensors")
}

impl Project {
    /// In words, if its pictures are made by other weights of the program's own now than when its file was saved. `None` also
    /// where the file doesn't say, as those of older versions don't.
    pub fn painted_otherwise(&self, path: &Path) -> Option<String> {
        let bytes = crate::files::read(path, super::file::LARGEST_BYTES).ok()?;
        let mut file: Value = serde_json::from_slice(&bytes).ok()?;
        let then = take(file.as_object_mut()?);
        let now = |graph: GraphKind| match self.painting.weights_of(graph) {
            Some(WeightSource::Shipped(shipped)) => Some((graph, shipped)),
            _ => None,
        };
        let used = [self.painting.kind().graph(), self.painting.detector()];
        let changed = |(graph, shipped): (GraphKind, Shipped)| {
            let then = then.get(key(&shipped))?.as_str()?;
            let then = crate::text::plain(then);
            (then != shipped.edition()).then(|| format!("{graph} {then} then, {} now", shipped.edition()))
        };
        let changed: Vec<String> = used.into_iter().flatten().filter_map(now).filter_map(changed).collect();
        (!changed.is_empty()).then(|| {
            format!(
                "{} was saved when Settei's own weights had learned less or otherwise ({}): its pictures may come out a \
                 little different",
                path.display(),
                changed.join("; ")
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{PainterChoice, PainterKind};

    #[test]
    fn a_project_says_when_other_weights_paint_it_now() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p.settei");
        let mut project = Project::example();
        project.save(&path).unwrap();
        assert_eq!(project.painted_otherwise(&path), None);
        assert_eq!(Project::load(&path).unwrap(), project);
        // As another version would have written it.
        let text = std::fs::read_to_string(&path).unwrap();
        let graph = project.painting.kind().graph().expect("weights of our own");
        let edition = graph.shipped().unwrap().edition();
        assert!(edition.len() == 6 && text.contains(edition), "{text}");
        let older = |by: &str| std::fs::write(&path, text.replace(edition, by)).unwrap();
        older("abcdef");
        let says = project.painted_otherwise(&path).unwrap();
        assert!(says.contains(&format!("{graph} abcdef then, {edition} now")) && says.contains("p.settei"), "{says}");
        assert_eq!(Project::load(&path).unwrap(), project, "it opens all the same");
        // Where something else paints, and finds nothing out, it is of no interest.
        project.painting.painter = PainterChoice::Of(PainterKind::Landmark);
        assert_eq!(project.painted_otherwise(&path), None);
        // Files without it, or with rubbish there, say nothing.
        for other in [text.replace("editions", "else"), text.replace(&format!("\"{edition}\""), "7"), "[".into()] {
            std::fs::write(&path, other).unwrap();
            assert_eq!(Project::example().painted_otherwise(&path), None);
        }
    }
}
