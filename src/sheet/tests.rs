use super::*;
use crate::progress::Silent;
use image::{DynamicImage, ImageFormat, RgbaImage};

/// A disc in one corner colour per quadrant, so that every rotation is seen.
fn disc(width: u32, height: u32) -> RgbaImage {
    RgbaImage::from_fn(width, height, |x, y| {
        let (u, v) = (2 * x as i64 - width as i64, 2 * y as i64 - height as i64);
        let inside = u * u * (height as i64).pow(2) + v * v * (width as i64).pow(2)
            < (width as i64 * height as i64).pow(2) * 8 / 10;
        let colour = match (u < 0, v < 0) {
            (true, true) => [255, 0, 0],
            (false, true) => [0, 255, 0],
            (true, false) => [0, 0, 255],
            (false, false) => [255, 255, 0],
        };
        image::Rgba([colour[0], colour[1], colour[2], if inside { 255 } else { 0 }])
    })
}

fn load(paths: &[&Path]) -> Result<Sheet, SheetError> {
    Sheet::load(&paths.iter().map(|p| p.to_path_buf()).collect::<Vec<_>>(), &Silent)
}

#[test]
fn every_format_is_recognised_by_content() {
    let folder = tempfile::tempdir().unwrap();
    let image = DynamicImage::ImageRgba8(disc(90, 110));
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Bmp, ImageFormat::Gif] {
        // Under a wrong name: the content decides.
        let path = folder.path().join("picture.jpg");
        image.save_with_format(&path, format).unwrap();
        let sheet = load(&[&path]).unwrap();
        assert_eq!(sheet.views[0].name, "picture");
        assert_eq!(sheet.views[0].picture.at(45, 30), [0, 255, 0, 255], "{format:?}");
        assert_eq!(sheet.views[0].picture.at(0, 0)[3], 0, "{format:?}");
        assert!(sheet.views[0].warnings.is_empty(), "{:?}", sheet.views[0].warnings);
    }
    let path = folder.path().join("picture.TGA");
    image.save_with_format(&path, ImageFormat::Tga).unwrap();
    assert_eq!(load(&[&path]).unwrap().views[0].picture.at(30, 80), [0, 0, 255, 255]);
}

#[test]
fn sixteen_bits_become_eight_and_palettes_colours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep.png");
    let deep = image::ImageBuffer::from_fn(80, 80, |x, _| {
        image::Rgba([0x12ff_u16, 0x8080, 0xffff, if x < 40 { 0xffff } else { 0 }])
    });
    deep.save(&path).unwrap();
    let pixel = load(&[&path]).unwrap().views[0].picture.at(10, 10);
    assert_eq!(pixel, [0x13, 0x80, 0xff, 0xff]);
}

#[test]
fn photographs_are_turned_upright() {
    // Orientation 6: stored turned a quarter to the left. TIFF header, one entry: tag 0x112, SHORT, 1 value.
    let exif = [b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".as_slice()].concat();
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(disc(64, 96)).into_rgb8().write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    let mut bytes = bytes.into_inner();
    let segment = [&[0xff, 0xe1], &(exif.len() as u16 + 2).to_be_bytes()[..], &exif].concat();
    bytes.splice(2..2, segment);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("photo.jpg");
    std::fs::write(&path, bytes).unwrap();
    let view = View::open(&path).unwrap();
    assert_eq!((view.picture.width_px, view.picture.height_px), (96, 64));
    // The red top left comes to the top right.
    let [r, g, b, _] = view.picture.at(60, 16);
    assert!(r > 200 && g < 60 && b < 60, "{r} {g} {b}");
}

#[test]
fn pictures_without_a_cut_out_background_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("opaque.jpg");
    image::RgbImage::new(100, 100).save(&path).unwrap();
    assert!(View::open(&path).unwrap().warnings[0].contains("has no transparency"));
    let message = load(&[&path]).unwrap_err().to_string();
    assert!(message.contains("`settei cutout`"), "{message}");
    assert!(message.contains("opaque.jpg has no cut-out background: 100 % of it is opaque. Separate"), "{message}");
    // In a folder too: it would draw its background into every picture.
    assert!(matches!(load(&[folder.path()]), Err(SheetError::NotCutOut { .. })));
}

#[test]
fn warns_of_small_cropped_and_empty_drawings() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    for (image, expected) in [
        (disc(40, 50), Some("is small")),
        (disc(200, 200), None),
        (image::imageops::crop_imm(&disc(200, 200), 0, 0, 200, 120).to_image(), Some("cut off at its bottom edge")),
        (RgbaImage::new(70, 70), Some("is empty")),
    ] {
        image.save(&path).unwrap();
        let warnings = View::open(&path).unwrap().warnings;
        assert_eq!(warnings.len(), usize::from(expected.is_some()), "{warnings:?}");
        assert!(expected.is_none_or(|e| warnings[0].contains(e)), "{warnings:?}");
    }
}

#[test]
fn sidecars_belong_to_their_drawing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v1.front.png");
    disc(80, 100).save(&path).unwrap();
    let mut udp = Udp::new(80, 100);
    udp.pixels[50 * 80 + 40] = [0.5, 0.5, 0.5, 1.0];
    for extension in ["png", "exr", "npz"] {
        udp.save(&folder.path().join(format!("v1.front.udp.{extension}"))).unwrap();
        let sheet = load(&[folder.path()]).unwrap();
        assert_eq!(sheet.views.len(), 1);
        assert_eq!(sheet.views[0].udp.as_ref().unwrap().surface_points(), 1);
        assert!(sheet.views[0].warnings[0].contains("different outlines"));
    }
    Udp::new(100, 80).save(&folder.path().join("v1.front.udp.npz")).unwrap();
    let message = load(&[&path]).unwrap_err().to_string();
    assert!(message.contains("v1.front.udp.npz is 100×80 pixels and its drawing"), "{message}");
    std::fs::write(folder.path().join("v1.front.udp.npz"), "nonsense").unwrap();
    let message = load(&[folder.path()]).unwrap_err().to_string();
    assert!(message.contains("v1.front.udp.npz can't be used as a UDP"), "{message}");
}

#[test]
fn folders_are_sorted_and_forgiving() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    for name in ["b.png", "a.webp", "ü 設定.png"] {
        disc(80, 80).save(file(name)).unwrap();
    }
    std::fs::rename(file("ü 設定.png"), file("ü 設定")).unwrap();
    std::fs::write(file("._b.png"), "hidden").unwrap();
    std::fs::write(file("notes.txt"), "BMI").unwrap();
    std::fs::write(file("broken.png"), "not a picture").unwrap();
    Udp::new(4, 4).save(&file("loose.npz")).unwrap();
    Udp::new(4, 4).save(&file("loose.exr")).unwrap();
    Udp::new(4, 4).save(&file("orphan.udp.png")).unwrap();
    std::fs::create_dir(file("more.png")).unwrap();
    let sheet = load(&[folder.path(), &file("b.png"), &folder.path().join(".").join("a.webp")]).unwrap();
    let names: Vec<&str> = sheet.views.iter().map(|v| v.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "ü 設定"]);
    assert_eq!(sheet.warnings.len(), 1, "{:?}", sheet.warnings);
    assert!(sheet.warnings[0].contains("broken.png can't be used as a drawing"));
}

#[test]
fn nothing_to_draw_from_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let message = load(&[folder.path()]).unwrap_err().to_string();
    assert!(message.starts_with("there is no drawing in "), "{message}");
    std::fs::write(folder.path().join("broken.png"), "not a picture").unwrap();
    let message = load(&[folder.path()]).unwrap_err().to_string();
    assert!(message.contains("left out: ") && message.contains("broken.png"), "{message}");
    assert!(matches!(load(&[]), Err(SheetError::Empty { .. })));
    let message = load(&[&folder.path().join("none.png")]).unwrap_err().to_string();
    assert!(message.contains("can't read") && message.contains("none.png"), "{message}");
}

#[test]
fn named_files_that_are_no_drawings_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content, reason) in [
        ("a.psd", b"8BPS\0\x01".as_slice(), "export it as PNG"),
        ("a.udp.npz", b"PK\x03\x04", "it is a UDP or an archive"),
        ("a.png", b"", "it is empty"),
        ("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "it is damaged"),
        ("a.tga", b"\0\0\x02\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\x20\0", "65535×65535 pixels"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let message = load(&[&path]).unwrap_err().to_string();
        assert!(message.contains(reason), "{name}: {message}");
    }
}

#[test]
fn stopping_stops() {
    struct Stop;
    impl Progress for Stop {
        fn stage(&self, _: &str, _: u64) {}
        fn advance(&self, _: u64) {}
        fn cancelled(&self) -> bool {
            true
        }
    }
    let folder = tempfile::tempdir().unwrap();
    disc(80, 80).save(folder.path().join("a.png")).unwrap();
    assert!(matches!(Sheet::load(&[folder.path().to_path_buf()], &Stop), Err(SheetError::Cancelled)));
}
