//! The networks that are part of the program, at what they are there for: drawings of which nobody knows what they show.

use settei::bench::likeness;
use settei::engine::{Easel, GraphKind, PainterKind, PaintingSettings, Views};
use settei::figure::landmarks::MapPreset;
use settei::measures::{Pair, psnr};
use settei::pose::{self, CameraView};
use settei::progress::Silent;
use settei::raster::{RasterChoice, Rasterizer, Subject, ToonStyle};
use settei::sheet::{DrawingHints, View};
use std::sync::Arc;

const SIZE_PX: [u32; 2] = [256; 2];
/// By how much our renderer is nearer to the figure than landmark transfer, dB in the mean.
const LEAST_GAIN_DB: f64 = 0.5;

#[test]
fn what_was_found_is_mended() {
    let rasterizer = Rasterizer::new(RasterChoice::Cpu).unwrap();
    let figure = settei::example::figure().unwrap();
    let subject = Arc::new(Subject::new(rasterizer, figure, MapPreset::default()).unwrap());
    let cameras = ["front", "45:0", "90:0", "back"].map(|camera| camera.parse::<CameraView>().unwrap());
    let plain = |view: View| Arc::new(View { udp: None, ..view });
    let views: Views = likeness::views(&subject, &cameras).unwrap().into_iter().map(plain).collect();
    let told = cameras.map(|camera| DrawingHints { view_deg: Some(camera.yaw_deg), ..DrawingHints::default() });
    let mut easel = Easel::default();
    easel.draws(&subject);
    easel.heed(&views, &told);
    let mut mean = |kind: PainterKind| {
        let settings = PaintingSettings::default().by(kind, SIZE_PX[0]);
        let painter = easel.prepare(&views, &settings, &Silent).unwrap().painter;
        let mut sum = 0.0;
        let wanted = [("wave", "10:0"), ("sit", "-50:5"), ("walk", "150:0"), ("point", "30:0")];
        for (pose, camera) in wanted {
            let posed = pose::named_or_file(pose).unwrap().1;
            let shot = subject.shoot(&posed, &camera.parse().unwrap(), SIZE_PX).unwrap();
            let truth = shot.toon(SIZE_PX, &ToonStyle::default()).unwrap();
            let painted = painter.paint(&shot.udp(SIZE_PX).unwrap(), &Silent).unwrap().picture;
            let reached = psnr(&Pair::in_figure_box(&painted, &truth).unwrap());
            println!("{kind}: {pose} from {camera}: {reached:.2} dB");
            sum += reached;
        }
        sum / wanted.len() as f64
    };
    let [transfer, mended] = [PainterKind::Landmark, PainterKind::Graph(GraphKind::Fude)].map(&mut mean);
    assert!(mended > transfer + LEAST_GAIN_DB, "{mended:.2} dB, landmark transfer {transfer:.2} dB");
}
