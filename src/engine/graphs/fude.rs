//! Fude: it paints from drawings of which it is known what they show, while something is dragged too.

use super::{Drawing, EncodedDrawings, LoadedGraph, Paints, Profile, Running};
use crate::engine::painter::{PaintError, Painting};
use crate::fude::renderer::tuning_schema;
use crate::fude::{EncodedSheet, Painted, Renderer, RendererGraph, SheetDrawing};
use crate::progress::Progress;
use crate::sheet::Shares;
use crate::transfer::Parts;
use crate::udp::Udp;
use crate::weights::{Graph as _, Schema, WeightFile};
use std::sync::Arc;

/// The size of the drawings that it learns from last.
const TRAINED_PX: u32 = 128;

pub(super) const PROFILE: Profile = Profile {
    name: RendererGraph::NAME,
    title: "Fude",
    tip: "Our own small neural renderer: mends what landmark transfer makes of drawings whose poses had to be found out",
    weights: "one .safetensors file",
    working_px: TRAINED_PX,
    finds: None,
    paints: Some(Paints { draft_px: 256, quick: true, needs_udps: true, mends: true }),
    schema: Schema::of::<RendererGraph>,
    tuning: Some(tuning_schema),
    load,
};

fn load(file: &WeightFile, running: Running, progress: &dyn Progress) -> Result<Box<dyn LoadedGraph>, PaintError> {
    let renderer = Renderer::of_file(file, 2 * TRAINED_PX as usize, running.precision, progress)?;
    Ok(Box::new(Loaded(Arc::new(renderer))))
}

struct Loaded(Arc<Renderer>);

impl LoadedGraph for Loaded {
    fn on_processor(&self) -> bool {
        true
    }

    fn encode(
        &self,
        drawings: &[Drawing<'_>],
        parts: Option<Arc<Parts>>,
        working_px: u32,
        progress: &dyn Progress,
    ) -> Result<Box<dyn EncodedDrawings>, PaintError> {
        progress.stage("looking at the sheet", 0);
        // Who needs UDPs is shown drawings with one alone.
        let known = drawings
            .iter()
            .filter_map(|&Drawing { picture, udp, spread }| Some(SheetDrawing { picture, udp: udp?, spread }));
        let drawings: Vec<_> = known.collect();
        let sheet = Renderer::encode(&drawings, parts, working_px as usize, progress)?;
        Ok(Box::new(Encoded(Arc::clone(&self.0), sheet)))
    }
}

struct Encoded(Arc<Renderer>, EncodedSheet);

impl EncodedDrawings for Encoded {
    fn paint(&self, udp: &Udp, progress: &dyn Progress) -> Result<Painting, PaintError> {
        Ok(self.0.paint(&self.1, udp, progress)?.into())
    }

    fn explain(&self, udp: &Udp, progress: &dyn Progress) -> Result<(Painting, Shares), PaintError> {
        let painted = self.0.paint(&self.1, udp, progress)?;
        let shares = painted.shares.clone();
        Ok((painted.into(), shares))
    }
}

impl From<Painted> for Painting {
    fn from(painted: Painted) -> Self {
        let picture = painted.to_picture();
        Self { picture, premultiplied: Some(painted.premultiplied), confidence: Some(painted.confidence) }
    }
}
