//! Writes characters with the generator of the built-in example.
//!
//! `cargo run --example character -- make` writes what the program embeds anew (`assets/`);
//! `cargo run --example character -- OUT.vrm [PARAMS.json | SEED]` writes one of your own.

use anyhow::{Context, bail};
use settei::example::{self, CharacterParams};
use settei::{figure, files};
use std::path::Path;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["make"] => {
            let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
            std::fs::create_dir_all(assets.join("sheet"))?;
            let vrm = example::generate(&CharacterParams::default())?;
            files::write(&assets.join("mio.vrm"), &vrm)?;
            for (name, picture) in example::draw_sheet(figure::load::from_bytes("mio.vrm", &vrm)?)? {
                picture.save_png(&assets.join("sheet").join(format!("{name}.png")))?;
            }
            Ok(())
        }
        [out] => write(out, &CharacterParams::default()),
        [out, from] => match from.parse() {
            Ok(seed) => write(out, &CharacterParams::random(seed)),
            Err(_) => {
                let text = std::fs::read_to_string(from).with_context(|| format!("can't read {from}"))?;
                write(out, &serde_json::from_str(&text).with_context(|| format!("{from} is not a character"))?)
            }
        },
        _ => bail!("say `make`, or OUT.vrm [PARAMS.json | SEED]"),
    }
}

fn write(out: &str, params: &CharacterParams) -> anyhow::Result<()> {
    files::write(Path::new(out), &example::generate(params)?).with_context(|| format!("can't write {out}"))
}
