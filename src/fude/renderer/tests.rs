use super::*;
use crate::nn::layers::LearningNet;
use crate::progress::Silent;

/// As a training begins: what is proposed is not changed.
fn renderer() -> Renderer {
    let mut state = 1u64;
    let mut normal = move || {
        let mut sum = 0.0;
        for _ in 0..3 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sum += (state >> 40) as f32 / (1 << 23) as f32 - 1.0;
        }
        sum
    };
    let net = LearningNet::new(wiring::painter());
    Renderer::learned(&net, &net.fresh_values(&mut normal), &net.fresh_statistics(), 64).unwrap()
}

fn encoded(drawings: &[SheetDrawing], size_px: usize) -> EncodedSheet {
    Renderer::encode(drawings, None, size_px, &Silent).unwrap()
}

/// A figure of two colours that stands askew, `size` pixels large.
fn figure(size: u32, shift: f32) -> (Picture, Udp) {
    let (mut picture, mut udp) = (Picture::new(size, size), Udp::new(size, size));
    for i in 0..(size * size) as usize {
        let [x, y] = [i as u32 % size, i as u32 / size].map(|v| (v as f32 + 0.5) / size as f32);
        let u = x - shift * y;
        if (0.3..0.6).contains(&u) && (0.1..0.9).contains(&y) {
            udp.pixels[i] = [u, 1.0 - y, 0.5, 1.0];
            picture.pixels[i] = if y < 0.5 { [220, 40, 40, 255] } else { [30, 60, 200, 255] };
        }
    }
    (picture, udp)
}

#[test]
fn what_is_not_learned_yet_copies_from_drawings() {
    let renderer = renderer();
    let (picture, udp) = figure(96, 0.0);
    let sheet = encoded(&[SheetDrawing { picture: &picture, udp: &udp, spread: None }], 64);
    let (wanted, pose) = figure(120, 0.2);
    let painted = renderer.paint(&sheet, &pose, &Silent).unwrap();
    assert_eq!((painted.width_px, painted.height_px), (120, 120));
    let (mut right, mut shared) = (0, 0);
    for (i, pixel) in painted.premultiplied.iter().enumerate() {
        let [r, g, b, a] = wanted.pixels[i];
        let near = |x: u8, y: u8| x.abs_diff(y) < 60;
        right += usize::from(near(pixel[0], r) && near(pixel[1], g) && near(pixel[2], b) && near(pixel[3], a));
        shared += usize::from(painted.shares.views[0][i] > 128 && pose.pixels[i][3] > 0.5);
    }
    assert!(right > 120 * 120 * 95 / 100, "{right} of {}", 120 * 120);
    let seen = pose.surface_points();
    assert!(shared > seen * 9 / 10, "{shared} of {seen} are of the drawing");
    assert!(renderer.pool.bytes() > 0);
    assert!(renderer.pool.is_whole());
}

#[test]
fn odd_sheets_and_poses_do_no_harm() {
    let renderer = renderer();
    let (picture, udp) = figure(40, 0.0);
    let drawing = SheetDrawing { picture: &picture, udp: &udp, spread: None };
    let none = (Picture::new(40, 40), Udp::new(40, 40));
    let (dot, other) = (Picture::new(1, 1), Udp::new(0, 0));
    let mut broken = udp.clone();
    broken.pixels.iter_mut().step_by(3).for_each(|p| p[0] = f32::NAN);
    let spread = vec![f32::INFINITY; 1600];
    let sheets = [
        vec![],
        vec![SheetDrawing { picture: &none.0, udp: &none.1, spread: None }],
        vec![SheetDrawing { picture: &dot, udp: &other, spread: None }, drawing],
        vec![SheetDrawing { udp: &broken, spread: Some(&spread), ..drawing }],
        vec![SheetDrawing { spread: Some(&[1.0]), ..drawing }, drawing],
    ];
    let mut thin = Udp::new(3, 200);
    thin.pixels.iter_mut().for_each(|p| *p = [0.4, 0.4, 0.5, 1.0]);
    for drawings in &sheets {
        let sheet = encoded(drawings, 1);
        assert_eq!((sheet.views(), sheet.size_px()), (drawings.len(), 32));
        for pose in [&udp, &broken, &none.1, &other, &thin] {
            let painted = renderer.paint(&sheet, pose, &Silent).unwrap();
            assert_eq!(painted.premultiplied.len(), pose.pixels.len());
            assert!(painted.shares.views.len() == drawings.len());
            assert!(painted.premultiplied.iter().all(|p| p[0] <= p[3] && p[1] <= p[3] && p[2] <= p[3]));
        }
    }
}

#[test]
fn a_weight_file_is_small() {
    let schema = Schema::of::<RendererGraph>().unwrap();
    let count: usize = schema.tensors.values().map(|shape| shape.iter().product::<usize>()).sum();
    assert!((300_000..3_000_000).contains(&count), "{count} parameters");
    assert!(schema.tensors.keys().all(|name| name.starts_with("renderer.")));
}

#[test]
fn windows_hold_their_figures() {
    for (at, end) in [([0, 0], [1, 1]), ([10, 30], [40, 64]), ([63, 5], [64, 60]), ([0, 0], [64, 64])] {
        let mut pixels = vec![[0.0; 4]; 64 * 64];
        for (i, pixel) in pixels.iter_mut().enumerate() {
            let [x, y] = [i % 64, i / 64];
            pixel[3] = f32::from((at[0]..end[0]).contains(&x) && (at[1]..end[1]).contains(&y));
        }
        let window = Window::around(&pixels, 64).unwrap();
        assert!((0..2).all(|axis| {
            let (first, size) = (window.first[axis], window.size[axis]);
            first <= at[axis] && end[axis] <= first + size && first + size <= 64 && size.is_multiple_of(16)
        }));
        let cut = window.cut(&pixels, 64);
        let count = |pixels: &[[f32; 4]]| pixels.iter().filter(|p| p[3] > 0.5).count();
        assert_eq!(count(&cut), count(&pixels));
    }
    assert_eq!(Window::around(&[[0.0; 4]; 256], 16), None);
}
