//! Our own detector: it finds UDPs, and tells how far off each landmark may be.

use super::{Belief, Finds, Found, LoadedGraph, Profile, Running};
use crate::engine::painter::PaintError;
use crate::fude::{Detected, Detector, DetectorGraph, Hints};
use crate::progress::Progress;
use crate::sheet::{DrawingHints, View};
use crate::weights::{Graph as _, Schema, WeightFile};

pub(super) const PROFILE: Profile = Profile {
    name: DetectorGraph::NAME,
    title: "Fude's detector",
    tip: "Finds out what drawings show, for landmark transfer to paint from them",
    weights: "one .safetensors file",
    working_px: Detector::LOOKS_PX as u32,
    finds: Some(Finds { takes_hints: true }),
    paints: None,
    schema: Schema::of::<DetectorGraph>,
    tuning: None,
    load,
};

fn load(file: &WeightFile, _: Running, progress: &dyn Progress) -> Result<Box<dyn LoadedGraph>, PaintError> {
    Ok(Box::new(Loaded(Detector::of_file(file, Detector::LOOKS_PX, progress)?)))
}

struct Loaded(Detector);

impl LoadedGraph for Loaded {
    fn on_processor(&self) -> bool {
        true
    }

    fn detect(&self, view: &View, hints: &DrawingHints, working_px: u32) -> Result<Found, PaintError> {
        Ok(self.0.detect(&view.picture, &Hints::of(hints, &view.picture), working_px as usize).into())
    }
}

impl From<Detected> for Found {
    fn from(detected: Detected) -> Self {
        let figure = detected.udp.pixels.iter().zip(&detected.spread).filter(|(pixel, _)| pixel[3] > 0.5);
        let belief = Belief::of(detected.view_shares, figure.map(|(_, spread)| *spread).collect());
        Self { udp: detected.udp, spread: Some(detected.spread), belief }
    }
}
