//! From a request to pictures: what is painted, in which order.

use super::desk::{Desk, Halt, Watch};
use super::easel::{Easel, Names};
use super::{Contributions, LiveEngine, LiveEvent, LivePicture, LiveRequest};
use crate::picture::Picture;
use crate::progress::Progress;
use crate::sheet::Shares;
use crate::udp::Udp;
use std::sync::Arc;
use std::time::Instant;

/// Longest side of a draft.
const DRAFT_PX: u32 = 384;
/// CoNR's smallest working size.
const DRAFT_WORKING_PX: u32 = 128;

/// One picture of those that a request leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pass {
    engine: LiveEngine,
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

/// What is painted for a request. `knows_any`: a drawing's UDP is known; `on_card`: CoNR runs on a graphics card.
fn plan(request: &LiveRequest, knows_any: bool, on_card: bool, drafted: bool) -> Vec<Pass> {
    let LiveRequest { engine, working_px, size_px, .. } = *request;
    let full = Pass { engine, working_px, size_px, grade: Grade::Full };
    let longest = size_px[0].max(size_px[1]).max(1);
    let shrink = f64::from(DRAFT_PX.min(longest)) / f64::from(longest);
    let quick_engine = match engine {
        LiveEngine::Conr if on_card || !knows_any => LiveEngine::Conr,
        _ => LiveEngine::Landmark,
    };
    let quick = Pass {
        engine: quick_engine,
        working_px: DRAFT_WORKING_PX.min(working_px),
        size_px: size_px.map(|side| ((f64::from(side) * shrink).round() as u32).max(1)),
        grade: Grade::Draft,
    };
    // Each doubling takes four times as long, so that all steps together add a third at most.
    let doublings = std::iter::successors(Some(2 * DRAFT_WORKING_PX), |px| px.checked_mul(2));
    let steps = doublings.take_while(|px| engine == LiveEngine::Conr && 2 * px <= working_px);
    let steps = steps.map(|working_px| Pass { working_px, grade: Grade::Step, ..full });
    let as_good = quick.engine == full.engine
        && match full.engine {
            LiveEngine::Landmark => quick.size_px == full.size_px,
            LiveEngine::Conr => quick.working_px == full.working_px,
        };
    if request.dragging {
        return vec![quick];
    }
    let quick = (!drafted && !as_good).then_some(quick);
    quick.into_iter().chain(steps).chain([full]).collect()
}

/// Paints what a request asks for; pictures and detected UDPs go to the desk.
pub(super) fn paint(easel: &mut Easel, request: &LiveRequest, desk: &Desk<LiveRequest>) -> Result<(), Halt> {
    // What can't succeed is known before a draft takes the last picture's place.
    let unpaintable = match (request.views.is_empty(), &request.weights, request.engine) {
        (true, ..) => {
            Err(Halt::Failed("the sheet has no drawing to paint from: add cut-out drawings of the character".into()))
        }
        (_, None, LiveEngine::Conr) => {
            Err(Halt::Failed("CoNR needs weights: load them, or choose landmark transfer".into()))
        }
        (_, Some(path), LiveEngine::Conr) => easel.check_weights(request, path),
        _ => Ok(()),
    };
    if unpaintable.is_err() {
        // The figure can be looked at all the same.
        see(request, request.size_px, false, desk)?;
        return unpaintable;
    }
    if request.weights.is_none() {
        easel.forget_weights();
    }
    let drafted = easel.drafted.as_ref().is_some_and(|last| last.same_picture(request));
    let knows_any = easel.knows_any(&request.views);
    for pass in plan(request, knows_any, easel.on_card(), drafted) {
        // A draft makes do with the UDPs there are.
        if pass.engine == LiveEngine::Landmark
            && request.weights.is_some()
            && !(pass.grade == Grade::Draft && knows_any)
        {
            detect(easel, request, desk, &|waiting| !waiting.same_means(request) || (waiting.dragging && knows_any))?;
        }
        let picture = match run(easel, request, pass, desk) {
            Err(Halt::Failed(why)) => {
                // As above.
                see(request, request.size_px, false, desk)?;
                return Err(Halt::Failed(why));
            }
            outcome => outcome?,
        };
        easel.drafted = (pass.grade != Grade::Full).then(|| request.clone());
        desk.send(LiveEvent::Picture(picture));
    }
    if request.weights.is_some() && !request.dragging {
        // Nothing else is to be done: drafts of the next pose can be by landmark transfer then.
        if let Err(Halt::Failed(why)) = detect(easel, request, desk, &|_| true) {
            // The picture is there; nobody asked for this.
            tracing::warn!("the drawings' Ultra-Dense Poses could not be found out: {why}");
        }
    }
    Ok(())
}

/// Detects the UDPs that drawings lack.
fn detect(
    easel: &mut Easel,
    request: &LiveRequest,
    desk: &Desk<LiveRequest>,
    gives_way: &(dyn Fn(&LiveRequest) -> bool + Sync),
) -> Result<(), Halt> {
    let progress = Watch { desk, gives_way };
    let unknown = easel.unknown(&request.views);
    for (i, view) in unknown.iter().enumerate() {
        if progress.cancelled() {
            return Err(Halt::Stopped);
        }
        progress.stage(&format!("finding the Ultra-Dense Pose of {}", view.name), unknown.len() as u64);
        progress.advance(i as u64);
        let udp = easel.detect(request, view, &progress)?;
        desk.send(LiveEvent::Detected { view: Arc::clone(view), udp });
    }
    Ok(())
}

/// The figure's UDP, and news of it.
fn see(request: &LiveRequest, size_px: [u32; 2], draft: bool, desk: &Desk<LiveRequest>) -> Result<Arc<Udp>, Halt> {
    let local = request.subject.resolve(&request.pose);
    let udp = Arc::new(request.subject.udp_seen(&local, &request.camera, size_px)?);
    desk.send(LiveEvent::Udp { draft, udp: Arc::clone(&udp) });
    Ok(udp)
}

fn run(easel: &mut Easel, request: &LiveRequest, pass: Pass, desk: &Desk<LiveRequest>) -> Result<LivePicture, Halt> {
    // What is prepared serves the next wish too, unless that one can do without, at once.
    let quick = pass.grade == Grade::Draft;
    let knows_any = easel.knows_any(&request.views);
    let keep = |waiting: &LiveRequest| !waiting.same_means(request) || (!quick && waiting.dragging && knows_any);
    let preparing = Watch { desk, gives_way: keep };
    let painting = Watch { desk, gives_way: |_: &LiveRequest| !quick };
    let begun;
    let udp;
    let see = || see(request, pass.size_px, quick, desk);
    let (picture, shares, names, by): (Picture, Option<Shares>, Names, String) = match pass.engine {
        LiveEngine::Landmark => {
            let (transfer, names) = easel.transfer(request, &preparing)?;
            begun = Instant::now();
            udp = see()?;
            let (drawn, shares) = if request.contributions {
                let (drawn, shares) = transfer.explain(&udp, &painting)?;
                (drawn, Some(shares))
            } else {
                (transfer.render_unless_stopped(&udp, &painting)?, None)
            };
            (drawn.picture, shares, names.clone(), "landmark transfer".into())
        }
        LiveEngine::Conr => {
            let (renderer, encoded, on) = easel.conr(request, pass.working_px, &preparing)?;
            begun = Instant::now();
            udp = see()?;
            let (rendering, shares) = if request.contributions {
                let (rendering, shares) = renderer.explain(encoded, &udp, &painting)?;
                (rendering, Some(shares))
            } else {
                (renderer.render(encoded, &udp, &painting)?, None)
            };
            let names = Names { used: request.views.iter().map(|view| view.name.clone()).collect(), left_out: vec![] };
            (rendering.to_picture(), shares, names, format!("CoNR at {} px on {on}", pass.working_px))
        }
    };
    let contributions = shares.map(|shares| {
        let legend = names.used.iter().enumerate().map(|(view, name)| (name.clone(), Shares::colour(view)));
        Arc::new(Contributions { picture: shares.picture(), legend: legend.collect() })
    });
    let left_out = names.left_out.join(", ");
    let notes = match left_out.is_empty() {
        true => Vec::new(),
        false => vec![format!(
            "Left out, because their Ultra-Dense Poses are not known: {left_out}. Load weights to have them detected"
        )],
    };
    Ok(LivePicture {
        id: request.id,
        picture: Arc::new(picture),
        udp,
        contributions,
        draft: pass.grade != Grade::Full,
        took: begun.elapsed(),
        by,
        notes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conr::DeviceChoice;
    use crate::conr::cpu::Storage;
    use crate::engine::Subject;
    use crate::figure::landmarks::MapPreset;
    use crate::pose::{Camera, Pose};
    use crate::raster::{RasterChoice, Rasterizer};
    use glam::Mat4;

    fn request(engine: LiveEngine, working_px: u32, size_px: [u32; 2], dragging: bool) -> LiveRequest {
        let rasterizer = Rasterizer::new(RasterChoice::Cpu).unwrap();
        let subject = Subject::new(rasterizer, crate::example::figure().unwrap(), MapPreset::Joint).unwrap();
        LiveRequest {
            id: 1,
            subject: Arc::new(subject),
            pose: Arc::new(Pose::default()),
            camera: Camera { view: Mat4::IDENTITY, projection: Mat4::IDENTITY },
            size_px,
            views: Arc::new([]),
            engine,
            weights: None,
            working_px,
            device: DeviceChoice::Cpu,
            storage: Storage::F32,
            dragging,
            contributions: false,
        }
    }

    #[test]
    fn drafts_come_first_and_alone_while_something_moves() {
        use LiveEngine::{Conr, Landmark};
        let passes = |request: &LiveRequest, knows_any, on_card, drafted| -> Vec<_> {
            let plan = plan(request, knows_any, on_card, drafted);
            plan.into_iter().map(|pass| (pass.engine, pass.working_px, pass.size_px, pass.grade)).collect()
        };
        let large = [768, 1024];
        let small = [288, 384];
        let still = request(Conr, 256, large, false);
        let (quick, full) = ((Landmark, 128, small, Grade::Draft), (Conr, 256, large, Grade::Full));
        assert_eq!(passes(&still, true, false, false), [quick, full]);
        assert_eq!(passes(&still, true, false, true), [full]);
        assert_eq!(passes(&still, true, true, false), [(Conr, 128, small, Grade::Draft), full]);
        assert_eq!(passes(&still, false, false, false), [(Conr, 128, small, Grade::Draft), full]);
        let moving = LiveRequest { dragging: true, ..still.clone() };
        assert_eq!(passes(&moving, true, false, true), [quick]);
        let smallest = LiveRequest { working_px: 128, ..still.clone() };
        assert_eq!(passes(&smallest, false, false, false), [(Conr, 128, large, Grade::Full)]);
        let step = |px| (Conr, px, large, Grade::Step);
        let sharp = LiveRequest { working_px: 1024, ..still.clone() };
        assert_eq!(passes(&sharp, true, false, false), [quick, step(256), step(512), (Conr, 1024, large, Grade::Full)]);
        let between = LiveRequest { working_px: 640, ..still.clone() };
        assert_eq!(passes(&between, true, false, true), [step(256), (Conr, 640, large, Grade::Full)]);
        let landmark = LiveRequest { engine: Landmark, ..still };
        assert_eq!(passes(&landmark, true, false, false), [quick, (Landmark, 256, large, Grade::Full)]);
        let tiny = LiveRequest { size_px: [60, 1], ..landmark };
        assert_eq!(passes(&tiny, true, false, false), [(Landmark, 256, [60, 1], Grade::Full)]);
    }
}
