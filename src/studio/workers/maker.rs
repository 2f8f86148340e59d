//! Makes stand-ins while somebody drags at what they are made of, latest wins.

use super::Latest;
use crate::example::{self, CharacterParams, Detail};
use crate::figure::landmarks::Encoding;
use crate::mailbox::Reader;
use crate::raster::{RasterChoice, Rasterizer, Subject};
use std::sync::Arc;

/// The stand-in that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct StandInRequest {
    /// What it is made of.
    pub params: CharacterParams,
    /// Something is dragged: a coarse one will do.
    pub quick: bool,
    /// Who draws it.
    pub raster: RasterChoice,
    /// How its points become landmarks.
    pub map: Encoding,
}

/// The thread that makes them.
pub struct StandInMaker(Latest<StandInRequest, Result<Arc<Subject>, String>>);

impl StandInMaker {
    /// Starts the thread; `wake` is called when a stand-in is there.
    pub fn new(wake: impl Fn() + Send + 'static) -> Self {
        let work = |request: StandInRequest, _: &Reader<StandInRequest>| Some(make(&request).map(Arc::new));
        let broken = || Some(Err("making the stand-in stopped at an error in Settei itself".into()));
        Self(Latest::start("stand-in", wake, work, broken))
    }

    /// Asks for a stand-in; the one that waits, if any, is not wanted any more. The same is made again only `anew`: it was
    /// put aside meanwhile.
    pub fn request(&self, request: StandInRequest, anew: bool) {
        if !self.0.wish(request, StandInRequest::eq) && anew {
            self.0.again();
        }
    }

    /// The next stand-in, or why there is none.
    pub fn poll(&self) -> Option<Result<Arc<Subject>, String>> {
        self.0.poll()
    }

    /// One is being made.
    pub fn busy(&self) -> bool {
        self.0.busy()
    }
}

fn make(request: &StandInRequest) -> Result<Subject, String> {
    let detail = if request.quick { Detail::Quick } else { Detail::Fine };
    let rasterizer = Rasterizer::new(request.raster).map_err(|error| error.to_string())?;
    Subject::new(rasterizer, example::assemble(&request.params, detail), request.map).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_wish_is_what_comes_last() {
        let maker = StandInMaker::new(|| {});
        for seed in 0..6 {
            let params = CharacterParams::random(seed);
            let (raster, map) = (RasterChoice::Cpu, Encoding::default());
            maker.request(StandInRequest { params, quick: true, raster, map }, false);
        }
        let mut made = Vec::new();
        while maker.busy() {
            std::thread::yield_now();
        }
        while let Some(subject) = maker.poll() {
            made.push(subject.unwrap().figure().name.clone());
        }
        assert_eq!(made.last().unwrap(), "Character 5");
        assert!(made.len() < 6, "those between were not wanted any more: {made:?}");
    }
}
