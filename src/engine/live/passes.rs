//! From a request to pictures: what is painted, in which order.

use super::board::{Tell, Watch};
use super::{Contributions, Kept, LiveEvent, LivePicture, LiveRequest};
use crate::engine::{Easel, Motif, PaintError, PainterKind, PaintingSettings};
use crate::mailbox::Reader;
use crate::sheet::Shares;
use crate::udp::Udp;
use std::sync::Arc;
use std::time::Instant;

/// Longest side of a draft.
const DRAFT_PX: u32 = 384;

/// Longest side of a picture that shows how a drawing may be understood otherwise.
const OTHERWISE_PX: u32 = 128;

/// One picture of those that a request leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pass {
    kind: PainterKind,
    working_px: u32,
    size_px: [u32; 2],
    grade: Grade,
}

/// How good a pass is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grade {
    /// Small, and finished once it is begun.
    Draft,
    /// Of full size, at a smaller working size: there in a fraction of the time.
    Step,
    /// What was asked for.
    Full,
}

/// What is painted for a request, by its settled settings. `knows_any`: a drawing's UDP is known; `quick`: what paints keeps
/// up with someone who drags.
fn plan(request: &LiveRequest, settings: &PaintingSettings, knows_any: bool, quick: bool, drafted: bool) -> Vec<Pass> {
    let size_px = request.motif.size_px;
    let (kind, working_px) = (settings.kind(), settings.size_px);
    let full = Pass { kind, working_px, size_px, grade: Grade::Full };
    let longest = size_px[0].max(size_px[1]).max(1);
    let shrink = f64::from(DRAFT_PX.min(longest)) / f64::from(longest);
    let kind_of_draft = if quick || !knows_any { kind } else { PainterKind::Landmark };
    let paints = kind.graph().and_then(|graph| graph.paints);
    let smallest_px = paints.map_or(working_px, |paints| paints.draft_px.min(working_px));
    let quick = Pass {
        kind: kind_of_draft,
        working_px: smallest_px,
        size_px: size_px.map(|side| ((f64::from(side) * shrink).round() as u32).max(1)),
        grade: Grade::Draft,
    };
    // Each doubling takes four times as long, so that all steps together add a third at most.
    let doublings = std::iter::successors(smallest_px.checked_mul(2), |px| px.checked_mul(2));
    let steps = doublings.take_while(|px| px.checked_mul(2).is_some_and(|next| next <= working_px));
    let steps = steps.map(|working_px| Pass { working_px, grade: Grade::Step, ..full });
    let as_good = quick.kind == full.kind
        && match full.kind {
            PainterKind::Landmark => quick.size_px == full.size_px,
            PainterKind::Graph(_) => quick.working_px == full.working_px,
        };
    if request.dragging {
        return vec![quick];
    }
    let quick = (!drafted && !as_good).then_some(quick);
    quick.into_iter().chain(steps).chain([full]).collect()
}

/// Paints what a request asks for; pictures and detected UDPs go to the board.
pub(super) fn paint(
    kept: &mut Kept,
    request: &LiveRequest,
    requests: &Reader<LiveRequest>,
    board: &dyn Tell,
) -> Result<(), PaintError> {
    let Motif { size_px, views, hints, settings, .. } = &request.motif;
    let settings = &settings.settled(views, *size_px);
    let hand = Hand { request, settings, requests, board };
    kept.easel.draws(request.motif.shot.stance().subject());
    kept.easel.heed(views, hints);
    // What can't succeed is known before a draft takes the last picture's place.
    if let Err(why) = kept.easel.check(views, settings) {
        // The figure can be looked at all the same.
        hand.see(*size_px, false)?;
        return Err(why);
    }
    let drafted = kept.drafted.as_ref().is_some_and(|last| last.same_picture(request));
    let knows_any = kept.easel.knows_any(views);
    // Somebody who says something about a drawing looks at what comes of it.
    if settings.detector().is_some() && kept.easel.owes_answers(views) {
        let gives_way =
            |waiting: &LiveRequest| !waiting.motif.same_means(&request.motif) || (waiting.dragging && knows_any);
        // Of anything else who needs it will tell.
        if let Err(PaintError::Stopped) = hand.detect(&mut kept.easel, &gives_way) {
            return Err(PaintError::Stopped);
        }
    }
    // Landmark transfer keeps up by smaller pictures.
    let quick = settings.kind().graph().is_none_or(|graph| kept.easel.quick(graph));
    for pass in plan(request, settings, knows_any, quick, drafted) {
        // A draft makes do with the UDPs there are.
        if pass.kind.needs_udps() && settings.detector().is_some() && !(pass.grade == Grade::Draft && knows_any) {
            let gives_way =
                |waiting: &LiveRequest| !waiting.motif.same_means(&request.motif) || (waiting.dragging && knows_any);
            hand.detect(&mut kept.easel, &gives_way)?;
        }
        let picture = match hand.run(&mut kept.easel, pass) {
            Err(PaintError::Stopped) => return Err(PaintError::Stopped),
            Err(why) => {
                // As above.
                hand.see(*size_px, false)?;
                return Err(why);
            }
            Ok(picture) => picture,
        };
        kept.drafted = (pass.grade != Grade::Full).then(|| request.clone());
        board.send(LiveEvent::Picture(picture));
    }
    if settings.detector().is_some() && !request.dragging {
        // Nothing else is to be done: drafts of the next pose can be by landmark transfer then.
        match hand.detect(&mut kept.easel, &|_| true) {
            Ok(()) | Err(PaintError::Stopped) => {}
            // The picture is there; nobody asked for this.
            Err(why) => tracing::warn!("the drawings' Ultra-Dense Poses could not be found out: {why}"),
        }
        match hand.otherwise(kept) {
            Ok(()) | Err(PaintError::Stopped) => {}
            Err(why) => tracing::warn!("the other sides of drawings could not be tried: {why}"),
        }
    }
    Ok(())
}

/// Fulfils one request.
#[derive(Clone, Copy)]
struct Hand<'a> {
    request: &'a LiveRequest,
    settings: &'a PaintingSettings,
    requests: &'a Reader<LiveRequest>,
    board: &'a dyn Tell,
}

impl<'a> Hand<'a> {
    fn watch<F: Fn(&LiveRequest) -> bool + Sync>(&self, gives_way: F) -> Watch<'a, F> {
        Watch { board: self.board, requests: self.requests, gives_way }
    }

    /// Detects the UDPs that drawings lack.
    fn detect(&self, easel: &mut Easel, gives_way: &(dyn Fn(&LiveRequest) -> bool + Sync)) -> Result<(), PaintError> {
        let views = &self.request.motif.views;
        easel.detect(views, self.settings, &self.watch(gives_way), &mut |view, found| {
            self.board.send(LiveEvent::Detected { view: Arc::clone(view), found: found.clone() });
        })
    }

    /// Shows of drawings that may show another side, once for each time that they were looked at, what they would be then.
    fn otherwise(&self, kept: &mut Kept) -> Result<(), PaintError> {
        let Motif { size_px, views, shot, .. } = &self.request.motif;
        kept.otherwise.retain(|of| of.strong_count() > 0);
        let longest = size_px[0].max(size_px[1]).max(1);
        let small_px = size_px.map(|side| (side * OTHERWISE_PX / longest).max(1));
        for view in views.iter() {
            let Some((side, found)) = kept.easel.other_side(view) else { continue };
            let found = Arc::downgrade(found);
            if kept.otherwise.iter().any(|shown| shown.ptr_eq(&found)) {
                continue;
            }
            let udp = shot.udp(small_px)?;
            let watch = self.watch(|_: &LiveRequest| true);
            let picture = kept.easel.otherwise((view, side), &udp, self.settings, &watch)?;
            kept.otherwise.push(found);
            self.board.send(LiveEvent::Otherwise { view: Arc::clone(view), picture });
        }
        Ok(())
    }

    /// The figure's UDP, and news of it.
    fn see(&self, size_px: [u32; 2], draft: bool) -> Result<Arc<Udp>, PaintError> {
        let udp = self.request.motif.shot.udp(size_px)?;
        self.board.send(LiveEvent::Udp { draft, udp: Arc::clone(&udp) });
        Ok(udp)
    }

    fn run(&self, easel: &mut Easel, pass: Pass) -> Result<LivePicture, PaintError> {
        let request = self.request;
        let views = &request.motif.views;
        // What is prepared serves the next wish too, unless that one can do without, at once.
        let quick = pass.grade == Grade::Draft;
        let knows_any = easel.knows_any(views);
        let keep = |waiting: &LiveRequest| {
            !waiting.motif.same_means(&request.motif) || (!quick && waiting.dragging && knows_any)
        };
        let settings = self.settings.by(pass.kind, pass.working_px);
        let prepared = easel.painter(views, &settings, &self.watch(keep))?;
        let begun = Instant::now();
        let udp = self.see(pass.size_px, quick)?;
        let painting = self.watch(|_: &LiveRequest| !quick);
        let (painted, shares) = if request.contributions {
            let (painted, shares) = prepared.painter.explain(&udp, &painting)?;
            (painted, Some(shares))
        } else {
            (prepared.painter.paint(&udp, &painting)?, None)
        };
        let contributions = shares.map(|shares| {
            let legend = prepared.used.iter().enumerate().map(|(view, name)| (name.clone(), Shares::colour(view)));
            Arc::new(Contributions { picture: shares.picture(), legend: legend.collect() })
        });
        Ok(LivePicture {
            id: request.id,
            motif: request.motif.clone(),
            picture: Arc::new(painted.picture),
            udp,
            contributions,
            draft: pass.grade != Grade::Full,
            took: begun.elapsed(),
            notes: prepared.notes(),
            by: prepared.by,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::GraphKind;
    use crate::figure::landmarks::MapPreset;
    use crate::pose::{Camera, Pose};
    use crate::raster::{RasterChoice, Rasterizer, Subject};
    use glam::Mat4;

    fn request(kind: PainterKind, working_px: u32, size_px: [u32; 2], dragging: bool) -> LiveRequest {
        let rasterizer = Rasterizer::new(RasterChoice::Cpu).unwrap();
        let subject = Subject::new(rasterizer, crate::example::figure().unwrap(), MapPreset::default()).unwrap();
        let stance = Arc::new(subject).stand(&Pose::default());
        LiveRequest {
            id: 1,
            motif: Motif {
                shot: Arc::new(stance.seen(Camera { view: Mat4::IDENTITY, projection: Mat4::IDENTITY })),
                size_px,
                views: Arc::new([]),
                hints: Arc::new([]),
                settings: PaintingSettings::default().by(kind, working_px),
            },
            dragging,
            contributions: false,
        }
    }

    #[test]
    fn drafts_come_first_and_alone_while_something_moves() {
        use PainterKind::Landmark;
        const CONR: PainterKind = PainterKind::Graph(GraphKind::Conr);
        let passes = |request: &LiveRequest, knows_any, quick, drafted| -> Vec<_> {
            let plan = plan(request, &request.motif.settings, knows_any, quick, drafted);
            plan.into_iter().map(|pass| (pass.kind, pass.working_px, pass.size_px, pass.grade)).collect()
        };
        let large = [768, 1024];
        let small = [288, 384];
        let still = request(CONR, 256, large, false);
        let (quick, full) = ((Landmark, 128, small, Grade::Draft), (CONR, 256, large, Grade::Full));
        assert_eq!(passes(&still, true, false, false), [quick, full]);
        assert_eq!(passes(&still, true, false, true), [full]);
        assert_eq!(passes(&still, true, true, false), [(CONR, 128, small, Grade::Draft), full]);
        assert_eq!(passes(&still, false, false, false), [(CONR, 128, small, Grade::Draft), full]);
        let moving = LiveRequest { dragging: true, ..still.clone() };
        assert_eq!(passes(&moving, true, false, true), [quick]);
        let smallest = request(CONR, 128, large, false);
        assert_eq!(passes(&smallest, false, false, false), [(CONR, 128, large, Grade::Full)]);
        let step = |px| (CONR, px, large, Grade::Step);
        let sharp = request(CONR, 1024, large, false);
        assert_eq!(passes(&sharp, true, false, false), [quick, step(256), step(512), (CONR, 1024, large, Grade::Full)]);
        let between = request(CONR, 640, large, false);
        assert_eq!(passes(&between, true, false, true), [step(256), (CONR, 640, large, Grade::Full)]);
        let landmark = request(Landmark, 256, large, false);
        assert_eq!(
            passes(&landmark, true, true, false),
            [(Landmark, 256, small, Grade::Draft), (Landmark, 256, large, Grade::Full)]
        );
        let tiny = request(Landmark, 256, [60, 1], false);
        assert_eq!(passes(&tiny, true, true, false), [(Landmark, 256, [60, 1], Grade::Full)]);
    }
}
