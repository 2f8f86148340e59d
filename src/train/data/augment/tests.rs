use super::super::Cast;
use super::*;

fn views() -> Vec<Rendering> {
    Cast::new(5, vec![]).unwrap().block(0).unwrap()
}

#[test]
fn items_are_functions_of_their_place_and_their_landmarks_those_of_the_figure() {
    let views = views();
    let again = self::views();
    assert_eq!(views, again);
    let make = |index: u64, manner: Manner| {
        let dice = &mut Dice::of(&[1, index]);
        item(&views[index as usize % views.len()], 64, manner, dice)
    };
    let mut seen = 0;
    for index in 0..24 {
        let learned = make(index, Manner::Learning);
        assert_eq!(learned, make(index, Manner::Learning));
        assert_eq!((learned.input.len(), learned.fine.len(), learned.coarse.len()), (64 * 64, 32 * 32, 16));
        assert!(learned.input.iter().flatten().all(|v| v.is_finite() && v.abs() <= 1.0));
        for [x, y, z, there] in learned.fine {
            assert!([0.0, 1.0].contains(&there) && [x, y, z].iter().all(|v| (0.0..=1.0).contains(v)));
            seen += usize::from(there > 0.0);
        }
        let measured = make(index, Manner::Measuring { tag: true, clicks: 2 });
        // Whole figures on no background are where the picture is opaque, but for lines drawn round them.
        let mut alike = 0;
        for (i, fine) in measured.fine.iter().enumerate() {
            let pixel = measured.input[(i / 32 * 2 + 1) * 64 + i % 32 * 2 + 1];
            alike += usize::from((pixel[3] > 0.5) == (fine[3] > 0.5));
        }
        assert!(alike > 32 * 32 * 92 / 100, "{alike} of 1024");
        assert!(measured.input.iter().any(|p| p[10] == 1.0), "clicks are there");
        assert!(measured.input[0][6] == f32::from(measured.view_deg.is_some()), "the tag is there");
    }
    assert!(seen > 24 * 80, "figures fill the pictures: {seen}");
}

/// Samples to look at: run by name.
#[test]
#[ignore = "writes a picture for a person to look at"]
fn a_page_of_samples() {
    let cast = Cast::new(5, vec![]).unwrap();
    let (across, down, size) = (16, 12, 96);
    let mut page = crate::picture::Picture::new(across * size as u32, down * size as u32);
    for index in 0..u64::from(across * down) {
        let block = if index % 12 == 0 { Some(cast.block(index / 12).unwrap()) } else { None };
        thread_local!(static BLOCK: std::cell::RefCell<Vec<Rendering>> = const { std::cell::RefCell::new(vec![]) });
        if let Some(block) = block {
            BLOCK.set(block);
        }
        let made = BLOCK
            .with_borrow(|block| item(&block[index as usize % 12], size, Manner::Learning, &mut Dice::of(&[9, index])));
        let (left, top) = (index as usize % across as usize * size, index as usize / across as usize * size);
        for (i, pixel) in made.input.iter().enumerate() {
            let known = pixel[3] >= 0.0;
            let grey = if known { 0.5 * pixel[3] + 0.5 * (1.0 - pixel[3]) } else { 0.5 };
            let rgb = [pixel[0], pixel[1], pixel[2]].map(|v| byte(v + grey));
            let hinted = pixel[10] == 1.0;
            *page.at_mut((left + i % size) as u32, (top + i / size) as u32) =
                if hinted { [255, 0, 255, 255] } else { [rgb[0], rgb[1], rgb[2], 255] };
        }
    }
    page.save_png(&std::env::temp_dir().join("settei-samples.png")).unwrap();
}
