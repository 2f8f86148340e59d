//! One figure in one or more poses, seen from one or more cameras, side by side on one picture:
//! `cargo run --example look -- FIGURE POSE,POSE… CAMERA,CAMERA… OUT.png [SIZE] [auto|gpu|cpu] [toon|udp] [off|file|all]`

use anyhow::Context;
use clap::ValueEnum;
use settei::figure::{self, LandmarkMap, landmarks::MapPreset};
use settei::picture::Picture;
use settei::pose::{self, CameraView};
use settei::raster::{Outlines, RasterChoice, Rasterizer, ToonStyle};
use std::path::Path;
use std::sync::Arc;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |i: usize, default: &'static str| arguments.get(i).map_or(default, String::as_str);
    let figure = Arc::new(match argument(0, "example") {
        "example" => settei::example::figure()?,
        path => figure::load(Path::new(path))?,
    });
    let size: u32 = argument(4, "512").parse()?;
    let choice = RasterChoice::from_str(argument(5, "auto"), true).map_err(anyhow::Error::msg)?;
    let raster = Rasterizer::new(choice)?;
    let model = raster.load(figure.clone(), &LandmarkMap::new(&figure, MapPreset::Joint))?;
    eprintln!("{}: {}, {} triangles", raster.describe(), figure.name, figure.triangles.len());
    let outline = Outlines::from_str(argument(7, "file"), true).map_err(anyhow::Error::msg)?;
    let style = ToonStyle { outline, ..ToonStyle::default() };

    let poses: Vec<&str> = argument(1, "t").split(',').collect();
    let cameras: Vec<&str> = argument(2, "front").split(',').collect();
    let mut sheet = Picture::new(size * cameras.len() as u32, size * poses.len() as u32);
    for (row, name) in (0..).zip(&poses) {
        let pose = pose::named_or_file(name)?.1.resolve(&figure);
        let points = model.posed_positions(&pose)?;
        for (column, name) in (0..).zip(&cameras) {
            let camera = name.parse::<CameraView>()?.frame(&points, 1.0, 0.04);
            let picture = if argument(6, "toon") == "udp" {
                let udp = raster.udp(&model, &pose, &camera, [size; 2])?;
                let mut picture = Picture::new(size, size);
                for (to, from) in picture.pixels.iter_mut().zip(&udp.pixels) {
                    *to = from.map(|v| (v * 255.0 + 0.5) as u8);
                }
                picture
            } else {
                raster.toon(&model, &pose, &camera, [size; 2], &style)?
            };
            for y in 0..size {
                for x in 0..size {
                    *sheet.at_mut(column * size + x, row * size + y) = picture.at(x, y);
                }
            }
        }
    }
    sheet.save_png(Path::new(argument(3, "look.png"))).context("can't write the picture")
}
