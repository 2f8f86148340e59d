//! Many pictures on one page: the sheet in a strip on top, the drawn poses in rows below.

use crate::picture::Picture;
use image::imageops::{self, FilterType};
use image::{Rgba, RgbaImage};

/// Paper behind everything, and the lighter card behind each picture.
const PAPER: [u8; 3] = [0xE9, 0xE6, 0xEE];
const CARD: [u8; 3] = [0xFB, 0xFA, 0xFC];
const GAP_PX: u32 = 16;
const CARD_PX: u32 = 360;

/// Lays `sheet` out in one strip and `drawn` below it in rows of `columns`; an opaque page.
pub(super) fn contact_sheet(sheet: &[&Picture], drawn: &[&Picture], columns: u32) -> Picture {
    let width_px = columns * CARD_PX + (columns + 1) * GAP_PX;
    let views = (sheet.len() as u32).max(1);
    let small_px = (width_px - (views + 1) * GAP_PX) / views;
    // As tall as the tallest drawing needs.
    let strip_px = sheet.iter().map(|p| small_px * p.height_px / p.width_px.max(1)).max().unwrap_or(0);
    let rows = (drawn.len() as u32).div_ceil(columns);
    let height_px = GAP_PX + strip_px + GAP_PX + rows * (CARD_PX + GAP_PX);
    let mut page = RgbaImage::from_pixel(width_px, height_px, opaque(PAPER));

    let mut x = GAP_PX;
    for picture in sheet {
        place(&mut page, picture, [x, GAP_PX], [small_px, strip_px]);
        x += small_px + GAP_PX;
    }
    for (i, picture) in drawn.iter().enumerate() {
        let (column, row) = (i as u32 % columns, i as u32 / columns);
        let y = 2 * GAP_PX + strip_px + row * (CARD_PX + GAP_PX);
        place(&mut page, picture, [GAP_PX + column * (CARD_PX + GAP_PX), y], [CARD_PX; 2]);
    }
    Picture { width_px, height_px, pixels: page.pixels().map(|p| p.0).collect() }
}

/// Puts `picture` on a card of `card_px`, resized to fit, with its top left corner at `corner_px`.
fn place(page: &mut RgbaImage, picture: &Picture, corner_px: [u32; 2], card_px: [u32; 2]) {
    let mut card = RgbaImage::from_pixel(card_px[0], card_px[1], opaque(CARD));
    // Blending before shrinking keeps colours of transparent pixels out of the edges.
    let blended = RgbaImage::from_fn(picture.width_px, picture.height_px, |px, py| {
        let [r, g, b, a] = picture.at(px, py);
        let over = |colour: u8, paper: u8| {
            let mixed = u32::from(colour) * u32::from(a) + u32::from(paper) * (255 - u32::from(a));
            ((mixed + 127) / 255) as u8
        };
        opaque([over(r, CARD[0]), over(g, CARD[1]), over(b, CARD[2])])
    });
    let scale = (0..2).map(|a| card_px[a] as f32 / [picture.width_px, picture.height_px][a].max(1) as f32);
    let scale = scale.fold(f32::INFINITY, f32::min);
    let fit = |px: u32, most: u32| ((px as f32 * scale).round() as u32).clamp(1, most.max(1));
    let (width, height) = (fit(picture.width_px, card_px[0]), fit(picture.height_px, card_px[1]));
    let small = imageops::resize(&blended, width, height, FilterType::CatmullRom);
    let centred = |a: usize, px: u32| i64::from((card_px[a] - px.min(card_px[a])) / 2);
    imageops::replace(&mut card, &small, centred(0, width), centred(1, height));
    imageops::replace(page, &card, i64::from(corner_px[0]), i64::from(corner_px[1]));
}

fn opaque([r, g, b]: [u8; 3]) -> Rgba<u8> {
    Rgba([r, g, b, 255])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_has_its_card() {
        let mut red = Picture::new(40, 80);
        red.pixels.fill([255, 0, 0, 255]);
        let clear = Picture::new(64, 64);
        let page = contact_sheet(&[&clear, &red], &[&red, &clear, &red], 2);
        assert_eq!(page.width_px, 2 * CARD_PX + 3 * GAP_PX);
        // Centre of the first drawn card is red, of the second (transparent) the card's own colour.
        // The strip is as tall as the taller of its two needs: twice its width.
        let strip_px = 2 * ((page.width_px - 3 * GAP_PX) / 2);
        let y = 2 * GAP_PX + strip_px + CARD_PX / 2;
        assert_eq!(page.at(GAP_PX + CARD_PX / 2, y), [255, 0, 0, 255]);
        assert_eq!(page.at(2 * GAP_PX + CARD_PX + CARD_PX / 2, y), [CARD[0], CARD[1], CARD[2], 255]);
        // The third opens a second row, whose other place stays paper.
        assert_eq!(page.at(GAP_PX + CARD_PX / 2, y + CARD_PX + GAP_PX), [255, 0, 0, 255]);
        assert_eq!(page.at(2 * GAP_PX + CARD_PX + CARD_PX / 2, y + CARD_PX + GAP_PX)[..3], PAPER);
    }
}
