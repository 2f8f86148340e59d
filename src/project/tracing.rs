//! Tracing: a figure posed over a drawing until it lies as the drawing does, which says what the drawing shows.

use super::{DrawingSource, Project};
use crate::pose::{LimbLengths, Orbit, Pose};
use crate::raster::{LARGEST_SIDE_PX, Subject, SubjectError};
use crate::udp::Udp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A drawing over the figure, which is posed to lie as it does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tracing {
    /// The drawing; it fills the output frame.
    pub source: DrawingSource,
    /// 0 (not seen) to 1.
    pub opacity: f32,
    /// How long the figure is made, to fit the drawing.
    #[serde(default, skip_serializing_if = "LimbLengths::are_own")]
    pub lengths: LimbLengths,
    /// What comes back when tracing ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Box<BeforeTracing>>,
}

/// What tracing puts aside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BeforeTracing {
    /// The pose.
    pub pose: Pose,
    /// From where the figure was seen.
    pub camera: Orbit,
    /// Width and height of the output picture in pixels.
    pub frame_px: [u32; 2],
}

/// How the figure lies over a drawing that was traced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Alignment {
    /// The drawing.
    pub source: DrawingSource,
    /// The pose.
    pub pose: Pose,
    /// From where the figure is seen, in a picture of the drawing's shape.
    pub camera: Orbit,
    /// How long the figure is made.
    #[serde(default, skip_serializing_if = "LimbLengths::are_own")]
    pub lengths: LimbLengths,
}

impl Tracing {
    /// Of a drawing, half seen, by a figure of its own lengths.
    pub fn new(source: DrawingSource) -> Self {
        Self { source, opacity: 0.5, lengths: LimbLengths::default(), before: None }
    }

    /// With numbers that can be used.
    pub(super) fn sane(mut self) -> Self {
        self.opacity = if self.opacity.is_finite() { self.opacity.clamp(0.0, 1.0) } else { 0.5 };
        self.lengths = self.lengths.sane();
        if let Some(before) = &mut self.before {
            before.camera = before.camera.sane();
            before.frame_px = before.frame_px.map(|side| side.clamp(16, LARGEST_SIDE_PX));
        }
        self
    }
}

impl Alignment {
    /// What the drawing shows, at its size in pixels.
    ///
    /// # Errors
    /// As [`crate::raster::Shot::udp`].
    pub fn udp(&self, subject: &Subject, size_px: [u32; 2]) -> Result<Arc<Udp>, SubjectError> {
        let camera = self.camera.camera(size_px[0] as f32 / size_px[1] as f32, 1.0);
        Arc::new(subject.stretched(&self.lengths)).stand(&self.pose).seen(camera).udp(size_px)
    }

    /// With numbers that can be used.
    pub(super) fn sane(mut self) -> Self {
        (self.camera, self.lengths) = (self.camera.sane(), self.lengths.sane());
        self
    }
}

impl Project {
    /// How long the figure is: its own lengths, unless it is fitted to a drawing just now.
    pub fn lengths(&self) -> LimbLengths {
        self.tracing.as_ref().map(|tracing| tracing.lengths.clone()).unwrap_or_default()
    }

    /// How the figure lies over the drawing that is traced just now.
    pub fn alignment(&self) -> Option<Alignment> {
        let tracing = self.tracing.as_ref()?;
        let (source, lengths) = (tracing.source.clone(), tracing.lengths.clone());
        Some(Alignment { source, pose: self.pose.clone(), camera: self.camera, lengths })
    }

    /// With a drawing to trace, in the drawing's size; one that was traced before lies as it lay then. `camera`: from where
    /// a drawing that was not is begun.
    pub fn with_tracing(&self, source: DrawingSource, size_px: Option<[u32; 2]>, camera: Option<Orbit>) -> Self {
        let mut project = self.clone();
        let now = || BeforeTracing { pose: self.pose.clone(), camera: self.camera, frame_px: self.frame_px };
        let before = project.tracing.take().and_then(|tracing| tracing.before).unwrap_or_else(|| Box::new(now()));
        let mut tracing = Tracing { before: Some(before), ..Tracing::new(source) };
        if let Some(size) = size_px {
            project.frame_px = size.map(|side| side.clamp(16, LARGEST_SIDE_PX));
        }
        match self.alignments.iter().find(|known| known.source == tracing.source) {
            Some(known) => {
                (project.pose, project.camera) = (known.pose.clone(), known.camera);
                tracing.lengths = known.lengths.clone();
            }
            None => project.camera = camera.unwrap_or(project.camera),
        }
        project.tracing = Some(tracing);
        project
    }

    /// After tracing: pose, view and picture size are what they were. `keep`: how the figure lies over the drawing is
    /// kept.
    pub fn after_tracing(&self, keep: bool) -> Self {
        let mut project = self.clone();
        if let Some(alignment) = self.alignment().filter(|_| keep) {
            project.alignments.retain(|known| known.source != alignment.source);
            project.alignments.push(alignment);
        }
        if let Some(before) = project.tracing.take().and_then(|tracing| tracing.before) {
            (project.pose, project.camera, project.frame_px) = (before.pose, before.camera, before.frame_px);
        }
        project
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::{BodyPart, library};
    use std::path::Path;

    #[test]
    fn tracing_gives_back_what_it_put_aside_and_keeps_how_the_figure_lay() {
        let source = |name: &str| DrawingSource::File(Path::new("/p").join(name));
        let project = Project { frame_px: [640, 480], ..Project::example() };
        let orbit = project.camera.turned(30.0, 0.0);
        let mut traced = project.with_tracing(source("a.png"), Some([300, 5]), Some(orbit));
        assert_eq!((traced.frame_px, traced.camera), ([300, 16], orbit));
        assert!(traced.lengths().are_own());
        traced.pose = library::find("sit").unwrap().1;
        traced.tracing.as_mut().unwrap().lengths.set(BodyPart::Thighs, 1.4);
        assert_eq!(traced.lengths().of(BodyPart::Thighs), 1.4);
        // On to another drawing: what comes back in the end is what was there at first.
        let other = traced.with_tracing(source("b.png"), Some([80, 80]), None);
        assert_eq!(other.after_tracing(false), project);
        let kept = traced.after_tracing(true);
        assert_eq!(Project { alignments: Vec::new(), ..kept.clone() }, project);
        assert_eq!(kept.lengths(), LimbLengths::default());
        let again = kept.with_tracing(source("a.png"), Some([300, 200]), Some(project.camera));
        assert_eq!((&again.pose, again.camera, again.lengths()), (&traced.pose, orbit, traced.lengths()));
        assert_eq!(again.after_tracing(true), kept, "each drawing has one");

        let path = Path::new("/p/x.settei");
        let text = again.to_json(path).unwrap();
        assert!(text.contains("\"source\": {\n        \"file\": \"a.png\""), "beside the project: {text}");
        assert_eq!(Project::from_json(text.as_bytes(), path).unwrap(), again);
        let old = r#"{"settei-project": 1, "tracing": {"source": {"file": "a.png"}, "opacity": 9.0}}"#;
        let old = Project::from_json(old.as_bytes(), path).unwrap();
        assert_eq!(old.tracing, Some(Tracing { opacity: 1.0, ..Tracing::new(source("a.png")) }));
        assert_eq!(old.after_tracing(false).tracing, None);
    }
}
