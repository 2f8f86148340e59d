//! CoNR: it looks at the drawings alone, and takes a processor too long to be painted with while something is dragged.

use super::{Drawing, EncodedDrawings, Finds, Found, LoadedGraph, Paints, Profile, Running};
use crate::conr::{self, ConrError, EncodedSheet, Networks, Renderer, Rendering};
use crate::engine::painter::{PaintError, Painting};
use crate::picture::Picture;
use crate::progress::Progress;
use crate::sheet::{DrawingHints, Shares, View};
use crate::transfer::Parts;
use crate::udp::Udp;
use crate::weights::{Schema, WeightFile};
use std::sync::Arc;

pub(super) const PROFILE: Profile = Profile {
    name: conr::GRAPH,
    title: "CoNR",
    tip: "The neural renderer; needs weights",
    weights: "a folder with the authors' four .pth files, or one .safetensors file",
    working_px: 256,
    finds: Some(Finds { takes_hints: false }),
    paints: Some(Paints { draft_px: 128, quick: false, needs_udps: false, mends: false }),
    schema: Schema::of::<Networks>,
    tuning: None,
    load,
};

fn load(file: &WeightFile, running: Running, progress: &dyn Progress) -> Result<Box<dyn LoadedGraph>, PaintError> {
    let renderer = Renderer::of_file(file, running.device, running.precision, progress)?;
    Ok(Box::new(Loaded(Arc::new(renderer))))
}

struct Loaded(Arc<Renderer>);

impl LoadedGraph for Loaded {
    fn on_processor(&self) -> bool {
        self.0.on_processor()
    }

    fn detect(&self, view: &View, _: &DrawingHints, working_px: u32) -> Result<Found, PaintError> {
        Ok(Found { udp: self.0.detect(view, working_px)?, spread: None, belief: None })
    }

    fn encode(
        &self,
        drawings: &[Drawing<'_>],
        _: Option<Arc<Parts>>,
        working_px: u32,
        progress: &dyn Progress,
    ) -> Result<Box<dyn EncodedDrawings>, PaintError> {
        let pictures: Vec<&Picture> = drawings.iter().map(|drawing| drawing.picture).collect();
        let sheet = self.0.encode_pictures(&pictures, working_px, progress)?;
        Ok(Box::new(Encoded(Arc::clone(&self.0), sheet)))
    }
}

struct Encoded(Arc<Renderer>, EncodedSheet);

impl EncodedDrawings for Encoded {
    fn paint(&self, udp: &Udp, progress: &dyn Progress) -> Result<Painting, PaintError> {
        Ok(self.0.render(&self.1, udp, progress)?.into())
    }

    fn explain(&self, udp: &Udp, progress: &dyn Progress) -> Result<(Painting, Shares), PaintError> {
        let (rendering, shares) = self.0.explain(&self.1, udp, progress)?;
        Ok((rendering.into(), shares))
    }
}

impl From<Rendering> for Painting {
    fn from(rendering: Rendering) -> Self {
        Self { picture: rendering.to_picture(), premultiplied: Some(rendering.premultiplied), confidence: None }
    }
}

impl From<ConrError> for PaintError {
    fn from(error: ConrError) -> Self {
        match error {
            ConrError::Cancelled => Self::Stopped,
            error => Self::Graph(Box::new(error)),
        }
    }
}
