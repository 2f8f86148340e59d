//! Painting while someone poses: the real engine on the built-in example, by landmark transfer and by CoNR with weights
//! that are all zero (what they paint is grey, what they cost is the same).

use settei::engine::live::{LiveEvent, LivePainter, LivePicture, LiveRequest};
use settei::engine::{Easel, Finding, GraphKind, Motif, PainterKind, PaintingSettings, Views};
use settei::figure::landmarks::MapPreset;
use settei::nn::{DeviceChoice, Precision};
use settei::picture::Picture;
use settei::pose::{self, CameraView};
use settei::progress::Silent;
use settei::raster::{RasterChoice, Rasterizer, Subject};
use settei::sheet::{BrushStroke, DrawingHints, KnownPoint, Side, View};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, LazyLock, Mutex};

static SUBJECT: LazyLock<Arc<Subject>> = LazyLock::new(|| {
    let rasterizer = Rasterizer::new(RasterChoice::Cpu).unwrap();
    Arc::new(Subject::new(rasterizer, settei::example::figure().unwrap(), MapPreset::default()).unwrap())
});
static VIEWS: LazyLock<Views> =
    LazyLock::new(|| settei::example::sheet().unwrap().views.into_iter().map(Arc::new).collect());

fn request(id: u64, pose: &str) -> LiveRequest {
    let (pose, size_px) = (pose::named_or_file(pose).unwrap().1, [450, 600]);
    LiveRequest {
        id,
        motif: Motif {
            shot: Arc::new(SUBJECT.shoot(&pose, &CameraView::default(), size_px).unwrap()),
            size_px,
            views: Arc::clone(&VIEWS),
            hints: Arc::new([]),
            settings: PaintingSettings { device: DeviceChoice::Cpu, ..PaintingSettings::default() },
        },
        dragging: false,
        contributions: false,
    }
}

/// The same by another painter.
fn by(kind: PainterKind, mut request: LiveRequest) -> LiveRequest {
    request.motif.settings = request.motif.settings.by(kind, request.motif.settings.size_px);
    request
}

/// The same from other drawings.
fn from(views: Views, mut request: LiveRequest) -> LiveRequest {
    request.motif.views = views;
    request
}

/// A painter, and a way to sleep until it has news.
struct Bench {
    painter: LivePainter,
    news: Receiver<()>,
}

impl Bench {
    fn new() -> Self {
        let (tell, news) = channel();
        let tell = Mutex::new(tell);
        let tell = move || {
            let _ = tell.lock().unwrap().send(());
        };
        Self { painter: LivePainter::new(tell), news }
    }

    fn next(&self) -> LiveEvent {
        loop {
            if let Some(event) = self.painter.poll() {
                return event;
            }
            self.news.recv().unwrap();
        }
    }

    /// The news up to the one that is looked for, and that one.
    fn until(&self, wanted: impl Fn(&LiveEvent) -> bool) -> Vec<LiveEvent> {
        let mut all = vec![self.next()];
        while !wanted(&all[all.len() - 1]) {
            all.push(self.next());
        }
        all
    }

    /// The full picture of a request, and the news before it.
    fn full(&self, id: u64) -> (LivePicture, Vec<LiveEvent>) {
        let mut events = self.until(|event| match event {
            LiveEvent::Picture(picture) => picture.id == id && !picture.draft,
            LiveEvent::Failed { sentence, .. } => panic!("{sentence}"),
            _ => false,
        });
        match events.pop() {
            Some(LiveEvent::Picture(picture)) => (picture, events),
            other => panic!("{other:?}"),
        }
    }

    fn failure(&self) -> String {
        let over = |event: &LiveEvent| match event {
            LiveEvent::Picture(picture) if !picture.draft => panic!("it painted {}", picture.id),
            event => matches!(event, LiveEvent::Failed { .. }),
        };
        match self.until(over).pop() {
            Some(LiveEvent::Failed { sentence, .. }) => sentence,
            other => panic!("{other:?}"),
        }
    }

    fn rest(&self) -> Vec<LiveEvent> {
        while self.painter.busy() {
            self.news.recv().unwrap();
        }
        std::iter::from_fn(|| self.painter.poll()).collect()
    }
}

/// How often a stage of this name was gone through: news of one that follow each other are one.
fn stages(events: &[LiveEvent], name: &str) -> usize {
    let is = |event: &LiveEvent| matches!(event, LiveEvent::Progress { what, .. } if what.contains(name));
    (0..events.len()).filter(|&i| is(&events[i]) && (i == 0 || !is(&events[i - 1]))).count()
}

fn pictures(events: &[LiveEvent]) -> Vec<(u64, bool)> {
    let picture = |event: &LiveEvent| match event {
        LiveEvent::Picture(picture) => Some((picture.id, picture.draft)),
        _ => None,
    };
    events.iter().filter_map(picture).collect()
}

fn without_udp(view: &View) -> Arc<View> {
    Arc::new(View { udp: None, ..view.clone() })
}

#[test]
fn a_draft_comes_first_then_the_picture_the_command_line_makes() {
    let bench = Bench::new();
    bench.painter.request(LiveRequest { contributions: true, ..request(1, "wave") });
    let (picture, before) = bench.full(1);
    assert_eq!(pictures(&before), [(1, true)]);
    assert_eq!(picture.picture.width_px, 450);
    assert_eq!((picture.udp.width_px, picture.udp.height_px), (450, 600));
    let contributions = picture.contributions.unwrap();
    assert_eq!(contributions.legend.len(), 4);
    assert!(contributions.picture.pixels.iter().filter(|p| p[3] > 200).count() > 10_000);

    let mut easel = Easel::default();
    easel.draws(&SUBJECT);
    let settings = PaintingSettings::default().settled(&VIEWS, [450, 600]);
    let prepared = easel.prepare(&VIEWS, &settings, &Silent).unwrap();
    let expected = prepared.painter.paint(&picture.udp, &Silent).unwrap().picture;
    assert!(*picture.picture == expected);
    assert!(picture.by.contains("landmark") && picture.notes.is_empty());
}

#[test]
fn dragging_paints_drafts_alone_and_prepares_the_sheet_once() {
    let bench = Bench::new();
    let mut prepared = 0;
    for (id, pose) in [(1, "t"), (2, "walk"), (3, "sit")] {
        bench.painter.request(LiveRequest { dragging: true, ..request(id, pose) });
        let events = bench.rest();
        assert_eq!(pictures(&events), [(id, true)]);
        for event in &events {
            if let LiveEvent::Picture(picture) = event {
                println!(
                    "a draft of {}×{} took {:?}",
                    picture.picture.width_px, picture.picture.height_px, picture.took
                );
            }
        }
        prepared += stages(&events, "looking at the drawings");
    }
    // Let go: the draft is on the screen already.
    bench.painter.request(request(4, "sit"));
    let events = bench.rest();
    assert_eq!(pictures(&events), [(4, false)]);
    prepared += stages(&events, "looking at the drawings");
    assert_eq!(prepared, 1);
    // Other drawings have to be looked at.
    let views: Views = VIEWS.iter().take(2).cloned().collect();
    bench.painter.request(from(views, request(5, "sit")));
    assert_eq!(stages(&bench.full(5).1, "looking at the drawings"), 1);
}

#[test]
fn the_latest_wish_is_always_painted_in_the_end() {
    let bench = Bench::new();
    let poses = ["t", "a", "walk", "run", "sit", "wave", "dance", "kick"];
    for id in 1..=40 {
        bench.painter.request(request(id, poses[id as usize % poses.len()]));
    }
    let (_, before) = bench.full(40);
    assert!(pictures(&before).len() < 40, "wishes that are overtaken are not painted");
}

#[test]
fn failures_say_what_to_do_and_the_thread_lives_on() {
    let bench = Bench::new();
    bench.painter.request(by(PainterKind::Graph(GraphKind::Conr), request(1, "t")));
    assert!(bench.failure().contains("weights"));
    bench.painter.request(from(Arc::new([]), request(2, "t")));
    let events = bench.rest();
    assert!(matches!(&events[0], LiveEvent::Udp { draft: false, udp } if udp.surface_points() > 10_000), "{events:?}");
    assert!(matches!(&events[1], LiveEvent::Failed { id: 2, sentence } if sentence.contains("drawing")), "{events:?}");
    let mut missing = request(4, "t");
    missing.motif.settings.weights.set(GraphKind::Conr, Some("no/such/weights".into()));
    bench.painter.request(missing);
    let events = bench.rest();
    assert!(pictures(&events).is_empty(), "no draft takes the last picture's place: {events:?}");
    let Some(LiveEvent::Failed { sentence, .. }) = events.last() else { panic!("{events:?}") };
    assert!(sentence.contains("no/such/weights"), "{sentence}");
    let mut flat = request(5, "t");
    flat.motif.size_px = [0, 100];
    bench.painter.request(flat);
    assert!(bench.failure().contains("0×"));

    bench.painter.request(request(6, "t"));
    bench.full(6);
}

#[test]
fn the_programs_own_detector_looks_at_plain_drawings() {
    let bench = Bench::new();
    for (id, plain) in [(1, VIEWS.len()), (2, 1)] {
        let view = |(i, view): (usize, &Arc<View>)| if i < plain { without_udp(view) } else { view.clone() };
        bench.painter.request(from(VIEWS.iter().enumerate().map(view).collect(), request(id, "t")));
        let (picture, before) = bench.full(id);
        assert_eq!(before.iter().filter(|event| matches!(event, LiveEvent::Detected { .. })).count(), plain);
        let by = GraphKind::Fude.shipped().map(|shipped| format!("Fude {} at 512 px", shipped.edition()));
        let by = by.unwrap_or_else(|| "landmark".into());
        assert!(picture.by.contains(&by) && picture.notes.is_empty(), "{} {:?}", picture.by, picture.notes);
        assert!(picture.picture.pixels.iter().filter(|p| p[3] > 200).count() > 10_000);
    }
    // What is said about a drawing has it looked at again, and that one alone.
    let plain: Views = VIEWS.iter().map(|view| without_udp(view)).collect();
    let told = |id, sides: &[Side]| {
        let mut request = from(plain.clone(), request(id, "t"));
        request.motif.hints = sides.iter().map(|&side| side.into()).collect();
        request
    };
    for (id, sides, found) in [(3, &[][..], 4), (4, &[Side::Front], 1), (5, &[Side::Front, Side::Left], 1)] {
        bench.painter.request(told(id, sides));
        let (_, before) = bench.full(id);
        assert_eq!(before.iter().filter(|event| matches!(event, LiveEvent::Detected { .. })).count(), found);
    }
    let [one, other] = [(6, Side::Back), (7, Side::Front)].map(|(id, side)| {
        bench.painter.request(told(id, &[side, Side::Left]));
        bench.full(id).0.picture
    });
    assert!(one != other, "what is said changes the picture");

    // As do points, and what is not the character: that is not painted from.
    let front = VIEWS.iter().position(|view| view.name == "front").unwrap();
    let told = |id, hints: DrawingHints| {
        let mut request = from(plain.clone(), request(id, "t"));
        request.motif.hints =
            (0..=front).map(|i| if i == front { hints.clone() } else { Default::default() }).collect();
        request
    };
    let point = KnownPoint { at_px: [VIEWS[front].picture.width_px / 2, 40], landmark: [0.5, 0.25, 0.5] };
    let half = VIEWS[front].picture.height_px as f32 / 2.0;
    let legs = BrushStroke { points: vec![[0.0, 2.0 * half], [2000.0, 2.0 * half]], radius_px: half, erases: false };
    let point = DrawingHints { points: vec![point], ..DrawingHints::default() };
    let legs = DrawingHints { not_character: vec![legs], ..DrawingHints::default() };
    let of = |events: &[LiveEvent]| -> Vec<(Arc<View>, Finding)> {
        let detected = |event: &LiveEvent| match event {
            LiveEvent::Detected { view, found } => Some((view.clone(), found.clone())),
            _ => None,
        };
        events.iter().filter_map(detected).collect()
    };
    bench.painter.request(told(8, DrawingHints::default()));
    let untold = bench.full(8).0.picture;
    for (id, hints) in [(9, point), (10, legs)] {
        bench.painter.request(told(id, hints));
        let (picture, before) = bench.full(id);
        let found = of(&before);
        let [(view, finding)] = &found[..] else { panic!("one drawing was to be looked at: {}", found.len()) };
        assert!(Arc::ptr_eq(view, &plain[front]) && picture.picture != untold);
        let first_picture = before.iter().position(|event| matches!(event, LiveEvent::Picture(_)));
        let answered = before.iter().position(|event| matches!(event, LiveEvent::Detected { .. }));
        assert!(first_picture.is_none_or(|at| answered < Some(at)), "the answer comes before drafts");
        let below = finding.udp.pixels[finding.udp.pixels.len() * 3 / 5..].iter();
        assert_eq!(below.filter(|pixel| pixel[3] > 0.0).count() == 0, id == 10);
    }
}

#[test]
fn a_detector_of_our_own_is_enough_to_paint_from_plain_drawings() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("detector.safetensors");
    crate::common::fude::write_detector(&weights);
    let views: Views = [without_udp(&VIEWS[0]), VIEWS[1].clone()].into();
    let with = |id, mut request: LiveRequest| {
        request.id = id;
        request.motif.settings.weights.set(GraphKind::FudeDetector, Some(weights.clone()));
        from(views.clone(), request)
    };
    let bench = Bench::new();
    bench.painter.request(with(1, by(PainterKind::Landmark, request(1, "t"))));
    let (picture, before) = bench.full(1);
    let found: Vec<_> = before
        .iter()
        .filter_map(|event| match event {
            LiveEvent::Detected { view, found } => Some((view, &found.udp)),
            _ => None,
        })
        .collect();
    let [(view, udp)] = found[..] else { panic!("one drawing lacked a UDP: {before:?}") };
    assert!(Arc::ptr_eq(view, &views[0]) && udp.surface_points() > 1_000);
    assert_eq!((udp.width_px, udp.height_px), (view.picture.width_px, view.picture.height_px));
    assert!(picture.by.contains("landmark") && picture.notes.is_empty(), "{:?}", picture.notes);

    // Weights that learned nothing hold every side for likely: what another would mean is shown, once.
    let others = |events: &[LiveEvent]| -> Vec<Picture> {
        let of = |event: &LiveEvent| match event {
            LiveEvent::Otherwise { picture, .. } => Some(picture.clone()),
            _ => None,
        };
        events.iter().filter_map(of).collect()
    };
    let [other] = &others(&bench.rest())[..] else { panic!("one other picture was expected") };
    assert_eq!((other.width_px, other.height_px), (96, 128));
    assert!(other.pixels.iter().filter(|pixel| pixel[3] > 0).count() > 1_000);
    bench.painter.request(with(2, by(PainterKind::Landmark, request(2, "walk"))));
    assert!(others(&bench.rest()).is_empty());
    // Other weights, be they alike, find it out anew, and with it what another side would mean.
    let copy = folder.path().join("another-detector.safetensors");
    std::fs::copy(&weights, &copy).unwrap();
    let mut another = with(2, by(PainterKind::Landmark, request(2, "walk")));
    another.motif.settings.weights.set(GraphKind::FudeDetector, Some(copy));
    bench.painter.request(another);
    assert_eq!(others(&bench.rest()).len(), 1);

    // The command line's easel paints the same, and asks nothing twice.
    let settings = with(1, by(PainterKind::Landmark, request(1, "t"))).motif.settings;
    let mut easel = Easel::default();
    easel.draws(&SUBJECT);
    let prepared = easel.prepare(&views, &settings, &Silent).unwrap();
    assert!(*picture.picture == prepared.painter.paint(&picture.udp, &Silent).unwrap().picture);
    let mut asked = 0;
    easel.detect(&views, &settings, &Silent, &mut |_, _| asked += 1).unwrap();
    assert_eq!(asked, 0);

    // Weights that can't be used are told of before anything is painted.
    let mut missing = with(3, by(PainterKind::Landmark, request(3, "t")));
    missing.motif.settings.weights.set(GraphKind::FudeDetector, Some("no/such/weights".into()));
    bench.painter.request(missing);
    assert!(bench.failure().contains("no/such/weights"));
}

#[test]
fn our_own_renderer_paints_while_something_is_dragged() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("renderer.safetensors");
    crate::common::fude::write_renderer(&weights);
    let fude = |id, pose| {
        let mut request = by(PainterKind::Graph(GraphKind::Fude), request(id, pose));
        request.motif.settings.weights.set(GraphKind::Fude, Some(weights.clone()));
        request.motif.settings.size_px = 512;
        from([without_udp(&VIEWS[0]), VIEWS[1].clone()].into(), request)
    };
    let bench = Bench::new();
    bench.painter.request(LiveRequest { dragging: true, ..fude(1, "t") });
    let events = bench.rest();
    assert_eq!(pictures(&events), [(1, true)]);
    let drafts = events.iter().filter(|e| matches!(e, LiveEvent::Picture(p) if p.by.starts_with("Fude at 256 px")));
    assert_eq!(drafts.count(), 1, "{events:?}");
    bench.painter.request(LiveRequest { contributions: true, ..fude(2, "walk") });
    let (picture, before) = bench.full(2);
    assert!(
        picture.by.starts_with("Fude ")
            && picture.by.contains(" at 512 px on the processor")
            && picture.notes.is_empty(),
        "{}",
        picture.by
    );
    assert_eq!(before.iter().filter(|e| matches!(e, LiveEvent::Detected { .. })).count(), 1);
    let contributions = picture.contributions.unwrap();
    assert_eq!(contributions.legend.len(), 2);
    assert!(contributions.picture.pixels.iter().filter(|p| p[3] > 0).count() > 10_000);
}

/// One test, because loading weights takes its time.
#[test]
fn conr_loads_and_encodes_once_gives_way_and_finds_missing_udps() {
    let folder = tempfile::tempdir().unwrap();
    let weights = folder.path().join("zeros.safetensors");
    crate::common::zeros::write(&weights);
    let at = |size_px, mut request: LiveRequest| {
        let settings = &mut request.motif.settings;
        settings.weights.set(GraphKind::Conr, Some(weights.clone()));
        (settings.size_px, settings.precision) = (size_px, Precision::F16);
        request
    };
    let conr = |id, pose| at(128, request(id, pose));
    let larger = |id, pose| at(256, request(id, pose));
    let bench = Bench::new();
    bench.painter.request(conr(1, "t"));
    let (picture, before) = bench.full(1);
    assert_eq!((stages(&before, "reading weights"), stages(&before, "looking at the sheet")), (1, 1));
    assert_eq!(pictures(&before), [(1, true)], "the draft is by landmark transfer");
    assert!(picture.by.contains("CoNR at 128 px on the processor"), "{}", picture.by);
    assert_eq!(picture.picture.width_px, 450);

    bench.painter.request(conr(2, "walk"));
    let before = bench.full(2).1;
    assert_eq!((stages(&before, "reading weights"), stages(&before, "looking at the sheet")), (0, 0));

    // A newer wish stops one that is being rendered, between blocks.
    bench.painter.request(larger(3, "run"));
    bench.until(|event| matches!(event, LiveEvent::Progress { what, done: 1.., .. } if what == "rendering"));
    bench.painter.request(LiveRequest { dragging: true, ..larger(4, "sit") });
    let events = bench.rest();
    assert_eq!(pictures(&events), [(4, true)]);
    bench.painter.request(larger(5, "sit"));
    bench.until(|event| matches!(event, LiveEvent::Progress { what, .. } if what == "rendering"));
    bench.painter.cancel();
    assert_eq!(pictures(&bench.rest()), [], "stopped by the user");

    // Drawings without a UDP have theirs detected once; zeros see nothing in them.
    let views: Views = [without_udp(&VIEWS[0]), without_udp(&VIEWS[1])].into();
    bench.painter.request(from(views.clone(), by(PainterKind::Landmark, conr(6, "t"))));
    let events = bench.rest();
    let detected = events.iter().filter(|e| matches!(e, LiveEvent::Detected { .. })).count();
    assert_eq!((detected, stages(&events, "reading weights")), (2, 0), "{events:?}");
    let LiveEvent::Failed { sentence, .. } = &events[events.len() - 1] else { panic!("{events:?}") };
    assert!(sentence.contains("show no surface"), "{sentence}");
    bench.painter.again();
    let events = bench.rest();
    assert!(!events.iter().any(|event| matches!(event, LiveEvent::Detected { .. })));

    // Dropped in the middle of a rendering: whoever drops it does not wait, and the thread goes away.
    bench.painter.request(larger(7, "run"));
    bench.until(|event| matches!(event, LiveEvent::Progress { what, .. } if what == "rendering"));
    let Bench { painter, news } = bench;
    drop(painter);
    while news.recv().is_ok() {}
}
